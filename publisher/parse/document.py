"""PURE. The bytes of one article file -> a document and its finished body."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from urllib.parse import unquote

from publisher.addresses import quote_address
from publisher.config import SiteSpec, SourceSpec
from publisher.errors import ArticleError, Location
from publisher.feeds import is_held_whole
from publisher.fingerprint import content_hash, fingerprint
from publisher.model import Document
from publisher.parse.address import read_aliases
from publisher.parse.around import (
    NOTHING,
    Around,
    Includes,
    defaults,
    header_fields,
    with_defaults,
    with_meta,
)
from publisher.parse.attached import read_attached
from publisher.parse.bodies import (
    below_the_title,
    read_body,
    take_heading,
    without_heading,
)
from publisher.parse.candidates import AMONG_ASSETS, ASSET_SUFFIXES
from publisher.parse.clean.decode import decode
from publisher.parse.clean.fragment import (
    bare_text,
    first_paragraph,
    name_all,
    name_unknown,
    plain_text,
)
from publisher.parse.clean.references import LookUp, told_missing
from publisher.parse.clean.sanitise import Clean, sanitise
from publisher.parse.dating import read_all_corrections, read_dates, read_other_time
from publisher.parse.direction import read_text_language
from publisher.parse.facts import (
    declared_language,
    is_draft,
    is_for_digests,
    is_pinned,
    is_retracted,
    read_feeds,
    read_id,
    read_people,
    read_place,
    read_plain_id,
    read_slug,
    read_title,
    read_translation,
    read_words,
)
from publisher.parse.headers.dates import date_in_name
from publisher.parse.headers.fields import (
    Field,
    Notes,
    gather,
    meanings,
    read_text,
)
from publisher.parse.headers.header import Header
from publisher.parse.headers.indonesian import split_article, with_these_words
from publisher.parse.headers.misspelt import misspelt
from publisher.parse.headers.sidecar import Sidecar, read_sidecar
from publisher.parse.opening import BINARY, form_of, open_file
from publisher.parse.seen import passed_over
from publisher.parse.sheet import NAMELESS, Committed, Sheet, never_committed
from publisher.parse.summary import LEAD_LENGTH, cut, made_title, marked_lead, told_summary
from publisher.values import dataclass

_NOTHING = "write something, or list it under exclude:"
_LONG = (
    "line {}: the text is longer than feed readers take, so that feeds have its summary; "
    "make several articles of it"
)
_NO_TEXT = (
    "line {}: there is no text, and no more than the title goes out; write it there, or hold the "
    "article back with draft: true"
)
_NOTHING_THERE = "give it a title or a text where it lies, or take it out there"
_HAS_HEADER = "the article has a header of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An article: the document, and the finished HTML that goes by its `body_key`."""

    document: Document
    body_html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A candidate file that is no article, and why."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What there is of a file beside its own bytes.

    `sidecar` is the path and content of the file that holds its fields, `html` what a converter has
    made of its text; `committed` tells when a file was first committed, where such dates count;
    `around` is what the files around it say.
    """

    sidecar: tuple[str, bytes] | None = None
    html: str = ""
    committed: Committed = never_committed
    around: Around = NOTHING


_NOTHING_BESIDE = Beside()


def parse_document(
    raw: bytes,
    file: str,
    *,
    site: SiteSpec,
    source: SourceSpec,
    look_up: LookUp,
    beside: Beside = _NOTHING_BESIDE,
) -> Parsed | Skipped:
    """Read one article file; `file` is its path under the source's folder, with `/`.

    Raises ArticleError, and nothing else, for what cannot be published.
    """
    known = meanings(source.map)
    opened = open_file(raw, file, known, beside.html)
    header, warnings, sidecar = opened.header, opened.warnings, None
    if beside.sidecar is not None and header.kind == "none":
        name, content = beside.sidecar
        sidecar = read_sidecar(content, name, header.body)
        header = replace(header, kind="sidecar", pairs=(*sidecar.pairs, *header.pairs))
        warnings += sidecar.warnings
    elif beside.sidecar is not None:
        warnings += (f"{beside.sidecar[0].rpartition('/')[2]} is not read: {_HAS_HEADER}",)
    header = with_meta(header, beside.around)
    place = "sidecar" if sidecar else "field"
    words = with_these_words(header.pairs, known)
    fields = header_fields(header, words, beside.around, place=place)
    if "redirect" in fields and "title" not in fields:
        return Skipped(message=f"line {fields['redirect'].line}: a redirect, no article")
    if header.kind == "none" and _may_be_asset(file, look_up("index.md") is not None):
        return Skipped(message=AMONG_ASSETS)
    notes = Notes(file=file, warnings=[*warnings, *header.warnings])
    if sidecar is not None:
        notes.sidecar = sidecar.file
    for key, meant in misspelt(header.pairs, known):
        found = Field(key.text, key, key.line, 0, place)
        notes.warn(found, f"{key.text} is not read; did you mean {meant}?")
    sheet = open_sheet(
        header,
        opened.form,
        fields,
        notes,
        site=site,
        source=source,
        sidecar=sidecar,
        around=beside.around,
        committed=beside.committed,
    )
    if opened.made is not None and sheet.body.date is None:
        body = replace(sheet.body, date=opened.made, date_text=opened.made.isoformat())
        sheet = replace(sheet, body=body)
    return finish(sheet, content_hash(raw), look_up)


def goes_with_article(raw: bytes, file: str, *, source: SourceSpec, is_bundle: bool) -> bool:
    """Whether a file is one that `parse_document` skips as an asset, such as a transcript.

    `is_bundle` tells whether there is an index.md at the top.
    """
    if not _may_be_asset(file, is_bundle):
        return False
    if form_of(file) in BINARY:
        return True
    try:
        return not has_header(raw, file, source=source)
    except ArticleError:
        return False


def has_header(raw: bytes, file: str, *, source: SourceSpec) -> bool:
    """Whether an article has a header of its own, and so no sidecar. Raises ArticleError."""
    if form_of(file) in BINARY:
        return False
    text, _ = decode(raw, file)
    return split_article(text, file, meanings(source.map)).kind != "none"


def _may_be_asset(file: str, is_bundle: bool) -> bool:
    """Whether a text or page without a header only goes with an article (SOURCES.md section 4).

    An office document never has a header: a date in its name says that it is an article.
    """
    form = form_of(file)
    if form not in ASSET_SUFFIXES or not ("/" in file or is_bundle):
        return False
    return form not in BINARY or date_in_name(file.rpartition("/")[2]) is None


def open_sheet(
    header: Header,
    form: str,
    fields: dict[str, Field],
    notes: Notes,
    *,
    site: SiteSpec,
    source: SourceSpec,
    base_url: str = "",
    sidecar: Sidecar | None = None,
    around: Around = NOTHING,
    committed: Committed = never_committed,
) -> Sheet:
    """Read the body and put header and body side by side; a header's fields come first, those
    of the files around it last.

    Raises ArticleError.
    """
    known = meanings(source.map)
    own, given = fields, defaults(known, around)
    fields = with_defaults(own, given)
    told = declared = fields.get("title")
    title = read_text(told, notes) if told is not None else ""
    version = around.version
    language = declared_language(fields, notes, site, source, None, version=version)
    includes = Includes(around, notes.file)
    body = read_body(
        header,
        form,
        file=notes.file,
        source=source,
        title=title,
        language=language,
        sidecar=sidecar,
        include=includes,
        signed="authors" in own and sidecar is None,
    )
    if body.pairs or body.language:
        fields = with_defaults(
            gather(body.pairs, known, "text" if form == "txt" else "field") | own, given
        )
        declared = fields.get("title")
        language = declared_language(fields, notes, site, source, body.language, version=version)
    heading = body.title
    if declared is not None and sidecar is None:
        heading = title if declared is told else read_text(declared, notes)
    if not heading:
        body = take_heading(body, header)
    html = below_the_title(without_heading(body.html, heading) if heading else body.html)
    if html != body.html:
        body = replace(body, html=html)
    notes.warnings += body.warnings
    return Sheet(
        file=notes.file,
        base_url=base_url,
        header=header,
        body=body,
        fields=fields,
        notes=notes,
        language=language,
        site=site,
        source=source,
        committed=committed,
        around=around,
        includes=includes.needs,
    )


def finish(sheet: Sheet, raw_hash: str, look_up: LookUp) -> Parsed:
    """The document of a sheet, and its body. Raises ArticleError for what cannot be published."""
    named = read_title(sheet)
    draft = is_draft(sheet)
    when, date_text = read_dates(sheet, draft=draft)
    slug = read_slug(sheet, named or NAMELESS)  # an address is not made of words that may change
    address, elsewhere = read_place(sheet, when, slug)
    page = address if elsewhere else sheet.site.url + quote_address(address)
    page = sheet.base_url or page
    clean, summary = _finish_body(sheet, page, look_up)
    body_key = fingerprint(clean.html)  # Python keeps the bytes that this makes of it for `bare`
    bare = bare_text(clean.html)
    title = named or made_title(sheet, clean.html, when)
    _refuse_nothing(sheet, clean.html, bare)
    attached = read_attached(sheet, page, look_up)
    is_bare = not (bare or "<" in clean.html or attached.picture or attached.enclosures)
    if is_bare and not (draft or elsewhere or sheet.foreign or is_retracted(sheet)):
        sheet.notes.warnings.append(_NO_TEXT.format(max(sheet.header.body_line, 1)))
    if not is_held_whole(clean.html):
        sheet.notes.warnings.append(_LONG.format(max(sheet.header.body_line, 1)))
    tags, categories = read_words(sheet)
    corrections = read_all_corrections(sheet)
    document = Document(
        source=sheet.source.name,
        file=sheet.file,
        content_hash=raw_hash,
        text_hash=fingerprint(title, summary, bare, *(c.text for c in corrections)),
        body_key=body_key,
        title=title,
        summary=summary,
        address=address,
        slug=slug,
        date=when,
        date_text=date_text,
        updated=read_other_time(sheet, "updated"),
        expires=read_other_time(sheet, "expires"),
        draft=draft,
        digest=is_for_digests(sheet),
        pinned=is_pinned(sheet),
        retract=is_retracted(sheet),
        corrections=corrections,
        id=read_id(sheet),
        canonical=elsewhere,
        authors=read_people(sheet),
        tags=tags,
        categories=categories,
        language=read_text_language(sheet, title, clean.html),
        translation=read_translation(sheet),
        aliases=_aliases(sheet, "" if elsewhere else address),
        plain_id=read_plain_id(sheet),
        feeds=read_feeds(sheet),
        picture=attached.picture,
        enclosures=attached.enclosures,
        episode=attached.episode,
        assets=tuple(dict.fromkeys((*clean.assets, *attached.assets))),
        article_links=clean.article_links,
        needs=tuple((dict(sheet.includes) | dict(clean.needs) | attached.needs).items()),
        origins=sheet.notes.origins,
        shown=tuple(dict.fromkeys((*clean.shown, *attached.shown))),
        inferred=sheet.body.inferred,
        foreign=sheet.foreign,
        seen=passed_over(sheet),
        in_part=tuple(sheet.notes.in_part),
        warnings=_all_warnings(sheet, clean),  # the last of all: the others add to them
    )
    return Parsed(document=document, body_html=clean.html)


def _all_warnings(sheet: Sheet, clean: Clean) -> tuple[str, ...]:
    missing = [] if sheet.foreign else [_missing(sheet, path) for path in clean.missing]
    return tuple(dict.fromkeys((*sheet.notes.warnings, *missing, *clean.warnings)))


def _finish_body(sheet: Sheet, page: str, look_up: LookUp) -> tuple[Clean, str]:
    """The sanitised body, and the summary."""

    def clean_up(html: str) -> Clean:
        return sanitise(
            html,
            base_url=page,
            site_url=sheet.site.url,
            folder=sheet.folder,
            own_folder=sheet.asset_folder,
            dialect="" if sheet.is_item else sheet.source.dialect,
            look_up=look_up,
        )

    clean = clean_up(sheet.body.html)
    named = name_unknown(clean.html)
    if named != clean.html:
        clean = replace(clean, html=named)
    summary = told_summary(sheet)
    if summary is None:
        lead = marked_lead(sheet)
        marked = plain_text(name_all(clean_up(lead[0]).html)) if len(lead) > 1 else ""
        summary = cut(marked, LEAD_LENGTH) if marked else cut(first_paragraph(name_all(clean.html)))
    if sheet.excerpt:
        summary = cut(summary or plain_text(name_all(clean.html)), LEAD_LENGTH)
        clean = clean_up(f"<p>{escape(summary)}</p>" if summary else "")
    return clean, summary


def _missing(sheet: Sheet, path: str) -> str:
    """The warning about a picture that is not there, with its line where the text shows it."""
    header, name = sheet.header, unquote(path)
    places = (header.body.find(written) for written in (path, name, name.replace("&", "&amp;")))
    place = next((p for p in places if p >= 0), None)
    line = (
        "" if place is None else f"line {header.body.count(chr(10), 0, place) + header.body_line}: "
    )
    return line + told_missing(path, sheet.site.url)


def _refuse_nothing(sheet: Sheet, html: str, bare: str) -> None:
    """Refuse a file without text and without a title of its own."""
    if not bare and "<" not in html and sheet.notes.origins["title"] in ("filename", "folder"):
        line = max((key.line for key, _ in sheet.header.pairs), default=0) if sheet.is_item else 1
        raise ArticleError(
            "has no title and no text",
            where=Location(file=sheet.file, line=line),
            mend=_NOTHING_THERE if sheet.is_item else _NOTHING,
        )


def _aliases(sheet: Sheet, page: str) -> tuple[str, ...]:
    """Old addresses of the article; what others write takes none of this site."""
    if sheet.foreign is not None:
        return ()
    return read_aliases(
        sheet.fields,
        sheet.notes,
        page=page,
        site_url=sheet.site.url,
        dialect="obsidian" if sheet.around.vault else sheet.source.dialect,
        splits=sheet.is_pelican or sheet.is_item,
    )
