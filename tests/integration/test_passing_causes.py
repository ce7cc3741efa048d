"""What keeps an article out may lie elsewhere, and be gone without a change of its file."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EACCES, EIO, ENFILE
from os import strerror
from pathlib import Path

import pytest

from publisher.sources import look
from publisher.store import standstill
from tests.picture_samples import png
from tests.sites import CONFIG, Site
from tests.standing import kept, run, settled, stands_still


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


@contextmanager
def out_of_reach(name: str, number: int = EIO) -> Iterator[None]:
    """Nothing reads files of this name for the block."""
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.match(name):
            raise OSError(number, strerror(number), str(path))
        return read_bytes(path)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        yield


def bytes_of(site: Site) -> dict[str, bytes]:
    return {path: data for path, (data, _) in site.tree().items()}


def is_made_up_for(site: Site) -> bool:
    """Whether the next run writes what a full one does, and nothing is left to do after it."""
    run(site)
    found = bytes_of(site)
    assert stands_still(site)
    run(site, full=True)
    return bytes_of(site) == found


@pytest.mark.parametrize("number", [EACCES, EIO])
def test_a_file_that_could_not_be_opened_is_tried_again(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A right that is given to a group changes nothing that a file's own numbers show."""
    site = make_site(CONFIG)
    site.article("one.md")
    site.article("two.md", date="2026-11-02")
    site.settle()
    read_file = look.read_file

    def refuse(path: str) -> bytes:
        if path.endswith("two.md"):
            raise OSError(number, strerror(number))
        return read_file(path)

    with monkeypatch.context() as patched:
        patched.setattr(look, "read_file", refuse)
        for _ in range(2):
            report = run(site, code=3)
            assert report.counts == {**report.counts, "listed": 1, "refused": 1}
            assert not kept(site).exists()
    assert run(site).counts["listed"] == 2
    assert stands_still(site)


def test_a_command_that_was_not_there_is_tried_again(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    command = site.folder / "turn"
    told = [sys.executable, str(command)]
    site.write(
        "publisher.yaml",
        f"{CONFIG}sources:\n  - {{name: articles, asciidoc: {json.dumps(told)}}}\n",
    )
    site.write("articles/fog.adoc", "= Fog\n:revdate: 2026-11-01\n\nText.\n")
    site.settle()
    for _ in range(2):
        assert run(site, code=3).counts["refused"] == 1
    site.write("turn", "print('<h1>Fog</h1><p>Text.</p>')")
    assert run(site).counts["listed"] == 1
    assert stands_still(site)


def test_a_part_that_comes_later_mends_what_includes_it(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + "sources:\n  - {name: articles, shortcodes: refuse, exclude: ['part*']}\n"
    )
    site.article("one.md", body="{% include_relative part.md %}")
    site.article("two.md", date="2026-11-02")
    settled(site, code=3)
    site.write("articles/part.md", "The text of the part.\n")
    site.settle()
    assert run(site).counts["listed"] == 2
    assert b"The text of the part." in site.output("rss.xml").read_bytes()
    assert stands_still(site)


@pytest.mark.parametrize("number", [EACCES, EIO, ENFILE])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_picture_that_could_not_be_read_is_tried_again(
    make_site: Callable[..., Site], number: int, *, is_new: bool
) -> None:
    site = make_site(CONFIG, {"articles/boat.png": png(3, 2)})
    site.article("one.md", body="![A boat](boat.png)")
    site.article("two.md", date="2026-11-02")
    if not is_new:
        settled(site)
        site.write("articles/boat.png", png(4, 2))
    site.settle()
    with out_of_reach("boat.png", number):
        for _ in range(2):
            assert any("boat.png cannot be read" in told for told in run(site).warnings)
            assert not kept(site).exists()
    assert is_made_up_for(site)
    assert list(site.output("media").rglob("boat.png")) != []


def test_a_picture_that_could_not_be_copied_is_tried_again(make_site: Callable[..., Site]) -> None:
    """It was read before, and what lay in output/ is gone."""
    site = make_site(CONFIG, {"articles/boat.png": png(3, 2)})
    site.article("one.md", body="![A boat](boat.png)")
    settled(site)
    (copy,) = site.output("media").rglob("boat.png")
    copy.unlink()
    with out_of_reach("articles/boat.png"):
        run(site)
        assert not kept(site).exists()
    assert is_made_up_for(site)
    assert copy.exists()


def test_a_picture_in_a_text_that_could_not_be_read_is_tried_again(
    make_site: Callable[..., Site],
) -> None:
    """It lies in the state folder meanwhile; there no file shows that it can be read."""
    told = b64encode(png(3, 2)).decode()
    row = f"1,Row,2026-11-02,\"<img src='data:image/png;base64,{told}'>\""
    site = make_site(
        CONFIG + "sources:\n  - {name: articles}\n  - {name: t, type: csv, path: t.csv}\n",
        {"t.csv": f"id,title,date,body\n{row}\n"},
    )
    site.article("one.md", body=f"![A boat](data:image/png;base64,{told})")
    site.settle()
    with out_of_reach("pieces/*"):
        run(site)
    assert list(site.output("media").glob("*/*.png")) == []
    run(site)
    found = bytes_of(site)
    run(site, full=True)
    assert bytes_of(site) == found
    assert site.output("rss.xml").read_bytes().count(b'.png"') == 2


def test_a_part_that_could_not_be_read_is_tried_again(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + "sources:\n  - {name: articles, shortcodes: refuse, exclude: ['part*']}\n"
    )
    site.article("one.md", body="{% include_relative part.md %}")
    site.write("articles/part.md", "The text of the part.\n")
    site.settle()
    with out_of_reach("part.md"):
        run(site, code=3)
        assert not kept(site).exists()
    assert is_made_up_for(site)
    assert b"The text of the part." in site.output("rss.xml").read_bytes()


def test_authors_that_could_not_be_read_are_tried_again(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG, {"articles/authors.yml": "kim:\n  name: Kim Ray\n"})
    for name in ("one.md", "two.md"):
        site.article(name, authors="kim")
    site.settle()
    with out_of_reach("authors.yml"):
        run(site)
        assert not kept(site).exists()
    assert is_made_up_for(site)
    assert site.output("atom.xml").read_bytes().count(b"<name>Kim Ray</name>") == 2


def test_a_data_file_that_could_not_be_read_is_tried_again(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + "sources:\n  - {name: articles, dialect: eleventy}\n",
        {"articles/articles.json": '{"tags": ["sea"]}'},
    )
    site.article("one.md")
    site.settle()
    with out_of_reach("articles.json"):
        run(site, code=3)
        assert not kept(site).exists()
    assert is_made_up_for(site)
    assert "<category>sea</category>" in site.output("rss.xml").read_text(encoding="utf-8")


def test_a_date_that_git_could_not_tell_is_asked_again(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither that git is there now, nor that the file is committed, changes the file."""
    site = make_site(CONFIG + "sources:\n  - {name: articles, date: [field, git]}\n")
    site.article("one.md", date="")
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@x.example", "-C", str(site.folder))
    subprocess.run([*git, "init", "-q"], check=True)
    site.settle()
    assert run(site, code=3).counts["refused"] == 1
    subprocess.run([*git, "add", "articles"], check=True)
    subprocess.run([*git, "commit", "-qm", "One", "--date", "2026-11-03T10:00:00Z"], check=True)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(site.folder))
        told = run(site, code=3).problems
        assert "it is not installed" in str(told[0])
    assert run(site).counts["listed"] == 1
