"""HTML that is read without a parser becomes what the sanitiser makes of it, to the letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.parse.clean import sanitise as sanitiser
from publisher.parse.clean.canonical import _EMPTY, _HOLDS, _WITHOUT_TEXT, read_canonical
from publisher.parse.clean.references import Found, References
from publisher.parse.clean.sanitise import ArticleFile, Clean, sanitise
from publisher.parse.formats.markdown import markdown_to_html
from tests.factories import make_asset

_PHOTO = make_asset(origin="a/photo.png")
_FILES: Mapping[str, Found] = {"a/photo.png": _PHOTO, "b.md": ArticleFile(file="b.md")}

_ADDRESSES = st.sampled_from(
    [
        *("https://h.example/a?b=1&amp;c", "/a/b.png", "photo.png", "../b.md", "#note", "?q", ""),
        *("javascript:alert(1)", "mailto:a@h.example", "//h.example/x", "https://1.2.3.4.5/"),
        *(
            "https://xn--a/",
            "https://h.example:99999/",
            "HTTPS://H.example/",
            "a:b",
            "https://[::1",
        ),
        *("ftp://h.example/", "/a%zz", "/a b", "/ä", "/a;b", "http://h.0x1/", "data:image/png,x"),
    ]
)
_VALUES = st.one_of(
    st.text(max_size=8).map(lambda text: text.replace('"', "")),
    st.sampled_from(["a &amp; b", "&quot;x&quot;", "&lt;", "&nbsp;", "\xa0", "x y-1", "1", "left"]),
)
_ELEMENTS = (
    "a b blockquote br code dd del div dl dt em figcaption figure h1 h2 hr i img kbd li ol p"
    " pre script small span strong sup table tbody td th thead tr ul input iframe svg"
)
_NAMES = st.sampled_from(_ELEMENTS.split())
_PLAIN = "id class align start title alt width loading onclick style"
_ATTRIBUTES = st.one_of(
    st.builds('{}="{}"'.format, st.sampled_from(["href", "src"]), _ADDRESSES),
    st.builds(
        '{}="{}"'.format,
        st.sampled_from(_PLAIN.split()),
        _VALUES,
    ),
    st.sampled_from(['class="language-py"', 'id="note"', 'id="-note"', 'align="center"']),
)
_TAGS = st.one_of(
    _NAMES.map("<{}>".format),
    _NAMES.map("</{}>".format),
    st.builds(
        "<{} {}{}>".format,
        _NAMES,
        st.lists(_ATTRIBUTES, max_size=3).map(" ".join),
        st.sampled_from(["", " /", "/"]),
    ),
    st.sampled_from(["<br />", "<hr />", "<!-- c -->", "<!--", "-->", "<!-->", "<!doctype x>"]),
)
_TEXTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["\n", " ", "a", "&amp;", "&lt;b&gt;", "&quot;", "&nbsp;", "&#1;", "\xa0", ">"]
    ),
)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Elements around what is there, mostly where they may stand."""

    def within(opening: str, closing: str) -> st.SearchStrategy[str]:
        return st.lists(inner, max_size=3).map(lambda parts: opening + "".join(parts) + closing)

    pairs = [
        *(("<p>", "</p>"), ("<em>", "</em>"), ("<strong>", "</strong>"), ("<ul>\n", "</ul>\n")),
        *(("<li>", "</li>\n"), ("<blockquote>\n", "</blockquote>\n"), ("<td>", "</td>\n")),
        *(('<h2 id="x">', "</h2>\n"), ('<a href="/x">', "</a>"), ("<figure>", "</figure>\n")),
        *(("<table>\n<tbody>\n<tr>\n", "</tr>\n</tbody>\n</table>\n"), ("<dl>", "</dl>")),
        *(("<pre><code>", "</code></pre>\n"), ("<dt>", "</dt>"), ("<dd>", "</dd>")),
    ]
    return st.sampled_from(pairs).flatmap(lambda pair: within(*pair))


_TREES = st.recursive(st.one_of(_TEXTS, _TAGS), _nested, max_leaves=12)
_LINES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *("# Title", "text *em* **strong** `code` ~~del~~", "- one", "  - two", "3. three"),
            *(
                "> quoted",
                "| a | b |",
                "|:--|--:|",
                "| 1 | 2 |",
                "```py",
                "x = 1 < 2",
                "```",
                "---",
            ),
            *("[link](/a 'title \"x\"')", "![photo](photo.png)", "<https://h.example/?a=1&b=2>"),
            *("[x](b.md#y)", "[bad](javascript:x)", "note[^1]", "[^1]: said", "term", ": meaning"),
            *(
                "<b>raw</b>",
                "<figure><img src='x'></figure>",
                "- [ ] to do",
                "a\\",
                '&copy; &amp; "q"',
            ),
            *("<!-- hidden -->", "<div>", "</div>", "$x$", "https://h.example/a_b", "# -x", "# É"),
        ]
    ),
)


def _references() -> References:
    return References(
        base_url="https://site.example/a/",
        site_url="https://site.example/",
        folder="a",
        look_up=_FILES.get,
    )


def _by_the_parser(html: str, monkeypatch: pytest.MonkeyPatch) -> Clean:
    with monkeypatch.context() as patch:
        patch.setattr(sanitiser, "read_canonical", lambda _html, _references: None)
        return _cleaned(html)


def _cleaned(html: str) -> Clean:
    return sanitise(
        html,
        base_url="https://site.example/a/",
        site_url="https://site.example/",
        folder="a",
        look_up=_FILES.get,
    )


def _alike(html: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = _cleaned(html), _by_the_parser(html, monkeypatch)
    for one in fields(Clean):
        assert getattr(ours, one.name) == getattr(theirs, one.name), one.name


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda html: _alike(html, monkeypatch)


@given(st.lists(_TREES, max_size=6).map("".join))
@example('<p><a href="/x">a <em><a href="/y">b</a></em></a></p>')
@example("<pre>\n<code>x</code></pre>")
@example("<p>a</p>text")
@example('<p><img src="photo.png" alt="a" alt="b"></p>')
@example("<p>" + "<em>" * 120 + "</em>" * 120 + "</p>")
@example("<!-->--><p>x</p>")
@example("<table>\n<tbody>\n<tr>\n\xa0</tr>\n</tbody>\n</table>\n")
def test_any_html(html: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _alike(html, patch)


@given(st.lists(_LINES, max_size=12).map("\n".join), st.integers(1, 2))
def test_any_markdown(text: str, breaks: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _alike(markdown_to_html(text.replace("\n", "\n" * breaks)), patch)


_ODD_TEXTS = (
    "a",
    "\xa0",
    "\u2028",
    "\u3000",
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "'",
    "-->",
    "\r",
    "😀",
)
_ODD_VALUES = (*_ODD_TEXTS, "12", "007", "-a", "é", "a b", "a:b", "x" * 210, "", "left", "lazy")
_ODD_ADDRESSES = (
    *("/x", "https://h.example/a?b=1&amp;c=2", "#a", "?a=b", "../x", "//h/x", "https://h", "/%41"),
    *(
        "http://a-b.c_d.e/",
        "https://h.example:80/",
        "/a;b",
        "/a'b",
        "./",
        "..",
        "/a//b",
        "%2e",
        "%",
    ),
)


def _written(rnd: Random, parent: str = "", depth: int = 0) -> str:
    """HTML of the form that is read without a parser, but for what may be odd in it."""
    pieces = []
    held = sorted(_HOLDS[parent])
    is_strict = parent in _WITHOUT_TEXT and rnd.random() < 0.95
    for _ in range(rnd.randint(0, 3)):
        pieces.append(rnd.choice(("", " ", "\n") if is_strict else ("", " ", *_ODD_TEXTS)))
        if rnd.random() < 0.05:
            pieces.append(rnd.choice(("<!-- c -->", "<!---->", "<!--é-->", "<!-->")))
        if held and depth < 6:
            name = rnd.choice(held)
            pieces.append(f"<{_tag(rnd, name)}>")
            if name not in _EMPTY:
                pieces.append(f"{_written(rnd, name, depth + 1)}</{name}>")
    return "".join(pieces)


def _tag(rnd: Random, name: str) -> str:
    given = {
        "a": ["href", "title"],
        "img": ["src", "alt", "title", "width", "height", "loading", "decoding"],
        "code": ["class"],
        "ol": ["start"],
        "td": ["align"],
        "th": ["align"],
    }.get(name, ["id"])
    chosen = given[:1] if name in ("a", "img") else []
    chosen += [one for one in given if one not in chosen and rnd.random() < 0.2]
    values = {
        one: rnd.choice(_ODD_ADDRESSES if one in ("href", "src") else _ODD_VALUES) for one in chosen
    }
    if name == "code":
        values = {one: f"language-{value}" for one, value in values.items()}
    attributes = [f' {one}="{value}"' for one, value in values.items()]
    end = rnd.choice(("", " /")) if name in _EMPTY else ""
    return f"{name}{''.join(attributes)}{end}"


@given(st.integers(0, 2**63))
def test_what_is_written_in_order(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _alike(_written(Random(seed)), patch)


@pytest.mark.long
def test_a_hundred_thousand_written_in_order(alike: Callable[[str], None]) -> None:
    read = 0
    for seed in range(100_000):
        html = _written(Random(seed))
        read += read_canonical(html, _references()) is not None
        alike(html)
    assert read > 20_000, "else little was compared"


@pytest.mark.parametrize(
    "text",
    [
        'Text *with* **all** `that` ~~is~~ [usual](/x "T"), <https://h.example/?a=1&b>.\\\nMore.',
        "# One\n\n## Two *em*\n\n### -odd\n\n---\n\n> quoted\n>\n> > twice",
        "- a\n- b\n  - c\n\n    more\n\n3. d\n4. e",
        "| a | b |\n|:--|--:|\n| *1* | `2` |\n",
        '```py\nx = "1" < 2 & 3\n```\n\n    indented\n',
        "![photo](photo.png 'Its title')",
        '<figure><img src="photo.png" alt=""><figcaption>A &amp; b</figcaption></figure>',
        'term\n\n: meaning\n\nA <!-- hidden --> text with <sub>2</sub> and "quotes".',
    ],
)
def test_what_authors_write_needs_no_parser(text: str, alike: Callable[[str], None]) -> None:
    html = markdown_to_html(text)
    assert read_canonical(html, _references()) is not None
    alike(html)


@pytest.mark.parametrize(
    "html",
    [
        '<p onclick="x">a</p>',
        "<script>x</script>",
        '<p><a href="javascript:x">a</a></p>',
        "<p>a",
        "<p>a</em></p>",
        "<table><tr><td>a</td></tr></table>",
        '<p><a href="/x"><a href="/y">a</a></a></p>',
        "<P>a</P>",
        "<p>a &copy;</p>",
        "<p>a\x00</p>",
        "<ul>text</ul>",
        '<p><img src="photo.png" onerror="x"></p>',
    ],
)
def test_what_is_odd_is_left_to_the_parser(html: str, alike: Callable[[str], None]) -> None:
    assert read_canonical(html, _references()) is None
    alike(html)
