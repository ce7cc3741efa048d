"""What the record knows is settled by a short way; it must come to what the long way comes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.fingerprint import fingerprint
from publisher.identity import identify as identifying
from publisher.identity.identify import Identified, identify
from publisher.model import Correction, Document, Record, RecordedArticle
from publisher.readings import Reading
from tests.factories import SITE_URL, make_document, make_recorded

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ZONES = (UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-5)))

# Few instants, so that they are often the same, and now and then so in another zone.
MOMENTS = st.builds(
    lambda hours, zone: (NOON + timedelta(hours=hours)).astimezone(zone),
    st.integers(-2, 2),
    st.sampled_from(ZONES),
)
MAYBE = st.none() | MOMENTS
NAMES = st.sampled_from(("a", "b"))


def mostly(value: Any, other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just(value) | other


DOCUMENTS = st.fixed_dictionaries(
    {
        "date": MAYBE,
        "date_text": NAMES,
        "updated": MAYBE,
        "expires": mostly(None, MAYBE),
        "content_hash": NAMES,
        "text_hash": NAMES,
        "address": st.sampled_from(("x/", "https://elsewhere.example/x")),
        "draft": mostly(False, st.booleans()),
        "retract": mostly(False, st.booleans()),
        "id": mostly(None, NAMES),
        "corrections": mostly((), st.just((Correction(text="It rained."),))),
    }
)
LINES = st.fixed_dictionaries(
    {
        "id": NAMES,
        "date": NAMES,
        "content": NAMES,
        "text": NAMES,
        "address": st.sampled_from(("x/", "https://elsewhere.example/x")),
        "published": MAYBE,
        "updated": MAYBE,
        "place": st.integers(0, 2),
        "retracted": mostly(None, MAYBE),
        "by_command": mostly(False, st.booleans()),
        "corrections": mostly((), st.just(((fingerprint("It rained."), NOON),))),
    }
)


@given(document=DOCUMENTS, line=LINES)
def test_the_short_way_comes_to_the_same(document: dict[str, Any], line: dict[str, Any]) -> None:
    document["canonical"] = "://" in document["address"]
    made, known = make_document(**document), make_recorded(**line)
    assert both_ways(made, known)


@given(document=DOCUMENTS)
def test_so_it_does_for_what_it_left_itself(document: dict[str, Any]) -> None:
    """Nearly every line is one of a run before: this is what the short way is there for."""
    document["canonical"] = "://" in document["address"]
    made = make_document(**document)
    for line in settled(made, Record()).record.articles:
        assert both_ways(made, line)


def both_ways(document: Document, line: RecordedArticle) -> bool:
    record = Record(articles=(line,))
    short = settled(document, record)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifying, "settle_again", lambda *_: None)
        long = settled(document, record)
    # Offsets of times count in a fingerprint, and not where values are compared.
    return fingerprint(short.articles, short.record) == fingerprint(long.articles, long.record)


def settled(document: Document, record: Record) -> Identified:
    reading = Reading(source=document.source, file=document.file, document=document, good=document)
    return identify([reading], record, site_url=SITE_URL, now=NOON)


def test_the_short_way_is_taken() -> None:
    made = make_document()
    first = settled(made, Record())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifying, "settle", None)  # would fail
        assert settled(made, first.record) == first
