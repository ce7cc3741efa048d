"""Headers of every dialect: fields with their places, and the body."""

from __future__ import annotations

import pytest

from publisher.errors import ArticleError
from publisher.parse.headers.fields import MEANINGS
from publisher.parse.headers.header import MAX_HEADER, Header, split_header
from publisher.parse.headers.values import Items, Table, Text, Value
from publisher.parse.headers.yamlheader import read_yaml


def split(text: str) -> Header:
    return split_header(text, "a.md", MEANINGS)


def plain(value: Value) -> object:
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Items):
        return [plain(v) for v in value.values]
    return {key.text: plain(v) for key, v in value.pairs}


def fields(header: Header) -> object:
    return plain(Table(header.pairs, 1, 1))


def refusal(text: str) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        split(text)
    assert caught.value.mend
    assert caught.value.where is not None
    assert caught.value.where.file == "a.md"
    return caught.value


def place(error: ArticleError) -> tuple[int, int]:
    assert error.where is not None
    return error.where.line, error.where.column


# ---------------------------------------------------------------- YAML


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("date: 2013-07-14 19:38:02 +0200", {"date": "2013-07-14 19:38:02 +0200"}),
        ("date: 2013-07-14 19:38", {"date": "2013-07-14 19:38"}),
        ("date: 2021-13-40", {"date": "2021-13-40"}),
        ("date: 12:30:45", {"date": "12:30:45"}),
        ("lang: no", {"lang": "no"}),
        ("title: 2020", {"title": "2020"}),
        ("title: Yes", {"title": "Yes"}),
        ("tags: [1.10, 0x1F, on]", {"tags": ["1.10", "0x1F", "on"]}),
        ("title: 'Foo: bar'", {"title": "Foo: bar"}),
        ("title: null", {"title": ""}),
        ("title: ~", {"title": ""}),
        ("title: 'null'", {"title": "null"}),
        ("title:", {"title": ""}),
        ("title: |\n  one\n  two", {"title": "one\ntwo\n"}),
        ('title: "a\\tb"', {"title": "a\tb"}),
        ("tags:\n- a\n- b", {"tags": ["a", "b"]}),
        ("author: {name: Jane, url: x}", {"author": {"name": "Jane", "url": "x"}}),
        ("a: &x {b: c}\nd: *x", {"a": {"b": "c"}, "d": {"b": "c"}}),
        ("a: &x {b: c, e: f}\nd: {<<: *x, b: g}",
         {"a": {"b": "c", "e": "f"}, "d": {"b": "g", "e": "f"}}),
        ("a: &x {b: c}\nf: &y {b: h, i: j}\nd:\n  <<: [*x, *y]",
         {"a": {"b": "c"}, "f": {"b": "h", "i": "j"}, "d": {"b": "c", "i": "j"}}),
        ("title: !!str 2020", {"title": "2020"}),
        ("# a comment\ntitle: x", {"title": "x"}),
        ("{title: x, date: y}", {"title": "x", "date": "y"}),
        ('"title": x', {"title": "x"}),
        ("title: Été à 東京 🎉", {"title": "Été à 東京 🎉"}),
    ],
)  # fmt: skip
def test_yaml_stays_text(written: str, read: object) -> None:
    header = split(f"---\n{written}\n---\nBody\n")
    assert fields(header) == read
    assert header.body == "Body\n"
    assert header.kind == "yaml"


def test_yaml_refuses_what_libyaml_cannot_even_scan() -> None:
    with pytest.raises(ArticleError, match="cannot be read as YAML"):
        read_yaml("title: \x01", "a.md", 2)


def test_yaml_values_have_their_place_in_the_file() -> None:
    header = split("---\ntitle: x\ntags:\n  - one\n  - two\n---\n\nBody\n")
    (_, title), (_, tags) = header.pairs
    assert title[1:] == (2, 8)
    assert isinstance(tags, Items)
    assert [v[1:] for v in tags.values] == [(4, 5), (5, 5)]
    assert header.body_line == 7


def test_the_last_of_two_fields_counts_with_a_warning() -> None:
    header = split("---\ntitle: one\ntitle: two\n---\n")
    assert fields(header) == {"title": "two"}
    assert header.warnings == ("line 3: 'title' was given before, in line 2; the last one counts",)


def test_a_comment_behind_a_title_is_pointed_out() -> None:
    header = split("---\ntitle: a #b\n---\n")
    assert fields(header) == {"title": "a"}
    assert "line 2" in header.warnings[0]
    assert "'#b' is a comment" in header.warnings[0]


def test_a_comment_behind_another_field_is_nobodys_business() -> None:
    assert split("---\nlayout: a # b\ntitle: 'x #y'\n---\n").warnings == ()
    assert split("---\nlayout: a # b\ntitle: x\n---\n").warnings == ()


@pytest.mark.parametrize(
    ("written", "where", "what", "mend"),
    [
        ("title: Foo: bar", (2, 11), "second colon", "put the title in quotes"),
        ("title: x\n\tdate: y", (3, 1), "tab", "spaces"),
        ("tags:\n\t- a", (3, 1), "tab", "spaces"),
        ('title: "C:\\dir"', (2, 8), "a backslash in double quotes", "title in single quotes"),
        ('title: "\\uD800"', (2, 8), "a backslash in double quotes", "title in single quotes"),
        ('title: "\\x1"', (2, 8), "a backslash in double quotes", "title in single quotes"),
        ('title: "open', (2, 8), "quote", "close the quote"),
        ("title: 'open", (2, 8), "quote", "close the quote"),
        ("title: @home", (2, 8), "meaning in YAML", "quotes"),
        ("title: `code`", (2, 8), "meaning in YAML", "quotes"),
        ("title: *bold* move", (2, 8), "anchor", "quotes"),
        ("title: *bold", (2, 8), "*bold names no anchor", "quotes"),
        ("title: [a, b", (2, 8), "bracket", "close the bracket"),
        ("title: x\njust words", (3, 1), "no `key: value`", "key: value"),
        ("title: !include x", (2, 8), "tag '!include'", "quotes"),
        ("title: !!python/object:os.system x", (2, 8), "tag", "quotes"),
        ("title: x\n[a]: b", (3, 1), "a key that is no text", "quotes"),
        ("<<: x\ntitle: y", (2, 1), "merge key", "anchored mapping"),
        ('title: "x" y', (2, 12), "does not fit", "quotes"),
        ("title: !e!x y", (2, 8), "cannot be read", "quotes"),
        ('"a: b"', (2, 1), "no list of `key: value`", "title"),
        ("&x [a]", (2, 1), "no list of `key: value`", "title"),
        ("title: x\n--- y", (3, 1), "second YAML document", "remove"),
    ],
)  # fmt: skip
def test_yaml_that_cannot_be_read(
    written: str, where: tuple[int, int], what: str, mend: str
) -> None:
    error = refusal(f"---\n{written}\n---\n")
    assert what in error.message
    assert mend in (error.mend or "")
    assert place(error) == where


def test_a_billion_laughs_are_refused_in_no_time() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "10000" in refusal("---\n" + "\n".join(lines) + "\n---\n").message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_and_kills_nothing(opening: str) -> None:
    deep = "\n  " + opening * 15_000
    assert "deep" in refusal(f"---\na: {deep}\n---\n").message


def test_a_long_header_is_refused() -> None:
    error = refusal("---\ntitle: " + "x" * MAX_HEADER + "\n---\n")
    assert "64 KiB" in error.message


def test_a_header_without_end_is_refused() -> None:
    error = refusal("---\ntitle: x\n\nBody\n")
    assert "has no end" in error.message
    assert error.mend == "close the header with a line ---"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\ntitle: x\n...\nBody", "Body"),
        ("---  \ntitle: x\n---\t\nBody", "Body"),
        ("---\ntitle: x\n---", ""),
        ("---yaml\ntitle: x\n---\nBody", "Body"),
        ("---\ntitle: x\ntext: |\n  a\n  ---\n  b\n---\nBody\n---\nmore", "Body\n---\nmore"),
    ],
)
def test_fences(text: str, body: str) -> None:
    header = split(text)
    assert dict(fields(header))["title"] == "x"  # type: ignore[call-overload]
    assert header.body == body


def test_an_empty_header_is_a_header() -> None:
    assert split("---\n---\nBody").kind == "yaml"
    assert split("---\n# only a comment\n---\nBody").body == "Body"
    assert split("---\n!!null\n---\nBody").pairs == ()


@pytest.mark.parametrize(
    "text",
    [
        "---\nProse after a rule.\n---\nMore.\n",
        "---\n\n- a list\n- of things\n",
        "----\ntitle: x\n----\n",
        " ---\ntitle: x\n---\n",
        "Some prose.\n---\ntitle: x\n---\n",
    ],
)
def test_a_rule_is_no_header(text: str) -> None:
    header = split(text)
    assert header.kind == "none"
    assert header.body == text
    assert header.body_line == 1


# ---------------------------------------------------------------- TOML and JSON


def test_toml_is_typed_and_has_lines() -> None:
    header = split(
        '+++\ntitle = "Foo: bar"\ndate = 2021-03-20T10:15:00+07:00\nday = 2021-03-20\n'
        'draft = false\nweight = 1.10\n[taxonomies]\ntags = ["a", "b"]\n'
        "[extra.deep]\nx = 1\n+++\nBody\n"
    )
    assert header.kind == "toml"
    assert fields(header) == {
        "title": "Foo: bar",
        "date": "2021-03-20T10:15:00+07:00",
        "day": "2021-03-20",
        "draft": "false",
        "weight": "1.10",
        "taxonomies": {"tags": ["a", "b"]},
        "extra": {"deep": {"x": "1"}},
    }
    assert header.pairs[0][1][1:] == (2, 9)
    assert header.pairs[1][1][1:] == (3, 8)
    assert header.body == "Body\n"
    assert header.body_line == 12


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("title = unquoted", 2),
        ("title = 'x'\ndate = 2021-13-40", 3),
        ("title = 'x'\ntitle = 'y'", 3),
        ("title = 'open", 2),
        ("n = " + "9" * 5000, 2),
    ],
)
def test_toml_that_cannot_be_read(written: str, line: int) -> None:
    error = refusal(f"+++\n{written}\n+++\n")
    assert "TOML" in error.message
    assert place(error)[0] in (line, line + 1)


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "x", "tags": ["a"], "n": 1.10, "on": true, "nil": null, "o": {"p": 1}}\nBody',
        '{"title": "x", "tags": ["a"], "n": 1.10, "on": true, "nil": null}\nBody\n',
        '---json\n{"title": "x", "tags": ["a"], "n": 1.10, "on": true, "nil": null}\n---\nBody\n',
        ';;;\n{"title": "x", "tags": ["a"], "n": 1.10, "on": true, "nil": null}\n;;;\nBody\n',
        ';;;\n"title": "x",\n"tags": ["a"],\n"n": 1.10, "on": true, "nil": null\n;;;\nBody\n',
    ],
)
def test_json(text: str) -> None:
    header = split(text)
    assert header.kind == "json"
    expected = {"title": "x", "tags": ["a"], "n": "1.10", "on": "true", "nil": ""}
    assert fields(header) in (expected, {**expected, "o": {"p": "1"}})
    assert header.body.strip() == "Body"


def test_json_has_lines_and_the_last_of_two_counts() -> None:
    header = split('{\n  "title": "x",\n  "date": "a",\n  "date": "b"\n}\nBody')
    assert header.pairs[0][1][1:] == (2, 12)
    assert fields(header) == {"title": "x", "date": "b"}
    assert "'date' was given before" in header.warnings[0]


def test_json_that_cannot_be_read() -> None:
    error = refusal('{\n  "title": "x",\n}\nBody')
    assert "JSON" in error.message
    assert place(error)[0] in (2, 3)


def test_text_that_begins_with_a_brace_is_no_json() -> None:
    for text in ("{{< figure >}}\n", "{% raw %}\n", "{: .lead}\nText\n", "{braces} in prose\n"):
        assert split(text).kind == "none"


def test_a_body_full_of_brackets_does_not_count_as_nesting() -> None:
    assert split('{"title": "x"}\n' + "[" * 100).body.strip() == "[" * 100


@pytest.mark.parametrize(
    "text",
    [
        "+++\na = " + "[" * 30_000 + "\n+++\n",
        '{"a": ' + "[" * 30_000,
        "---json\n" + '{"a":' * 10_000 + "\n---\n",
        "+++\n" + ".".join(["a"] * 5_000) + " = 1\n+++\n",
    ],
)
def test_deep_toml_and_json_are_refused(text: str) -> None:
    assert "deep" in refusal(text).message


@pytest.mark.parametrize("mark", ["---js", "---javascript", "---coffee", "+++lua", "---cson"])
def test_a_header_that_is_code_is_never_run(mark: str) -> None:
    error = refusal(f"{mark}\n{{title: 'x'}}\n{mark[:3]}\nBody")
    assert "never run" in error.message


# ---------------------------------------------------------------- Key: value


def test_lines_of_key_and_value_end_at_the_first_empty_line() -> None:
    header = split(
        "Title: State: of things\nDate: 2014-07-15 15:40\nTags: a, b\nSummary: one\n    two\n"
        "\tthree\n\nNote: prose\n"
    )
    assert header.kind == "lines"
    assert fields(header) == {
        "Title": "State: of things",
        "Date": "2014-07-15 15:40",
        "Tags": "a, b",
        "Summary": "one\ntwo\nthree",
    }
    assert header.pairs[0][1][1:] == (1, 8)
    assert header.body == "Note: prose\n"
    assert header.body_line == 8


def test_a_header_whose_body_follows_at_once_ends_at_the_first_other_line() -> None:
    header = split("Title: x\nDate: 2014-07-15\nProse begins here.\n")
    assert header.body == "Prose begins here.\n"
    assert header.body_line == 3


def test_a_date_with_digits_makes_a_header_too() -> None:
    assert split("Date: 2014-07-15\nTags: a\n\nBody").body == "Body"
    assert split("Date: 2014-07-15\nTitle: a").body == ""


def test_nikola_writes_its_fields_as_comments() -> None:
    header = split("<!--\n.. title: x\n.. date: 2014-07-15\n-->\n\nBody\n")
    assert fields(header) == {"title": "x", "date": "2014-07-15"}
    assert header.body.strip() == "Body"
    assert split(".. title: x\n.. slug: y\n\nBody\n").body == "Body\n"


def test_hexo_only_ends_its_header() -> None:
    header = split("title: x\ndate: 2013/7/13 20:46:25\ntags:\n- a\n- b\n---\nBody\n")
    assert header.kind == "yaml"
    assert fields(header) == {"title": "x", "date": "2013/7/13 20:46:25", "tags": ["a", "b"]}
    assert header.body == "Body\n"
    assert header.body_line == 7


@pytest.mark.parametrize(
    "text",
    [
        "Note: this is prose.\n\nMore.\n",
        "Summary: in short, it works.\n\nMore.\n",
        "Author: unknown, says the museum\n\nMore.\n",
        "Date: what we know of the fruit\n\nMore.\n",
        "Title: The return\n---\nProse.\n",
        "Title: The return\n=====\n\nProse.\n",
        "https://example.org/ is a link\n",
        "Jakarta: prose\nDate: 2020-01-01\n\n",
        "Plain prose.\nTitle: x\n\n",
        "",
        "\n",
    ],
)
def test_prose_with_a_colon_is_no_header(text: str) -> None:
    header = split(text)
    assert header.kind == "none"
    assert header.body == text


def test_own_field_names_begin_a_header_too() -> None:
    known = {**MEANINGS, "judul": ("title", -1)}
    assert split_header("Judul: x\n\nIsi\n", "a.txt", known).body == "Isi\n"


def test_a_list_of_fields_between_rules_is_text_and_named() -> None:
    header = split("---\n- title: x\n- date: 2021-03-20\n---\nText.\n")
    assert (header.kind, header.pairs) == ("none", ())
    assert header.body.startswith("---\n- title: x\n")
    (warning,) = header.warnings
    assert warning.startswith("line 1: the lines between --- are a list")
    assert split("---\n- one\n- two: see below\n---\nText.\n").warnings == ()
