"""Every kind of refusal: told with its place and its mend; mended as told, the file is listed.

The cases are in tests/mending.py. Which kinds there are is read from the sources themselves: a
new refusal without a case here fails.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import publisher
from publisher.articles import Candidate, survey_articles
from publisher.config.load import load_config
from publisher.errors import ArticleError, install
from publisher.parse.headers.yamlevents import _MENDS
from publisher.wiring.app import open_app
from tests.mending import MENDINGS, Mending
from tests.sites import CONFIG, Site

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CODE = Path(publisher.__file__).parent
RAISED = frozenset({"ArticleError", "refuse", "error"})
"""Names by which a refusal is made."""

ELSEWHERE = {
    "parse/note.py": "notes of editors are no articles: tests/unit/parse/test_note.py",
    "sources/folder.py": "assets: the article goes without one that cannot be read, and says so",
    "sources/history.py": "the first commit, where git cannot tell it: test_history.py",
    "sources/converting.py": "a command of the user's that fails: test_converting.py",
    "parse/headers/fields.py:refuse": "where others' refusals are made",
    "parse/headers/yamlevents.py:error": "where others' refusals are made",
    "parse/headers/yamlevents.py:read_events": "what libyaml has never been seen to raise",
    "parse/opening.py:_lacks": "a library that is not installed: the test below",
    "sources/look.py:_bytes": "files that may not be read: test_nasty_inputs.py",
    "sources/files.py:_unnameable": "names that are no UTF-8: tests/nasty/places.py",
    "sources/sidecars.py": "a sidecar that is not written refuses no article: test_sidecars.py",
    "parse/mails/letter.py:_refused": "mails are mended by who sends them: test_mail_sources.py",
    "sources/plugins.py:_wrong": "what a plug-in gives wrong: test_plugins.py",
    "sources/plugins.py:turned": "what a plug-in refuses, in its own words: test_plugins.py",
    "sources/around.py:_bytes": "files that may not be read, as in sources/look.py",
}
"""Refusals that have their tests in other places, and where."""


def calls() -> dict[tuple[str, int, int], str]:
    """Where refusals are made: file, first and last line -> the function around them."""
    found = {}
    for path in sorted((*CODE.glob("parse/**/*.py"), *CODE.glob("sources/**/*.py"))):
        file = path.relative_to(CODE).as_posix()
        for name, call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            if file not in ELSEWHERE and f"{file}:{name}" not in ELSEWHERE:
                found[file, call.lineno, call.end_lineno or call.lineno] = name
    return found


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in RAISED and (node.args or node.keywords):
                    yield function.name, node


class Watch:
    """Notes from which lines of the sources refusals come."""

    def __init__(self) -> None:
        self.lines: set[tuple[str, int]] = set()

    def note(self) -> None:
        frame = sys._getframe(2)
        while frame is not None and frame.f_back is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(CODE):
                self.lines.add((path.relative_to(CODE).as_posix(), frame.f_lineno))
            frame = frame.f_back


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    noted = Watch()
    made = ArticleError.__init__

    def watched(self: ArticleError, *arguments: Any, **named: Any) -> None:
        noted.note()
        made(self, *arguments, **named)

    ArticleError.__init__ = watched  # type: ignore[method-assign]
    yield noted
    ArticleError.__init__ = made  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def looks(
    watch: Watch, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mapping[str, list[Candidate]], Mapping[str, list[Candidate]]]:
    """What the files of each case are before they are mended, and after."""
    site = Site(tmp_path_factory.mktemp("mending"))
    for case in MENDINGS:
        put(site, case, case.broken)
    before = look(site, mended=False)
    for case in MENDINGS:
        put(site, case, case.mended)
    return before, look(site, mended=True)


def put(site: Site, case: Mending, files: Mapping[str, bytes | None]) -> None:
    for name, content in files.items():
        place = site.write(f"{case.name}/{name}", content or b"")
        if content is None:
            place.unlink()


def look(site: Site, *, mended: bool) -> Mapping[str, list[Candidate]]:
    config = yaml.safe_load(CONFIG) | {"sources": [spec(case, mended) for case in MENDINGS]}
    site.write("publisher.yaml", yaml.safe_dump(config, allow_unicode=True))
    with (
        chdir(site.folder),
        open_app(
            load_config(site.folder / "publisher.yaml"),
            clock=lambda: NOW,
            progress=lambda _what, _done, _total: None,
        ) as app,
    ):
        found: dict[str, list[Candidate]] = {case.name: [] for case in MENDINGS}
        for candidate in survey_articles(app).candidates:
            found[candidate.reading.source].append(candidate)
    return found


def spec(case: Mending, mended: bool) -> dict[str, Any]:
    told = case.mended_source if mended and case.mended_source is not None else case.source
    place = {"path": f"{case.name}/{told['path']}"} if "path" in told else {"path": case.name}
    pattern = {"url": f"/{case.name}/{{slug}}/"}
    return {"name": case.name} | pattern | dict(told) | place


@pytest.mark.parametrize("case", MENDINGS, ids=lambda case: case.name)
def test_mended_as_told_it_is_listed(
    case: Mending,
    looks: tuple[Mapping[str, list[Candidate]], Mapping[str, list[Candidate]]],
) -> None:
    before, after = looks
    refused = {c.reading.file: c.problem for c in before[case.name] if c.problem is not None}
    assert list(refused) == [case.file], before[case.name]
    problem = refused[case.file]
    assert problem is not None
    assert problem.where is not None
    assert problem.where.file
    assert problem.where.line == case.line, problem
    assert problem.mend == case.told, problem
    states = {c.reading.file: (c.state.value, str(c.problem or "")) for c in after[case.name]}
    assert states[case.becomes or case.file] == (case.state, "")
    assert not any(told for _, told in states.values())


def test_every_refusal_has_a_case(
    watch: Watch,
    looks: tuple[Mapping[str, list[Candidate]], Mapping[str, list[Candidate]]],
) -> None:
    assert looks
    without = [
        f"{file}:{first} in {name}"
        for (file, first, last), name in calls().items()
        if not any(file == seen and first <= line <= last for seen, line in watch.lines)
    ]
    assert not without, "\n".join(["refusals without a case in tests/mending.py:", *without])


def test_every_mend_of_yaml_has_a_case() -> None:
    told = {case.told for case in MENDINGS}
    for _, message, mend in _MENDS:
        shapes = {mend.format(key=key) for key in ("title", "summary", "value")}
        assert shapes & told, f"{message}: {mend}"


@pytest.mark.parametrize(
    ("library", "extra", "case"), [("mammoth", "docx", "word"), ("nbformat", "notebooks", "old")]
)
def test_a_library_that_is_not_there_is_named(
    library: str, extra: str, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "word": ("word.docx", next(c for c in MENDINGS if c.name == "word").mended),
        "old": ("old.ipynb", {"2026-11-01-old.ipynb": OLD}),
    }
    _, mended = files[case]
    ((name, content),) = mended.items()
    site = Site(tmp_path)
    site.write("publisher.yaml", CONFIG)
    site.write(f"articles/{name}", content or b"")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, library, None)
        (candidate,) = look_at(site)
        assert candidate.problem is not None
        assert candidate.problem.mend == f"{install(extra)}; or list it under exclude:"
    (candidate,) = look_at(site)
    assert candidate.state.value == "listed", candidate.problem


OLD = (
    b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, '
    b'"worksheets": [{"metadata": {}, "cells": [{"cell_type": "heading", "level": 1,'
    b' "metadata": {}, "source": ["Old"]},'
    b' {"cell_type": "markdown", "metadata": {}, "source": ["Text."]}]}]}'
)


def look_at(site: Site) -> tuple[Candidate, ...]:
    with open_app(
        load_config(site.folder / "publisher.yaml"),
        clock=lambda: NOW,
        progress=lambda _what, _done, _total: None,
        aside=True,
    ) as app:
        return survey_articles(app, full=True).candidates


def test_what_is_tested_elsewhere_is_there() -> None:
    for place, reason in ELSEWHERE.items():
        file, _, function = place.partition(":")
        text = (CODE / file).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in text
        assert reason
