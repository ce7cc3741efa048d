"""EDGE. Sources of plug-ins: opened by their entry point, their plain values turned into items.

Whatever a plug-in does wrong costs a message that names it, and no traceback: it is not our code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from publisher.config import Config, PluginSpec
from publisher.config.plugins import installed_types
from publisher.errors import ArticleError, Location, PublisherError, SourceError
from publisher.parse.headers.values import Text, as_value
from publisher.parse.items import Form, Item, ItemFound, Unreadable, Withheld
from publisher.plugin import Container, Context, SourceProblem
from publisher.plugin import Item as PlainItem
from publisher.plugin import Refused as PlainRefused
from publisher.plugin import Withheld as PlainWithheld
from publisher.values import dataclass

T = TypeVar("T")
_FORMS: Mapping[str, Form] = {"html": "fragment", "markdown": "md", "text": "txt"}
_LONGEST_NAME = 500
_END: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContainer:
    """The container of a plug-in as one of ours. `made_by` is its distribution."""

    source: str
    made_by: str
    opened: Container

    def mark(self) -> str:
        """What it says. Raises SourceError."""
        mark = self._asked(self.opened.mark)
        if not isinstance(mark, str):
            raise self._defect(f"mark() gave {type(mark).__name__}, where a text was expected")
        return mark and f"{self.made_by} {mark}"  # a newer plug-in may read it otherwise

    def items(self) -> Iterator[ItemFound]:
        """What it gives, turned into items. Raises SourceError."""
        found = self._asked(lambda: iter(self.opened.items()))
        while True:
            one = self._asked(lambda: next(found, _END))
            if one is _END:
                return
            yield self._asked(lambda one=one: turned(one))  # type: ignore[misc]

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except SourceProblem as problem:
            raise self._trouble(problem) from problem
        except PublisherError:
            raise
        except Exception as error:  # whatever it is, it is theirs
            raise self._defect(f"{type(error).__name__}: {error}") from error

    def _trouble(self, problem: SourceProblem) -> SourceError:
        return problem_told(self.source, problem)

    def _defect(self, what: str) -> SourceError:
        return defect(self.source, self.made_by, what)


def open_plugin(config: Config, spec: PluginSpec) -> PluginContainer:
    """Load a plug-in and open its source. Raises SourceError."""
    named = installed_types()[spec.type]
    made_by = f"{named.dist.name} {named.dist.version}" if named.dist else named.value
    context = Context(
        name=spec.name, options=spec.options, root=config.root, site_url=config.site.url
    )
    try:
        opened = named.load()(context)
    except SourceProblem as problem:
        raise problem_told(spec.name, problem) from problem
    except Exception as error:  # whatever it is, it is theirs
        raise defect(spec.name, made_by, f"{type(error).__name__}: {error}") from error
    return PluginContainer(source=spec.name, made_by=made_by, opened=opened)


def problem_told(source: str, problem: SourceProblem) -> SourceError:
    """What a plug-in says of its source, as an error of the source."""
    mend = problem.mend or "look at `options:` of the source"
    return SourceError(problem.message, where=Location(file=source), mend=mend)


def defect(source: str, made_by: str, what: str) -> SourceError:
    """What a plug-in does wrong, with its name."""
    return SourceError(
        f"the plug-in {made_by} failed: {' '.join(what.split())[:500]}",
        where=Location(file=source),
        mend="tell its authors, or take the source out of publisher.yaml",
    )


def turned(found: Any) -> ItemFound:
    """A plain value as an item of ours. Raises TypeError or ValueError for what is none."""
    if not isinstance(found, PlainItem | PlainWithheld | PlainRefused):
        raise TypeError(f"items() gave {type(found).__name__}, where an Item was expected")
    name: Any = found.name
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise ValueError(f"{str(name)[:80]!r} is no name of an item")
    if not name.isprintable():
        raise ValueError(f"the name {name[:80]!r} holds control characters")
    line = int(found.line)
    if isinstance(found, PlainWithheld):
        return Withheld(name=name, why=str(found.why), line=line)
    if isinstance(found, PlainRefused):
        where = Location(file=name, line=line)
        error = ArticleError(str(found.message), where=where, mend=str(found.mend))
        return Unreadable(name=name, problem=error)
    if not isinstance(found.text, str):
        raise TypeError(f"the text of {name[:80]!r} is {type(found.text).__name__}, no text")
    return Item(
        name=name,
        fields=tuple(
            (Text(str(key), line, 0), as_value(value, line)) for key, value in found.fields.items()
        ),
        body=found.text,
        form=_FORMS[found.form],
        base_url=str(found.base_url),
        line=line,
        warnings=tuple(str(warning) for warning in found.warnings),
    )
