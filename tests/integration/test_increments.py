"""After every kind of edit, what an incremental run gives equals a build from nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.picture_samples import jpeg
from tests.sites import CONFIG, Site

Edit = Callable[[Site], object]


def config(site: Site, before: str, after: str) -> None:
    path = site.folder / "publisher.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    site.write("publisher.yaml", text.replace(before, after))


def rename(site: Site, old: str, new: str) -> None:
    (site.folder / "articles" / old).rename(site.folder / "articles" / new)


EDITS: dict[str, Edit] = {
    "title": lambda s: s.article("a3.md", "Text.", title="Retitled", date="2026-11-03"),
    "text": lambda s: s.article("a4.md", "Other text.", date="2026-11-04"),
    "tags": lambda s: s.article("a5.md", "Text.", date="2026-11-05", tags="[x, y]"),
    "a new article": lambda s: s.article("new.md", "Text.", date="2026-11-21"),
    "a back-dated article": lambda s: s.article("old.md", "Text.", date="2020-01-01"),
    "another picture": lambda s: s.write("articles/boat.jpg", jpeg(700, 900)),
    "no picture": lambda s: (s.folder / "articles" / "boat.jpg").unlink(),
    "the address of a linked article": lambda s: s.article(
        "a1.md", "Text.", date="2026-11-01", slug="elsewhere"
    ),
    "a linked article held back": lambda s: s.article(
        "a1.md", "Text.", date="2026-11-01", draft="true"
    ),
    "a linked article deleted": lambda s: (s.folder / "articles" / "a1.md").unlink(),
    "a renamed file": lambda s: rename(s, "a6.md", "b6.md"),
    "another old address": lambda s: s.article(
        "a7.md", "Text.", date="2026-11-07", author="kim", aliases="[/old/7.html, /new/7/]"
    ),
    "no old address": lambda s: s.article("a7.md", "Text.", date="2026-11-07", author="kim"),
    "an old address of two": lambda s: s.article(
        "a2.md", "Text.", date="2026-11-02", author="kim", redirect_from="/old/7.html"
    ),
    "an article at an old address": lambda s: s.article(
        "new.md", "Text.", date="2026-11-21", url="/older/7/"
    ),
    "an article with old addresses held back": lambda s: s.article(
        "a7.md", "Text.", date="2026-11-07", draft="true", aliases="[/old/7.html, /older/7/]"
    ),
    "an article with old addresses taken back": lambda s: s.article(
        "a7.md", "Text.", date="2026-11-07", retract="true", aliases="[/old/7.html, /older/7/]"
    ),
    "the title of an article with old addresses": lambda s: s.article(
        "a7.md", "Text.", title="Else", date="2026-11-07", aliases="[/old/7.html, /older/7/]"
    ),
    "a moved date": lambda s: s.article("a2.md", "Text.", date="2026-11-12"),
    "an expiry": lambda s: s.article("a2.md", "Text.", date="2026-11-02", expires="2026-11-20"),
    "the site's title": lambda s: config(s, "The Example Courier", "Another Courier"),
    "the site's address": lambda s: config(s, "https://courier.example/", "https://b.example/x/"),
    "the site's language": lambda s: config(s, "language: en", "language: ar"),
    "the accent": lambda s: config(s, "site:\n", "site:\n  theme: {accent: '#1d5a6a'}\n"),
    "the paper and the ink": lambda s: config(
        s, "site:\n", "site:\n  theme: {paper: '#fdf3c8', ink: '#10265c'}\n"
    ),
    "the colours of the dark": lambda s: config(
        s,
        "site:\n",
        "site:\n  theme: {dark: {paper: '#0b1533', ink: '#f4ecc9', accent: '#ff9db5'}}\n",
    ),
    "the fonts": lambda s: config(s, "site:\n", "site:\n  theme: {fonts: 'Georgia, serif'}\n"),
    "a logo": lambda s: config(s, "site:\n", "site:\n  theme: {logo: articles/boat.jpg}\n"),
    "an author": lambda s: config(s, "site:\n", "site:\n  authors: {kim: {name: Kim Ray}}\n"),
    "a feed": lambda s: s.write(
        "publisher.yaml", CONFIG + "feeds: [{name: main, limit: 3}, {name: x}]\n"
    ),
    "the pattern of addresses": lambda s: s.write(
        "publisher.yaml", CONFIG + "sources: [{name: articles, url: '/{year}/{slug}/'}]\n"
    ),
    "a page template": lambda s: s.write(
        "templates/web/_partials/footer.html", "<footer>another end</footer>"
    ),
    "the feeds' template": lambda s: s.write("templates/feeds/entry.html", "<i>{{ body }}</i>"),
}


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG, {"articles/boat.jpg": jpeg(900, 600)})
    for number in range(1, 9):
        aliases = "[/old/7.html, /older/7/]" if number == 7 else ""
        site.article(
            f"a{number}.md", "Text.", date=f"2026-11-0{number}", author="kim", aliases=aliases
        )
    site.article("links.md", "[One](a1.md) ![A boat](boat.jpg)", date="2026-11-10")
    site.article("later.md", "Not yet.", date="2026-11-23")
    site.publish_here()
    return site


def built_anew(site: Site, folder: Path, now: str) -> dict[str, bytes]:
    clone = Site(folder)
    shutil.copytree(site.folder, folder, ignore=shutil.ignore_patterns("output", ".publisher"))
    clone.publish_here(now=now)
    return {name: data for name, (data, _) in clone.tree().items()}


@pytest.mark.parametrize("name", EDITS)
def test_an_incremental_run_equals_a_build_from_nothing(
    name: str, site: Site, tmp_path: Path
) -> None:
    EDITS[name](site)
    site.publish_here(now="2026-11-22T09:00:00Z")
    after = site.tree()
    assert {n: d for n, (d, _) in after.items()} == built_anew(
        site, tmp_path / "clone", "2026-11-22T09:00:00Z"
    )
    site.publish_here(now="2026-11-22T10:00:00Z")
    assert site.tree() == after


def test_what_time_changes_equals_a_build_from_nothing(site: Site, tmp_path: Path) -> None:
    site.publish_here(now="2026-11-24T00:00:00Z")
    assert {n: d for n, (d, _) in site.tree().items()} == built_anew(
        site, tmp_path / "clone", "2026-11-24T00:00:00Z"
    )


THEMES = ("the accent", "the paper and the ink", "the colours of the dark", "the fonts", "a logo")


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_is_seen_on_pages_and_by_no_feed(name: str, site: Site) -> None:
    before = site.tree()
    EDITS[name](site)
    report = site.publish_here(now="2026-11-22T09:00:00Z")
    pages = {path for path in before if path.endswith(".html")}
    assert pages <= set(report.written)
    others = {path for path in report.written if not path.endswith(".html")}
    assert {path.partition("/")[0] for path in others} <= {"media"}
    feeds = [path for path in before if path.endswith(("rss.xml", "atom.xml", "feed.json"))]
    assert feeds
    assert all(site.tree()[path] == before[path] for path in feeds)
