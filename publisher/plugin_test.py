"""ENTRY. What every source has to keep to, as tests that the authors of plug-ins run with pytest.

    from publisher.plugin_test import SourceContract

    class TestMySource(SourceContract):
        def make(self, folder): ...      # a source with two articles or more
        def change(self, folder): ...    # change one of them, add one, or take one away
        def broken(self, folder): ...    # a source whose place is not there

Our own containers are held to it, too.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from publisher.config import SiteSpec, SourceSpec
from publisher.errors import ArticleError, SourceError
from publisher.parse.items import Item, ItemFound, Unreadable, Withheld, parse_item
from publisher.plugin import SourceProblem
from publisher.sources.plugins import turned

SITE = SiteSpec(title="A site", url="https://example.org/", language="en", timezone="UTC")


class SourceContract:
    """Tests for a subclass whose name begins with `Test`."""

    @abstractmethod
    def make(self, folder: Path) -> Any:
        """Open a container of two articles or more, whose files are made in the folder.

        It is called again with the same folder: it then finds what it made, and what `change` did.
        """
        raise NotImplementedError

    @abstractmethod
    def change(self, folder: Path) -> None:
        """Change what lies there, so that `items` gives something else."""
        raise NotImplementedError

    @abstractmethod
    def broken(self, folder: Path) -> Any:
        """Open, or try to open, a container whose place is not there."""
        raise NotImplementedError

    def spec(self) -> SourceSpec:
        """What the source says of its articles."""
        return SourceSpec(name="tested")

    def test_it_gives_two_items_or_more(self, tmp_path: Path) -> None:
        found = _found(self.make(tmp_path))
        assert sum(isinstance(one, Item) for one in found) >= 2, "make() has to give two articles"

    def test_each_name_is_there_once(self, tmp_path: Path) -> None:
        names = [one.name for one in _found(self.make(tmp_path))]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"names become ids, and these are there twice: {twice}"

    def test_two_looks_give_the_same_in_the_same_order(self, tmp_path: Path) -> None:
        container = self.make(tmp_path)
        first = [_told(one) for one in _found(container)]
        assert [_told(one) for one in _found(container)] == first, "the same container, twice"
        assert [_told(one) for one in _found(self.make(tmp_path))] == first, "opened again"

    def test_the_mark_stays_while_nothing_changes(self, tmp_path: Path) -> None:
        mark = self.make(tmp_path).mark()
        assert isinstance(mark, str), "mark() gives a text"
        again = self.make(tmp_path).mark()
        assert again == mark or not mark, "another mark makes every run read all of it again"

    def test_a_change_is_seen(self, tmp_path: Path) -> None:
        container = self.make(tmp_path)
        mark, before = container.mark(), [_told(one) for one in _found(container)]
        self.change(tmp_path)
        changed = self.make(tmp_path)
        assert [_told(one) for one in _found(changed)] != before, "change() has to change something"
        assert changed.mark() != mark or not mark, "with the old mark no run would read the change"

    def test_every_item_can_be_read(self, tmp_path: Path) -> None:
        for one in _found(self.make(tmp_path)):
            if isinstance(one, Item):
                try:
                    parse_item(one, site=SITE, source=self.spec(), look_up=lambda _: None)
                except ArticleError as error:
                    message = f"{one.name}: {error.message}; {error.mend}"
                    raise AssertionError(message) from error

    def test_whatever_is_left_out_says_why(self, tmp_path: Path) -> None:
        for one in _found(self.make(tmp_path)):
            if isinstance(one, Withheld):
                assert one.why, one.name
            if isinstance(one, Unreadable):
                assert one.problem.message, one.name
                assert one.problem.mend, one.name

    def test_what_is_not_there_is_named_with_a_mend(self, tmp_path: Path) -> None:
        problem = self._problem(tmp_path)
        assert problem is not None, "raise SourceProblem(what, mend=…) where nothing is there"
        assert problem.message
        assert problem.mend

    def _problem(self, folder: Path) -> SourceProblem | SourceError | None:
        try:
            container = self.broken(folder)
            container.mark()
            _found(container)
        except (SourceProblem, SourceError) as problem:
            return problem
        return None


def _found(container: Any) -> list[ItemFound]:
    found: Iterable[Any] = container.items()
    return [one if isinstance(one, Item | Withheld | Unreadable) else turned(one) for one in found]


def _told(found: ItemFound) -> object:
    if isinstance(found, Unreadable):
        return found.name, str(found.problem)
    return found
