"""How much of its entries a mail holds: always what drawing every stage and length would say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import jinja2
import pytest
from markupsafe import Markup

from publisher.config import SiteSpec
from publisher.model import DigestSection, Entry, ForeignFeed, Picture
from publisher.palette import make_palette
from publisher.render.environment import make_environment
from publisher.render.mail.blocks import Block
from publisher.render.mail.fitting import STAGES, fit_rows
from publisher.render.mail.rows import Row
from publisher.render.mail.sheet import Sheet
from publisher.render.words import make_words
from tests.factories import SITE_URL, make_entry, make_newsletter
from tests.mail_samples import CATALOGUES, SLOT, environment, mail_templates, make_digest

LIMIT = 30_000
"""Bytes; few, so that the long way takes no time either."""


class Scales:
    """Measures HTML, and counts how often: as often as some was drawn."""

    def __init__(self) -> None:
        self.uses = 0

    def __call__(self, html: str) -> int:
        self.uses += 1
        return len(html.encode())


def make_sheet(
    entries: Sequence[Entry],
    template: str = "digest",
    *,
    drawn_by: jinja2.Environment | None = None,
    **changes: object,
) -> Sheet:
    return Sheet(
        digest=make_digest(*entries, **changes),
        number=12,
        newsletter=make_newsletter(template=template),
        site=SiteSpec(title="The Example Courier", url=SITE_URL),
        words=make_words("en", CATALOGUES),
        palette=make_palette("#9c2f1b"),
        logo=None,
        environment=drawn_by or environment(),
        bodies={
            entry.id: Block(html=Markup("<p>{}</p>").format(entry.summary * 4), text=("x",))
            for entry in entries
            if template == "single"
        },
    )


def the_long_way(sheet: Sheet) -> tuple[Sequence[Row], str]:
    for detail in STAGES:
        rows = sheet.rows(detail)
        if len(sheet.html(rows).encode()) <= LIMIT:
            return rows, sheet.html(rows)
    count = 0
    while len(sheet.html(rows[: count + 1]).encode()) <= LIMIT:
        count += 1
    return rows[:count], sheet.html(rows[:count])


def fitted(sheet: Sheet) -> tuple[Sequence[Row], str]:
    rows, html = fit_rows(sheet, limit=LIMIT, measure=Scales())
    return list(rows), html


_FRIENDS = ForeignFeed(id="tag:f.example,2026:1", title="Friends", url="https://f.example/home/")


def any_entry(chance: random.Random, number: int) -> Entry:
    def words(most: int) -> str:
        return " ".join(
            chance.choices(["boat", "&", "قارب", "港", "señor"], k=chance.randint(0, most))
        )

    return make_entry(
        number=number,
        id=f"tag:{number}",
        title=chance.choice([words(8), "x" * chance.choice([119, 120, 121, 400])]),
        summary=chance.choice(["", words(50), "y" * chance.choice([90, 91, 180, 181])]),
        section=chance.choice(["", "Harbour"]),
        language=chance.choice(["en", "en", "ar", "hi"]),
        published=SLOT - timedelta(days=chance.randint(0, 400)),
        picture=Picture(url=f"{SITE_URL}{number}.png", alt="A boat"),
        foreign=chance.choice([None, _FRIENDS, replace(_FRIENDS, title="z" * 90, url="")]),
    )


@pytest.mark.parametrize("template", ["digest", "briefing", "single"])
@pytest.mark.parametrize("seed", range(12))
def test_rows_are_those_of_the_long_way(template: str, seed: int) -> None:
    chance = random.Random(seed)
    entries = [any_entry(chance, number) for number in range(chance.choice([1, 20, 26, 32, 70]))]
    sections = tuple(DigestSection(title="Part", size=1) for _ in entries) if seed % 3 == 0 else ()
    sheet = make_sheet(entries, template, sections=sections, overflow=tuple(entries[:seed]))
    assert fitted(sheet) == the_long_way(sheet)


def test_a_mail_that_fits_is_drawn_once() -> None:
    scales = Scales()
    rows, _ = fit_rows(make_sheet([make_entry()] * 20), limit=LIMIT, measure=scales)
    assert (len(rows), scales.uses) == (20, 1)


@pytest.mark.parametrize(("count", "most"), [(30, 10), (35, 10), (40, 10), (200, 5)])
def test_one_that_does_not_is_drawn_a_few_times(count: int, most: int) -> None:
    scales = Scales()
    sheet = make_sheet([make_entry(summary="word " * 50)] * count)
    rows, html = fit_rows(sheet, limit=LIMIT, measure=scales)
    assert scales.uses <= most  # small samples among them
    assert (list(rows), html) == the_long_way(sheet)


@pytest.mark.parametrize(
    "heavy", ["{% if entry.title in few %}", "{% if entry.title not in few %}"]
)
@pytest.mark.parametrize("count", [20, 40, 100])
def test_a_sample_that_misleads_changes_nothing(heavy: str, count: int) -> None:
    """Of a template that draws the rows of the sample quite otherwise than the others."""
    few = [f"Article {number}" for number in range(1, count + 1, -(-count // 10))]
    part = mail_templates()["email/_entry.mjml"]
    padding = f"{{% set few = {few} %}}{heavy}<mj-text>{'x' * 900}</mj-text>{{% endif %}}"
    own = make_environment(mail_templates() | {"email/_entry.mjml": part + padding})
    entries = [make_entry(number=n, summary="word " * 50) for n in range(1, count + 1)]
    sheet = make_sheet(entries, drawn_by=own)
    assert fitted(sheet) == the_long_way(sheet)


def test_rows_with_hardly_any_markup_are_all_drawn_in_full() -> None:
    few = '{% extends "email/_layout.mjml" %}{% block entries %}<mj-text>'
    few += "{% for entry in entries %}{{ entry.title }} {{ entry.summary }} {% endfor %}"
    few += "</mj-text>{% endblock %}"
    own = make_environment(mail_templates() | {"email/digest.mjml": few})
    sheet = make_sheet([make_entry(summary="word " * 50)] * 80, drawn_by=own)
    rows, html = fitted(sheet)
    assert (rows, html) == the_long_way(sheet)
    assert len(rows) == 80
    assert rows[0].summary
