"""Whatever readers did, our export takes all that it tells of them to another database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher import readers
from publisher.carried import EXPORTED
from publisher.config import Config
from publisher.config.load import load_config
from publisher.errors import SubscriptionError
from publisher.model import (
    BY_HAND,
    ERASED,
    HARD_BOUNCE,
    Evidence,
    Reader,
    Subscriber,
    SubscriptionState,
    Suppression,
)
from publisher.store.engine import Database, open_postgresql, open_sqlite
from publisher.store.subscribers import SubscriberStore
from publisher.store.tables import subscriber, subscription, suppression
from publisher.subscriptions import export_readers, import_readers
from tests.postgres import fresh, postgresql_server
from tests.sites import CONFIG, UNJUDGED, Site

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEWS = """\
  - name: news
    title: The News
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    rhythms: [{name: daily, every: day}, {name: weekly, every: week}]
"""
RHYTHMS = {"weekly": [""], "news": ["daily", "weekly"]}

said = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
shown = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)
networks = st.sampled_from(["", "203.0.113.0/24", "2001:db8::/64"])
steps = st.tuples(
    st.sampled_from(
        ["ask", "ask", "ask", "confirm", "confirm", "leave", "pause", "wish", "bar", "came"]
    ),
    st.sampled_from(sorted(RHYTHMS)),
    st.integers(0, 1),
    said,
    networks,
)
odd = st.builds("{}@example.com".format, st.text("=+-'abc", min_size=1, max_size=3))
people = st.builds(
    Subscriber,
    email=odd,
    name=shown,
    language=st.sampled_from(["", "pt-BR", "id"]),
    timezone=st.sampled_from(["", "Asia/Jakarta"]),
    fields=st.dictionaries(said.map(str.strip).filter(bool), said.filter(str.strip), max_size=3),
    created=st.just(START),
)  # fmt: skip
lists = st.lists(
    st.tuples(people, st.lists(steps, min_size=1, max_size=12)),
    max_size=3,
    unique_by=lambda one: one[0].email,
)
WHY = {"": (HARD_BOUNCE, "issue 1 of weekly"), "+": ("by hand", BY_HAND), "-": (ERASED, BY_HAND)}


def lived(person: Subscriber, history: list[tuple[str, str, int, str, str]]) -> Reader:
    """A reader after all that. Whoever is suppressed comes back by asking and confirming."""
    reader, is_barred = Reader(subscriber=person), False
    for hour, (what, name, number, words, network) in enumerate(history):
        rhythm = RHYTHMS[name][number % len(RHYTHMS[name])]
        when = START + timedelta(hours=hour, milliseconds=number)
        why = Evidence(when=when, what=what, how=words, wording=words, network=network)
        if what == "ask":
            reader = readers.requested(reader, name, rhythm, why, returns=is_barred)
        elif what == "confirm":
            reader = readers.confirmed(reader, name, why)
            if is_barred and states_of(reader) & {SubscriptionState.ACTIVE}:
                reader, is_barred = readers.returned(reader, why), False
        elif what == "leave":
            reader = readers.unsubscribed(reader, name, why)
        elif what == "pause":
            reader = readers.paused(reader, name, when + timedelta(days=900), why)
        elif what == "wish":
            reader = readers.wanting_rhythm(reader, name, rhythm, why)
        elif what == "came" and not is_barred:
            reader = readers.imported(reader, name, rhythm, SubscriptionState.ACTIVE, why)
        elif what == "bar":
            reader, is_barred = readers.suppressed(reader, why), True
    return reader


def states_of(reader: Reader) -> set[SubscriptionState]:
    return {one.state for one in reader.subscriptions.values()}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as there:
        yield there.address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    """Two empty databases, whose clocks stand still."""

    def clock() -> int:
        return int(NOW.timestamp() * 1000)

    names = ["one", "other"]
    if request.param == "sqlite":
        opened = [open_sqlite(tmp_path / f"{name}.db", clock) for name in names]
    else:
        address = request.getfixturevalue("server")
        opened = [open_postgresql(fresh(address, tmp_path.name + one), clock) for one in names]
    with closing(opened[0]), closing(opened[1]):
        yield opened


@pytest.fixture
def config(make_site: Callable[..., Site]) -> Config:
    return load_config(make_site(CONFIG + UNJUDGED + NEWS).folder / "publisher.yaml")


def exported(database: Database) -> str:
    out = io.StringIO(newline="")
    export_readers(SubscriberStore(database), out)
    return out.getvalue()


def take(config: Config, database: Database, file: Path) -> dict[str, int]:
    """The import of a file; no line of ours is refused."""
    report = import_readers(
        config, SubscriberStore(database), file, newsletters=(), confirmed=True, dry_run=False,
        now=NOW, told=lambda error: pytest.fail(str(error)), progress=lambda *_: None,
    )  # fmt: skip
    return dict(report.counts)


def rows(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline=""), strict=True))


def as_before(table: str) -> list[list[str]]:
    """The rows of an export without what says when and from where all of it was imported."""
    header, *lines = rows(table)
    for row in lines:
        *told, came = json.loads(row[-1])
        assert (came["what"], came["when"]) == ("imported", "2026-11-22T08:00:00Z")
        assert came["how"].startswith("all.csv:")
        row[-1] = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return [header, *lines]


@given(told=lists, why=st.sampled_from(sorted(WHY)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_export_that_is_taken_in_tells_the_same(
    two: list[Database],
    config: Config,
    tmp_path: Path,
    told: list[tuple[Subscriber, list[tuple[str, str, int, str, str]]]],
    why: str,
) -> None:
    """But for what says that it was imported; and whoever is suppressed and asked to come back
    for some newsletter, without a yes, has to ask again there."""
    for database in two:
        with database.writing() as connection:
            for table in (subscription, subscriber, suppression):
                connection.execute(sa.delete(table))
    reason, how = WHY[why]
    lives = [lived(*one) for one in told]
    gone = [one for one in lives if SubscriptionState.SUPPRESSED in states_of(one)]
    first = SubscriberStore(two[0])
    first.change(lives, lambda one, _: replace(one))
    first.suppress_all((one.subscriber.email, reason, how) for one in gone)
    before = exported(two[0])
    is_asked = any(len(states_of(one)) > 1 for one in gone)
    file = tmp_path / "all.csv"
    file.write_text(before, encoding="utf-8", newline="")
    take(config, two[1], file)
    after = exported(two[1])
    if not is_asked:
        assert as_before(after) == rows(before)
    for one in gone:
        moved = SubscriberStore(two[1]).suppression(one.subscriber.email)
        assert moved is not None
        was = Suppression(reason=reason, since=NOW, how=how)
        assert (moved.reason, readers.may_return(moved)) == (reason, readers.may_return(was))
    counts = take(config, two[1], file)
    assert exported(two[1]) == after, "taken in again it changes nothing"
    assert not {"new", "changed"} & set(counts)


@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda lines: b"\n".join((",".join(EXPORTED).encode(), *lines)),
            st.lists(st.binary(max_size=60), max_size=4),
        ),
        st.lists(st.lists(said, min_size=2, max_size=2), max_size=4).map(
            lambda lines: "\n".join(map(";".join, (["email", "x"], *lines))).encode("utf-16")
        ),
    ),
    dry_run=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_bytes_a_list_is_of_it_is_read_or_refused(
    two: list[Database], config: Config, tmp_path: Path, data: bytes, dry_run: bool
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    with suppress(SubscriptionError):
        import_readers(
            config, SubscriberStore(two[0]), file, newsletters=("weekly",), confirmed=True,
            dry_run=dry_run, now=NOW, told=lambda _: None, progress=lambda *_: None,
        )  # fmt: skip
