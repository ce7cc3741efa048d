"""The main job as its user sees it: a folder in, feeds, pages and a digest out."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from publisher.config.load import load_config
from publisher.errors import PublisherError
from publisher.publishing.publish import publish
from publisher.publishing.runs import PublishOptions
from tests.picture_samples import png
from tests.sites import CONFIG, NOW, UNJUDGED, Site

MakeSite = Callable[..., Site]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CONFIG + UNJUDGED)
    for number in range(1, 5):
        site.article(f"article-{number}.md", f"Text of number {number}.", date=f"2026-11-0{number}")
    site.article("draft.md", draft="true")
    site.article("later.md", "Secret until then.", date="2026-12-24")
    return site


def titles(site: Site) -> list[str]:
    return [item["title"] for item in json.loads(site.output("feed.json").read_bytes())["items"]]


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


def test_a_second_run_writes_nothing_and_reads_nothing(site: Site) -> None:
    site.settle()
    site.publish()
    before, record = site.tree(), (site.folder / "published.jsonl").stat().st_mtime_ns
    ran = site.publish(now="2026-11-22T09:00:00Z")
    assert site.tree() == before
    assert (site.folder / "published.jsonl").stat().st_mtime_ns == record
    assert "0 written, 0 removed" in ran.out
    assert "; 0 read" in ran.out


def test_an_edit_changes_what_depends_on_it_and_equals_a_full_build(site: Site, tmp_path) -> None:
    for number in range(5, 40):
        site.article(
            f"article-{number}.md",
            f"Text of number {number}.",
            date=f"2026-10-{number % 28 + 1:02}",
        )
    site.publish()
    before = site.tree()
    path = site.folder / "articles" / "article-2.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Text of", "Changed text of"), encoding="utf-8"
    )
    site.publish(now="2026-11-22T10:00:00Z")
    after = site.tree()
    changed = {name for name in after if before.get(name) != after[name]}
    assert "2026/11/02/article-2/index.html" in changed
    assert {"rss.xml", "atom.xml", "feed.json"} <= changed
    others = {n for n in changed if n.endswith("/index.html") and n.startswith("2026/")}
    assert others == {"2026/11/02/article-2/index.html"}
    assert not {n for n in changed if n.startswith("newsletters/")}
    site.publish("--full", "--output", str(tmp_path / "other"), now="2026-11-22T11:00:00Z")
    fresh = {
        p.relative_to(tmp_path / "other").as_posix(): p.read_bytes()
        for p in (tmp_path / "other").rglob("*")
        if p.is_file()
    }
    assert fresh == {name: data for name, (data, _) in after.items()}


def test_a_fresh_clone_makes_the_same_bytes_and_leaves_the_record(site: Site, tmp_path) -> None:
    site.publish()
    clone = Site(tmp_path / "clone")
    for name in ("publisher.yaml", "published.jsonl"):
        clone.write(name, (site.folder / name).read_bytes())
    for file in (site.folder / "articles").iterdir():
        clone.write(f"articles/{file.name}", file.read_bytes())
    record = (clone.folder / "published.jsonl").read_bytes()
    clone.publish(now="2026-11-22T20:00:00Z")
    assert (clone.folder / "published.jsonl").read_bytes() == record
    assert {n: d for n, (d, _) in clone.tree().items()} == {
        n: d for n, (d, _) in site.tree().items()
    }


@pytest.mark.long  # as test_reproducible.py does it with another site
def test_builds_do_not_depend_on_zone_locale_hash_seed_or_file_order(site: Site, tmp_path) -> None:
    other = Site(tmp_path / "other")
    other.write("publisher.yaml", (site.folder / "publisher.yaml").read_bytes())
    for file in sorted((site.folder / "articles").iterdir(), reverse=True):
        other.write(f"articles/{file.name}", file.read_bytes())
    first = site.run("publish", env={"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "1"})
    second = other.run(
        "publish", env={"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    )
    assert (first.code, second.code) == (0, 0)
    assert {n: d for n, (d, _) in site.tree().items()} == {
        n: d for n, (d, _) in other.tree().items()
    }


def test_a_scheduled_article_appears_in_the_first_run_at_its_time(site: Site) -> None:
    site.publish()
    site.publish(now="2026-12-23T16:59:59Z")
    assert "Later" not in titles(site)
    site.publish(now="2026-12-23T17:00:00Z")
    assert titles(site)[0] == "Later"


def by_the_clock(site: Site, now: str) -> None:
    """A run whose time nobody told it, as they are without --now."""
    publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(),
        clock=lambda: datetime.fromisoformat(now).astimezone(UTC),
        progress=lambda _what, _done, _total: None,
    )


def test_a_published_article_with_a_new_date_to_come_waits_for_it(site: Site) -> None:
    by_the_clock(site, NOW)
    before = {line["path"]: line["id"] for line in site.record() if "path" in line}
    site.article("article-4.md", "Text of number 4.", date="2027-02-01")
    for _ in range(2):  # the second knows of it by the record alone
        by_the_clock(site, NOW)
        assert titles(site) == ["Article-3", "Article-2", "Article-1"]
        assert not site.output("2026/11/04").exists()
        shutil.rmtree(site.folder / ".publisher")
    by_the_clock(site, "2027-01-31T16:59:59Z")
    assert "Article-4" not in titles(site)
    by_the_clock(site, "2027-01-31T17:00:00Z")
    assert titles(site)[0] == "Article-4"
    (line,) = (line for line in site.record() if line.get("path") == "article-4.md")
    assert line["id"] == before["article-4.md"]
    assert line["updated"] == line["published"] == "2027-02-01T00:00:00+07:00"
    with pytest.raises(PublisherError, match="are published already"):
        by_the_clock(site, NOW)
    assert titles(site)[0] == "Article-4"


def test_a_date_that_was_put_off_and_back_changes_nothing(site: Site) -> None:
    by_the_clock(site, NOW)
    record, feed = site.record(), site.output("atom.xml").read_bytes()
    for date in ("2027-02-01", "2026-11-04"):
        site.article("article-4.md", "Text of number 4.", date=date)
        by_the_clock(site, NOW)
    assert site.record() == record
    assert site.output("atom.xml").read_bytes() == feed


def test_a_deleted_article_leaves_and_nothing_else_changes_its_id(site: Site) -> None:
    site.publish()
    ids = {i["title"]: i["id"] for i in json.loads(site.output("feed.json").read_bytes())["items"]}
    (site.folder / "articles" / "article-4.md").unlink()
    site.publish()
    assert titles(site) == ["Article-3", "Article-2", "Article-1"]
    assert not site.output("2026/11/04").exists()
    again = json.loads(site.output("feed.json").read_bytes())["items"]
    assert all(ids[i["title"]] == i["id"] for i in again)


def test_one_bad_article_harms_only_itself(site: Site) -> None:
    site.write("articles/broken.md", "---\ntitle: Foo: bar\ndate: 2026-11-01\n---\n\nText.\n")
    site.write("articles/no-date.md", "---\ntitle: No date\n---\n\nText.\n")
    ran = site.publish(code=3)
    assert len(titles(site)) == 4
    assert re.search(r"^error: articles/broken\.md:2:\d+: ", ran.err, re.MULTILINE)
    assert "error: articles/no-date.md" in ran.err
    assert ran.err.count("mend:  ") == 2


def test_strict_writes_nothing_when_an_article_is_refused(site: Site) -> None:
    site.write("articles/no-date.md", "---\ntitle: No date\n---\n\nText.\n")
    ran = site.publish("--strict", code=1)
    assert "error: articles/no-date.md" in ran.err
    assert not site.output("rss.xml").exists()
    assert not (site.folder / "published.jsonl").exists()


def test_a_published_article_that_breaks_keeps_its_last_good_version(site: Site) -> None:
    site.publish()
    before = site.tree()
    path = site.folder / "articles" / "article-3.md"
    good = path.read_bytes()
    path.write_bytes(b"\xff\xfe\x00broken")
    for arguments in ((), ("--full",)):
        ran = site.publish(*arguments, code=3)
        assert "error: articles/article-3.md" in ran.err
        assert site.tree() == before
    path.write_bytes(good)
    site.publish()
    assert site.tree() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(site: Site) -> None:
    ran = site.publish("--dry-run")
    assert "feed main (new): 4 in" in ran.out
    assert "issue 1 of weekly: 4 articles" in ran.out
    assert {p.name for p in site.folder.iterdir()} == {"publisher.yaml", "articles"}


def test_a_broken_configuration_or_template_writes_nothing(site: Site) -> None:
    site.publish()
    before = site.tree()
    config = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
    site.write("publisher.yaml", config.replace("language: en", "langage: en"))
    ran = site.publish(code=2)
    assert "publisher.yaml:5:3: site: unknown key 'langage'" in ran.err
    assert "did you mean 'language'?" in ran.err
    site.write("publisher.yaml", config)
    site.write("templates/web/article.html", "<p>\n{{ nothing.of.this }}")
    ran = site.publish(code=1)
    assert "templates/web/article.html:2" in ran.err
    site.write("templates/web/article.html", "<p>\n{% if %}")
    ran = site.publish(code=1)
    assert "templates/web/article.html:2" in ran.err
    site.write("templates/email/digest.mjml", "<mjml><mj-boddy></mj-boddy></mjml>")
    (site.folder / "templates" / "web" / "article.html").unlink()
    ran = site.publish(code=1)
    assert "templates/email/digest.mjml" in ran.err
    assert site.tree() == before


def test_a_folder_of_templates_that_is_named_and_not_there_is_told(site: Site) -> None:
    site.write("publisher.yaml", CONFIG + "templates: tempaltes\n")
    ran = site.publish(code=2)
    assert "templates: there is no folder 'tempaltes'" in ran.err
    site.write("tempaltes", "no folder")
    assert "tempaltes: is no folder" in site.publish(code=1).err
    (site.folder / "tempaltes").unlink()
    (site.folder / "tempaltes").mkdir()
    assert "templates" not in site.publish().err


def test_a_template_that_is_nearly_called_as_one_of_the_theme_is_told(site: Site) -> None:
    site.write("templates/web/artcle.html", "<p>{{ entry.title }}</p>")
    site.write("templates/web/articles.html", "<p>Others include this.</p>")
    site.write("templates/web/_partials/footer.html", '{% include "web/articles.html" %}')
    site.write("templates/web/something.html", "<p>Kept for later.</p>")
    said = "templates/web/artcle.html: nothing is drawn by it; did you mean web/article.html?"
    assert [line for line in site.publish().err.splitlines() if "templates/" in line] == [
        f"warning: {said}"
    ]
    assert said in site.run("check").err
    assert said in site.publish(now="2026-11-23T01:00:00Z").err, "also where nothing changed"


def test_a_folder_without_configuration_still_publishes(make_site: MakeSite) -> None:
    site = make_site()
    site.article("hello.md")
    ran = site.publish()
    assert "no publisher.yaml" in ran.err
    assert titles(site) == ["Hello"]
    assert "<title>Site" in site.output("index.html").read_text(encoding="utf-8")


def test_an_empty_folder_and_a_missing_one(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    ran = site.publish(code=1)
    assert "the folder of the source 'articles' is not there" in ran.err
    (site.folder / "articles").mkdir()
    site.publish()
    assert titles(site) == []


def test_a_folder_that_lost_all_it_held_takes_nothing_back(make_site: MakeSite) -> None:
    """So does the place of a disk that is not mounted look."""
    site = make_site(CONFIG)
    for name in ("one", "two"):
        site.article(f"{name}.md")
    site.publish()
    before = site.tree("output")
    (site.folder / "articles").rename(site.folder / "unmounted")
    (site.folder / "articles").mkdir()
    for command in ("publish", "check"):
        ran = site.run(command)
        assert ran.code != 0
        assert "the folder of the source 'articles' is empty, where 2 files were" in ran.err
    assert site.tree("output") == before
    site.write("articles/README.md", "They are gone for good.")
    site.publish()
    assert titles(site) == []


def test_a_file_in_place_of_the_folder_is_told(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG, {"articles": "none"})
    ran = site.run("publish")
    assert ran.code == 1
    assert "the folder of the source 'articles' is a file" in ran.err


def test_only_one_run_at_a_time(site: Site) -> None:
    import fcntl

    site.publish()
    with (site.folder / ".publisher" / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is writing" in site.publish(code=75).err
        assert "another run is writing" in site.publish("--wait", "0.2", code=75).err


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


def test_the_state_can_be_deleted_without_harm(site: Site) -> None:
    import shutil

    site.publish()
    before = site.tree()
    shutil.rmtree(site.folder / ".publisher")
    site.publish()
    assert site.tree() == before


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


def test_what_is_drawn_anew_to_the_same_bytes_does_not_count_as_written(site: Site) -> None:
    from publisher.sources.theme import read_theme

    site.publish()
    before = site.tree()
    shipped = read_theme(site.folder / "none").templates["web/index.html"]
    site.write("templates/web/index.html", shipped + "{# the same but for this #}")
    ran = site.publish()
    assert site.tree() == before
    assert "0 written" in ran.out


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


def test_a_file_name_that_is_no_text_is_refused_by_name(site: Site) -> None:
    folder = os.fsencode(site.folder / "articles")
    site.write("plain.md", "---\ntitle: x\ndate: 2026-11-01\n---\n\nText.\n")
    os.rename(site.folder / "plain.md", folder + b"/caf\xe9.md")  # noqa: PTH104 (no str, no Path)
    ran = site.publish(code=3)
    assert "caf\\xe9.md" in ran.err
    assert len(titles(site)) == 4


def test_an_edit_into_the_place_of_another_harms_only_itself(site: Site) -> None:
    site.publish()
    before = site.tree()
    site.article("article-1.md", "Moved.", date="2026-11-02", slug="article-2")
    for arguments in ((), (), ("--full",)):
        ran = site.publish(*arguments, code=3)
        assert "article-1.md and article-2.md have the same address" in ran.err
        assert "(the version published before stays)" in ran.err
        assert site.tree() == before
    site.article("article-1.md", "Moved.", date="2026-11-02", slug="free")
    site.publish()
    assert site.output("2026/11/02/free/index.html").exists()
    assert not site.output("2026/11/01").exists()


def test_an_article_that_became_a_redirect_leaves(site: Site) -> None:
    site.publish()
    site.write("articles/article-4.md", "---\nredirect: /elsewhere/\n---\n")
    site.publish()
    assert "Article-4" not in titles(site)


def test_output_can_be_deleted_whatever_became_of_the_sources(site: Site) -> None:
    import shutil

    site.write("articles/boat.png", b"not really a picture")
    path = site.article("boat.md", "![A boat](boat.png)")
    site.publish()
    path.write_bytes(b"---\ntitle: [\n---\n")
    (site.folder / "articles" / "boat.png").unlink()
    site.publish(code=3)
    shutil.rmtree(site.folder / "output")
    site.publish(code=3)
    assert "Boat" in titles(site)


def test_the_record_may_lie_in_a_folder_that_is_not_there_yet(site: Site) -> None:
    config = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
    site.write("publisher.yaml", config + "record: data/published.jsonl\n")
    site.publish()
    assert (site.folder / "data" / "published.jsonl").exists()


def test_full_draws_all_again_and_mends_what_was_tampered_with(site: Site) -> None:
    site.publish()
    before = site.tree()
    feed = site.output("rss.xml")
    stat = feed.stat()
    feed.write_bytes(feed.read_bytes().replace(b"Article-1", b"Artifice1"))
    os.utime(feed, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    site.publish("--full")
    after = site.tree()
    assert after["rss.xml"][0] == before["rss.xml"][0]
    assert {n: t for n, t in after.items() if n != "rss.xml"} == {
        n: t for n, t in before.items() if n != "rss.xml"
    }


def test_a_full_disk_behind_standard_output_is_no_defect(site: Site) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 (a device, not a file)
        done = subprocess.run(
            [sys.executable, "-m", "publisher", "publish", "--now", NOW],
            cwd=site.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "error: standard output cannot be written: No space left on device\n"
    assert len(titles(site)) == 4


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_nobody_need_listen(site: Site, closed: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m publisher publish --now {NOW} {closed}', sys.executable],
        cwd=site.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(titles(site)) == 4


def test_a_locale_that_is_not_utf8_changes_no_path(site: Site) -> None:
    site.article("éI.md")
    site.publish()
    before = site.tree(), site.record()
    ran = site.run("publish", env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    assert ran.code == 0, ran.err
    assert (site.tree(), site.record()) == before


def test_a_database_damaged_within_is_an_error_with_a_mend(site: Site) -> None:
    site.publish()
    before = site.tree()
    path = site.folder / ".publisher" / "build.db"
    data = bytearray(path.read_bytes())
    data[4096:9000] = b"\xaa" * 4904
    path.write_bytes(data)
    ran = site.publish(code=1)
    assert "build.db: cannot be used" in ran.err
    assert "mend:  move it away" in ran.err
    assert site.tree() == before
    for told in path.parent.glob("build.db*"):
        told.unlink()
    site.publish()
    assert site.tree() == before


def test_a_copied_site_with_another_address_is_told_what_to_do(site: Site, tmp_path: Path) -> None:
    site.publish()
    staging = Site(tmp_path / "staging")
    shutil.copytree(site.folder, staging.folder)
    config = staging.folder / "publisher.yaml"
    told = config.read_text(encoding="utf-8").replace("courier.example", "staging.example")
    config.write_text(told, encoding="utf-8")
    refused = staging.publish(code=1).err
    assert "was not written by publisher and stays as it is" in refused
    assert "has another `site.url` now, move the whole output/ away" in refused
    (staging.folder / "output").rename(tmp_path / "away")
    staging.publish()
    assert b"staging.example" in staging.output("index.html").read_bytes()


def test_an_address_with_a_space_is_told_with_how_to_write_it(site: Site) -> None:
    site.article("trip.md", "One line.\n\n![A boat](old boat.jpg)")
    err = site.publish().err
    assert "articles/trip.md: line 8: ![A boat](old boat.jpg) is text" in err
    assert "in angle brackets: ![A boat](<old boat.jpg>)" in err
