"""Headers that are no header, that mean something else, or that want to run."""

from __future__ import annotations

from tests.nasty.cases import Case, bad, good, published, refused, text_of

_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [*{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}]\n"
    for last, name in zip("abcdefghij", "bcdefghijk", strict=True)
)
_GOOD = "title: X\ndate: 2026-11-01\n"

CASES: tuple[Case, ...] = (
    # ------------------------------------------------ not closed, not a mapping, not readable
    refused(
        "unclosed", {"unclosed.md": b"---\ntitle: X\ndate: 2026-11-01\n\nText.\n"}, "has no end"
    ),
    bad("list", "- title: X\n- date: 2026-11-01", "has no date"),
    published(
        "list-in-dated-file",
        {"2026-11-01-list-in-dated-file.md": text_of("- title: X\n- tags: [a]")},
        title="List in dated file",
        holds=("<hr>", "<li>title: X</li>", "Some text."),
        warns=("line 1: the lines between --- are a list",),
    ),
    bad("flow-list", "[1, 2, 3]", "has no date"),
    bad("flow-map-unclosed", "{title: X, date: 2026-11-01", "opens a bracket", 2),
    bad("quote-unclosed", 'date: 2026-11-01\ntitle: "X', "opens a quote that is not closed", 3),
    bad("bad-escape", 'date: 2026-11-01\ntitle: "C:\\dir"', "a backslash", 3),
    bad("second-colon", "title: One: two\ndate: 2026-11-01", "second colon", 2),
    bad("tab-indent", "title: X\ndate: 2026-11-01\ntags:\n\t- a", "tab", 5),
    good("tab-after-colon", "title:\tTabbed\ndate:\t2026-11-01", title="Tabbed"),
    bad("indent", "title: X\n  date: 2026-11-01", "", 3),
    bad(
        "two-documents", "title: X\ndate: 2026-11-01\n--- more", "begins a second YAML document", 4
    ),
    bad("key-of-a-list", "? [a, b]\n: c\ntitle: X\ndate: 2026-11-01", "", 1),
    bad("percent", "title: %done\ndate: 2026-11-01", "begins with a character", 2),
    bad("at-sign", "title: @home\ndate: 2026-11-01", "begins with a character", 2),
    bad("star", "title: *star*\ndate: 2026-11-01", "", 2),
    bad("title-is-a-list", "date: 2026-11-01\ntitle: [a, b]", "title is no text", 3),
    bad("title-is-a-map", "date: 2026-11-01\ntitle: {a: b}", "title is no text", 3),
    # ------------------------------------------------ bombs and objects
    bad("alias-bomb", _GOOD + _BOMB, "stands for more than", 8),
    bad("alias-to-itself", _GOOD + "a: &a [*a]", "names no anchor", 4),
    bad("alias-to-nothing", _GOOD + "tags: [*none]", "names no anchor", 4),
    bad(
        "python-object",
        _GOOD + "x: !!python/object/apply:os.system ['touch canary']",
        "has the tag",
        4,
    ),
    bad("python-name", _GOOD + "x: !!python/name:os.system", "has the tag", 4),
    bad("binary", _GOOD + "x: !!binary aGk=", "has the tag", 4),
    bad("own-tag", _GOOD + "x: !secret y", "has the tag", 4),
    refused(
        "code", {"code.md": b"---js\nmodule.exports = {title: 'X'}\n---\nText.\n"}, "never run"
    ),
    bad("deep", _GOOD + "x: " + "[" * 5_000, "nested more than 20 deep", 4),
    bad(
        "deep-block", _GOOD + "\n".join("  " * n + "a:" for n in range(60)), "nested more than", 24
    ),
    bad("many-values", _GOOD + "x: [" + "a," * 20_000 + "]", "stands for more than", 4),
    refused("deep-json", {"deep-json.md": b'{"title": "X", "x": ' + b"[" * 20_000}, "nested"),
    refused("deep-toml", {"deep-toml.md": b"+++\nx = " + b"[" * 20_000 + b"\n+++\n"}, "nested", 2),
    # ------------------------------------------------ what YAML makes of words
    good(
        "duplicate-keys",
        "title: One\ndate: 2026-11-01\ntitle: Two",
        title="Two",
        warns=("was given before, in line 2",),
    ),
    good(
        "on-yes",
        "title: yes\ndate: 2026-11-01\non: yes\ntags: [on, no, off, y]",
        title="yes",
        tags=("on", "no", "off", "y"),
    ),
    good(
        "number-as-title",
        "title: 3.10\ndate: 2026-11-01\ntags: [3.10, 08, 1_000, 0x1F, 1e3]",
        title="3.10",
        tags=("3.10", "08", "1_000", "0x1F", "1e3"),
    ),
    good("leading-zero", "title: 08\ndate: 2026-11-01\nslug: 08", title="08", url="2026/11/01/08/"),
    good("sexagesimal", "title: 12:30:45\ndate: 2026-11-01", title="12:30:45"),
    good(
        "infinity",
        "title: .inf\ndate: 2026-11-01\ntags: [.nan, ~, null, '']",
        title=".inf",
        tags=(".nan",),
    ),
    good("date-as-title", "title: 2026-11-01\ndate: 2026-11-01", title="2026-11-01"),
    good(
        "comment-in-title",
        "title: C #1 fan\ndate: 2026-11-01",
        title="C",
        warns=("is a comment in YAML",),
    ),
    good(
        "many-lines",
        "title: |\n  One\n  two\n\n  three\ndate: 2026-11-01\nsummary: >-\n  a\n  b\n\n  c",
        title="One two three",
        summary="a b c",
    ),
    good(
        "merge-key",
        "x: &x {title: Merged, date: 2026-11-01}\n<<: *x\ntags: [a]\ntitle: Own",
        title="Own",
        tags=("a",),
    ),
    good("tags-that-are-read", "title: !!str 12\ndate: !!timestamp 2026-11-01", title="12"),
    good("shouting", "TITLE: Loud\nDate: 2026-11-01\nTags: [A]", title="Loud", tags=("A",)),
    bad("draft-is-maybe", _GOOD + "draft: maybe", "not true or false", 4),
    # ------------------------------------------------ other kinds of header
    refused(
        "broken-toml",
        {"broken-toml.md": b"+++\ntitle = X\n+++\nText.\n"},
        "cannot be read as TOML",
        2,
    ),
    refused(
        "broken-json", {"broken-json.md": b'{"title": "X",}\nText.\n'}, "cannot be read as JSON"
    ),
    refused(
        "huge-number-in-toml",
        {"huge-number-in-toml.md": b"+++\ntitle = 'X'\nn = " + b"9" * 6_000 + b"\n+++\nT\n"},
        "cannot be read as TOML",
        4,
    ),
    published(
        "huge-number-in-json",
        {
            "huge-number-in-json.md": b'{"title": '
            + b"9" * 6_000
            + b', "date": "2026-11-01"}\nText.\n'
        },
        title="9" * 6_000,
    ),
    published(
        "json-with-doubles",
        {"json-with-doubles.md": b'{"title": "A", "title": "B", "date": "2026-11-01"}\nText.\n'},
        title="B",
        warns=("was given before",),
    ),
    published(
        "lines",
        {"lines.md": b"Title: A: b <c> & d\nDate: 2026-11-01 10:15\nTags: a; b; ;\n\nText.\n"},
        title="A: b <c> & d",
        tags=("a", "b"),
        published="2026-11-01T10:15:00+07:00",
    ),
    published(
        "rule-is-no-header",
        {"2026-11-01-rule-is-no-header.md": b"---\n\nText between rules.\n\n---\n\nMore.\n"},
        title="Rule is no header",
        holds=("<hr>", "Text between rules."),
    ),
    published(
        "carriage-returns",
        {
            "carriage-returns.md": b"---\rtitle: Old Mac\rdate: 2026-11-01\r---\r"
            b"\rOne\rtwo\r\rThree\r"
        },
        title="Old Mac",
        content="<p>One\ntwo</p>\n<p>Three</p>",
    ),
    published(
        "windows-line-ends",
        {"windows-line-ends.md": text_of(_GOOD, "One\n\n```\na\n  b\n```").replace(b"\n", b"\r\n")},
        title="X",
        content="<p>One</p>\n<pre><code>a\n  b\n</code></pre>",
    ),
    published(
        "mixed-line-ends",
        {"mixed-line-ends.md": b"---\r\ntitle: M\rdate: 2026-11-01\n---\n\r\nA\r\n\rB\n"},
        title="M",
        content="<p>A</p>\n<p>B</p>",
    ),
)
