"""HTML as Markdown that says the same, and the head of a file that is read as it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.config import FilesSpec, SiteSpec
from publisher.manuscripts.file import file_name, write_file
from publisher.manuscripts.markdown import to_markdown
from publisher.manuscripts.pictures import place_pictures
from publisher.model import Document
from publisher.parse.clean.decode import one_line
from publisher.parse.clean.fragment import plain_text
from publisher.parse.clean.sanitise import sanitise
from publisher.parse.document import Parsed, parse_document

SITE = SiteSpec(title="T", url="https://x.example/", language="en", timezone="UTC")
SPEC = FilesSpec(name="articles")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("", ""),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("loose <b>text</b><p>p</p>more", "loose **text**\n\np\n\nmore"),
        ("<div><div>a</div>b</div>", "a\n\nb"),
        ("<p>* _a_ a_b [x] `c` &lt;b&gt; &amp;amp; ~ \\</p>", None),
        ("<p>1. a</p><p># b</p><p>- c</p><p>+ d</p><p>&gt; e</p><p>= f</p>", None),
        ("<p>{{ x }} {% y %} {: .z} {#id}</p>", None),
        ("<p>a<br>b<br>- c</p>", "a\\\nb\\\n\\- c"),
        ("<p>a<b>b</b>c <em> d </em>e</p>", "a**b**c *d* e"),
        ("<p><i>a</i><b>b</b></p>", "<i>a</i><b>b</b>"),
        ("<p><b>a:</b> b <b>(c)</b>d <b>e</b></p>", "**a:** b <b>(c)</b>d **e**"),
        ("<p><b><i>a</i></b></p>", "***a***"),
        (
            "<figure><table><tr><th>a</th></tr><tr><td>b</td></tr></table></figure>",
            "| a |\n| --- |\n| b |",
        ),
        ("<p>H<sub>2</sub>O <span>s</span></p>", "H<sub>2</sub>O s"),
        ("<p><code>a`b</code> <code>`</code></p>", "``a`b`` `` ` ``"),
        ('<p><a href="https://x.example/a(b)c d">t</a></p>', "[t](<https://x.example/a(b)c%20d>)"),
        ('<p><a href="https://x.example/" title="a &quot;b&quot;">t</a></p>', None),
        ('<p><a href="https://x.example/">https://x.example/</a></p>', "<https://x.example/>"),
        ('<p>Oh! <img src="https://x.example/a.png" alt="[b]" width="3"></p>', None),
        ('<p>no!<a href="https://x.example/">t</a></p>', "no\\![t](https://x.example/)"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="7"><li>a</li><li>b</li></ol>', "7. a\n8. b"),
        ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "- a\n\n  b\n\n- c"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre><code>a\n\nb</code></pre>", "```\na\n\nb\n```"),
        ('<pre><code class="language-c++">```</code></pre>', "````c++\n```\n````"),
        ("<pre>a <b>b</b>\n\nc</pre>", "<pre>a <b>b</b>\n\nc</pre>"),
        ('<h2 id="x">a #</h2>', "## a \\# {#x}"),
        ("<table><tr><td>a</td></tr></table>", None),
        (
            "<table><tr><th>a</th></tr><tr><td>b | c</td></tr></table>",
            "| a |\n| --- |\n| b \\| c |",
        ),
        ('<table><tr><th>a</th></tr><tr><td colspan="2">b</td></tr></table>', None),
        ("<dl><dt>a</dt><dd>b\n\nc</dd></dl>", "<dl><dt>a</dt><dd>b\nc</dd></dl>"),
        ("<details><summary>a</summary><pre>b\n\nc</pre></details>", None),
        ('<video controls src="https://x.example/a.mp4"></video>', None),
        ("<p>www.x.example and a@x.example</p>", None),
        ("<p>\u00a0a\u00a0</p>", None),
        ("<hr><p>a</p><hr>", "* * *\n\na\n\n* * *"),
        ("<p>Term</p><p>: not a definition</p>", None),
        ("<p>a</p><p>---</p><p>***</p><p>|a|</p><p>| - |</p>", None),
        ("<p>[^1]: no note</p><p>[a]: https://no.example/</p>", None),
    ],
)
def test_markdown_says_the_same(html: str, markdown: str | None) -> None:
    written = to_markdown(clean(html))
    if markdown is not None:
        assert written == markdown
    assert words(read(written).body_html) == words(clean(html))


def clean(html: str) -> str:
    page = "https://x.example/a/"
    return sanitise(html, base_url=page, site_url=SITE.url, folder="", look_up=lambda _: None).html


def read(text: str) -> Parsed:
    raw = f"---\ntitle: zz\ndate: 2020-03-01\n---\n{text}\n".encode()
    read_ = parse_document(raw, "a.md", site=SITE, source=SPEC, look_up=lambda _: None)
    assert isinstance(read_, Parsed)
    return read_


def words(html: str) -> str:
    return "".join(plain_text(html).split())


TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("ab1 .*_`#[]()!<>&|~\\{}%:-+=\n\"'é\u00a0")),
        st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")),
    ),
    max_size=12,
).map(escape)
INLINE = st.recursive(
    TEXT,
    lambda inner: st.builds(
        lambda tag, one, two: f"{one}<{tag}>{two}</{tag}>",
        st.sampled_from(["b", "em", "code", "del", "sub", "span", "strong", "q"]),
        inner,
        inner,
    ),
    max_leaves=4,
)
BLOCK = st.recursive(
    INLINE.map(lambda text: f"<p>{text}</p>"),
    lambda inner: st.builds(
        lambda shape, one, two: shape.format(one, two),
        st.sampled_from(
            [
                "<blockquote>{}{}</blockquote>",
                "<ul><li>{}</li><li>{}</li></ul>",
                "<ol><li>{}{}</li></ol>",
                "<div>{}x{}</div>",
                "{}<hr>{}",
                "<figure>{}<figcaption>{}</figcaption></figure>",
            ]
        ),
        inner,
        inner,
    ),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None)
@given(BLOCK)
@example("<p>\u2126, \u8c48, \uf900, cafe\u0301</p>")  # no file keeps them apart
def test_any_text_says_the_same(html: str) -> None:
    body = clean(html)
    document = Document(
        source="s",
        file="1",
        content_hash="",
        text_hash="",
        body_key="",
        title="zz",
        summary="",
        address="zz/",
        slug="zz",
        date=datetime(2020, 3, 1, tzinfo=UTC),
        date_text="",
    )
    written = write_file(document, body, "2020-03-01-zz.md", id_="", site=SITE, source=SPEC)
    assert written.warnings == (), (html, written.text)


@settings(max_examples=50, deadline=None)
@given(
    st.text(min_size=1, max_size=30).filter(one_line),
    st.lists(st.text(min_size=1, max_size=10).filter(one_line), max_size=3),
)
def test_any_field_is_read_as_it_was_written(title: str, tags: list[str]) -> None:
    """What the reader of headers makes of a value once, it makes of it again."""
    from publisher.parse.headers.values import Text, as_value
    from publisher.parse.items import Item, parse_item

    told = {"title": title, "tags": tags, "authors": tags, "date": "2020-03-01T10:00:00+07:00"}
    fields = tuple((Text(k, 0, 0), as_value(v)) for k, v in told.items() if v)
    item = Item(name="1", fields=fields, body="<p>x</p>", form="fragment")
    parsed = parse_item(item, site=SITE, source=SPEC, look_up=lambda _: None)
    document = parsed.document
    written = write_file(
        document, parsed.body_html, f"{file_name(document)}.md", id_="", site=SITE, source=SPEC
    )
    assert written.warnings == (), written.text


def test_pictures_are_named_after_themselves_and_what_they_are() -> None:
    document = read("x").document
    body = clean(
        '<p><img src="https://x.example/up/Fög%20bay.JPG?w=1" srcset="https://x.example/b 2x">'
        '<img src="https://x.example/none.png"></p>'
    )
    placed = place_pictures(
        document, body, "day", lambda url: (b"GIF8", "image/gif") if "JPG" in url else None
    )
    (name,) = placed.files
    assert name.startswith("day/fog-bay-")
    assert name.endswith(".gif")
    assert f'src="{name}"' in placed.body
    assert "srcset" not in placed.body
    assert "https://x.example/none.png" in placed.body


def test_of_forms_of_a_picture_the_one_that_is_here_stays() -> None:
    document = read("x").document
    forms = (
        '<picture><source type="image/webp" srcset="https://x.example/a.webp">'
        '<img src="https://x.example/{}.png"></picture>'
    )
    body = clean(forms.format("a") + forms.format("b"))
    placed = place_pictures(
        document, body, "day", lambda url: (b"GIF8", "image/gif") if "a.png" in url else None
    )
    assert placed.body.count("<picture>") == 1
    assert "https://x.example/b.png" in placed.body
    assert "https://x.example/a.png" not in placed.body
