"""The settings of a podcast: what is read, and what is said of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.config.categories import CATEGORIES, category, split_category
from publisher.config.load import parse_config
from publisher.config.podcast import PodcastSpec
from publisher.errors import ConfigError

HEAD = """\
site: {title: X, url: "https://x.example/", language: en, image: cover.png}
feeds:
  - name: main
    podcast:
"""


def podcast(text: str, head: str = HEAD) -> PodcastSpec:
    indented = "".join(f"      {line}\n" for line in text.splitlines())
    found = parse_config((head + indented).encode(), Path("publisher.yaml")).feeds[0].podcast
    assert found is not None
    return found


def findings(text: str, head: str = HEAD) -> list[tuple[int, str, str | None]]:
    with pytest.raises(ConfigError) as caught:
        podcast(text, head)
    found = (caught.value, *caught.value.others)
    assert all(e.where and e.where.column for e in found)
    return [(e.where.line if e.where else 0, e.message, e.mend) for e in found]


def test_category_and_explicit_are_enough() -> None:
    found = podcast("category: News\nexplicit: no")
    assert found == PodcastSpec(category=("News",), explicit=False)
    assert (found.medium, found.type, found.locked) == ("podcast", "episodic", None)


def test_every_key_is_read() -> None:
    found = podcast(
        "category: [society and culture / documentary, Fiction]\n"
        "explicit: true\ndescription: About\nauthor: A\nowner: {name: O, email: o@x.example}\n"
        'type: serial\nimage: "https://x.example/c.jpg?v=2"\nmedium: audiobook\n'
        "guid: 9B024349-CCF0-5F69-A609-6B82873EAB3C\nlocked: yes\n"
        'funding: [{url: "https://x.example/give"}]\n'
        "persons: [{name: P, role: Guest, group: Cast}]\ncomplete: yes\nblock: false"
    )
    assert found.category == ("Society & Culture/Documentary", "Fiction")
    assert found.guid == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert found.locked is True
    assert found.complete is True
    assert found.funding[0].text == "Support the show"
    assert found.persons[0].role == "Guest"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("type: serious", "one of episodic, serial"),
        ("owner: {name: O, email: O <o@x.example>}", "a mail address alone"),
        ('image: "javascript:alert(1)"', "an absolute address"),
        ("image: ../cover.png", "a relative path"),
        ("guid: 1234", "a UUID"),
        ("locked: maybe", "true or false"),
        ("medium: musicL", "one of podcast, music"),
        ('funding: [{url: "ftp://x.example/"}]', "an absolute address"),
        (f'funding: [{{url: "https://x.example/", text: {"x" * 129}}}]', "at most 128"),
        (f"author: {'x' * 1_000_000}", "at most 255"),
        ('author: "a\\u0007b"', "without control characters"),
        ("persons: [{name: ''}]", "some text"),
        ("new_feed_url: /feed.xml", "an absolute address"),
        ("owners: {name: O}", "unknown key 'owners'"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(line: str, said: str) -> None:
    ((place, message, mend),) = findings(f"category: News\nexplicit: false\n{line}")
    assert place == 7
    assert message.startswith("feeds[0].podcast")
    assert said in message
    if "unknown" in message:
        assert mend == "did you mean 'owner'?"


def test_explicit_is_never_guessed() -> None:
    assert findings("category: News")[0][1] == "feeds[0].podcast: the key 'explicit' is missing"
    assert "true or false" in findings("category: News\nexplicit: maybe")[0][1]


def test_what_no_single_key_can_tell() -> None:
    no_cover = HEAD.replace(", image: cover.png", "")
    ((line, message, mend),) = findings("category: News\nexplicit: false", no_cover)
    assert (line, message) == (5, "feeds[0].podcast: no directory lists a podcast without a cover")
    assert mend == "set `image:` of the podcast, or site.image"
    no_language = HEAD.replace(", language: en", "")
    ((line, message, mend),) = findings("category: News\nexplicit: false", no_language)
    assert "no directory lists a podcast without a language" in message
    assert mend == "set `language:` of the feed, or site.language"
    atom = HEAD.replace("- name: main\n", "- name: main\n    formats: [atom]\n")
    ((line, message, _),) = findings("category: News\nexplicit: false", atom)
    assert line == 4
    assert "RSS" in message
    assert "category" in findings("category: []\nexplicit: false")[0][1]
    moved = "category: News\nexplicit: false\ncomplete: true\nnew_feed_url: https://y.example/f.xml"
    assert "moved" in findings(moved)[0][1]


# ---------------------------------------------------------------- categories


def test_every_category_reads_as_itself() -> None:
    for top, below in CATEGORIES.items():
        assert category(top) == top
        for sub in below:
            assert category(f"{top}/{sub}") == f"{top}/{sub}"
            assert split_category(f"{top}/{sub}") == (top, sub)
    assert split_category("History") == ("History", "")
    assert len(CATEGORIES) == 19


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Documentary", "Society & Culture/Documentary"),
        ("Societi & Culture", "Society & Culture"),
        ("news/tech news.", "News/Tech News"),
        ("History/Film History", "TV & Film/Film History"),
        ("x" * 1_000_000, ""),
    ],
)
def test_a_category_that_is_none_is_told_with_the_nearest(text: str, near: str) -> None:
    with pytest.raises(ValueError, match="a category of Apple Podcasts") as caught:
        category(text)
    assert (f"did you mean {near}?" in str(caught.value)) is bool(near)
