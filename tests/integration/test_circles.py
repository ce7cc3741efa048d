"""Links that lead in a circle, or nowhere, where a site keeps something."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.serving import wait_until
from tests.sites import CONFIG, UNJUDGED, Site
from tests.timers import Timer, ended_timers

_PLACES = {
    "published.jsonl": "record: published.jsonl",
    ".publisher": "state: .publisher",
    "output": "output: output",
    "templates": "templates: templates",
    "articles": "sources[0].path: articles",
}


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG + UNJUDGED)


def circle(site: Site, name: str) -> None:
    """Put two links that lead to each other where something is to be."""
    (site.folder / "other").symlink_to(name)
    (site.folder / name).symlink_to("other")


@pytest.mark.parametrize("name", _PLACES)
def test_a_place_that_no_path_leads_to_is_named(site: Site, name: str) -> None:
    circle(site, name)
    for command in (("publish",), ("status",), ("articles",)):
        ran = site.run(*command)
        assert (ran.code, ran.out) == (2, "")
        assert f"{_PLACES[name]} is a link that leads in a circle" in ran.err
        assert "mend:  take that link away, or have it lead to where it is to be" in ran.err
        assert ran.err.count("circle") == 1, "told once"


@pytest.mark.parametrize("name", ["published.jsonl", "output"])
def test_so_is_one_without_a_configuration(site: Site, name: str) -> None:
    (site.folder / "publisher.yaml").unlink()
    site.article("fog.md")
    circle(site, name)
    ran = site.run("publish")
    assert (ran.code, "is a link that leads in a circle" in ran.err) == (2, True)


def test_so_is_one_that_the_command_line_names(site: Site) -> None:
    site.article("fog.md")
    circle(site, "out")
    ran = site.run("publish", "--output", "out")
    assert (ran.code, "--output out: is a link that leads in a circle" in ran.err) == (2, True)
    assert site.run("backup", "out").code == 0, "it is replaced"


@pytest.mark.parametrize("target", ["publisher.yaml", "elsewhere.yaml"])
def test_a_configuration_that_its_link_does_not_lead_to_is_no_site_without_one(
    site: Site, target: str
) -> None:
    site.article("fog.md")
    (site.folder / "publisher.yaml").unlink()
    (site.folder / "publisher.yaml").symlink_to(target)
    ran = site.run("publish")
    assert (ran.code, ran.out) == (2, "")
    assert "publisher.yaml: cannot be read: " in ran.err
    assert "have it lead to the file" in ran.err
    assert not site.output("").exists()


@pytest.mark.parametrize("name", _PLACES)
def test_one_that_comes_while_the_timer_runs_is_told_until_it_is_gone(
    site: Site, name: str
) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED + "schedule: {rebuild: 1s}\n")
    site.article("fog.md")
    site.write("templates/web/article.html", "Own")
    site.settle()
    with ended_timers() as timers:
        timers.append(Timer(site, None))
        timers[0].wait_for("event=publish.done")
        (site.folder / name).rename(site.folder / "kept")
        circle(site, name)
        said = timers[0].wait_for(f"{_PLACES[name]} is a link that leads in a circle")
        assert 'mend="take that link away, or have it lead to where it is to be"' in said
        assert "Traceback" not in said
        (site.folder / name).unlink()
        (site.folder / "kept").rename(site.folder / name)
        runs = timers[0].said().count("event=publish.done")
        wait_until(lambda: timers[0].said().count("event=publish.done") > runs)
        assert "defect" not in timers[0].said()
