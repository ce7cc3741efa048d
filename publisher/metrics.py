"""PURE. How things are -> the text that Prometheus reads (its exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from publisher import __version__
from publisher.model import Health
from publisher.values import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Values = Iterable[tuple[Sequence[str], float]]
"""What is measured, by the values of its labels."""

KINDS = ("rebuild", "source", "late", "held", "unsent", "disk", "state", "config", "job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a process counts while it runs: rounds of the timer by job and outcome, deliveries by
    what became of them, answers of the server by status; `files` it serves. None: not its job."""

    rounds: Mapping[tuple[str, str], int] | None = None
    messages: Mapping[str, int] | None = None
    answers: Mapping[int, int] | None = None
    files: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Collector(Collector):
    health: Health
    counts: Counts

    def collect(self) -> Iterator[Metric]:
        yield _gauge("build_info", "The version.", [((__version__,), 1)], "version")
        yield from self._of_health()
        yield from self._of_process()

    def _of_health(self) -> Iterator[Metric]:
        health, run = self.health, self.health.run
        failing = [((), float(health.is_failing))]
        yield _gauge("failing", "1: nothing is made any more.", failing)
        kinds = {(kind,): 0.0 for kind in KINDS}
        for trouble in health.troubles:
            kinds[trouble.kind,] = kinds.get((trouble.kind,), 0.0) + 1
        yield _gauge("troubles", "What needs a person.", kinds.items(), "kind")
        if run is not None and run.good is not None:
            yield _gauge(
                "last_rebuild_timestamp_seconds",
                "When the last run published.",
                [((), run.good.timestamp())],
            )
            yield _gauge("last_rebuild_seconds", "How long it took.", [((), run.seconds)])
            articles = {(state,): float(count) for state, count in run.articles.items()}
            yield _gauge("articles", "Articles by state.", articles.items(), "state")
        unsent = {(state,): float(count) for state, count in health.unsent.items()}
        yield _gauge("deliveries_unsent", "Deliveries not sent yet.", unsent.items(), "state")
        room = {(name,): float(left) for name, left in health.room.items()}
        yield _gauge("free_bytes", "Room on the disk of a folder.", room.items(), "folder")

    def _of_process(self) -> Iterator[Metric]:
        counts = self.counts
        if counts.rounds is not None:
            yield _counter(
                "rounds", "Rounds of the timer.", counts.rounds.items(), "job", "outcome"
            )
        if counts.messages is not None:
            by_state = {(state,): count for state, count in counts.messages.items()}
            yield _counter(
                "messages", "Deliveries by what became of them.", by_state.items(), "state"
            )
        if counts.answers is not None:
            statuses = [((str(status),), count) for status, count in counts.answers.items()]
            yield _counter("answers", "Answers of the server.", statuses, "status")
        if counts.files is not None:
            yield _gauge("served_files", "Files that are served.", [((), float(counts.files))])


def metrics_text(health: Health, counts: Counts) -> bytes:
    """All metrics, with those of the process itself (memory, time, files)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(health, counts))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


def _gauge(name: str, about: str, values: Values, *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"publisher_{name}", about, labels=labels)
    for key, value in sorted(values):
        family.add_metric(key, value)
    return family


def _counter(name: str, about: str, values: Values, *labels: str) -> CounterMetricFamily:
    family = CounterMetricFamily(f"publisher_{name}", about, labels=labels)
    for key, value in sorted(values):
        family.add_metric(key, value)
    return family
