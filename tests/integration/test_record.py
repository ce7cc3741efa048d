"""published.jsonl on disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from publisher.errors import RecordError
from publisher.model import Record, RecordedBeginning, RecordedIssue
from publisher.record import find_lines, load_record, save_lines, save_record
from publisher.system.whole import lie_of
from tests.factories import NOW, make_recorded
from tests.sites import CONFIG, Site

ISSUE = RecordedIssue(
    newsletter="weekly", number=1, slot=NOW, items=("tag:a",), passed=("tag:b",), checksum="c"
)

BEGINNING = RecordedBeginning(newsletter="daily", began=NOW, passed=("tag:a",))


def test_an_absent_record_is_empty_and_an_empty_one_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    assert load_record(path) == Record()
    assert save_record(path, Record(), lie_of(path)) is False
    assert not path.exists()


def test_what_is_saved_is_loaded_sorted_one_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    record = Record(
        articles=(make_recorded(path="b.md"), make_recorded(path="a.md")),
        issues=(ISSUE,),
        beginnings=(BEGINNING,),
    )
    assert save_record(path, record, lie_of(path)) is True
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line.get("path", line.get("newsletter")) for line in lines] == [
        "a.md",
        "b.md",
        "daily",
        "weekly",
    ]
    loaded = load_record(path)
    assert [a.path for a in loaded.articles] == ["a.md", "b.md"]
    assert (loaded.issues, loaded.beginnings) == ((ISSUE,), (BEGINNING,))


def test_an_unchanged_record_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    record = Record(articles=(make_recorded(),))
    save_record(path, record, lie_of(path))
    before = path.stat()
    assert save_record(path, load_record(path), lie_of(path)) is False
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [p.name for p in tmp_path.iterdir()] == ["published.jsonl"]


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        '{"id": "tag:x"}',
        "{",
        '{"newsletter":"weekly","number":"one"}',
        (
            '{"newsletter":"w","number":1,"slot":"2026-01-01T00:00:00","items":[],"passed":[],'
            '"checksum":""}'
        ),
        '{"newsletter":"w","began":"2026-01-01T00:00:00","passed":[]}',
        '{"newsletter":"w","began":"2026-01-01T00:00:00Z"}',
        "\udcff",
    ],
)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "published.jsonl"
    save_record(path, Record(articles=(make_recorded(),)), lie_of(path))
    with path.open("ab") as file:
        file.write(b"\n" + line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(RecordError) as caught:
        load_record(path)
    assert caught.value.where.line == 3
    assert caught.value.mend


def test_a_line_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    save_record(path, Record(articles=(make_recorded(),)), lie_of(path))
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(RecordError, match="stands here twice") as caught:
        load_record(path)
    assert (caught.value.mend or "").startswith("take one of the two out")


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> new"])
def test_a_merge_that_was_not_ended_is_told_as_that(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "published.jsonl"
    save_record(path, Record(articles=(make_recorded(),)), lie_of(path))
    path.write_bytes(path.read_bytes() + f"{mark}\n".encode())
    with pytest.raises(RecordError, match="a merge was begun here and not ended") as caught:
        load_record(path)
    assert caught.value.where is not None
    assert caught.value.where.line == 2
    assert (caught.value.mend or "").startswith("end the merge")


def test_a_record_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be written"):
        save_record(tmp_path / "nowhere" / "published.jsonl", Record(issues=(ISSUE,)), [])


@pytest.mark.parametrize("files", ["a", "b", "c", "ab", "bc", "ac", "abc", ""])
def test_lines_are_exchanged_and_the_others_stay_as_they_are(tmp_path: Path, files: str) -> None:
    path = tmp_path / "published.jsonl"
    articles = {name: make_recorded(path=f"{name}.md", id=f"tag:{name}") for name in "abc"}
    save_record(path, Record(articles=tuple(articles.values()), issues=(ISSUE,)), lie_of(path))
    # as a person's editor may leave a line that is none of these
    path.write_bytes(path.read_bytes().replace(b'"newsletter":', b'"newsletter": '))
    found = find_lines(path, [(articles[name].source, f"{name}.md") for name in files])
    content = "other and longer"
    changed = {line: replace(one, content=content) for line, one in found.items()}
    save_lines(path, changed)
    loaded = load_record(path)
    assert {one.path: one.content == content for one in loaded.articles} == {
        f"{name}.md": name in files for name in "abc"
    }
    assert b'"newsletter": "weekly"' in path.read_bytes()
    assert loaded.issues == (ISSUE,)


def test_a_line_that_is_gone_meanwhile_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    one = make_recorded(path="a.md")
    save_record(path, Record(articles=(one,)), lie_of(path))
    found = find_lines(path, [(one.source, "a.md")])
    save_record(path, Record(articles=(replace(one, content="of another run"),)), lie_of(path))
    kept = path.read_bytes()
    with pytest.raises(RecordError, match="was changed while it was read"):
        save_lines(path, {line: replace(one, content="of this one") for line in found})
    assert path.read_bytes() == kept


@pytest.mark.parametrize("state", ["with its cache", "without"])
def test_a_lost_record_is_told_once(make_site: Callable[..., Site], state: str) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    for command in ("check", "publish"):
        assert "record" not in site.run(command).err  # as of every new site
    site.settle()
    (site.folder / "published.jsonl").rename(site.folder / "elsewhere.jsonl")
    if state == "without":
        shutil.rmtree(site.folder / ".publisher")
    for command in (("check",), ("publish", "--dry-run"), ("publish",)):
        ran = site.run(*command)
        assert "published.jsonl is not there, or empty, though the site was published" in ran.err
        assert ran.code == 0
    assert [site.run(one).err for one in ("check", "publish", "publish")] == ["", "", ""]
    site.write("publisher.yaml", CONFIG + "record: nowhere.jsonl\n")
    assert "warning: nowhere.jsonl is not there" in site.publish().err


def test_a_record_that_was_emptied_is_told(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    site.publish()
    site.write("published.jsonl", "")
    assert "published.jsonl is not there, or empty" in site.publish().err
    assert site.record()


def test_a_record_that_is_a_link_stays_one(make_site: Callable[..., Site]) -> None:
    """It leads into a repository, from which the next clone has ids and dates."""
    site = make_site(CONFIG)
    site.article("one.md")
    site.publish()
    kept = site.folder.parent / "kept.jsonl"
    (site.folder / "published.jsonl").rename(kept)
    (site.folder / "published.jsonl").symlink_to(kept)
    before = kept.read_bytes()
    site.article("two.md")
    site.publish()
    assert (site.folder / "published.jsonl").is_symlink()
    assert len(kept.read_bytes()) > len(before)
