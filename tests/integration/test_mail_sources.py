"""Mailboxes as sources: each mail an article, and nothing of its reader in what is published."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import html as lxml_html

from publisher.config.load import load_config
from publisher.errors import ConfigError
from publisher.mailboxes import Maildir
from tests.mail_sources import READER, mbox_of, newsletter, put
from tests.sites import Site

SITE = 'site: {title: Paper, url: "https://paper.example/", language: en, timezone: Asia/Jakarta}\n'
MAILDIR = SITE + "sources:\n  - {name: inbox, type: maildir, path: Mail, from: news.example}\n"
MBOX = (
    SITE + "sources:\n  - {name: inbox, type: mbox, path: news.mbox, from: [news@news.example]}\n"
)


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(MAILDIR)
    put(site.folder / "Mail", "1790000000.M1", newsletter())
    return site


def everything(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_a_mail_is_an_article(site: Site) -> None:
    (line,) = site.articles()
    assert line["state"] == "listed"
    assert line["file"] == "one@news.example"
    assert line["id"] == "tag:paper.example,2026:inbox/one@news.example"
    assert line["title"] == "Boats are back"
    assert line["published"] == "2026-11-01T09:30:00+07:00"
    assert line["authors"] == ["The News"]
    assert line["tags"] == ["The News"]
    assert line["warnings"] == [
        "1 link leads through click.news.example, which counts who follows; it may know the reader"
    ]
    site.publish_here()
    page = site.output("2026/11/01/boats-are-back/index.html").read_text()
    assert "<b>open</b>" in page
    assert "<td>Eel</td>" in page
    assert "/media/" in page or "media/" in page.partition("A boat")[0][-400:]


def test_nothing_of_the_reader_is_published(site: Site) -> None:
    site.publish_here()
    told = b"".join(everything(site.folder / "output")).lower()
    for secret in (
        READER,
        READER.replace("@", "%40"),
        "amfuzs5kb2va",  # in base64
        "unsubscribe",
        "preferences",
        "view in browser",
        "utm_",
        "wf/open",
        "p.gif",
        "news@news.example",
    ):
        assert secret.encode() not in told, secret


def test_the_mailbox_is_only_read(site: Site) -> None:
    put(site.folder / "Mail", "1790000001.M2", newsletter(message_id="<2@x>", subject="B"), "new")
    before = site.tree("Mail")
    site.publish_here()
    assert site.tree("Mail") == before


def test_a_second_run_reads_nothing_whatever_is_flagged(site: Site) -> None:
    site.settle()
    assert site.publish_here().opened == 1
    before = site.tree()
    (path,) = (site.folder / "Mail/cur").iterdir()
    path.rename(path.with_name(path.name.replace(":2,S", ":2,FRS")))
    assert site.publish_here().opened == 0
    assert site.tree() == before


@pytest.mark.parametrize("large", [False, True])
def test_a_mail_that_a_mail_program_moves_meanwhile_is_not_lost(
    large: bool, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "y" * 300_000 if large else "y"
    raw = newsletter(message_id="<2@news.example>", subject="Moved", html="<p>x</p>", text=text)
    path = put(site.folder / "Mail", "1790000001.M2", raw, "new")
    listed = Maildir.names
    looks = []

    def names(self: Maildir) -> list[str]:
        looks.append(found := listed(self))
        if len(looks) == 2:  # the first was for what changed
            path.rename(site.folder / "Mail/cur" / f"{path.name.partition(':')[0]}:2,RS")
        return found

    monkeypatch.setattr(Maildir, "names", names)
    assert site.publish_here().counts["listed"] == 2
    assert site.publish_here().counts["listed"] == 2


def test_what_is_no_file_in_a_maildir_is_no_mail(site: Site) -> None:
    (site.folder / "Mail/new/folder").mkdir()
    os.mkfifo(site.folder / "Mail/cur/pipe")
    ran = site.publish()
    assert "1 listed" in ran.out


def test_private_mail_is_not_read_again_either(site: Site) -> None:
    private = newsletter(message_id="<2@x>", sender="Mother <mother@home.example>")
    put(site.folder / "Mail", "2", private)
    assert site.publish_here().opened == 2
    put(site.folder / "Mail", "3", newsletter(message_id="<3@x>", subject="Tides"))
    large = newsletter(message_id="<4@x>", subject="Large", html="<p>x</p>", text="y" * 300_000)
    put(site.folder / "Mail", "4", large)
    put(site.folder / "Mail", "5", large.replace(b"news@news", b"n@home").replace(b"<4@", b"<5@"))
    report = site.publish_here()
    assert (report.opened, report.counts["listed"], report.counts["skipped"]) == (3, 3, 2)


def test_a_deleted_mail_is_no_article_any_more(site: Site) -> None:
    site.publish_here()
    (path,) = (site.folder / "Mail/cur").iterdir()
    path.rename(path.with_name(path.name.replace(":2,S", ":2,ST")))
    site.publish_here()
    assert not site.output("2026/11/01/boats-are-back").exists()


def test_only_mails_of_those_who_are_named_are_taken(site: Site) -> None:
    mails = {
        "2": newsletter(message_id="<2@x>", sender="Mother <mother@home.example>"),
        "3": newsletter(message_id="<3@x>", sender="N <news@news.example.evil.example>"),
        "4": newsletter(message_id="<4@x>", sender='"news@news.example" <a@evil.example>'),
        "5": newsletter(message_id="<5@x>", subject="Sub", sender="N <a@sub.news.example>"),
    }
    for name, raw in mails.items():
        put(site.folder / "Mail", name, raw)
    states = {line["file"]: line["state"] for line in site.articles()}
    assert states == {
        "one@news.example": "listed",
        "2@x": "skipped",
        "3@x": "skipped",
        "4@x": "skipped",
        "5@x": "listed",
    }


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", "sources[0]: nothing says whose mails are published, so all would be"),
        ("from: a.example, all: true", "sources[0].all: `from` or `list_id` says already"),
        ("form: a.example", "unknown key 'form'"),
    ],
)
def test_a_source_that_could_publish_private_mail_is_refused(
    keys: str, told: str, make_site: Callable[..., Site]
) -> None:
    source = f"sources:\n  - {{name: inbox, type: maildir, path: Mail, {keys}}}\n"
    site = make_site(SITE + source)
    with pytest.raises(ConfigError) as caught:
        load_config(site.folder / "publisher.yaml")
    assert told in str([caught.value, *caught.value.others])
    assert caught.value.mend


def test_all_and_list_id_take_what_they_say(make_site: Callable[..., Site]) -> None:
    raw = mbox_of(newsletter(), newsletter(message_id="<2@x>", List_Id="Other <o.example>"))
    for keys, count in (("all: true", 2), ("list_id: news.news.example", 1)):
        source = f"sources:\n  - {{name: inbox, type: mbox, path: a.mbox, {keys}}}\n"
        site = make_site(SITE + source, {"a.mbox": raw})
        states = [line["state"] for line in site.articles()]
        assert states.count("skipped") == 2 - count, keys


def test_an_mbox_names_the_line_of_a_mail_that_is_refused(make_site: Callable[..., Site]) -> None:
    raw = mbox_of(
        newsletter(),
        newsletter(message_id="<2@x>", date=""),
        newsletter(message_id="<3@x>", subject="Tides").replace(
            b"Date: Sun, 01 Nov 2026 09:30:00 +0700", b"Date: yesterday"
        ),
        newsletter(message_id="<4@x>", subject="From here"),
        newsletter(),
    )
    site = make_site(MBOX, {"news.mbox": raw})
    ran = site.publish(code=3)
    assert "articles: 2 listed, 1 skipped, 2 refused" in ran.out
    first = raw.split(b"\n\nFrom ")[0].count(b"\n") + 3
    assert f"news.mbox:{first}: 2@x: has no Date" in ran.err
    assert "3@x: has a Date that cannot be read: 'yesterday'" in ran.err
    assert "mend:" in ran.err
    mended = raw.replace(b"Date: yesterday", b"Date: Sun, 1 Nov 2026 10:00:00 +0000")
    site.write("news.mbox", mended)
    assert {x["file"]: x["state"] for x in site.articles()}["3@x"] == "listed"


@pytest.mark.parametrize("content", [b"not an mbox\n", None])
def test_what_is_no_mailbox_is_named(content: bytes | None, make_site: Callable[..., Site]) -> None:
    site = make_site(MBOX, {} if content is None else {"news.mbox": content})
    ran = site.run("publish")
    assert ran.code == (2 if content is None else 1)
    assert "news.mbox" in ran.err
    assert "mend:" in ran.err


def test_explaining_a_mail_by_its_name(site: Site) -> None:
    ran = site.run("articles", "--explain", "one@news.example", "--json")
    assert json.loads(ran.out)["title"] == "Boats are back"


def test_names_and_subjects_are_no_paths(make_site: Callable[..., Site]) -> None:
    raw = mbox_of(
        newsletter(message_id="<../../up@news.example>", subject="../../../etc/passwd"),
        newsletter(message_id="</abs%2e%2e/x@news.example>", subject="\u202eevil .."),
        newsletter(message_id="<#?&@news.example>", subject="<script>alert(1)</script>"),
    )
    site = make_site(MBOX, {"news.mbox": raw})
    report = site.publish_here()
    assert report.counts["listed"] == 3
    assert {path.name for path in site.folder.parent.iterdir()} == {"site"}
    assert "<script>alert(1)" not in site.output("index.html").read_text()
    for line in site.articles():
        assert site.run("articles", "--explain", line["file"]).code == 0, line


def test_fields_of_mails_cannot_write_html(make_site: Callable[..., Site]) -> None:
    attack = "<img src=x onerror=alert(1)>"
    raw = newsletter(subject=f"A {attack}", sender=f'"{attack} N" <news@news.example>').replace(
        b"List-Id: The News <", f"List-Id: {attack} <".encode()
    )
    site = make_site(MBOX + "feeds_for: {tags: true, authors: true}\n", {"news.mbox": mbox_of(raw)})
    site.publish_here()
    pages = [*site.output("").rglob("*.html")]
    assert len(pages) > 3
    for page in pages:
        for element in lxml_html.document_fromstring(page.read_bytes()).iter():
            assert not any(name.startswith("on") for name in element.attrib), page
