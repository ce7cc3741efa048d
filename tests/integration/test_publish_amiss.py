"""What is amiss in a site or around it: it is told, with how to mend it, and harms only itself."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests import publishing
from tests.publishing import MakeSite, titles
from tests.sites import CONFIG, NOW, UNJUDGED, Site

site = publishing.site


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
    assert "tempaltes: is no folder" in site.publish(code=2).err
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


def test_an_empty_folder_and_a_missing_one(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    ran = site.publish(code=2)
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
    assert ran.code == 2
    assert "the folder of the source 'articles' is a file" in ran.err


def test_only_one_run_at_a_time(site: Site) -> None:
    import fcntl

    site.publish()
    with (site.folder / ".publisher" / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is writing" in site.publish(code=75).err
        assert "another run is writing" in site.publish("--wait", "0.2", code=75).err


def test_a_file_name_that_is_no_text_is_refused_by_name(site: Site) -> None:
    folder = os.fsencode(site.folder / "articles")
    site.write("plain.md", "---\ntitle: x\ndate: 2026-11-01\n---\n\nText.\n")
    os.rename(site.folder / "plain.md", folder + b"/caf\xe9.md")  # noqa: PTH104 (no str, no Path)
    ran = site.publish(code=3)
    assert "caf\\xe9.md" in ran.err
    assert len(titles(site)) == 4


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


def test_a_run_without_mail_waits_for_nobody_who_writes_the_database(tmp_path: Path) -> None:
    """As an import of a million readers does for a minute."""
    site = Site(tmp_path)
    site.write("publisher.yaml", CONFIG + UNJUDGED)
    site.article("one.md")
    site.publish()
    site.article("one.md", "Another text.")
    with closing(sqlite3.connect(site.folder / ".publisher" / "publisher.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        site.publish()
        assert time.monotonic() - start < 20
    assert b"Another text." in site.output("rss.xml").read_bytes()
