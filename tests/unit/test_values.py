"""Classes of ours behave as those of the standard library, and are cheap until they are used."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from publisher.values import dataclass

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A class to be pickled stands in a module."""

    name: str
    number: int = 7


def make_pair(name: str, few: int) -> type:
    """A class of which so `few` values are made without a function for it."""
    with patch("publisher.values._FEW", few):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Pair(Base):
            """With what fields can be told."""

            parts: list[str] = field(default_factory=list)
            secret: str = field(default="hush", repr=False)
            aside: int = field(default=0, compare=False)
            sum: int = field(init=False, default=3)

    Pair.__qualname__ = Pair.__name__ = name
    return Pair


OurPair = make_pair("OurPair", 0)
OurRarePair = make_pair("OurRarePair", 1_000_000)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TheirBase:
    """The same as Base by the library alone."""

    name: str
    number: int = 7


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TheirPair(TheirBase):
    """The same as Pair by the library alone."""

    parts: list[str] = field(default_factory=list)
    secret: str = field(default="hush", repr=False)
    aside: int = field(default=0, compare=False)
    sum: int = field(init=False, default=3)


TRIALS: list[Callable[[Any], object]] = [
    lambda c: repr(c(name="a")),
    lambda c: c(name="a"),
    lambda c: c(name="a", parts=["b"], number=8) == c(name="a", parts=["b"], number=8),
    lambda c: c(name="a") == c(name="b"),
    lambda c: c(name="a") != c(name="a"),
    lambda c: c(name="a", aside=1) == c(name="a", aside=2),
    lambda c: c(name="a") == "a",
    lambda c: hash(c(name="a", parts=())) == hash(c(name="a", parts=(), aside=5)),
    lambda c: hash(c(name="a")),
    lambda c: c(),
    lambda c: c("a"),
    lambda c: c(name="a", unknown=1),
    lambda c: c(name="a", sum=1),
    lambda c: c(name="a").parts is c(name="a").parts,
    lambda c: dataclasses.replace(c(name="a"), number=9, parts=["x"]),
    lambda c: dataclasses.replace(c(name="a"), sum=9),
    lambda c: dataclasses.asdict(c(name="a")),
    lambda c: [(f.name, f.type, f.default, f.kw_only) for f in dataclasses.fields(c)],
    lambda c: setattr(c(name="a"), "name", "b"),
    lambda c: delattr(c(name="a"), "name"),
    lambda c: vars(c(name="a")),
    lambda c: c.__match_args__,
    lambda c: copy.deepcopy(c(name="a", parts=["b"])),
    lambda c: pickle.loads(pickle.dumps(c(name="a", parts=["b"], secret="s", aside=4))),
]


@pytest.mark.parametrize("ours", [OurPair, OurRarePair])
@pytest.mark.parametrize("trial", TRIALS)
def test_it_does_what_that_of_the_library_does(trial: Callable[[Any], object], ours: type) -> None:
    assert outcome(trial, ours) == outcome(trial, TheirPair)


def outcome(trial: Callable[[Any], object], cls: type) -> str:
    try:
        got = repr(trial(cls))
    except Exception as error:  # noqa: BLE001 (whatever the library raises)
        got = f"{type(error).__name__}: {error}"
    return re.sub("Their|OurRare|Our", "", got)


def test_values_are_alike_however_many_there_are() -> None:
    @dataclass(frozen=True, slots=True)
    class One:
        number: int
        text: str = ""
        seen: list[int] = field(default_factory=list)

        def __post_init__(self) -> None:
            self.seen.append(self.number)

    for number in range(100):
        assert One(number, text="a") == One(text="a", number=number) == One(number, "a")
        assert One(number).seen == [number]
        assert One(number, seen=[7]).seen == [7, number]
    with pytest.raises(TypeError, match="positional"):
        One(1, "a", [], 4)  # type: ignore[call-arg]


def test_a_field_may_have_any_name() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd:
        value: int
        made: int
        cls: int
        arguments: int
        named: int

    for _ in range(30):
        odd = Odd(value=1, made=2, cls=3, arguments=4, named=5)
        assert [getattr(odd, one.name) for one in dataclasses.fields(Odd)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_what_does_not_fit_is_told_as_by_the_library(few: int) -> None:
    with patch("publisher.values._FEW", few):

        @dataclass(frozen=True, slots=True)
        class One:
            number: int
            text: str

    @dataclasses.dataclass(frozen=True, slots=True)
    class Their:
        number: int
        text: str

    trials: list[Callable[[Any], object]] = [
        lambda c: c(),
        lambda c: c(1),
        lambda c: c(1, "a", 2),
        lambda c: c(1, number=1),
        lambda c: c(1, text="a", more=1),
    ]
    for trial in trials:
        assert outcome(trial, One).replace("One", "") == outcome(trial, Their)


def test_what_a_class_says_itself_stays() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        number: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

    assert repr(Own(1)) == "own"
    assert Own(1) == Own(2)
    assert hash(Own(1)) == hash(Own(2)) == 1


def test_without_eq_each_value_is_itself() -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class One:
        number: int

    one = same = One(1)
    assert one == same
    assert one != One(1)
    assert len({one, One(1)}) == 2


def test_what_is_to_follow_follows() -> None:
    seen: list[int] = []

    @dataclass(frozen=True, slots=True)
    class First:
        number: int

        def __post_init__(self) -> None:
            seen.append(self.number)

    @dataclass(frozen=True, slots=True)
    class Second(First):
        pass

    assert (First(1).number, Second(2).number) == (1, 2)
    assert seen == [1, 2]


def test_a_default_that_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match="mutable default"):

        @dataclass(frozen=True, slots=True)
        class Wrong:
            parts: list[str] = []  # noqa: RUF012 (what is refused)


def test_what_is_not_frozen_is_the_librarys() -> None:
    @dataclass(slots=True, kw_only=True)
    class Open:
        number: int

    one = Open(number=1)
    one.number = 2
    assert one == Open(number=2)
    with pytest.raises(TypeError):
        hash(one)


def test_only_what_is_used_is_written() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Late:
        number: int = 0

    before = dict(vars(Late))

    def changed() -> set[str]:
        return {name for name, one in vars(Late).items() if before[name] is not one}

    with pytest.raises(FrozenInstanceError):
        Late(number=1).number = 2  # type: ignore[misc]
    assert changed() == set()
    assert {Late(number=1).number for _ in range(30)} == {1}
    assert changed() == {"__init__"}


def test_every_class_is_made_so() -> None:
    """One that is not costs a millisecond at each start."""
    library = re.compile(r"^from dataclasses import .*\bdataclass\b|@dataclasses\.", re.MULTILINE)
    files = sorted((ROOT / "publisher").rglob("*.py"))
    ours = ROOT / "publisher" / "values.py"
    found = [f.name for f in files if f != ours and library.search(f.read_text(encoding="utf-8"))]
    assert files
    assert found == []
