"""USE CASE. Tell the WebSub hubs which feeds changed: queued in the run, sent after it.

WebSub (W3C Recommendation, 23 January 2018), section 6 has the publisher tell its hub of
every change and leaves open how. What hubs understand is the POST of PubSubHubbub 0.3,
section 7.1: `hub.mode=publish` and the topic, which older hubs (Google's, Superfeedr)
look for in `hub.url` and newer ones in `hub.topic`; so both are sent. A hub may be told
twice, never too early and never not at all: see `publisher.store.pings`.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from publisher.answers.headers import Kind, kind_of
from publisher.config import Config, SiteSpec
from publisher.errors import FetchError, StoreError
from publisher.model import Ping
from publisher.publishing.pings import PingOutcome, PingReport
from publisher.render.feeds.text import clean_url
from publisher.sources import Progress
from publisher.values import dataclass
from publisher.wiring.app import Clock, open_pings

if TYPE_CHECKING:
    from publisher.store.pings import PingStore

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
)
"""How long to wait after the first failure, after the second, and so on."""

GIVE_UP_AFTER = timedelta(hours=24)
"""How long after the change a hub that fails is still tried."""

LONGEST_WAIT = PAUSES[-1]
"""The most that a hub can ask for by Retry-After."""

SECONDS = 10.0
"""The time for all pings of a run together."""

_THREADS_PER_HUB = 4
_MOST_THREADS = 16
_LEAST_SECONDS = 1.0
"""With less time than this left no request is begun any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a hub said to a ping: `status` is 0 when it said nothing, `reason` is for a person.

    `wait` is what it asked for by Retry-After. With `is_away` nobody else need ask now.
    """

    status: int
    reason: str
    wait: timedelta = timedelta(0)
    is_away: bool = False


# ---------------------------------------------------------------- in the run


def topics(site: SiteSpec, paths: Iterable[str]) -> tuple[str, ...]:
    """The addresses of the subscription documents among paths under output/."""
    return tuple(clean_url(site.url + path) for path in paths if kind_of(path) is Kind.FEED)


def owe_pings(
    store: PingStore, hubs: Sequence[str], about_to_change: Collection[str]
) -> tuple[str, ...]:
    """Note the topics whose files are about to be put in place.

    Gives those that a run before this one noted and did not come to queue. What hubs
    that are no longer configured were to be told is forgotten.
    """
    store.drop_other_hubs(hubs)
    if not hubs:
        return ()
    owed = store.owed()
    store.owe(about_to_change)
    return owed


def queue_pings(
    store: PingStore, hubs: Sequence[str], changed: Collection[str], now: datetime
) -> None:
    """Queue a ping of each hub for each topic that changed; nothing is owed any more."""
    if (hubs and changed) or store.owed():
        store.queue(hubs, sorted(set(changed)), now)


# ---------------------------------------------------------------- after it


def send_pings(
    config: Config, *, clock: Clock, progress: Progress, seconds: float = SECONDS
) -> PingReport:
    """Send what is due, for `seconds` at most. Raises nothing but what `progress` raises.

    Needs no lock: what is queued lies in output/ already. Results are kept as they come.
    """
    if not config.hub:
        return PingReport()
    try:
        with open_pings(config, clock) as store:
            return _send_due(store, config, clock, progress, seconds)
    except StoreError as error:
        return PingReport(warnings=(f"hubs could not be told of changes: {error}",))


def _send_due(
    store: PingStore, config: Config, clock: Clock, progress: Progress, seconds: float
) -> PingReport:
    store.drop_other_hubs(config.hub)
    now = clock()
    due = [ping for ping in store.waiting() if is_due(ping, now)]
    outcomes: list[PingOutcome] = []
    for batch in _replies(due, config, progress, seconds):
        settled = [judge(ping, reply, clock()) for ping, reply in batch]
        store.settle([(outcome.ping, outcome.due) for outcome in settled])
        outcomes += settled
    waiting = store.waiting()
    return PingReport(
        outcomes=tuple(outcomes),
        waiting=len(waiting),
        next_due=waiting[0].due if waiting else None,
        warnings=(*_failures(outcomes), *_unsent(due, outcomes)),
    )


def is_due(ping: Ping, now: datetime) -> bool:
    """Whether a ping is to be tried: a new one at once, a failed one at its time.

    A time in the far future was set by a clock that has been put back since.
    """
    return ping.tries == 0 or not now < ping.due <= now + LONGEST_WAIT


def judge(ping: Ping, reply: Reply, now: datetime) -> PingOutcome:
    """Pure. What a reply means for a ping.

    2xx: the hub knows. 301 and 4xx other than 408 and 429: it will not know by asking
    again. Everything else is tried again, later each time, until a day after the change.
    """
    if 200 <= reply.status < 300:
        return PingOutcome(ping=ping, verdict="sent", reason=reply.reason)
    for_good = reply.status == 301 or (400 <= reply.status < 500 and reply.status not in (408, 429))
    if for_good or now >= ping.changed + GIVE_UP_AFTER:
        return PingOutcome(ping=ping, verdict="given_up", reason=reply.reason)
    pause = PAUSES[min(ping.tries, len(PAUSES) - 1)]
    last = max(ping.changed + GIVE_UP_AFTER, now + PAUSES[0])
    due = max(min(now + pause, last), now + min(reply.wait, LONGEST_WAIT))
    return PingOutcome(ping=ping, verdict="deferred", reason=reply.reason, due=due)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Pure. What a Retry-After asks for, in seconds or as a date (RFC 9110 section 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=int(text[:9]))
    until = _date(text)
    if until is None:
        return timedelta(0)
    # Both dates are by the hub's clock, so that ours may be wrong or told.
    return max(until - (_date(headers.get("date", "")) or now), timedelta(0))


def _date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (few sites have hubs)

    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


# ---------------------------------------------------------------- requests


_Answers = queue.SimpleQueue[tuple[Ping, Reply] | None]
"""From the threads: a reply, or None when one of them ends."""


class _Lane:
    """The pings of one hub that its threads still have to send."""

    def __init__(self, pings: Iterable[Ping]) -> None:
        self._pings = deque(pings)
        self._lock = threading.Lock()
        self._silence: Reply | None = None
        self.length = len(self._pings)

    def take(self) -> Ping | None:
        """The next one. Threads share the lane: a deque's ends are safe to share."""
        try:
            return self._pings.popleft()
        except IndexError:
            return None

    def told(self, reply: Reply) -> Reply:
        """The reply to go by: of a hub that gives none, the words of the first thread.

        Each thread has waited for a time of its own, which must not be a warning of its own.
        """
        if reply.status:
            return reply
        with self._lock:
            self._silence = self._silence or reply
            return self._silence

    def rest(self) -> Iterator[Ping]:
        """All that are left, taken out."""
        while (ping := self.take()) is not None:
            yield ping


def _replies(
    pings: Sequence[Ping], config: Config, progress: Progress, seconds: float
) -> Iterator[list[tuple[Ping, Reply]]]:
    """The replies as they come in, some at a time; of pings that there was no time for, none.

    The threads end by themselves at the deadline. They are daemons, so that whoever is told
    to stop (`progress` raises) need not wait for a hub that is silent.
    """
    if not pings:
        return
    end = time.monotonic() + seconds
    answers: _Answers = queue.SimpleQueue()
    post = _poster(config.site.url)
    lanes = [_Lane(p for p in pings if p.hub == hub) for hub in dict.fromkeys(p.hub for p in pings)]
    # Each hub gets its first thread before another gets its second.
    shares = [lane for n in range(_THREADS_PER_HUB) for lane in lanes if n < lane.length]
    running, done = min(len(shares), _MOST_THREADS), 0
    for lane in shares[:_MOST_THREADS]:
        threading.Thread(target=_work, args=[lane, post, end, answers], daemon=True).start()
    while running:
        progress("telling hubs", done, len(pings))
        arrived = _arrived(answers)
        if not arrived and time.monotonic() > end + _LEAST_SECONDS:
            return  # a thread that ended by a defect of ours; what it had is still queued
        running -= arrived.count(None)
        batch = [answer for answer in arrived if answer is not None]
        done += len(batch)
        if batch:
            yield batch


def _arrived(answers: _Answers) -> list[tuple[Ping, Reply] | None]:
    """What is there, after a short wait for the first of it."""
    arrived = []
    with suppress(queue.Empty):
        arrived.append(answers.get(timeout=0.1))
        while True:
            arrived.append(answers.get_nowait())
    return arrived


def _work(
    lane: _Lane,
    post: Callable[[Ping, float], Reply],
    end: float,
    answers: _Answers,
) -> None:
    """One thread: ping after ping of a hub, until there is none, no time, or the hub is away."""
    try:
        while (left := end - time.monotonic()) > _LEAST_SECONDS and (ping := lane.take()):
            reply = lane.told(post(ping, left))
            answers.put((ping, reply))
            if reply.is_away:
                for other in lane.rest():
                    answers.put((other, reply))
    finally:
        answers.put(None)


def _poster(site_url: str) -> Callable[[Ping, float], Reply]:
    # urllib3 takes a while to import, which a run that has nothing to send must not pay.
    from publisher.fetching import not_inward, post_form  # noqa: PLC0415

    def post(ping: Ping, seconds: float) -> Reply:
        form = [("hub.mode", "publish"), ("hub.url", ping.topic), ("hub.topic", ping.topic)]
        try:
            answer = post_form(
                ping.hub, form, seconds=seconds, site_url=site_url, guard=not_inward()
            )
        except FetchError as error:
            return Reply(status=0, reason=error.message, is_away=True)
        reason = f"answered {answer.status}"
        if answer.status == 301:
            target = answer.headers.get("location", "somewhere else")[:200]
            reason += f", it has moved to {target}: write that as `hub`"
        return Reply(
            status=answer.status,
            reason=reason,
            wait=retry_after(answer.headers, datetime.now(UTC)),
            is_away=answer.status in (429, 503),
        )

    return post


# ---------------------------------------------------------------- words


def _failures(outcomes: Iterable[PingOutcome]) -> Iterator[str]:
    """A line for each hub and reason."""
    groups: dict[tuple[str, str, str], list[PingOutcome]] = {}
    for outcome in outcomes:
        if outcome.verdict != "sent":
            key = (outcome.ping.hub, outcome.verdict, outcome.reason)
            groups.setdefault(key, []).append(outcome)
    for (hub, verdict, reason), group in groups.items():
        what = _what([outcome.ping for outcome in group])
        if verdict == "given_up":
            yield f"{hub}: {reason}; it will not be told of {what} before the next change"
        else:
            first = min(outcome.due for outcome in group if outcome.due)
            when = first.isoformat(timespec="seconds")
            yield f"{hub}: {reason}; the first run after {when} tells it again of {what}"


def _unsent(due: Sequence[Ping], outcomes: Sequence[PingOutcome]) -> Iterator[str]:
    done = {outcome.ping.id for outcome in outcomes}
    left = [ping for ping in due if ping.id not in done]
    for hub in dict.fromkeys(ping.hub for ping in left):
        what = _what([ping for ping in left if ping.hub == hub])
        yield f"{hub}: there was no time left; the next run tells it of {what}"


def _what(pings: Sequence[Ping]) -> str:
    return pings[0].topic if len(pings) == 1 else f"{len(pings)} feeds"
