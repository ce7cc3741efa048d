"""The pages of readers in Chromium: a whole life as a reader, and how each page looks."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import Page, Served, browsing, find_browser
from tests.looking import COLOURS, axe_violations, heading_levels, overhang, said
from tests.mailings import Mailed, later
from tests.relays import relay
from tests.serving import Serving, serving
from tests.sites import NOW, UNJUDGED, Site
from tests.subscribing import SECOND, links, mails, site_with, states

pytestmark = pytest.mark.service

URL = "https://courier.example"
BUTTON = "main button"
_LEFT_OUT = {"host", "content-length", "accept-encoding", "connection"}


def through(server: Serving, language: str = "") -> Callable[[Mapping[str, Any]], Served]:
    """Hands the browser's requests on to a server, as a proxy with TLS would."""

    def serve(request: Mapping[str, Any]) -> Served:
        parts = urlsplit(request["url"])
        fields = {n: v for n, v in request["headers"].items() if n.lower() not in _LEFT_OUT}
        fields |= {"Host": parts.netloc} | ({"Accept-Language": language} if language else {})
        connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(request["method"], target, request.get("postData"), fields)
        answer = connection.getresponse()
        told = {n: v for n, v in answer.getheaders() if n.lower() not in _LEFT_OUT}
        served = Served(status=answer.status, headers=told, body=answer.read())
        connection.close()
        return served

    return serve


@pytest.fixture
def tab(program: Callable[[str], str], tmp_path: Path) -> Iterator[Page]:
    with browsing(program(find_browser()), tmp_path, tmp_path / "browser") as page:
        yield page


@pytest.fixture
def mailed(make_site: Callable[..., Site]) -> Mailed:
    return site_with(make_site, SECOND)


def check_looks(page: Page, axe: str) -> None:
    """Light at a phone's width, dark on a desk; big targets; one heading above all."""
    page.look(320)
    assert axe_violations(page, axe) == []
    assert overhang(page) == 0
    low = "[...document.querySelectorAll('main :is(input:not([type=hidden], .trap *), button,"
    low += " select, .way, label.choice)')].filter(e => !['checkbox', 'radio'].includes(e.type))"
    low += ".map(e => e.getBoundingClientRect().height).filter(h => h < 40)"
    assert page.run(low) == []
    assert heading_levels(page)[0] == 1
    page.look(1200, "dark")
    assert axe_violations(page, axe, only=COLOURS) == []
    assert overhang(page) == 0


def test_a_life_as_a_reader(mailed: Mailed, tab: Page, axe: str, tmp_path: Path) -> None:
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there, "web: {url: https://courier.example/}\n")
        text = (mailed.site.folder / "publisher.yaml").read_text()
        mailed.site.write("publisher.yaml", text.replace(UNJUDGED, UNJUDGED + SECOND))
        mailed.site.publish()
        with serving(mailed.site, "--now", NOW) as server:
            tab.serve = through(server)
            tab.open(f"{URL}/")
            tab.run("document.querySelector('[name=email]').value = 'ann@harbour.example'")
            tab.press(".signup button")
            assert "Newsletters" in said(tab)
            check_looks(tab, axe)
            tab.run("document.querySelector('[value=weekly]').checked = true")
            tab.press(BUTTON)
            assert "a message is on its way" in said(tab)
            check_looks(tab, axe)
            assert states(mailed, "ann@harbour.example") == {"weekly": "pending"}

            mailed.deliver()
            confirm = links(mails(tmp_path)[0])["confirm"]
            tab.open(URL + confirm)
            check_looks(tab, axe)
            tab.press(BUTTON)
            assert "You are subscribed" in said(tab)
            check_looks(tab, axe)

            mailed.site.article("tide.md", "A text about tides.", date="2026-11-01")
            mailed.site.run("issue", "compose", "weekly", now=later(3600))
            mailed.deliver(after=3600)
            own = links(mails(tmp_path)[1])
            tab.open(URL + own["preferences"])
            check_looks(tab, axe)
            tab.run("document.querySelector('[value=daily]').checked = true")
            tab.run("document.querySelector('[name=pause]').value = '2026-12-24'")
            tab.press(BUTTON)
            assert "Your changes are saved." in said(tab)
            check_looks(tab, axe)
            assert states(mailed, "ann@harbour.example") == {"weekly": "active", "daily": "active"}

            tab.open(URL + own["unsubscribe"])
            check_looks(tab, axe)
            tab.press(BUTTON)
            assert "You have unsubscribed" in said(tab)
            check_looks(tab, axe)
            assert states(mailed, "ann@harbour.example")["weekly"] == "unsubscribed"

            tab.open(URL + own["preferences"] + "?erase")
            check_looks(tab, axe)
            tab.press(BUTTON)
            assert "You are erased" in said(tab)
            assert states(mailed, "ann@harbour.example") == {}


@pytest.mark.parametrize(
    "language",
    [
        "ar",
        pytest.param("ja", marks=pytest.mark.long),
        pytest.param("de", marks=pytest.mark.long),
        pytest.param("hi", marks=pytest.mark.long),
    ],
)
def test_in_other_scripts(language: str, mailed: Mailed, tab: Page, axe: str) -> None:
    with serving(mailed.site, "--now", NOW) as server:
        tab.serve = through(server, language)
        tab.open(f"{URL}/subscribe")
        assert tab.run("document.documentElement.lang") == language
        check_looks(tab, axe)
        tab.run("document.querySelector('#email').type = 'text'")
        tab.run("document.querySelector('#email').value = 'nobody'")
        tab.press(BUTTON)
        assert re.search("name@example.org", said(tab))
        check_looks(tab, axe)
