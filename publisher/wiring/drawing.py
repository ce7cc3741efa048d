"""WIRING. The templates of a site, checked when they changed and compiled when they are asked for.

Most runs draw little or nothing, and Jinja takes a while to import.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.sources.theme import Theme
from publisher.store.build import BuildStore

if TYPE_CHECKING:
    from publisher.render.environment import Environment


class Drawing:
    """What `theme` is drawn with. With `aside` nothing that is compiled is kept in `state`."""

    def __init__(self, theme: Theme, state: Path, *, aside: bool) -> None:
        self._theme = theme
        self._kept = state / "templates"
        self._aside = aside

    @cached_property
    def environment(self) -> Environment:
        """The templates, of which what an earlier run compiled is taken."""
        return self._make(reads=True)

    def check(self, build: BuildStore) -> None:
        """Check all templates, once for each change of them. Raises TemplateError."""
        theme = self._theme
        if build.was_checked("templates", theme.hash):
            return
        from publisher.render.email import check_mail_templates  # noqa: PLC0415 (see above)
        from publisher.render.environment import check_templates  # noqa: PLC0415 (see above)

        environment = self._make(reads=False)
        check_templates(environment)
        check_mail_templates(environment)
        build.save_checked("templates", theme.hash)
        self.environment = environment

    def _make(self, *, reads: bool) -> Environment:
        from publisher.render.environment import make_environment  # noqa: PLC0415 (see above)
        from publisher.store.compiled import CompiledTemplates  # noqa: PLC0415 (see above)

        compiled = CompiledTemplates(self._kept, reads=reads, writes=not self._aside)
        return make_environment(self._theme.templates, compiled)
