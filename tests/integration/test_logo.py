"""The logo of a site from its file to the mastheads of pages and mails."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from publisher.errors import ConfigError
from tests.integration.test_pictures import MAIL, PAGE, closed, media, pictures
from tests.picture_samples import jpeg, photo, png, saved
from tests.serving import previewing
from tests.sites import CONFIG, UNJUDGED, Site

__all__ = ["closed"]

LATER = "2026-11-22T09:00:00Z"
ISSUE = "newsletters/weekly/1/index.html"


def config(name: str, theme: str = "") -> str:
    return CONFIG + f"  theme: {{logo: {name}{theme}}}\n" + UNJUDGED


def clear(width: int, height: int) -> bytes:
    """A picture that one can see through in part."""
    image = photo(width, height, "RGBA")
    image.paste((0, 0, 0, 0), (0, 0, width // 2, height))
    return saved(image, "PNG")


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(config("media/logo.png"), {"media/logo.png": clear(1200, 300)})
    site.article("boat.md")
    return site


def mailed(site: Site) -> tuple[dict[str, str | None], bytes]:
    (shown,) = pictures(site, MAIL)
    address = (shown["src"] or "").removeprefix("https://courier.example/")
    return shown, site.output(address).read_bytes()


def test_every_masthead_shows_it(site: Site) -> None:
    report = site.publish_here()
    assert report.warnings == ()
    for page in ("index.html", PAGE, ISSUE, "feeds/index.html", "newsletters/weekly/index.html"):
        (shown,) = pictures(site, page)
        assert (site.output(page).parent / (shown["src"] or "")).read_bytes() == clear(1200, 300)
        assert (shown["alt"], shown["width"], shown["height"]) == (
            "The Example Courier", "1200", "300",
        )  # fmt: skip


def test_a_mail_has_a_small_one_on_its_paper(site: Site) -> None:
    site.publish_here()
    shown, data = mailed(site)
    assert (shown["width"], shown["height"], shown["alt"]) == ("240", "60", "The Example Courier")
    with Image.open(BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (480, 120))
        assert image.convert("RGBA").getpixel((5, 5)) == (0xFD, 0xFC, 0xF9, 0xFF)


def test_a_small_photo_is_mailed_as_it_is(site: Site) -> None:
    site.write("publisher.yaml", config("media/logo.jpg"))
    site.write("media/logo.jpg", jpeg(300, 100))
    site.publish_here()
    assert mailed(site)[1] == jpeg(300, 100)
    assert {name.rpartition("/")[2] for name in media(site)} == {"logo.jpg"}


def test_a_drawing_is_on_pages_alone(site: Site) -> None:
    site.write("publisher.yaml", config("media/logo.svg"))
    site.write("media/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 1'/>")
    site.publish_here()
    assert pictures(site, MAIL) == []
    assert [one["alt"] for one in pictures(site, PAGE)] == ["The Example Courier"]


def test_a_frozen_issue_keeps_its_logo_through_every_change(site: Site) -> None:
    site.publish_here()
    mail, (shown, data) = site.output(MAIL).read_bytes(), mailed(site)
    for edit in (
        lambda: site.write("media/logo.png", clear(1000, 300)),
        lambda: site.write("publisher.yaml", config("media/logo.png", ", paper: '#ffffff'")),
        lambda: site.write("publisher.yaml", CONFIG + UNJUDGED),
    ):
        edit()
        site.publish_here(now=LATER)
        site.run("publish", "--full", "--now", LATER)
        assert site.output(MAIL).read_bytes() == mail
        assert mailed(site) == (shown, data)
    assert pictures(site, ISSUE) == []


def test_what_no_mail_shows_is_not_made(site: Site) -> None:
    site.publish_here()
    before = media(site)
    site.write("publisher.yaml", config("media/logo.png", ", paper: '#ffffff'"))
    site.publish_here(now=LATER)
    assert media(site) == before


def test_a_clone_without_state_makes_it_again(site: Site) -> None:
    site.publish_here()
    before = {name: data for name, (data, _) in site.tree().items()}
    for name in ("output", ".publisher"):
        (site.folder / name).rename(site.folder / f"old{name}")
    site.publish_here()
    assert {name: data for name, (data, _) in site.tree().items()} == before


def test_it_is_opened_once(site: Site, closed: Callable[[], None]) -> None:
    site.publish_here()
    closed()
    report = site.publish_here(now=LATER)
    assert (report.written, report.removed) == ((), ())


def test_the_preview_has_that_of_a_coming_issue(site: Site) -> None:
    site.publish_here()
    site.write("publisher.yaml", config("media/logo.png", ", paper: '#ffffff'"))
    site.article("ship.md", date="2026-11-21")
    with previewing(site, "--now", LATER) as server:
        mail = server.ask("/mail/light/weekly").body.decode()
        address = mail.partition('<img class="logo plate" src="')[2].partition('"')[0]
        reply = server.ask(address)
        assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
        server.end()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("media/none.png", None, "media/none.png cannot be read: No such file or directory"),
        ("media/logo.txt", b"A logo", "media/logo.txt is no picture that every browser shows"),
        ("media/logo.tiff", b"II*\0", "media/logo.tiff is no picture that every browser shows"),
        ("media/cut.png", png(600, 200)[:400], "media/cut.png is broken"),
        ("media/page.png", b"<html>Not found</html>", "media/page.png is no picture that can be"),
    ],
)
def test_one_that_cannot_be_shown_is_refused_by_name(
    site: Site, name: str, data: bytes | None, reason: str
) -> None:
    site.publish_here()
    before = site.tree()
    site.write("publisher.yaml", config(name))
    if data is not None:
        site.write(name, data)
    with pytest.raises(ConfigError) as caught:
        site.publish_here(now=LATER)
    assert caught.value.message.startswith(f"site.theme.logo: {reason}")
    assert caught.value.mend
    assert site.tree() == before
