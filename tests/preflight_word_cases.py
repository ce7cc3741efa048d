"""The cases of checks that look at words, and at which articles an issue has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from publisher.model import Digest
from tests.factories import SITE_URL
from tests.mail_samples import make_digest
from tests.preflight_samples import (
    ENTRIES,
    Case,
    add,
    entries,
    link,
    make_proof,
    style,
    swap,
    swap_bytes,
)


def words() -> Iterator[Case]:
    for left in (
        "{{ name }}",
        "{% if %}",
        "%(title)s",
        "\\u{200d}",
        "by None",
        "undefined",
        "*|FNAME|*",
        "[object Object]",
        "https://reader.invalid/x",
        "${name}",
    ):
        said = entries({"title": f"About {left} and so on"})
        bad = make_proof(html=add(f"<p>{left}</p>"))
        yield Case("left-over-placeholder", bad, make_proof(said), left)
    yield Case(
        "left-over-placeholder",
        make_proof(subject="Weekly: {{ title }}"),
        make_proof(html=add("<p>Everyone and Nonesuch, {x} 100%</p>")),
        "subject",
    )
    yield Case(
        "left-over-placeholder",
        make_proof(text=swap("Unsubscribe", "%(count)s")),
        make_proof(html=add("<p>{{ lantern }}</p>"), said=("They write {{ lantern }} here.",)),
        "text",
    )
    yield Case(
        "left-over-placeholder",
        link(SITE_URL + "%7B%7B%20url"),
        make_proof(html=style(".a{color:red}@media print{.a{color:red}}")),
        "link",
    )
    yield Case(
        "left-over-placeholder",
        make_proof(html=add("<p>reader.invalid\\u{</p>")),
        make_proof(entries({"section": "reader.invalid\\u{", "url": SITE_URL + "{{ x }}/"})),
        "made fit for mail",
    )
    yield Case(
        "left-over-mjml",
        make_proof(html=add("<mj-text>x</mj-text>")),
        make_proof(html=add("<p>&lt;mj-text></p>")),
    )
    yield Case(
        "left-over-markup",
        make_proof(entries({"title": "A <b>bold</b> boat"})),
        make_proof(entries({"title": "A < b > c and <here>"})),
    )
    yield Case(
        "left-over-markup",
        make_proof(entries({"summary": "Fish &amp; chips"})),
        make_proof(entries({"summary": "Fish & chips; AT&T"})),
        "entity",
    )
    yield Case(
        "filler-text",
        make_proof(html=add("<p>Lorem  ipsum dolor</p>")),
        make_proof(html=add("<p>Lorem and Ipsum</p>")),
    )
    yield Case(
        "language",
        make_proof(html=swap('<html lang="en"', '<html lang="und"')),
        make_proof(html=swap('<html lang="en"', '<html lang="EN"')),
    )
    yield Case("language", make_proof(language="id"), make_proof(), "other")
    yield Case(
        "direction",
        make_proof(html=swap('dir="ltr"', 'dir="auto"')),
        make_proof(
            html=lambda html: html.replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"'),
            language="ar",
        ),
    )
    yield Case(
        "document-title",
        make_proof(html=swap("<title>", "<title></title><title>")),
        make_proof(),
    )


def articles() -> Iterator[Case]:
    first, second = ENTRIES

    def of(*changed: object, **changes: object) -> Digest:
        return make_digest(*changed, **changes)

    yield Case("duplicate-item", make_proof(of(first, replace(second, id=first.id))), make_proof())
    yield Case(
        "duplicate-item",
        make_proof(of(first, second, overflow=(replace(second, id="another"),))),
        make_proof(of(first, overflow=(second,))),
        "address",
    )
    yield Case(
        "same-title",
        make_proof(of(first, replace(second, title="A Boat comes  home"))),
        make_proof(of(first, replace(second, title="A boat comes home again"))),
    )
    yield Case("item-of-earlier-issue", make_proof(held={second.id}), make_proof(held={"another"}))
    yield Case(
        "item-of-earlier-issue",
        make_proof(of(first, overflow=(second,)), held={second.id}),
        make_proof(),
        "overflow",
    )
    other = SITE_URL + "2026/11/01/2/"
    yield Case(
        "no-items",
        make_proof(of(second), html=swap(f'href="{other}"', f'href="{SITE_URL}"')),
        make_proof(html=swap(f'href="{other}"', f'href="{SITE_URL}"')),
    )
    yield Case("text-part-missing", make_proof(text=lambda _: " \n"), make_proof())
    yield Case(
        "text-part-missing",
        make_proof(message=swap_bytes(b"text/plain", b"text/x-none")),
        make_proof(),
        "kind",
    )
    yield Case("parts-differ", make_proof(text=swap(other, "")), make_proof())
    yield Case(
        "parts-differ",
        make_proof(html=swap(f'href="{other}"', f'href="{SITE_URL}"')),
        make_proof(entries({"url": "https://courier.example/" + "a" * 2_001})),
        "HTML",
    )
