"""What the mail of an issue costs, beside MRML alone on a usual document of as many items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from mjml import mjml2html

from publisher.config import NewsletterSpec, SiteSpec
from publisher.mime import Mailbox, message
from publisher.model import Digest, RenderedIssue
from publisher.palette import make_palette
from publisher.render import email
from publisher.render.words import Words, make_words
from tests.benchmarks.articles import make_articles
from tests.benchmarks.contest import Contest, Job
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import CATALOGUES, SLOT, environment

CONTESTS = (
    Contest(
        what="an issue of 50 articles: HTML, text, measured",
        ours="mails:issue",
        anchor="mails:mrml_of_four_blocks",
        anchor_is="MRML alone on 50 items of four blocks",
        size=50,
        times=40,
        goal=2.9,
        alike=False,
        why="3 ms, where MRML alone took 1.04 ms for 50 items of four blocks each.",
    ),
    Contest(
        what="an issue of 200 articles, shortened until it fits",
        ours="mails:issue",
        anchor="mails:mrml_of_four_blocks",
        anchor_is="MRML alone on 200 items of four blocks",
        size=200,
        times=10,
        goal=2.9,
        alike=False,
        why="15 ms, where MRML alone took 5.1 ms for 200 items of four blocks each.",
    ),
    Contest(
        what="the message of one reader of an issue of 50",
        ours="mails:one_message",
        anchor="mails:mrml_of_four_blocks",
        anchor_is="MRML alone on 50 items of four blocks",
        size=50,
        times=40,
        alike=False,
    ),
)

_PALETTE = make_palette("#9c2f1b")  # of the site, not of an issue


def issue(size: int) -> Job:
    """Ours: draw the mail of an issue whose articles are loaded."""
    digest, newsletter = _digest(size), _newsletter()

    def work() -> Iterator[bytes]:
        yield _render(digest, newsletter).html.encode()

    return Job(work=work, facts=_facts)


def mrml_of_four_blocks(size: int) -> Job:
    """The anchor: MRML on a usual document, a section of four blocks for each item."""
    item = (
        '<mj-section padding="12px"><mj-column width="30%">'
        '<mj-image src="https://courier.example/{0}.jpg" alt="Picture {0}" width="160px" />'
        '</mj-column><mj-column width="70%">'
        '<mj-text font-size="20px"><h2>Article {0} and what it is about</h2></mj-text>'
        "<mj-text>The summary of article {0}, which is plain text of an ordinary length, so that it"
        " takes two lines of a mail; and a few words more for the look of it.</mj-text>"
        '<mj-button href="https://courier.example/{0}/" background-color="#9c2f1b">'
        "Read article {0} on the web</mj-button></mj-column></mj-section>"
    )
    body = "".join(item.format(number) for number in range(size))
    document = f"<mjml><mj-head></mj-head><mj-body>{body}</mj-body></mjml>"

    def work() -> Iterator[bytes]:
        yield mjml2html(document, fonts={}).encode()

    return Job(work=work, facts=lambda pages: {"pages": len(list(pages))})


def one_message(size: int) -> Job:
    """Ours: one reader's message of a drawn issue; nothing is drawn again."""
    newsletter = _newsletter()
    rendered = _render(_digest(size), newsletter)

    def work() -> Iterator[bytes]:
        yield message(
            rendered,
            number=1,
            slot=SLOT,
            newsletter=newsletter,
            mail_url=SITE_URL,
            to=Mailbox(name="Sample Reader", email="reader@example.org"),
            token="t" * 40,
        )

    return Job(work=work, facts=lambda messages: {"messages": len(list(messages))})


def _facts(pages: Iterable[bytes]) -> Mapping[str, object]:
    (page,) = pages
    return {"bytes": len(page)}


def _render(digest: Digest, newsletter: NewsletterSpec) -> RenderedIssue:
    return email.render_issue(
        digest,
        1,
        newsletter=newsletter,
        site=SiteSpec(title="The Example Courier", url=SITE_URL),
        mail_url=SITE_URL,
        words=_words(),
        palette=_PALETTE,
        logo=None,
        environment=environment(),
        load_body=lambda _entry: "",
    )


@cache
def _words() -> Words:
    return make_words("en", CATALOGUES)


def _newsletter() -> NewsletterSpec:
    return make_newsletter()


def _digest(size: int) -> Digest:
    return Digest(
        newsletter="weekly",
        slot=SLOT,
        subject="The Weekly Courier",
        preheader="What else there is",
        entries=tuple(make_articles(size).shown),
    )
