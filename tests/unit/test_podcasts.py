"""What directories of podcasts would not take."""

from __future__ import annotations

from typing import Any

import pytest

from publisher.compose.digests import digest_checksum
from publisher.compose.podcasts import cover_problem, podcast_warnings
from publisher.config import FeedSpec, PodcastSpec
from publisher.fingerprint import dump, load
from publisher.model import Digest, Document, Enclosure, Entry, Episode, main_enclosure
from tests.factories import NOW, make_asset, make_document, make_entry


def media(name: str, kind: str = "audio/mpeg") -> Enclosure:
    return Enclosure(url=f"https://courier.example/{name}", length=8, media_type=kind)


def warnings(*entries: Entry, **settings: Any) -> list[str]:
    podcast = PodcastSpec(**{"category": ("News",), "explicit": False, **settings})
    return list(podcast_warnings(FeedSpec(name="show", podcast=podcast), entries))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"width": 3000, "height": 3000}, None),
        ({"media_type": "image/png", "path": "media/1/c.png"}, None),
        ({"width": 1399, "height": 1399}, "is 1399 x 1399 pixels"),
        ({"width": 3001, "height": 3001}, "is 3001 x 3001 pixels"),
        ({"width": 2000, "height": 1500}, "is 2000 x 1500 pixels"),
        ({"width": 0, "height": 0}, "is a picture that cannot be read"),
        ({"media_type": "image/webp"}, "is no JPEG or PNG"),
        ({"media_type": "image/png"}, "is image/png, and its name says otherwise"),
    ],
)
def test_covers(change: dict[str, Any], said: str | None) -> None:
    problem = cover_problem(make_asset(**{"width": 1400, "height": 1400, **change}))
    assert problem is None if said is None else (problem or "").startswith(said)


def test_a_good_podcast_is_not_warned_of() -> None:
    good = make_entry(enclosures=(media("a.m4a?x=1"),), episode=Episode(number="1"))
    assert warnings(good, type="serial") == []
    feed = FeedSpec(name="main")
    assert list(podcast_warnings(feed, (make_entry(),))) == []


def test_what_directories_miss_is_told() -> None:
    assert "has nothing to play" in warnings(make_entry())[0]
    assert (
        "'a.opus' is of a kind that Apple does not play"
        in warnings(make_entry(enclosures=(media("a.opus", "audio/ogg"),)))[0]
    )
    assert "has no number" in warnings(make_entry(enclosures=(media("a.mp3"),)), type="serial")[0]


def test_the_main_file_is_the_first_that_plays_else_the_first() -> None:
    pdf, film, song = media("n.pdf", "application/pdf"), media("f.mp4", "video/mp4"), media("s.mp3")
    assert main_enclosure((pdf, film, song)) is film
    assert main_enclosure((pdf,)) is pdf
    assert main_enclosure(()) is None


def test_documents_of_before_there_were_episodes_are_still_read() -> None:
    document = make_document(enclosures=(media("a.mp3"),))
    before = dump(document)
    later = b',"title":"","duration":0'
    assert later in before
    assert b"episode" not in before, "what is not there is not written either"
    assert load(before.replace(later, b""), Document) == document
    whole = make_document(episode=Episode(duration=3))
    assert load(dump(whole), Document) == whole


def test_an_issue_s_checksum_is_of_what_it_says() -> None:
    def checksum(**changes: Any) -> str:
        entry = make_entry(enclosures=(media("a.mp3"),), **changes)
        return digest_checksum(
            Digest(newsletter="n", slot=NOW, subject="s", preheader="p", entries=(entry,))
        )

    plain = checksum()
    assert checksum(episode=Episode(duration=3)) == plain
    assert checksum(title="Another") != plain
    assert plain == "61982c0f8a469ee93d2a86bd1732a264"  # as version 0.1.0 wrote it into records
