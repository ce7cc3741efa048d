"""Pictures from a file beside an article to the pages and mails that show them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import PurePosixPath

import pytest
from PIL import Image, ImageOps

import publisher.pictures.inspection
import publisher.pictures.making
from publisher.renditions import MAIL_BYTES
from tests.picture_samples import (
    gif_bomb,
    jpeg,
    moving,
    noise,
    photo,
    png,
    png_bomb,
    saved,
    turned_jpeg,
)
from tests.sites import CONFIG, NOW, UNJUDGED, Site

LATER = "2026-11-22T09:00:00Z"
PAGE = "2026/11/01/boat/index.html"
MAIL = "newsletters/weekly/1/email.html"
BIG = jpeg(1500, 1000)
TRAPS = {
    "bomb.png": (png_bomb(), "has 20000 x 20000 pixels; 50 million are the limit"),
    "bomb.gif": (gif_bomb(), "has billions of pixels"),
    "cut.jpg": (BIG[: len(BIG) // 2], "is broken: image file is truncated"),
    "empty.jpg": (b"", "is empty"),
    "page.png": (b"<html>Not found</html>", "is no picture that can be read"),
}


@cache
def big_webp() -> bytes:
    return saved(photo(1050, 700), "WEBP", lossless=True)


class Pictures(HTMLParser):
    """The attributes of every picture of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def pictures(site: Site, page: str) -> list[dict[str, str | None]]:
    return Pictures(site.output(page).read_text(encoding="utf-8")).found


def media(site: Site) -> set[str]:
    folder = site.output("media")
    names = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return {name for name in names if not name.endswith(".css")}


def offered(site: Site, page: str, picture: dict[str, str | None]) -> dict[str, Image.Image]:
    """What a picture offers: each width with the picture that lies there, opened."""
    found = {}
    for candidate in (picture["srcset"] or "").split(", "):
        address, _, width = candidate.rpartition(" ")
        place = (site.output(page).parent / address).resolve()
        with Image.open(place) as image:
            found[width] = ImageOps.exif_transpose(image)
    return found


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG + UNJUDGED)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, no picture may be opened."""

    def close() -> None:
        def refuse(*_: object) -> None:
            pytest.fail("a picture was opened")

        monkeypatch.setattr(publisher.pictures.inspection, "opened", refuse)
        monkeypatch.setattr(publisher.pictures.making, "opened", refuse)

    return close


class TestPages:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("boat.jpg", lambda: BIG),
            ("boat.png", lambda: png(1050, 700)),
            ("boat.webp", big_webp),
            ("upright.jpg", lambda: turned_jpeg(1050, 1400)),
            ("lying.png", lambda: BIG),
        ],
    )
    def test_a_picture_comes_in_the_widths_it_promises(
        self, site: Site, name: str, data: Callable[[], bytes]
    ) -> None:
        site.write(f"articles/{name}", data())
        site.article("boat.md", f"Text.\n\n![A boat]({name})", image=name)
        site.publish_here()
        for page in ("index.html", PAGE):
            (picture,) = pictures(site, page)
            forms = offered(site, page, picture)
            assert len(forms) >= 2
            width, height = int(picture["width"] or 0), int(picture["height"] or 0)
            for told, image in forms.items():
                assert told == f"{image.width}w"
                assert image.width / image.height == pytest.approx(width / height, abs=0.01)
            assert re.match(r"\(min-width: \d+px\) \d+px, .*100vw\Z", picture["sizes"] or "")

    def test_nothing_moves_when_pictures_come_and_only_the_first_is_waited_for(
        self, site: Site
    ) -> None:
        files = {
            "a.jpg": BIG,
            "b.png": png(30, 20),
            "c.gif": moving("GIF"),
            "d.webp": moving("WEBP"),
        }
        for name, data in files.items():
            site.write(f"articles/{name}", data)
        site.article("boat.md", "\n\n".join(f"![{name}]({name})" for name in files))
        site.publish_here()
        found = pictures(site, PAGE)
        assert [p["alt"] for p in found] == list(files)
        assert all(p["width"] and p["height"] and p["decoding"] == "async" for p in found)
        assert [p.get("loading") for p in found] == [None, "lazy", "lazy", "lazy"]
        assert ["srcset" in p for p in found] == [True, False, False, False]

    def test_the_authors_own_widths_stay(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.write("articles/small.jpg", jpeg(300, 200))
        site.article("boat.md", '<p><img src="boat.jpg" srcset="small.jpg 300w" alt=""></p>')
        site.publish_here()
        (picture,) = pictures(site, PAGE)
        assert re.fullmatch(r"\S+/small\.jpg 300w", picture["srcset"] or "")

    def test_a_picture_made_smaller_by_its_author_asks_for_less(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.article("boat.md", '<p><img src="boat.jpg" width="200" alt=""></p>')
        site.publish_here()
        (picture,) = pictures(site, PAGE)
        assert (picture["width"], picture["height"]) == ("200", "133")
        assert picture["sizes"] == "(min-width: 200px) 200px, 100vw"

    def test_what_is_only_linked_is_not_made_smaller(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.article("boat.md", "[The boat](boat.jpg)")
        site.publish_here()
        assert {PurePosixPath(name).name for name in media(site)} == {"boat.jpg"}

    def test_feeds_know_the_original_alone(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.article("boat.md", "![A boat](boat.jpg)", image="boat.jpg")
        site.publish_here()
        for feed in ("rss.xml", "atom.xml", "feed.json"):
            text = site.output(feed).read_text(encoding="utf-8")
            addresses = set(re.findall(r"https://courier\.example/(media/[\w./-]+)", text))
            (address,) = addresses
            assert site.output(address).read_bytes() == BIG
            assert "srcset" not in text


class TestMail:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("boat.jpg", lambda: BIG),
            ("boat.webp", big_webp),
            ("boat.png", lambda: saved(noise(1300, 900), "PNG")),
            ("boat.gif", lambda: moving("GIF")),
            ("boat.avif", lambda: saved(photo(600, 400), "AVIF")),
            ("upright.jpg", lambda: turned_jpeg(900, 1200)),
            ("small.jpg", lambda: jpeg(320, 200)),
        ],
    )
    def test_any_picture_fits(self, site: Site, name: str, data: Callable[[], bytes]) -> None:
        site.write(f"articles/{name}", data())
        site.article("boat.md", image=f'{{path: {name}, alt: "A boat & a net"}}')
        site.publish_here()
        (picture,) = pictures(site, MAIL)
        place = site.output((picture["src"] or "").removeprefix("https://courier.example/"))
        assert place.stat().st_size <= MAIL_BYTES
        with Image.open(place) as image:
            assert image.format in ("JPEG", "PNG")
            assert image.width <= 1200
            width, height = int(picture["width"] or 0), int(picture["height"] or 0)
            assert width == min(552, image.width)
            assert height == pytest.approx(width * image.height / image.width, abs=1)
        assert picture["alt"] == "A boat & a net"

    def test_a_drawing_is_left_out(self, site: Site) -> None:
        site.write("articles/boat.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        site.article("boat.md", image="boat.svg")
        site.publish_here()
        assert pictures(site, MAIL) == []

    def test_a_frozen_issue_keeps_its_picture(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.article("boat.md", image="boat.jpg")
        site.publish_here()
        before = site.output(MAIL).read_bytes()
        (mailed,) = (name for name in media(site) if name.endswith("-mail.jpg"))
        bytes_before = site.output(f"media/{mailed}").read_bytes()
        site.write("articles/boat.jpg", jpeg(1700, 1200))
        site.publish_here(now=LATER)
        site.run("publish", "--full", "--now", LATER)
        assert site.output(MAIL).read_bytes() == before
        assert site.output(f"media/{mailed}").read_bytes() == bytes_before
        (shown,) = pictures(site, "newsletters/weekly/1/index.html")
        assert (site.output("newsletters/weekly/1") / (shown["src"] or "")).exists()

    def test_a_retracted_articles_picture_goes(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.article("boat.md", image="boat.jpg")
        site.article("other.md")
        site.publish_here()
        site.article("boat.md", image="boat.jpg", retract="true")
        site.publish_here(now=LATER)
        assert media(site) == set()

    def test_a_clone_without_state_makes_it_again(self, site: Site) -> None:
        site.write("articles/boat.jpg", BIG)
        site.article("boat.md", image="boat.jpg")
        site.publish_here()
        before = {name: data for name, (data, _) in site.tree().items()}
        for name in ("output", ".publisher"):
            (site.folder / name).rename(site.folder / f"old{name}")
        site.publish_here()
        assert {name: data for name, (data, _) in site.tree().items()} == before


class TestIncrements:
    @pytest.fixture
    def site(self, site: Site) -> Site:
        site.write("articles/boat.jpg", BIG)
        site.write("articles/ship.jpg", jpeg(1300, 800))
        site.article("boat.md", "![A boat](boat.jpg)", image="boat.jpg", digest="false")
        site.article("ship.md", "![A ship](ship.jpg)")
        site.settle()
        site.publish_here()
        return site

    def test_an_unchanged_run_opens_and_writes_nothing(
        self, site: Site, closed: Callable[[], None]
    ) -> None:
        before = site.tree()
        closed()
        report = site.publish_here(now=LATER)
        assert (report.written, report.removed, report.opened) == ((), (), 0)
        site.article("boat.md", "More.\n\n![A boat](boat.jpg)", image="boat.jpg", digest="false")
        report = site.publish_here(now=LATER)
        assert PAGE in report.written
        assert not [path for path in report.written if path.startswith("media/")]
        assert media(site) == {name[6:] for name in before if re.match(r"media/[0-9a-f]+/", name)}

    def test_a_replaced_picture_makes_new_files_and_the_old_ones_go(self, site: Site) -> None:
        before = media(site)
        site.write("articles/boat.jpg", jpeg(1700, 1200))
        report = site.publish_here(now=LATER)
        gone = {path.removeprefix("media/") for path in report.removed}
        come = {p.removeprefix("media/") for p in report.written if p.startswith("media/")}
        assert gone == {name for name in before if "boat" in name}
        assert len(come) == len(gone) >= 4
        assert media(site) == before - gone | come

    def test_a_picture_that_is_shown_no_more_goes_with_all_its_forms(self, site: Site) -> None:
        site.article("boat.md", "No boat.", digest="false")
        site.publish_here(now=LATER)
        assert not [name for name in media(site) if "boat" in name]
        assert [name for name in media(site) if "ship" in name]

    def test_a_lost_form_is_made_again_and_no_other(self, site: Site) -> None:
        before = site.tree()
        lost = next(name for name in before if name.endswith("boat-800.jpg"))
        site.output(lost).unlink()
        report = site.publish_here(now=LATER)
        assert report.written == (lost,)
        assert site.output(lost).read_bytes() == before[lost][0]

    def test_where_the_file_is_gone_the_copy_is_opened(self, site: Site) -> None:
        before = site.tree()
        lost = next(name for name in before if name.endswith("boat-800.jpg"))
        site.output(lost).unlink()
        site.write("articles/boat.md", "---\ntitle: [\n---\n")  # the last good version stays
        (site.folder / "articles/boat.jpg").unlink()
        site.publish("--full", now=LATER, code=3)
        assert {name: data for name, (data, _) in site.tree().items()} == {
            name: data for name, (data, _) in before.items()
        }


class TestRefused:
    @pytest.mark.parametrize("name", TRAPS)
    def test_the_article_goes_out_without_it(
        self, site: Site, name: str, closed: Callable[[], None]
    ) -> None:
        data, reason = TRAPS[name]
        site.write(f"articles/{name}", data)
        site.article("boat.md", f"Before.\n\n![A boat]({name})\n\n[It]({name})", image=name)
        site.settle()
        report = site.publish_here()
        (warning,) = report.warnings
        assert warning.startswith(f"articles/boat.md: {name} {reason}")
        assert warning.endswith("; the article goes without it")
        for page in (PAGE, "index.html", MAIL):
            assert pictures(site, page) == []
        text = site.output(PAGE).read_text(encoding="utf-8")
        assert "A boat" in text
        assert name not in unescape(text)
        assert media(site) == set()
        closed()
        again = site.publish_here(now=LATER)
        assert (again.written, again.warnings) == ((), report.warnings)

    def test_a_mended_one_is_shown(self, site: Site) -> None:
        site.write("articles/boat.jpg", TRAPS["cut.jpg"][0])
        site.article("boat.md", "![A boat](boat.jpg)")
        site.publish_here()
        site.write("articles/boat.jpg", BIG)
        report = site.publish_here(now=LATER)
        assert report.warnings == ()
        assert len(pictures(site, PAGE)) == 1

    def test_several_articles_name_it_each(self, site: Site) -> None:
        site.write("articles/cut.jpg", TRAPS["cut.jpg"][0])
        site.article("boat.md", "![A boat](cut.jpg)")
        site.article("ship.md", "![A ship](cut.jpg)")
        warnings = site.publish_here().warnings
        assert [w.partition(":")[0] for w in warnings] == ["articles/boat.md", "articles/ship.md"]

    def test_the_command_says_so(self, site: Site) -> None:
        site.write("articles/bomb.png", TRAPS["bomb.png"][0])
        site.article("boat.md", "![A boat](bomb.png)")
        for command in (("check",), ("publish", "--dry-run"), ("publish",)):
            ran = site.run(*command, now=NOW)
            assert "bomb.png has 20000 x 20000 pixels" in " ".join(ran.err.split()), ran
