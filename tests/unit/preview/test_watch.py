"""What a preview looks at, and what it passes over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from publisher.config import Config
from publisher.config.load import load_config
from publisher.preview.watch import look, watched_at_first, watched_by
from tests.sites import CONFIG, Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.write("publisher.yaml", CONFIG + "  image: cover.png\n")
    site.write("cover.png", b"x")
    site.article("sea/fog.md")
    return site


def config(site: Site) -> Config:
    return load_config(site.folder / "publisher.yaml")


def seen(site: Site) -> dict[str, tuple[int, int]]:
    watched = watched_by(config(site), site.folder / "publisher.yaml")
    return {os.path.relpath(place, site.folder): stamp for place, stamp in look(watched).items()}


@pytest.mark.parametrize(
    "name",
    [
        "articles/sea/fog.md",
        "articles/new.md",
        "templates/web/index.html",
        "issues/weekly/next.md",
        "publisher.yaml",
        "published.jsonl",
        "cover.png",
    ],
)
def test_a_change_of_what_a_run_reads_is_seen(site: Site, name: str) -> None:
    before = seen(site)
    site.write(name, "Something else, and longer than it was.")
    if name == "publisher.yaml":
        site.write(name, CONFIG + "  image: cover.png\n# more\n")
    after = seen(site)
    assert {place for place in after if before.get(place) != after[place]} == {name}


def test_so_is_a_file_that_goes(site: Site) -> None:
    assert "articles/sea/fog.md" in seen(site)
    (site.folder / "articles/sea/fog.md").unlink()
    assert "articles/sea/fog.md" not in seen(site)


@pytest.mark.parametrize("name", ["output/index.html", ".publisher/build.db", "articles/.fog.swp"])
def test_what_a_run_writes_or_an_editor_hides_is_passed_over(site: Site, name: str) -> None:
    before = seen(site)
    site.write(name, "x")
    assert seen(site) == before


def test_output_within_a_source_and_links_in_circles_end(site: Site) -> None:
    site.write("publisher.yaml", CONFIG + "sources: [{name: all, path: .}]\n")
    site.write("output/index.html", "x")
    (site.folder / "articles" / "back").symlink_to(site.folder)
    assert "output/index.html" not in seen(site)
    assert [name for name in seen(site) if name.endswith("fog.md")] == ["./articles/sea/fog.md"[2:]]


def test_without_a_readable_configuration_it_is_looked_at_itself(site: Site) -> None:
    file = site.folder / "publisher.yaml"
    assert set(look(watched_at_first(file))) == {str(file)}
