"""PURE. An export of Substack: posts.csv, and an HTML file for each post.

Who reads lies in other files of it, which are never opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    as_text,
    fields,
    named_like,
    read_rows,
    short,
    unreadable,
    withheld,
)
from publisher.exports.mail import without_mail
from publisher.parse.items import Item, ItemFound

_ARTICLES = {"newsletter", "podcast", "video"}
_YES = {"true", "1", "yes"}
_NO_ROW = "has no row in posts.csv, so that nothing says that it is for everybody"


def read_substack(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The posts of an export. Raises ExportError for what is none."""
    table = named_like(files, "posts.csv")
    if table is None:
        raise ExportError(
            "is no export of Substack: it holds no posts.csv",
            mend="name the zip file that Settings, Exports gave, or the folder it held",
        )
    folder = table.removesuffix("posts.csv")
    texts = {
        name.removeprefix(f"{folder}posts/").removesuffix(".html"): name
        for name in files.names()
        if name.startswith(f"{folder}posts/") and name.endswith(".html")
    }
    # the numbers of deliveries and of opens are written beside the texts, as CSV
    for line, row, problem in read_rows(files.read(table), table):
        id_ = row.get("post_id", "").strip()
        if problem or not id_:
            mend = "look at the quotes and commas of that line"
            yield unreadable(id_ or f"row {line}", problem or "has no post_id", mend, line)
            continue
        name = texts.pop(id_, None)
        yield _post(id_, row, line, as_text(files.read(name), name) if name else None, origin)
    for id_ in sorted(texts):
        yield withheld(id_, _NO_ROW)


def _post(
    id_: str, row: Mapping[str, str], line: int, html: str | None, origin: Origin
) -> ItemFound:
    title = row.get("title", "").strip()
    why = _why_withheld(row)
    if why:
        return withheld(id_, f"{short(title)!r} {why}", line)
    if html is None:
        return unreadable(
            id_, f"has no file posts/{short(id_)}.html", "export again; unpack all of it", line
        )
    number, _, slug = id_.partition(".")
    page = origin.old_page(f"p/{slug}") if slug else ""
    podcast = row.get("podcast_url", "").strip()
    return Item(
        name=number or id_,
        fields=fields(
            {
                "title": title,
                "date": row.get("post_date", "") or row.get("email_sent_at", ""),
                "draft": "" if row.get("is_published", "").lower() in _YES else "true",
                "slug": slug,
                "url": origin.address(page),
                "summary": row.get("subtitle", ""),
                "enclosures": [{"url": podcast}] if podcast else "",
                "id": page,
            },
            line,
        ),
        body=without_mail(html),
        form="fragment",
        base_url=page,
        line=line,
    )


def _why_withheld(row: Mapping[str, str]) -> str:
    audience = row.get("audience", "").strip()
    if audience != "everyone":
        return f"is not for everybody (audience: {short(audience) or 'not said'})"
    kind = row.get("type", "").strip()
    if kind not in _ARTICLES:
        return f"is of the type {short(kind)!r}, no article"
    return ""
