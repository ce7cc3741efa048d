"""An entry that several feeds hold is loaded and drawn once, as far as there is room for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from publisher.feeds import Feed
from publisher.model import Artifact, Entry
from publisher.render.environment import make_environment
from publisher.render.feeds import draw as drawing
from publisher.render.feeds import feed_artifacts
from publisher.render.words import make_words
from tests import factories
from tests.feed_samples import CATALOGUES, TEMPLATE, make_site, many_entries

ENTRIES = many_entries(12)
FEEDS = (
    factories.make_feed(*ENTRIES, name="main"),
    factories.make_feed(*ENTRIES[:6], name="one", path="feeds/one"),
    factories.make_feed(*ENTRIES[3:9], name="two", path="feeds/two"),
    factories.make_feed(*ENTRIES[3:9], name="brief", path="feeds/brief", content="summary"),
    factories.make_feed(*ENTRIES[8:], name="late", path="feeds/late", formats=("atom",)),
)


def artifacts(loaded: Counter[str], *feeds: Feed) -> list[Artifact]:
    def load_body(entry: Entry) -> str:
        loaded[entry.id] += 1
        return f"<p>{entry.title}</p>"

    return list(
        feed_artifacts(
            feeds,
            site=make_site(),
            image_of=lambda _: None,
            load_body=load_body,
            environment=make_environment({"feeds/entry.html": TEMPLATE.read_text("utf-8")}),
            words=lambda language: make_words(language, CATALOGUES),
            catalogues_hash="",
        )
    )


def drawn_alone() -> dict[str, bytes]:
    """Every document, each feed by itself."""
    return {a.path: a.render() for feed in FEEDS for a in artifacts(Counter(), feed)}


def test_an_entry_is_loaded_once_for_all_feeds_in_the_same_formats() -> None:
    loaded = Counter[str]()
    made = {a.path: a.render() for a in artifacts(loaded, *FEEDS[:4])}
    assert loaded == Counter(entry.id for entry in ENTRIES)
    assert made.items() <= drawn_alone().items()


@pytest.mark.parametrize("room", [0, 9_000, 10**9])
def test_neither_room_nor_order_changes_a_byte(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = drawn_alone()
    monkeypatch.setattr(drawing, "MOST_KEPT", room)
    made = artifacts(Counter(), *FEEDS)
    assert {a.path: a.render() for a in made} == expected
    assert {a.path: a.render() for a in reversed(made)} == expected


def test_a_document_is_drawn_once_for_itself_and_its_twins() -> None:
    loaded = Counter[str]()
    for artifact in artifacts(loaded, replace(FEEDS[0], title="Another title")):
        assert artifact.render() is artifact.render()
    assert set(loaded.values()) == {1}


def archived(name: str, *, size: int, count: int = 24) -> Feed:
    """A feed of `count` entries, `size` to a document: archives but for the newest of them."""
    entries = many_entries(count)  # newest first
    parts = []
    for number, start in enumerate(range(count - size, 0, -size), start=1):
        some = entries[start : start + size]
        parts.append(factories.make_part(*some, number=number, last=number * size))
    newest = factories.make_part(*entries[:size])
    return factories.make_feed(name=name, path=f"feeds/{name}", parts=(newest, *reversed(parts)))


def test_documents_are_listed_after_those_that_they_refer_to() -> None:
    listed = [a.path for a in artifacts(Counter(), archived("a", size=6), archived("b", size=8))]
    documents = list(dict.fromkeys(path.rpartition("/")[0] for path in listed))
    assert documents == [
        *("feeds/a/archive/1", "feeds/b/archive/1", "feeds/a/archive/2", "feeds/b/archive/2"),
        *("feeds/a/archive/3", "feeds/a", "feeds/b"),
    ]
    names = ["rss.xml", "atom.xml", "feed.json"]
    assert [path.rpartition("/")[2] for path in listed] == names * len(documents)


def test_room_for_what_a_few_documents_hold_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = [archived(name, size=size) for name, size in (("a", 4), ("b", 4), ("c", 6))]
    loaded = Counter[str]()
    whole = {a.path: a.render() for a in artifacts(Counter(), *feeds)}
    monkeypatch.setattr(drawing, "MOST_KEPT", sum(map(len, whole.values())) // 6)
    made = {a.path: a.render() for a in artifacts(loaded, *feeds)}
    assert made == whole
    assert set(loaded.values()) == {1}, "though the room is for half of all entries"
