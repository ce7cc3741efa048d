"""What a command imports, and so most of what a short one costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.system.aside import processors
from tests.command import TIMEOUT
from tests.sites import CONFIG, NOW, Site

ROOT = Path(__file__).resolve().parents[2]

LATER = "2026-11-22T08:10:00Z"
"""A clock that was told ticks: where a run takes a second, it ends later than it was told."""

EMBEDDED = (
    "import atexit, sys\n"
    "atexit.register(print, 'at the end')\n"
    "from publisher.cli.commands import command_line\n"
    "sys.argv = ['publisher', '--version']\n"
    "try:\n"
    "    command_line()\n"
    "except SystemExit:\n"
    "    sys.exit(3)\n"
)
"""A program that has the command in it."""

AS_A_PROCESS = (
    "import atexit, runpy, sys\n"
    "atexit.register(print, 'at the end')\n"
    "sys.argv = ['publisher', '--version']\n"
    "runpy.run_module('publisher', run_name='__main__')\n"
)

TOLD = (
    "import json, sys\n"
    "from publisher.cli.commands import main\n"
    "try:\n"
    "    main(sys.argv[2:])\n"
    "except SystemExit as end:\n"
    "    code = end.code or 0\n"
    "with open(sys.argv[1], 'w') as file:\n"
    "    json.dump([code, sorted(sys.modules)], file)\n"
)

NO_DATABASE = ("sqlalchemy", "psycopg", "publisher.store.engine", "publisher.store.issues")
NO_MAIL = (
    *("mjml", "publisher.preflight", "publisher.render.email", "publisher.render.mail"),
    *(
        "publisher.mailing.deliver",
        "publisher.sending",
        "publisher.transport",
        "publisher.issues.command",
    ),
    *("publisher.issues.proofing", "publisher.issues.issuing", "smtplib"),
)
NO_OTHER_SOURCES = (
    *("publisher.exports", "publisher.parse.mails", "publisher.parse.feeds", "publisher.fetching"),
    *("publisher.sources.tables", "publisher.sources.items", "publisher.mailboxes", "urllib3"),
    *(
        "publisher.publishing.collecting",
        "publisher.publishing.fetches",
        "imaplib",
        "poplib",
        "csv",
        "feedparser",
    ),
)
NO_OTHER_FORMATS = (
    *("docutils", "nbformat", "mammoth", "zipfile", "tomllib", "gcld3", "subprocess"),
    *("publisher.parse.formats.rst", "publisher.parse.formats.plaintext", "lxml.html"),
    *("publisher.parse.formats.html", "publisher.parse.wholes"),
)
NO_PICTURES = ("PIL", "imagesize", "ssl", "http.client")
NO_OTHER_COMMANDS = (
    *(
        "publisher.issues.forecast",
        "publisher.starter",
        "publisher.publishing.rehearsal",
        "publisher.preview",
    ),
    *("publisher.schedule", "publisher.checkup", "starlette", "uvicorn", "apscheduler"),
    *("prometheus_client", "structlog", "rich", "importlib.metadata"),
    *("publisher.cluster", "procrastinate"),
)
NOTHING_READ = ("publisher.parse.document", "publisher.parse.bodies", "comrak", "html.parser")
NOTHING_DRAWN = (
    *("feedgen.feed", "feedgen.entry", "lxml.etree", "dateutil", "publisher.feedcheck"),
    *("publisher.render.feeds.draw", "babel.messages", "email"),
)
NO_TEMPLATES = ("jinja2", "babel", "publisher.render.pages", "publisher.render.feeds")

SELDOM = (
    *NO_DATABASE,
    *NO_MAIL,
    *NO_OTHER_SOURCES,
    *NO_OTHER_FORMATS,
    *NO_PICTURES,
    *NO_OTHER_COMMANDS,
)


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """A site of Markdown that was published."""
    site = make_site(CONFIG)
    for name in ("one.md", "two.md"):
        site.article(name)
    site.publish()
    site.settle()
    site.publish()
    return site


def imported(site: Site, *arguments: str) -> set[str]:
    """The modules that a process has after a command."""
    note = site.folder / "modules.json"
    done = subprocess.run(
        [sys.executable, "-c", TOLD, str(note), *arguments],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    code, modules = json.loads(note.read_text())
    assert code == 0, (done.stdout, done.stderr)
    return set(modules)


def left_behind(site: Site) -> dict[str, Any]:
    """What the last run left by which the next may do nothing; it says why a run did all."""
    left = json.loads((site.folder / ".publisher" / "standstill.json").read_text())
    return {name: value for name, value in left.items() if name not in ("places", "signs", "said")}


def among(names: tuple[str, ...], modules: set[str]) -> list[str]:
    """Which of some modules, or of what lies in them, there are."""
    return [one for one in sorted(modules) if any(f"{one}.".startswith(f"{n}.") for n in names)]


def test_the_version_needs_hardly_anything(site: Site) -> None:
    modules = imported(site, "--version")
    ours = [name for name in modules if name.partition(".")[0] == "publisher"]
    commands = ["publisher", "publisher.cli", "publisher.cli.commands", "publisher.cli.process"]
    assert sorted(ours) == commands


def test_articles_need_no_more_than_was_read(site: Site) -> None:
    modules = imported(site, "articles", "--explain", "one.md", "--now", NOW)
    assert among((*SELDOM, *NOTHING_READ, *NOTHING_DRAWN, *NO_TEMPLATES), modules) == []


def test_a_run_that_would_do_nothing_needs_nothing_that_does(site: Site) -> None:
    left = left_behind(site)
    modules = imported(site, "publish", "--now", LATER)
    doing = (
        "publisher.config",
        "publisher.wiring.app",
        "publisher.sources",
        "publisher.publishing.publish",
        "yaml",
    )
    needless = among((*SELDOM, *NOTHING_READ, *NOTHING_DRAWN, *NO_TEMPLATES, *doing), modules)
    assert needless == [], (left, left_behind(site))


def test_a_run_that_changes_nothing_reads_and_draws_nothing(site: Site) -> None:
    (site.folder / ".publisher" / "standstill.json").unlink()
    modules = imported(site, "publish", "--now", LATER)
    assert among((*SELDOM, *NOTHING_READ, *NOTHING_DRAWN), modules) == []


def test_a_run_of_markdown_needs_no_more_than_markdown(site: Site) -> None:
    site.article("one.md", "Another text.")
    modules = imported(site, "publish", "--strict", "--now", NOW)
    assert "publisher.parse.document" in modules
    assert "publisher.feedcheck" in modules
    assert among(SELDOM, modules) == []


@pytest.mark.skipif(processors() < 2, reason="one processor alone reads before it goes on")
def test_what_changed_is_read_by_a_copy_of_the_process(site: Site) -> None:
    left = left_behind(site)
    site.article("one.md", "Another text.")
    modules = imported(site, "publish", "--now", LATER)
    reading = ("publisher.config.load", "publisher.sources.files", "publisher.parse.headers")
    needless = among((*SELDOM, *NOTHING_READ, *reading, "yaml"), modules)
    assert needless == [], (left, left_behind(site))
    page = next(site.output("").rglob("one*/index.html"))
    assert "Another text." in page.read_text(encoding="utf-8")


def test_what_is_needed_is_there(site: Site) -> None:
    """The tests above look for names that exist: each is imported where it has its use."""
    names = {name for name in SELDOM if name.partition(".")[0] == "publisher"}
    names |= set(NOTHING_READ + NOTHING_DRAWN + NO_TEMPLATES) | {"docutils", "sqlalchemy", "mjml"}
    script = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    subprocess.run(
        [sys.executable, "-c", script, *sorted(names)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=TIMEOUT,
        check=True,
    )


def kept(site: Site) -> dict[str, tuple[bytes, int]]:
    return site.tree(".publisher/templates")


def test_templates_are_compiled_once(site: Site) -> None:
    before = kept(site)
    assert before
    site.article("one.md", "Another text.")
    site.publish(cold=True)
    assert kept(site) == before


def test_who_changes_nothing_keeps_no_templates(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    for arguments in (("publish", "--dry-run"), ("check",), ("articles",)):
        assert site.run(*arguments, cold=True).code == 0
    assert not (site.folder / ".publisher").exists()


def test_a_run_over_damaged_templates_is_as_one_without(site: Site) -> None:
    site.article("one.md", "Another text.")
    for file in (site.folder / ".publisher" / "templates").iterdir():
        file.write_bytes(b"damaged")
    site.publish(cold=True)
    with_damage = {path: content for path, (content, _) in site.tree().items()}
    site.publish("--full", cold=True)
    assert {path: content for path, (content, _) in site.tree().items()} == with_damage
    mended = [path for path, (content, _) in kept(site).items() if content != b"damaged"]
    assert len(mended) > 3


def test_a_changed_template_is_seen(site: Site) -> None:
    original = (ROOT / "templates" / "web" / "article.html").read_text(encoding="utf-8")
    assert "</article>" in original
    for mark in ("first", "second"):
        text = original.replace("</article>", f"<!-- {mark} --></article>")
        site.write("templates/web/article.html", text)
        site.publish(cold=True)
        page = next(site.output("").rglob("one*/index.html"), None) or site.output("one.html")
        assert f"<!-- {mark} -->" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("program", "code"), [(EMBEDDED, 3), (AS_A_PROCESS, 0)])
def test_what_others_left_to_the_end_is_done(program: str, code: int) -> None:
    """A program that measures coverage, say, or one that goes on after a command."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.splitlines()[1:] == ["at the end"]
