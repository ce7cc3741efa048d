"""What feeds cost, beside plain feedgen (RSS and Atom of the same entries, without archives)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import jinja2
from feedgen.feed import FeedGenerator
from lxml import etree

from publisher.compose.entries import mark_entries
from publisher.compose.feeds import compose_feeds
from publisher.config import Config, FeedsForSpec, FeedSpec, SiteSpec
from publisher.feedcheck import check_feed
from publisher.feeds import Feed
from publisher.model import Artifact, Entry, Issue, LoadBody, Record
from publisher.render.environment import make_environment
from publisher.render.feeds import feed_artifacts
from publisher.render.words import Words, make_words
from tests.benchmarks.articles import Made, StoredBodies, edited, make_articles
from tests.benchmarks.contest import Contest, Job
from tests.feed_reading import read_feed
from tests.feed_samples import CATALOGUES, TEMPLATE

SITE = SiteSpec(
    title="The Example Courier",
    url="https://courier.example/",
    description="News from the example coast",
    language="en",
)
MANY, TAGS = 10_000, 1_000
_REFERENCE = (
    "Goals in seconds became ratios by what feedgen itself took where they were set: "
    "3 ms for 50 entries in RSS and Atom, 0.67 s for 10,000."
)

CONTESTS = (
    Contest(
        what="50 entries with full text, three formats, each held against the rules",
        ours="feeds:three_formats",
        anchor="feeds:plain_feedgen",
        anchor_is="feedgen",
        size=50,
        times=15,
        goal=5.0,  # 15 ms
        why=_REFERENCE,
    ),
    Contest(
        what="the same",
        ours="feeds:three_formats",
        anchor="feeds:parse",
        anchor_is="lxml and json parse those bytes",
        size=50,
        times=15,
    ),
    Contest(
        what="of that, the rules",
        ours="feeds:rules",
        anchor="feeds:parse",
        anchor_is="lxml and json parse those bytes",
        size=50,
        times=15,
    ),
    Contest(
        what="10,000 entries with archives, three formats",
        ours="feeds:three_formats",
        anchor="feeds:plain_feedgen",
        anchor_is="feedgen",
        size=MANY,
        goal=1.5,  # 1 s
        growth=100,
        why=_REFERENCE,
    ),
    Contest(
        what="one of 10,000 articles changed",
        ours="feeds:one_change",
        anchor="feeds:plain_feedgen",
        anchor_is="feedgen, all anew",
        size=MANY,
        goal=0.075,  # 50 ms
        why=_REFERENCE,
        alike=False,
    ),
    Contest(
        what="the same with feeds for 40 tags and 5 authors: five documents instead of one",
        ours="feeds:one_change_of_many_feeds",
        anchor="feeds:plain_feedgen",
        anchor_is="feedgen, all anew",
        size=MANY,
        alike=False,
    ),
    Contest(
        what="which 1,000 tags' feeds hold which of 10,000 articles",
        ours="feeds:compose_tags",
        anchor="feeds:compose_main",
        anchor_is="the same for the main feed alone",
        size=MANY,
        times=5,
        goal=10.0,
        why="A feed for each tag puts each article into three feeds more; a pass for each tag "
        "would make the ratio of the last line about 1,000.",
        alike=False,
    ),
)


def three_formats(size: int) -> Job:
    """Ours: compose the main feed, draw and check every document."""
    made = make_articles(size)
    bodies = StoredBodies(made)

    def work() -> Iterator[bytes]:
        for artifact in _artifacts(made, bodies.load):
            yield artifact.render()

    return Job(work=work, facts=entries_of_ours, close=bodies.close)


def plain_feedgen(size: int) -> Job:
    """The anchor: feedgen as its manual shows it, one generator for both formats."""
    made = make_articles(size)

    def work() -> Iterator[bytes]:
        generator = FeedGenerator()
        generator.id(SITE.url)
        generator.title(SITE.title)
        generator.description(SITE.description)
        generator.link(href=f"{SITE.url}atom.xml", rel="self")
        generator.link(href=SITE.url, rel="alternate")
        generator.updated(max(entry.updated for entry in made.shown))
        for entry in made.shown:
            _add(generator, entry, made.bodies[entry.body_key])
        yield generator.rss_str(pretty=True)
        yield generator.atom_str(pretty=True)

    return Job(work=work, facts=entries_of)


def parse(size: int) -> Job:
    """The anchor: read our documents, as any reader has to."""
    documents = _drawn(size)

    def work() -> Iterator[bytes]:
        for data in documents:
            if data.startswith(b"{"):
                json.loads(data)
            else:
                etree.fromstring(data)
            yield data

    return Job(work=work, facts=entries_of_ours)


def rules(size: int) -> Job:
    """Ours: hold documents that are drawn already against the rules."""
    documents = _drawn(size)

    def work() -> Iterator[bytes]:
        sound: set[int] = set()
        for data in documents:
            assert check_feed(data, own=True, memo=sound) == ()
            yield data

    return Job(work=work, facts=entries_of_ours)


def one_change(size: int) -> Job:
    """Ours: find what one edit changes among all documents, and draw that."""
    return _changing(size, FeedsForSpec(), feeds=1)


def one_change_of_many_feeds(size: int) -> Job:
    """Ours: the same, where an article is in the feeds of three tags and an author too."""
    return _changing(size, FeedsForSpec(tags=True, authors=True), feeds=5)


def compose_tags(size: int) -> Job:
    """Ours: a feed for each of a tenth as many tags as there are articles."""
    return _composing(size, FeedsForSpec(tags=True))


def compose_main(size: int) -> Job:
    """The anchor: the one feed that needs one pass."""
    return _composing(size, FeedsForSpec())


def entries_of_ours(documents: Iterable[bytes]) -> Mapping[str, object]:
    """As `entries_of`; the oldest archive is drawn first."""
    return entries_of(reversed(list(documents)))


def entries_of(documents: Iterable[bytes]) -> Mapping[str, object]:
    """How many entries there are, in which order and with which text, alike in each format."""
    ids: dict[str, list[str]] = {}
    texts: dict[str, list[str]] = {}
    for data in documents:
        kind = "json" if data.startswith(b"{") else "rss" if b"<rss" in data[:200] else "atom"
        for entry in read_feed(data):
            ids.setdefault(kind, []).append(entry.id)
            texts.setdefault(kind, []).append(" ".join(entry.content.split()))
    marks = {(len(ids[kind]), _mark(ids[kind]), _mark(texts[kind])) for kind in ids}
    assert len(marks) == 1, "the formats do not hold the same"
    ((count, order, text),) = marks
    return {"entries": count, "order": order, "text": text}


def _drawn(size: int) -> tuple[bytes, ...]:
    job = three_formats(size)
    documents = tuple(job.work())
    job.close()
    return documents


def _changing(size: int, feeds_for: FeedsForSpec, *, feeds: int) -> Job:
    before = make_articles(size)
    known = {
        artifact.path: artifact.fingerprint
        for artifact in _artifacts(before, _unread, feeds_for=feeds_for)
    }
    after = edited(before, size // 3)
    bodies = StoredBodies(after)

    def work() -> Iterator[bytes]:
        for artifact in _artifacts(after, bodies.load, feeds_for=feeds_for):
            if known.get(artifact.path) != artifact.fingerprint:
                yield artifact.render()

    def facts(documents: Iterable[bytes]) -> Mapping[str, object]:
        id_ = after.articles[size // 3].id
        held = [any(entry.id == id_ for entry in read_feed(data)) for data in documents]
        assert all(held), "a document was drawn that the edit does not show in"
        assert len(held) == 3 * feeds, f"{len(held)} documents hold the entry"
        return {"documents": len(held)}

    return Job(work=work, facts=facts, close=bodies.close)


def _composing(size: int, feeds_for: FeedsForSpec) -> Job:
    made = make_articles(size, tags=max(1, size * TAGS // MANY))

    def work() -> Iterator[bytes]:
        for feed in _compose(made, feeds_for):
            yield f"{feed.name} {sum(len(part.marks) for part in feed.parts)}".encode()

    def facts(lines: Iterable[bytes]) -> Mapping[str, object]:
        counts = dict(line.rsplit(maxsplit=1) for line in lines)
        assert int(counts[b"main"]) == size
        return {"feeds": len(counts)}

    return Job(work=work, facts=facts)


def _compose(made: Made, feeds_for: FeedsForSpec) -> Sequence[Feed]:
    feeds, _ = compose_feeds(
        _config(feeds_for),
        articles=made.articles,
        listed=made.listed,
        entries=made.entries,
        marks=mark_entries(made.entries),
        record=Record(),
        history={},
        load_issue=_no_issue,
    )
    return feeds


def _artifacts(
    made: Made, load_body: LoadBody, *, feeds_for: FeedsForSpec | None = None
) -> Iterator[Artifact]:
    return feed_artifacts(
        _compose(made, feeds_for or FeedsForSpec()),
        site=SITE,
        image_of=lambda _: None,
        load_body=load_body,
        environment=_environment(),
        words=_words,
        catalogues_hash="",
    )


def _config(feeds_for: FeedsForSpec) -> Config:
    main = FeedSpec(name="main", limit=50)
    return Config(root=Path("/nowhere"), site=SITE, feeds=(main,), feeds_for=feeds_for)


@cache
def _environment() -> jinja2.Environment:
    return make_environment({"feeds/entry.html": TEMPLATE.read_text("utf-8")})


@cache
def _words(language: str | None) -> Words:
    return make_words(language or "en", CATALOGUES)


def _add(generator: FeedGenerator, entry: Entry, body: str) -> None:
    added = generator.add_entry(order="append")
    added.id(entry.id)
    added.title(entry.title)
    added.link(href=entry.url)
    added.summary(entry.summary)
    added.content(body, type="html")
    added.published(entry.published)
    added.updated(entry.updated)
    added.author([{"name": author.name} for author in entry.authors])
    added.category([{"term": tag} for tag in entry.tags])


def _mark(texts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _unread(entry: Entry) -> str:
    raise AssertionError(f"the body of {entry.id} was read")


def _no_issue(newsletter: str, number: int) -> Issue:
    raise AssertionError(f"there is no issue {number} of {newsletter}")
