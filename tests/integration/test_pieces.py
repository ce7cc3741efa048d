"""Pictures written into a text as `data:`: taken out, shown, kept, and let go of with the text."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.picture_samples import png
from tests.sites import CONFIG, Site

ARTICLES = 80


def data_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG)
    site.article("one.md", f"A boat: ![boat]({data_url(png(40, 30))})")
    return site


def shown(site: Site) -> bytes:
    page = site.output("2026/11/01/one/index.html").read_text()
    found = re.search(r'src="[./]*(media/[^"]+)"', page)
    assert found, page
    return site.output(found[1]).read_bytes()


def test_a_picture_in_the_text_becomes_a_file(site: Site) -> None:
    site.publish()
    assert shown(site) == png(40, 30)
    feed = site.output("atom.xml").read_text()
    assert "data:" not in feed
    assert "/media/" in feed


def test_a_second_run_reads_nothing_and_a_lost_piece_is_taken_again(site: Site) -> None:
    site.settle()
    site.publish()
    before = site.tree()
    assert "0 read" in site.publish().out
    shutil.rmtree(site.folder / ".publisher/pieces")
    assert "1 read" in site.publish().out
    assert site.tree() == before
    assert len(list((site.folder / ".publisher/pieces").iterdir())) == 1


def test_it_goes_with_the_text(site: Site) -> None:
    site.publish()
    site.article("one.md", "No boat any more.")
    site.publish()
    assert list((site.folder / ".publisher/pieces").iterdir()) == []
    assert not list(site.output("").rglob("media/**/*.png"))


def test_whoever_only_looks_keeps_nothing(site: Site) -> None:
    for command in (("articles",), ("publish", "--dry-run"), ("check",)):
        site.run(*command)
        assert not (site.folder / ".publisher/pieces").exists(), command


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("data:image/png;base64,AAAA", "is left out; save it as a file"),
        (data_url(b"<svg onload='alert(1)'/>", "image/svg+xml"), "is left out"),
        (data_url(png(40, 30)[:60]), "is broken, and is left out"),
    ],
)
def test_what_is_no_picture_is_left_out(reference: str, told: str, site: Site) -> None:
    site.article("one.md", f"Text ![x]({reference})")
    (line,) = site.articles()
    assert any(told in warning for warning in line["warnings"]), line
    site.publish()
    assert (
        "<img" not in site.output("2026/11/01/one/index.html").read_text().partition("<article")[2]
    )


def test_processes_that_only_look_side_by_side_find_the_same_pictures(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """Each kept those of its articles in a folder of its own, where no other found them."""
    site = make_site(CONFIG)
    for number in range(ARTICLES):
        picture = data_url(png(number + 3, 2))
        site.article(f"{number:02}.md", body=f"![One of {ARTICLES}]({picture})")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    told = [
        site.run("publish", "--dry-run", "--jobs", jobs, env={"TMPDIR": str(temporary)})
        for jobs in ("1", "3")
    ]
    assert told[0] == told[1]
    assert told[0].code == 0
    assert list(temporary.iterdir()) == []
