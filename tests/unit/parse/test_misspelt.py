"""Keys of a header that an author most likely meant otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.parse.document import Parsed, parse_document

SITE = SiteSpec(title="X", url="https://x.example/", timezone="UTC")


def warnings(keys: str, **source: Any) -> list[str]:
    found = parse_document(
        f"---\ndate: 2026-11-22\n{keys}\n---\nText.\n".encode(),
        "fog.md",
        site=SITE,
        source=FilesSpec(name="articles", path="articles", **source),
        look_up=lambda _: None,
    )
    assert isinstance(found, Parsed)
    return list(found.document.warnings)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("draftt", "draft"),
        ("darft", "draft"),
        ("Draff", "draft"),
        ("hiden", "hidden"),
        ("expire", "expires"),
        ("pubished", "published"),
        ("retrct", "retract"),
        ("digets", "digest"),
        ("titel", "title"),
        ("corection", "correction"),
    ],
)
def test_a_slip_is_named_with_its_line(key: str, meant: str) -> None:
    assert warnings(f"tags: [a]\n{key}: true") == [
        f"line 4: {key} is not read; did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    "key", ["craft", "layout", "draft_of", "tile_size", "t", "d", "draftsman", "permalinks"]
)
def test_what_is_the_authors_own_is_not(key: str) -> None:
    assert warnings(f"title: A\n{key}: x") == []


def test_nor_is_what_stands_beside_the_field_or_is_mapped_to_it() -> None:
    assert warnings("draft: false\ndrafts: 3") == []
    assert warnings("titel: A", map={"titel": "title"}) == []


def test_it_is_told_of_fields_of_every_kind_of_header() -> None:
    text = '+++\ndate = 2026-11-22\ntitle = "A"\nexpire = 2026-12-01\n+++\nText.\n'
    found = parse_document(
        text.encode(),
        "fog.md",
        site=SITE,
        source=FilesSpec(name="articles", path="articles"),
        look_up=lambda _: None,
    )
    assert isinstance(found, Parsed)
    assert found.document.warnings == ("line 4: expire is not read; did you mean expires?",)
