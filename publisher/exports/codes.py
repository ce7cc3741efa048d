"""PURE. WordPress's shortcodes (`[caption]…[/caption]`) -> HTML; none is ever run.

A word in square brackets is a shortcode when WordPress or a plugin of many knows it, when it has
attributes, or when it is closed further down; else it is what somebody wrote.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape, unescape
from typing import Literal

from publisher.parse.clean.fragment import plain_text
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that was uploaded: its address, and what is said of it."""

    url: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A text without shortcodes; `unknown` names those that mean nothing here."""

    html: str
    warnings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


_STEP = re.compile(
    r"<!--|<(?P<verbatim>pre|code|script|style)\b|<[A-Za-z/][^<>\[\]]*(?:\[[^<>\[\]]*\][^<>\[\]]*)+>"
    r"|\[(?P<end>/?)(?P<name>[A-Za-z][\w-]{0,60})"
    r"(?P<rest>(?:[\s/=](?:\"[^\"\[\]]*\"|'[^'\[\]]*'|[^\]\[\"'])*)?)\](?P<escaped>\]?)",
    re.IGNORECASE,
)
_CLOSER = re.compile(r"\[/([a-z][\w-]{0,60})\]")
_ATTRIBUTE = re.compile(
    r"(?<![\w-])([A-Za-z_][\w-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'\]]+))"
)
_WORD = re.compile(r"[^\s=\"']+")
_URL = re.compile(r"https?://[^\s<>\"'\]]+")
_PICTURE = re.compile(
    r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)\s*(.*)", re.DOTALL | re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9]{1,18}")
_DEEPEST = 4
_MOST_PICTURES = 500

_LANGUAGE_NAMES = (
    "code sourcecode source bash c cpp csharp css go html java javascript js json latex php"
    " plain python ruby rust sql swift text xml yaml"
)
_LANGUAGES = frozenset(_LANGUAGE_NAMES.split())
_PLAYERS = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "gist": "https://gist.github.com/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "soundcloud": "",
    "instagram": "",
    "spotify": "",
    "ted": "",
    "wpvideo": "",
}
_FILES = ("src", "mp3", "m4a", "ogg", "wav", "flac", "mp4", "m4v", "webm", "ogv", "mov", "url")
_FORM_NAMES = (
    "contact-form contact-form-7 contact-field gravityform gravityforms wpforms mc4wp_form"
    " ninja_form formidable subscribe2 jetpack_subscription_form poll polldaddy slideshow"
    " playlist archives recent-posts sitemap toc nextpage more woocommerce_cart products ngg"
    " nggallery singlepic"
)
_FORMS = frozenset(_FORM_NAMES.split())
"""What is known to be a shortcode, and has nothing to show in an article."""


def turn_codes(
    html: str, media: Mapping[str, Attached], policy: Literal["drop", "keep", "refuse"]
) -> Turned:
    """Turn known shortcodes into HTML; drop, keep or name the others by `policy`."""
    if "[" not in html:
        return Turned(html=html)
    turner = _Turner(media, keep=policy != "drop")
    turned = turner.turn(html, 0)
    dropped = tuple(
        f"the shortcode [{name}] is left out" + (f" ({count} times)" if count > 1 else "")
        for name, count in turner.dropped.items()
    )
    unknown = tuple(turner.unknown)
    warnings = dropped
    if policy == "drop" and unknown:
        names = ", ".join(f"[{name}]" for name in unknown)
        warnings += (
            f"shortcodes that are not known are left out, what they hold is kept: {names}",
        )
    return Turned(html=turned, warnings=warnings, unknown=unknown)


class _Turner:
    def __init__(self, media: Mapping[str, Attached], *, keep: bool) -> None:
        self.unknown: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self._media = media
        self._keep = keep

    def turn(self, html: str, depth: int) -> str:
        """A text with its shortcodes turned."""
        return "".join(self._pieces(html, depth))

    def _pieces(self, html: str, depth: int) -> Iterator[str]:
        low = html.lower()
        ends = _Ends(low)
        done = at = 0
        while step := _STEP.search(html, at):
            at = step.end()
            name = (step["name"] or "").lower()
            if not name:
                at = _past(ends, step)
                continue
            if html[step.start() - 1 : step.start()] == "[" and step["escaped"]:
                yield html[done : step.start()] + step[0][1:-2] + "]"
                done = at  # [[name]] is how one writes about a shortcode
                continue
            at -= len(step["escaped"])
            end = -1 if step["end"] else ends.of_code(name, at)
            if not _is_code(name, step, is_paired=end >= 0):
                continue
            yield html[done : step.start()]
            inner, done = "", at
            if end >= 0 and _takes_inner(name):
                inner, done = html[at:end], end + len(name) + 3
            yield self._turned(name, step, inner, depth)
            at = done
        yield html[done:]

    def _turned(self, name: str, step: re.Match[str], inner: str, depth: int) -> str:
        told = _attributes(step["rest"])
        if name in _LANGUAGES:
            language = told.get("lang") or told.get("language") or ""
            if name not in ("code", "sourcecode", "source", "plain", "text"):
                language = language or name
            kind = f' class="language-{escape(language)}"' if language else ""
            text = escape(unescape(inner.strip("\n")), quote=False)
            return f"<pre><code{kind}>{text}</code></pre>"
        if depth < _DEEPEST and "[" in inner:
            inner = self.turn(inner, depth + 1)
        if name in ("caption", "wp_caption"):
            return _figure(inner, told.get("caption", ""))
        if name == "gallery":
            return self._gallery(told)
        if name in ("audio", "video", "embed") or name in _PLAYERS:
            return self._player(name, told, step["rest"], inner)
        if name in _FORMS:
            self.dropped[name] += not step["end"]
            return ""
        self.unknown[name] += not step["end"]
        return step[0].removesuffix(step["escaped"]) if self._keep else ""

    def _player(self, name: str, told: Mapping[str, str], rest: str, inner: str) -> str:
        address = next((told[key] for key in _FILES if told.get(key)), "")
        place = _URL.search(unescape(f"{address} {rest.lstrip('=')} {inner}"))
        if place is None and _PLAYERS.get(name):
            word = told.get("id") or told.get("v") or ""
            found = _WORD.search(word or rest.lstrip("= "))
            if found:
                place = _URL.match(_PLAYERS[name].format(found[0]))
        if place is None:
            self.dropped[name] += 1
            return ""
        url = escape(place[0])
        if name in ("audio", "video") and "youtu" not in url and "vimeo" not in url:
            return f'<{name} controls src="{url}"></{name}>'
        return f'<p><a href="{url}">{url}</a></p>'

    def _gallery(self, told: Mapping[str, str]) -> str:
        ids = _NUMBER.findall(told.get("ids") or told.get("include") or "")[:_MOST_PICTURES]
        found = [self._media[one] for one in ids if one in self._media]
        if not found:
            self.dropped["gallery"] += 1
            return ""
        return "".join(
            f'<figure><img src="{escape(one.url)}" alt="{escape(one.alt)}">'
            + (f"<figcaption>{escape(one.caption)}</figcaption>" if one.caption else "")
            + "</figure>\n"
            for one in found
        )


class _Ends:
    """Where things are closed, each kind looked for once."""

    def __init__(self, low: str) -> None:
        self._low = low
        self._next: dict[str, int] = {}
        self._codes: dict[str, list[int]] = {}
        for found in _CLOSER.finditer(low):
            self._codes.setdefault(found[1], []).append(found.start())

    def of_code(self, name: str, start: int) -> int:
        """Where a shortcode that begins before `start` is closed, or -1."""
        places = self._codes.get(name, ())
        place = bisect_left(places, start)
        return places[place] if place < len(places) else -1

    def find(self, closer: str, start: int) -> int:
        """The first place of a text from `start` on, or -1. Starts come in rising order."""
        known = self._next.get(closer)
        if known is None or 0 <= known < start:
            known = self._next[closer] = self._low.find(closer, start)
        return known


def _past(ends: _Ends, step: re.Match[str]) -> int:
    """The end of what is left as it is: a comment, code, a tag with brackets in it."""
    if step[0] == "<!--":
        closer = "-->"
    elif step["verbatim"]:
        closer = f"</{step['verbatim'].lower()}>"
    else:
        return step.end()
    end = ends.find(closer, step.end())
    return end + len(closer) if end >= 0 else step.end()


def _is_code(name: str, step: re.Match[str], *, is_paired: bool) -> bool:
    is_known = name in _FORMS or name in _PLAYERS or name in ("gallery", "audio", "video")
    return (
        is_paired
        or bool(step["end"])
        or (is_known and name not in _LANGUAGES)
        or bool(_ATTRIBUTE.search(step["rest"]))
    )


def _takes_inner(name: str) -> bool:
    return name in _LANGUAGES or name in _PLAYERS or name in ("caption", "wp_caption", "embed")


def _attributes(rest: str) -> dict[str, str]:
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(rest)
    }


def _figure(inner: str, caption: str) -> str:
    """The picture of a caption and what is said below it."""
    found = _PICTURE.match(inner)
    picture, text = (found[1], found[2].strip()) if found else (inner.strip(), "")
    text = text or escape(plain_text(caption))
    told = f"<figcaption>{text}</figcaption>" if text else ""
    return f"<figure>{picture}{told}</figure>"
