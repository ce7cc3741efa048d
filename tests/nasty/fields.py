"""Ids, enclosures, authors, tags and languages that are none, or twice, or too much."""

from __future__ import annotations

from tests.nasty.cases import Case, Published, Refused, bad, good, published, refused, text_of

_ID = "tag:courier.example,2020:one"
_FILES = "https://files.example/"

CASES: tuple[Case, ...] = (
    # ------------------------------------------------ ids
    refused(
        "double-id",
        {f"double-id-{n}.md": text_of(f"title: D{n}\ndate: 2026-11-01\nid: {_ID}") for n in "ab"},
        "have the same id",
        2,
    ),
    Case(
        name="id-of-another",
        files={
            "id-of-another.md": text_of("title: Mine\ndate: 2026-11-01"),
            "id-taken.md": text_of(
                "title: Taken\ndate: 2026-11-01\n"
                "id: 'tag:courier.example,2026:articles/id-of-another.md'"
            ),
        },
        outcomes=(
            Refused(file="id-of-another.md", says="have the same id", line=2),
            Refused(file="id-taken.md", says="have the same id", line=2),
        ),
    ),
    good("id-is-no-iri", "id: 12345", warns=("is no absolute id",)),
    good("id-runs", "id: 'javascript:alert(1)'", warns=("is no absolute id",)),
    good("id-with-spaces", "id: 'tag:x.example,2020:a b'", warns=("is no absolute id",)),
    good(
        "id-is-a-uuid",
        "id: 1225C695-CFB8-4EBB-AAAA-80DA344EFA6A",
        id="urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
    ),
    good("id-with-letters", "id: 'tag:x.example,2020:é&<'", warns=("is no absolute id",)),
    good("id-in-another-script", "id: 'tag:x.example,2020:é&x'", id="tag:x.example,2020:é&x"),
    # ------------------------------------------------ enclosures
    good(
        "enclosure-with-space",
        f"enclosure: '{_FILES}my talk ü.mp3'",
        enclosures=((f"{_FILES}my%20talk%20%C3%BC.mp3", "audio/mpeg", 0),),
    ),
    good(
        "enclosure-without-length",
        f"enclosure: {{url: '{_FILES}a.mp3', type: audio/mpeg}}",
        enclosures=((f"{_FILES}a.mp3", "audio/mpeg", 0),),
    ),
    good(
        "enclosure-with-bad-length",
        f"enclosures: [{{url: '{_FILES}a.mp3', length: -5}}, {{url: '{_FILES}b.mp3', length: 1e3}},"
        f" {{url: '{_FILES}c.mp3', length: 12 MB}}, {{url: '{_FILES}d.mp3', length: 123}}]",
        enclosures=(
            (f"{_FILES}a.mp3", "audio/mpeg", 0),
            (f"{_FILES}b.mp3", "audio/mpeg", 0),
            (f"{_FILES}c.mp3", "audio/mpeg", 0),
            (f"{_FILES}d.mp3", "audio/mpeg", 123),
        ),
    ),
    published(
        "two-enclosures",
        {
            "two-enclosures.md": text_of(
                "title: Two\ndate: 2026-11-01\nenclosures: [sounds/one.mp3, 'sounds/two 2.ogg']"
            ),
            "sounds/one.mp3": b"ID3" + b"\0" * 97,
            "sounds/two 2.ogg": b"OggS",
        },
        enclosures=(
            ("https://courier.example/media/9b5ac5274a782374/one.mp3", "audio/mpeg", 100),
            ("https://courier.example/media/68d9ed2adb24458f/two-2.ogg", "audio/ogg", 4),
        ),
    ),
    good(
        "same-enclosure-twice",
        f"enclosures: ['{_FILES}a.mp3', '{_FILES}a.mp3']",
        enclosures=((f"{_FILES}a.mp3", "audio/mpeg", 0),),
    ),
    good(
        "enclosure-missing",
        "enclosure: gone.mp3",
        enclosures=(),
        warns=("there is no file 'gone.mp3'",),
    ),
    good(
        "enclosure-outside",
        "enclosure: ../../../etc/passwd",
        enclosures=(),
        warns=("there is no file",),
    ),
    good(
        "enclosure-runs",
        "enclosure: 'javascript:alert(1)//a.mp3'",
        enclosures=(),
        warns=("is no address of a file",),
    ),
    good(
        "enclosure-as-data",
        "enclosure: 'data:audio/mpeg;base64,AAAA'",
        enclosures=(),
        warns=("is no address of a file",),
    ),
    good(
        "enclosure-of-a-file-address",
        "enclosure: 'file:///etc/passwd'",
        enclosures=(),
        warns=("is no address of a file",),
    ),
    good(
        "enclosure-without-address",
        "enclosure: {length: 5, type: audio/mpeg}",
        enclosures=(),
        warns=("is no address of a file",),
    ),
    good(
        "enclosure-of-unknown-type",
        f"enclosure: '{_FILES}a.xyzzy'",
        enclosures=((f"{_FILES}a.xyzzy", "application/octet-stream", 0),),
    ),
    good(
        "enclosure-with-bad-type",
        f"enclosure: {{url: '{_FILES}a.mp3', type: 'mp3 <x>'}}",
        enclosures=((f"{_FILES}a.mp3", "audio/mpeg", 0),),
    ),
    good(
        "enclosure-is-a-page",
        "audio: 'https://sound.example/listen/'",
        enclosures=(),
        warns=("is a page, no file",),
    ),
    good(
        "enclosure-without-scheme",
        "enclosure: //files.example/a.mp3",
        enclosures=((f"{_FILES}a.mp3", "audio/mpeg", 0),),
    ),
    good(
        "enclosure-on-an-iri",
        "enclosure: 'https://bücher.example/ä.pdf?q=ö'",
        enclosures=(("https://xn--bcher-kva.example/%C3%A4.pdf?q=%C3%B6", "application/pdf", 0),),
    ),
    good(
        "enclosure-with-broken-host",
        "enclosure: 'https://[::1/a.mp3'",
        enclosures=(),
        warns=("is no address of a file",),
    ),
    good("enclosure-is-switch", "audio: false", enclosures=()),
    good(
        "image-runs",
        "image: 'javascript:alert(1)'",
        lacks=("<img",),
        warns=("is no address of a file",),
    ),
    good("image-missing", "image: gone.jpg", lacks=("<img",), warns=("there is no file",)),
    # ------------------------------------------------ authors
    good("author-without-mail", "author: Jane Doe", authors=("Jane Doe",)),
    good("author-with-mail", "author: Jane Doe <jane@x.example>", authors=("Jane Doe",)),
    good("author-mail-first", "author: jane@x.example (Jane Doe)", authors=("Jane Doe",)),
    good("author-only-mail", "author: jane@x.example", authors=("jane@x.example",)),
    good("author-as-url", "author: https://jane.example/", authors=("https://jane.example/",)),
    good("author-blank", "author: '  '", authors=()),
    good(
        "author-list-with-blanks",
        "authors: ['', ' ', Jane, jane, Jane, ~]",
        authors=("Jane", "jane"),
    ),
    good(
        "author-who-runs",
        "author: {name: Jane, url: 'javascript:alert(1)', email: 'a b'}",
        authors=("Jane",),
    ),
    good(
        "author-with-line-breaks",
        'author: "Jane\\r\\nBcc: x@y.example"',
        authors=("Jane Bcc: x@y.example",),
    ),
    good("author-as-number", "author: 42", authors=("42",)),
    good("author-long", f"author: {'n' * 300}", authors=("n" * 300,)),
    bad(
        "author-without-name",
        "title: X\ndate: 2026-11-01\nauthor: {twitter: jane}",
        "names nobody",
        4,
    ),
    # ------------------------------------------------ tags
    good("tags-blank", "tags: ['', ' ', \"\\t\", ~, a]", tags=("a",)),
    good("tags-none", "tags: []", tags=()),
    good("tags-in-one-text", "tags: 'a, b,, c ,'", tags=("a", "b", "c")),
    good("tags-with-commas", "tags: ['a, b', c]", tags=("a, b", "c")),
    good("tags-by-case", "tags: [Boat, boat, BOAT, '#boat']", tags=("Boat",)),
    good(
        "tags-with-slashes",
        "tags: ['../x', '/etc/x', 'a/b', '.htaccess', 'CON', '..', '#']",
        tags=("../x", "/etc/x", "a/b", ".htaccess", "CON", "..", "#"),
    ),
    good("tags-long", f"tags: [{'t' * 300}, {'é' * 300}]", tags=("t" * 300, "é" * 300)),
    good(
        "tags-many",
        f"tags: [{', '.join(f't{n}' for n in range(100))}]",
        tags=tuple(f"t{n}" for n in range(100)),
    ),
    good("tags-nested", "tags: [a, [b, [c]], {name: d}, {x: y}]", tags=("a", "b", "c", "d")),
    good("tags-alike", "tags: [é, 'e\u0301', ﬁ, fi, ß, SS]", tags=("é", "ﬁ", "ß")),
    good("tag-and-category", "tags: [a]\ncategory: A & <B>", tags=("A & <B>", "a")),
    bad("tags-map", "title: X\ndate: 2026-11-01\ntags: {a: b}", "names nothing", 4),
    # ------------------------------------------------ languages
    good("language-none", "language: klingon!", language="en", warns=("is no language tag",)),
    good("language-of-a-machine", "lang: pt_BR.UTF-8", language="pt-BR"),
    good("language-long", "lang: zh-hant-tw-x-private", language="zh-Hant-TW-x-private"),
    good("language-english-name", "lang: English", language="en", warns=("is no language tag",)),
    good("language-markup", "lang: '\"><script>'", language="en", warns=("is no language tag",)),
    bad("language-list", "title: X\ndate: 2026-11-01\nlang: [en, id]", "lang is no text", 4),
    Case(
        name="links-to-a-bad-one",
        files={
            "links-to-a-bad-one.md": text_of(
                "title: Linker\ndate: 2026-11-01", "See [that](linked-bad-one.md) and <b>this</b>."
            ),
            "linked-bad-one.md": text_of("title: X\ndate: 2026-02-30"),
        },
        outcomes=(
            Published(file="links-to-a-bad-one.md", content="<p>See that and <b>this</b>.</p>"),
            Refused(file="linked-bad-one.md", says="has no day 30", line=3),
        ),
    ),
)
