"""Publishes cases among good articles, and says in what the outcome differs from the expected."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import html as lxml_html

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from tests.feed_reading import Shown, read_feed
from tests.nasty.cases import SITE_URL, Case, Outcome, Published, Refused, Skipped, at, usual_id
from tests.sites import CONFIG, Site

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FEEDS = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
GOOD = 50

_LIMIT = "feeds:\n  - {name: main, limit: 1000}\n"
_GENERATED = ("site/output", "site/.publisher", "site/published.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run said and wrote. `shown` is by format and id; `strays` lie outside output/.

    `seconds` are the processor's: a busy machine does not count.
    """

    report: PublishReport
    feeds: Mapping[str, bytes]
    shown: Mapping[str, Mapping[str, Shown]]
    seconds: float
    strays: Sequence[str]


def make_good_site(root: Path, *, extra: str = "") -> Site:
    """A site with fifty good articles in a folder of its own under `root`."""
    site = Site(root / "site")
    site.write("publisher.yaml", CONFIG + _LIMIT + extra)
    for number in range(GOOD):
        site.article(
            f"good/number-{number}.md",
            f"Text *{number}* with [a link](../number-{number - 1}.md) and å.",
            title=f"Good {number}",
            date=f"2026-10-{number % 28 + 1:02d}",
            tags=f"[good, number{number % 5}]",
        )
    return site


def run(site: Site) -> Result:
    """Publish in this process, at NOW."""
    root = site.folder.parent
    before = dict(_tree(root))
    start = time.process_time()
    with chdir(site.folder):
        report = publish(
            load_config(site.folder / "publisher.yaml"),
            PublishOptions(),
            clock=lambda: NOW,
            progress=lambda _what, _done, _total: None,
        )
    seconds = time.process_time() - start
    after = dict(_tree(root))
    feeds = {name: site.output(file).read_bytes() for name, file in FEEDS.items()}
    return Result(
        report=report,
        feeds=feeds,
        shown={name: {s.id: s for s in read_feed(data)} for name, data in feeds.items()},
        seconds=seconds,
        strays=sorted(p for p in before.keys() | after if before.get(p) != after.get(p)),
    )


def findings(case: Case, result: Result) -> list[str]:
    """In what a case did not come out as it must; nothing when all is well."""
    return [f"{o.file}: {found}" for o in case.outcomes for found in _differences(o, result)]


def counts(cases: Iterable[Case]) -> Counter[str]:
    """How many candidates of each state cases and the good articles have together."""
    counted = Counter(_state(outcome) for case in cases for outcome in case.outcomes)
    return Counter({"listed": GOOD}) + counted


def good_shown(result: Result) -> Mapping[str, Mapping[str, Shown]]:
    """What each format shows of the good articles."""
    return {
        name: {id_: entry for id_, entry in shown.items() if ":articles/good/" in id_}
        for name, shown in result.shown.items()
    }


def _state(outcome: Outcome) -> str:
    match outcome:
        case Published():
            return "listed"
        case Refused():
            return "refused"
        case Skipped():
            return "skipped"
        case _:
            return outcome.state


def _differences(outcome: Outcome, result: Result) -> Iterator[str]:
    problems = [p for p in result.report.problems if _names(p.where, outcome.file)]
    prefix = f"articles/{outcome.file}: "
    warnings = [w for w in result.report.warnings if w.startswith(prefix)]
    if isinstance(outcome, Refused):
        if len(problems) != 1:
            yield f"refused {len(problems)} times"
        for problem in problems:
            if outcome.says not in problem.message or "\n" in problem.message:
                yield f"says {problem.message!r}"
            if problem.where is None or problem.where.line != outcome.line:
                yield f"names {problem.where!r}"
            if not problem.mend:
                yield "has no mend"
    elif problems:
        yield f"refused: {problems[0]}"
    if isinstance(outcome, Published):
        yield from _shown_differently(outcome, result)
    expected = () if isinstance(outcome, Refused | Skipped) else outcome.warns
    if isinstance(outcome, Published):
        expected += outcome.once
    if len(warnings) != len(expected) or not all(
        any(piece in warning for warning in warnings) for piece in expected
    ):
        yield f"warns {warnings}"
    if not isinstance(outcome, Published):
        for name, shown in result.shown.items():
            if any(usual_id(outcome.file, year) in shown for year in (2026, 2199)):
                yield f"is shown in {name}"


def _names(where: object, file: str) -> bool:
    return getattr(where, "file", None) == f"articles/{file}"


def _shown_differently(outcome: Published, result: Result) -> Iterator[str]:
    year = at(outcome.published).year if outcome.published else 2026
    id_ = outcome.id or usual_id(outcome.file, year)
    for name, shown in result.shown.items():
        entry = shown.get(id_)
        if entry is None:
            yield f"{name} has no entry {id_}"
            continue
        for what, wanted, given in _pairs(outcome, entry, name):
            if wanted != given:
                yield f"{name} {what} is {_short(given)}, not {_short(wanted)}"
        for reference in _unsafe(entry.content):
            yield f"{name} content holds {reference}"
        for piece in outcome.holds:
            if piece not in entry.content:
                yield f"{name} content {_short(entry.content)} lacks {piece[:80]!r}"
        for piece in outcome.lacks:
            if piece.lower() in entry.content.lower():
                yield f"{name} content {_short(entry.content)} holds {piece[:80]!r}"


def _unsafe(content: str) -> Iterator[str]:
    """What could run, or leads where no reader should go, as another parser sees it."""
    if "<" not in content:
        return
    options = lxml_html.HTMLParser(huge_tree=True)
    for element in lxml_html.fromstring(f"<div>{content}</div>", parser=options).iter():
        for name, value in element.attrib.items():
            scheme = value.strip().partition(":")[0].lower()
            leads = name in ("href", "src", "cite", "poster")
            if name.startswith("on") or name in ("style", "srcdoc", "action", "formaction"):
                yield f"<{element.tag} {name}>"
            elif leads and scheme not in ("http", "https", "mailto", "tel"):
                yield f"<{element.tag} {name}={value[:40]!r}>"


def _pairs(outcome: Published, entry: Shown, format_: str) -> Iterator[tuple[str, object, object]]:
    for what in ("title", "summary", "content", "authors", "tags"):
        wanted = getattr(outcome, what)
        if wanted is not None:
            yield what, wanted, getattr(entry, what)
    if outcome.url is not None:
        absolute = outcome.url if "://" in outcome.url else SITE_URL + outcome.url
        yield "url", absolute, entry.url
    for what in ("published", "updated"):
        told, given = getattr(outcome, what), getattr(entry, what)
        if told is not None and given is not None:  # RSS tells no `updated`
            yield what, at(told).isoformat(), given.isoformat()
    if outcome.language is not None:
        yield "language", outcome.language or None, entry.language
    if outcome.enclosures is not None:
        wanted = outcome.enclosures[:1] if format_ == "rss" else outcome.enclosures
        yield "enclosures", wanted, entry.enclosures


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 400 else f"{shown[:200]}…{shown[-180:]}"


def _tree(root: Path) -> Iterator[tuple[str, object]]:
    """Everything above output/ and the state: size and time, or where a link leads."""
    for folder, folders, files in os.walk(root):
        place = os.path.relpath(folder, root)
        folders[:] = [f for f in folders if os.path.normpath(f"{place}/{f}") not in _GENERATED]
        for name in (*folders, *files):
            path = Path(folder) / name
            shown = os.path.normpath(f"{place}/{name}")
            if shown not in _GENERATED:
                stat = path.lstat()
                yield (
                    shown,
                    (
                        stat.st_mode,
                        stat.st_size if name in files else 0,
                        stat.st_mtime_ns if name in files else 0,
                    ),
                )
