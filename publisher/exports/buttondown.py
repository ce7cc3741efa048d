"""PURE. An export of Buttondown: a table of mails (CSV or JSON), and a Markdown file for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    as_text,
    fields,
    named_like,
    read_json,
    read_rows,
    short,
    unreadable,
    utc,
    withheld,
)
from publisher.exports.mail import without_mail
from publisher.parse.items import Form, Item, ItemFound

_MODE = re.compile(r"\s*<!--\s*buttondown-editor-mode:\s*(\w+)\s*-->\s*")
_SENT = {"", "sent", "imported", "in_flight", "scheduled", "resending"}
_UNFINISHED = {"draft", "about_to_send", "paused"}
_FOR_ALL = {"public"}
_UNKNOWN = (
    "the export does not say whom it went to, so it is a draft: set `draft: false` when it is for"
    " everybody"
)


def read_buttondown(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The mails of an export. Raises ExportError for what is none."""
    table = named_like(files, "emails.json") or named_like(files, "emails.csv")
    if table is None and len(files.names()) == 1 and files.names()[0].endswith((".csv", ".json")):
        table = files.names()[0]
    if table is None:
        raise ExportError(
            "is no export of Buttondown: it holds no emails.csv",
            mend="name the zip file that Settings, Export gave, or the folder it held",
        )
    folder = table.rpartition("/")[0]
    inner = f"{folder}/emails/" if folder else "emails/"
    texts = {
        name.removeprefix(inner).rpartition(".")[0]: name
        for name in files.names()
        if name.startswith(inner) and name.lower().endswith((".md", ".html"))
    }
    for line, row, problem in _rows(files.read(table), table):
        slug = _told(row, "slug")
        if problem:
            name = short(_told(row, "id") or slug) or f"row {line}"
            mend = "look at the quotes and commas of that line"
            yield unreadable(name, problem, mend, line)
            continue
        file = texts.pop(slug, None)
        text = _told(row, "body") or (as_text(files.read(file), file) if file else "")
        yield _mail(row, line, text, origin)
    for slug in sorted(texts):
        yield withheld(
            slug, "is in no row of the table, so that nothing says that it is for everybody"
        )


def _rows(raw: bytes, file: str) -> Iterator[tuple[int, Mapping[str, Any], str]]:
    if not file.lower().endswith(".json"):
        yield from read_rows(raw, file)
        return
    told = read_json(raw, file)
    told = told.get("results") if isinstance(told, dict) else told
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise ExportError("is no list of mails", mend="name the export of the emails", file=file)
    for row in told:
        yield 0, row, ""


def _told(row: Mapping[str, Any], *columns: str) -> str:
    for column in columns:
        value = row.get(column)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _mail(row: Mapping[str, Any], line: int, text: str, origin: Origin) -> ItemFound:
    slug = _told(row, "slug")
    title = _told(row, "subject", "title")
    name = _told(row, "id") or slug or f"row {line}"
    kind, status = _told(row, "email_type").lower(), _told(row, "status").lower()
    if kind and kind not in _FOR_ALL:
        return withheld(name, f"{short(title)!r} is not for everybody ({short(kind)})", line)
    if status not in _SENT | _UNFINISHED:
        why = f"has the status {short(status)!r}, which is not known to be for everybody"
        return withheld(name, f"{short(title)!r} {why}", line)
    if not text:
        return unreadable(
            name, f"{short(title)!r} has no text", f"there is no file emails/{slug}.md", line
        )
    page = _told(row, "absolute_url") or (origin.old_page(f"archive/{slug}/") if slug else "")
    body, form = _body(text)
    return Item(
        name=name,
        fields=fields(
            {
                "title": title,
                "date": utc(_told(row, "publish_date", "creation_date")),
                "draft": "" if kind and status in _SENT else "true",
                "slug": slug,
                "url": origin.address(page),
                "summary": _told(row, "description"),
                "image": _told(row, "image"),
                "id": _told(row, "id"),
            },
            line,
        ),
        body=body,
        form=form,
        base_url=page,
        line=line,
        warnings=() if kind else (_UNKNOWN,),
    )


def _body(text: str) -> tuple[str, Form]:
    """The text and what it is written in: HTML in the newer editor, else Markdown."""
    mode = _MODE.match(text)
    text = text[mode.end() :] if mode else text
    if (mode and mode[1] == "fancy") or text.lstrip()[:9].lower() in ("<!doctype", "<html>"):
        return without_mail(text), "fragment"
    return text, "md"
