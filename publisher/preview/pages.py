"""PURE. The preview's own pages: what there is to see -> HTML. They are the tool's, not the site's,
so no theme reaches them: they can be read while a template is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jinja2

from publisher.articles import Candidate
from publisher.compose.reasons import Part
from publisher.config.site import ThemeSpec
from publisher.errors import PublisherError
from publisher.feeds import Feed, FeedKind
from publisher.mailbox import read_mailbox
from publisher.mime import SAMPLE_TOKEN, fill, mailed_html
from publisher.model import State
from publisher.preview.copies import VARIANTS, Variant, first_words, without_bulk
from publisher.preview.proof import Coming, Proof, count_shown
from publisher.preview.workshop import Shown
from publisher.render.email import HTML_LIMIT
from publisher.render.environment import make_environment, render_template
from publisher.values import dataclass

MAIL_WIDTHS = {"Phone": 375, "Desktop": 700}
PAGE_WIDTHS = {"phone": 375, "tablet": 768, "desktop": 1200}
VIEWS = {
    "": "Mail",
    "articles": "What is in, and why not",
    "checks": "Checks",
    "text": "Text",
    "source": "Source",
}
"""The pages of a coming issue: part of the address, title."""

FEW = 20
"""So many articles of a state stand on the overview."""

PAGE = 200
"""So many on a page of one state alone."""

_MOST_FEEDS = 200
_LONGEST_SOURCE = 400_000
_PREHEADER = 140
_STATES = {
    State.REFUSED: "Refused",
    State.SCHEDULED: "Scheduled",
    State.DRAFT: "Drafts",
    State.EXPIRED: "Expired",
    State.RETRACTED: "Retracted",
    State.SKIPPED: "Passed over",
    State.LISTED: "Listed",
}
"""In the order of the overview: first what somebody may have to do something about."""

_FEEDS = {
    FeedKind.CONFIGURED: "Configured",
    FeedKind.NEWSLETTER: "Issues",
    FeedKind.LANGUAGE: "Languages",
    FeedKind.AUTHOR: "Authors",
    FeedKind.TAG: "Tags",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An article in a list: what it is, where, and why it is not in, if it is not."""

    title: str
    file: str
    when: datetime | None
    why: str = ""
    mend: str = ""
    href: str = ""
    language: str | None = None


class Pages:
    """Draws the tool's pages from its own templates, by name."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._environment: jinja2.Environment = make_environment(templates)
        self.style = render_template(
            self._environment, "style.css", palette=ThemeSpec().palette
        ).encode("utf-8")
        self.script = templates["reload.js"].encode("utf-8")

    def overview(self, shown: Shown) -> str:
        """What comes, and every article by state."""
        proof = _proof(shown)
        groups = [
            (state, title, lines[:FEW], len(lines))
            for state, title in _STATES.items()
            if (lines := _lines(proof, state))
        ]
        return self._page(
            "overview.html",
            shown,
            title="Overview",
            coming=[_facts(coming, proof) for coming in proof.coming],
            groups=groups,
            written=[artifact.path for artifact in proof.plan.write],
            removed=proof.plan.remove,
            problems=[p for p in proof.problems if p not in proof.survey.problems],
        )

    def articles(self, shown: Shown, state: State, number: int) -> str:
        """The articles of one state, a page of them."""
        lines = _lines(_proof(shown), state)
        return self._page(
            "articles.html",
            shown,
            title=_STATES[state],
            found=lines[(number - 1) * PAGE : number * PAGE],
            count=len(lines),
            state=state,
            page=number,
            pages=max(1, -(-len(lines) // PAGE)),
        )

    def issue(self, shown: Shown, coming: Coming, view: str, variant: Variant) -> str:
        """One view of a coming issue."""
        proof = _proof(shown)
        groups = [
            (title, [p for p in coming.placements if p.part is part])
            for part, title in (
                (Part.SHOWN, "In the mail"),
                (Part.LINKED, "In the issue, behind “and N more”"),
                (Part.LEFT, "Not in it"),
            )
        ]
        return self._page(
            "issue.html",
            shown,
            title=coming.newsletter.title,
            facts=_facts(coming, proof),
            coming=coming,
            view=view,
            views=VIEWS,
            variant=variant,
            frames=MAIL_WIDTHS,
            most=PAGE,
            folders=_folders(proof),
            groups=[(title, placed) for title, placed in groups if placed],
            text=coming.files.get("email.txt", b"").decode("utf-8"),
            source=without_bulk(coming.files.get("email.eml", b"").decode("ascii")),
        )

    def look(self, shown: Shown, path: str, variant: Variant, width: str) -> str:
        """A page of the site in a frame of some width."""
        return self._page(
            "look.html",
            shown,
            title=path,
            path=path,
            address=_folder(path),
            variant=variant,
            width=width,
            widths=PAGE_WIDTHS,
        )

    def feeds(self, shown: Shown) -> str:
        """Every feed with its page and its documents."""
        feeds = _proof(shown).feeds
        return self._page(
            "feeds.html",
            shown,
            title="Feeds",
            groups=[
                (title, found[:_MOST_FEEDS], len(found))
                for title, found in (
                    (_FEEDS[kind], [feed for feed in feeds if feed.kind is kind]) for kind in _FEEDS
                )
                if found
            ],
            documents=_documents,
        )

    def source(self, shown: Shown, path: str, data: bytes) -> str:
        """A file of output/ as it would be written."""
        text = data.decode("utf-8", "replace")
        return self._page(
            "source.html",
            shown,
            title=path,
            path=path,
            address=_folder(path),
            text=text[:_LONGEST_SOURCE],
            size=len(data),
            cut=len(text) > _LONGEST_SOURCE,
        )

    def nothing(self, shown: Shown) -> str:
        """The page before there is anything to show: the errors, or a word of patience."""
        return self._page("nothing.html", shown, title="Nothing to show yet")

    def missing(self, shown: Shown, path: str, *, of_site: bool) -> str:
        """The page for a path of output/ that no run would write, or for no page of ours."""
        return self._page(
            "missing.html", shown, title="There is nothing there", path=path, of_site=of_site
        )

    def broken(self, shown: Shown, path: str, error: PublisherError) -> str:
        """The page in place of a file that cannot be drawn."""
        return self._page("broken.html", shown, title="It cannot be drawn", path=path, broken=error)

    def _page(self, name: str, shown: Shown, /, *, title: str, **values: Any) -> str:
        proof = shown.proof
        zone = (proof.config.site.timezone if proof else None) or "UTC"
        values = {"errors": shown.errors, **values}
        return render_template(
            self._environment,
            name,
            title=title,
            shown=shown,
            proof=proof,
            site=proof.config.site if proof else None,
            zone=zone,
            at=lambda when: _at(when, zone),
            bytes=_bytes,
            limit=HTML_LIMIT,
            variants=VARIANTS,
            **values,
        )


def _proof(shown: Shown) -> Proof:
    assert shown.proof is not None, "the server asks for `nothing` until there is one"
    return shown.proof


def _facts(coming: Coming, proof: Proof) -> dict[str, Any]:
    """What is said of a coming issue on every page that names it."""
    issue = coming.issue
    counts = count_shown(coming.placements)
    html = coming.files.get("email.html", b"")
    return {
        "newsletter": coming.newsletter,
        "problems": coming.problems,
        "sender": read_mailbox(coming.newsletter.from_).name or coming.newsletter.from_,
        "zone": proof.config.zone_of(coming.newsletter),
        "due": _due(coming, proof),
        "number": issue.number if issue else None,
        "subject": issue.rendered.subject if issue else "",
        "preheader": first_words(html.decode("utf-8"), _PREHEADER),
        "shown": counts.get("shown", 0),
        "linked": counts.get("linked", 0),
        "html": _html_size(coming, proof),
        "inside": len({p.hash for p in issue.rendered.embedded}) if issue else 0,
        "message": len(coming.files.get("email.eml", b"")),
        "errors": sum(finding.level == "error" for finding in coming.findings),
        "warnings": sum(finding.level == "warn" for finding in coming.findings),
    }


def _html_size(coming: Coming, proof: Proof) -> int:
    """The bytes of the HTML as it is mailed to the sample reader."""
    if coming.issue is None:
        return 0
    html = mailed_html(coming.issue.rendered, coming.newsletter)
    return len(fill(html, token=SAMPLE_TOKEN, mail_url=proof.config.mail_url).encode())


def _due(coming: Coming, proof: Proof) -> str:
    if coming.due is None or coming.due <= proof.survey.now:
        return "at the next run"
    return _at(coming.due, proof.config.zone_of(coming.newsletter))


def _lines(proof: Proof, state: State) -> list[Line]:
    folders = _folders(proof)
    found = [
        _line(candidate, proof, folders[candidate.reading.source])
        for candidate in proof.survey.candidates
        if candidate.state is state
    ]
    dated = [line for line in found if line.when is not None]
    dated.sort(key=lambda line: line.when.timestamp() if line.when else 0.0)
    if state is not State.SCHEDULED:
        dated.reverse()
    return [*dated, *(line for line in found if line.when is None)]


def _folders(proof: Proof) -> Mapping[str, str]:
    """The folder of each source as a person finds it from the configuration's own."""
    return {source.name: source.place for source in proof.config.sources}


def _line(candidate: Candidate, proof: Proof, folder: str) -> Line:
    reading, article = candidate.reading, candidate.article
    file = f"{folder}/{reading.file}"
    if candidate.state is State.SKIPPED:
        return Line(title="", file=file, when=None, why=reading.skipped)
    if candidate.problem is not None:
        where = candidate.problem.where
        file = f"{folder}/{where.file}" if where and where.file else file
        place = f":{where.line}" if where and where.line else ""
        place += f":{where.column}" if where and where.line and where.column else ""
        stays = article is not None and article.state is State.LISTED
        return Line(
            title="",
            file=file + place,
            when=None,
            why=candidate.problem.message
            + (" (the version published before stays)" if stays else ""),
            mend=candidate.problem.mend or "",
        )
    assert article is not None, "what is neither passed over nor refused is an article"
    document = article.document
    href = "" if document.canonical else document.address.lstrip("/")
    is_shown = article.state in (State.LISTED, State.EXPIRED) and not document.canonical
    return Line(
        title=document.title,
        file=file,
        when=article.published,
        why=_why(candidate, proof),
        href=href if is_shown else "",
        language=document.language,
    )


def _why(candidate: Candidate, proof: Proof) -> str:
    article = candidate.article
    assert article is not None
    zone = proof.config.site.timezone or "UTC"
    document = article.document
    if candidate.state is State.SCHEDULED and article.published is not None:
        return f"scheduled for {_at(article.published, zone)}, {_away(article.published, proof)}"
    if candidate.state is State.DRAFT:
        return "a draft" if document.draft else "it has no date"
    if candidate.state is State.EXPIRED and document.expires is not None:
        return f"expired on {_at(document.expires, zone)}"
    if candidate.state is State.RETRACTED:
        return "taken back" + (": retract: true in its header" if document.retract else "")
    return ""


def _away(when: datetime, proof: Proof) -> str:
    """How long it is until then."""
    left = when - proof.survey.now
    if left < timedelta(hours=1):
        return _in(max(1, round(left.total_seconds() / 60)), "minute")
    if left < timedelta(days=1):
        return _in(round(left.total_seconds() / 3600), "hour")
    return _in(left.days, "day")


def _in(n: int, unit: str) -> str:
    return f"in {n:,} {unit}" if n == 1 else f"in {n:,} {unit}s"


def _at(when: datetime | None, zone: str) -> str:
    if when is None:
        return ""
    local = when.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%B %Y, %H:%M}"


def _bytes(count: int) -> str:
    return f"{count:,} bytes" if count != 1 else "1 byte"


def _folder(path: str) -> str:
    """A path as the site's address shows it: a folder for its index.html."""
    return path[: -len("index.html")] if path.rpartition("/")[2] == "index.html" else path


def _documents(feed: Feed) -> Sequence[tuple[str, str]]:
    """The subscription documents of a feed: what they are called, and their paths."""
    names = {"rss": ("RSS", "rss.xml"), "atom": ("Atom", "atom.xml"), "json": ("JSON", "feed.json")}
    folder = f"{feed.spec.path}/" if feed.spec.path else ""
    return [(names[name][0], folder + names[name][1]) for name in feed.spec.formats]
