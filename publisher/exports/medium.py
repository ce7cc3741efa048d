"""PURE. An export of Medium: an HTML page for each story, told apart by their microformats.

Replies lie among the stories and have no title of their own: their text's first words are taken
for one. The export does not say which stories only members could read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    as_text,
    fields,
    short,
    unreadable,
    withheld,
)
from publisher.exports.markup import classed, has_class, inside, parse_html, words
from publisher.parse.items import Item, ItemFound

_PAGE = re.compile(r"(?:^|/)posts/[^/]+\.html?\Z", re.IGNORECASE)
_ANY_PAGE = re.compile(r"\.html?\Z", re.IGNORECASE)
_NUMBER = re.compile(r"-([0-9a-f]{8,14})(?:\.html?)?\Z")
_LEAST_REPLY = 8
"""Letters of a text that can be recognised as the beginning of another."""


def read_medium(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The stories of an export. Raises ExportError for what is none."""
    names = [name for name in files.names() if _PAGE.search(name)]
    names = names or [name for name in files.names() if _ANY_PAGE.search(name)]
    found = False
    for name in names:
        root = parse_html(as_text(files.read(name), name))
        story = next(iter(classed(root, "h-entry")), None) if root is not None else None
        label = name.rpartition("/")[2]
        if story is None:
            yield withheld(label, "is no story")
            continue
        found = True
        yield _story(label, story, origin)
    if not found:
        raise ExportError(
            "is no export of Medium: no page in it is a story (h-entry)",
            mend="name the zip file that came by mail, or the folder it held",
        )


def _story(label: str, story: HtmlElement, origin: Origin) -> ItemFound:
    canonical = next((one.get("href") or "" for one in classed(story, "p-canonical")), "")
    number = _NUMBER.search(canonical) or _NUMBER.search(label)
    name = number[1] if number else label
    title = next((words(one) for one in classed(story, "p-name")), "")
    body = next((one for one in classed(story, "e-content")), None)
    if body is None:
        return unreadable(name, f"{label} has no text", "export again")
    is_draft = label.startswith("draft_")
    if _is_reply(title, body):
        return withheld(name, f"{short(title)!r} looks like a reply: its title is how it begins")
    when = next((one.get("datetime") or "" for one in classed(story, "dt-published")), "")
    author = next((words(one) for one in classed(story, "p-author")), "")
    summary = next((words(one) for one in classed(story, "p-summary")), "")
    _take_out_what_is_told(body, title)
    return Item(
        name=name,
        fields=fields(
            {
                "title": title,
                "date": when,
                "draft": "true" if is_draft or not when else "",
                "slug": _slug(canonical),
                "url": origin.address(canonical),
                "authors": author,
                "summary": summary,
                "id": f"https://medium.com/p/{number[1]}" if number else canonical,
            }
        ),
        body=inside(body),
        form="fragment",
        base_url=canonical,
    )


def _slug(canonical: str) -> str:
    return _NUMBER.sub("", canonical.rpartition("/")[2])


def _is_reply(title: str, body: HtmlElement) -> bool:
    """Whether the title is only how the text begins, which has no heading."""
    if any(one.tag in ("h1", "h2", "h3", "h4") for one in body.iter("h1", "h2", "h3", "h4")):
        return False
    bare = title.rstrip("….").strip()
    return len(bare) >= _LEAST_REPLY and words(body).startswith(bare)


def _take_out_what_is_told(body: HtmlElement, title: str) -> None:
    """Take out the title where it is said again, and the line above the first part."""
    divider = next(iter(classed(body, "section-divider")), None)
    if divider is not None and divider.getparent() is not None:
        divider.drop_tree()
    for heading in list(body.iter("h1", "h2", "h3", "h4"))[:1]:
        if has_class(heading, "graf--title") or words(heading) == title:
            heading.drop_tree()
