"""ENTRY. What sources and outputs have to keep to, as tests that authors of plug-ins run.

    from publisher.plugin_test import SourceContract

    class TestMySource(SourceContract):
        def make(self, folder): ...      # a source with two articles or more
        def change(self, folder): ...    # change one of them, add one, or take one away
        def broken(self, folder): ...    # a source whose place is not there

and with `OutputContract` for an output. Our own are held to them, too.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from publisher.config import SiteSpec, SourceSpec
from publisher.errors import ArticleError, SourceError
from publisher.parse.items import Item, ItemFound, Unreadable, Withheld, parse_item
from publisher.plugin import File, Output, OutputProblem, SourceProblem, Updated
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


class OutputContract:
    """Tests for a subclass whose name begins with `Test`. `folder` tells one test from another."""

    @abstractmethod
    def make(self, folder: Path) -> Output:
        """Open an output; opened again with the same folder it finds what it left there."""
        raise NotImplementedError

    @abstractmethod
    def lying(self, folder: Path) -> Mapping[str, bytes]:
        """What lies there, whoever put it there, without the output's own notes."""
        raise NotImplementedError

    @abstractmethod
    def put(self, folder: Path, path: str, data: bytes) -> None:
        """As somebody else puts it there."""
        raise NotImplementedError

    @abstractmethod
    def take(self, folder: Path, path: str) -> None:
        """As somebody else takes it away."""
        raise NotImplementedError

    def test_it_holds_what_it_is_given(self, tmp_path: Path) -> None:
        files = {"media/a.css": b"", "café/index.html": "é".encode(), "rss.xml": b"\x00\xff"}
        done = _update(self.make(tmp_path), files)
        assert self.lying(tmp_path) == files
        assert sorted(done.written) == sorted(files)
        assert not done.removed

    def test_what_has_not_changed_is_neither_read_nor_written(self, tmp_path: Path) -> None:
        files = {"a/index.html": b"a", "rss.xml": b"b"}
        _update(self.make(tmp_path), files)
        done = _update(self.make(tmp_path), files, unread=files)
        assert (list(done.written), list(done.removed)) == ([], [])
        assert self.lying(tmp_path) == files

    def test_what_changed_is_written_and_what_is_gone_removed(self, tmp_path: Path) -> None:
        _update(self.make(tmp_path), {"a/index.html": b"a", "b/index.html": b"b", "rss.xml": b"c"})
        files = {"a/index.html": b"changed", "rss.xml": b"c", "new/index.html": b"n"}
        done = _update(self.make(tmp_path), files, unread=["rss.xml"])
        assert self.lying(tmp_path) == files
        assert sorted(done.written) == ["a/index.html", "new/index.html"]
        assert list(done.removed) == ["b/index.html"]

    def test_what_is_not_ours_stays(self, tmp_path: Path) -> None:
        _update(self.make(tmp_path), {"a/index.html": b"a", "rss.xml": b"b"})
        self.put(tmp_path, "a/theirs.txt", b"theirs")
        _update(self.make(tmp_path), {"rss.xml": b"c"})
        assert self.lying(tmp_path) == {"a/theirs.txt": b"theirs", "rss.xml": b"c"}

    def test_what_is_not_ours_is_not_written_over(self, tmp_path: Path) -> None:
        _update(self.make(tmp_path), {"rss.xml": b"b"})
        self.put(tmp_path, "index.html", b"theirs")
        problem = _problem_of(self.make(tmp_path), {"rss.xml": b"c", "index.html": b"ours"})
        assert "index.html" in problem.message
        assert problem.mend
        assert self.lying(tmp_path) == {"index.html": b"theirs", "rss.xml": b"b"}

    def test_one_that_ends_in_the_midst_is_whole_and_goes_on(self, tmp_path: Path) -> None:
        before = {f"{n}/index.html": b"old" for n in range(5)} | {"gone.html": b"old"}
        _update(self.make(tmp_path), before)
        files = {f"{n}/index.html": b"new" for n in range(7)}
        for path in files:
            problem = _problem_of(self.make(tmp_path), files, broken=path)
            assert problem.message == "as the test told"
            for there, data in self.lying(tmp_path).items():
                assert data in (before.get(there), files.get(there)), there
        _update(self.make(tmp_path), files)
        assert self.lying(tmp_path) == files

    def test_a_full_look_finds_what_was_taken_away(self, tmp_path: Path) -> None:
        files = {"a/index.html": b"a", "rss.xml": b"b"}
        _update(self.make(tmp_path), files)
        self.take(tmp_path, "a/index.html")
        done = _update(self.make(tmp_path), files, full=True)
        assert list(done.written) == ["a/index.html"]
        assert self.lying(tmp_path) == files


def _update(
    output: Output, files: Mapping[str, bytes], *, full: bool = False, unread: Iterable[str] = ()
) -> Updated:
    return output.update(_files(files, unread), full=full, step=lambda _done, _total: None)


def _problem_of(output: Output, files: Mapping[str, bytes], broken: str = "") -> OutputProblem:
    try:
        output.update(_files(files, [broken]), full=False, step=lambda _done, _total: None)
    except OutputProblem as problem:
        return problem
    raise AssertionError("raise OutputProblem(what, mend=…)")


def _files(files: Mapping[str, bytes], unread: Iterable[str]) -> Sequence[File]:
    def read(path: str) -> bytes:
        if path in unread:
            raise OutputProblem("as the test told", mend="nothing")
        return files[path]

    return [
        File(
            path=path,
            stage=number // 3,
            version=f"version of {data!r}",
            content_type="text/html; charset=utf-8",
            cache_control="public, max-age=60",
            size=len(data),
            read=lambda path=path: read(path),  # type: ignore[misc]
        )
        for number, (path, data) in enumerate(files.items())
    ]
