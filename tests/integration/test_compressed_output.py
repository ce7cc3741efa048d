"""`web.compress`: twins beside the files, made, kept, remade and removed with them."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable

import brotli
import pytest

from tests.sites import CONFIG, Site

COMPRESS = "web: {compress: [gzip, brotli]}\n"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + COMPRESS)
    site.article("one.md", "Salt and wind. " * 40)
    return site


def check_twins(site: Site) -> int:
    """Every twin holds what its file holds; gives how many files have both."""
    files = {path: data for path, (data, _) in site.tree().items()}
    both = 0
    for path, data in files.items():
        if path + ".gz" in files:
            assert gzip.decompress(files[path + ".gz"]) == data
            assert brotli.decompress(files[path + ".br"]) == data
            both += 1
    return both


def test_every_text_has_its_twins_and_nothing_changes_by_itself(site: Site) -> None:
    site.publish()
    assert check_twins(site) >= 8
    assert not list(site.output("").rglob("*.gz.br"))
    before = site.tree()
    assert "0 written" in site.publish().out
    site.publish("--full")
    assert site.tree() == before


def test_an_edit_reaches_the_twins_and_a_withdrawal_takes_them_away(site: Site) -> None:
    site.article("two.md", date="2026-11-02")
    site.publish()
    page = next(site.output("2026/11/02").rglob("index.html"))
    site.article("two.md", "Other words.", date="2026-11-02")
    site.publish()
    check_twins(site)
    assert b"Other words." in gzip.decompress(page.with_name("index.html.gz").read_bytes())
    (site.folder / "articles/two.md").unlink()
    site.publish()
    assert not page.parent.exists()
    check_twins(site)


def test_without_the_key_they_go(site: Site) -> None:
    site.publish()
    site.write("publisher.yaml", CONFIG)
    site.publish()
    assert not [p for p in site.tree() if p.endswith((".gz", ".br"))]


def test_they_are_known_as_ours_when_the_state_is_lost(site: Site) -> None:
    site.article("two.md", date="2026-11-02")
    site.publish()
    before = site.tree()
    shutil.rmtree(site.folder / ".publisher")
    site.publish()
    assert site.tree() == before
    shutil.rmtree(site.folder / ".publisher")
    (site.folder / "articles/two.md").unlink()
    site.write("output/notes.txt.gz", b"somebody else's")
    site.publish()
    assert not site.output("2026/11/02").exists()
    assert site.output("notes.txt.gz").read_bytes() == b"somebody else's"
    check_twins(site)


def test_an_unknown_coding_is_refused(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + "web: {compress: [zip]}\n")
    ran = site.run("publish")
    assert ran.code == 2
    assert "web.compress[0]: expected one of gzip, brotli" in ran.err
