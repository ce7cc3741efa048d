"""Sites for tests of pages, drawn with the shipped templates."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import jinja2

from publisher.config import SiteSpec
from publisher.fingerprint import fingerprint
from publisher.model import Artifact, Digest, Entry, Issue, RecordedIssue, RenderedIssue
from publisher.render.environment import make_environment
from publisher.render.pages import page_artifacts
from publisher.render.view import SiteView
from publisher.render.words import make_words
from publisher.renditions import Gallery
from tests.factories import SITE_URL, make_entry, make_feed

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = {file.stem: file.read_bytes() for file in (ROOT / "publisher/locales").glob("*.po")}
ZONE = timezone(timedelta(hours=7))
NEWEST = datetime(2026, 11, 20, 7, 0, tzinfo=ZONE)


@cache
def web_templates() -> Mapping[str, str]:
    folder = ROOT / "templates"
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted((folder / "web").rglob("*"))
        if file.is_file()
    }


@cache
def environment() -> jinja2.Environment:
    return make_environment(web_templates())


def make_entries(count: int, **changes: Any) -> tuple[Entry, ...]:
    """Entries, newest first, two days apart, each with a page at its own date."""
    made = []
    for number in range(count, 0, -1):
        when = NEWEST - timedelta(days=2 * (count - number))
        address = f"{when:%Y/%m/%d}/{number}/"
        values = {
            "number": number,
            "published": when,
            "updated": when,
            "url": SITE_URL + address,
            "path": address + "index.html",
        }
        made.append(make_entry(**(values | changes)))
    return tuple(made)


def make_view(*entries: Entry, **changes: Any) -> SiteView:
    """A site of these entries; `site` and `bodies` may be given as mappings."""
    site: dict[str, Any] = {"title": "The Example Courier", "url": SITE_URL, "language": "en"}
    bodies: Mapping[str, str] = changes.pop("bodies", {})
    issues: Mapping[str, Sequence[Issue]] = changes.pop("issues", {})
    by_number = {(i.newsletter, i.number): i for some in issues.values() for i in some}
    parts = [part for feed in changes.get("feeds", ()) for part in feed.parts]
    shown = [*entries, *changes.get("aged", ()), *(e for part in parts for e in part.load())]
    values: dict[str, Any] = {
        "feeds": (make_feed(),),
        "newsletters": (),
        "entries": entries,
        "marks": {e.id: fingerprint(e) for e in shown},
        "aged": (),
        "withdrawn": (),
        "words": lambda language: make_words(language or site["language"], CATALOGUES),
        "logo": None,
        "image": None,
        "gallery": Gallery(url=SITE_URL, assets={}),
        "load_body": lambda entry: bodies.get(entry.body_key, f"<p>Text of {entry.title}.</p>"),
        "load_issue": lambda newsletter, number: by_number[newsletter, number],
    }
    site |= changes.pop("site", {})
    return SiteView(
        site=SiteSpec(**site),
        issues={name: tuple(map(_recorded, some)) for name, some in issues.items()},
        **(values | changes),
    )


def make_issue(number: int, *entries: Entry, **changes: Any) -> Issue:
    """An issue of `weekly`, a week after the one before."""
    values: dict[str, Any] = {
        "newsletter": "weekly",
        "slot": NEWEST + timedelta(days=7 * number),
        "subject": f"Subject {number}",
        "preheader": "And more",
        "entries": entries or make_entries(1),
    }
    return Issue(
        newsletter="weekly",
        number=number,
        digest=Digest(**(values | changes)),
        rendered=RenderedIssue(subject="", html="", text=""),
        checksum=f"checksum {number}",
    )


def artifacts(view: SiteView, **changes: Any) -> dict[str, Artifact]:
    values: dict[str, Any] = {
        "environment": environment(),
        "theme_hash": "theme",
    }
    made = page_artifacts(view, **(values | changes))
    by_path = {artifact.path: artifact for artifact in made}
    assert len(by_path) == len(made), "no path twice"
    return by_path


def draw(view: SiteView, path: str = "index.html", **changes: Any) -> Element:
    """A page as a browser sees it, every departure from HTML an error."""
    text = artifacts(view, **changes)[path].render().decode()
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root


def changed(before: SiteView, after: SiteView) -> set[str]:
    """The paths whose fingerprint differs, or that come or go."""
    one, other = artifacts(before), artifacts(after)
    return {
        path
        for path in one.keys() | other.keys()
        if path not in one or path not in other or one[path].fingerprint != other[path].fingerprint
    }


def seen(element: Element) -> str:
    """The text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def by_class(page: Element, name: str) -> list[Element]:
    return [one for one in page.iter() if name in (one.get("class") or "").split()]


def leads_to(here: str, href: str) -> str:
    """The path under output/ that a relative address of a page means."""
    address, _, _ = href.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), address))
    return f"{path}/index.html".removeprefix("./") if address.endswith("/") else path


def _recorded(issue: Issue) -> RecordedIssue:
    return RecordedIssue(
        newsletter=issue.newsletter,
        number=issue.number,
        slot=issue.digest.slot,
        items=tuple(entry.id for entry in issue.digest.entries),
        passed=(),
        checksum=issue.checksum,
    )
