"""Pre-flight as one meets it: what is held, what is told, and with which code commands end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.issues import proofing
from publisher.system.spamassassin import judge
from tests.mail_samples import SLOT
from tests.preflight_samples import make_proof
from tests.sites import CONFIG, NEWSLETTER, Site

FREE = NEWSLETTER.replace("news@courier.example", "courier@gmail.com")
NOW = "2026-11-20T00:00:00Z"
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""What every spam filter takes for spam, made for tests."""
WITHOUT_PROGRAMS = {"PATH": "/nonexistent"}
"""For what is not about SpamAssassin, too: it takes seconds."""


def weigh(newsletter: str, checks: str) -> str:
    return f"{newsletter}    checks: {checks}\n"


@pytest.fixture
def held(make_site: Callable[..., Site]) -> Site:
    """A site whose newsletter has a sender at a free mail provider."""
    site = make_site(CONFIG + FREE)
    site.article("first.md", date="2026-11-01")
    return site


def issues(site: Site) -> list[dict]:
    return [line for line in site.record() if "newsletter" in line]


def test_publish_holds_the_issue_and_publishes_all_else(held: Site) -> None:
    ran = held.publish(now=NOW, code=3)
    assert (
        "error: newsletters/weekly/1: held: freemail-sender: headers: From is at gmail.com"
        in ran.err
    )
    assert "mend:  Write `from:` with an address at a domain of your own." in ran.err
    assert held.output("2026/11/01/first/index.html").exists()
    assert not held.output("newsletters/weekly/1").exists()
    assert issues(held) == []


def test_the_articles_of_a_held_issue_wait_for_the_next_run(held: Site) -> None:
    held.publish(now=NOW, code=3)
    held.article("second.md", date="2026-11-19")
    held.write("publisher.yaml", CONFIG + NEWSLETTER)
    ran = held.publish(now="2026-11-20T00:10:00Z")
    assert "issue 1 of weekly: 2 articles" in ran.out


def test_a_later_issue_that_is_held_comes_when_it_is_mended(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    site.article("first.md", date="2026-11-01")
    site.publish(now=NOW)
    site.article("second.md", date="2026-11-21")
    site.write("publisher.yaml", CONFIG + FREE)
    site.publish(now="2026-11-23T00:00:00Z", code=3)
    site.publish(now="2026-11-23T00:10:00Z", code=3)
    assert [i["number"] for i in issues(site)] == [1]
    site.write("publisher.yaml", CONFIG + NEWSLETTER)
    site.publish(now="2026-11-24T00:00:00Z")
    assert [(i["number"], i["slot"]) for i in issues(site)][1:] == [
        (2, "2026-11-23T07:00:00+07:00")
    ]


def test_an_error_of_one_newsletter_holds_no_other(make_site: Callable[..., Site]) -> None:
    other = NEWSLETTER.partition("\n")[2].replace("weekly", "monthly")
    site = make_site(CONFIG + FREE + other)
    site.article("first.md", date="2026-11-01")
    site.publish(now=NOW, code=3)
    assert [i["newsletter"] for i in issues(site)] == ["monthly"]


def test_strict_writes_nothing_when_an_issue_is_held(held: Site) -> None:
    ran = held.publish("--strict", now=NOW, code=1)
    assert "nothing written: --strict" in ran.out
    assert not held.output("index.html").exists()


def test_a_dry_run_ends_as_the_run_would(held: Site) -> None:
    held.publish("--dry-run", now=NOW, code=3)


def test_a_check_that_is_a_warning_is_told_and_the_issue_made(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + weigh(FREE, "{freemail-sender: warn}"))
    site.article("first.md", date="2026-11-01")
    ran = site.publish(now=NOW)
    assert "warning: newsletters/weekly/1: freemail-sender: headers: From is at gmail.com" in (
        ran.err
    )
    assert len(issues(site)) == 1
    again = site.publish(now="2026-11-20T00:10:00Z")
    assert again.err == ""


def test_a_check_that_is_off_says_nothing(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + weigh(FREE, "{freemail-sender: off}"))
    site.article("first.md", date="2026-11-01")
    assert site.publish(now=NOW).err == ""
    assert len(issues(site)) == 1


def test_compose_holds_with_every_finding_and_loses_nothing(held: Site) -> None:
    ran = held.run("issue", "compose", "weekly", now=NOW, env=WITHOUT_PROGRAMS)
    assert ran.code == 3
    assert "error: newsletters/weekly/1: freemail-sender: headers: From is at gmail.com" in ran.err
    assert "mend:  Write `from:`" in ran.err
    assert ran.out == "issue 1 of weekly is held: it is not made, its articles wait\n"
    assert not (held.folder / "published.jsonl").exists()
    held.write("publisher.yaml", CONFIG + NEWSLETTER)
    assert held.run("issue", "compose", "weekly", now=NOW, env=WITHOUT_PROGRAMS).code == 0


def test_compose_tells_warnings_and_makes_the_issue(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + weigh(FREE, "{freemail-sender: warn, spam-score: off}"))
    site.article("first.md", date="2026-11-01")
    ran = site.run("issue", "compose", "weekly", now=NOW)
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "warning: newsletters/weekly/1: freemail-sender: headers: From is at gmail.com",
        "mend:  Write `from:` with an address at a domain of your own.",
    ]
    assert len(issues(site)) == 1
    quiet = site.run("issue", "compose", "weekly", "--quiet", now=NOW)
    assert (quiet.out, quiet.err) == ("", "")


def test_preview_shows_also_what_would_be_held(held: Site) -> None:
    assert "First" in held.run("issue", "preview", "weekly", now=NOW).out


def test_check_holds_the_next_issue_against_the_checks(held: Site) -> None:
    ran = held.run("check", now=NOW, env=WITHOUT_PROGRAMS)
    assert ran.code == 3
    assert "error: newsletters/weekly/1: freemail-sender" in ran.err
    assert held.run("check", "--strict", now=NOW, env=WITHOUT_PROGRAMS).code == 1
    held.write("publisher.yaml", CONFIG + weigh(FREE, "{freemail-sender: warn}"))
    warned = held.run("check", now=NOW, env=WITHOUT_PROGRAMS)
    assert warned.code == 0
    assert "warning: newsletters/weekly/1: freemail-sender" in warned.err


def test_check_looks_also_at_an_issue_that_is_not_due(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    site.article("first.md", date="2026-11-01")
    site.publish(now=NOW)
    site.write("publisher.yaml", CONFIG + FREE)
    later = "2026-11-20T01:00:00Z"
    assert site.run("check", now=later, env=WITHOUT_PROGRAMS).code == 0
    site.article("second.md", date="2026-11-19")
    ran = site.run("check", now=later, env=WITHOUT_PROGRAMS)
    assert ran.code == 3
    assert "error: newsletters/weekly/2: freemail-sender" in ran.err


def test_without_spamassassin_the_check_says_that_it_did_not_run(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    site.article("first.md", date="2026-11-01")
    ran = site.run("check", now=NOW, env=WITHOUT_PROGRAMS)
    assert ran.code == 0
    assert (
        "note: newsletters/weekly/1: spam-score: message: did not run: "
        "spamassassin is not installed\n"
    ) in ran.err
    assert site.run("check", "-q", now=NOW, env=WITHOUT_PROGRAMS).err == ""


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ("{freemail: off}", "unknown key 'freemail'"),
        ("{freemail-sender: no}", "expected one of error, warn, off, found 'no'"),
        ("[freemail-sender]", "expected keys with values, found a list"),
    ],
)
def test_a_check_that_is_not_known_is_refused_with_its_place(
    make_site: Callable[..., Site], checks: str, said: str
) -> None:
    config = CONFIG + weigh(NEWSLETTER, checks)
    site = make_site(config)
    ran = site.run("publish", now=NOW)
    assert ran.code == 2
    assert said in ran.err
    assert f"publisher.yaml:{len(config.splitlines())}:" in ran.err
    if "unknown" in said:
        assert f"publisher.yaml:{len(config.splitlines())}:14: " in ran.err
        assert "did you mean 'freemail-sender'?" in ran.err


def test_a_picture_that_is_not_there_and_many_of_one_kind(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    for number in range(1, 6):
        site.article(f"a{number}.md", title=f"Number {number}", url=f"http://old.example/{number}")
    ran = site.run("check", now=NOW, env=WITHOUT_PROGRAMS)
    told = [line for line in ran.err.splitlines() if "http-link" in line]
    assert len(told) == 3
    assert told[-1].endswith("(and 2 more like this)")


def test_links_to_what_the_site_has_are_not_dead(make_site: Callable[..., Site]) -> None:
    shipped = Path(__file__).resolve().parents[2] / "templates/email/_footer.mjml"
    links = "".join(
        f'<a href="https://courier.example/{path}" style="color:#1d1b18">{path or "home"}</a> '
        for path in ("", "about.html", "tags/boats/", "rss.xml", "newsletters/weekly/", "2026/x/")
    )
    footer = shipped.read_text(encoding="utf-8").replace("</mj-text>", f"<p>{links}</p></mj-text>")
    site = make_site(CONFIG + NEWSLETTER)
    site.article("first.md", date="2026-11-01")
    site.write("templates/email/_footer.mjml", footer)
    site.write("output/about.html", "mine")
    ran = site.publish(now=NOW, code=3)
    dead = [line for line in ran.err.splitlines() if "dead-link" in line]
    (found,) = dead
    assert "dead-link: link '2026/x/': https://courier.example/2026/x/ will not be" in found


def test_what_spamassassin_says(program: Callable[[str], str]) -> None:
    program("spamassassin")
    good = judge(make_proof().message)
    assert good.missing == ""
    assert good.score <= 1.0
    assert "HTML_MESSAGE" in good.rules
    bad = judge(make_proof(text=lambda text: f"{GTUBE}\n{text}").message)
    assert bad.score > 900
    assert "GTUBE" in bad.rules


def test_check_asks_spamassassin(
    make_site: Callable[..., Site], program: Callable[[str], str]
) -> None:
    program("spamassassin")
    site = make_site(CONFIG + weigh(NEWSLETTER, "{spam-score: error}"))
    site.article("first.md", date="2026-11-01", summary=GTUBE)
    ran = site.run("check", now=NOW)
    assert ran.code == 3
    assert re.search(r"error: newsletters/weekly/1: spam-score: message: 99\d\.\d points", ran.err)


def test_publish_asks_no_spamassassin(make_site: Callable[..., Site], tmp_path: Path) -> None:
    fake = tmp_path / "spamassassin"
    fake.write_text(
        '#!/bin/sh\necho "X-Spam-Status: Yes, score=9.0 required=5.0 tests=A version=4"'
    )
    fake.chmod(0o755)
    asked = {"PATH": str(tmp_path)}
    site = make_site(CONFIG + weigh(NEWSLETTER, "{spam-score: error}"))
    site.article("first.md", date="2026-11-01")
    assert site.run("check", now=NOW, env=asked).code == 3
    assert site.run("issue", "compose", "weekly", now=NOW, env=asked).code == 3
    assert site.run("publish", now=NOW, env=asked).code == 0
    site.write("publisher.yaml", CONFIG + weigh(NEWSLETTER, "{spam-score: off}"))
    site.article("second.md", date="2026-11-02")
    assert site.run("check", now=NOW, env=asked).code == 0


def test_an_unchanged_site_is_not_checked_again(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    site.article("first.md", date="2026-11-01")
    asked = []
    checked = proofing.proof_issue
    monkeypatch.setattr(
        proofing, "proof_issue", lambda *a, **k: asked.append(a) or checked(*a, **k)
    )
    site.publish_here(now="2026-11-20T00:00:00Z")
    assert len(asked) == 1
    site.publish_here(now="2026-11-20T00:10:00Z")
    site.publish_here(now="2026-11-23T00:10:00Z")
    assert len(asked) == 1


def test_a_program_that_fails_or_hangs_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "spamassassin"
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    fake.write_text("#!/bin/sh\necho no rules >&2\nexit 1\n")
    fake.chmod(0o755)
    assert judge(b"").missing == "spamassassin gave no score: no rules"
    fake.write_text("#!/bin/sh\nexec sleep 9\n")
    assert "no answer within 0.2 seconds" in judge(b"", seconds=0.2).missing
    fake.write_bytes(b"\x7fELF")
    assert "cannot be started" in judge(b"").missing


def test_the_sample_site_passes_every_check(
    make_site: Callable[..., Site], program: Callable[[str], str]
) -> None:
    root = Path(__file__).resolve().parents[2]
    site = make_site((root / "publisher.yaml").read_text(encoding="utf-8"))
    for folder in ("articles", "media"):
        for file in (root / folder).rglob("*"):
            if file.is_file():
                site.write(file.relative_to(root).as_posix(), file.read_bytes())
    program("spamassassin")
    ran = site.run("check", now=SLOT.isoformat())
    assert (ran.code, ran.err) == (0, "")
