"""The main job as its user sees it: a folder in, feeds, pages and a digest out."""

from __future__ import annotations

import email
import email.policy
import json
import re

import feedparser
from lxml import etree

from tests import publishing
from tests.picture_samples import png
from tests.publishing import MakeSite, titles
from tests.sites import Site

site = publishing.site


def test_one_run_makes_all_that_the_contract_names(site: Site) -> None:
    site.publish()
    names = set(site.tree())
    for name in (
        "index.html",
        "sitemap.xml",
        "robots.txt",
        "rss.xml",
        "atom.xml",
        "feed.json",
        "feeds/index.html",
        "2026/11/04/article-4/index.html",
        "newsletters/weekly/index.html",
        "newsletters/weekly/1/index.html",
        "newsletters/weekly/1/email.html",
        "newsletters/weekly/1/email.txt",
        "newsletters/weekly/1/email.eml",
        ".gitignore",
    ):
        assert name in names
    assert titles(site) == ["Article-4", "Article-3", "Article-2", "Article-1"]
    everything = b"".join(data for data, _ in site.tree().values())
    assert b"Secret until then" not in everything
    assert b"draft" not in everything.lower().replace(b"draft-1", b"")


def test_the_three_formats_agree_entry_by_entry(site: Site) -> None:
    site.publish()
    atom = feedparser.parse(site.output("atom.xml").read_bytes())
    rss = feedparser.parse(site.output("rss.xml").read_bytes())
    items = json.loads(site.output("feed.json").read_bytes())["items"]
    assert not atom.bozo
    assert not rss.bozo
    for name in ("atom.xml", "rss.xml"):
        etree.parse(str(site.output(name)))
    of = [(i["id"], i["title"], i["url"]) for i in items]
    assert [(e.id, e.title, e.link) for e in atom.entries] == of
    assert [(e.id, e.title, e.link) for e in rss.entries] == of


def test_the_digest_is_a_whole_message(site: Site) -> None:
    site.publish()
    raw = site.output("newsletters/weekly/1/email.eml").read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["To"] == "Sample Reader <reader@example.org>"
    assert message["Subject"] == "The Weekly Courier: Article-4"
    assert message["List-Unsubscribe"] == "<https://courier.example/unsubscribe/sample>"
    text, html = list(message.iter_parts())
    assert text.get_content_type() == "text/plain"
    for part in (text, html):
        for number in range(1, 5):
            assert f"Article-{number}" in part.get_content()
    assert len(site.output("newsletters/weekly/1/email.html").read_bytes()) <= 100_000


def test_a_dry_run_says_what_would_change_and_changes_nothing(site: Site) -> None:
    ran = site.publish("--dry-run")
    assert "feed main (new): 4 in" in ran.out
    assert "issue 1 of weekly: 4 articles" in ran.out
    assert {p.name for p in site.folder.iterdir()} == {"publisher.yaml", "articles"}


def test_a_folder_without_configuration_still_publishes(make_site: MakeSite) -> None:
    site = make_site()
    site.article("hello.md")
    ran = site.publish()
    assert "no publisher.yaml" in ran.err
    assert titles(site) == ["Hello"]
    assert "<title>Site" in site.output("index.html").read_text(encoding="utf-8")


def test_assets_are_copied_under_their_hash_and_shown_with_their_size(site: Site) -> None:
    picture = png(3, 2)
    site.write("articles/pictures/boat one.png", picture)
    site.article("boat.md", "![A boat](pictures/boat%20one.png) ![None](pictures/none.png)")
    ran = site.publish()
    (copy,) = [n for n in site.tree() if n.startswith("media/") and n.endswith(".png")]
    assert site.output(copy).read_bytes() == picture
    page = site.output("2026/11/01/boat/index.html").read_text(encoding="utf-8")
    shown = re.escape(copy) + '"[^>]* width="3" height="2"'
    assert re.search(rf'<img src="(?:\.\./){{4}}{shown}', page)
    items = json.loads(site.output("feed.json").read_bytes())["items"]
    body = next(i["content_html"] for i in items if i["title"] == "Boat")
    assert re.search(f'<img src="https://courier.example/{shown}', body)
    assert "articles/boat.md: line 6: there is no file 'pictures/none.png'" in ran.err


def test_links_between_articles_lead_to_their_pages(site: Site) -> None:
    site.article("linking.md", "[One](article-1.md#part) [Draft](draft.md) [Later](later.md)")
    site.publish()
    item = next(
        i
        for i in json.loads(site.output("feed.json").read_bytes())["items"]
        if i["title"] == "Linking"
    )
    assert "https://courier.example/2026/11/01/article-1/#part" in item["content_html"]
    assert "draft" not in item["content_html"]
    assert ">Later<" not in item["content_html"]
    site.publish(now="2026-12-25T00:00:00Z")
    page = site.output("2026/11/01/linking/index.html").read_text(encoding="utf-8")
    assert 'href="../../../../2026/12/24/later/"' in page


def test_nothing_is_published_outside_output(site: Site) -> None:
    outside = site.folder.parent
    before = {p.name for p in outside.iterdir()}
    site.article("up.md", "[x](../../../../etc/passwd) ![y](../../secret.png)", slug="../../up")
    site.write("secret.png", b"not yours")
    site.run("publish")
    assert {p.name for p in outside.iterdir()} == before
    assert not any("secret" in n or b"not yours" in d for n, (d, _) in site.tree().items())


def test_articles_tells_of_every_file(site: Site) -> None:
    site.write("articles/README.md", "# Read me\n")
    site.write("articles/no-date.md", "---\ntitle: No date\n---\n\nText.\n")
    lines = {line["file"]: line for line in site.articles()}
    states = {file: line["state"] for file, line in lines.items()}
    assert states == {
        **{f"article-{n}.md": "listed" for n in range(1, 5)},
        "draft.md": "draft",
        "later.md": "scheduled",
        "README.md": "skipped",
        "no-date.md": "refused",
    }
    listed = lines["article-1.md"]
    assert listed["published"] == "2026-11-01T00:00:00+07:00"
    assert listed["id"] == "tag:courier.example,2026:articles/article-1.md"
    assert listed["url"] == "https://courier.example/2026/11/01/article-1/"
    assert listed["from"]["title"] == "field:2"
    assert lines["no-date.md"]["mend"]
    assert lines["README.md"]["message"]
    assert {p.name for p in site.folder.iterdir()} == {"publisher.yaml", "articles"}
    explained = site.run("articles", "--explain", "articles/article-1.md")
    assert "title: Article-1  (from field:2)" in explained.out


def test_check_says_what_is_wrong_and_changes_nothing(site: Site) -> None:
    assert site.run("check").code == 0
    site.write("articles/no-date.md", "---\ntitle: No date\n---\n\nText.\n")
    assert site.run("check").code == 3
    assert site.run("check", "--strict").code == 1
    assert {p.name for p in site.folder.iterdir()} == {"publisher.yaml", "articles"}


def test_check_draws_all_that_publish_would(site: Site) -> None:
    site.write("templates/web/index.html", "<p>\n{{ nothing.of.this }}")
    ran = site.run("check")
    assert ran.code == 1
    assert "templates/web/index.html:2" in ran.err


def test_init_makes_a_site_that_publishes(tmp_path) -> None:
    home = Site(tmp_path)
    assert home.run("init", "mine").code == 0
    mine = Site(tmp_path / "mine")
    mine.publish()
    assert len(titles(mine)) == 2
    assert mine.output("newsletters/weekly/1/email.eml").exists()
    again = home.run("init", "mine")
    assert again.code == 1
    assert "is not empty" in again.err


def test_the_record_may_lie_in_a_folder_that_is_not_there_yet(site: Site) -> None:
    config = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
    site.write("publisher.yaml", config + "record: data/published.jsonl\n")
    site.publish()
    assert (site.folder / "data" / "published.jsonl").exists()
