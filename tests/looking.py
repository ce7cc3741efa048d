"""What can be measured of a page that a browser shows: axe's rules, scroll, contrast, words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from publisher.palette import contrast
from tests.browser import Page

LANDMARKS = ("landmark-one-main", "region")
"""Rules of axe that are not for a mail: the page it is read in has landmarks and a main part."""

COLOURS = ("color-contrast", "link-in-text-block")
"""Rules of axe that see colours: all others say the same in light and dark."""

READABLE, READABLE_LARGE = 4.5, 3.0
"""The least contrast of text (WCAG 2.2, 1.4.3)."""

_SCALE = 2
"""Pixels of a picture for each of CSS: thin strokes, too, have their full colour somewhere."""

_SLICE = 3000
"""CSS pixels of a page that are looked at in one picture; browsers draw no picture of any size."""

_STYLELESS = """
for (const e of document.querySelectorAll("style, link[rel=stylesheet]")) e.remove();
for (const e of document.querySelectorAll("[style]")) e.removeAttribute("style");
const own = document.createElement("style");
own.textContent = "img { max-width: 100%; height: auto } pre { white-space: pre-wrap }" +
  " a, td, th { overflow-wrap: anywhere }";
document.head.append(own);
"""
_TEXTS = """
(() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, range = document.createRange();
    if (!node.data.trim()) continue;
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter(b => b.width > 2 && b.height > 2);
    if (!boxes.length) continue;
    const box = boxes.reduce((one, other) => other.width > one.width ? other : one);
    const style = getComputedStyle(node.parentElement);
    found.push({
      text: node.data.trim(), x: box.x + scrollX, y: box.y + scrollY,
      width: box.width, height: box.height,
      size: parseFloat(style.fontSize), weight: parseInt(style.fontWeight),
    });
  }
  return found;
})()
"""
_ALTERNATIVE = """
function () {
  const words = this.querySelector("#alttext");
  const box = words.getBoundingClientRect(), room = this.host.getBoundingClientRect();
  return {
    alt: this.host.alt, said: words.textContent, shown: box.width > 0 && box.height > 0,
    fits: box.width <= room.width + 1 && box.height <= room.height * 1.25 + 1,  // a line's own air
  };
}
"""
_DARK_RULES = re.compile(r"@media \(prefers-color-scheme: dark\) \{(?:[^{}]*\{[^{}]*\})*\s*\}")
_DARK_SIGNS = re.compile(r'<meta name="(?:supported-)?color-schemes?"[^>]*>|:root \{[^}]*\}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The words of a picture that is not shown: whether they are seen, and have room."""

    alt: str
    said: str
    shown: bool
    fits: bool


def axe_violations(
    page: Page, axe: str, *, without: Sequence[str] = (), only: Sequence[str] = ()
) -> list[str]:
    """What axe finds by all its rules, those of good practice among them, or `only` by some."""
    if not page.run("typeof axe === 'object'"):
        page.run(axe + "; 0")
    options: dict[str, Any] = {"rules": {name: {"enabled": False} for name in without}}
    if only:
        options["runOnly"] = only
    result = page.run(f"axe.run(document, {json.dumps(options)})")
    assert "color-contrast" in {rule["id"] for rule in result["passes"]}
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def overhang(page: Page) -> int:
    """CSS pixels by which a page is wider than its window."""
    return int(page.run("document.documentElement.scrollWidth - innerWidth"))


def said(page: Page) -> str:
    """All text that is seen, in one line."""
    return " ".join(page.run("document.body.innerText").split())


def heading_levels(page: Page) -> list[int]:
    """The levels of the headings in their order."""
    script = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    return [int(level) for level in page.run(script)]


def strip_styles(page: Page) -> None:
    """Take every style away, and leave what programs that do so set themselves.

    They keep pictures, long words in links and tables, and lines of code within the window.
    """
    page.run(_STYLELESS + "0")


def without_dark(html: str) -> str:
    """A mail without a word on dark schemes, as programs see it that darken mails themselves."""
    told = _DARK_SIGNS.sub("", _DARK_RULES.sub("", html))
    assert "color-scheme" not in told
    return told


def alternatives(page: Page) -> list[Alternative]:
    """The words of the pictures that a page was refused."""
    root = page.tell("DOM.getDocument", depth=-1, pierce=True)["root"]
    found = []
    for shadow in _shadows(root):
        object_id = page.tell("DOM.resolveNode", nodeId=shadow)["object"]["objectId"]
        answer = page.tell(
            "Runtime.callFunctionOn",
            objectId=object_id,
            functionDeclaration=_ALTERNATIVE,
            returnByValue=True,
        )
        found.append(Alternative(**answer["result"]["value"]))
    return found


def faint_texts(page: Page) -> list[str]:
    """Texts that cannot be read in a picture of the page, whatever its style sheets say."""
    texts = page.run(_TEXTS)
    assert texts
    faint = []
    shot, top = Image.new("RGB", (1, 1)), -_SLICE
    for text in sorted(texts, key=lambda one: one["y"]):
        if text["y"] >= top + _SLICE:
            top = text["y"] // _SLICE * _SLICE
            shot = _pictured(page, top)
        ratio = _contrast_in(shot, text | {"y": text["y"] - top})
        is_large = text["size"] >= 24 or (text["size"] >= 18.66 and text["weight"] >= 700)
        if ratio < (READABLE_LARGE if is_large else READABLE):
            faint.append(f"{text['text'][:40]}: {ratio:.2f}:1")
    return faint


def _pictured(page: Page, top: float) -> Image.Image:
    """A slice of the page, and some of the next, for texts that reach into it."""
    with Image.open(BytesIO(page.picture(scale=_SCALE, top=top, height=_SLICE + 400))) as picture:
        return picture.convert("RGB")


def _contrast_in(shot: Image.Image, text: dict[str, Any]) -> float:
    """The contrast between the colour that most of a text's box has, and the farthest from it."""
    left, top = text["x"] * _SCALE, text["y"] * _SCALE
    box = (left, top, left + text["width"] * _SCALE, top + text["height"] * _SCALE)
    pixels = shot.crop(tuple(map(round, box))).tobytes()
    colours = Counter(pixels[i : i + 3].hex() for i in range(0, len(pixels), 3))
    ground = f"#{colours.most_common(1)[0][0]}"
    return max(contrast(ground, f"#{colour}") for colour in colours)


def _shadows(node: dict[str, Any]) -> Iterator[int]:
    if node["nodeName"] == "IMG":
        yield from (int(root["nodeId"]) for root in node.get("shadowRoots", ()))
    for child in node.get("children", ()):
        yield from _shadows(child)
