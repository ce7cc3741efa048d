"""A site's own colours, type and logo in its mails."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.config import NewsletterSpec, SiteSpec, ThemeSpec
from publisher.mime import SAMPLE_TOKEN, sample_files
from publisher.model import CorrectedEntry, Digest, DigestSection, Issue, Note
from publisher.preflight import Finding, Proof, check_issue
from tests.factories import SITE_URL, make_entry, make_logo, make_newsletter
from tests.mail_samples import draw, make_digest, parse
from tests.preflight_samples import REASON
from tests.theme_samples import accepted_themes

BODY = """
<h2>A heading</h2><p>Text with <a href="https://a.example/">a link</a>, <code>code</code> and
<strong>weight</strong>.</p><ul><li>One</li></ul><blockquote><p>Said.</p></blockquote>
<pre>made of letters</pre><table><caption>A table</caption><tr><th>Head</th></tr>
<tr><td>Cell <a href="https://b.example/">link</a></td></tr></table><hr>
<figure><blockquote>Shown</blockquote><figcaption>A caption</figcaption></figure>
<figure><blockquote>Shown</blockquote><figcaption>With <a href="https://c.example/">a link</a>
</figcaption></figure>
<dl><dt>Word</dt><dd>Meaning</dd></dl><details><summary>More</summary>Hidden</details>
"""
TEMPLATES: tuple[Literal["digest", "briefing", "single"], ...] = ("digest", "briefing", "single")


def site_of(theme: ThemeSpec, **changes: str) -> SiteSpec:
    values = {"title": "The Example Courier", "url": SITE_URL} | changes
    return SiteSpec(theme=theme, **values)


def full_digest() -> Digest:
    """An issue with every part that a mail may have."""
    entries = (
        make_entry(number=1, section="Harbour", summary="Two lines."),
        make_entry(number=2, language="ar", title="القارب", section="المدينة"),
        make_entry(number=3),
    )
    parts = (DigestSection(title="Harbour", size=2), DigestSection(title="Else", size=1))
    told = CorrectedEntry(id="", url=f"{SITE_URL}x/", title="A boat", text="It is a ship.")
    return make_digest(
        *entries,
        sections=parts,
        corrected=(told,),
        overflow=(make_entry(number=4),),
        note=Note(file="next.md", mark="m", html=BODY),
    )


def findings(site: SiteSpec, newsletter: NewsletterSpec) -> tuple[Finding, ...]:
    digest = full_digest()
    rendered = draw(
        digest,
        newsletter=newsletter,
        site=site,
        palette=site.theme.palette,
        logo=make_logo(paper=site.theme.paper),
        load_body=lambda _: BODY,
    )
    files = sample_files(
        rendered, number=12, slot=digest.slot, newsletter=newsletter, mail_url=SITE_URL
    )
    proof = Proof(
        issue=Issue(newsletter="weekly", number=12, digest=digest, rendered=rendered, checksum="c"),
        newsletter=newsletter,
        site=site,
        mail_url=SITE_URL,
        token=SAMPLE_TOKEN,
        html=files["email.html"].decode(),
        text=files["email.txt"].decode(),
        message=files["email.eml"],
        now=digest.slot,
        language="en",
        reason=REASON,
    )
    return check_issue(proof)


class TestColours:
    @settings(max_examples=15, deadline=None)
    @given(accepted_themes(), st.sampled_from(["serif", "sans"]))
    def test_pre_flight_can_read_every_accepted_theme(self, theme: ThemeSpec, fonts: str) -> None:
        site = site_of(replace(theme, fonts=fonts))
        for template in TEMPLATES:
            found = findings(site, make_newsletter(template=template))
            bad = [f for f in found if f.check.startswith(("contrast", "dark-scheme"))]
            assert bad == [], template

    def test_pre_flight_would_find_a_theme_that_is_not_accepted(self) -> None:
        theme = ThemeSpec(paper="#fdf3c8", ink="#9a8f60")
        found = {f.check for f in findings(site_of(theme), make_newsletter())}
        assert "contrast-light" in found

    @settings(max_examples=40)
    @given(accepted_themes())
    def test_no_other_colour_is_in_the_mail(self, theme: ThemeSpec) -> None:
        palette = theme.palette
        known = {
            getattr(scheme, part)
            for scheme in (palette.light, palette.dark)
            for part in ("paper", "ink", "meta", "line", "accent")
        }
        html = draw(full_digest(), site=site_of(theme), palette=palette).html
        assert set(re.findall(r"#[0-9a-f]{6}\b", html)) <= known


class TestFonts:
    def styles(self, fonts: str) -> str:
        return draw(site=site_of(ThemeSpec(fonts=fonts))).html

    def test_an_own_stack_is_that_of_the_text(self) -> None:
        html = self.styles("Georgia, 'Source Sans 3', serif")
        title = next(e for e in parse(html).iter("div") if e.find("h1") is not None)
        assert "font-family:Georgia, 'Source Sans 3', serif;" in title.get("style", "")
        assert "Charter" not in html

    @pytest.mark.parametrize(
        ("fonts", "office"),
        [
            ("serif", "Cambria"),
            ("sans", "Segoe UI"),
            ("Georgia, serif", "Cambria"),
            ("Verdana, sans-serif", "Segoe UI"),
            ("Courier, monospace", "Consolas"),
        ],
    )
    def test_word_has_a_face_of_the_kind(self, fonts: str, office: str) -> None:
        rule = self.styles(fonts).partition("<!--[if mso]><style>")[2].partition("</style>")[0]
        assert rule.startswith(f"h1, h2, h3, p, a {{ font-family: {office}, ")

    def test_names_of_remote_fonts_fetch_nothing(self) -> None:
        html = self.styles("Ubuntu, Open Sans, Lato, Roboto, sans-serif")
        assert "<link" not in html
        assert "@import" not in html


class TestLogo:
    def image(self, html: str) -> dict[str, str]:
        (image,) = parse(html).iter("img")
        return dict(image.attrib)

    def test_has_its_size_and_the_site_s_name(self) -> None:
        logo = make_logo(width=1200, height=300, see_through=False)
        image = self.image(draw(logo=logo).html)
        assert logo.mailed is not None
        assert image["src"] == SITE_URL + logo.mailed.path
        assert (image["width"], image["height"]) == ("240", "60")
        assert image["alt"] == "The Example Courier"
        assert image["class"] == "logo"

    def test_a_name_is_not_said_twice(self) -> None:
        newsletter = make_newsletter(title="The Example Courier")
        assert self.image(draw(newsletter=newsletter, logo=make_logo()).html)["alt"] == ""

    def test_one_that_can_be_seen_through_stands_on_the_light_paper(self) -> None:
        html = draw(logo=make_logo()).html
        assert self.image(html)["class"] == "logo plate"
        dark = html.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
        assert ".plate { background-color: #fdfcf9 !important;" in dark

    def test_from_right_to_left_it_stands_on_the_right(self) -> None:
        image = self.image(draw(language="ar", logo=make_logo()).html)
        assert "margin:0 0 14px auto" in image["style"]

    def test_a_drawing_is_left_out_and_the_title_stays(self) -> None:
        html = draw(logo=make_logo(media_type="image/svg+xml")).html
        assert "<img" not in html
        assert parse(html).findtext(".//h1") == "The Weekly Courier"
