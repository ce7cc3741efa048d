"""What docs/how-to.md says about issues is done as it stands there: its files, its commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from tests.integration.test_docs import read, section
from tests.sites import CONFIG, Site

MakeSite = Callable[..., Site]

MAIL = "smtp: {folder: outbox}\n"
NOTED = """\
newsletters:
  - name: weekly
    title: The Weekly Tide
    from: The Quiet Weekly <mail@quiet.example>
    postal_address: Rua do Farol 3, Lisboa
    schedule: {every: week, on: monday, at: "07:00"}
"""
READERS = "email,rhythm\nyou@quiet.example,weekly\nada@quiet.example,\n"


def told(heading: str) -> str:
    return section(read("docs/how-to.md"), f"## {heading}")


def block(text: str, language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def commands(text: str) -> list[list[str]]:
    lines = re.findall(r"^ {4}publisher (.*)$", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def site_with(make_site: MakeSite, configuration: str) -> Site:
    quick = re.sub(r"(    postal_address: .*)", r"\1\n    checks: {spam-score: off}", configuration)
    site = make_site(CONFIG + quick + MAIL)
    for number, name in enumerate(("harbour", "fog", "nets"), start=1):
        site.article(f"{name}.md", date=f"2026-11-2{number}")
    return site


def do(site: Site, commands: list[list[str]], *, now: str) -> dict[str, str]:
    """Each command, which ends well; what it says, by its words."""
    said = {}
    for words in commands:
        ran = site.run(*words, now=now)
        assert ran.code == 0, (words, ran.out, ran.err)
        said[" ".join(words)] = ran.out
    return said


def test_an_issue_begins_with_a_word_of_the_editor(make_site: MakeSite) -> None:
    text = told("Begin an issue with a word of your own")
    site = site_with(make_site, NOTED)
    site.publish(now="2026-11-21T08:00:00Z")
    assert {"issues/weekly/next.md", "issues/weekly/2026-12-07.md"} <= set(
        re.findall(r"`(issues/\S+\.md)`", text)
    )
    site.write("issues/weekly/next.md", block(text, "markdown"))
    site.article("tide.md", date="2026-11-23 05:00")
    said = do(site, commands(text), now="2026-11-24T08:00:00Z")
    assert "Dear readers, the ferry is back." in said["issue preview weekly"]
    order = [said[f"issue {what}"] for what in ("items weekly", "pin weekly 2", "move weekly 3 1")]
    assert [re.findall(r"\((\w+)\.md\)", one) for one in order] == [
        ["tide", "nets", "fog"],
        ["nets", "tide", "fog"],
        ["fog", "nets", "tide"],
    ]
    assert re.findall(r"\((\w+)\.md\)", said["issue drop weekly 3"]) == ["fog", "nets"]
    site.publish(now="2026-11-30T08:00:00Z")
    assert "What the tide left" in site.run("issue", "list", "weekly").out


def test_an_issue_waits_until_somebody_approved_it(make_site: MakeSite) -> None:
    text = told("Look at each issue before it is sent")
    site = site_with(make_site, block(text, "yaml"))
    site.run("subscribers", "add", "you@quiet.example", "--newsletter", "weekly", "--confirmed")
    due = "2026-11-24T08:00:00Z"
    assert "waits for `publisher issue approve weekly`" in site.publish(now=due).err
    assert not site.output("newsletters/weekly/1").exists()
    assert "needs you (held)" in site.run("status", now=due).out
    said = do(site, commands(text), now=due)
    assert "approved and made, issue 1" in said["issue approve weekly"]
    assert site.output("newsletters/weekly/1/index.html").exists()
    assert said["deliver"] == "1 sent\n"
    site.article("tide.md", date="2026-11-25")
    ahead = site.run("issue", "approve", "weekly", now="2026-11-26T08:00:00Z")
    assert "approved as it stands" in ahead.out
    site.article("late.md", date="2026-11-27")
    assert "another now" in site.publish(now="2026-11-30T08:00:00Z").err
    cancelled = site.run(*shlex.split("issue cancel weekly"), now="2026-11-30T08:00:00Z")
    assert "its articles wait" in cancelled.out


def test_each_reader_has_the_rhythm_that_they_chose(make_site: MakeSite) -> None:
    text = told("Let readers choose how often")
    site = site_with(make_site, block(text, "yaml"))
    site.write("readers.csv", READERS)
    site.publish(now="2026-11-24T08:00:00Z")
    site.article("tide.md", date="2026-11-25")
    said = do(site, commands(text), now="2026-11-25T08:00:00Z")
    assert "tide/weekly: active" in said["subscribers show you@quiet.example"]
    assert "tide/daily: active" in site.run("subscribers", "show", "ada@quiet.example").out
    assert re.findall(r"\((\w+)\.md\)", said["issue items tide/weekly"]) == ["tide"]
    for rhythm in ("daily", "weekly"):
        assert site.output(f"newsletters/tide/{rhythm}/rss.xml").exists()
    index = site.output("newsletters/tide/index.html").read_text(encoding="utf-8")
    assert "every morning" in index
    assert "on Mondays" in index
