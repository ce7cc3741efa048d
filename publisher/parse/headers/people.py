"""PURE. The authors of an article: a name, a list, or maps of name, email and url."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from publisher.config import AuthorSpec
from publisher.model import Author
from publisher.parse.clean.decode import one_line
from publisher.parse.headers.fields import Field, Notes, split_text
from publisher.parse.headers.values import Items, Table, Text, Value, normalise_key
from publisher.patterns import pattern

_PARTS = pattern(r"[<(]\s*([^<>()\s]+)\s*[>)]")
_MAIL = pattern(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+\Z")
_MAIL_FIRST = pattern(r"([^@\s<>()]+@[^@\s<>()]+)\s+\((.+)\)\Z")
_KEYS = {
    "name": "name",
    "title": "title",
    "email": "email",
    "mail": "email",
    "url": "url",
    "link": "url",
    "uri": "url",
    "website": "url",
    "homepage": "url",
    "id": "id",
    "key": "id",
}

Register = Mapping[str, AuthorSpec]
"""The authors of the configuration by their ids."""


def read_authors(
    found: Field, notes: Notes, *, separators: str, register: Register
) -> tuple[Author, ...]:
    """The authors that a field names. Raises ArticleError when it names none."""
    authors = tuple(_authors(found.value, separators, register))
    if not authors:
        raise notes.refuse(found, f"{found.key} names nobody", f"write {found.key}: A Name")
    return _without_repeats(authors)


def known_authors(names: tuple[str, ...], register: Register) -> tuple[Author, ...]:
    """The authors that the configuration gives to articles without any."""
    return _without_repeats(tuple(_from_text(name, register) for name in names))


def _without_repeats(authors: tuple[Author, ...]) -> tuple[Author, ...]:
    unique: dict[str, Author] = {}
    for author in authors:
        unique.setdefault(author.name, author)
    return tuple(unique.values())


def _authors(value: Value, separators: str, register: Register) -> Iterator[Author]:
    if isinstance(value, Items):
        for inner in value.values:
            yield from _authors(inner, "", register)
    elif isinstance(value, Table):
        yield from _from_table(value, register)
    else:
        for part in split_text(value.text, separators):
            name = one_line(part)
            if name:
                yield _from_text(name, register)


def _from_table(table: Table, register: Register) -> Iterator[Author]:
    """One author, or several by their ids: `{jane: {name: Jane Doe}}`."""
    own: dict[str, str] = {}
    for key, value in table.pairs:
        name = _KEYS.get(normalise_key(key.text))
        if name and isinstance(value, Text) and value.text.strip():
            own.setdefault(name, one_line(value.text))
    name = own.get("name") or own.get("id")
    if name:
        known = _from_text(name, register)
        yield Author(
            name=known.name,
            email=mail_of(own.get("email", "")) or known.email,
            url=link_of(own.get("url", "")) or known.url,
        )
        return
    for key, value in table.pairs:
        if isinstance(value, Table):
            named = any(normalise_key(k.text) == "name" for k, _ in value.pairs)
            pairs = value.pairs if named else ((key._replace(text="name"), key), *value.pairs)
            yield from _from_table(value._replace(pairs=pairs), register)


def _from_text(text: str, register: Register) -> Author:
    """An id of the register, a name, or `Name <mail> (https://page)`."""
    spec = register.get(text) or register.get(text.lower())
    if spec is None:
        spec = next((s for s in register.values() if s.name == text), None)
    if spec is not None:
        return Author(name=spec.name, email=spec.email, url=spec.url)
    mail_first = _MAIL_FIRST.match(text)
    if mail_first:
        return Author(name=mail_first[2], email=mail_of(mail_first[1]))
    email = url = None
    for part in _PARTS.findall(text):
        email, url = email or mail_of(part), url or link_of(part)
    if not email and not url:
        return Author(name=text)
    name = one_line(_PARTS.sub(lambda m: "" if mail_of(m[1]) or link_of(m[1]) else m[0], text))
    return Author(name=name.strip("\"'") or email or text, email=email, url=url)


def mail_of(text: str) -> str | None:
    """A mail address, or None for what is none."""
    text = text.removeprefix("mailto:")
    return text if _MAIL.match(text) else None


def link_of(text: str) -> str | None:
    """A web address, or None for what is none."""
    return text if re.match(r"https?://[^\s<>\"]+\Z", text) else None
