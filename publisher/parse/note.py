"""PURE. An editor's note for an issue: Markdown, perhaps with a header -> safe HTML."""

from __future__ import annotations

from publisher.config import SiteSpec
from publisher.errors import ArticleError, Location
from publisher.fingerprint import content_hash
from publisher.model import Note
from publisher.parse.bodies import below_the_title
from publisher.parse.clean.decode import decode, one_line
from publisher.parse.clean.sanitise import sanitise
from publisher.parse.formats.markdown import markdown_to_html
from publisher.parse.headers.header import split_header
from publisher.parse.headers.values import Text, normalise_key

LONGEST = 10_000
"""Characters of a note's HTML. With its styles it is then less than half of what a mail may be."""

MOST_TAGS = 800
_FIELDS = ("subject", "preheader")


def parse_note(raw: bytes, file: str, *, site: SiteSpec, base_url: str) -> Note:
    """Read a note; `file` is how messages name it, `base_url` what its links are relative to.

    A header may hold `subject` and `preheader`, for this issue instead of the newsletter's.
    Raises ArticleError for what cannot be read, or says nothing.
    """
    text, _ = decode(raw, file)
    header = split_header(text, file, {name: (name, 0) for name in _FIELDS})
    fields: dict[str, str] = {}
    for key, value in header.pairs:
        name = normalise_key(key.text)
        where = Location(file=file, line=key.line)
        if name not in _FIELDS:
            raise ArticleError(
                f"a note has no field {key.text!r}",
                where=where,
                mend="it may have subject and preheader; what else it says goes below the header",
            )
        if not isinstance(value, Text):
            raise ArticleError(f"{name} is no text", where=where, mend="put it in quotes")
        fields[name] = one_line(value.text)
    clean = sanitise(
        below_the_title(markdown_to_html(header.body)),
        base_url=base_url,
        site_url=site.url,
        folder="",
        look_up=lambda _path: None,
    )
    if not clean.html.strip() and not fields:
        raise ArticleError(
            "says nothing", where=Location(file=file, line=1), mend="write something, or remove it"
        )
    if len(clean.html) > LONGEST or clean.html.count("<") > MOST_TAGS:
        raise ArticleError(
            f"is too long for a mail, which has room for some {LONGEST:,} characters",
            where=Location(file=file, line=1),
            mend="shorten it, or publish it as an article and link that",
        )
    return Note(
        file=file,
        mark=content_hash(raw),
        html=clean.html,
        subject=fields.get("subject", ""),
        preheader=fields.get("preheader", ""),
    )
