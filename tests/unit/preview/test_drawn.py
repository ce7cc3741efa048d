"""Files that are drawn when they are looked at, and tried out before."""

from __future__ import annotations

import pytest

from publisher.errors import FeedError, TemplateError
from publisher.model import Artifact
from publisher.preview.proof import Drawn


class Easel:
    """Artifacts that note when they are drawn."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def artifact(
        self, path: str, *, mark: str = "1", size: int = 1, error: Exception | None = None
    ) -> Artifact:
        def render() -> bytes:
            self.drawn.append(path)
            if error:
                raise error
            return b"x" * size

        return Artifact(path=path, media_type="", fingerprint=f"{path} {mark}", render=render)


def test_what_was_drawn_is_kept_until_its_fingerprint_changes() -> None:
    easel, drawn = Easel(), Drawn()
    for mark in ("1", "1", "2"):
        assert drawn.draw(easel.artifact("a.html", mark=mark)) == b"x"
    assert easel.drawn == ["a.html", "a.html"]


def test_no_more_is_kept_than_there_is_room_for() -> None:
    easel, drawn = Easel(), Drawn()
    size = 4 * 1024 * 1024
    for number in range(17):
        drawn.draw(easel.artifact(f"{number}.html", size=size))
    drawn.draw(easel.artifact("film.mp4", size=size + 1))
    easel.drawn.clear()
    drawn.draw(easel.artifact("16.html", size=size))
    assert easel.drawn == []
    drawn.draw(easel.artifact("0.html", size=size))
    drawn.draw(easel.artifact("film.mp4", size=size + 1))
    assert easel.drawn == ["0.html", "film.mp4"]


def test_one_of_each_kind_is_tried_out_whatever_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.preview.proof._TRYING_SECONDS", -1.0)
    easel, drawn = Easel(), Drawn()
    paths = [
        "2026/11/19/first/index.html",
        "2026/11/18/second/index.html",
        "tags/sea/rss.xml",
        "tags/town/rss.xml",
        "tags/sea/archive/1/rss.xml",
        "index.html",
        "media/0123456789abcdef/film.mp4",
        "media/site-0123abcd.css",
    ]
    assert drawn.try_out([easel.artifact(path) for path in paths]) == []
    assert sorted(easel.drawn) == sorted(
        [
            "2026/11/19/first/index.html",
            "tags/sea/rss.xml",
            "tags/sea/archive/1/rss.xml",
            "index.html",
            "media/site-0123abcd.css",
        ]
    )
    easel.drawn.clear()
    drawn.try_out([easel.artifact(path) for path in paths])
    assert sorted(easel.drawn) == ["2026/11/18/second/index.html", "tags/town/rss.xml"]


def test_a_feed_that_breaks_a_rule_is_named_and_a_template_is_an_error() -> None:
    easel, drawn = Easel(), Drawn()
    rule = FeedError("breaks a rule")
    assert drawn.try_out([easel.artifact("rss.xml", error=rule), easel.artifact("a.html")]) == [
        rule
    ]
    assert easel.drawn == ["rss.xml", "a.html"]
    with pytest.raises(TemplateError):
        drawn.try_out([easel.artifact("b.html", error=TemplateError("is broken"))])
