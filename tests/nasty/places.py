"""Files and addresses that lead elsewhere, that are no files, or that are one for two."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.nasty.cases import (
    Case,
    Published,
    Refused,
    Skipped,
    bad,
    good,
    published,
    refused,
    text_of,
)

_GOOD = "title: X\ndate: 2026-11-01\n"
_LONG = "long-" * 60


def _slug(name: str, slug: str, address: str, *warns: str) -> Case:
    return good(name, f"slug: {slug}", url=f"2026/11/01/{address}/", warns=warns)


def _link_outside(articles: Path) -> None:
    outside = articles.parent.parent / "outside.md"
    outside.write_bytes(text_of("title: Secret\ndate: 2026-11-01"))
    (articles / "link-outside.md").symlink_to(outside)


def _folder_outside(articles: Path) -> None:
    outside = articles.parent.parent / "outside-folder"
    outside.mkdir(exist_ok=True)
    (outside / "secret.md").write_bytes(text_of("title: Secret\ndate: 2026-11-01"))
    (articles / "folder-outside").symlink_to(outside)


def _pipe(articles: Path) -> None:
    os.mkfifo(articles / "pipe.md")


def _no_file(name: str, make: Callable[[Path], None], says: str = "") -> Case:
    """Something that bears an article's name and is none: named, where it is `NAME.md`."""
    outcomes = (Skipped(file=f"{name}.md", says=says),) if says else ()
    return Case(name=name, make=make, outcomes=outcomes)


CASES: tuple[Case, ...] = (
    # ------------------------------------------------ encodings
    refused(
        "latin-1",
        {"latin-1.md": text_of(_GOOD, "Café").decode().encode("latin-1")},
        "is no valid UTF-8 (it looks like WINDOWS-1252)",
        6,
    ),
    refused("overlong", {"overlong.md": text_of(_GOOD) + b"\xc0\xaf\n"}, "is no valid UTF-8", 7),
    refused(
        "cut-in-a-letter",
        {"cut-in-a-letter.md": text_of(_GOOD) + b"\xf0\x9f\x98"},
        "is no valid UTF-8",
        7,
    ),
    refused(
        "beyond-unicode",
        {"beyond-unicode.md": text_of(_GOOD) + b"\xf4\x90\x80\x80"},
        "is no valid UTF-8",
        7,
    ),
    refused("random-bytes", {"random-bytes.md": bytes(range(256)) * 40}, "is no valid UTF-8", 2),
    published(
        "utf-16",
        {"utf-16.md": text_of("title: Café\ndate: 2026-11-01").decode().encode("utf-16")},
        title="Café",
        content="<p>Some text.</p>",
    ),
    published(
        "utf-16-be",
        {
            "utf-16-be.md": b"\xfe\xff"
            + text_of("title: Café\ndate: 2026-11-01").decode().encode("utf-16-be")
        },
        title="Café",
    ),
    refused(
        "utf-16-without-mark",
        {
            "utf-16-without-mark.md": text_of("title: Café é\ndate: 2026-11-01")
            .decode()
            .encode("utf-16-le")
        },
        "UTF-16LE",
        2,
    ),
    published(
        "utf-16-ascii-without-mark",
        {"utf-16-ascii-without-mark.md": text_of(_GOOD).decode().encode("utf-16-le")},
        title="X",
        content="<p>Some text.</p>",
        warns=("which no feed can hold",),
    ),
    refused(
        "utf-16-cut",
        {"utf-16-cut.md": b"\xff\xfe" + "x\ud800".encode("utf-16-le", "surrogatepass")},
        "is no valid UTF-16",
    ),
    published(
        "utf-32",
        {"utf-32.md": text_of(_GOOD).decode().encode("utf-32")},
        title="X",
        content="<p>Some text.</p>",
        warns=("which no feed can hold",),
    ),
    published(
        "byte-order-mark",
        {"byte-order-mark.md": b"\xef\xbb\xbf" + text_of("title: B\ndate: 2026-11-01")},
        title="B",
        content="<p>Some text.</p>",
    ),
    # ------------------------------------------------ slugs
    _slug("slug-climbs", "../x", "x"),
    _slug("slug-climbs-far", "'../../../../etc/passwd'", "etc-passwd"),
    _slug("slug-absolute", "/etc/x", "etc-x"),
    _slug("slug-of-a-device", "CON", "con"),
    _slug("slug-with-slash", "a/b", "a-b"),
    _slug("slug-with-backslash", "'c\\d'", "c-d"),
    _slug("slug-hidden", ".htaccess", "htaccess"),
    _slug("slug-of-dots", "'..'", "article-5ec1f7"),
    good("slug-percent", "slug: '%2e%2e%2fx%00'", url="2026/11/01/2e-2e-2fx-00/"),
    good("slug-question", "slug: 'a?b#c&d=e'", url="2026/11/01/a-b-c-d-e/"),
    good("slug-of-emoji", "slug: '\U0001f600'"),
    good("slug-of-another-script", "slug: مقهى", url="2026/11/01/%D9%85%D9%82%D9%87%D9%89/"),
    good("slug-long", f"slug: {_LONG}"),
    good("slug-long-in-bytes", f"slug: {'字' * 100}"),
    refused(
        "slug-twice",
        {f"slug-twice-{n}.md": text_of(_GOOD + "slug: twice") for n in "ab"},
        "have the same address",
        4,
    ),
    refused(
        "slug-by-case",
        {
            "slug-by-case-a.md": text_of(_GOOD + "slug: Cased"),
            "slug-by-case-b.md": text_of(_GOOD + "slug: cASED"),
        },
        "have the same address",
        4,
    ),
    refused(
        "slug-by-form",
        {
            "slug-by-form-a.md": text_of(_GOOD + "slug: 日本が"),
            "slug-by-form-b.md": text_of(_GOOD + "slug: 日本か\u3099"),
        },
        "have the same address",
        4,
    ),
    # ------------------------------------------------ addresses
    bad("url-climbs", _GOOD + "url: ../x", "leads out of the site", 4),
    bad("url-climbs-encoded", _GOOD + "url: /a/%2e%2e/%2e%2e/x", "leads out of the site", 4),
    bad("url-of-nul", _GOOD + 'url: "/a%00b"', "has a character", 4),
    bad("url-with-query", _GOOD + "url: /a?b", "has a ? or #", 4),
    bad("url-runs", _GOOD + "url: 'javascript:alert(1)'", "begins with javascript:", 4),
    bad("url-is-front-page", _GOOD + "url: /", "front page", 4),
    bad("url-of-a-feed", _GOOD + "url: /rss.xml", "the site's own", 4),
    bad("url-in-media", _GOOD + "url: /media/x/", "the site's own", 4),
    bad("url-hidden", _GOOD + "url: /.htaccess", "is hidden", 4),
    bad("url-hidden-folder", _GOOD + "url: /.git/config", "is hidden", 4),
    bad("url-long", _GOOD + f"url: /{'x' * 300}/", "is too long", 4),
    good("url-plain", "url: /etc/x", url="etc/x"),
    good(
        "url-elsewhere",
        "url: 'https://other.example/a?b=1&c=2#d'",
        url="https://other.example/a?b=1&c=2#d",
    ),
    bad("url-elsewhere-with-space", _GOOD + "url: 'https://other.example/a b'", "is no address", 4),
    good(
        "url-elsewhere-as-iri",
        "url: 'https://bücher.example/ä'",
        url="https://xn--bcher-kva.example/%C3%A4",
    ),
    refused(
        "url-within-another",
        {
            "url-within-a.md": text_of(_GOOD + "url: /w/page.html"),
            "url-within-b.md": text_of(_GOOD + "url: /w/page.html/x/"),
        },
        "lies inside the other's file",
        4,
    ),
    refused(
        "url-equal-but-for-index",
        {
            "url-index-a.md": text_of(_GOOD + "url: /i/"),
            "url-index-b.md": text_of(_GOOD + "url: /i/index.html"),
            "url-index-c.md": text_of(_GOOD + "url: //courier.example/i"),
        },
        "have the same address",
        4,
    ),
    Case(
        name="url-equal-but-for-case",
        files={
            "url-case-a.md": text_of(_GOOD + "url: /Case/"),
            "url-case-b.md": text_of(_GOOD + "url: /case/"),
        },
        outcomes=(
            Published(file="url-case-a.md", url="Case/"),
            Published(file="url-case-b.md", url="case/"),
        ),
    ),
    # ------------------------------------------------ names of files
    published(
        "name-of-a-device",
        {"CON.md": text_of("title: Con\ndate: 2026-11-02")},
        url="2026/11/02/con/",
    ),
    published(
        "name-with-newline",
        {"a\nb.md": text_of("title: Line\ndate: 2026-11-02")},
        url="2026/11/02/a-b/",
    ),
    published("name-with-marks", {"q\"'<&>?#%41.md": text_of("title: Marks\ndate: 2026-11-02")}),
    published(
        "name-with-dash",
        {"--output=x.md": text_of("title: Dash\ndate: 2026-11-02")},
        url="2026/11/02/output-x/",
    ),
    published("name-long", {"n" * 252 + ".md": text_of("title: Long\ndate: 2026-11-02")}),
    Case(
        name="names-by-form",
        files={
            "caf\u00e9-form.md": text_of("title: Composed\ndate: 2026-11-02"),
            "cafe\u0301-form.md": text_of("title: Decomposed\ndate: 2026-11-02"),
        },
        outcomes=(
            Refused(file="caf\u00e9-form.md", says="have the same address", line=2),
            Refused(file="cafe\u0301-form.md", says="have the same address", line=2),
        ),
    ),
    Case(
        name="names-by-case",
        files={
            "Readable.md": text_of("title: Upper\ndate: 2026-11-02"),
            "readable.md": text_of("title: Lower\ndate: 2026-11-02"),
        },
        outcomes=(
            Refused(file="Readable.md", says="have the same address", line=2),
            Refused(file="readable.md", says="have the same address", line=2),
        ),
    ),
    Case(
        name="name-is-not-utf-8",
        files={"caf\udce9.md": text_of(_GOOD)},
        outcomes=(Refused(file="caf\\xe9.md", says="is not UTF-8", line=0),),
    ),
    Case(
        name="about-the-folder",
        files={
            "README.md": text_of(_GOOD),
            "notes/_index.md": text_of(_GOOD),
            "paper.docx": b"PK\x03\x04",
        },
        outcomes=(
            Skipped(file="README.md", says="is about the folder"),
            Skipped(file="notes/_index.md", says="is a section's page"),
            Refused(file="paper.docx", says="cannot be read as .docx", line=0),
        ),
    ),
    # ------------------------------------------------ what is no file
    _no_file("link-outside", _link_outside, "is a link that leads out of the folder"),
    _no_file(
        "link-to-etc",
        lambda a: (a / "link-to-etc.md").symlink_to("/etc/passwd"),
        "is a link that leads out of the folder",
    ),
    _no_file(
        "link-to-itself",
        lambda a: (a / "link-to-itself.md").symlink_to("link-to-itself.md"),
        "is a link that leads nowhere",
    ),
    _no_file(  # what root cannot read either: permissions do not keep root out
        "link-to-nowhere",
        lambda a: (a / "link-to-nowhere.md").symlink_to("gone/nowhere.md"),
        "is a link to a file that is not there",
    ),
    _no_file("pipe", _pipe, "is no regular file"),
    _no_file("folder-outside", _folder_outside),
    _no_file("link-to-its-folder", lambda a: (a / "circle").symlink_to(".")),
    _no_file("folder-named-as-file", lambda a: (a / "folder.md").mkdir()),
    Case(
        name="link-inside",
        files={"real/link-inside.md": text_of("title: Linked\ndate: 2026-11-03")},
        make=lambda a: (a / "link-inside-too.md").symlink_to("real/link-inside.md"),
        outcomes=(
            Published(
                file="real/link-inside.md",
                title="Linked",
                once=("holds what 'link-inside-too.md' holds, to the byte",),
            ),
            Published(file="link-inside-too.md", title="Linked"),
        ),
    ),
)
