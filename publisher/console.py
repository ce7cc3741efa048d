"""ENTRY. How commands speak: findings to stderr, results to stdout, progress on a terminal."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from publisher.errors import PublisherError
from publisher.model import DeliveryState, State
from publisher.patterns import pattern

if TYPE_CHECKING:  # what is shown is made elsewhere: `status` need not import how one publishes
    from publisher.articles import Candidate, Survey
    from publisher.issues.forecast import Coming
    from publisher.issues.proofing import ProofedIssue
    from publisher.publishing.publish import PublishReport
    from publisher.publishing.still import Still

GROUPED_OVER = 10
"""Findings of one cause are told one by one up to here, then as a group."""

SHOWN_OF_MANY = 3

STDOUT = "standard output"

_BY_NUMBERS = "publisher.by_numbers"

_DIFFERS = pattern(r"'[^']*'|[0-9]+")
_CONTROLS = pattern(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LET_STAND = pattern(r"[\x7f-\x9f\u2028\u2029]")


def say(line: str, *, end: str = "\n") -> None:
    """One line to stdout. Raises PublisherError when it cannot be written (a full disk)."""
    with writable(STDOUT):
        _write(line + end, sys.stdout)


def _write(text: str, stream: TextIO | None) -> None:
    """Write at once; nowhere where the stream was closed before we began."""
    if stream is not None:
        stream.write(text)
        stream.flush()


@contextmanager
def writable(place: str) -> Iterator[None]:
    """Names where the block cannot write, as a PublisherError."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read has gone, which is no error of ours
    except OSError as error:
        if place == STDOUT:
            give_up(sys.stdout)
        raise PublisherError(f"{place} cannot be written: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise PublisherError(
            f"{place} cannot be written in {error.encoding}, which has no "
            f"U+{ord(error.object[error.start]):04X}",
            mend="set PYTHONIOENCODING=utf-8",
        ) from error


def say_unwritten(error: OSError) -> int:
    """That help or the version cannot be written; gives the exit code."""
    give_up(sys.stdout)
    failure = PublisherError(f"{STDOUT} cannot be written: {error.strerror}")
    say_error(failure)
    return failure.exit_code


def standard_output() -> TextIO:
    """The stream of results, for what writes data that goes on elsewhere: letter by letter, or not
    at all. Raises PublisherError where it is closed."""
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise PublisherError(f"{STDOUT} cannot be written: it is closed")
    if isinstance(stream, TextIOWrapper) and stream.errors == _BY_NUMBERS:
        stream.reconfigure(errors="strict")
    return stream


def spell_by_numbers(stream: TextIOWrapper) -> None:
    """What a stream has no letter for is written by its numbers, as JSON does it."""
    codecs.register_error(_BY_NUMBERS, _by_numbers)
    stream.reconfigure(errors=_BY_NUMBERS)


def _by_numbers(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    raw = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{raw[at : at + 4]}" for at in range(0, len(raw), 4)), error.end


def give_up(stream: TextIO) -> None:
    """What could not be written would be tried again when Python ends, which then fails itself."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def say_error(error: PublisherError) -> None:
    """One error with its mend, and what was found together with it."""
    _complain(f"error: {error}")
    if error.mend:
        _complain(f"mend:  {error.mend}")
    for other in error.others:
        say_error(other)


def say_problems(problems: Sequence[PublisherError]) -> None:
    """Refused articles: each one, but a cause that more than ten share only once.

    A cause is what is said without what differs from file to file: quoted words and numbers.
    """
    causes: dict[tuple[str, str], list[PublisherError]] = defaultdict(list)
    for problem in problems:
        causes[_bare(problem.message), _bare(problem.mend or "")].append(problem)
    for group in causes.values():
        message = _shared([problem.message for problem in group])
        mend = _shared([problem.mend or "" for problem in group])
        if len(group) <= GROUPED_OVER:
            for problem in group:
                say_error(problem)
            continue
        _complain(f"error: {len(group)} articles: {message}")
        _complain("       " + ", ".join(str(p.where) for p in group))
        if mend:
            _complain(f"mend:  {mend}")


def say_warnings(warnings: Sequence[str], *, verbose: bool) -> None:
    """What was taken with a doubt; of many of one kind only a few, unless `verbose`."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for warning in warnings:
        kinds[_kind(warning)].append(warning)
    for alike in kinds.values():
        if len(alike) > SHOWN_OF_MANY and not verbose and len({_text(w) for w in alike}) == 1:
            _complain(f"warning: {len(alike)} files: {_text(alike[0])}")
            continue
        shown = alike if verbose or len(alike) <= GROUPED_OVER else alike[:SHOWN_OF_MANY]
        for warning in shown:
            _complain(f"warning: {warning}")
        if len(shown) < len(alike):
            _complain(f"warning: {len(alike) - len(shown)} more like these (-v shows all)")


def say_findings(proof: ProofedIssue, *, quiet: bool) -> None:
    """What the checks of an issue found: level, name, where, what; `quiet` tells errors alone."""
    names = {"error": "error", "warn": "warning", "note": "note"}
    for finding in proof.told():
        if quiet and finding.level != "error":
            continue
        _complain(f"{names[finding.level]}: {proof.place}: {finding}")
        if finding.mend:
            _complain(f"mend:  {finding.mend}")


def _complain(line: str) -> None:
    """One line to stderr; a file name cannot begin a line of its own or speak to the terminal."""
    aside(plain_line(line))


def aside(line: str) -> None:
    """A line to stderr. Where it cannot be written nobody hears it, and nothing else is otherwise:
    the exit code says how it ended."""
    try:
        _write(f"{line}\n", sys.stderr)
    except OSError:
        give_up(sys.stderr)


def plain_line(text: str) -> str:
    """A text without control characters, which are shown by their numbers."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON; controls that JSON lets stand (DEL, C1, the ends of lines of Unicode) are
    written by their numbers, for it may be a terminal that reads."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _LET_STAND.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _kind(warning: str) -> str:
    """A warning without what differs from file to file: the place, quoted words, numbers."""
    return _bare(_text(warning))


def _bare(text: str) -> str:
    return _DIFFERS.sub("…", text)


def _shared(texts: Sequence[str]) -> str:
    """What all of them say: each word for word, or without what differs."""
    return texts[0] if len(set(texts)) == 1 else _bare(texts[0])


def _text(warning: str) -> str:
    file, _, text = warning.partition(": ")
    return text or file


def say_report(report: PublishReport, *, verbose: bool) -> None:
    """What a run did."""
    if verbose:
        for path in report.written:
            say(f"wrote {path}")
        for path in report.removed:
            say(f"removed {path}")
    _say_states(report.counts, report.opened)
    for issue in report.issues:
        entries = _count(len(issue.items), "article")
        say(f"issue {issue.number} of {issue.newsletter}: {entries}")
    if report.refused:
        say("nothing written: --strict")
        return
    _say_output(report.output, len(report.written), len(report.removed), report.kept)
    for name, done in report.mirrored.items():
        say(f"{name}: {len(done.written)} written, {len(done.removed)} removed")
    if report.pings.sent:
        say(f"hubs: told of {_count(report.pings.sent, 'change')}")


def say_still(still: Still) -> None:
    """The same of a run that would do nothing."""
    _say_states(still.counts, 0)
    _say_output(still.output, 0, 0, still.kept)


def _say_states(counts: Mapping[str, int], opened: int) -> None:
    states = ", ".join(f"{n} {state}" for state, n in counts.items() if n)
    say(f"articles: {states or 'none'}; {opened} read")


def _say_output(output: Path, written: int, removed: int, kept: int) -> None:
    say(f"{output}: {written} written, {removed} removed, {kept} unchanged")


def delivery_line(states: Counter[str]) -> str:
    """How many deliveries are in which state, on one line."""
    parts = (f"{states[state]} {state}" for state in DeliveryState if states[state])
    return ", ".join(parts) or "nothing to send"


def bounces_line(counts: Counter[str], suppressed: int) -> str:
    """What a mailbox said, on one line."""
    parts = [f"{count} {what}" for what, count in sorted(counts.items())]
    if not parts:
        return "nothing new came back"
    return f"{', '.join(parts)}; {_count(suppressed, 'reader')} suppressed"


def event_line(event: Coming) -> str:
    """One line of `publisher plan`."""
    at = event.at.isoformat(timespec="minutes")
    if event.what != "issue":
        why = f" ({event.why})" if event.why else ""
        return plain_line(f"{at}  {event.name} {event.what}: {event.title}{why}")
    if event.why:
        line = f"{at}  issue {event.number} of {event.name} not made: {event.why}"
        if event.until is not None:
            until = event.until.isoformat(timespec="minutes")
            line += f"; {event.times} times, until {until}"
        return plain_line(line)
    articles, readers = _count(len(event.articles), "article"), _count(event.readers, "reader")
    return plain_line(f"{at}  issue {event.number} of {event.name}: {articles}, {readers}")


def event_json(event: Coming) -> str:
    """One line of `publisher plan --json`."""
    shown: dict[str, Any] = {
        "at": event.at.isoformat(),
        "what": event.what,
        "name": event.name,
        "title": event.title,
        "why": event.why or None,
    }
    if event.what == "issue":
        shown |= {
            "issue": event.number,
            "articles": list(event.articles),
            "readers": event.readers,
            "times": event.times,
            "until": event.until.isoformat() if event.until else None,
        }
    return json_text(shown)


def mail_lines(
    waiting: int, failed: int, came_back: Counter[str], suppressed: int
) -> Iterator[str]:
    """What `publisher status` says beside the issues, as far as there is anything."""
    notices = [f"{n} {what}" for n, what in ((waiting, "waiting"), (failed, "failed")) if n]
    if notices:
        yield "about subscriptions: " + ", ".join(notices)
    if came_back:
        yield "came back: " + ", ".join(f"{n} {kind}" for kind, n in sorted(came_back.items()))
    if suppressed:
        yield f"{_count(suppressed, 'reader')} suppressed"


def stray_lines(strays: Mapping[str, int]) -> Iterator[str]:
    """What `publisher status` says of readers whose newsletter is not configured."""
    for name, count in strays.items():
        yield (
            f"{_count(count, 'reader')} of {name} get{'s' if count == 1 else ''} nothing: "
            f"publisher.yaml has no newsletter {name}"
        )


def candidate_json(candidate: Candidate) -> str:
    """One line of `publisher articles --json` (CONTRACT)."""
    reading, article = candidate.reading, candidate.article
    shown: dict[str, Any] = {
        "source": reading.source,
        "file": reading.file,
        "state": candidate.state.value,
    }
    if candidate.state is State.SKIPPED:
        shown["message"] = reading.skipped
    elif candidate.problem is not None:
        where = candidate.problem.where
        shown |= {
            "line": where.line if where else 0,
            "column": where.column if where else 0,
            "message": _beside(candidate) + candidate.problem.message,
            "mend": candidate.problem.mend,
        }
    elif article is not None:
        document = article.document
        shown |= {
            "id": article.id,
            "url": article.url,
            "title": document.title,
            "summary": document.summary,
            "published": article.published.isoformat() if article.published else None,
            "updated": article.updated.isoformat() if article.updated else None,
            "authors": [a.name for a in document.authors],
            "tags": list(document.tags),
            "categories": list(document.categories),
            "language": document.language,
            "aliases": [f"/{alias}" for alias in document.aliases],
            "from": dict(document.origins),
            "warnings": list(document.warnings),
        }
    return json_text(shown)


def _beside(candidate: Candidate) -> str:
    """The file in which the problem of a candidate lies, where that is its sidecar."""
    where = candidate.problem.where if candidate.problem else None
    if where is None or where.file in ("", candidate.reading.file):
        return ""
    return f"{where.file.rpartition('/')[2]}: "


def say_survey(survey: Survey, *, quiet: bool, verbose: bool = False) -> None:
    """A line for each file, how many are in each state, the refusals with their mends, and which
    new files may be others again."""
    for candidate in survey.candidates:
        say(candidate_line(candidate))
    say_problems([*survey.outages, *survey.problems])
    if not quiet:
        say_warnings(survey.suspicions, verbose=verbose)
        say(counts_line(survey))


def counts_line(survey: Survey) -> str:
    """How many files are in each state."""
    return ", ".join(f"{n} {state}" for state, n in survey.counts.items() if n) or "no articles"


def candidate_line(candidate: Candidate) -> str:
    """One line of `publisher articles`."""
    reading = candidate.reading
    if reading.skipped:
        about = reading.skipped
    elif candidate.problem is not None:
        where = candidate.problem.where
        line = f"line {where.line}: " if where and where.line else ""
        about = _beside(candidate) + line + candidate.problem.message
    else:
        assert candidate.article is not None
        article = candidate.article
        date = article.published.isoformat() if article.published else "no date"
        about = f"{date}  {article.document.title}"
    return plain_line(f"{candidate.state.value:9}  {reading.file}  {about}")


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
