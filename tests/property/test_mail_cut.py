"""However many articles an issue has: both parts show the same, count the rest, the web has all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.config import NewsletterSpec
from publisher.model import CorrectedEntry, Digest, DigestSection, Entry, Picture, RenderedIssue
from publisher.render.email import HTML_LIMIT
from publisher.render.words import make_words
from tests import page_samples
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import CATALOGUES, draw, filled_size, make_digest, parse, seen
from tests.page_samples import by_class, leads_to, make_entries, make_issue, make_view

WEB = f"{SITE_URL}newsletters/weekly/12/"
PAGE = "newsletters/weekly/12/index.html"
PICTURE = Picture(url=f"{SITE_URL}media/boat.jpg", alt="A boat", width=1200, height=675)


def digest_of(count: int, overflow: int, sections: int, **changes: object) -> Digest:
    """An issue of so many entries, all different, in sections of one size."""
    held = make_entries(count + overflow, **changes)
    shown, rest = held[:count], held[count:]
    size = -(-count // sections) if sections else 0
    starts = range(0, count, size) if sections else ()
    parts = [DigestSection(title=f"Part {at}", size=min(size, count - at)) for at in starts]
    shown = (replace(shown[0], picture=PICTURE), *shown[1:])
    return make_digest(*shown, overflow=rest, sections=tuple(parts))


def in_html(rendered: RenderedIssue, held: dict[str, Entry]) -> list[str]:
    """The addresses of the articles that the HTML shows, in their order."""
    links = [a.get("href", "") for a in parse(rendered.html).iter("a")]
    return list(dict.fromkeys(link for link in links if link in held))


def in_text(rendered: RenderedIssue, held: dict[str, Entry]) -> list[str]:
    return [line for line in rendered.text.split("\n") if line in held]


def on_page(digest: Digest, newsletter: NewsletterSpec) -> list[str]:
    issue = make_issue(
        12,
        *digest.entries,
        overflow=digest.overflow,
        sections=digest.sections,
        corrected=digest.corrected,
    )
    page = page_samples.draw(make_view(newsletters=(newsletter,), issues={"weekly": [issue]}), PAGE)
    links = [row.find(".//a").get("href", "") for row in by_class(page, "entry")]
    return [SITE_URL + leads_to(PAGE, link).removesuffix("index.html") for link in links]


def counts(rendered: RenderedIssue, language: str, missing: int) -> bool:
    """Whether both parts say that so many are missing, and where they are; or nothing, for none."""
    words = make_words(language, CATALOGUES)
    sentence = words.ngettext(
        "and %(count)s more article on the web",
        "and %(count)s more articles on the web",
        missing,
        count=words.number(missing),
    )
    leading = [seen(a) for a in parse(rendered.html).iter("a") if a.get("href") == WEB]
    footer = words.gettext("Read this issue on the web")
    told = leading == [sentence, footer] and f"\n{sentence}\n{WEB}\n" in rendered.text
    silent = leading == [footer] and rendered.text.count(WEB) == 1
    return told if missing else silent


@settings(max_examples=12, deadline=None)
@given(
    count=st.sampled_from([1, 2, 30, 120, 250]),
    overflow=st.sampled_from([0, 0, 1, 11]),
    sections=st.sampled_from([0, 0, 1, 3]),
    template=st.sampled_from(["digest", "briefing", "single"]),
    language=st.sampled_from(["en", "ar", "ru", "ja"]),
    title=st.sampled_from(["Article %d", "A long title, %d " + "word " * 300, "見出し%d" * 40]),
)
@example(
    count=250, overflow=11, sections=3, template="digest", language="ar", title="%d " + "é" * 900
)
@example(count=250, overflow=0, sections=0, template="single", language="ru", title="%d")
def test_what_is_cut_is_counted_in_both_parts_and_stands_on_the_web(
    *, count: int, overflow: int, sections: int, template: str, language: str, title: str
) -> None:
    digest = digest_of(count, overflow, sections, summary="word " * 60)
    named = [replace(e, title=title.replace("%d", str(n))) for n, e in enumerate(digest.entries)]
    digest = replace(digest, entries=tuple(named))
    newsletter = make_newsletter(template=template)
    rendered = draw(digest, newsletter=newsletter, language=language)

    entries = [entry.url for entry in digest.entries]
    held = {entry.url: entry for entry in (*digest.entries, *digest.overflow)}
    shown = in_html(rendered, held)
    assert filled_size(rendered) <= HTML_LIMIT
    assert shown == entries[: len(shown)]
    assert shown == in_text(rendered, held)
    assert len(shown) == count or len(shown) > 50
    assert counts(rendered, language, len(held) - len(shown))
    assert on_page(digest, newsletter) == list(held)


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (10, ""),
        (11, "and 1 more correction on the web"),
        (1_300, "and 1,290 more corrections on the web"),
    ],
)
def test_corrections_over_ten_are_counted_and_stand_on_the_web(count: int, sentence: str) -> None:
    said = [
        CorrectedEntry(id=str(n), url=f"{SITE_URL}old/{n}/", title=f"Old {n}", text="It was two.")
        for n in range(count)
    ]
    digest = replace(digest_of(2, 0, 0), corrected=tuple(said))
    rendered = draw(digest)
    links = [a for a in parse(rendered.html).iter("a") if "/old/" in (a.get("href") or "")]
    assert len(links) == rendered.text.count("/old/") == 10
    leading = [seen(a) for a in parse(rendered.html).iter("a") if a.get("href") == WEB]
    assert leading == [*([sentence] if sentence else []), "Read this issue on the web"]
    assert (f"\n{sentence}\n{WEB}\n" in rendered.text) == bool(sentence)
    assert len(on_page(digest, make_newsletter())) == 2 + count


@pytest.mark.parametrize("template", ["digest", "briefing", "single"])
def test_two_hundred_and_fifty_long_ones_are_cut(template: str) -> None:
    """Else the test above could pass without a cut."""
    digest = digest_of(250, 0, 0, title="word " * 300)
    rendered = draw(digest, newsletter=make_newsletter(template=template))
    held = {entry.url: entry for entry in digest.entries}
    assert 50 < len(in_html(rendered, held)) < 250
