"""How findings are told: each one, but a cause that many share only once."""

from __future__ import annotations

import pytest

from publisher import console
from publisher.errors import ArticleError, ConfigError, Location


def refusals(count: int) -> list[ArticleError]:
    return [
        ArticleError("has no date", where=Location(file=f"a/{n}.md", line=2), mend="add one")
        for n in range(count)
    ]


def test_a_few_refusals_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_problems(refusals(2))
    assert capsys.readouterr().err == (
        "error: a/0.md:2: has no date\nmend:  add one\n"
        "error: a/1.md:2: has no date\nmend:  add one\n"
    )


def test_many_refusals_of_one_cause_are_told_once_with_all_places(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.say_problems([*refusals(12), ArticleError("is empty", where=Location(file="b.md"))])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "error: 12 articles: has no date"
    assert lines[1].split()[-1] == "a/11.md:2"
    assert lines[2:] == ["mend:  add one", "error: b.md: is empty"]


def test_warnings_of_one_kind_are_cut_short_unless_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warnings = [f"a/{n}.md: line {n}: there is no file 'p{n}.png'" for n in range(14)]
    console.say_warnings(warnings, verbose=False)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert lines[-1] == "warning: 11 more like these (-v shows all)"
    console.say_warnings(warnings, verbose=True)
    assert len(capsys.readouterr().err.splitlines()) == 14


def test_one_warning_of_many_files_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_warnings([f"{n}.md: no timezone is set" for n in range(5)], verbose=False)
    assert capsys.readouterr().err == "warning: 5 files: no timezone is set\n"


def test_a_name_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_error(ArticleError("x", where=Location(file="a\nerror: \x1b[2Jb.md")))
    assert capsys.readouterr().err == "error: a\\x0aerror: \\x1b[2Jb.md: x\n"


def test_all_findings_of_a_configuration_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_error(ConfigError("one", mend="a", others=[ConfigError("two")]))
    assert capsys.readouterr().err == "error: one\nmend:  a\nerror: two\n"
