"""USE CASE. Newsletters that had issues and stand in publisher.yaml no more, told while it is new.

Who gives one another name in there takes its readers away from it, for they are of a name; and its
pages, and the memory of what it has told. Nothing is wrong then, so a run goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from publisher.config import Config
from publisher.issues.recall import Issues

_GONE = (
    "publisher.yaml has no newsletter {name} any more, of which {made} made: its pages go, and its "
    "readers get nothing"
)
_RENAMED = "; if it is {others} now, call it {name} again and let `title` say the new name"


def gone_newsletters(config: Config, issues: Issues, removed: Collection[str]) -> Iterator[str]:
    """What to say of those whose pages are `removed`, paths of the output: so it is told once."""
    there = [spec.name for spec in config.newsletters]
    made = Counter[str]()
    for stream, lines in issues.history.items():
        made[_name(stream)] += len(lines)
    for issue in issues.new:
        made[_name(issue.newsletter)] -= 1
    others = " or ".join(name for name in there if not made[name])
    for name in sorted(made.keys() - there):
        if any(path.startswith(f"newsletters/{name}/") for path in removed):
            count = f"{made[name]} issues were" if made[name] > 1 else "1 issue was"
            renamed = _RENAMED.format(others=others, name=name) if others else ""
            yield _GONE.format(name=name, made=count) + renamed


def _name(stream: str) -> str:
    """The newsletter that one of its rhythms is of."""
    return stream.partition("/")[0]
