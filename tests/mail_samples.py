"""Mails for tests, drawn with the shipped templates."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import jinja2

from publisher.config import SiteSpec
from publisher.links.readers import fill
from publisher.model import Digest, Entry, RenderedIssue
from publisher.palette import make_palette
from publisher.render.email import render_issue
from publisher.render.environment import make_environment
from publisher.render.words import make_words
from tests.factories import SITE_URL, make_entry, make_newsletter

ROOT = Path(__file__).resolve().parents[1]
SLOT = datetime(2026, 11, 23, 7, 0, tzinfo=timezone(timedelta(hours=7)))
CATALOGUES = {file.stem: file.read_bytes() for file in (ROOT / "publisher/locales").glob("*.po")}


def mail_templates() -> dict[str, str]:
    folder = ROOT / "templates"
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.glob("email/*"))
    }


@cache
def environment() -> jinja2.Environment:
    return make_environment(mail_templates())


def make_digest(*entries: Entry, **changes: Any) -> Digest:
    values: dict[str, Any] = {
        "newsletter": "weekly",
        "slot": SLOT,
        "subject": "The Weekly Courier: a boat",
        "preheader": "What else there is",
        "entries": entries or (make_entry(),),
    }
    return Digest(**(values | changes))


def draw(digest: Digest | None = None, /, **changes: Any) -> RenderedIssue:
    values: dict[str, Any] = {
        "newsletter": make_newsletter(),
        "site": SiteSpec(title="The Example Courier", url=SITE_URL),
        "mail_url": SITE_URL,
        "words": make_words(changes.pop("language", "en"), CATALOGUES),
        "palette": make_palette("#9c2f1b"),
        "logo": None,
        "environment": environment(),
        "load_body": lambda entry: f"<p>The text of {escape(entry.title)}.</p>",
    }
    number = changes.pop("number", 12)
    return render_issue(digest or make_digest(), number, **(values | changes))


def draw_entries(*entries: Entry, **changes: Any) -> RenderedIssue:
    return draw(make_digest(*entries), **changes)


def parse(html: str) -> Element:
    """The document as a browser sees it, every departure from HTML an error."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return root


def blocks(page: Element) -> list[Element]:
    """What each entry is drawn in."""
    return [div for div in page.iter("div") if div.find("h2") is not None]


def seen(element: Element) -> str:
    """The text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def filled_size(rendered: RenderedIssue, mail_url: str = SITE_URL) -> int:
    return len(fill(rendered.html, token="t" * 200, mail_url=mail_url).encode())
