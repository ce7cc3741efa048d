"""What publisher.yaml names and is not there: told with the file, the line and what to do."""

from __future__ import annotations

import re

import pytest

from tests import publishing
from tests.publishing import MakeSite
from tests.rights import run_bound_by_modes
from tests.sites import CONFIG, NEWSLETTER

site = publishing.site

COMMANDS = (("check",), ("publish", "--dry-run"), ("articles",), ("plan",))


@pytest.mark.parametrize(
    ("keys", "place", "told"),
    [
        ("  image: media/no.png\n", "7:10", "site.image: media/no.png cannot be read: No such"),
        (
            '  theme: {accent: "#9c2f1b", logo: media/no.svg}\n',
            "7:36",
            "site.theme.logo: media/no.svg cannot be read: No such",
        ),
        (
            "feeds:\n  - name: main\n    podcast: {explicit: no, category: News, image: no.jpg}\n",
            "9:52",
            "feeds[0].podcast.image: no.jpg cannot be read: No such",
        ),
        ("  theme: {logo: publisher.yaml}\n", "7:17", "site.theme.logo: publisher.yaml is no"),
        ("templates: tempaltes\n", "7:12", "templates: there is no folder 'tempaltes'"),
    ],
)
def test_a_picture_or_folder_that_is_not_there_has_its_line(
    keys: str, place: str, told: str, make_site: MakeSite
) -> None:
    site = make_site(CONFIG + keys)
    site.article("one.md")
    for command in COMMANDS[:2]:
        ran = site.run(*command)
        assert ran.code == 2, ran
        assert f"error: publisher.yaml:{place}: {told}" in ran.err
        assert "\nmend:  " in ran.err


def test_a_broken_logo_has_its_line(make_site: MakeSite) -> None:
    site = make_site(CONFIG + "  theme: {logo: logo.png}\n", {"logo.png": b"\x89PNG\r\n\x1a\n"})
    site.article("one.md")
    ran = site.run("check")
    assert ran.code == 2
    assert "error: publisher.yaml:7:17: site.theme.logo: logo.png " in ran.err


SOURCE = "sources:\n  - name: news\n    type: {}\n    path: {}\n"


@pytest.mark.parametrize(
    ("source", "place", "told"),
    [
        (SOURCE.format("files", "artcles"), "10:11", "the folder of the source 'news' is not th"),
        (SOURCE.format("files", "publisher.yaml"), "10:11", "the folder of the source 'news' is a"),
        (SOURCE.format("csv", "no.csv") + "    map: {a: title}\n", "10:11", "cannot be read: No"),
        (SOURCE.format("wxr", "no.xml"), "10:11", "cannot be read: No such file"),
        (SOURCE.format("opml", "no.opml"), "10:11", "cannot be read: No such file"),
        (SOURCE.format("mbox", "no.mbox") + "    all: true\n", "10:11", "cannot be read: No such"),
        (SOURCE.format("maildir", "no") + "    all: true\n", "10:11", "cannot be read: No such"),
        ("sources: [{name: news}]\n", "7:11", "the folder of the source 'news' is not there"),
    ],
)
def test_a_source_that_is_not_there_has_its_line(
    source: str, place: str, told: str, make_site: MakeSite
) -> None:
    site = make_site(CONFIG + source)
    for command in COMMANDS:
        ran = site.run(*command)
        assert ran.code == 2, ran
        line, mend = ran.err.splitlines()
        assert line.startswith(f"error: publisher.yaml:{place}: ")
        assert told in line
        assert mend.startswith("mend:  ")
    assert not site.output("").exists()


def test_the_folder_that_no_key_names_has_no_line(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    ran = site.run("check")
    assert ran.code == 2
    folder = site.folder / "articles"
    assert f"error: {folder}: the folder of the source 'articles' is not there" in ran.err


def test_a_map_that_leads_to_no_field_has_its_line(make_site: MakeSite) -> None:
    site = make_site(CONFIG + "sources:\n  - name: articles\n    map:\n      penulis: autors\n")
    site.article("one.md")
    told = "publisher.yaml:10:16: the source articles has the map penulis: autors, and 'autors' is"
    ran = site.run("check")
    assert told in ran.err
    assert "did you mean 'authors'?" in ran.err


def test_a_subject_that_names_what_is_not_there_has_its_line(make_site: MakeSite) -> None:
    """Also where no issue is to be made, as here: `check` is to tell before."""
    subject = '    subject: "{{ entries[0].titel }}"\n    min_items: 5\n'
    site = make_site(CONFIG + NEWSLETTER + subject)
    site.article("one.md")
    for command in COMMANDS:
        ran = site.run(*command)
        assert ran.code == 2, ran
        assert "error: publisher.yaml:13:14: newsletters[0].subject: nothing of an entry" in ran.err
        assert "did you mean title?" in ran.err
        assert "\nmend:  write it as a Jinja template over newsletter, site, entries" in ran.err


def test_a_subject_that_cannot_be_drawn_has_its_line(make_site: MakeSite) -> None:
    site = make_site(CONFIG + NEWSLETTER + '    subject: "{{ entries[7].title }}"\n')
    site.article("one.md")
    ran = site.run("check")
    assert ran.code == 3
    assert ran.err.count("error: publisher.yaml:13:14: the subject of the newsletter weekly") == 1
    assert "there is no [7], for there are 1\nmend:  correct `subject:` there" in ran.err


def test_a_note_whose_subject_cannot_be_drawn_is_named(make_site: MakeSite) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    site.article("one.md")
    site.write("issues/weekly/next.md", '---\nsubject: "{{ entries[7].title }}"\n---\nDear all.\n')
    ran = site.run("check")
    assert ran.code == 3
    assert "error: issues/weekly/next.md: the subject of the newsletter weekly cannot" in ran.err


AUTHORS = "  authors: {redaksi: {name: Desk}, ana: {name: Ana Lima}}\n"
DEFAULTS = "sources:\n  - name: articles\n    defaults: {authors: %s}\n"


@pytest.mark.parametrize(
    ("named", "column", "near"),
    [("[ana, redaski]", "31", "redaksi"), ("redakse", "25", "redaksi"), ("[desk]", "26", "Desk")],
)
def test_a_default_author_that_is_nearly_one_of_the_site_is_told(
    named: str, column: str, near: str, make_site: MakeSite
) -> None:
    """No more than told: it may be a name."""
    site = make_site(CONFIG + AUTHORS + DEFAULTS % named)
    site.article("one.md")
    name = named.strip("[]").rpartition(" ")[2]
    told = (
        f"warning: publisher.yaml:10:{column}: sources[0].defaults.authors: {name!r} is none of"
        f" site.authors, and is taken as a name (did you mean {near!r}?)"
    )
    for command in ("check", "publish"):
        ran = site.run(command)
        assert ran.code == 0
        assert told in ran.err


@pytest.mark.parametrize(
    "named", ["[redaksi, Desk, Redaksi]", "Ana Lima", "Maria", "A <a@b.example>"]
)
def test_default_authors_that_are_known_or_others_are_not_told(
    named: str, make_site: MakeSite
) -> None:
    site = make_site(CONFIG + AUTHORS + DEFAULTS % named)
    site.article("one.md")
    assert site.run("check").err == ""


@pytest.mark.parametrize("path", ['""', "/", "''"])
def test_a_further_feed_in_the_place_of_the_main_one_is_refused(
    path: str, make_site: MakeSite
) -> None:
    feeds = 'feeds:\n  - {{name: main, path: ""}}\n  - {{name: politics, path: {}}}\n'
    site = make_site(CONFIG + feeds.format(path))
    site.article("one.md")
    ran = site.run("check")
    assert ran.code == 2
    told = "feeds[1].path: only the feed main can lie at the top of output/"
    assert f"error: publisher.yaml:9:28: {told}\nmend:  write feeds/politics" in ran.err


@pytest.mark.parametrize("path", ["", "~", "feeds/politics"])
def test_a_path_that_is_left_out_is_the_usual_one(path: str, make_site: MakeSite) -> None:
    feeds = "feeds:\n  - {{name: main, path: /}}\n  - {{name: politics, path: {}}}\n"
    site = make_site(CONFIG + feeds.format(path))
    site.article("one.md")
    site.publish()
    assert site.output("feeds/politics/rss.xml").exists()


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("output: publisher.yaml", "output: is a file"),
        ("state: publisher.yaml", "state: is a file"),
        ("record: media", "record: is a folder"),
        ("templates: publisher.yaml", "templates: publisher.yaml: is no folder"),
    ],
)
def test_a_file_in_place_of_a_folder_is_refused(key: str, told: str, make_site: MakeSite) -> None:
    site = make_site(CONFIG + key, {"media/logo.png": b""})
    site.article("one.md")
    for command in COMMANDS[:2]:
        ran = site.run(*command)
        assert ran.code == 2
        assert re.search(
            rf"^error: publisher\.yaml:7:[0-9]+: {told}\nmend:  ", ran.err, re.MULTILINE
        )


@pytest.mark.parametrize(
    "key",
    [
        "templates: shut/in",
        "templates: shut",
        "output: shut/in",
        "output: shut",
        "sources: [{name: a, path: shut/in}]",
        "sources: [{name: a, path: shut}]",
        "sources: [{name: a, type: csv, path: shut/in}]",
    ],
)
def test_a_place_that_may_not_be_looked_at_is_no_defect(key: str, make_site: MakeSite) -> None:
    site = make_site(CONFIG + key)
    site.article("one.md")
    shut = site.folder / "shut"
    (shut / "in").mkdir(parents=True)
    shut.chmod(0)
    try:
        ran = run_bound_by_modes(site, "check")
    finally:
        shut.chmod(0o700)
    assert ran.returncode == 1, ran
    assert re.match(r"error: \S+/shut\S*: .*Permission denied\nmend:  ", ran.stderr)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("templates: {}", 2),
        ("output: {}", 1),
        ("sources: [{{name: a, path: {}}}]", 2),
        ("sources: [{{name: a, type: csv, path: {}}}]", 2),
    ],
)
def test_a_name_that_is_too_long_is_no_defect(key: str, code: int, make_site: MakeSite) -> None:
    site = make_site(CONFIG + key.format("x" * 300))
    site.article("one.md")
    ran = site.run("check")
    assert ran.code == code, ran
    assert re.match(r"error: .*\nmend:  ", ran.err)
