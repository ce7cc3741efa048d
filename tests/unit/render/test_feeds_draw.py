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
