"""output/ in memory: what is held, what is kept, what is never shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from publisher.answers.conditions import write_date
from publisher.answers.headers import file_headers
from publisher.answers.values import Representation, Variant
from publisher.served.folder import ServedFolder
from publisher.served.load import Limits

MISSING = Representation(
    path="404.html",
    modified=0,
    date=write_date(0),
    headers=(),
    variants=(Variant(encoding="", etag=b'""', size=0, body=b""),),
)
TEXT = b"<p>The tide comes in. " * 200


class Folder:
    """A folder and the snapshots of it."""

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.path = path
        self.changes: list[int] = []
        self.served = ServedFolder(
            path,
            partial(file_headers, site_url="https://courier.example/", hubs=()),
            MISSING,
            told=self.changes.append,
            limits=limits,
        )

    def write(self, name: str, data: bytes = TEXT) -> None:
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = place.with_name(".aside")
        aside.write_bytes(data)
        aside.replace(place)

    def look(self) -> dict[str, Representation]:
        self.served.refresh()
        while self.served.compress(10):
            pass
        return dict(self.served.snapshot.files)


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Folder]:
    return lambda limits=None: Folder(tmp_path / "output", limits)


def test_what_is_for_readers_is_held_and_packed(make_folder: Callable[..., Folder]) -> None:
    folder = make_folder()
    for name in ("rss.xml", "a/index.html", "a.png", ".gitignore", ".publisher-staged/rss.xml"):
        folder.write(name)
    folder.write(".well-known/security.txt", b"short")
    os.mkfifo(folder.path / "pipe.txt")
    files = folder.look()
    assert sorted(files) == [".well-known/security.txt", "a.png", "a/index.html", "rss.xml"]
    assert {p: [v.encoding for v in f.variants] for p, f in files.items()} == {
        ".well-known/security.txt": [""],
        "a.png": [""],
        "a/index.html": ["", "gzip", "br"],
        "rss.xml": ["", "gzip", "br"],
    }


def test_no_folder_is_no_error_and_it_may_appear_and_go(make_folder: Callable[..., Folder]) -> None:
    folder = make_folder()
    assert folder.look() == {}
    folder.write("rss.xml")
    assert list(folder.look()) == ["rss.xml"]
    (folder.path / "rss.xml").unlink()
    folder.path.rmdir()
    assert folder.look() == {}


def test_what_did_not_change_is_the_very_same(make_folder: Callable[..., Folder]) -> None:
    folder = make_folder()
    folder.write("rss.xml")
    folder.write("atom.xml")
    before = folder.look()
    folder.write("rss.xml", TEXT + b"!")
    after = folder.look()
    assert after["atom.xml"] is before["atom.xml"]
    assert after["rss.xml"].variants[0].body == TEXT + b"!"
    assert after["rss.xml"].variants[0].etag != before["rss.xml"].variants[0].etag
    assert after["rss.xml"].modified > before["rss.xml"].modified
    assert folder.changes == [2, 1]
    folder.look()
    assert folder.changes == [2, 1]


def test_a_file_with_a_new_time_and_old_bytes_keeps_its_tags(
    make_folder: Callable[..., Folder],
) -> None:
    folder = make_folder()
    folder.write("rss.xml")
    before = folder.look()["rss.xml"]
    os.utime(folder.path / "rss.xml", (2_000_000_000, 2_000_000_000))
    after = folder.look()["rss.xml"]
    assert after.variants == before.variants
    assert (after.modified, after.date) == (2_000_000_000, write_date(2_000_000_000))


def test_twins_on_disk_are_passed_over_but_a_stranger_s_archive_is_not(
    make_folder: Callable[..., Folder],
) -> None:
    folder = make_folder()
    for name in ("rss.xml", "rss.xml.gz", "rss.xml.br", "data.csv", "data.csv.gz", "old.xml.gz"):
        folder.write(name)
    assert sorted(folder.look()) == ["data.csv", "data.csv.gz", "old.xml.gz", "rss.xml"]


def test_large_files_stay_on_disk_and_all_of_it_within_the_limit(
    make_folder: Callable[..., Folder],
) -> None:
    folder = make_folder(Limits(file=10_000, total=20_000))
    folder.write("film.mp4", bytes(10_001))
    for number in range(12):
        folder.write(f"{number}/index.html")
        folder.look()
        assert folder.served.held_bytes <= 20_000 + 3_000
    folder.write("rss.xml")
    files = folder.look()
    assert files["film.mp4"].variants[0].body is None
    assert files["rss.xml"].variants[0].body == TEXT
    on_disk = [path for path, file in files.items() if file.variants[0].body is None]
    assert 5 < len(on_disk) < 13
    assert folder.served.held_bytes <= 20_000 + 3_000
    assert all((b"vary", b"Accept-Encoding") not in files[path].headers for path in on_disk)


def test_links_are_not_followed_also_when_they_take_the_place_of_a_folder(
    make_folder: Callable[..., Folder], tmp_path: Path
) -> None:
    folder = make_folder()
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("no")
    folder.write("a/key.txt", b"yes")
    folder.write("rss.xml")
    assert "a/key.txt" in folder.look()
    (folder.path / "a/key.txt").unlink()
    (folder.path / "a").rmdir()
    (folder.path / "a").symlink_to(secret)
    (folder.path / "b.txt").symlink_to(secret / "key.txt")
    assert list(folder.look()) == ["rss.xml"]


def test_the_folder_itself_may_be_a_link_that_is_turned(
    make_folder: Callable[..., Folder], tmp_path: Path
) -> None:
    folder = make_folder()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rss.xml").write_text(name)
    folder.path.symlink_to(tmp_path / "one")
    assert folder.look()["rss.xml"].variants[0].body == b"one"
    folder.path.unlink()
    folder.path.symlink_to(tmp_path / "two")
    assert folder.look()["rss.xml"].variants[0].body == b"two"


def test_what_cannot_be_read_is_left_out_until_it_can(
    make_folder: Callable[..., Folder], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()
    folder.write("rss.xml")
    folder.write("note.txt")
    real, shut = os.open, True

    def guarded(path: Path, flags: int) -> int:
        if shut and Path(path).name == "note.txt":
            raise PermissionError(13, "Permission denied")
        return real(path, flags)

    monkeypatch.setattr("publisher.served.load.os.open", guarded)
    assert list(folder.look()) == ["rss.xml"]
    shut = False
    assert sorted(folder.look()) == ["note.txt", "rss.xml"]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    make_folder: Callable[..., Folder], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()
    folder.write("rss.xml", b"first")
    real, once = os.open, [1]

    def replacing(path: Path, flags: int) -> int:
        if once:
            once.clear()
            folder.write("rss.xml", b"second")
        return real(path, flags)

    monkeypatch.setattr("publisher.served.load.os.open", replacing)
    assert folder.look()["rss.xml"].variants[0].body == b"second"


def test_a_404_html_of_the_site_takes_the_place_of_ours(make_folder: Callable[..., Folder]) -> None:
    folder = make_folder()
    folder.write("404.html")
    folder.look()
    assert folder.served.snapshot.missing.variants[0].body == TEXT
    (folder.path / "404.html").unlink()
    folder.look()
    assert folder.served.snapshot.missing is MISSING


def test_a_name_that_no_address_can_spell_is_passed_over(
    make_folder: Callable[..., Folder],
) -> None:
    folder = make_folder()
    folder.write("rss.xml")
    (folder.path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    assert list(folder.look()) == ["rss.xml"]
