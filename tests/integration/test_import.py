"""`publisher import`: afterwards the folder is the truth, and says what the export said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.cli.moving import KINDS
from publisher.config import ExportSpec
from publisher.config.load import load_config
from publisher.config.sources import SOURCE_TYPES
from publisher.errors import FetchError
from publisher.imports import Imported, ImportOptions, import_export
from publisher.parse.clean.fragment import plain_text
from publisher.sources import pictures as sources_pictures
from publisher.sources.exports import PicturesInside
from tests.export_samples import MAKERS, OLD, Entry, MemoryFiles, as_folder, as_zip, export
from tests.picture_samples import photo, saved
from tests.sites import Site

SITE = 'site: {title: T, url: "https://old.example/", language: en, timezone: Asia/Jakarta}\n'
RICH = (
    "<p>First.</p><h2>Head</h2>"
    "<p>One <b>bold</b>, <i>slanted</i> and <a href='https://x.example/a_b'>a link"
    "</a>.<br>Next * line</p><ul><li>one</li><li>two<ol><li>a</li></ol></li></ul>"
    "<blockquote><p>Said</p></blockquote><pre><code>if a:\n    b\n\nc</code></pre>"
    "<table><thead><tr><th>Boat</th><th>n|m</th></tr></thead><tbody><tr><td>Eel</td><td>3</td>"
    "</tr></tbody></table><figure><img src='https://x.example/p.png' alt='P'><figcaption>Cap"
    "</figcaption></figure><p>H<sub>2</sub>O {{ x }} 1. {% y %} # no</p><p>1. no list</p><hr>"
    "<dl><dt>t</dt><dd>d</dd></dl><details><summary>More</summary><p>Text</p></details>"
)
KEPT = ("id", "title", "published", "updated", "tags", "categories", "authors", "language", "url")


def put(site: Site, kind: str, *entries: Entry) -> str:
    """The export as the file or zip file that a tool gives; its name."""
    tree = export(kind, *entries)
    if len(tree) == 1:
        name = next(iter(tree))
        site.write(name, tree[name])
        return name
    return as_zip(tree, site.folder / "export.zip").name


def run(site: Site, kind: str, name: str, **options: Any) -> Imported:
    """The use case by itself."""
    config = load_config(site.folder / "publisher.yaml")
    told = {"to": site.folder / "articles"} | options
    return import_export(
        config,
        ImportOptions(kind=kind, path=site.folder / name, **told),
        progress=lambda _what, _done, _total: None,
    )


def articles(site: Site, spec: str) -> dict[str, dict[str, Any]]:
    site.write("publisher.yaml", SITE + spec)
    return {line["title"]: line for line in site.articles()}


QUICK = ("wxr", "ghost", "beehiiv")


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=() if k in QUICK else pytest.mark.long) for k in MAKERS]
)
def test_the_folder_says_what_the_export_said(kind: str, make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    name = put(
        site,
        kind,
        Entry(html=RICH),
        Entry(number=2, title="Fog: a #2, 'quoted' [and] so on"),
        Entry(number=3, title="Later", day="2031-01-01"),
    )
    old = f", old_url: '{OLD}'"
    spec = f"sources: [{{name: articles, type: {kind}, path: {name}{old}}}]\n"
    before = articles(site, spec)
    site.publish_here()
    page = page_of(site, before["Fog over the bay"]["url"])
    wanted = words(page)
    assert "Fogoverthebay" in wanted
    result = run(site, kind, name)
    assert len(result.written) == 3
    assert not result.problems
    assert not [w for w in result.warnings if "not quite the same" in w or "as it was" in w]
    after = articles(site, "")
    assert {t: a["state"] for t, a in after.items()} == {t: a["state"] for t, a in before.items()}
    for title, line in before.items():
        for key in KEPT:
            assert after[title][key] == line[key], key
    site.publish_here()
    assert words(page) == wanted


def page_of(site: Site, url: str) -> Path:
    page = site.folder / "output" / url.removeprefix(OLD)
    return page if page.is_file() else page / "index.html"


def words(page: Path) -> str:
    return re.sub(r"\s+", "", plain_text(page.read_text()))


def test_the_files_are_clean_markdown(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    run(site, "wxr", put(site, "wxr", Entry(html=RICH)))
    text = (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    assert text.startswith(
        "---\ntitle: Fog over the bay\ndate: 2020-03-01T10:00:00+07:00\nauthors: [Ada Example]\n"
        "tags: [boats, 'weather, and more']\ncategories: [News]\nlanguage: en-GB\nslug: entry-1\n"
        "url: /2020/03/01/entry-1/\nid: https://old.example/?p=1\n---\n\nFirst.\n\n## Head"
    )
    for part in (
        "One **bold**, *slanted* and [a link](https://x.example/a_b).\\\nNext \\* line",
        "- one\n- two",
        "> Said",
        "```\nif a:\n    b\n\nc\n```",
        "| Boat | n\\|m |\n| --- | --- |\n| Eel | 3 |",
        "<figcaption>Cap</figcaption>",
        "H<sub>2</sub>O &#123;{ x }} 1. &#123;% y %} # no",
        "1\\. no list",
        "* * *",
        "<dl><dt>t</dt>\n<dd>d</dd>\n</dl>",
    ):
        assert part in text, part


def test_fields_that_not_every_article_has(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    zeros = "0000-00-00 00:00:00"
    undated = {"wp:post_date": zeros, "wp:post_date_gmt": zeros, "wp:status": "draft", "link": ""}
    first = {"canonical_url": "https://first.example/it", "custom_excerpt": "In *short*: 1"}
    run(site, "ghost", put(site, "ghost", Entry(changes=first)))
    text = (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    assert "url: https://first.example/it\n" in text
    assert "summary: 'In *short*: 1'\n" in text
    run(site, "wxr", put(site, "wxr", Entry(changes=undated | {"wp:post_name": "index"})))
    assert "draft: true\n" in (site.folder / "articles" / "draft-index.md").read_text()
    states = {line["file"]: line["state"] for line in site.articles()}
    assert states == {"2020-03-01-entry-1.md": "listed", "draft-index.md": "draft"}


def test_a_second_import_writes_only_what_is_new(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    run(site, "wxr", put(site, "wxr", Entry()))
    file = site.folder / "articles" / "2020-03-01-entry-1.md"
    file.write_text(file.read_text() + "\nMended by hand.\n")
    file.rename(file.with_name("fog.md"))
    before = site.tree("articles")
    again = run(site, "wxr", put(site, "wxr", Entry(html="<p>Other</p>"), Entry(number=2)))
    assert again.there == ["fog.md"]
    assert again.written == ["2020-03-01-entry-2.md"]
    after = site.tree("articles")
    assert {name: after[name] for name in before} == before


def test_a_name_that_another_article_has(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    same = {"wp:post_name": "same"}
    name = put(site, "wxr", Entry(changes=same), Entry(number=2, changes=same))
    assert run(site, "wxr", name).written == ["2020-03-01-same.md", "2020-03-01-same-2.md"]
    assert run(site, "wxr", name).written == []
    site.write("articles/2020-03-01-entry-3.md", "---\ntitle: Own\n---\nText\n")
    assert run(site, "wxr", put(site, "wxr", Entry(number=3))).there == ["2020-03-01-entry-3.md"]


def test_the_ids_of_a_source_that_was_published_stay(make_site: Callable[..., Site]) -> None:
    """Without ids of their own, articles have those that their source gave them."""
    site = make_site(SITE)
    name = put(site, "substack", Entry(), Entry(number=2))
    spec = f"sources: [{{name: letters, type: substack, path: {name}}}]\n"
    before = {line["id"] for line in articles(site, spec).values()} | {
        line["id"] for line in site.articles()
    }
    assert before == {f"tag:old.example,2020:letters/{number}" for number in (1, 2)}
    run(site, "substack", name)
    site.write("publisher.yaml", SITE)
    assert {line["id"] for line in site.articles()} == before


def test_what_is_left_out_is_said_and_adds_up(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    zeros = "0000-00-00 00:00:00"
    undated = {"wp:post_date": zeros, "wp:post_date_gmt": zeros, "link": ""}
    name = put(
        site,
        "wxr",
        Entry(),
        Entry(number=2, title="Ours", changes={"wp:status": "private"}),
        Entry(number=3, changes=undated),
    )
    ran = site.run("import", "wxr", name, "--to", "articles")
    assert ran.code == 3
    assert "withheld: 2: 'Ours' is private" in ran.out
    assert "3 entries: 1 written, 1 withheld, 1 refused" in ran.out
    assert re.search(r"error: old\.xml:\d+: 3: has no date", ran.err)
    assert "mend:" in ran.err
    again = site.run("import", "wxr", name, "--to", "articles", "--dry-run")
    assert "there already: 2020-03-01-entry-1.md" in again.out
    assert "3 entries: 1 there already, 1 withheld, 1 refused" in again.out


def test_a_broken_export_gives_what_is_whole(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    name = put(site, "wxr", Entry(), Entry(number=2))
    raw = (site.folder / name).read_bytes()
    (site.folder / name).write_bytes(raw[:-300])
    result = run(site, "wxr", name)
    assert result.written == ["2020-03-01-entry-1.md"]
    assert result.exit_code == 3
    assert "not well-formed" in str(result.problems[0])
    assert "what it held beyond is not known" in " ".join(result.summary())


@pytest.mark.parametrize("can_link", [True, False])
def test_nothing_is_left_aside(
    can_link: bool, make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not can_link:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    site = make_site(SITE)
    run(site, "wxr", put(site, "wxr", Entry()))
    (file,) = (site.folder / "articles").iterdir()
    assert file.name == "2020-03-01-entry-1.md"
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_written_is_named(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    site.write("taken", "a file")
    ran = site.run("import", "wxr", put(site, "wxr", Entry()), "--to", "taken/articles")
    assert ran.code == 1
    assert "taken/articles: cannot be written" in ran.err


def test_a_dry_run_writes_nothing(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    result = run(site, "wxr", put(site, "wxr", Entry()), dry_run=True)
    assert "1 would be written" in " ".join(result.summary(dry_run=True))
    assert not (site.folder / "articles").exists()


def test_there_needs_to_be_no_site_yet(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    (site.folder / "publisher.yaml").unlink()
    name = put(site, "substack", Entry())
    ran = site.run("import", "substack", name, "--to", "articles", "--old-url", OLD)
    assert ran.code == 0, ran.err
    text = (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    assert f"id: {OLD}p/entry-1" in text
    assert "localhost" not in text


@pytest.mark.parametrize("to", ["output", "output/x", ".publisher", "templates"])
def test_articles_are_not_written_where_none_are(to: str, make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    ran = site.run("import", "wxr", put(site, "wxr", Entry()), "--to", to)
    assert ran.code == 1
    assert "where no articles are" in ran.err


def test_a_name_cannot_lead_out_of_the_folder(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    evil = Entry(changes={"wp:post_name": "../../evil", "wp:post_id": "../../evil"})
    result = run(site, "wxr", put(site, "wxr", evil))
    assert result.written == ["2020-03-01-evil.md"]
    assert [p.name for p in site.folder.parent.rglob("*evil*")] == ["2020-03-01-evil.md"]


# ---------------------------------------------------------------- pictures


def test_pictures_of_an_export_come_to_lie_beside(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    html = (
        '<p><a href="__GHOST_URL__/content/images/2020/fog.png"><img alt="Fog" width="8"'
        ' src="__GHOST_URL__/content/images/2020/fog.png" srcset="a 1x"></a></p>'
        '<p><img src="https://far.example/content/images/2021/fog.png"></p>'
        '<p><img src="__GHOST_URL__/content/images/2020/not.png"></p>'
    )
    lead = "__GHOST_URL__/content/images/2020/fog.png"
    tree = export("ghost", Entry(html=html, changes={"feature_image": lead}))
    as_folder(
        {f"deep/{name}": data for name, data in tree.items()}
        | {"deep/content/images/2020/fog.png": saved(photo(8, 6), "PNG")}
        | {"deep/content/images/2020/not.png": b"no picture"},
        site.folder / "export",
    )
    result = run(site, "ghost", "export")
    (picture,) = (site.folder / "articles" / "2020-03-01-entry-1").iterdir()
    place = f"2020-03-01-entry-1/{picture.name}"
    text = (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    assert f"[![Fog]({place})]({place})" in text
    assert f"image: {{url: {place}}}" in text
    assert "https://far.example/content/images/2021/fog.png" in text
    assert f"{OLD}content/images/2020/not.png" in text
    assert any("not.png is no picture" in warning for warning in result.warnings)
    assert result.pictures == 1
    assert "1 pictures beside them" in " ".join(result.summary())
    site.publish_here()
    assert any(
        picture.stem[:3] in p.name for p in (site.folder / "output" / "media").rglob("*.png")
    )


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"{OLD}content/images/2020/fog.png", "c/content/images/2020/fog.png"),
        (f"{OLD}content/images/2020/f%6fg.png?v=1", "c/content/images/2020/fog.png"),
        (f"{OLD}images/2021/fog.png", "c/content/images/2021/fog.png"),
        (f"{OLD}2020/fog.png", "c/content/images/2020/fog.png"),
        (f"{OLD}fog.png", None),
        (f"{OLD}logo.png", "logo.png"),
        ("https://far.example/logo.png", None),
        ("https://far.example/2020/fog.png", None),
        ("https://cdn.example/images/2020/fog.png", "c/content/images/2020/fog.png"),
        (f"{OLD}a.txt", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_picture_is_found_by_its_address(url: str, path: str | None) -> None:
    files = ["c/content/images/2020/fog.png", "c/content/images/2021/fog.png", "logo.png", "a.txt"]
    inside = PicturesInside.of(MemoryFiles(dict.fromkeys(files, b"")), OLD, "")
    assert inside.find(url) == path


def test_pictures_of_the_web_are_fetched_when_asked(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard lets nothing of this machine pass; what is asked for is looked at, not where."""
    site = make_site(SITE)
    html = '<p><img src="http://127.0.0.1:9/a.png"><img src="https://pics.example/b.png"></p>'
    name = put(site, "wxr", Entry(html=html))
    result = run(site, "wxr", name)
    assert not result.warnings
    for file in (site.folder / "articles").iterdir():
        file.unlink()
    asked: list[str] = []
    real = sources_pictures.fetch_picture

    def answer(url: str, site_url: str) -> bytes:
        asked.append(url)
        return saved(photo(8, 6), "PNG") if "pics.example" in url else real(url, site_url)

    monkeypatch.setattr(sources_pictures, "fetch_picture", answer)
    result = run(site, "wxr", name, pictures=True)
    assert asked == ["http://127.0.0.1:9/a.png", "https://pics.example/b.png"]
    assert result.pictures == 1
    assert any("private network, or is this machine" in warning for warning in result.warnings)
    text = (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    assert "http://127.0.0.1:9/a.png" in text
    assert "https://pics.example" not in text


def test_a_post_s_own_picture_and_media_file(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    upload = {
        "wp:post_type": "attachment",
        "wp:attachment_url": f"{OLD}up/fog.jpg",
        "meta": {"_wp_attachment_image_alt": "Fog"},
    }
    meta = {"_thumbnail_id": "7", "enclosure": f"{OLD}a.mp3\n12\naudio/mpeg"}
    name = put(site, "wxr", Entry(changes={"meta": meta}), Entry(number=7, changes=upload))
    run(site, "wxr", name)
    text = (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    assert f"image: {{url: '{OLD}up/fog.jpg', alt: Fog}}" in text
    assert f"enclosures: [{{url: '{OLD}a.mp3', type: audio/mpeg, length: 12}}]" in text


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/a.png",
        "http://2130706433/a.png",
        "http://0177.0.0.1/a.png",
        "http://0.0.0.0/a.png",
        "http://[::1]/a.png",
        "http://[::ffff:7f00:1]/a.png",
        "http://[2002:7f00:1::]/a.png",
        "http://169.254.169.254/latest/meta-data/a.png",
        "http://10.0.0.1/a.png",
        "http://[fe80::1]/a.png",
        "file:///etc/passwd",
        "gopher://x.example/a.png",
        "http://user:secret@x.example/a.png",
    ],
)
def test_no_picture_comes_from_within(address: str) -> None:
    with pytest.raises(FetchError):
        sources_pictures.fetch_picture(address, OLD)


def test_every_kind_of_export_can_be_imported() -> None:
    specs = {kind for kind, spec in SOURCE_TYPES.items() if issubclass(spec, ExportSpec)}
    assert set(KINDS) == specs == set(MAKERS)
