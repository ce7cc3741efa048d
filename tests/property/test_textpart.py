"""The text part of any article: no word is lost, every address is there, kept lines stay."""

from __future__ import annotations

import re
from html import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from publisher.parse.clean.sanitise import sanitise
from publisher.render.mail.textpart import text_of
from publisher.render.wrapping import columns

WORD = re.compile(r"[^\W_]+")
MARKS = re.compile(r"(?:> |- |-?\d+\. | )*")

words = st.text(
    st.sampled_from(
        "abcxyz ابت نهر 漢字かな。、 ไทย é\u0301 👩\u200d🚀 <&>\"'|/[]()-\u00a0\u200b\n\t"
    ),
    min_size=1,
    max_size=40,
)
plain = words.map(escape)
lines = st.lists(words.map(lambda text: escape(text.replace("\n", ""))), max_size=4)
links = st.integers(0, 4).map(lambda n: f"https://x.example/{n}/{'way/' * n * 5}?a={n}&amp;b")
attributes = st.sampled_from(("", ' start="7"', ' reversed=""', ' value="3"', ' class="footnotes"'))
inline = ("b", "em", "code", "q", "sub", "span", "mark", "s", "del")
within = ("li", "ul", "ol", "blockquote", "div", "p", "h3", "dl", "dt", "dd", "figure", "section")
tables = ("table", "tr", "td", "th", "caption", "figcaption", "tbody")


def grown(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inside = st.lists(children, max_size=4).map("".join)
    return st.one_of(
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(inline), inside),
        st.builds("<{0}{1}>{2}</{0}>".format, st.sampled_from(within), attributes, inside),
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(tables), inside),
        st.builds('<a href="{}">{}</a>'.format, links, inside),
        st.builds("<table><tr><td>{}</td><td>{}</td></tr></table>".format, inside, inside),
        st.builds("<ol{}><li>{}</li><li>{}</li></ol>".format, attributes, inside, inside),
        st.builds("{}<br>{}<hr>".format, inside, inside),
    )


leaves = st.one_of(
    plain,
    st.builds('<img src="https://x.example/a.jpg" alt="{}">'.format, plain),
    st.builds("<pre>x{}</pre>".format, lines.map("\n".join)),
    st.builds('<video src="{}" title="{}"></video>'.format, links, plain),
)
documents = st.recursive(leaves, grown, max_leaves=25)


def sanitised(html: str) -> str:
    return sanitise(
        html, base_url="https://c.example/a/", site_url="https://c.example/", folder="", look_up=str
    ).html


@given(documents)
def test_no_word_no_address_and_no_kept_line_is_lost(html: str) -> None:
    clean = sanitised(html)
    pieces = text_of(clean, web_url="https://c.example/a/")
    text = "\n\n".join(pieces)
    written = [line.replace("~~", "") for line in text.split("\n")]
    if not clean.strip():
        assert pieces == []
        return
    root = lxml_html.fragment_fromstring(clean, create_parent="div")
    said = [*root.itertext(), *(e.get("alt", "") for e in root.iter("img"))]
    said += [element.get("title", "") for element in root.iter("video")]
    folded = "".join(WORD.findall(text))
    for word in WORD.findall(" ".join(said)):
        assert word in folded
    for link in root.iter("a", "video"):
        shown = "".join(link.itertext()).strip() or link.tag == "video"
        if shown or next(link.iter("img"), None) is not None:
            assert (link.get("href") or link.get("src")) in text
    for kept in root.iter("pre"):
        if next(kept.iter("img", "br", "video", "div", "p"), None) is None:
            for line in "".join(kept.itertext()).strip("\n").split("\n"):
                assert any(one.endswith(line) for one in written)
    for line in text.split("\n"):
        bare = MARKS.sub("", line, count=1)
        assert columns(line) <= 72 or " " not in bare.strip() or _is_kept(bare, root), line


def _is_kept(line: str, root: lxml_html.HtmlElement) -> bool:
    line = line.replace("~~", "")
    return any(line in "".join(kept.itertext()) for kept in root.iter("pre"))
