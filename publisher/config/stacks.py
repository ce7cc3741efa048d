"""GROUND. Font families as a site names them, written as in CSS (Fonts 4, section 2.1)."""

from __future__ import annotations

from publisher.patterns import pattern

ENDS = ("serif", "sans-serif", "monospace", "cursive", "fantasy")
"""The generic families that every program knows, mail programs too."""

_KEYWORDS = frozenset(
    {
        *ENDS,
        *("system-ui", "ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded"),
        *("math", "emoji", "fangsong"),
    }
)
_TAKEN = frozenset(("inherit", "initial", "unset", "revert", "revert-layer", "default"))
"""Words that are part of no name unless it stands in quotes."""

_LONGEST = 200
"""Characters of a stack: a mail repeats it at every text, and has a limit."""

_FAMILY = pattern(r"-?[^\W\d_][\w .+-]*|[0-9][\w .+-]*")
_QUOTED = pattern(r"\"([^\"']*)\"|'([^\"']*)'")
_PLAIN = pattern(r"-?[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z][A-Za-z0-9_-]*)*")
_SUCH = "such as Georgia, 'Noto Naskh Arabic', serif"


def read_stack(text: str) -> str:
    """`serif`, `sans`, or families with just the quotes that they need, never double ones.

    Raises ValueError for what is no list of names: nothing in a stack can end a declaration
    or an attribute, or fetch anything.
    """
    if text.strip().lower() in ("serif", "sans"):
        return text.strip().lower()
    stack = ", ".join(_family(name.strip()) for name in text.split(","))
    if len(stack) > _LONGEST:
        raise ValueError(f"font families in at most {_LONGEST} characters, {_SUCH}")
    return stack


def ends_well(stack: str) -> bool:
    """Whether there is something for a reader who has none of the families."""
    return stack == "sans" or stack.rpartition(", ")[2] in ENDS


def _family(name: str) -> str:
    quoted = _QUOTED.fullmatch(name)
    bare = " ".join(((quoted[1] or quoted[2] or "") if quoted else name).split())
    if not _FAMILY.fullmatch(bare):
        raise ValueError(f"serif, sans, or font families with commas between them, {_SUCH}")
    lower = bare.lower()
    if lower in _KEYWORDS and not quoted:
        return lower
    is_plain = _PLAIN.fullmatch(bare) and _TAKEN.isdisjoint(lower.split())
    return bare if is_plain and lower not in _KEYWORDS else f"'{bare}'"
