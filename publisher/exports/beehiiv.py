"""PURE. An export of beehiiv: a CSV file, with the whole mail of each post as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    fields,
    last_part,
    read_rows,
    short,
    unreadable,
    utc,
    with_suffix,
    withheld,
)
from publisher.exports.mail import without_mail
from publisher.parse.items import Item, ItemFound

_UPLOADS = "https://media.beehiiv.com/cdn-cgi/image/quality=100/"
_SEPARATOR = re.compile(r"\s*[;|]\s*")
_NOT_SURE = (
    "it went to all readers, those who pay among them, so it is a draft: look whether a part is"
    " for payers, then set `draft: false`"
)
_UNKNOWN = (
    "the export does not say whom it went to, so it is a draft: set `draft: false` when it is for"
    " everybody"
)


def read_beehiiv(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The posts of an export. Raises ExportError for what is none."""
    found = False
    for name in with_suffix(files, ".csv"):
        for line, row, problem in read_rows(files.read(name), name):
            if "content_html" not in row and not problem:
                break  # a table of readers or of numbers, of which nothing is read
            found = True
            yield _post(row, line, problem, origin)
    if not found:
        raise ExportError(
            "is no export of beehiiv: it holds no CSV with a column content_html",
            mend="name the file of posts that Settings, Export data gave",
        )


def _told(row: Mapping[str, str], *columns: str) -> str:
    return next((row[one].strip() for one in columns if row.get(one, "").strip()), "")


def _post(row: Mapping[str, str], line: int, problem: str, origin: Origin) -> ItemFound:
    page = _told(row, "url", "web_url")
    name = _told(row, "id") or last_part(page) or f"row {line}"
    title = _told(row, "web_title", "title", "email_subject_line", "subject_line")
    if problem:
        mend = "look at the quotes and commas of that line"
        return unreadable(short(name), problem, mend, line)
    status = _told(row, "status").lower()
    audience = _told(row, "audience", "web_audiences").lower()
    why = _why_withheld(status, audience)
    if why:
        return withheld(name, f"{short(title)!r} {why}", line)
    is_for_all = "free" in audience and "premium" not in audience
    is_open = is_for_all and status != "draft"
    warnings = () if is_for_all else (_NOT_SURE if audience else _UNKNOWN,)
    picture = _told(row, "thumbnail_url")
    if picture.startswith(("uploads/", "/uploads/")):
        picture = _UPLOADS + picture.lstrip("/")
    return Item(
        name=name,
        fields=fields(
            {
                "title": title,
                "date": utc(_told(row, "publish_date", "published_at", "created_at")),
                "draft": "" if is_open else "true",
                "slug": _told(row, "slug") or last_part(page),
                "url": origin.address(page),
                "authors": _SEPARATOR.split(_told(row, "authors", "author")),
                "tags": _SEPARATOR.split(_told(row, "content_tags", "tags")),
                "summary": _told(row, "web_subtitle", "subtitle"),
                "image": picture,
                "id": page if page.startswith(("http://", "https://")) else "",
            },
            line,
        ),
        body=without_mail(row.get("content_html", "")),
        form="fragment",
        base_url=page,
        line=line,
        warnings=warnings,
    )


def _why_withheld(status: str, audience: str) -> str:
    if status not in ("confirmed", "draft"):
        return f"has the status {short(status)!r}, which is not known to be for everybody"
    if audience and "free" not in audience and audience != "both":
        return f"is not for everybody (audience: {short(audience)})"
    return ""
