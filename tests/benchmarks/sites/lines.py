"""What is compared with what, and how much is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Two runs of a round, by their keys; `goal` is the ratio of ours to theirs at most."""

    what: str
    ours: str
    against: str
    against_is: str
    by: Literal["wall", "peak"] = "wall"
    goal: float | None = None


LINES = (
    Line(what="full build", ours="ours full", against="hugo full", against_is="Hugo", goal=0.75),
    Line(
        what="full build: memory",
        ours="ours full",
        against="hugo full",
        against_is="Hugo",
        by="peak",
        goal=0.2,
    ),
    Line(
        what="full build", ours="ours full", against="pelican full", against_is="Pelican", goal=0.10
    ),
    Line(
        what="full build: memory",
        ours="ours full",
        against="pelican full",
        against_is="Pelican",
        by="peak",
        goal=1.0,
    ),
    Line(
        what="full build", ours="ours full", against="feedgen full", against_is="a feedgen script"
    ),
    Line(
        what="nothing changed",
        ours="ours unchanged",
        against="hugo unchanged",
        against_is="Hugo's rebuild",
        goal=0.04,
    ),
    Line(
        what="one article changed",
        ours="ours changed",
        against="hugo changed",
        against_is="Hugo's rebuild",
        goal=0.04,
    ),
    Line(
        what="one article changed, published by a timer that runs",
        ours="timer changed",
        against="hugo changed",
        against_is="Hugo's rebuild",
    ),
    Line(
        what="full build with a feed and pages for each tag, author and language",
        ours="everything full",
        against="ours full",
        against_is="with the main feed only",
        goal=2.5,
    ),
    Line(
        what="full build, ten times as many articles",
        ours="large full",
        against="ours full",
        against_is="a tenth of them",
        goal=11.0,
    ),
    Line(
        what="full build, ten times as many articles: memory",
        ours="large full",
        against="ours full",
        against_is="a tenth of them",
        by="peak",
        goal=1.5,
    ),
    Line(
        what="nothing changed, ten times as many articles",
        ours="large unchanged",
        against="ours unchanged",
        against_is="a tenth of them",
        goal=6.0,
    ),
    Line(
        what="publisher --version",
        ours="version start",
        against="python start",
        against_is="python -c pass",
        goal=6.0,
    ),
    Line(
        what="publisher articles --explain FILE (a site of ten articles)",
        ours="explain start",
        against="python start",
        against_is="python -c pass",
        goal=20.0,
    ),
)
