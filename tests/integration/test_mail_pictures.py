"""Pictures in the texts of mails that have whole articles: in the form that mail programs draw."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from tests.picture_samples import jpeg, noise, photo, png, saved
from tests.sites import CONFIG, UNJUDGED, Site

SINGLE = CONFIG + UNJUDGED + "    template: single\n"
ISSUE = "newsletters/weekly/1/"
WORDS = "It came home after a year. " * 40


def pictures(site: Site, name: str = f"{ISSUE}email.html") -> list[str]:
    return re.findall(r'<img [^>]*?src="([^"]*)"', site.output(name).read_text("utf-8"))


def lying(site: Site, url: str) -> bytes:
    return site.output(url.removeprefix("https://courier.example/")).read_bytes()


def test_a_picture_of_the_text_is_one_that_every_program_draws(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(SINGLE)
    site.write("articles/boat.webp", saved(photo(2400, 1600), "WEBP"))
    site.write("articles/pier.png", saved(noise(1600, 1200), "PNG"))
    site.write("articles/fog.jpg", jpeg(300, 200))
    site.article(
        "boat.md",
        f"{WORDS}\n\n![A boat](boat.webp)\n\n{WORDS}\n\n![A pier](pier.png)\n\n![Fog](fog.jpg)",
    )
    ran = site.publish()
    assert "picture" not in ran.err, ran.err
    boat, pier, fog = pictures(site)
    for url in (boat, pier):
        data = lying(site, url)
        assert len(data) <= 200_000
        drawn = Image.open(BytesIO(data))
        assert (drawn.format, drawn.width <= 1200) == ("JPEG", True)
    assert lying(site, fog) == (site.folder / "articles/fog.jpg").read_bytes()
    page = pictures(site, "2026/11/01/boat/index.html")
    assert [name.rpartition(".")[2] for name in page] == ["webp", "png", "jpg"]
    assert "0 written, 0 removed" in site.publish().out


@pytest.mark.parametrize("text", ["![A boat](boat.png)\n\n", ""])
def test_the_picture_of_an_article_is_shown_once(make_site: Callable[..., Site], text: str) -> None:
    site = make_site(SINGLE)
    site.write("articles/boat.png", png(800, 600))
    site.article("boat.md", f"{text}{WORDS}", image="boat.png")
    ran = site.publish()
    assert len(pictures(site)) == 1
    assert ("alt-empty" in ran.err) is (not text), "an `image:` has no words"


def test_what_was_mailed_stays_until_the_article_is_taken_back(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(SINGLE)
    site.write("articles/boat.webp", saved(photo(2400, 1600), "WEBP"))
    site.article("boat.md", f"{WORDS}\n\n![A boat](boat.webp)")
    site.article("pier.md", "A pier.", date="2026-10-30")
    site.publish()
    (boat,) = pictures(site)
    before = lying(site, boat)
    site.article("boat.md", WORDS)
    (site.folder / "articles/boat.webp").write_bytes(png(30, 20))
    site.settle()
    site.publish(now="2026-11-22T09:00:00Z")
    assert lying(site, boat) == before
    site.article("boat.md", WORDS, retract="true")
    site.publish(now="2026-11-22T10:00:00Z")
    assert not site.output(boat.removeprefix("https://courier.example/")).exists()


@pytest.mark.parametrize("withdrawn", ["boat", pytest.param("pier", marks=pytest.mark.long)])
def test_what_two_articles_show_stays_until_both_are_taken_back(
    make_site: Callable[..., Site], withdrawn: str
) -> None:
    site = make_site(SINGLE)
    site.write("articles/boat.webp", saved(photo(2400, 1600), "WEBP"))
    for name in ("boat", "pier"):
        site.article(f"{name}.md", f"{WORDS}\n\n![A boat](boat.webp)")
    site.publish()
    boat, again = pictures(site)
    assert boat == again
    before = lying(site, boat)
    site.article(f"{withdrawn}.md", WORDS, retract="true")
    site.settle()
    site.publish(now="2026-11-22T09:00:00Z")
    assert lying(site, boat) == before
    for name in ("boat", "pier"):
        site.article(f"{name}.md", WORDS, retract="true")
    site.settle()
    site.publish(now="2026-11-22T10:00:00Z")
    assert not site.output(boat.removeprefix("https://courier.example/")).exists()


def test_inside_a_mail_it_has_that_form_too(make_site: Callable[..., Site]) -> None:
    site = make_site(SINGLE + "    embed: true\n")
    site.write("articles/boat.webp", saved(photo(2400, 1600), "WEBP"))
    site.article("boat.md", f"{WORDS}\n\n![A boat](boat.webp)")
    ran = site.publish()
    assert "picture" not in ran.err, ran.err
    raw = site.output(f"{ISSUE}email.eml").read_bytes()
    assert raw.count(b"Content-Type: image/jpeg") == 1
    assert len(raw) < 300_000
