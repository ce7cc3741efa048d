"""PURE. Texts of articles and notes as blocks of a mail, each tried alone before."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from publisher.render.mail.compile import compiles
from publisher.render.mail.fragment import FragmentStyle, mail_fragment
from publisher.render.mail.players import PlayerWords
from publisher.render.mail.textpart import text_of
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """HTML for mj-text, and the same as text: pieces of set lines, with an empty line between.

    `is_whole` is False where the HTML would have cost the whole mail and is that text too.
    """

    html: Markup
    text: tuple[str, ...]
    is_whole: bool = True


def make_block(
    html: str,
    style: FragmentStyle,
    *,
    web_url: str,
    mailed: Callable[[str], str] = str,
    words: PlayerWords | None = None,
) -> Block:
    """The block of sanitised HTML; whatever is wrong with it costs no more than its markup.

    `mailed` as in `mail_fragment`; `words` are English ones for None.
    """
    text = tuple(text_of(html, words, web_url=web_url))
    drawn = mail_fragment(html, style, web_url=web_url, mailed=mailed, words=words)
    if compiles(drawn):
        return Block(html=Markup(drawn), text=text)  # noqa: S704 - written anew, all of it escaped
    paragraph = Markup('<p style="{}">{}</p>')
    look = f"{style.of('p')};white-space:pre-line"
    plain = Markup("").join(paragraph.format(look, escape(one)) for one in text)
    return Block(html=plain, text=text, is_whole=False)
