"""One edited article rewrites what shows it and nothing else, however many feeds there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.feed_archives import FILES, feed_documents
from tests.feed_reading import read_feed
from tests.sites import CONFIG, NEWSLETTER, Site

FEEDS = """\
feeds:
  - {name: main, limit: 5}
  - {name: harbour, limit: 5, select: {tags: [harbour]}}
  - {name: notes, limit: 5, content: summary, formats: [atom], select: {tags: [fish]}}
feeds_for: {tags: true, authors: true, languages: true}
"""
TAGS = ("harbour", "fish", "weather", "music")
AUTHORS = ("Sari Dewi", "Kim Ray", "Ola Berg")
LANGUAGES = ("en", "de")
OLD, NEW = "a03.md", "a29.md"


def write(site: Site, number: int, body: str = "Some text.", **fields: str) -> None:
    tags = (TAGS[number % 4], TAGS[number // 4 % 4])
    site.article(
        f"a{number:02}.md",
        body,
        title=fields.pop("title", f"Number {number:02}"),
        date=f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}",
        tags=f"[{', '.join(dict.fromkeys(tags))}]",
        author=AUTHORS[number % 3],
        language=LANGUAGES[number % 2],
        summary=f"What number {number:02} is about.",
        **fields,
    )


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + FEEDS + NEWSLETTER)
    for number in range(30):
        write(site, number)
    site.publish()
    return site


def id_of(site: Site, name: str) -> str:
    return next(line["id"] for line in site.record() if line.get("path") == name)


def holding(documents: Mapping[str, bytes], id_: str) -> Iterator[str]:
    for path, data in documents.items():
        if any(entry.id == id_ for entry in read_feed(data)):
            yield path


def changed(site: Site, edit: Callable[[], None]) -> set[str]:
    """The files that an edit rewrote, made or took away."""
    before = site.tree()
    edit()
    site.publish(now="2026-11-22T09:00:00Z")
    after = site.tree()
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def feeds_of(paths: set[str]) -> set[str]:
    return {path for path in paths if path.rpartition("/")[2] in FILES.values()}


@pytest.mark.parametrize("name", [OLD, NEW])
@pytest.mark.parametrize("what", ["title", "text"])
def test_an_edit_touches_the_one_document_of_each_feed_that_holds_the_entry(
    name: str, what: str, site: Site
) -> None:
    number, id_ = int(name[1:3]), id_of(site, name)
    written = feed_documents(site.folder / "output")
    holds = set(holding(written, id_))
    # main, harbour or notes or neither, one or two tags, an author, a language
    assert len(holds) >= 4 * len(FILES)
    assert all("archive/" in path for path in holds) == (name == OLD)

    def edit() -> None:
        if what == "title":
            write(site, number, title="Retitled")
        else:
            write(site, number, "Other text.")

    touched = changed(site, edit)
    assert feeds_of(touched) == holds
    folder = f"2026/{number // 28 + 1:02}/{number % 28 + 1:02}/a{number:02}/"
    assert f"{folder}index.html" in touched
    for path in touched - holds - {f"{folder}index.html"}:  # the lists and neighbours that show it
        assert f"/a{number:02}/" in site.output(path).read_text("utf-8"), path


def test_a_retraction_touches_the_one_document_of_each_feed_that_held_the_entry(site: Site) -> None:
    holds = set(holding(feed_documents(site.folder / "output"), id_of(site, OLD)))
    touched = changed(site, lambda: write(site, 3, retract="true"))
    assert feeds_of(touched) == holds


def test_a_new_article_touches_current_documents_and_makes_archives(site: Site) -> None:
    before = feed_documents(site.folder / "output")
    touched = feeds_of(changed(site, lambda: write(site, 30)))
    new = holding(feed_documents(site.folder / "output"), id_of(site, "a30.md"))
    current = set(new)
    assert not any("archive/" in path for path in current)
    assert touched >= current
    assert all("archive/" in path and path not in before for path in touched - current)


def test_nothing_changed_touches_nothing(site: Site) -> None:
    assert changed(site, lambda: None) == set()
