"""The usual blocks, found at once, are what looking at each of their tags would give."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.parse.clean import canonical, sanitise
from publisher.parse.clean.references import ArticleFile, Found, References
from publisher.parse.clean.sanitise import Clean
from publisher.parse.clean.usual import end_of_referring, end_of_usual
from publisher.parse.formats.markdown import markdown_to_html
from tests.factories import make_asset

USUAL = markdown_to_html("""\
## Two, *three* **and** `four`

Text "quoted" with [a link](https://h.example/a?b=1&c=%20#d), [*em*](http://h.example:80)
and **strong `code` too**, ~~gone~~, [*all* of it](https://a.b-c.example/xn--d).

- one *a*
- two [b](https://h.example/)

1. loose

   again

2. `x`

```py
x = "1" < 2 & 3
```

| a | b |
|:--|--:|
| *1* | [2](https://h.example/2) |

### É last
""")

REFERRING = markdown_to_html("""\
![a "b" & c](photo.png "say \\"d\\" & e")

Text "quoted" with ![](photo.png), [a link](/a?b=1&c "its \\"title\\""), [*em* "and"](b.md#x)
and **strong**, [![photo](photo.png) "below" `it`](../c/), <https://h.example/a_b>, [x](gone.md).

- one *a* [b](b.md)
- two ![c](photo.png)

1. [loose](#it)

   again "so"

> Said "who" [was](b.md) there

> Said "who" was not

<figure><img src="photo.png" alt="a"><figcaption>"This" <a href="/">that</a></figcaption></figure>

<figure>
<img src="photo.png">
<img src="/a/none.png">
</figure>

## See [there](b.md) "now"
""")

PIECES = (
    *("<p>", "</p>", "<em>", "</em>", "<li>", "</li>\n", "<ul>\n", "</ul>\n", "<ol>", "</h2>"),
    *("<td>", "</tr>", "<tr>\n", "<tbody>\n", "</pre>", "<code>", "<a href='/x'>", "</a>", "<br>"),
    *(
        '<a href="https://xn--a.example/">',
        '<a href="https://1.2/">',
        "xn--",
        'x" onclick="y',
        "javascript:",
    ),
    *(
        "\n",
        " ",
        "a",
        "\xa0",
        "\x00",
        "&quot;",
        "&amp;",
        "&nbsp;",
        "&#1;",
        "<",
        ">",
        '"',
        "/",
        "%",
        "",
    ),
    *('<img src="photo.png">', "<img ", "<a ", '<a href="b.md">', ' title="a &quot;b"', "<figure>"),
    *("</blockquote>", "<figcaption>", ' href="javascript:x"', ' src=""', ' alt="<"', " alt='x'"),
    *("<!-- c -->", "<script>", "<h2 id='a'>", '<th align="left">', "<hr />\n", '<ul start="3">'),
)


FILES: Mapping[str, Found] = {
    "a/photo.png": make_asset(origin="a/photo.png"),
    "a/b.md": ArticleFile(file="a/b.md"),
}


def read(html: str, *, by: str) -> Clean:
    """What the sanitiser makes of it, by `usual` blocks, by `steps` alone or by the `parser`."""
    with pytest.MonkeyPatch.context() as patch:
        if by == "steps":
            patch.setattr(canonical, "end_of_usual", lambda _html, start: start)
            patch.setattr(canonical, "end_of_referring", lambda _html, start: start)
        if by == "parser":
            patch.setattr(sanitise, "read_canonical", lambda _html, _references: None)
        return sanitise.sanitise(
            html,
            base_url="https://site.example/a/",
            site_url="https://site.example/",
            folder="a",
            look_up=FILES.get,
        )


def with_slips(rnd: Random) -> str:
    """The usual blocks, in which a few things are not as they were."""
    html = rnd.choice((USUAL, REFERRING))
    for _ in range(rnd.randint(1, 3)):
        at = rnd.choice([place for place, letter in enumerate(html) if letter in '<>&" \n'])
        end = at + rnd.choice((0, 0, 1, 3, html.find(">", at) + 1 - at))
        html = html[:at] + rnd.choice(PIECES) + html[max(at, end) :]
    return html


def test_all_of_it_is_usual() -> None:
    assert end_of_usual(USUAL, 0) == len(USUAL)
    references = References(base_url="", site_url="", folder="", look_up=lambda _: None)
    assert canonical.read_canonical(USUAL, references) == USUAL.replace("&quot;", '"')


def test_each_block_with_references_is_found_at_once() -> None:
    end, found = 0, 0
    while end < len(REFERRING):
        start, end = end, end_of_referring(REFERRING, end_of_usual(REFERRING, end))
        assert end > start
        found += 1
    assert found == 8, "the quotation without is usual"
    assert read(REFERRING, by="usual") == read(REFERRING, by="parser")


@given(st.integers(0, 2**63))
def test_slips(seed: int) -> None:
    html = with_slips(Random(seed))
    assert read(html, by="usual") == read(html, by="steps") == read(html, by="parser")


@pytest.mark.long
def test_a_hundred_thousand_slips() -> None:
    usual = 0
    for seed in range(100_000):
        html = with_slips(Random(seed))
        usual += end_of_usual(html, 0) == len(html)
        assert read(html, by="usual") == read(html, by="parser"), html
    assert usual > 1_000, "else little of it was found at once"


@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="https://xn--a.example/">a</a></p>\n',
        '<p><a href="https://a.xn--b/">a</a></p>\n',
        '<p><a href="https://h.example.1/">a</a></p>\n',
        '<p><a href="/a">a</a></p>\n',
        '<p><a href="https://h.example/%zz">a</a></p>\n',
        '<h2 id="-a">a</h2>\n',
        '<h2 id="a">a</h3>\n',
        "<ul>\n<li>a</li>\n</ol>\n",
        "<ul>\n</ul>\n",
        '<ul start="3">\n<li>a</li>\n</ul>\n',
        '<ol start="3">\n<li>a</li>\n</ol>\n',
        "<table>\n<thead>\n<tr>\n<td>a</td>\n</tr>\n</thead>\n</table>\n",
        '<pre><code class="other">a</code></pre>\n',
        "text",
    ],
)
def test_what_is_not_usual_is_looked_at(html: str) -> None:
    assert end_of_usual(html, 0) == 0
    assert read(html, by="usual") == read(html, by="parser")


@pytest.mark.parametrize("within", ["blockquote", "li", "dd"])
def test_usual_blocks_in_others(within: str) -> None:
    around = {"li": "ul", "dd": "dl"}.get(within, "")
    html = f"<{within}>\n{USUAL}</{within}>\n"
    html = f"<{around}>\n{html}</{around}>\n" if around else html
    assert read(html, by="usual") == read(html, by="parser")
