"""What lies around articles: data that changes, hints about their tool, dates read in part."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.picture_samples import png
from tests.sites import CONFIG, Site

ELEVENTY = CONFIG + "sources:\n  - {name: articles, dialect: eleventy}\n"


def titles(site: Site, name: str = "atom.xml") -> str:
    return site.output(name).read_text(encoding="utf-8")


def test_what_lies_around_is_read_again_when_it_changes(make_site: Callable[..., Site]) -> None:
    site = make_site(ELEVENTY)
    site.article("one.md", title="One")
    site.article("deep/two.md", title="Two")
    site.settle()
    site.publish_here()
    assert ">One<" in titles(site)
    site.write("articles/deep/deep.json", '{"draft": true}')
    report = site.publish_here()
    assert (report.opened, report.counts["draft"]) == (1, 1)
    assert ">Two<" not in titles(site)
    site.write("articles/articles.json", '{"author": "The desk"}')
    site.settle()
    assert site.publish_here().opened == 2
    assert "<name>The desk</name>" in titles(site)
    assert site.publish_here().opened == 0
    (site.folder / "articles/deep/deep.json").unlink()
    assert site.publish_here().counts["listed"] == 2


def test_data_that_cannot_be_read_refuses_its_articles(make_site: Callable[..., Site]) -> None:
    site = make_site(ELEVENTY)
    site.article("one.md")
    site.article("deep/two.md")
    site.write("articles/deep/deep.json", '{"draft": true,}')
    ran = site.publish(code=3)
    assert "articles/deep/deep.json:1" in ran.err
    assert "cannot be read as JSON" in ran.err
    assert "1 listed" in ran.out
    site.write("articles/deep/deep.json", '{"draft": "perhaps"}')
    ran = site.publish(code=3)
    assert "articles/deep/deep.json:1" in ran.err
    assert "write draft: true or false" in ran.err
    site.write("articles/deep/deep.json", '{"draft": false}')
    assert "2 listed" in site.publish().out


def test_authors_of_a_file_are_read_again_when_it_changes(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG, {"articles/authors.yml": "jane: {name: Jane}\n"})
    site.article("one.md", authors="[jane]")
    site.publish_here()
    assert "<name>Jane</name>" in titles(site)
    site.write("articles/authors.yml", "jane: {name: Jane Doe}\n")
    site.publish_here()
    assert "<name>Jane Doe</name>" in titles(site)
    site.write("articles/authors.yml", "jane: {name: [Jane\n")
    warnings = site.publish_here().warnings
    assert any("articles/authors.yml:1" in warning and "ids" in warning for warning in warnings)
    assert "<name>jane</name>" in titles(site)


@pytest.mark.parametrize(
    ("sign", "path", "tool"),
    [
        ("_config.yml", "_posts", "jekyll"),
        ("_config.yml", "source/_posts", "hexo"),
        ("hugo.toml", "content/posts", "hugo"),
        ("config.toml", "content/blog", "zola"),
        ("pelicanconf.py", "content", "pelican"),
        ("eleventy.config.js", "blog", "eleventy"),
        ("conf.py", "posts", "nikola"),
        (".obsidian/app.json", "", "obsidian"),
        ("config.toml", "articles", ""),
        ("conf.py", "docs", ""),
    ],
)
def test_the_folder_of_a_tool_is_told(
    sign: str, path: str, tool: str, make_site: Callable[..., Site]
) -> None:
    place = f"site/{path}".rstrip("/")
    site = make_site(f"{CONFIG}sources:\n  - {{name: s, path: {place}}}\n")
    site.write(f"site/{sign}", "raise SystemExit(1)\n")
    site.write(f"{place}/2026-11-01-one.md", "# One\n\nText.\n")
    hints = [w for w in site.publish_here().warnings if "`dialect:" in w]
    assert len(hints) == bool(tool)
    if tool:
        assert f"set `dialect: {tool}` of the source 's'" in hints[0]
        told = f"{CONFIG}sources:\n  - {{name: s, path: {place}, dialect: {tool}}}\n"
        site.write("publisher.yaml", told)
        assert not [w for w in site.publish_here().warnings if "`dialect:" in w]


def test_strict_refuses_a_date_that_is_read_in_part(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md", date="2026-11-01 18::48::00")
    ran = site.publish("--strict", code=1)
    assert "articles/one.md:3: date '2026-11-01 18::48::00'" in ran.err
    assert "write YYYY-MM-DD, or" in ran.err
    assert not site.output("atom.xml").exists()
    checked = site.run("check", "--strict")
    assert (checked.code, site.run("check").code) == (1, 0)
    assert "articles/one.md:3: date '2026-11-01 18::48::00'" in checked.err
    assert "1 listed" in site.publish().out


def test_a_bundle_shows_the_picture_that_is_named_so(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG, {"articles/trip/cover-of-it.png": png(20, 10)})
    site.article("trip/index.md", title="Trip")
    site.publish_here()
    assert "cover-of-it.png" in site.output("feed.json").read_text()
    site.write("articles/trip/Featured boats.png", png(30, 10))
    assert site.publish_here().opened == 1
    assert "Featured-boats.png" in site.output("feed.json").read_text()


def test_an_included_file_is_read_again_when_it_changes(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG, {"articles/parts/boats.txt": "Two *boats*.\n"})
    site.article("one.md", "{% include_relative parts/boats.txt %}")
    site.publish_here()
    assert "Two &lt;em&gt;boats&lt;/em&gt;" in titles(site) or "Two <em>boats" in titles(site)
    site.write("articles/parts/boats.txt", "Three boats.\n")
    site.publish_here()
    assert "Three boats" in titles(site)
    (site.folder / "articles/parts/boats.txt").unlink()
    warnings = site.publish_here().warnings
    assert any("include_relative (line 6)" in warning for warning in warnings), warnings


def test_what_an_article_includes_has_an_end(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG, {"articles/parts/boats.txt": f"{'boat ' * 40_000}\n\n"})
    site.article("one.md", "{% include_relative parts/boats.txt %}\n\n" * 50)
    site.article("self.md", "{% include_relative self.md %} gull\n\n" * 600)
    site.article("other.md", "{% include_relative parts/boats.txt %}")
    warnings = site.publish_here().warnings
    drawn = {
        entry["title"]: entry["content_html"]
        for entry in json.loads(site.output("feed.json").read_bytes())["items"]
    }
    assert drawn["One"].count("boat") == 20 * 40_000
    assert drawn["Self"].count("gull") < 200_000
    assert drawn["Other"].count("boat") == 40_000
    assert sum("left out: include_relative (line" in warning for warning in warnings) == 2
