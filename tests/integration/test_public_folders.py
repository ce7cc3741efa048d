"""Pictures that Jekyll, Hugo and others keep beside their texts, and name from the root on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.preview.watch import look, watched_by
from publisher.schedule.watching import Watcher
from tests import standing
from tests.picture_samples import png
from tests.sites import CONFIG, Site

MakeSite = Callable[..., Site]
no_waiting = standing.no_waiting
PICTURE, OTHER = png(40, 30), png(20, 10)


def moved(make_site: MakeSite, dialect: str, path: str, body: str) -> Site:
    """A site with one article in the folder of another tool."""
    source = f"sources: [{{name: blog, path: {path}, dialect: {dialect}}}]\n"
    site = make_site(CONFIG + source)
    article = f"---\ntitle: Fog\ndate: 2026-11-01\n---\n\n{body}\n"
    site.write(f"{path}/2026-11-01-fog.md", article)
    return site


def page(site: Site) -> str:
    return site.output("2026/11/01/fog/index.html").read_text("utf-8")


def shown(site: Site) -> list[bytes]:
    """The pictures that are there and named on the page."""
    files = [file for file in site.output("media").rglob("*.*") if file.suffix == ".png"]
    return [f.read_bytes() for f in files if str(f.relative_to(site.output("."))) in page(site)]


@pytest.mark.parametrize(
    ("dialect", "path", "reference", "file"),
    [
        ("jekyll", "_posts", "/assets/boat.png", "assets/boat.png"),
        ("jekyll", "news/_posts", "/images/2026/the%20boat.png", "images/2026/the boat.png"),
        ("jekyll", "_posts", "{{ site.baseurl }}/img/boat.png", "img/boat.png"),
        ("hugo", "content/posts", "/images/boat.png", "static/images/boat.png"),
        ("hugo", "content", "/boat.png?width=3", "static/boat.png"),
        ("zola", "content", "/images/boat.png", "static/images/boat.png"),
        ("hexo", "source/_posts", "/images/boat.png", "source/images/boat.png"),
        ("eleventy", "src/posts", "/assets/boat.png", "src/assets/boat.png"),
        ("eleventy", "posts", "/img/boat.png", "public/img/boat.png"),
        ("nikola", "posts", "/images/boat.png", "images/boat.png"),
        ("nikola", "posts", "/boat.png", "files/boat.png"),
        ("pelican", "content/news", "/images/boat.png", "content/images/boat.png"),
    ],
)
def test_a_picture_is_found_where_its_tool_has_it(
    dialect: str, path: str, reference: str, file: str, make_site: MakeSite
) -> None:
    site = moved(make_site, dialect, path, f"![Boat]({reference})")
    site.write(file, PICTURE)
    assert site.publish().err == ""
    assert shown(site) == [PICTURE]


def test_so_are_files_that_are_linked_to_and_the_lead_picture(make_site: MakeSite) -> None:
    site = moved(make_site, "hugo", "content", "[Plan](/plan.pdf)")
    site.write("static/plan.pdf", b"%PDF-1.4\n")
    site.write("static/images/boat.png", PICTURE)
    file = site.folder / "content" / "2026-11-01-fog.md"
    file.write_text(file.read_text().replace("title: Fog", "title: Fog\nimage: /images/boat.png"))
    assert site.publish().err == ""
    assert PICTURE in shown(site)
    assert "/plan.pdf" in page(site)
    assert "https://courier.example/plan.pdf" not in page(site)


def test_what_the_source_holds_itself_comes_first(make_site: MakeSite) -> None:
    site = moved(make_site, "hugo", "content", "![Boat](/images/boat.png)")
    site.write("content/images/boat.png", PICTURE)
    site.write("static/images/boat.png", OTHER)
    site.publish()
    assert shown(site) == [PICTURE]


def test_in_a_site_below_a_folder(make_site: MakeSite) -> None:
    site = moved(make_site, "jekyll", "_posts", "![Boat](/blog/assets/boat.png)")
    config = (site.folder / "publisher.yaml").read_text()
    site.write("publisher.yaml", config.replace("courier.example/", "courier.example/blog/"))
    site.write("assets/boat.png", PICTURE)
    assert site.publish().err == ""
    assert shown(site) == [PICTURE]


def test_where_nobody_says_which_tool_it_was_the_host_may_serve_it(make_site: MakeSite) -> None:
    site = moved(make_site, "auto", "articles", "One.\n\n![Boat](/images/boat.png)")
    assert site.publish().err == ""
    site.write("articles/images/boat.png", PICTURE)
    site.publish()
    assert shown(site) == [PICTURE]


@pytest.mark.parametrize(
    "head", ["", "title: Fog\n", "title: Fog\nimage: /images/none.png\n"], ids=["", "title", "lead"]
)
def test_one_that_is_nowhere_is_named_with_its_line(head: str, make_site: MakeSite) -> None:
    site = moved(make_site, "jekyll", "articles", "One.\n\n![Boat](/images/boat.png)")
    if head:
        site.write(
            "articles/2026-11-01-fog.md",
            f"---\n{head}date: 2026-11-01\n---\n\n![Boat](/images/boat.png)\n",
        )
    said = site.publish().err
    line = 5 + head.count("\n") if head else 8
    assert f"articles/2026-11-01-fog.md: line {line}: there is no file '/images/boat.png'" in said
    assert "put it into the source as 'images/boat.png', or write its whole address" in said
    assert said.count("there is no file") == 1 + ("image:" in head)
    site.write("articles/images/boat.png", PICTURE)
    assert "'/images/boat.png'" not in site.publish().err
    assert shown(site) == [PICTURE]


@pytest.mark.parametrize(
    "body",
    [
        "[Old](/2019/old.html)",
        "[Plan](/files/plan.pdf)",
        "![Badge](/badge)",
        "![Boat](https://courier.example/images/boat.png)",
        "![Boat](//courier.example/images/boat.png)",
    ],
)
def test_what_others_may_serve_at_the_same_address_is_not(body: str, make_site: MakeSite) -> None:
    assert moved(make_site, "auto", "articles", body).publish().err == ""


@pytest.mark.parametrize(
    ("dialect", "reference", "file"),
    [
        ("jekyll", "/secrets/boat.png", "secrets/boat.png"),
        ("jekyll", "/boat.png", "boat.png"),
        ("jekyll", "/assets/.hidden/boat.png", "assets/.hidden/boat.png"),
        ("jekyll", "/assets/../secrets/boat.png", "secrets/boat.png"),
        ("jekyll", "/assets/%2e%2e/secrets/boat.png", "secrets/boat.png"),
        ("jekyll", "/assets/link.png", "secrets/boat.png"),
        ("jekyll", "/assets/boat.png", "../assets/boat.png"),
        ("jekyll", "/files/boat.png", "files/boat.png"),
        ("hugo", "/assets/boat.png", "assets/boat.png"),
        ("auto", "/assets/boat.png", "assets/boat.png"),
    ],
)
def test_nothing_else_is_reached(
    dialect: str, reference: str, file: str, make_site: MakeSite
) -> None:
    site = moved(make_site, dialect, "_posts", f"![Boat]({reference})\n\n[Boat]({reference})")
    config = (site.folder / "publisher.yaml").read_text()
    site.write("publisher.yaml", f"{config}output: files\n")
    site.write(file, PICTURE)
    (site.folder / "assets").mkdir(exist_ok=True)
    (site.folder / "assets" / "link.png").symlink_to("../secrets/boat.png")
    site.publish()
    named = (site.folder / "files/2026/11/01/fog/index.html").read_text("utf-8")
    assert "Fog" in named
    assert not list((site.folder / "files" / "media").rglob("*.png"))


def test_texts_and_pages_there_are_no_files_to_copy(make_site: MakeSite) -> None:
    site = moved(make_site, "hugo", "content", "[a](/old.html) [b](/draft.md)")
    site.write("static/old.html", "<title>Old</title><p>Old</p>")
    site.write("static/draft.md", "# Draft\n")
    site.publish()
    assert 'href="../../../../old.html"' in page(site)
    assert 'href="../../../../draft.md"' in page(site)


def test_a_run_sees_that_it_comes_changes_and_goes(make_site: MakeSite) -> None:
    site = moved(make_site, "hugo", "content", "![Boat](/images/boat.png)")
    standing.settled(site)
    assert shown(site) == []
    for content in (PICTURE, OTHER):
        site.write("static/images/boat.png", content)
        site.settle()
        assert standing.run(site).warnings == ()
        assert shown(site) == [content]
        assert standing.stands_still(site)
    (site.folder / "static/images/boat.png").unlink()
    assert len(standing.run(site).warnings) == 1
    assert shown(site) == []


def test_a_preview_looks_at_them(make_site: MakeSite) -> None:
    site = moved(make_site, "hugo", "content/posts", "Text.")
    site.write("static/boat.png", PICTURE)
    file = site.folder / "publisher.yaml"
    names = {
        os.path.relpath(place, site.folder) for place in look(watched_by(load_config(file), file))
    }
    assert "static/boat.png" in names


def test_a_watching_timer_follows_them(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[str] = []

    def watch(*folders: Path, **_how: object) -> Iterator[None]:
        followed.extend(map(str, folders))
        return iter(())

    site = moved(make_site, "jekyll", "_posts", "Text.")
    (site.folder / "assets").mkdir()
    config = (site.folder / "publisher.yaml").read_text()
    file = site.write("publisher.yaml", f"{config}schedule: {{watch: true}}\n")
    monkeypatch.setattr("watchfiles.watch", watch)
    watcher = Watcher(lambda: None, lambda _why: None)
    watcher.follow(load_config(file))
    watcher.stop()
    assert str((site.folder / "assets").resolve()) in followed
