"""PURE. Made-up issues that visit every part of a mail, to try templates with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, get_args

import jinja2
from markupsafe import Markup

from publisher.config import NewsletterSpec, SiteSpec
from publisher.model import (
    Asset,
    Author,
    CorrectedEntry,
    Digest,
    DigestSection,
    Enclosure,
    Entry,
    ForeignFeed,
    Picture,
)
from publisher.palette import LIGHT
from publisher.render.mail.blocks import Block
from publisher.render.mail.notice import NoticeKind, NoticeSheet
from publisher.render.mail.sheet import MOST_CORRECTED, Sheet
from publisher.render.words import make_words
from publisher.renditions import Logo, make_logo

_SLOT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


TEMPLATES: tuple[Literal["digest", "briefing", "single"], ...] = ("digest", "briefing", "single")


def sample_sheets(environment: jinja2.Environment) -> Iterator[Sheet]:
    """Of each template an issue with all that one may have, and one with as little as possible."""
    asset = Asset(
        path="media/logo.png",
        origin="logo.png",
        source="",
        media_type="image/png",
        length=9000,
        width=480,
        height=128,
    )
    logo = make_logo(asset, see_through=True, paper=LIGHT.paper)
    block = Block(html=Markup("<p>A boat.</p>"), text=("A boat.",))
    for template in TEMPLATES:
        rich = _sheet(environment, _rich_digest(), template, logo=logo)
        yield replace(rich, note=block, bodies={"tag:courier.example,2026:a-boat": block})
        yield _sheet(environment, _digest((_entry(),)), template, logo=None)


def sample_notices(environment: jinja2.Environment) -> Iterator[NoticeSheet]:
    """A mail about a subscription of each kind."""
    sheet = _sheet(environment, _digest((_entry(),)), "digest", logo=None)
    for kind in get_args(NoticeKind):
        yield NoticeSheet(
            kind=kind,
            newsletters=(sheet.newsletter,),
            link="https://courier.example/confirm/sample",
            site=sheet.site,
            words=sheet.words,
            palette=sheet.palette,
            environment=environment,
        )


def _sheet(
    environment: jinja2.Environment,
    digest: Digest,
    template: Literal["digest", "briefing", "single"],
    logo: Logo | None,
) -> Sheet:
    site = SiteSpec(title="The Example Courier", url="https://courier.example/")
    return Sheet(
        digest=digest,
        number=12,
        newsletter=NewsletterSpec(
            name="weekly",
            title="The Weekly",
            from_="news@courier.example",
            postal_address="1 Pier Road, Example Harbour",
            template=template,
        ),
        site=site,
        words=make_words("en", {}),
        palette=site.theme.palette,
        logo=logo,
        environment=environment,
    )


def _rich_digest() -> Digest:
    picture = Picture(url="https://courier.example/boat.jpg", alt="A boat", width=1200, height=800)
    lead = _entry(
        summary="Two lines that say what the article is about.",
        section="Harbour",
        authors=(Author(name="A. Writer"), Author(name="B. Writer")),
        picture=picture,
    )
    talk = Enclosure(
        url=f"{lead.url}talk.mp3", length=24_000_000, media_type="audio/mpeg", duration=1500
    )
    lead = replace(lead, enclosures=(talk,))
    feed = ForeignFeed(
        id="tag:friends.example,2026:feed", title="Boats", url="https://friends.example/"
    )
    foreign = _entry(title="القارب", summary="عن القارب", language="ar")
    foreign = replace(foreign, foreign=feed)
    rich = _digest((lead, foreign, _entry()), overflow=(_entry(), _entry()))
    said = CorrectedEntry(id="", url=lead.url, title="A boat", text="It is a ship.")
    parts = (DigestSection(title="Harbour", size=2), DigestSection(title="Else", size=1))
    return replace(rich, sections=parts, corrected=(said,) * (MOST_CORRECTED + 2))


def _digest(entries: tuple[Entry, ...], overflow: tuple[Entry, ...] = ()) -> Digest:
    return Digest(
        newsletter="weekly",
        slot=_SLOT,
        subject="The Weekly: A boat",
        preheader="What else there is",
        entries=entries,
        overflow=overflow,
    )


def _entry(
    *,
    title: str = "A boat",
    summary: str = "",
    section: str = "",
    language: str | None = None,
    authors: tuple[Author, ...] = (),
    picture: Picture | None = None,
) -> Entry:
    return Entry(
        id="tag:courier.example,2026:a-boat",
        url="https://courier.example/2026/03/01/a-boat/",
        title=title,
        summary=summary,
        published=_SLOT,
        updated=_SLOT,
        body_key="",
        section=section,
        authors=authors,
        language=language,
        picture=picture,
    )
