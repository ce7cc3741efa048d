"""`publisher preview` as a process: what an editor's browser gets, and what it must not do."""

from __future__ import annotations

import base64
import html
import http.client
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.test_jobs import PIXEL
from tests.picture_samples import png
from tests.serving import Previewing, Reply, ask_raw, previewing, wait_until, within
from tests.sites import CONFIG, NEWSLETTER, NOW, Site

SEA = """\
  - name: sea
    title: The Sea Letter
    from: sea@courier.example
    postal_address: 1 Pier Road, Example Harbour
    min_items: 2
    select: {tags: [sea]}
"""


def fill(site: Site) -> None:
    """Issue 1 of the newsletter, and then one article of each fate."""
    site.write("publisher.yaml", CONFIG + NEWSLETTER + "    max_items: 2\n" + SEA)
    site.article("old.md", date="2026-11-02")
    site.publish(now="2026-11-10T08:00:00Z")
    site.write("articles/tide.png", PIXEL)
    site.article("third.md", date="2026-11-17", tags="[sea]")
    site.article("second.md", "See [the old one](old.md). ![Tide](tide.png)", date="2026-11-18")
    site.article("first.md", date="2026-11-19")
    site.article("hushed.md", date="2026-11-16", digest="false")
    site.article("tide-table.md", date="2027-01-05")
    site.article("sketch.md", draft="true")
    site.article("over.md", expires="2026-11-20")
    site.article("gone.md", retract="true")
    site.write("articles/bad.md", "---\ntitle: [open\n---\nx\n")
    site.write("articles/README.md", "For authors.\n")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("previewed") / "site")
    fill(site)
    return site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Previewing]:
    before = site.tree(".")
    with previewing(site, "--now", NOW) as server:
        page(server, "/")
        yield server
        assert server.end() < within(1.5)
        assert server.process.returncode == 0
    after = site.tree(".")
    assert after.keys() == before.keys()
    assert {name for name in after if after[name][0] != before[name][0]} == set()
    mine = {name for name in after if not name.startswith(("articles/", "publisher.yaml"))}
    assert {name for name in mine if after[name] != before[name]} == set()


def page(server: Previewing, path: str, status: int = 200) -> str:
    """A page, which for some seconds on a busy machine is one that asks for patience (503)."""
    replies: list[Reply] = []

    def is_composed() -> bool:
        replies.append(server.ask(path))
        return status == 503 or replies[-1].status != 503

    wait_until(is_composed)
    assert replies[-1].status == status, replies[-1].body
    return replies[-1].body.decode("utf-8")


def plain(page: str) -> str:
    """The text of a page's content, on one line."""
    content = page[page.index("<main") : page.index("</main>")]
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", content)).split())
    return text.replace(" ,", ",")


def number(server: Previewing) -> int:
    found = re.search(r'data-number="([0-9]+)"', page(server, "/"))
    assert found
    return int(found[1])


class Events:
    """The stream of events, read line by line."""

    def __init__(self, server: Previewing) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
        self.connection.request("GET", "/events")
        self.response = self.connection.getresponse()
        assert self.response.getheader("content-type", "").startswith("text/event-stream")

    def next(self) -> int:
        while line := self.response.readline():
            if line.startswith(b"data: "):
                return int(line.removeprefix(b"data: "))
        pytest.fail("the stream ended")

    def ends(self) -> bool:
        return self.response.read() is not None


@contextmanager
def listening(server: Previewing) -> Iterator[Events]:
    stream = Events(server)
    try:
        yield stream
    finally:
        stream.connection.close()


@pytest.fixture
def events(server: Previewing) -> Iterator[Events]:
    with listening(server) as stream:
        yield stream


class TestOverview:
    def test_every_article_that_is_not_in_says_why(self, server: Previewing) -> None:
        text = plain(page(server, "/"))
        assert (
            "1 refused, 1 scheduled, 1 draft, 1 expired, 1 retracted, 1 skipped, 5 listed" in text
        )
        assert (
            "Refused articles/bad.md:2:8 the header opens a bracket that is not closed "
            "close the bracket, or put the value in quotes" in text
        )
        assert "Tide-Table scheduled for Tue 5 January 2027, 00:00, in 43 days" in text
        assert "Sketch a draft Sun 1 November 2026, 00:00 articles/sketch.md" in text
        assert "Over expired on Fri 20 November 2026, 00:00" in text
        assert "Gone taken back: retract: true in its header" in text
        assert "articles/README.md" in text

    def test_coming_issues_say_what_and_when(self, server: Previewing) -> None:
        text = plain(page(server, "/"))
        assert "The Weekly Courier · issue 2 The Weekly Courier: First" in text
        assert "Due Mon 23 November 2026, 07:00 (Asia/Jakarta) 3 articles" in text
        assert "The Sea Letter Nothing to send yet Fewer than 2 articles new" in text

    def test_it_tells_what_a_run_would_write(self, server: Previewing) -> None:
        text = plain(page(server, "/"))
        assert re.search(r"What a run would do to output/ [1-9][0-9]* files to write, 0 to", text)
        assert "2026/11/19/first/index.html" in text

    def test_a_state_has_a_page_of_its_own(self, server: Previewing) -> None:
        assert "Listed 5 in all First" in plain(page(server, "/articles/listed"))
        page(server, "/articles/other", 404)


class TestIssue:
    def test_its_text_is_what_issue_preview_prints(self, server: Previewing, site: Site) -> None:
        printed = site.run("issue", "preview", "weekly")
        assert printed.code == 0
        shown = re.search(r"<pre [^>]*>(.*?)</pre>", page(server, "/issues/weekly/text"), re.DOTALL)
        assert shown
        assert html.unescape(shown[1]) == printed.out
        assert server.ask("/raw/weekly/email.txt").body.decode("utf-8") == printed.out

    def test_every_listed_article_has_its_part_and_reason(self, server: Previewing) -> None:
        text = plain(page(server, "/issues/weekly/articles"))
        assert "In the mail 2 First" in text
        assert "behind “and N more” 1 Third over max_items (2)" in text
        assert "Hushed digest: false in its header" in text
        assert "Old already in issue 1" in text
        sea = plain(page(server, "/issues/sea/"))
        assert "Third waits: fewer than min_items (2) are new" in sea
        assert "First not selected: has none of tags [sea]" in sea

    def test_size_subject_and_first_words_are_shown(self, server: Previewing) -> None:
        text = plain(page(server, "/issues/weekly/"))
        html_size = len(server.ask("/raw/weekly/email.html").body)
        message_size = len(server.ask("/raw/weekly/email.eml").body)
        assert f"HTML {html_size:,} of 100,000 bytes Message {message_size:,} bytes" in text
        assert (
            "On a lock screen The Example Courier now The Weekly Courier: First Second Subject 25 "
            "characters" in text
        )
        assert "No finding." in plain(page(server, "/issues/weekly/checks"))

    def test_the_source_is_the_message(self, server: Previewing) -> None:
        message = server.ask("/raw/weekly/email.eml").body.decode("ascii")
        shown = re.search(
            r"<pre [^>]*>(.*?)</pre>", page(server, "/issues/weekly/source"), re.DOTALL
        )
        assert shown
        assert html.unescape(shown[1]) == message
        assert "Subject: The Weekly Courier: First" in message

    @pytest.mark.parametrize(
        ("query", "variant"),
        [
            ("", "light"),
            ("?scheme=dark", "dark"),
            ("?pictures=no", "light-no-images"),
            ("?pictures=no&scheme=dark", "dark-no-images"),
        ],
    )
    def test_frames_at_two_widths_in_both_schemes(
        self, server: Previewing, query: str, variant: str
    ) -> None:
        frames = re.findall(r"<iframe [^>]*>", page(server, f"/issues/weekly/{query}"))
        assert len(frames) == 2
        for frame, width in zip(frames, (375, 700), strict=True):
            assert f'src="/mail/{variant}/weekly"' in frame
            assert f'width="{width}"' in frame
            assert "allow-scripts" not in frame
            assert "sandbox=" in frame

    def test_a_dark_frame_is_dark_whatever_the_browser_prefers(self, server: Previewing) -> None:
        dark, light = page(server, "/mail/dark/weekly"), page(server, "/mail/light/weekly")
        for mail in (dark, light):
            assert "prefers-color-scheme" not in mail
        assert re.search(r"@media \(min-width: 0\) \{\s*body", dark)
        assert re.search(r"@media \(max-width: 0\) \{\s*body", light)
        assert "prefers-color-scheme: dark" in page(server, "/raw/weekly/email.html")

    def test_a_frame_may_run_nothing_and_can_be_denied_pictures(self, server: Previewing) -> None:
        shown = server.ask("/mail/light/weekly").headers["content-security-policy"]
        blocked = server.ask("/mail/light-no-images/weekly").headers["content-security-policy"]
        assert "img-src 'none'" not in shown
        assert "img-src 'none'" in blocked
        for policy in (shown, blocked):
            assert "default-src 'none'" in policy
            assert "script-src" not in policy
            assert "frame-ancestors 'self'" in policy

    def test_links_of_a_mail_lead_to_the_site_as_it_would_be(self, server: Previewing) -> None:
        mail = page(server, "/mail/light/weekly")
        assert '<base target="_blank">' in mail
        assert 'href="/site/2026/11/19/first/"' in mail
        assert 'href="https://courier.example' not in mail
        assert "First" in page(server, "/site/2026/11/19/first/")

    def test_there_is_no_page_of_what_is_not_there(self, server: Previewing) -> None:
        for path in ("/issues/other/", "/issues/weekly/other", "/mail/light/sea", "/mail/x/weekly"):
            assert "The preview has no page at" in plain(page(server, path, 404))
        page(server, "/raw/weekly/publisher.yaml", 404)
        page(server, "/nothing", 404)


class TestSite:
    def test_pages_are_those_that_publish_writes(self, server: Previewing, site: Site) -> None:
        shown = page(server, "/site/")
        assert '<script src="/preview.js" defer></script>' in shown
        assert "First" in shown
        old = site.output("2026/11/02/old/index.html").read_text(encoding="utf-8")
        there = page(server, "/site/2026/11/02/old/")
        heading = re.compile(r"<h1.*?</h1>", re.DOTALL)
        assert heading.search(there)[0] == heading.search(old)[0]  # type: ignore[index]

    def test_links_in_an_article_stay_in_the_preview(self, server: Previewing) -> None:
        body = page(server, "/site/2026/11/18/second/")
        assert re.search(r'<a href="(?:\.\./)+2026/11/02/old/"', body)
        picture = re.search(r'<img src="(?:\.\./)+(media/[^"]+)"', body)
        assert picture
        reply = server.ask(f"/site/{picture[1]}")
        assert (reply.status, reply.body) == (200, PIXEL)
        part = server.ask(f"/site/{picture[1]}", range="bytes=0-9")
        assert (part.status, part.body) == (206, PIXEL[:10])

    def test_feeds_have_their_page_and_their_source(self, server: Previewing) -> None:
        text = plain(page(server, "/feeds/"))
        assert "The Example Courier 5 articles RSS Atom JSON" in text
        assert "<item>" in html.unescape(page(server, "/source/rss.xml"))
        reply = server.ask("/site/rss.xml")
        assert reply.headers["content-type"].startswith("application/rss+xml")
        assert b"https://courier.example/2026/11/19/first/" in reply.body

    def test_a_page_in_a_frame_is_of_one_scheme(self, server: Previewing) -> None:
        shown = page(server, "/look/2026/11/19/first/?width=phone&scheme=dark&pictures=no")
        assert 'src="/frames/dark-no-images/2026/11/19/first/" width="375"' in shown
        framed = server.ask("/frames/dark-no-images/2026/11/19/first/")
        assert b"<script src" not in framed.body
        assert "img-src 'none'" in framed.headers["content-security-policy"]
        style = re.search(r'href="(?:\.\./)+(media/site-[^"]+\.css)"', framed.body.decode("utf-8"))
        assert style
        assert b"prefers-color-scheme" not in server.ask(f"/frames/dark/{style[1]}").body
        assert b"prefers-color-scheme" in server.ask(f"/site/{style[1]}").body

    def test_a_folder_without_its_slash_leads_to_it(self, server: Previewing) -> None:
        reply = server.ask("/site/2026/11/19/first")
        assert (reply.status, reply.headers["location"]) == (307, "./first/")

    @pytest.mark.parametrize(
        "path",
        ["/site/unsubscribe/sample", "/site/../publisher.yaml", "/site/%2e%2e/x", "/site/.x"],
    )
    def test_nothing_but_what_a_run_would_write(self, server: Previewing, path: str) -> None:
        assert "No run would write" in plain(page(server, path, 404))


class TestGuard:
    @pytest.mark.parametrize(
        "host", [b"evil.example", b"evil.example:80", b"127.0.0.1.evil.example"]
    )
    def test_a_name_that_is_not_this_machine_s_learns_nothing(
        self, server: Previewing, host: bytes
    ) -> None:
        answered = ask_raw(
            server.address, b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
        )
        assert answered.startswith(b"HTTP/1.1 421 ")
        assert b"Courier" not in answered

    def test_its_own_names_are_answered(self, server: Previewing) -> None:
        for host in (b"localhost", b"127.0.0.1:1", b"[::1]"):
            answered = ask_raw(
                server.address, b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
            )
            assert answered.startswith(b"HTTP/1.1 200 ")

    def test_nothing_can_be_posted(self, server: Previewing) -> None:
        for path in ("/", "/site/", "/events", "/issues/weekly/"):
            assert server.ask(path, "POST").status == 405

    def test_pages_run_our_script_alone_and_are_framed_by_nobody(self, server: Previewing) -> None:
        headers = server.ask("/").headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


class TestChanges:
    """Each puts back what it changed: the site is compared at the end."""

    def test_a_changed_article_shows_after_its_event(
        self, server: Previewing, site: Site, events: Events
    ) -> None:
        file = site.folder / "articles" / "first.md"
        before, seen = file.read_text(encoding="utf-8"), events.next()
        assert seen == number(server)

        file.write_text(before.replace("title: First", "title: First of all"), encoding="utf-8")

        assert events.next() > seen
        assert "The Weekly Courier: First of all" in page(server, "/")
        assert "First of all" in page(server, "/site/2026/11/19/first/")
        file.write_text(before, encoding="utf-8")
        events.next()
        assert "First of all" not in page(server, "/")

    def test_a_refused_article_stays_only_as_it_was_published(
        self, server: Previewing, site: Site, events: Events
    ) -> None:
        seen = events.next()
        stays = "(the version published before stays)"
        for name, is_published in (("first.md", False), ("old.md", True)):
            file = site.folder / "articles" / name
            before = file.read_text(encoding="utf-8")
            file.write_text("---\ntitle: [open\n---\n", encoding="utf-8")

            assert events.next() > seen

            refused = plain(page(server, "/articles/refused"))
            assert f"articles/{name}:2:8" in refused
            assert (stays in refused) is is_published
            shown = server.ask(f"/site/2026/11/{'02/old' if is_published else '19/first'}/")
            assert shown.status == (200 if is_published else 404)
            file.write_text(before, encoding="utf-8")
            seen = events.next()
        assert "2 refused" not in plain(page(server, "/"))

    def test_an_editor_s_note_shows_and_a_bad_one_holds_the_issue(
        self, server: Previewing, site: Site, events: Events
    ) -> None:
        events.next()
        note = site.write("issues/weekly/next.md", "The tide turns today.\n")
        events.next()
        assert "The tide turns today." in page(server, "/issues/weekly/text")

        note.write_bytes(b"\xff\xfe\x00")
        events.next()
        for path in ("/", "/issues/weekly/"):
            text = plain(page(server, path))
            assert "It cannot be made" in text
            assert "issues/weekly/next.md" in text
        note.unlink()
        note.parent.rmdir()
        note.parent.parent.rmdir()
        events.next()
        assert "The Weekly Courier: First" in page(server, "/")

    @pytest.mark.parametrize("broken", ["{% if %}", "{{ no.such.thing }}"])
    def test_a_broken_template_leaves_the_last_good_state(
        self, server: Previewing, site: Site, events: Events, broken: str
    ) -> None:
        events.next()
        file = site.write("templates/web/article.html", f"<p>\n{broken}\n</p>\n")

        events.next()

        shown = page(server, "/")
        assert "What follows is the last good state" in shown
        assert "templates/web/article.html:2" in shown
        assert "correct the template" in shown
        assert "The Weekly Courier: First" in shown
        assert "First" in page(server, "/site/2026/11/19/first/")
        file.unlink()
        events.next()
        file.parent.rmdir()
        file.parent.parent.rmdir()
        assert "last good state" not in page(server, "/")

    def test_a_broken_configuration_does_too(
        self, server: Previewing, site: Site, events: Events
    ) -> None:
        events.next()
        file = site.folder / "publisher.yaml"
        before = file.read_text(encoding="utf-8")
        file.write_text(before.replace("title: The Example", "titel: The Example"), "utf-8")

        events.next()

        shown = html.unescape(page(server, "/"))
        assert "publisher.yaml:2:3" in shown
        assert "unknown key 'titel'" in shown
        assert "the key 'title' is missing" in shown
        assert "The Weekly Courier: First" in shown
        file.write_text(before, encoding="utf-8")
        events.next()
        assert "last good state" not in page(server, "/")


def test_time_alone_brings_a_scheduled_article(make_site: Callable[..., Site]) -> None:
    """Where the preview's first look came after the article's time, with one of a later time."""
    site = make_site(CONFIG)
    for ahead in (3, 12, 48):
        when = datetime.fromisoformat(NOW) + timedelta(seconds=ahead)
        site.article("fog.md", date=when.isoformat())
        with previewing(site, "--now", NOW) as server:
            shown = plain(page(server, "/"))
            if "1 scheduled" in shown:
                wait_until(lambda: "1 listed" in plain(page(server, "/")), ahead + 15)
                return
            assert "1 listed" in shown
    pytest.fail("the preview never looked before the article's time")


def test_it_follows_what_editors_say_of_the_draft(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + NEWSLETTER + "    review: true\n")
    site.article("fog.md", date="2026-11-20")
    site.article("tide.md", date="2026-11-21")
    with previewing(site, "--now", NOW) as server:
        shown = plain(page(server, "/issues/weekly/articles"))
        assert "Review Not approved publisher issue approve weekly" in shown
        assert "In the mail 2 Tide" in shown
        dropped = site.run("issue", "drop", "weekly", "1")
        assert dropped.code == 0, dropped.err
        wait_until(lambda: "In the mail 1 Fog" in plain(page(server, "/issues/weekly/articles")))
        assert "taken out by an editor" in plain(page(server, "/issues/weekly/articles"))


def test_where_each_article_is_an_issue_the_others_follow(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + NEWSLETTER.replace('every: week, on: monday, at: "07:00"', "every: article")
    )
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-20T00:00:00Z")
    for name in ("a", "b"):
        site.article(f"{name}.md", date="2026-11-02")
    with previewing(site, "--now", NOW) as server:
        text = plain(page(server, "/issues/weekly/articles"))
        assert "In the mail 1 A" in text
        assert "B is an issue of its own, after this one" in text


def test_an_issue_that_waits_for_its_editor_is_shown_as_of_its_time(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + NEWSLETTER + "    review: true\n")
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-02T00:00:00Z")
    site.run("issue", "approve", "weekly", now="2026-11-02T00:00:01Z")
    site.article("fog.md", date="2026-11-20")
    site.article("late.md", date="2026-11-23T08:00:00+07:00")
    with previewing(site, "--now", "2026-11-23T02:00:00Z") as server:
        text = plain(page(server, "/issues/weekly/articles"))
        assert "In the mail 1 Fog" in text
        assert "Late published after the time of this issue, 2026-11-23T07:00+07:00" in text
        assert "Due At the next run" in plain(page(server, "/issues/weekly/"))


class TestEnds:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_broken_site_is_shown_from_the_first_and_ends_in_a_second(
        self, make_site: Callable[..., Site], number: signal.Signals
    ) -> None:
        site = make_site("site: [\n")
        with previewing(site) as server, listening(server) as stream:
            first = stream.next()
            assert "publisher.yaml:2" in page(server, "/", 503)
            site.write("publisher.yaml", CONFIG)
            site.article("fog.md")
            assert stream.next() > first
            wait_until(lambda: server.ask("/").status == 200)

            assert server.end(number) < within(1.5)
            assert server.process.returncode == 0
            assert stream.ends()
        assert not (site.folder / ".publisher").exists()
        assert not (site.folder / "output").exists()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_leaves_nothing_among_temporary_files(
        self,
        make_site: Callable[..., Site],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        number: signal.Signals,
    ) -> None:
        """Pictures that are written into texts lie there as long as it runs."""
        spare = tmp_path / "spare"
        spare.mkdir()
        monkeypatch.setenv("TMPDIR", str(spare))
        site = make_site(CONFIG)
        site.article("plain.md", "Fog.")
        with previewing(site, "--now", NOW) as server:
            page(server, "/")
            assert list(spare.iterdir()) == []
            boat = base64.b64encode(png(40, 30)).decode("ascii")
            site.article("boat.md", f"A boat: ![boat](data:image/png;base64,{boat})")
            wait_until(lambda: list(spare.glob("*/*.png")) != [])
            server.end(number)
            assert server.process.returncode == 0
        assert list(spare.iterdir()) == []

    def test_a_folder_that_is_no_site_is_refused(self, make_site: Callable[..., Site]) -> None:
        site = make_site()
        site.folder.mkdir()
        assert site.run("preview", "--listen", "127.0.0.1:0", now=None).code == 2


def test_each_rhythm_has_its_pages(make_site: Callable[..., Site]) -> None:
    rhythms = NEWSLETTER.replace(
        'schedule: {every: week, on: monday, at: "07:00"}',
        "rhythms: [{name: daily, every: day}, {name: monthly, every: month}]",
    )
    site = make_site(CONFIG + rhythms)
    site.article("fog.md", date="2026-11-02", title="Fog")
    with previewing(site) as server:
        assert 'href="/issues/weekly.daily/"' in page(server, "/")
        for name in ("weekly.daily", "weekly.monthly"):
            assert "Fog" in page(server, f"/issues/{name}/")
            assert "Fog" in page(server, f"/mail/light/{name}")
            assert "Fog" in page(server, f"/raw/{name}/email.txt")
