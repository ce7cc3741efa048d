"""Any digest gives a mail that is whole, small enough, and says the same in both parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publisher.links.readers import PREFERENCES, UNSUBSCRIBE
from publisher.mime import Mailbox, message
from publisher.model import Author, CorrectedEntry, Digest, DigestSection, Entry, Note, Picture
from publisher.parse.clean.sanitise import sanitise
from publisher.parse.note import LONGEST
from publisher.render.email import HTML_LIMIT
from publisher.render.mail.text import plain
from publisher.render.wrapping import columns, wrap
from tests.factories import SITE_URL, make_entry, make_newsletter
from tests.mail_samples import SLOT, blocks, draw, filled_size, make_digest, parse, seen

HOSTILE = [
    "👩\u200d👩\u200d👧\u200d👦",
    "हिन्दी",
    "e\u0301",
    "\u202eabc",
    "\x00\r\n\x1b",
    "\ud800\uffff",
    "\\u{200d}\\",
    "\"'`",
    "{{ x }}{% y %}{#",
    "<mj-include path='x'/>",
    "</mj-text></mjml>",
    "<!--",
    "]]>&lt;&#x41;",
    UNSUBSCRIBE,
    " ",
]
texts = st.one_of(
    st.text(st.characters(), max_size=200),
    st.lists(st.sampled_from(HOSTILE), max_size=6).map("".join),
    st.sampled_from(HOSTILE).map(lambda piece: (piece * 2000)[:2000]),
)
urls = st.one_of(st.just(f"{SITE_URL}a/"), texts.map(lambda text: SITE_URL + text), texts)
moments = st.datetimes(
    min_value=datetime(1970, 1, 2),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from([timezone(timedelta(hours=h)) for h in (-11, 0, 7)]),
)
pictures = st.builds(
    Picture,
    url=urls,
    alt=texts,
    media_type=st.sampled_from(["", "image/png", "image/webp"]),
    width=st.integers(0, 5000),
)
entries = st.builds(
    Entry,
    id=st.just("tag:x"),
    url=urls,
    title=texts,
    summary=texts,
    published=moments,
    updated=moments,
    body_key=st.just(""),
    section=texts,
    authors=st.lists(st.builds(Author, name=texts), max_size=3).map(tuple),
    language=st.one_of(
        st.none(), st.sampled_from(["en", "ar", "hi", "zh-Hant", "xx", "not a tag"])
    ),
    picture=st.one_of(st.none(), pictures),
)
digests = st.builds(
    lambda some, times, overflow, subject, preheader: make_digest(
        *(some * times)[:200], overflow=overflow, subject=subject, preheader=preheader
    ),
    st.lists(entries, min_size=1, max_size=8),
    st.sampled_from([1, 1, 1, 4, 25, 200]),
    st.lists(entries, max_size=2).map(tuple),
    texts,
    texts,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(digest=digests, language=st.sampled_from(["en", "id", "ar"]))
@example(
    digest=make_digest(*[make_entry(title="x" * 2000, summary="é" * 9000)] * 200), language="ar"
)
def test_any_digest(digest: Digest, language: str) -> None:
    rendered = draw(digest, language=language)

    assert filled_size(rendered) <= HTML_LIMIT
    assert "<mj-" not in rendered.html
    assert "{{" not in rendered.html
    assert "\\u{" not in rendered.html
    for part in (rendered.html, rendered.text):
        assert (part.count(UNSUBSCRIBE), part.count(PREFERENCES)) == (1, 1)

    titles = [block.findtext("h2/a") for block in blocks(parse(rendered.html))]
    whole = [plain(entry.title) or plain(entry.url) for entry in digest.entries]
    assert all(
        shown == title or (shown.endswith("…") and title.startswith(shown[:-1]))
        for shown, title in zip(titles, whole, strict=False)
    )
    assert len(titles) > 10 or len(titles) == len(whole)
    place = 0
    for title in titles:
        place = rendered.text.index(f"\n{wrap(title)}\n", place) + 1

    raw = message(
        rendered,
        number=12,
        slot=SLOT,
        newsletter=make_newsletter(),
        mail_url=SITE_URL,
        to=Mailbox(name="Sample Reader", email="reader@example.org"),
        token="sample",
    )
    parsed = message_from_bytes(raw, policy=default)
    assert parsed["subject"] == rendered.subject
    text, html = (part.get_content().replace("\r\n", "\n") for part in parsed.iter_parts())
    assert (
        rendered.text.replace(UNSUBSCRIBE, f"{SITE_URL}unsubscribe/sample").replace(
            PREFERENCES, f"{SITE_URL}preferences/sample"
        )
        == text
    )
    assert html.count(f"{SITE_URL}unsubscribe/sample") == 1
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


@given(texts, st.integers(1, 80))
def test_wrap_keeps_every_word_and_only_words_are_wider(text: str, width: int) -> None:
    text = plain(text)
    wrapped = wrap(text, width)
    assert "".join(wrapped.split()) == "".join(text.split())
    assert all(word in wrapped.split() for word in text.split() if word.isascii())
    for line in wrapped.split("\n"):
        assert columns(line) <= width or " " not in line


@given(digest=digests)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_drawing_twice_gives_the_same(digest: Digest) -> None:
    assert draw(digest) == draw(replace(digest))


HTML = st.lists(
    st.one_of(
        texts,
        st.sampled_from(
            [
                "<p>One</p>",
                "<p>unclosed <b>and <i>unquoted",
                "<a href=x.html>x</a>",
                "<div>" * 20_000 + "deep",
                "<table><tr><td>a<td>b</table>",
                "<img src=https://courier.example/a.jpg alt=\"a 'b' \u0301\">",
                "<ul><li>a<li>b</ul>",
                "<pre>  a\n\n  b</pre>",
                "<![CDATA[x]]><?php echo 1 ?><!-- <mj-text> -->",
                "<mj-text>x</mj-text>",
                "<svg><title>x</svg><math><mi>y",
                "<blockquote>" * 300,
                "<p>" + "word " * 30_000 + "</p>",
            ]
        ),
    ),
    max_size=5,
).map("".join)


def sanitised(html: str) -> str:
    clean = sanitise(
        html, base_url=SITE_URL, site_url=SITE_URL, folder="", look_up=lambda _path: None
    )
    return clean.html


def assert_mailable(digest: Digest, template: str, language: str, html: str) -> None:
    """One mail of all that can go wrong: no crash, small enough, whole, both parts the same."""
    newsletter = make_newsletter(template=template)
    rendered = draw(digest, newsletter=newsletter, language=language, load_body=lambda _: html)
    assert filled_size(rendered) <= HTML_LIMIT
    assert rendered.spoilt == ()
    for left in ("<mj-", "{{", "\\u{"):
        assert left not in rendered.html
    for part in (rendered.html, rendered.text):
        assert (part.count(UNSUBSCRIBE), part.count(PREFERENCES)) == (1, 1)
    tree = html5lib.parse(rendered.html, namespaceHTMLElements=False)
    headings = [seen(found) for name in ("h2", "h3") for found in tree.iter(name)]
    text = "".join(rendered.text.split())  # wide characters may stand on lines of their own
    for heading in headings:
        assert "".join(heading.rstrip("…").split())[:40] in text
    raw = message(
        rendered,
        number=12,
        slot=SLOT,
        newsletter=newsletter,
        mail_url=SITE_URL,
        to=Mailbox(name="Sample Reader", email="reader@example.org"),
        token="sample",
    )
    parsed = message_from_bytes(raw, policy=default)
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert parsed.defects == []
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


ANYTHING = given(
    digest=digests,
    template=st.sampled_from(["digest", "briefing", "single"]),
    language=st.sampled_from(["en", "ar", "ja", "hi"]),
    html=HTML.map(sanitised),
    note=HTML.map(sanitised).filter(lambda html: len(html) < LONGEST),
    heading=texts,
    told=st.lists(st.builds(CorrectedEntry, id=texts, url=urls, title=texts, text=texts)),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@ANYTHING
@example(
    digest=make_digest(make_entry(title="港" * 60)),
    template="digest",
    language="ja",
    html="",
    note="",
    heading="",
    told=[],
)
def test_any_text_in_any_template(**said: Any) -> None:
    assert_any_text(**said)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@ANYTHING
def test_a_thousand_digests(**said: Any) -> None:
    assert_any_text(**said)


def assert_any_text(
    *,
    digest: Digest,
    template: str,
    language: str,
    html: str,
    note: str,
    heading: str,
    told: list[CorrectedEntry],
) -> None:
    sections = (DigestSection(title=heading, size=len(digest.entries)),)
    noted = Note(file="next.md", mark="m", html=note)
    digest = replace(digest, sections=sections, note=noted, corrected=tuple(told))
    assert_mailable(digest, template, language, html)
