"""USE CASE. What had issues and is no more, in publisher.yaml or the state, told while it is new.

Who gives a newsletter another name there takes its readers away from it, for they are of a name;
and its pages, and the memory of what it has told. Where a state is lost its issues are made again
from the record, but its readers are in a backup alone. Nothing is wrong then, so a run goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from publisher.config import Config
from publisher.issues.loststate import lost_state, recorded_here
from publisher.issues.recall import Issues
from publisher.model import RecordedIssue

_GONE = (
    "publisher.yaml has no newsletter {name} any more, of which {made} made: its pages go, and its "
    "readers get nothing"
)
_RENAMED = "; if it is {others} now, call it {name} again and let `title` say the new name"
_OTHER_RHYTHMS = (
    "{name} has other rhythms, and {made} made as {stream}: the pages of these go, so that links "
    "to them in mails lead nowhere"
)


def gone_readers(config: Config, issues: Issues, recorded: Sequence[RecordedIssue]) -> str:
    """What to say where mail goes out from here, and all that were `recorded` are made again; ""
    where nothing is lost."""
    told = recorded_here(config, recorded)
    if told and config.smtp and told == {(one.newsletter, one.number) for one in issues.remade}:
        return lost_state(config, told)
    return ""


def gone_newsletters(config: Config, issues: Issues, removed: Collection[str]) -> Iterator[str]:
    """What to say of those whose pages are `removed`, paths of the output: so it is told once."""
    there = [spec.name for spec in config.newsletters]
    made = Counter({stream: len(lines) for stream, lines in issues.history.items()})
    made.subtract(issue.newsletter for issue in issues.new)
    of_name = Counter[str]()
    for stream, count in made.items():
        of_name[_name(stream)] += count
    others = " or ".join(name for name in there if not of_name[name])
    for name in sorted(of_name.keys() - there):
        if _have_pages(f"{name}/", removed):
            renamed = _RENAMED.format(others=others, name=name) if others else ""
            yield _GONE.format(name=name, made=_were(of_name[name])) + renamed
    for stream in sorted(made.keys() - {spec.name for spec in config.streams}):
        name = _name(stream)
        if name in there and _have_pages(f"{stream}/{made[stream]}/", removed):
            yield _OTHER_RHYTHMS.format(name=name, made=_were(made[stream]), stream=stream)


def _name(stream: str) -> str:
    """The newsletter that one of its rhythms is of."""
    return stream.partition("/")[0]


def _have_pages(start: str, paths: Collection[str]) -> bool:
    return any(path.startswith(f"newsletters/{start}") for path in paths)


def _were(count: int) -> str:
    return f"{count} issues were" if count > 1 else "1 issue was"
