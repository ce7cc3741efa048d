"""Sites to read: the sample, the corpora whole, and one of all that titles and media can be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.sites import CONFIG, Site

ROOT = Path(__file__).resolve().parents[2]
CORPORA_FOLDER = ROOT.parent / "shared" / "corpora"
CORPORA = {"go-blog": "auto", "servo-blog": "jekyll", "this-week-in-rust": "pelican"}
"""Public article folders, and the dialect that each is written in."""

SITES = ("sample", "made", "sample-whole", *CORPORA)
"""The corpora are read by their main feeds, the sample by three feeds of each kind and whole."""

_TITLES = (
    "Salt & <Pepper>",
    "AT&amp;T &copy; as written",
    "&lt;b&gt; &#38; &nbsp;",
    "<script>alert(1)</script>",
    "1 < 2 > 0, and a]]>b",
    "“Quoted” 'n' \"straight\"",
    "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL} under sail",
    "مقهى المرسى <b>",
    "Cafe\N{COMBINING ACUTE ACCENT} naïve 海港",
    r"C:\new\table",
)
_BODY = r"""
A & B < C > D, `<b>` and `&amp;`; C:\\new\\table; a]]&gt;b, "q" 'q'.

    pre  two   spaces
    [TAB]tab, and \n as it stands

| a | b |
|---|---|
| 1 | &nbsp;2 |

<p>soft&shy;hyphen, zero&#8203;width, em&mdash;dash, مرحبا 🌊</p>
<br>line<br>break <img src="https://media.example/a.png" alt="a &quot;b&quot;">
""".replace("[TAB]", "\t")
_FEEDS = """
feeds:
  - {name: main, limit: 8}
  - {name: short, content: summary}
feeds_for: {tags: true, authors: true, languages: true}
"""
_AWAY = "{url: 'https://media.example/a%20b.ogg?x=1&y=2', type: audio/ogg, length: 123456}"
_FILM = "{url: 'https://media.example/film.mp4', type: video/mp4}"
_MADE = {
    "one": ("title: One enclosure\ndate: 2026-10-01\nenclosure: tide song.mp3", "Text."),
    "three": (
        f"title: Three\ndate: 2026-10-02\nenclosures: [tide song.mp3, chart.pdf, {_AWAY}]",
        "Text.",
    ),
    "unknown": (f"title: One of unknown length\ndate: 2026-10-03\nenclosures: [{_FILM}]", "Text."),
    "moon": ("title: Before 1970\ndate: 1969-07-20T20:17:40Z", "Text."),
    "mean-time": ("title: Before standard time\ndate: 1901-02-03", "Text."),
    "bare": ("title: Only a title\ndate: 2026-10-05", ""),
    "note": ("date: 2026-10-06", "No title, but a note about the *sea*."),
    "own": (
        "title: Its address as id\ndate: 2026-10-07\nid: https://courier.example/2026/10/07/own/",
        "Text.",
    ),
    "foreign": ("title: An id of its own\ndate: 2026-10-08\nid: 'urn:x-test:a&b''c'", "Text."),
}


def publish(name: str, folder: Path) -> Site:
    """Publish one of SITES into a folder."""
    site = Site(folder / name)
    if name.startswith("sample"):
        _sample(site)
    elif name == "made":
        _made(site)
    else:
        _corpus(site, name, CORPORA[name])
    return site


def _sample(site: Site) -> None:
    for name in ("articles", "media"):
        shutil.copytree(ROOT / name, site.folder / name)
    for name in ("publisher.yaml", "published.jsonl"):
        shutil.copy(ROOT / name, site.folder / name)
    site.publish(now="2026-11-22T01:00:00Z")


def _made(site: Site) -> None:
    site.write("publisher.yaml", CONFIG + _FEEDS)
    site.write("articles/tide song.mp3", b"ID3" + bytes(1000))
    site.write("articles/chart.pdf", b"%PDF-1.4\n" + bytes(500))
    for number, title in enumerate(_TITLES):
        date = f"date: 2026-11-0{number % 9 + 1}T10:0{number}:00+07:00"
        shown = f"title: {json.dumps(title, ensure_ascii=False)}\ntags: [odd]\nauthor: Sari"
        header = f"{shown}\n{date}\nupdated: 2026-11-10 08:00"
        site.write(f"articles/title-{number}.md", _article(header, _BODY))
    for name, (header, body) in _MADE.items():
        site.write(f"articles/{name}.md", _article(header, body))
    site.publish()


def _article(header: str, body: str) -> str:
    return f"---\n{header}\n---\n\n{body}\n"


def _corpus(site: Site, name: str, dialect: str) -> None:
    """All its articles in one feed; what it holds of pages and drafts may be refused."""
    source: Mapping[str, str] = {
        "name": "articles",
        "path": str(CORPORA_FOLDER / name),
        "dialect": dialect,
        "language": "en",
    }
    config = {
        "site": {"title": name, "url": f"https://{name}.example/", "timezone": "UTC"},
        "sources": [source],
        "feeds": [{"name": "main", "limit": 1000}],
    }
    site.write("publisher.yaml", json.dumps(config))
    ran = site.run("publish")
    assert ran.code in (0, 3), ran.err
