"""Taking an article back, correcting it, and a document that would break a rule."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from tests.feed_reading import ATOM, read_feed
from tests.sites import CONFIG, Site

MakeSite = Callable[..., Site]
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
LATER = "2026-11-23T08:00:00Z"
FORMATS = ("rss.xml", "atom.xml", "feed.json")


def titles(site: Site, name: str, folder: str = "") -> list[str]:
    return [entry.title for entry in read_feed(site.output(folder + name).read_bytes())]


def tombstones(site: Site, name: str = "atom.xml") -> list[tuple[str | None, str | None]]:
    root = etree.fromstring(site.output(name).read_bytes())
    return [(e.get("ref"), e.get("when")) for e in root.iter(TOMBSTONE)]


def two(make_site: MakeSite) -> Site:
    site = make_site(CONFIG + "feeds_for: {tags: true}\n")
    site.article("good.md", tags="[pier]")
    site.article("wrong.md", tags="[pier, lies]", date="2026-11-02")
    site.publish()
    return site


def test_a_retracted_article_leaves_every_feed_and_a_notice(make_site: MakeSite) -> None:
    site = two(make_site)
    site.article("wrong.md", tags="[pier, lies]", date="2026-11-02", retract="true")
    ran = site.publish(now=LATER)
    assert "1 listed, 1 retracted" in ran.out
    for name in FORMATS:
        assert titles(site, name) == titles(site, name, "tags/pier/") == ["Good"]
    stone = ("tag:courier.example,2026:articles/wrong.md", "2026-11-23T08:00:00+00:00")
    assert tombstones(site) == tombstones(site, "tags/pier/atom.xml") == [stone]
    page = site.output("2026/11/02/wrong/index.html").read_text("utf-8")
    assert "This article was withdrawn" in page
    assert "noindex" in page
    assert "Some text." not in page
    assert "wrong" not in site.output("sitemap.xml").read_text("utf-8")
    before = site.tree()
    site.publish(now="2026-12-23T08:00:00Z")
    assert site.tree() == before


def test_an_article_that_was_renamed_edited_and_named_by_its_id_can_be_taken_back(
    make_site: MakeSite,
) -> None:
    site = two(make_site)
    (site.folder / "articles" / "wrong.md").unlink()
    wrong = "tag:courier.example,2026:articles/wrong.md"
    site.article("wronged.md", tags="[pier, lies]", date="2026-11-02", id=f'"{wrong}"')
    site.publish()
    site.run("retract", wrong, now=LATER)
    site.publish(now=LATER)
    for name in FORMATS:
        assert titles(site, name) == ["Good"]
    assert tombstones(site) == [(wrong, "2026-11-23T08:00:00+00:00")]


def test_the_command_takes_back_an_article_whose_file_is_gone(make_site: MakeSite) -> None:
    site = two(make_site)
    (site.folder / "articles" / "wrong.md").unlink()
    site.publish()
    assert tombstones(site) == []
    assert not site.output("2026/11/02/wrong/index.html").exists()
    ran = site.run("retract", "tag:courier.example,2026:articles/wrong.md", now=LATER)
    assert (ran.code, "is taken back" in ran.out) == (0, True)
    site.publish(now=LATER)
    assert [ref for ref, _ in tombstones(site)] == ["tag:courier.example,2026:articles/wrong.md"]
    assert site.output("2026/11/02/wrong/index.html").exists()


def test_the_command_takes_back_an_article_that_is_there_until_it_is_undone(
    make_site: MakeSite,
) -> None:
    site = two(make_site)
    site.run("retract", "wrong.md")
    site.publish()
    assert titles(site, "rss.xml") == ["Good"]
    assert site.run("retract", "--undo", "articles/wrong.md").code == 0
    site.publish()
    assert titles(site, "rss.xml") == ["Wrong", "Good"]
    assert tombstones(site) == []


def test_what_cannot_be_taken_back_is_named(make_site: MakeSite) -> None:
    site = two(make_site)
    ran = site.run("retract", "tag:courier.example,2026:articles/wrogn.md")
    assert ran.code == 1
    assert "did you mean tag:courier.example,2026:articles/wrong.md?" in ran.err
    site.article("draft.md", draft="true")
    site.publish()
    assert "was never published" in site.run("retract", "draft.md").err


def test_a_correction_stands_in_page_and_feeds_with_its_date(make_site: MakeSite) -> None:
    site = two(make_site)
    site.article(
        "wrong.md", tags="[pier, lies]", date="2026-11-02", correction="The pier is *red*."
    )
    site.publish(now=LATER)
    for name in FORMATS:
        entry = read_feed(site.output(name).read_bytes())[0]
        assert "Correction, November 23, 2026:</strong> The pier is *red*." in entry.content
        assert entry.updated is None or entry.updated.isoformat() == "2026-11-23T08:00:00+00:00"
    assert "The pier is *red*." in site.output("2026/11/02/wrong/index.html").read_text("utf-8")
    before = site.tree()
    site.publish(now="2026-12-01T08:00:00Z")
    assert site.tree() == before


def test_a_correction_that_says_nothing_is_refused(make_site: MakeSite) -> None:
    site = two(make_site)
    site.write(
        "articles/wrong.md",
        "---\ntitle: Wrong\ndate: 2026-11-02\ncorrection: {date: 2026-11-03}\n---\nText.\n",
    )
    ran = site.publish(code=3)
    assert "articles/wrong.md:4" in ran.err
    assert "correction says nothing" in ran.err


def test_a_document_that_would_break_a_rule_keeps_the_old_one(make_site: MakeSite) -> None:
    site = two(make_site)
    before = {name: site.output(name).read_bytes() for name in FORMATS}
    site.write("templates/feeds/entry.html", '{{ body }}<a href="more.html">more</a>\n')
    site.article("new.md", date="2026-11-03")
    dry = site.run("publish", "--dry-run", now=LATER)
    assert dry.code == 3
    strict = site.run("publish", "--strict", now=LATER)
    assert strict.code == 1
    assert not site.output("2026/11/03/new/index.html").exists()
    ran = site.publish(now=LATER, code=3)
    assert "output/atom.xml" in ran.err
    assert "breaks the rule relative-reference in tag:courier.example,2026:" in ran.err
    assert site.output("2026/11/03/new/index.html").exists()
    assert {name: site.output(name).read_bytes() for name in FORMATS} == before
    assert site.run("check", now=LATER).code == 3
    (site.folder / "templates/feeds/entry.html").unlink()
    site.publish(now=LATER)
    assert titles(site, "atom.xml")[0] == "New"


def test_check_feed_tells_a_person_and_a_program(make_site: MakeSite) -> None:
    site = make_site(
        CONFIG, {"bad.xml": '<rss version="2.0"><channel><title>T</title></channel></rss>'}
    )
    told = site.run("check-feed", "bad.xml")
    assert told.code == 3
    assert "bad.xml:1: " in told.out
    assert "rule:  " in told.out
    assert "mend:  " in told.out
    objects = site.run("check-feed", "--json", "bad.xml")
    assert '"severity": "error"' in objects.out
    assert '"source": "RSS 2.0' in objects.out
    assert site.run("check-feed", "nowhere.xml").code == 1
    assert ATOM not in objects.out


def test_a_path_that_two_sources_have_names_no_article(make_site: MakeSite) -> None:
    sources = "sources: [{name: a, path: articles/a}, {name: b, path: articles/b}]\n"
    site = make_site(CONFIG + sources)
    site.article("a/pier.md", slug="one")
    site.article("b/pier.md", slug="two")
    site.publish()
    ran = site.run("retract", "pier.md", now=LATER)
    assert ran.code == 1
    assert "pier.md is the path of several articles" in ran.err
    assert "tag:courier.example,2026:a/pier.md, tag:courier.example,2026:b/pier.md" in ran.err
    assert site.run("retract", "tag:courier.example,2026:b/pier.md", now=LATER).code == 0


def test_what_the_file_itself_takes_back_is_not_undone_by_the_command(make_site: MakeSite) -> None:
    site = two(make_site)
    site.article("wrong.md", tags="[pier, lies]", date="2026-11-02", retract="true")
    site.publish(now=LATER)
    ran = site.run("retract", "--undo", "wrong.md")
    assert "stays taken back: `retract:` in wrong.md said so" in ran.out
    before = site.record()
    site.publish(now="2026-12-23T08:00:00Z")
    assert site.record() == before
