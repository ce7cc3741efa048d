"""Newsletters with `embed: true`: pictures inside the mail, frozen with it, never on the web."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from publisher.fingerprint import hash_of
from tests.mailings import Mailed
from tests.picture_samples import jpeg, moving, noise, png, saved
from tests.relays import relay
from tests.serving import previewing
from tests.sites import CONFIG, NOW, UNJUDGED, Site

LATER = "2026-11-22T09:00:00Z"
EMBED = UNJUDGED + "    embed: true\n"
LOGO = CONFIG + "  theme: {logo: logo.png}\n"
ISSUE = "newsletters/weekly/1/"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(LOGO + EMBED)
    site.write("logo.png", png(480, 128, "RGBA"))
    site.write("articles/boat.jpg", jpeg(1500, 1000))
    boat = "{path: boat.jpg, alt: A boat at the pier}"
    site.article("boat.md", "It came home after a year. " * 20, image=boat)
    site.article("fog.md", "A text about fog.", date="2026-10-30")
    return site


def read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert [part.defects for part in parsed.walk()] == [[]] * len(list(parsed.walk()))
    assert isinstance(parsed, EmailMessage)
    return parsed


def mail(site: Site, number: int = 1) -> EmailMessage:
    return read(site.output(f"newsletters/weekly/{number}/email.eml").read_bytes())


def inside(message: EmailMessage) -> dict[str, bytes]:
    """The pictures of a message by their Content-ID."""
    return {
        part["content-id"].strip("<>"): part.get_content()
        for part in message.walk()
        if part.get_content_maintype() == "image"
    }


def named(message: EmailMessage) -> list[str]:
    """The addresses of the pictures of a message's HTML."""
    body = message.get_body(("html",))
    assert body is not None
    return re.findall(r'<img [^>]*?src="([^"]*)"', body.get_content())


def by_address(site: Site, number: int = 1) -> list[str]:
    html = site.output(f"newsletters/weekly/{number}/email.html").read_text("utf-8")
    return re.findall(r'<img [^>]*?src="([^"]*)"', html)


def on_the_web(site: Site, url: str) -> bytes:
    return site.output(url.removeprefix("https://courier.example/")).read_bytes()


def test_what_is_inside_is_what_lies_in_output(site: Site) -> None:
    ran = site.publish()
    assert "warning" not in ran.err
    message = mail(site)
    addresses = by_address(site)
    assert [url.rpartition("/")[2] for url in addresses] == ["logo-mail.png", "boat-mail.jpg"]
    parts = inside(message)
    assert list(parts.values()) == [on_the_web(site, url) for url in addresses]
    assert named(message) == [f"cid:{id_}" for id_ in parts]
    for id_, data in parts.items():
        assert id_ == f"{hash_of(data)}@courier.example"
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/alternative", "text/plain", "multipart/related"),
        *("text/html", "image/png", "image/jpeg"),
    ]
    page = site.output(ISSUE + "index.html").read_text("utf-8")
    assert "cid:" not in page + site.output(ISSUE + "email.html").read_text("utf-8")


def test_without_it_a_mail_has_no_other_byte(site: Site, tmp_path: Path) -> None:
    """Everything but the parts is the same, and a newsletter that is silent has none."""
    site.publish_here()
    told = site.tree()
    for name in ("output", ".publisher", "published.jsonl"):
        (site.folder / name).rename(tmp_path / name)
    site.write("publisher.yaml", LOGO + UNJUDGED)
    site.publish_here()
    silent = site.tree()
    assert silent.keys() == told.keys()
    differs = {name for name in told if told[name][0] != silent[name][0]}
    assert differs == {ISSUE + "email.eml"}
    assert inside(mail(site)) == {}
    assert mail(site).items() == read(told[ISSUE + "email.eml"][0]).items()


def test_a_frozen_issue_keeps_what_it_has_inside(site: Site) -> None:
    site.publish_here()
    before = site.output(ISSUE + "email.eml").read_bytes()
    site.write("articles/boat.jpg", jpeg(1700, 1200))
    site.write("logo.png", png(300, 300, "RGB"))
    site.article("boat.md", "It came home.", image="boat.jpg")
    site.write("publisher.yaml", LOGO + UNJUDGED)
    site.publish_here(now=LATER)
    site.publish("--full", now=LATER)
    assert site.output(ISSUE + "email.eml").read_bytes() == before
    for name in ("output", ".publisher/build.db"):
        (site.folder / name).rename(site.folder / f"old-{Path(name).name}")
    site.publish_here(now=LATER)
    assert site.output(ISSUE + "email.eml").read_bytes() == before, "also where media/ is gone"


def test_a_second_run_writes_nothing(site: Site) -> None:
    site.publish_here()
    site.settle()
    site.publish_here()
    assert site.publish_here(now=LATER).written == ()


def test_a_clone_without_state_makes_it_again(site: Site) -> None:
    site.publish_here()
    before = {name: data for name, (data, _) in site.tree().items()}
    for name in ("output", ".publisher"):
        (site.folder / name).rename(site.folder / f"old{name}")
    site.publish_here()
    assert {name: data for name, (data, _) in site.tree().items()} == before


def test_a_retracted_article_s_picture_goes_from_the_web_copy(site: Site) -> None:
    site.publish_here()
    assert len(inside(mail(site))) == 2
    boat = "{path: boat.jpg, alt: A boat at the pier}"
    site.article("boat.md", "It came home.", image=boat, retract="true")
    site.publish_here(now=LATER)
    kept = inside(mail(site))
    assert list(kept.values()) == [on_the_web(site, by_address(site)[0])], "the logo stays"
    assert named(mail(site))[1] == by_address(site)[1], "an address that leads nowhere, as before"


def test_pictures_of_others_stay_where_they_are(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + EMBED + "    template: single\n")
    site.write("articles/boat.jpg", jpeg(600, 400))
    site.write("articles/move.gif", moving("GIF"))
    site.article(
        "boat.md",
        "Some words. " * 90
        + "\n\n![A boat](boat.jpg)\n\n![Elsewhere](https://o.example/o.png)\n\n![Waves](move.gif)"
        + "\n\n![The boat again](boat.jpg)",
    )
    ran = site.publish()
    assert re.findall(r"picture-outside: picture (\S+):", ran.err) == ["https://o.example/o.png"]
    boat, elsewhere, waves, again = named(mail(site))
    assert elsewhere == "https://o.example/o.png"
    assert boat == again
    assert {f"cid:{id_}": data for id_, data in inside(mail(site)).items()} == {
        boat: (site.folder / "articles/boat.jpg").read_bytes(),
        waves: (site.folder / "articles/move.gif").read_bytes(),
    }


def test_what_finds_no_room_stays_by_address_and_is_told(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + EMBED + "    template: single\n")
    for number in range(4):  # what moves stays as it is, however large
        frames = [noise(1000, 900 + number).convert("L")] * 2  # grey needs no palette sought
        frames = [frame.rotate(turn) for turn, frame in enumerate(frames)]
        film = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
        site.write(f"articles/{number}.gif", film)
    pictures = "\n\n".join(f"{'Words. ' * 40}\n\n![Noise](./{n}.gif)" for n in range(4))
    site.article("noise.md", pictures)
    ran = site.publish()
    raw = site.output(ISSUE + "email.eml").read_bytes()
    assert 1_000_000 < len(raw) < 10_000_000
    assert len(inside(mail(site))) == 2
    assert [url[:4] for url in named(mail(site))] == ["cid:", "cid:", "http", "http"]
    assert ran.err.count("picture-outside: picture https://courier.example/media/") == 2
    assert re.search(r"message-size: message: [678],\d{3},\d{3} bytes", ran.err)


def test_a_trial_has_it_too_and_the_checks_hold_nothing(site: Site, tmp_path: Path) -> None:
    assert site.run("check").code == 0
    with relay(tmp_path / "log", f"keep={tmp_path}/kept") as there:
        smtp = f"smtp: {{host: 127.0.0.1, port: {there.port}, security: none}}\n"
        site.write("publisher.yaml", LOGO + EMBED + smtp)
        assert site.run("test-send", "weekly", "r@x.example").code == 0
    (sent,) = texts(tmp_path)
    assert len(inside(read(sent))) == 2
    assert not site.output("index.html").exists(), "nothing is kept"


def texts(folder: Path) -> list[bytes]:
    """What a relay took."""
    return [file.read_bytes() for file in sorted(folder.glob("kept-*.eml"))]


def test_the_preview_shows_the_pictures(site: Site) -> None:
    with previewing(site, "--now", NOW) as server:
        shown = server.ask("/mail/light/weekly").body.decode()
        sources = re.findall(r'<img [^>]*?src="([^"]*)"', shown)
        replies = [server.ask(source) for source in sources]
        assert [reply.status for reply in replies] == [200, 200]
        parts = inside(read(server.ask("/raw/weekly/email.eml").body))
        assert [reply.body for reply in replies] == list(parts.values())
        page = server.ask("/issues/weekly/source").body.decode()
        assert re.search(r"… [\d,]+ more lines", page)
        assert len(page) < 60_000
        assert "with 2 pictures inside" in page
        server.end()


def test_what_is_sent_after_a_kill_is_the_same(site: Site, tmp_path: Path) -> None:
    """Some readers before, the others after; meanwhile article, logo and setting changed."""
    mailed = Mailed(site=site, connections=1, database="sqlite")
    mailed.readers(30)
    site.publish_here()
    expected = inside(mail(site))
    killed = tmp_path / "pid"
    kill = f"kill=text-before-reply:4:{killed}"
    with relay(tmp_path / "log", kill, f"keep={tmp_path}/kept") as there:
        smtp = f"smtp: {{host: 127.0.0.1, port: {there.port}, security: none, connections: 1}}\n"
        site.write("publisher.yaml", LOGO + EMBED + smtp)
        running = mailed.start()
        killed.write_text(f"{running.pid}")
        running.ended()
        assert there.count() == 4
        site.write("articles/boat.jpg", jpeg(900, 900))
        site.write("logo.png", png(200, 200, "RGB"))
        site.write("publisher.yaml", LOGO + UNJUDGED + smtp)
        site.publish_here(now=LATER)
        mailed.deliver(after=3600)
        mailed.deliver(after=3600 + 16 * 60)  # what was in doubt is sent once more
        assert len(there.copies()) == 30
    sent: dict[str, bytes] = {}
    for raw in texts(tmp_path):
        assert sent.setdefault(read(raw)["to"], raw) == raw, "a second copy has the same bytes"
    assert len(sent) == 30
    for raw in sent.values():
        assert inside(read(raw)) == expected
        assert named(read(raw)) == [f"cid:{id_}" for id_ in expected]
