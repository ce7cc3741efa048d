"""What Prometheus reads."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from publisher.metrics import Counts, metrics_text
from publisher.model import Health, LastRun, Trouble

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def read(text: bytes) -> dict[str, float]:
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_everything_has_its_number() -> None:
    run = LastRun(good=NOW, seconds=1.5, articles={"listed": 14, "refused": 0})
    health = Health(
        now=NOW,
        run=run,
        unsent=Counter(pending=3),
        room={"output": 5},
        troubles=(Trouble(kind="late", text="a"), Trouble(kind="late", of="b", text="b")),
        is_failing=True,
    )
    counts = Counts(
        rounds={("rebuild", "done"): 7}, messages={"sent": 9}, answers={200: 4}, files=186
    )
    read_back = read(metrics_text(health, counts))
    assert (
        read_back
        | {
            "publisher_failing": 1,
            "publisher_troubles late": 2,
            "publisher_troubles disk": 0,
            "publisher_last_rebuild_timestamp_seconds": NOW.timestamp(),
            "publisher_last_rebuild_seconds": 1.5,
            "publisher_articles listed": 14,
            "publisher_articles refused": 0,
            "publisher_deliveries_unsent pending": 3,
            "publisher_free_bytes output": 5,
            "publisher_rounds_total rebuild done": 7,
            "publisher_messages_total sent": 9,
            "publisher_answers_total 200": 4,
            "publisher_served_files": 186,
        }
        == read_back
    )
    assert read_back["process_resident_memory_bytes"] > 10**6


def test_what_is_not_known_is_left_out() -> None:
    health = Health(now=NOW, run=None, unsent=Counter(), room={}, troubles=(), is_failing=False)
    names = {name.partition(" ")[0] for name in read(metrics_text(health, Counts()))}
    assert {name for name in names if name.startswith("publisher")} == {
        "publisher_build_info",
        "publisher_failing",
        "publisher_troubles",
    }
