"""The files of an article in a mail that has it whole: what is to be heard, seen, opened."""

from __future__ import annotations

import pytest

from publisher.model import Enclosure, Episode
from tests.factories import SITE_URL, make_entry, make_newsletter
from tests.mail_samples import draw_entries, parse, seen

TALK = Enclosure(
    url=f"{SITE_URL}media/talk%20one.mp3", length=24_300_000, media_type="audio/mpeg", duration=1510
)
PAGE = f"{SITE_URL}2026/11/01/1/"


def drawn(*files: Enclosure, language: str = "en", **entry: object) -> tuple[list[str], str]:
    """The lines about files with their addresses, in the HTML and in the text part."""
    rendered = draw_entries(
        make_entry(enclosures=files, **entry),
        newsletter=make_newsletter(template="single"),
        language=language,
    )
    lines = [p for p in parse(rendered.html).iter("p") if p.find("a/bdi") is not None]
    shown = [f"{seen(p)} {p.find('a').get('href')}" for p in lines]
    return shown, rendered.text.partition("\n\nThe text of")[0]


def test_an_episode_can_be_heard_from_its_mail() -> None:
    html, text = drawn(TALK)
    assert html == [f"Listen: talk one.mp3 · 25 min · 24 MB {TALK.url}"]
    assert text.endswith(f"\n\nListen: talk one.mp3 · 25 min · 24 MB\n{TALK.url}")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"title": "The talk"}, "Listen: The talk · 25 min · 24 MB"),
        ({"media_type": "video/mp4", "length": 0}, "Watch: talk one.mp3 · 25 min"),
        ({"media_type": "application/pdf", "duration": 0}, "Attached: talk one.mp3 · 24 MB"),
        ({"length": 1_234_567, "duration": 45}, "Listen: talk one.mp3 · 45 sec · 1.2 MB"),
        ({"length": 34_567, "duration": 0}, "Listen: talk one.mp3 · 35 kB"),
        ({"length": 0, "duration": 0}, "Listen: talk one.mp3"),
    ],
)
def test_what_is_known_of_a_file_is_said(changes: dict[str, str | int], line: str) -> None:
    file = Enclosure(
        url=TALK.url,
        length=int(changes.get("length", TALK.length)),
        media_type=str(changes.get("media_type", TALK.media_type)),
        title=str(changes.get("title", "")),
        duration=int(changes.get("duration", TALK.duration)),
    )
    assert drawn(file)[0] == [f"{line} {TALK.url}"]


def test_the_length_of_an_episode_is_that_of_its_recording() -> None:
    plan = Enclosure(url=f"{SITE_URL}media/plan.pdf", length=0, media_type="application/pdf")
    talk = Enclosure(url=TALK.url, length=0, media_type="audio/mpeg")
    html, _ = drawn(plan, talk, episode=Episode(duration=5400))
    assert [line.rpartition(" ")[0] for line in html] == [
        "Attached: plan.pdf",
        "Listen: talk one.mp3 · 90 min",
    ]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ar", "استمع: talk one.mp3 · 25 د"),
        ("fr", "Écouter\u202f: talk one.mp3 · 25\u00a0min"),
        ("ja", "聴く：talk one.mp3 · 25 分"),
        ("zh-Hant", "收聽：talk one.mp3 · 25 分鐘"),
    ],
)
def test_in_the_language_of_the_mail(language: str, line: str) -> None:
    html, text = drawn(TALK, language=language)
    assert html[0].startswith(" ".join(line.split()))
    assert f"\n{line} · " in text


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.org/a.mp3",
        "https://localhost/a.mp3",
        "https://bit.ly/a.mp3",
        f"https://x.example.org/{'a' * 2000}.mp3",
    ],
)
def test_what_a_mail_should_not_link_to_is_on_the_page_of_the_article(url: str) -> None:
    file = Enclosure(url=url, length=0, media_type="audio/mpeg", title="The talk")
    html, text = drawn(file)
    assert html == [f"Listen: The talk {PAGE}"]
    assert text.endswith(f"\n\nListen: The talk\n{PAGE}")


def test_mails_of_summaries_name_no_files_and_no_mail_names_all_of_many() -> None:
    assert "Listen" not in draw_entries(make_entry(enclosures=(TALK,))).html
    assert len(drawn(*[TALK] * 40)[0]) == 10
