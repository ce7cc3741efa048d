"""Exports as sources: published like a folder, whatever they come in; hostile ones refused."""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from publisher.config import ExportSpec
from publisher.errors import SourceError
from publisher.sources.exports import Export
from tests.export_samples import (
    HIDDEN,
    MAKERS,
    OLD,
    Entry,
    as_folder,
    as_zip,
    damaged,
    export,
    wxr_item,
)
from tests.sites import Site

SITE = 'site: {title: T, url: "https://old.example/", language: en, timezone: Asia/Jakarta}\n'


def config(kind: str, path: str, more: str = "") -> str:
    return f"{SITE}sources:\n  - {{name: moved, type: {kind}, path: {path}{more}}}\n"


QUICK = ("wxr", "substack")
"""The others go the same way, and are read by themselves in tests/unit and tests/property."""


def each(kinds: Iterable[str]) -> list[Any]:
    return [pytest.param(kind, marks=() if kind in QUICK else pytest.mark.long) for kind in kinds]


def put(site: Site, kind: str, *entries: Entry) -> None:
    """A site whose source is an export, as the file or zip file that a tool gives."""
    tree = export(kind, *entries)
    if len(tree) == 1:
        name = next(iter(tree))
        site.write(name, tree[name])
    else:
        name = as_zip(tree, site.folder / "export.zip").name
    site.write("publisher.yaml", config(kind, name))


@pytest.mark.parametrize("kind", each(MAKERS))
def test_an_export_is_published(kind: str, make_site: Callable[..., Site]) -> None:
    site = make_site(SITE)
    put(site, kind, Entry(), Entry(number=2, title="Later", day="2031-01-01"))
    site.settle()
    assert "1 listed, 1 scheduled" in site.publish().out
    listed = next(line for line in site.articles() if line["state"] == "listed")
    assert listed["title"] == "Fog over the bay"
    assert listed["published"][:10] == "2020-03-01"
    page = site.folder / "output" / listed["url"].removeprefix("https://old.example/")
    page = page if page.is_file() else page / "index.html"
    assert "The fog came in at dawn" in page.read_text()
    before = site.tree()
    assert "0 read" in site.publish().out
    assert site.tree() == before


def test_a_zip_file_and_its_folder_are_the_same(make_site: Callable[..., Site]) -> None:
    tree = export("substack", Entry(), Entry(number=2))
    site = make_site(config("substack", "export"))
    as_zip({f"deep/{name}": data for name, data in tree.items()}, site.folder / "export")
    zipped = site.articles()
    (site.folder / "export").unlink()
    as_folder(tree, site.folder / "export")
    assert site.articles() == zipped


@pytest.mark.parametrize("kind", each(HIDDEN))
def test_nothing_that_is_not_for_all_is_ever_listed(
    kind: str, make_site: Callable[..., Site]
) -> None:
    hidden = [
        Entry(
            number=number,
            title="zz-secret begins",
            html="<p>zz-secret begins so.</p>",
            changes=changes,
        )
        for number, changes in enumerate(HIDDEN[kind], start=2)
    ]
    entries = (Entry(number=1), *hidden)
    tree = export(kind, *entries)
    site = make_site(config(kind, "export"))
    as_zip(tree, site.folder / "export")
    site.run("publish")
    listed = [line for line in site.articles() if line["state"] == "listed"]
    assert listed
    assert sum(1 for line in site.articles()) >= len(entries)
    texts = [data for data, _ in site.tree().values()]
    part_of_a_text = sum("kg-gated-block" in str(one) for one in HIDDEN[kind])
    assert len(listed) == 1 + part_of_a_text
    for text in texts:
        # of one that has a part for members the title is for all
        assert b"zz-secret begins so" not in text
        assert b"-->zz-secret" not in text
    ran = site.run("import", kind, "export", "--to", "articles", "-q")
    assert ran.code in (0, 3)
    site.write("publisher.yaml", SITE)
    site.run("publish", "--full")
    listed = [line for line in site.articles() if line["state"] == "listed"]
    assert len(listed) == 1 + part_of_a_text


def test_a_broken_export_changes_nothing(make_site: Callable[..., Site]) -> None:
    site = make_site(config("wxr", "a.xml"))
    whole = export("wxr", Entry(), Entry(number=2))["old.xml"]
    site.write("a.xml", whole)
    site.publish()
    before = site.tree()
    site.write("a.xml", whole[:-400])
    ran = site.run("publish")
    assert ran.code == 1
    assert "a.xml:" in ran.err
    assert "is not well-formed XML" in ran.err
    assert "mend:" in ran.err
    assert site.tree() == before


def test_refusals_name_the_line_of_the_export(make_site: Callable[..., Site]) -> None:
    site = make_site(config("wxr", "a.xml"))
    zeros = "0000-00-00 00:00:00"
    bad = Entry(number=2, changes={"wp:post_date": zeros, "wp:post_date_gmt": zeros, "link": ""})
    raw = export("wxr", Entry(), bad)["old.xml"]
    site.write("a.xml", raw)
    line = raw[: raw.rindex(b"<item>")].count(b"\n") + 1
    ran = site.publish(code=3)
    assert f"a.xml:{line}: 2: has no date" in ran.err


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: bomb(path, 20), "over 200 times its size"),
        (lambda path: tricky(path, "../../evil.xml"), "leads out of it"),
        (lambda path: tricky(path, "/etc/evil.xml"), "leads out of it"),
        (lambda path: tricky(path, "a\\..\\b.xml"), "leads out of it"),
        (lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 200), "cannot be read as a zip"),
        (lambda path: path.mkdir(), "holds no .xml file"),
        (lambda path: None, "cannot be read: No such file"),
    ],
)
def test_hostile_archives_are_refused(
    make: Callable[[Path], Any], says: str, make_site: Callable[..., Site]
) -> None:
    site = make_site(config("wxr", "a.zip"))
    make(site.folder / "a.zip")
    ran = site.run("publish")
    assert ran.code == (1 if (site.folder / "a.zip").exists() else 2)
    assert says in ran.err
    assert "a.zip" in ran.err
    assert not list(site.folder.parent.rglob("evil*"))


def bomb(path: Path, megabytes: int) -> None:
    """A small zip file of much that is all the same."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 1024**2 * megabytes)


def tricky(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"<rss/>")


def test_a_damaged_member_is_named(make_site: Callable[..., Site]) -> None:
    site = make_site(config("substack", "a.zip"))
    path = as_zip(
        export("substack", Entry(html="<p>" + "fog " * 500 + "</p>")), site.folder / "a.zip"
    )
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"posts/1.entry-1.html") + 30] ^= 0xFF
    path.write_bytes(raw)
    ran = site.run("publish")
    assert ran.code == 1
    assert "cannot be read as a zip file" in ran.err


def test_links_out_of_a_folder_are_not_followed(make_site: Callable[..., Site]) -> None:
    site = make_site(config("wxr", "export"))
    as_folder(export("wxr", Entry()), site.folder / "elsewhere")
    (site.folder / "export").mkdir()
    (site.folder / "export" / "a.xml").symlink_to(site.folder / "elsewhere" / "old.xml")
    assert "holds no .xml file" in site.run("publish").err


def test_several_files_of_one_export_are_one_source(make_site: Callable[..., Site]) -> None:
    site = make_site(config("wxr", "export"))
    one, two = export("wxr", Entry()), export("wxr", Entry(number=2))
    as_folder({"a.xml": one["old.xml"], "b.xml": two["old.xml"]}, site.folder / "export")
    assert "2 listed" in site.publish().out


def test_keys_of_exports(make_site: Callable[..., Site]) -> None:
    site = make_site(config("wxr", "a.xml", ", paragraphs: sometimes"))
    assert "one of auto, always, never" in site.run("check").err
    site.write("publisher.yaml", config("ghost", "a.json", ", paragraphs: auto"))
    assert "unknown key 'paragraphs'" in site.run("check").err
    site.write("publisher.yaml", config("ghost", "a.json", ", old_url: here"))
    assert "old_url" in site.run("check").err


@pytest.mark.parametrize("count", [60, pytest.param(5_000, marks=pytest.mark.long)])
def test_any_damaged_zip_file_ends_in_items_or_a_named_refusal(count: int, tmp_path: Path) -> None:
    whole = as_zip(export("substack", Entry(), Entry(number=2)), tmp_path / "a.zip").read_bytes()
    spec = ExportSpec(name="moved", type="substack", path="a.zip")
    path = tmp_path / "b.zip"
    ends: Counter[str] = Counter()
    for number in range(count):
        path.write_bytes(damaged(whole, random.Random(number)))
        try:
            ends["items"] += len(list(Export(spec=spec, path=path, site_url=OLD).items()))
        except SourceError as error:
            ends["refused" if error.mend else "refused without a mend"] += 1
    assert set(ends) == {"items", "refused"}
    assert ends["refused"] > count / 4


MEASURE = """
import resource, sys
from pathlib import Path
from publisher.exports import Origin, read_export
from publisher.sources.archives import open_archive

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

for path in map(Path, sys.argv[1:]):
    with open_archive(path) as files:
        count = sum(1 for _ in read_export("wxr", files, Origin(site_url="https://x.example/")))
    print(count, peak())
"""


@pytest.mark.long
def test_memory_is_flat_over_100_megabytes(tmp_path: Path) -> None:
    """The reader alone, in a process of its own: 100 entries first, then 10,000."""
    raw = export("wxr", Entry())["old.xml"]
    paths = []
    for entries in (100, 10_000):
        path = tmp_path / f"{entries}.xml"
        with path.open("wb") as file:
            file.write(raw[: raw.index(b"<item>")])
            for number in range(entries):
                file.write(wxr_item(Entry(number=number, html="<p>fog</p>\n" * 900)).encode())
            file.write(b"</channel></rss>")
        paths.append(path)
    assert paths[1].stat().st_size > 95_000_000
    command = [sys.executable, "-c", MEASURE, *map(str, paths)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert (told[0], told[2]) == ("100", "10000")
    assert int(told[3]) - int(told[1]) < 20_000, told
