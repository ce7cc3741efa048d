"""A change of rhythm: whenever it is wished for, each article comes once, and none is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher import readers
from publisher.compose.past import Past, level_streams
from publisher.model import Evidence, Reader, RecordedIssue, Subscriber

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
STREAMS = ("daily", "weekly", "monthly")
EVENTS = st.lists(
    st.one_of(
        st.just("article"),
        st.sampled_from([f"issue {name}" for name in STREAMS]),
        st.sampled_from([f"wish {name}" for name in STREAMS]),
    ),
    max_size=60,
)


@given(EVENTS, st.integers(1, 3))
def test_each_article_comes_once(events: list[str], most: int) -> None:
    """The first issue of a stream holds `most`; what is older is passed over."""
    pasts = {name: Past() for name in STREAMS}
    articles: list[str] = []
    got: Counter[str] = Counter()
    reader = readers.requested(
        Reader(subscriber=Subscriber(id=1, email="a@x.example", created=NOW)),
        "news",
        "daily",
        evidence(0),
    )
    reader = readers.confirmed(reader, "news", evidence(0))
    for number, event in enumerate(events):
        what, _, name = event.partition(" ")
        own = reader.subscriptions["news"]
        if what == "article":
            articles.append(f"a{number}")
        elif what == "wish":
            reader = readers.wanting_rhythm(reader, "news", name, evidence(number))
        else:
            past = pasts[name]
            new = [one for one in articles if one not in past.done]
            if not new:
                continue
            first = not past.issues
            items = new[-most:] if first else new
            passed = new[:-most] if first else []
            pasts[name] = past.with_issue(
                RecordedIssue(
                    newsletter=f"news/{name}",
                    number=past.next_number,
                    slot=NOW,
                    items=tuple(items),
                    passed=tuple(passed),
                    checksum="",
                )
            )
            if own.rhythm == name:
                got.update((*items, *passed))
            if (own.rhythm, own.next_rhythm) in level_streams(pasts):
                changed = replace(own, rhythm=own.next_rhythm, next_rhythm="")
                reader = replace(reader, subscriptions={"news": changed})
    own = reader.subscriptions["news"]
    assert set(got) == pasts[own.rhythm].done
    assert set(got.values()) <= {1}


def evidence(minutes: int) -> Evidence:
    return Evidence(when=NOW + timedelta(minutes=minutes), what="changed", how="the test")
