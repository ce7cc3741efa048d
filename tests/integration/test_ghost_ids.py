"""Moving from Ghost: an article has the id that Ghost's feed told, and keeps what it has here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.export_samples import Entry, ghost, ghost_id
from tests.sites import CONFIG, Site

MakeSite = Callable[..., Site]
FIRST, SECOND = ghost_id(1), ghost_id(2)
EARLIER = "urn:uuid:00000000-0000-4000-8000-000000000001"
IMPORT = ("import", "ghost", "courier.ghost.json", "--to", "articles")
SOURCE = "sources: [{name: old, type: ghost, path: courier.ghost.json}]\n"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CONFIG, ghost([Entry(), Entry(number=2, title="Eel")]))


def ids(site: Site) -> dict[str, str]:
    return {line["path"]: line["id"] for line in site.record() if "path" in line}


def test_an_import_keeps_the_ids_of_ghosts_feed(site: Site) -> None:
    ran = site.run(*IMPORT)
    assert (ran.code, ran.err) == (0, "")
    site.publish()
    assert set(ids(site).values()) == {FIRST, SECOND}
    assert f'<guid isPermaLink="false">{FIRST}</guid>' in site.output("rss.xml").read_text()
    assert f'"id": "{FIRST}"' in site.output("feed.json").read_text()
    assert f"<id>data:,{FIRST}</id>" in site.output("atom.xml").read_text()
    for name in ("rss.xml", "atom.xml", "feed.json"):
        url = f"https://courier.example/{name}"
        checked = site.run("check-feed", f"output/{name}", "--url", url)
        assert (checked.code, checked.out) == (0, f"output/{name}: no findings\n")


def test_so_does_its_export_as_a_source_and_what_is_imported_of_that_later(site: Site) -> None:
    site.write("publisher.yaml", CONFIG + SOURCE)
    site.publish()
    assert set(ids(site).values()) == {FIRST, SECOND}
    places = {line["id"]: line["place"] for line in site.record() if "place" in line}
    site.run(*IMPORT)
    site.write("publisher.yaml", CONFIG)
    site.publish()
    assert set(ids(site)) == {"2020-03-01-entry-1.md", "2020-03-01-entry-2.md"}
    assert {line["id"]: line["place"] for line in site.record() if "place" in line} == places


def test_a_file_keeps_its_id_when_it_is_renamed_and_edited(site: Site) -> None:
    site.run(*IMPORT)
    site.publish()
    file = site.folder / "articles" / "2020-03-01-entry-1.md"
    file.write_text(file.read_text() + "\nMended by hand.\n")
    file.rename(file.with_name("fog.md"))
    site.publish()
    assert ids(site) == {"fog.md": FIRST, "2020-03-01-entry-2.md": SECOND}


def test_what_was_imported_with_another_id_keeps_that(site: Site) -> None:
    site.run(*IMPORT)
    file = site.folder / "articles" / "2020-03-01-entry-1.md"
    file.write_text(file.read_text().replace(FIRST, EARLIER))
    file.rename(file.with_name("fog.md"))
    ran = site.run(*IMPORT)
    assert "2 entries: 2 there already" in ran.out
    site.publish()
    assert ids(site) == {"fog.md": EARLIER, "2020-03-01-entry-2.md": SECOND}


def test_a_source_that_was_published_with_other_ids_keeps_those(site: Site) -> None:
    site.write("publisher.yaml", CONFIG + SOURCE)
    site.publish()
    record = site.folder / "published.jsonl"
    record.write_text(record.read_text().replace(f'"id":"{FIRST}"', f'"id":"{EARLIER}"'))
    site.publish()
    assert set(ids(site).values()) == {EARLIER, SECOND}
    site.run(*IMPORT)
    assert f"\nid: {EARLIER}\n" in (site.folder / "articles" / "2020-03-01-entry-1.md").read_text()
    site.write("publisher.yaml", CONFIG)
    site.publish()
    assert set(ids(site).values()) == {EARLIER, SECOND}


def test_such_an_id_changes_no_article_that_is_published(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    site.publish()
    before = ids(site)
    site.article("one.md", id=FIRST)
    assert site.run("publish").err == ""
    assert ids(site) == before
