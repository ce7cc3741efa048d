"""A header that is read without a parser of YAML becomes what the parser makes of it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.errors import ArticleError
from publisher.parse.headers import yamlheader
from publisher.parse.headers.plainyaml import read_plain_yaml
from publisher.parse.headers.yamlheader import read_yaml

_PIECES = (
    *(
        "title",
        "date",
        "tags",
        "null",
        "Null",
        "a-b",
        "a_b",
        "é",
        "2016-02-01T10:00:00+07:00",
        "yes",
    ),
    *(
        ": ",
        ":",
        " ",
        "  ",
        "\n",
        "\n",
        "- ",
        "  - ",
        "-",
        "[",
        "]",
        ", ",
        ",",
        "{",
        "}",
        "#",
        " #",
    ),
    *(
        '"',
        "'",
        '"x y"',
        "'x y'",
        '"x"',
        "''",
        '""',
        "\\",
        "\\n",
        "~",
        "|",
        ">",
        "&a ",
        "*a",
        "!t ",
    ),
    *(
        "?",
        "%",
        "@",
        "`",
        "=",
        "\t",
        "\xa0",
        "\u2028",
        "\u3000",
        "\ufeff",
        "\x85",
        "😀",
        "…",
        "x" * 70,
    ),
    *("https://h.example/a#b", "C# and", "it's", 'say "x"', "a, b", "1_000", "0x1f", "---", "..."),
)
_WORDS = ("a", "b  c", "1.10", "é ü", "12:30", "null", "~", '"q: #"', "'s, t'", "x-y", "100%", "[]")
_LINES = (
    *("{0}: {1}", "{0}:  {1}", "{0}: [{1}, {2}]", "{0}: [{1},{2}]", "{0}:\n- {1}\n- {2}"),
    *("{0}:\n  - {1}\n  - {2}", "{0}:", "{0}: {1} # {2}", "{0}:\n  {1}: {2}", "  {1}", "- {1}"),
    *(
        "{0}: [{1} , {2} ]",
        "{0}: [ {1}]",
        "{0}: {1} ",
        "{0}:\n - {1}\n  - {2}",
        "{0}: >\n  {1}",
        "",
    ),
    *(
        "{0}: - {1}",
        "{0}: {1}: {2}",
        "{0}:\n-  {1}",
        "{0} : {1}",
        "{0}:{1}",
        "# {1}",
        "{0}: {1}\n  {2}",
    ),
)


def by_the_parser(text: str) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamlheader, "read_plain_yaml", lambda _text, _line: None)
        return outcome(text)


def outcome(text: str) -> object:
    try:
        return read_yaml(text, "a.md", 2)
    except ArticleError as error:
        return error.message, error.where, error.mend


def some_header(rnd: Random) -> str:
    """Lines as authors write them, some of them with something odd in it."""
    lines = []
    for _ in range(rnd.randint(1, 5)):
        words = [rnd.choice(_WORDS) for _ in range(3)]
        key = rnd.choice(("title", "date", "tags", "null", "Key-1"))
        lines.append(
            rnd.choice(_LINES[:7] if rnd.random() < 0.95 else _LINES).format(key, *words[1:])
        )
    text = "\n".join(lines) + "\n"
    for _ in range(rnd.choice((0, 0, 0, 0, 1, 2))):
        at = rnd.randrange(len(text) + 1)
        text = text[:at] + rnd.choice(_PIECES) + text[at + rnd.randint(0, 2) :]
    return text


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
@example("title: a\n  b\n")
@example("title: a #b\n")
@example("null: a\n")
@example("a: 1\na: 2\n")
def test_any_pieces(text: str) -> None:
    assert outcome(text) == by_the_parser(text)


@given(st.integers(0, 2**63))
def test_any_header(seed: int) -> None:
    text = some_header(Random(seed))
    assert outcome(text) == by_the_parser(text)


@pytest.mark.long
def test_a_hundred_thousand_headers() -> None:
    plain = 0
    for seed in range(100_000):
        text = some_header(Random(seed))
        plain += read_plain_yaml(text, 2) is not None
        assert outcome(text) == by_the_parser(text), text
    assert plain > 10_000, "else little was compared"


@pytest.mark.parametrize(
    "text",
    [
        "title: Fog over the harbour\ndate: 2026-02-01T10:00:00+07:00\n",
        "title: \"Fog: a 'report'\"\nauthor: 'Ann \"A.\" Lee'\n",
        "tags: [sea, \"a b\", 'c, d',rope]\nempty: []\n",
        "tags:\n- sea\n- rope & tide\nurl: https://h.example/a?b=c\n",
        "tags:\n  - sea\n  - 'a # b'\nnext: 1,000 [sic]\n",
        "layout:\ncategories: \ntitle: null\nsubtitle: it's 5 o'clock\n",
    ],
)
def test_what_authors_write_needs_no_parser(text: str) -> None:
    assert read_plain_yaml(text, 2) is not None
    assert outcome(text) == by_the_parser(text)


def test_a_long_header_is_left_to_the_parser() -> None:
    text = f"tags: [{', '.join(['a'] * 20_000)}]\n"
    assert read_plain_yaml(text, 2) is None
    assert outcome(text) == by_the_parser(text)
