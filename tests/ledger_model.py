"""A model of the ledger's rules: every order in which workers, relay, clock and crashes can act.

It is a second writing of the rules, by other means: a world is a small value, and `moves` gives
every world that can follow. A worker here is one connection of one process. What happens between
two moves of it is a pause of any length; where a process can die without a trace in the ledger or
at the relay, two points are one (the recipient named to the relay, but no intent yet, is as if
it had not been named). What can happen without end is counted against `faults`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

FREE, DEAD = -1, -2
"""Owners of shards beside the numbers of workers: nobody, and a process that has died."""

OPEN = ("pending", "deferred")
YOUNG, OLD = "doubtful", "doubtful for long"


class Worker(NamedTuple):
    """A worker that holds a shard, or believes so: `valid` is whether nobody took it over.

    `at` is `ready`, `intended` (the intent on `hand` is written) or `checked` (the lease was looked
    at; the text leaves next). `result` is what it knows of the last one and has not yet written.
    """

    shard: int
    valid: bool
    todo: tuple[int, ...]
    at: str = "ready"
    hand: int = -1
    result: tuple[int, str] | None = None


class World(NamedTuple):
    """Everything: the ledger, the workers, and what really happened.

    `rows` are the states of the ledger, `shards` who holds each and whether the time of the lease
    is up, `left` who has unsubscribed. `copies` are what readers got, `settled` how often what was
    in doubt was let go again, `doubts` how many rows were ever named doubtful, `late` whether an
    intent was written for somebody who had left.
    """

    rows: tuple[str, ...]
    shards: tuple[tuple[int, bool], ...]
    left: frozenset[int]
    workers: tuple[Worker | None, ...]
    copies: tuple[int, ...]
    settled: tuple[int, ...]
    faults: int
    doubts: int = 0
    late: bool = False


Move = tuple[object, ...]
"""What was done: its name, by whom, and with what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules; those that are here to be broken, so that it is seen what they are for."""

    in_doubt: str = "resend"
    faults: int = 2
    workers: int = 2
    shard_of: tuple[int, ...] = (0, 0, 1)
    who_may_leave: tuple[int, ...] = (0,)
    intent_before_text: bool = True
    taken_over_is_in_doubt: bool = True
    epoch_is_checked: bool = True
    leaving_is_checked: bool = True

    def start(self) -> World:
        """An issue that was frozen just now."""
        nobody = (0,) * len(self.shard_of)
        return World(
            rows=("pending",) * len(self.shard_of),
            shards=((FREE, False),) * (max(self.shard_of) + 1),
            left=frozenset(),
            workers=(None,) * self.workers,
            copies=nobody,
            settled=nobody,
            faults=self.faults,
        )

    def due(self, world: World, shard: int) -> tuple[int, ...]:
        """Who of a shard may be sent to."""
        return tuple(
            one
            for one, state in enumerate(world.rows)
            if self.shard_of[one] == shard and state in OPEN
        )

    # -- what can happen next

    def moves(self, world: World) -> Iterator[tuple[Move, World]]:
        """Every move that is possible, with the world after it."""
        for number, worker in enumerate(world.workers):
            if worker is None:
                yield from self._idle(world, number)
            else:
                yield from self._busy(world, number, worker)
            yield from self._take_over(world, number)
        yield from self._time(world)
        yield from self._people(world)

    def _idle(self, world: World, number: int) -> Iterator[tuple[Move, World]]:
        for shard, (owner, _) in enumerate(world.shards):
            due = self.due(world, shard)
            if owner == FREE and due:
                after = _with_shard(world, shard, (number, False))
                yield ("claim", number), _with_worker(after, number, Worker(shard, True, due))
                break  # the first one is taken
        if any(owner == number for owner, _ in world.shards):
            yield ("end", number), _dead(world, number)

    def _busy(self, world: World, number: int, worker: Worker) -> Iterator[tuple[Move, World]]:
        if not worker.valid:
            yield ("extend", number), world  # what was lost stays lost
        if world.faults:
            crashed = _with_worker(_dead(world, number), number, None)
            yield ("crash", number), _tired(crashed)
        if worker.at == "ready":
            yield from self._ready(world, number, worker)
        elif worker.at == "intended":
            yield from self._intended(world, number, worker)
        else:
            yield from self._checked(world, number, worker)

    def _ready(self, world: World, number: int, worker: Worker) -> Iterator[tuple[Move, World]]:
        if not worker.todo and worker.result is None:
            after = world
            if worker.valid:
                after = _with_shard(world, worker.shard, (FREE, False))
            yield ("release", number), _with_worker(after, number, None)
            return
        if worker.result is not None:
            yield ("write", number, worker.result, None), self._written(world, number, None)
        if worker.todo and self.intent_before_text:
            intent = worker.todo[0]
            yield (
                ("write", number, worker.result, intent),
                self._written(world, number, intent),
            )
        elif worker.todo and worker.result is None:
            hand = worker._replace(at="checked", hand=worker.todo[0], todo=worker.todo[1:])
            yield ("offer", number), _with_worker(world, number, hand)

    def _written(self, world: World, number: int, intent: int | None) -> World:
        """One transaction: the last result, then the next intent; nothing without the lease."""
        worker = world.workers[number]
        assert worker is not None
        if not worker.valid and self.epoch_is_checked:
            return _with_worker(world, number, None)
        doubts = world.doubts
        rows = list(world.rows)
        if worker.result is not None:
            one, state = worker.result
            rows[one] = state
            doubts += state == YOUNG
        after = world._replace(rows=tuple(rows), doubts=doubts)
        noted = worker._replace(result=None)
        if intent is None:
            return _with_worker(after, number, noted)
        noted = noted._replace(todo=worker.todo[1:])
        if rows[intent] not in OPEN:
            return _with_worker(after, number, noted)
        if intent in world.left and self.leaving_is_checked:
            return _with_worker(_with_row(after, intent, "skipped"), number, noted)
        after = _with_row(after, intent, "sending")
        after = after._replace(late=after.late or intent in world.left)
        return _with_worker(after, number, noted._replace(at="intended", hand=intent))

    def _intended(self, world: World, number: int, worker: Worker) -> Iterator[tuple[Move, World]]:
        owner, is_over = world.shards[worker.shard]
        if owner == number and worker.valid and not is_over:
            yield ("check", number), _with_worker(world, number, worker._replace(at="checked"))
        else:
            yield ("give up", number), _with_worker(world, number, None)

    def _checked(self, world: World, number: int, worker: Worker) -> Iterator[tuple[Move, World]]:
        """The text leaves; whether it arrives and what is heard of it are two things."""

        def told(state: str, copies: int) -> World:
            got = list(world.copies)
            got[worker.hand] += copies
            after = world._replace(copies=tuple(got))
            ready = worker._replace(at="ready", hand=-1, result=(worker.hand, state))
            return _with_worker(after, number, ready)

        yield ("text", number, "taken"), told("sent", 1)
        if world.faults:
            yield ("text", number, "taken, not heard"), _tired(told(YOUNG, 1))
            yield ("text", number, "not taken, not heard"), _tired(told(YOUNG, 0))
            yield ("text", number, "put off"), _tired(told("deferred", 0))
            yield ("text", number, "broken off"), _tired(told("pending", 0))

    def _take_over(self, world: World, number: int) -> Iterator[tuple[Move, World]]:
        taken = [
            shard
            for shard, (owner, is_over) in enumerate(world.shards)
            if owner not in (FREE, number) and (owner == DEAD or is_over)
        ]
        if not taken:
            return
        after = world
        for shard in taken:
            after = _with_shard(after, shard, (FREE, False))
            for other, worker in enumerate(after.workers):
                if worker is not None and worker.shard == shard:
                    after = _with_worker(after, other, worker._replace(valid=False))
            for one, state in enumerate(after.rows):
                if state == "sending" and self.shard_of[one] == shard:
                    named = YOUNG if self.taken_over_is_in_doubt else "pending"
                    after = _with_row(after, one, named)
                    after = after._replace(doubts=after.doubts + self.taken_over_is_in_doubt)
        yield ("take over", number), after

    def _time(self, world: World) -> Iterator[tuple[Move, World]]:
        for shard, (owner, is_over) in enumerate(world.shards):
            if owner < 0:
                continue
            holder = world.workers[owner]
            if not is_over and world.faults:
                yield ("expire", shard), _tired(_with_shard(world, shard, (owner, True)))
            if is_over and holder is not None and holder.shard == shard and holder.valid:
                yield ("extend", owner), _with_shard(world, shard, (owner, False))
        if YOUNG in world.rows and self.in_doubt == "resend":
            aged = tuple(OLD if state == YOUNG else state for state in world.rows)
            yield ("wait",), world._replace(rows=aged)
        doubtful = (OLD,) if self.in_doubt == "resend" else (YOUNG,)
        if YOUNG in world.rows or OLD in world.rows:
            yield ("settle",), self._settled(world, doubtful)

    def _settled(self, world: World, doubtful: tuple[str, ...]) -> World:
        rows, settled = list(world.rows), list(world.settled)
        for one, state in enumerate(world.rows):
            if state in doubtful:
                rows[one] = "pending" if self.in_doubt == "resend" else "held"
                settled[one] += self.in_doubt == "resend"
        return world._replace(rows=tuple(rows), settled=tuple(settled))

    def _people(self, world: World) -> Iterator[tuple[Move, World]]:
        if "held" in world.rows:
            rows = tuple("pending" if state == "held" else state for state in world.rows)
            settled = tuple(
                count + (state == "held")
                for count, state in zip(world.settled, world.rows, strict=True)
            )
            yield ("resume",), world._replace(rows=rows, settled=settled)
        for one in self.who_may_leave:
            if one not in world.left:
                after = world._replace(left=world.left | {one})
                if world.rows[one] in OPEN:
                    after = _with_row(after, one, "skipped")
                yield ("leave", one), after


def _with_row(world: World, one: int, state: str) -> World:
    return world._replace(rows=(*world.rows[:one], state, *world.rows[one + 1 :]))


def _with_shard(world: World, shard: int, lease: tuple[int, bool]) -> World:
    return world._replace(shards=(*world.shards[:shard], lease, *world.shards[shard + 1 :]))


def _with_worker(world: World, number: int, worker: Worker | None) -> World:
    workers = (*world.workers[:number], worker, *world.workers[number + 1 :])
    return world._replace(workers=workers)


def _dead(world: World, number: int) -> World:
    """Its process has ended; another one, with another name, has its place."""
    shards = tuple((DEAD, False) if one[0] == number else one for one in world.shards)
    return world._replace(shards=shards)


def _tired(world: World) -> World:
    return world._replace(faults=world.faults - 1)


# ---------------------------------------------------------------- what must hold


def broken(world: World, rules: Rules) -> str:
    """Which promise a world breaks, "" for none (RELIABILITY's P1 to P3 and P6).

    A worker has one connection, so that one row of a shard may be under way; and each fault
    brings one row into doubt at most.
    """
    for one, state in enumerate(world.rows):
        copies, settled = world.copies[one], world.settled[one]
        if state == "sent" and not copies:
            return f"P1: {one} is called sent and got nothing"
        if state == "skipped" and one not in world.left:
            return f"P1: {one} was passed over"
        if copies > 1 + settled:
            return f"P2: {one} got {copies} copies, and was let go {settled} times"
        if copies and state in (*OPEN, "skipped") and not settled:
            return f"P3: {one} may have it, and is not named"
    for shard in range(len(world.shards)):
        under_way = sum(
            state == "sending" and rules.shard_of[one] == shard
            for one, state in enumerate(world.rows)
        )
        if under_way > 1:
            return f"P3: {under_way} are under way in shard {shard}, by one connection"
    if world.doubts > rules.faults - world.faults:
        return f"P3: {world.doubts} doubts of {rules.faults - world.faults} faults"
    return "P6: mailed after leaving" if world.late else ""


def explore(
    rules: Rules, seen: Callable[[World, Move, World], None] | None = None
) -> tuple[dict[World, list[World]], str]:
    """All worlds that can be reached, each with those that follow, and the first promise that is
    broken, with the way there; "" where none is. `seen` is told of every move, breadth first."""
    start = rules.start()
    after: dict[World, list[World]] = {}
    came: dict[World, tuple[World, Move] | None] = {start: None}
    queue = deque([start])
    while queue:
        world = queue.popleft()
        if wrong := broken(world, rules):
            return after, f"{wrong}\n{_way(world, came)}"
        following = after[world] = []
        for move, then in rules.moves(world):
            if seen is not None:
                seen(world, move, then)
            following.append(then)
            if then not in came:
                came[then] = (world, move)
                queue.append(then)
    return after, ""


def stuck(after: dict[World, list[World]]) -> set[World]:
    """The worlds out of which no way leads to where everybody has it who did not leave."""
    before: dict[World, list[World]] = {world: [] for world in after}
    for world, following in after.items():
        for then in following:
            before[then].append(world)
    queue = deque(world for world in after if _is_done(world))
    good = set(queue)
    while queue:
        for world in before[queue.popleft()]:
            if world not in good:
                good.add(world)
                queue.append(world)
    return after.keys() - good


def _is_done(world: World) -> bool:
    return all(
        state == "sent" or (state == "skipped" and one in world.left)
        for one, state in enumerate(world.rows)
    )


def _way(world: World, came: dict[World, tuple[World, Move] | None]) -> str:
    moves: list[str] = []
    step = came[world]
    while step is not None:
        moves.append(" ".join(map(str, step[1])))
        step = came[step[0]]
    return "\n".join(reversed(moves))
