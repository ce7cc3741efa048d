"""The fields of an episode: read in every form, and what cannot be read costs only itself."""

from __future__ import annotations

from typing import Any

import pytest

from publisher.config.site import AuthorSpec
from publisher.model import Asset, Chapters, Document, Episode, Person, Transcript
from publisher.parse.clean.references import ArticleFile
from publisher.parse.headers.playtime import read_seconds
from tests.unit.parse.test_fields import document as parsed

NAMES = ("ep.mp3", "ep.vtt", "ep.srt", "ep.de.txt", "chapters.json", "notes.pdf", "ana.jpg")
FILES: dict[str, Asset | ArticleFile] = {
    name: Asset(
        path=f"media/1f/{name}", origin=name, source="s", media_type="audio/mpeg", length=1234
    )
    for name in NAMES
} | {"other.txt": ArticleFile(file="other.txt")}
HERE = "https://x.example/media/1f/"


def document(header: str, **given: Any) -> Document:
    return parsed(header, look_up=FILES.get, **given)


def episode(header: str, **given: Any) -> Episode:
    found = document(header, **given)
    assert found.warnings == ()
    return found.episode or Episode()


def warning(header: str) -> tuple[Episode, str]:
    found = document(header)
    (told,) = found.warnings
    assert told.startswith("line 2: ")
    assert len(told) < 400
    return found.episode or Episode(), told


def test_an_article_without_such_fields_is_no_episode() -> None:
    assert document("title: x\ntags: [a]").episode is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("754", 754),
        ("754.9", 754),
        ("12:34", 754),
        ("0:07", 7),
        ("90:00", 5400),
        ("1:02:03", 3723),
        ("01:02:03.500", 3723),
        ("1h 2m 3s", 3723),
        ("45 min", 2700),
        ("PT1H2M3S", 3723),
        ("-5", None),
        ("1:75", None),
        ("1:60:00", None),
        ("12:34:56:78", None),
        ("long", None),
        ("", None),
        ("h", None),
        ("9" * 60_000, None),
        ("9999999", None),
        ("١٢:٣٤", None),
    ],
)
def test_lengths_of_time(text: str, seconds: int | None) -> None:
    assert read_seconds(text) == seconds


@pytest.mark.parametrize("key", ["duration", "podcast_duration", "itunes-duration"])
def test_the_duration(key: str) -> None:
    found = document(f"{key}: 12:34")
    assert found.episode == Episode(duration=754)
    assert found.origins["duration"] == "field:2"


@pytest.mark.parametrize(
    ("text", "number", "season"),
    [
        ("12", "12", 0),
        ("'007'", "7", 0),
        ("12.50", "12.5", 0),
        ('"#12"', "12", 0),
        ("Ep. 12", "12", 0),
        ("S02E05", "5", 2),
        ("0", "0", 0),
    ],
)
def test_numbers(text: str, number: str, season: int) -> None:
    assert episode(f"episode: {text}") == Episode(number=number, season=season)


def test_a_season_of_its_own_comes_first() -> None:
    assert episode("episode: S02E05\nseason: 3").season == 3


@pytest.mark.parametrize(
    ("text", "explicit"),
    [("true", True), ("yes", True), ("explicit", True), ("no", False), ("clean", False)],
)
def test_explicit(text: str, explicit: bool) -> None:
    assert episode(f"explicit: {text}").explicit is explicit


def test_in_doubt_an_episode_is_explicit() -> None:
    found, told = warning("explicit: maybe")
    assert found.explicit is True
    assert told == "line 2: explicit 'maybe' is not true or false, and is read as true"


@pytest.mark.parametrize(
    "line",
    [
        "duration: -5",
        "duration: [1, 2]",
        f"duration: {'9' * 60_000}",
        "episode: pilot",
        "episode: -3",
        "episode: {a: 1}",
        "season: summer",
        "season: 0",
        "season: -1",
        "episode_type: teaser",
        f"episode_type: {'x' * 60_000}",
        "transcript: missing.vtt",
        'transcript: "javascript:alert(1)"',
        "transcript: notes.pdf",
        "transcript: {type: text/vtt}",
        "chapters: 12",
        "chapters: [{start: 0, title: Intro}]",
        'chapters: "data:application/json,{}"',
        "chapters: notes.pdf",
        "persons: [{role: guest}]",
        f"chapters: {'x' * 60_000}.json",
    ],
)
def test_what_cannot_be_read_is_told_and_left_out(line: str) -> None:
    found, _ = warning(line)
    assert found == Episode()


def test_transcripts_in_all_their_forms() -> None:
    found = episode(
        "transcript:\n"
        "  - ep.vtt\n"
        "  - {path: ep.srt, rel: captions}\n"
        "  - {file: ep.de.txt, language: de_at}\n"
        "  - https://cdn.example/t.html?x=1\n"
        "  - {url: https://cdn.example/t, type: application/srt}\n"
        "  - ep.vtt"
    )
    assert found.transcripts == (
        Transcript(url=HERE + "ep.vtt", media_type="text/vtt"),
        Transcript(url=HERE + "ep.srt", media_type="application/x-subrip", captions=True),
        Transcript(url=HERE + "ep.de.txt", media_type="text/plain", language="de-AT"),
        Transcript(url="https://cdn.example/t.html?x=1", media_type="text/html"),
        Transcript(url="https://cdn.example/t", media_type="application/x-subrip"),
    )


def test_files_of_an_episode_are_copied_and_watched() -> None:
    found = document(
        "transcript: ep.vtt\nchapters: chapters.json\nguests: [{name: A, img: ana.jpg}]"
    )
    assert [a.origin for a in found.assets] == ["ep.vtt", "chapters.json", "ana.jpg"]
    assert dict(found.needs)["ep.vtt"] == "media/1f/ep.vtt"
    assert found.episode is not None
    assert found.episode.chapters == Chapters(
        url=HERE + "chapters.json", media_type="application/json+chapters"
    )


def test_a_transcript_that_is_an_article_is_named() -> None:
    assert "other.txt' is read as an article of its own" in warning("transcript: other.txt")[1]


def test_people_by_field_role_and_register() -> None:
    found = episode(
        "hosts: [ana, Bo]\n"
        "guest: {name: Cy, role: Author, href: https://cy.example/}\n"
        "persons:\n  - {name: Di, group: writing, img: ana.jpg}\n  - Di",
        authors={"ana": AuthorSpec(name="Ana Reis", url="https://ana.example/")},
    )
    assert found.persons == (
        Person(name="Ana Reis", role="host", href="https://ana.example/"),
        Person(name="Bo", role="host"),
        Person(name="Cy", role="Author", href="https://cy.example/"),
        Person(name="Di", group="writing", img=HERE + "ana.jpg"),
    )


def test_hostile_people_are_shortened_and_their_links_left_out() -> None:
    found = document(
        f"guests:\n  - {{name: {'x' * 60_000}}}\n"
        "  - {name: \"A\\u0007\\u202eB\", href: 'javascript:alert(1)', img: ../../etc/passwd}"
    )
    assert found.episode is not None
    long, odd = found.episode.persons
    assert len(long.name) == 128
    assert (odd.href, odd.img) == ("", "")
    assert "\x07" not in odd.name
    assert len(found.warnings) == 4  # one of them of the control character


def test_the_main_file_has_the_duration_and_the_bytes_that_were_told() -> None:
    found = document(
        "enclosures:\n  - notes.pdf\n  - {url: https://cdn.example/e.mp3, title: Low}\n"
        "  - https://cdn.example/f.mp3\nduration: 10\npodcast_bytes: '1,234'"
    )
    told = [(e.duration, e.length, e.title) for e in found.enclosures]
    assert found.enclosures[0].media_type == "audio/mpeg"  # by the look-up: played first
    assert told == [(10, 1234, ""), (0, 0, "Low"), (0, 0, "")]


def test_a_duration_beside_the_file_is_the_episode_s() -> None:
    found = document("audio: {file: ep.mp3, duration: '1:00', bytes: 7}")
    assert found.episode == Episode(duration=60)
    assert (found.enclosures[0].duration, found.enclosures[0].length) == (60, 1234)
    elsewhere = document("podcast_file: https://cdn.example/e.mp3\npodcast_bytes: 77")
    assert elsewhere.enclosures[0].length == 77
    assert (
        "no number of bytes" in document("audio: https://c.example/e.mp3\nbytes: 3 MB").warnings[0]
    )
