"""`publisher articles --write-sidecar`, and sidecars as a part of what a reading depends on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sites import Site

CONFIG = "site:\n  title: T\n  url: https://x.example/\n  timezone: Asia/Jakarta\n"
TEXTS = Path(__file__).resolve().parents[1] / "data" / "newstexts"
HAS_ONE = "has a sidecar already, en-kiln.yml, which was not changed"
NO_DATE = "The Old Ferry\n\nIt waits for nobody, and no day is named here.\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.write("publisher.yaml", CONFIG)
    for name in ("en-kiln", "ru-trolleybus"):
        site.write(f"articles/{name}.txt", (TEXTS / f"{name}.txt").read_bytes())
    site.article("fog.md")
    return site


def shown(site: Site, file: str) -> dict[str, Any]:
    return next(one for one in site.articles() if one["file"] == file)


def test_what_was_inferred_is_written_down_and_counts(site: Site) -> None:
    site.settle()
    site.publish()
    before, page = site.articles(), site.output("2024/03/07/en-kiln/index.html").read_bytes()
    ran = site.run("articles", "--write-sidecar")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "articles/en-kiln.yaml: title, date, language, summary, text",
        "articles/ru-trolleybus.yaml: title, date, language, summary, text",
    ]
    after = site.articles()
    assert len(after) == len(before) == 3  # a sidecar is no candidate
    for old, new in zip(before, after, strict=True):
        assert new | {"from": 0} == old | {"from": 0}
    origins = shown(site, "en-kiln.txt")["from"]
    assert {name: origin.partition(":")[0] for name, origin in origins.items()} == {
        "title": "sidecar", "published": "sidecar", "language": "sidecar", "summary": "sidecar",
        "slug": "filename", "url": "config",
    }  # fmt: skip
    site.settle()
    assert "2 read" in site.publish().out
    assert site.output("2024/03/07/en-kiln/index.html").read_bytes() == page
    assert "0 read" in site.publish().out


def test_a_change_of_the_sidecar_reads_the_article_again(site: Site) -> None:
    site.run("articles", "--write-sidecar", "articles/en-kiln.txt")
    site.settle()
    site.publish()
    sidecar = site.folder / "articles/en-kiln.yaml"
    text = sidecar.read_text("utf-8")
    sidecar.write_text(text.replace('title: "Potters', 'title: "Six Potters'), "utf-8")
    assert "1 read" in site.publish().out
    assert shown(site, "en-kiln.txt")["title"].startswith("Six Potters")
    sidecar.unlink()
    assert "1 read" in site.publish().out
    assert shown(site, "en-kiln.txt")["from"]["title"] == "text:1"


def test_what_the_source_says_of_texts_reads_them_again(site: Site) -> None:
    page = "2024/03/07/en-kiln/index.html"
    site.publish()
    before = site.output(page).read_text("utf-8")
    source = "sources:\n  - name: articles\n    path: articles\n    text: {{{}}}\n"
    site.write("publisher.yaml", CONFIG + source.format("captions: false"))
    site.settle()
    assert "3 read" in site.publish().out
    after = site.output(page).read_text("utf-8")
    assert "<figcaption>" in before
    assert "<figcaption>" not in after
    assert "caption:" not in site.run("articles", "--explain", "en-kiln.txt").out
    assert "0 read" in site.publish().out
    site.write("publisher.yaml", CONFIG + source.format("captions: true"))
    assert "3 read" in site.publish().out
    assert site.output(page).read_text("utf-8") == before


def test_a_sidecar_that_is_there_is_never_changed(site: Site) -> None:
    own = site.write("articles/en-kiln.yml", "title: Mine\n")
    ran = site.run("articles", "--write-sidecar", "en-kiln.txt", "fog.md", "ru-trolleybus.txt")
    assert ran.code == 3
    assert [line.partition(" (")[0] for line in ran.out.splitlines()] == [
        f"not written: articles/en-kiln.txt: {HAS_ONE}",
        "not written: articles/fog.md:1: has a header of its own, so no sidecar was written",
        "articles/ru-trolleybus.yaml: title, date, language, summary, text",
    ]
    assert own.read_text("utf-8") == "title: Mine\n"
    assert sorted(p.name for p in own.parent.glob("*.y*")) == ["en-kiln.yml", "ru-trolleybus.yaml"]
    assert shown(site, "en-kiln.txt")["title"] == "Mine"
    ran = site.run("articles", "--write-sidecar")
    assert (ran.code, ran.out) == (0, "no article is without a header and a sidecar\n")


def test_a_missing_date_is_left_open_and_mended_there(site: Site) -> None:
    site.write("articles/ferry.txt", NO_DATE)
    site.publish(code=3)
    ran = site.run("articles", "--json", "--write-sidecar", "ferry.txt")
    assert ran.code == 3
    assert json.loads(ran.out) == {
        "source": "articles", "file": "ferry.txt", "sidecar": "ferry.yaml",
        "told": ["title", "text"], "message": None, "mend": None,
    }  # fmt: skip
    refused = shown(site, "ferry.txt")
    assert (refused["state"], refused["message"]) == ("refused", "ferry.yaml: has no date")
    sidecar = site.folder / "articles/ferry.yaml"
    text = sidecar.read_text("utf-8")
    assert "\ndate:  # none was found" in text
    sidecar.write_text(text.replace("\ndate:", "\ndate: 2026-11-01"), "utf-8")
    site.publish()
    assert shown(site, "ferry.txt")["from"]["published"] == "sidecar:3"


def test_a_broken_sidecar_refuses_its_article_until_it_is_mended(site: Site) -> None:
    site.publish()
    sidecar = site.write("articles/en-kiln.yaml", "title: Kiln: lit\n")
    for _ in range(2):
        ran = site.publish(code=3)
        assert "articles/en-kiln.yaml:1:12: the header has a second colon" in ran.err
        assert "the version published before stays" in ran.err
    refused = shown(site, "en-kiln.txt")
    assert (refused["line"], refused["column"]) == (1, 12)
    assert refused["message"].startswith("en-kiln.yaml: ")
    line = site.run("articles").out.splitlines()[0]
    assert line.startswith("refused    en-kiln.txt  en-kiln.yaml: line 1: ")
    sidecar.write_text('title: "Kiln: lit"\n', "utf-8")
    site.publish()
    assert shown(site, "en-kiln.txt")["title"] == "Kiln: lit"


def test_each_inferred_part_is_explained_with_its_lines(site: Site) -> None:
    out = site.run("articles", "--explain", "en-kiln.txt").out
    assert "  line 1: title: Potters of Marrow Lane Light the Old Kiln Again\n" in out
    assert "  line 9: dateline: HOLLOWFORD, England, March 7 (Hollow Post)\n" in out
    assert "  lines 19 to 27: left out: -30-\n" in out
    told = json.loads(site.run("articles", "--json", "--explain", "en-kiln.txt").out)["inferred"]
    assert {"part": "date", "line": 17, "to": 17, "text": "Thursday, March 7, 2024"} in told
    assert json.loads(site.run("articles", "--json", "--explain", "fog.md").out)["inferred"] == []


def test_files_are_named_only_where_sidecars_are_written(site: Site) -> None:
    assert site.run("articles", "fog.md").code == 2
    assert site.run("articles", "--write-sidecar", "--explain", "fog.md").code == 2
    ran = site.run("articles", "--write-sidecar", "en-kiln.txt", "nowhere.txt")
    assert ran.code == 1
    assert "nowhere.txt is no candidate file" in ran.err
    assert not (site.folder / "articles/en-kiln.yaml").exists()


def test_a_folder_that_cannot_be_written_is_named(site: Site) -> None:
    folder = site.folder / "articles"
    (folder / "en-kiln.yaml").symlink_to(folder / "nowhere" / "else.yaml")
    ran = site.run("articles", "--write-sidecar", "en-kiln.txt")
    assert ran.code == 3
    assert ran.out.startswith("not written: articles/en-kiln.txt: ")
