"""The files of output/ as objects: in memory, where a death can be at any operation."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from publisher.outputs.objects import LIST, Object, ObjectOutput
from publisher.plugin import File, OutputProblem
from publisher.plugin_test import OutputContract

SITE = "https://courier.example/"


class Died(BaseException):
    """As kill -9 ends a process."""


class Memory:
    """Objects in memory; whoever has done `left` operations dies."""

    def __init__(
        self, there: dict[str, tuple[bytes, Mapping[str, str]]], left: int = 10**9
    ) -> None:
        self.there = there
        self._left = left
        self._lock = threading.Lock()
        self.done: list[str] = []

    def _step(self, what: str) -> None:
        with self._lock:
            self._left -= 1
            if self._left < 0:
                raise Died
            self.done.append(what)

    def get(self, path: str) -> bytes | None:
        self._step(f"get {path}")
        return self.there[path][0] if path in self.there else None

    def mark(self, path: str) -> Mapping[str, str] | None:
        self._step(f"mark {path}")
        return self.there[path][1] if path in self.there else None

    def put(self, one: Object) -> None:
        self._step(f"put {one.path}")
        self.there[one.path] = one.data, one.mark

    def remove(self, path: str) -> None:
        self._step(f"remove {path}")
        self.there.pop(path, None)

    def paths(self) -> Iterator[str]:
        self._step("paths")
        yield from list(self.there)

    def data(self) -> dict[str, bytes]:
        return {path: data for path, (data, _) in self.there.items() if path != LIST}


class TestObjects(OutputContract):
    """What plug-ins are held to."""

    stores: dict[Path, dict[str, tuple[bytes, Mapping[str, str]]]]

    @pytest.fixture(autouse=True)
    def _fresh(self) -> None:
        self.stores = {}

    def store(self, folder: Path) -> dict[str, tuple[bytes, Mapping[str, str]]]:
        return self.stores.setdefault(folder, {})

    def make(self, folder: Path) -> ObjectOutput:
        return ObjectOutput(Memory(self.store(folder)), site_url=SITE)

    def lying(self, folder: Path) -> dict[str, bytes]:
        return Memory(self.store(folder)).data()

    def put(self, folder: Path, path: str, data: bytes) -> None:
        self.store(folder)[path] = data, {}

    def take(self, folder: Path, path: str) -> None:
        del self.store(folder)[path]


def files(texts: Mapping[str, str]) -> list[File]:
    return [
        File(
            path=path,
            stage=0 if path.startswith("media/") else 1,
            version=text,
            content_type="text/html",
            cache_control="no-cache",
            size=len(text),
            read=text.encode,
        )
        for path, text in texts.items()
    ]


def update(memory: Memory, texts: Mapping[str, str], *, full: bool = False) -> list[str]:
    output = ObjectOutput(memory, site_url=SITE)
    return list(output.update(files(texts), full=full, step=lambda _done, _total: None).written)


OLD = {f"{n}.html": f"old {n}" for n in range(6)} | {"media/a": "a", "gone.html": "gone"}
NEW = {f"{n}.html": f"new {n}" for n in range(3, 9)} | {"media/a": "a", "media/b": "b"}


def test_whoever_dies_anywhere_is_gone_on_after() -> None:
    for number in range(1, 200):
        there: dict[str, tuple[bytes, Mapping[str, str]]] = {"theirs": (b"theirs", {})}
        update(Memory(there), OLD)
        dying = Memory(there, number)
        try:
            update(dying, NEW)
        except Died:
            pass
        else:
            break
        for path, data in dying.data().items():
            assert data.decode() in (OLD.get(path), NEW.get(path), "theirs")
        if number % 2:  # or something else is wanted meanwhile
            update(Memory(there), OLD)
            assert Memory(there).data() == {"theirs": b"theirs"} | {
                path: text.encode() for path, text in OLD.items()
            }
        again = Memory(there)
        update(again, NEW)
        assert again.data() == {"theirs": b"theirs"} | {p: t.encode() for p, t in NEW.items()}
        assert update(Memory(there), NEW) == []
    assert number > 20


def test_what_was_written_before_a_death_is_not_written_again() -> None:
    there: dict[str, tuple[bytes, Mapping[str, str]]] = {}
    texts = {f"{n}.html": "x" * n for n in range(40)}
    dying = Memory(there, 40 + 30)
    with pytest.raises(Died):
        update(dying, texts)
    written = {one for one in dying.done if one.startswith("put") and LIST not in one}
    again = Memory(there)
    update(again, texts)
    assert written
    assert not written & set(again.done)


def test_of_two_who_write_the_first_stops() -> None:
    there: dict[str, tuple[bytes, Mapping[str, str]]] = {}
    first = Memory(there)
    media = files({"media/a": "a"})[0]
    page = files({"a.html": "a"})[0]

    def read() -> bytes:
        if any(one == f"put {LIST}" for one in first.done):  # it has begun: another takes over
            update(Memory(there), {"media/a": "other", "a.html": "other"})
        return b"a"

    slow = File(
        path=media.path, stage=0, version="a", content_type="", cache_control="", size=1, read=read
    )
    with pytest.raises(OutputProblem, match="another run has begun to write there"):
        ObjectOutput(first, site_url=SITE).update(
            [slow, page], full=False, step=lambda _done, _total: None
        )
    assert Memory(there).data()["a.html"] == b"other"
    update(Memory(there), {"media/a": "other", "a.html": "other"}, full=True)
    assert Memory(there).data() == {"media/a": b"other", "a.html": b"other"}


def test_many_that_are_new_are_looked_for_at_once() -> None:
    memory = Memory({f"theirs/{n}": (b"", {}) for n in range(200)})
    update(memory, {f"{n}.html": "x" for n in range(200)})
    assert memory.done.count("paths") == 1
    marks = [one for one in memory.done if one.startswith("mark")]
    assert set(marks) == {f"mark {LIST}"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"{", "is damaged"),
        (b"[]", "is damaged"),
        (b'{"format": 1, "site": "https://courier.example/", "files": {"a": 1}}', "is damaged"),
        (json.dumps({"format": 2, "site": SITE, "files": {}}).encode(), "by a newer publisher"),
        (b'{"format": 1, "site": "https://b.example/", "files": {}}', "another site, https://b."),
    ],
)
def test_a_list_that_cannot_be_followed_is_named_and_nothing_is_written(
    said: bytes, told: str
) -> None:
    memory = Memory({LIST: (said, {})})
    with pytest.raises(OutputProblem, match=told) as caught:
        update(memory, OLD)
    assert caught.value.mend
    assert memory.there == {LIST: (said, {})}


def test_other_headers_are_a_change() -> None:
    memory = Memory({})
    update(memory, {"a.html": "a"})
    other = File(
        path="a.html",
        stage=1,
        version="b",
        content_type="text/plain",
        cache_control="no-cache",
        size=1,
        read=lambda: b"a",
    )
    done = ObjectOutput(memory, site_url=SITE).update(
        [other], full=False, step=lambda _done, _total: None
    )
    assert list(done.written) == ["a.html"]
