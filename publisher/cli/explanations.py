"""ENTRY. How it is said why an article is in an output, or is not."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from publisher.articles import Candidate, SidecarOutcome
from publisher.compose.reasons import Part
from publisher.compose.retold import Retold
from publisher.compose.whereabouts import Whereabout
from publisher.console import candidate_json, candidate_line, json_text, plain_line
from publisher.model import Inferred

if TYPE_CHECKING:
    from publisher.issues.command import ShownIssue

FEW = 3
"""So many articles of one reason are named; the rest is counted, unless `verbose`."""


def article_lines(candidate: Candidate, outputs: Sequence[Whereabout]) -> Iterator[str]:
    """`publisher articles --explain FILE`: each field with where it came from, then each output."""
    yield candidate_line(candidate)
    if candidate.problem is not None and candidate.problem.mend:
        yield f"  mend: {candidate.problem.mend}"
    if candidate.article is not None:
        yield from _fields(candidate)
    if not outputs:
        yield "in no output"
        return
    kept = " (in the version published before)" if candidate.problem is not None else ""
    yield f"as a run would leave it now{kept}:"
    rows = [*_rows(outputs)]
    width = max(len(name) for name, _, _ in rows)
    for name, standing, about in rows:
        yield plain_line(f"  {name:<{width}}  {standing:<6}  {about}".rstrip())


def _rows(outputs: Sequence[Whereabout]) -> Iterator[tuple[str, str, str]]:
    """A line for each output; one for all feeds where the same keeps an article out of each."""
    feeds = [one for one in outputs if one.output == "feed"]
    is_barred = len(feeds) > 1 and len({one.why for one in feeds}) == 1 and not feeds[0].is_in
    for one in outputs:
        if one.output == "page":
            path = one.name if one.is_in else ""
            yield "page", _standing(one), ": ".join(part for part in (path, one.why) if part)
        elif one.output == "feed" and is_barred:
            if one is feeds[0]:
                yield "every feed", _standing(one), one.why
        else:
            issue = f"issue {one.issue}" if one.issue else ""
            about = ", ".join(part for part in (issue, one.why) if part)
            yield f"{one.output} {one.name}", _standing(one), about


def _fields(candidate: Candidate) -> Iterator[str]:
    shown = json.loads(candidate_json(candidate)) if candidate.problem is None else {}
    origins = shown.pop("from", {})
    warnings = shown.pop("warnings", [])
    seen = _seen(candidate)
    for name, value in shown.items():
        if name in ("source", "file", "state"):
            continue
        text = ", ".join(value) if isinstance(value, list) else value
        origin = f"  (from {origins[name]})" if name in origins else ""
        yield f"  {name}: {'—' if text in (None, '') else text}{origin}"
        for other in seen.pop(name, []):
            yield plain_line(f"    also seen: {other}")
    for name, others in seen.items():
        for other in others:
            yield plain_line(f"  {name}: also seen: {other}")
    for warning in warnings:
        yield f"  warning: {warning}"
    for one in _inferred(candidate):
        lines = f"line {one.first}" if one.first == one.last else f"lines {one.first} to {one.last}"
        yield f"  {lines}: {one.part}: {one.text}"


def _inferred(candidate: Candidate) -> Sequence[Inferred]:
    """What the lines of a news text were taken for."""
    if candidate.problem is not None or candidate.article is None:
        return ()
    return candidate.article.document.inferred


def sidecar_line(outcome: SidecarOutcome) -> str:
    """`publisher articles --write-sidecar`: what was written, or why not."""
    if outcome.problem is not None:
        mend = f" ({outcome.problem.mend})" if outcome.problem.mend else ""
        return plain_line(f"not written: {outcome.problem}{mend}")
    assert outcome.written is not None
    told = ", ".join(outcome.written.told)
    missing = "; no date was found: write it there" if outcome.written.lacks_date else ""
    return plain_line(f"{outcome.place}: {told}{missing}")


def sidecar_json(outcome: SidecarOutcome) -> str:
    """The same as one JSON object."""
    reading, problem, written = outcome.candidate.reading, outcome.problem, outcome.written
    shown = {
        "source": reading.source,
        "file": reading.file,
        "sidecar": written.file if written else None,
        "told": [*written.told] if written else [],
        "message": problem.message if problem else None,
        "mend": problem.mend if problem else None,
    }
    return json_text(shown)


def _seen(candidate: Candidate) -> dict[str, list[str]]:
    """What else was found for each field, and does not count."""
    found: dict[str, list[str]] = defaultdict(list)
    if candidate.article is not None and candidate.problem is None:
        for name, other in candidate.article.document.seen:
            found[name].append(other)
    return dict(found)


def _standing(one: Whereabout) -> str:
    return "in" if one.is_in else "comes" if one.is_coming else "not in"


def article_json(candidate: Candidate, outputs: Sequence[Whereabout]) -> Iterator[str]:
    """The object of `publisher articles --json` with `seen` and `outputs`."""
    shown = json.loads(candidate_json(candidate))
    shown["inferred"] = [
        {"part": one.part, "line": one.first, "to": one.last, "text": one.text}
        for one in _inferred(candidate)
    ]
    shown["seen"] = _seen(candidate)
    shown["outputs"] = [
        {
            "output": one.output,
            "name": one.name,
            "in": one.is_in,
            "coming": one.is_coming,
            "archive": one.archive or None,
            "issue": one.issue or None,
            "why": one.why or None,
        }
        for one in outputs
    ]
    yield json_text(shown)


def issue_lines(shown: ShownIssue, *, verbose: bool) -> Iterator[str]:
    """Each article of an issue and why it is in; those that are not, by their reasons."""
    issue = shown.issue
    held = [one for one in shown.retold if one.part is not Part.LEFT]
    left = [one for one in shown.retold if one.part is Part.LEFT]
    due = issue.digest.slot.isoformat(timespec="minutes")
    count = f"{len(held)} article{'' if len(held) == 1 else 's'}"
    yield f"issue {issue.number} of {issue.newsletter}, {due}: {count}"
    section = ""
    for one in held:
        if one.section != section:
            section = one.section
            yield f"  {section}:" if section else "  behind the link to the rest:"
        mark = " " if one.part is Part.SHOWN else "+"
        yield f"{one.number:3} {mark} {_named(one, shown)}: {one.reason}"
    if left:
        verb = "was" if len(left) == 1 else "were"
        yield f"{len(left):,} {verb} published by then and not in it:"
    reasons: dict[str, list[Retold]] = defaultdict(list)
    for one in left:
        reasons[one.reason].append(one)
    for reason, alike in reasons.items():
        yield f"  {reason}:"
        few = alike if verbose or len(alike) <= FEW + 1 else alike[:FEW]
        for one in few:
            yield f"    - {_named(one, shown)}"
        if len(few) < len(alike):
            yield f"    - … and {len(alike) - len(few):,} more (-v names all)"


def _named(one: Retold, shown: ShownIssue) -> str:
    file = shown.files.get(one.id)
    return f"{one.title} ({file})" if file else one.title


_PARTS = {Part.SHOWN: "shown", Part.LINKED: "linked", Part.LEFT: "left out"}


def issue_json(shown: ShownIssue) -> str:
    """One object: the issue, its text, and every article with its part and the reason."""
    issue = shown.issue
    told: dict[str, Any] = {
        "newsletter": issue.newsletter,
        "issue": issue.number,
        "at": issue.digest.slot.isoformat(),
        "subject": issue.rendered.subject,
        "text": shown.text,
        "articles": [
            {
                "id": one.id,
                "title": one.title,
                "file": shown.files.get(one.id),
                "part": _PARTS[one.part],
                "number": one.number or None,
                "section": one.section or None,
                "why": one.reason,
            }
            for one in shown.retold
        ],
    }
    return json_text(told)
