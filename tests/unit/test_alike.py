"""What documents say in the same words is held once, and what they say does not change."""

from __future__ import annotations

import msgspec

from publisher.alike import Alike, in_words_of
from publisher.fingerprint import dump, load
from publisher.model import Author, Document
from publisher.readings import Reading
from tests.factories import make_document, make_reading, make_recorded


def told(file: str) -> Document:
    """A document as it is read: no part of it is of another, equal or not."""
    document = make_document(
        file=file,
        language="de",
        authors=(Author(name="Sari Example"),),
        tags=("Tides", "Fog"),
        categories=("Sea",),
        origins={"title": "field:2", "language": "config"},
        seen=(("language", "en (config)"), ("published", f"{file} (filename)")),
    )
    return load(dump(document), Document)


def test_documents_are_equal_and_share_what_is_equal() -> None:
    alike, before = Alike(), [told("a.md"), told("b.md")]
    one, other = (alike.document(document) for document in before)
    assert [one, other] == before
    assert before[0].origins is not before[1].origins
    for name in ("source", "language", "authors", "categories", "origins"):
        assert getattr(one, name) is getattr(other, name), name
    assert all(mine is theirs for mine, theirs in zip(one.tags, other.tags, strict=True))
    assert one.seen[0] is other.seen[0]
    assert one.seen[1] != other.seen[1]


def test_documents_with_other_words_keep_them() -> None:
    alike = Alike()
    alike.document(told("a.md"))
    changed = msgspec.structs.replace(told("b.md"), language="en", tags=("tides",), origins={})
    assert alike.document(changed) == changed


def test_the_version_before_stays_another_one() -> None:
    alike, before = Alike(), told("a.md")
    reading = make_reading(file="a.md")
    shared = alike.reading(reading)
    assert shared == reading
    assert shared.good is shared.document
    changed = msgspec.structs.replace(reading, good=before)
    assert alike.reading(changed) == changed
    skipped = Reading(source="articles", file="c.md", skipped="a note", good=before)
    assert alike.reading(skipped) == skipped


def test_a_line_in_the_words_of_its_document_is_equal() -> None:
    document = make_document(file="launch.md")
    line = make_recorded(path="launch.md", address="2026/11/01/launch/", place=7)
    written = in_words_of(document, line)
    assert written == line
    assert written.address is document.address
    assert written.content is document.content_hash
