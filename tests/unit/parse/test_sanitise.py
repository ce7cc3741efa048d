"""What survives of any HTML, and in what form."""

from __future__ import annotations

import pytest

from publisher.model import Asset
from publisher.parse.clean.sanitise import ArticleFile, Clean, sanitise

BOAT = Asset(
    path="media/3f2a/boat one.jpg",
    origin="2021/boat one.jpg",
    source="articles",
    media_type="image/jpeg",
    length=10,
    width=800,
    height=600,
)
UNSIZED = Asset(
    path="media/77/plan.svg", origin="plan.svg", source="articles", media_type="", length=1
)
FILES = {
    "2021/boat one.jpg": BOAT,
    "plan.svg": UNSIZED,
    "2021/next.md": ArticleFile(file="2021/next.md"),
    "other & more.md": ArticleFile(file="other & more.md"),
}


def clean(html: str, site_url: str = "https://example.org/") -> Clean:
    return sanitise(
        html,
        base_url=site_url + "2021/03/20/launch/",
        site_url=site_url,
        folder="2021",
        look_up=FILES.get,
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>a<script>x()</script><style>b{}</style>b</p>", "<p>ab</p>"),
        ('<p onclick="x()" style="color:red">a</p>', "<p>a</p>"),
        ("<form><input name=q>Search</form><p>a", "<p>a</p>"),
        ("<svg><text>x</text></svg><p>a", "<p>a</p>"),
        ("<button>Copy</button><p>a", "<p>a</p>"),
        ("<center><p>a</p></center>", "<p>a</p>"),
        ("<noscript><p>a</p></noscript>", "<p>a</p>"),
        ("<p>a<!-- b -->c", "<p>ac</p>"),
        ("a < b & c &copy; &nbsp;d", "a &lt; b &amp; c © \u00a0d"),
        ("<pre>\n\n  x</pre>", "<pre>  x</pre>"),
        (
            '<pre><code class="language-python hl">x</code></pre>',
            '<pre><code class="language-python">x</code></pre>',
        ),
        ('<code class="hl">x</code>', "<code>x</code>"),
        ('<div class="x" id="top">a</div>', '<div id="top">a</div>'),
        ('<h2 id="a b">a</h2>', "<h2>a</h2>"),
        ('<h2 id="héllo-2.1">a</h2>', '<h2 id="héllo-2.1">a</h2>'),
        (
            '<sup class="footnote-ref x"><a id="fnref-1">1</a></sup>',
            '<sup class="footnote-ref"><a id="fnref-1">1</a></sup>',
        ),
        ('<p lang="zh-Hant" dir="rtl">a</p>', '<p lang="zh-Hant" dir="rtl">a</p>'),
        ('<p lang="no such" dir="up">a</p>', "<p>a</p>"),
        ('<ol start="3"><li value="2">a</li></ol>', '<ol start="3"><li value="2">a</li></ol>'),
        (
            '<table><tbody><tr><td align="right" bgcolor="red">1</td></tr></tbody></table>',
            '<table><tbody><tr><td align="right">1</td></tr></tbody></table>',
        ),
        (
            '<ul><li><input type="checkbox" checked=""> a</li><li><input type="checkbox"> b</ul>',
            "<ul><li>☑ a</li><li>☐ b</li></ul>",
        ),
        ('<p><input type="text" value="x">a</p>', "<p>a</p>"),
        ("<ruby>漢<rt>kan</rt></ruby>", "<ruby>漢<rt>kan</rt></ruby>"),
        (
            "<details open><summary>s</summary>t</details>",
            '<details open=""><summary>s</summary>t</details>',
        ),
        ("<p>a\x01b\ufffec&#1;d&#13;e\x85</p>", "<p>abcde</p>"),
        ("<p>\ud800a</p>", "<p>a</p>"),
        ("<p><b>a</p><p>c</b></p>", "<p><b>a</b></p><p><b>c</b></p>"),
    ],
)
def test_what_is_kept(written: str, kept: str) -> None:
    assert clean(written).html == kept


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "\x01javascript:alert(1)",
        " javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "publisher-article:2021/next.md",
        "http://",
        "http://[::1",
        "https://exa mple.com/",
        "http://a..b:99999/",
    ],
)
def test_a_link_that_may_not_be_kept_leaves_its_text(address: str) -> None:
    assert clean(f'<p><a href="{address}">t</a></p>').html == "<p><a>t</a></p>"


def test_marks_of_another_article_may_not_be_written_by_hand() -> None:
    assert not clean('<a href="publisher-article:x.md">t</a>').article_links


@pytest.mark.parametrize(
    ("site_url", "written", "absolute"),
    [
        ("https://example.org/", "/a b?q=é#f", "https://example.org/a%20b?q=%C3%A9#f"),
        ("https://example.org/blog/", "/a", "https://example.org/a"),
        ("https://example.org/", "../x", "https://example.org/2021/03/20/x"),
        ("https://example.org/", "../../../../../../x", "https://example.org/x"),
        ("https://example.org/", "#s 1", "https://example.org/2021/03/20/launch/#s%201"),
        ("https://example.org/", "?p=1", "https://example.org/2021/03/20/launch/?p=1"),
        ("https://example.org/", "", "https://example.org/2021/03/20/launch/"),
        ("https://example.org/", "//cdn.example.com/x", "https://cdn.example.com/x"),
        ("https://example.org/", "HTTP://Example.COM/A", "http://example.com/A"),
        (
            "https://example.org/",
            "https://bücher.example/ü",
            "https://xn--bcher-kva.example/%C3%BC",
        ),
        ("https://example.org/", "http://u:p@h.example:8080/", "http://u:p@h.example:8080/"),
        ("https://example.org/", "http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("https://example.org/", "https:\\\\h.example\\x", "https://h.example/x"),
        ("https://example.org/", "https://h.example/100%", "https://h.example/100%25"),
        (
            "https://example.org/",
            "mailto:a@b.example?subject=x y",
            "mailto:a@b.example?subject=x%20y",
        ),
        ("https://example.org/", "tel:+4930123", "tel:+4930123"),
    ],
)
def test_links_become_absolute_and_encoded(site_url: str, written: str, absolute: str) -> None:
    assert clean(f'<a href="{written}">t</a>', site_url).html == f'<a href="{absolute}">t</a>'


def test_a_picture_beside_the_article_gets_its_address_and_size() -> None:
    found = clean('<p><img src="boat%20one.jpg" alt="A boat"></p>')
    assert found.html == (
        '<p><img src="https://example.org/media/3f2a/boat%20one.jpg" alt="A boat"'
        ' width="800" height="600" loading="lazy" decoding="async"></p>'
    )
    assert found.assets == (BOAT,)
    assert found.needs == (("2021/boat%20one.jpg", ""), ("2021/boat one.jpg", BOAT.path))
    assert not found.warnings


def test_a_smaller_width_that_the_author_chose_stays_in_proportion() -> None:
    assert 'width="400" height="300"' in clean('<img src="boat one.jpg" width="400">').html
    assert 'width="800" height="600"' in clean('<img src="boat one.jpg" width="9000">').html


def test_a_picture_of_unknown_size_keeps_what_was_written() -> None:
    html = clean('<img src="../plan.svg" width="40">').html
    assert html == (
        '<img src="https://example.org/media/77/plan.svg" width="40" alt=""'
        ' loading="lazy" decoding="async">'
    )


def test_a_root_path_is_looked_for_in_the_source_also_below_the_path_of_the_site() -> None:
    assert clean('<img src="/plan.svg">').assets == (UNSIZED,)
    assert clean('<img src="/blog/plan.svg">', "https://example.org/blog/").assets == (UNSIZED,)


def test_a_missing_picture_is_named_once_and_made_absolute() -> None:
    found = clean('<img src="gone.png"><img src="gone.png"><img src="/root.png">')
    assert found.missing == ("gone.png",)
    assert 'src="https://example.org/2021/03/20/launch/gone.png"' in found.html
    assert ("2021/gone.png", "") in found.needs


def test_a_path_out_of_the_source_is_never_looked_up() -> None:
    found = clean('<img src="../../x.png"><a href="../..">t</a><a href="..">u</a>')
    assert found.needs == ()


def test_every_reference_of_any_element_becomes_absolute() -> None:
    found = clean(
        '<picture><source srcset="boat%20one.jpg 2x, /b.png 1x" type="image/jpeg">'
        '<img src="boat%20one.jpg" srcset="plan-2.svg 100w"></picture>'
        '<video src="/v.mp4" poster="../plan.svg"><track src="/t.vtt" srclang="id"></video>'
        '<blockquote cite="/c">q</blockquote>'
    )
    assert '"/' not in found.html
    assert 'srcset="https://example.org/media/3f2a/boat%20one.jpg 2x, ' in found.html
    assert 'poster="https://example.org/media/77/plan.svg"' in found.html
    assert 'controls=""' in found.html
    assert found.assets == (BOAT, UNSIZED)


def test_a_link_to_an_article_becomes_a_marker() -> None:
    found = clean('<a href="next.md#part 2">t</a> <a href="/other%20&amp;%20more.md">u</a>')
    assert found.html == (
        '<a href="publisher-article:2021/next.md#part%202">t</a>'
        ' <a href="publisher-article:other%20%26%20more.md">u</a>'
    )
    assert found.article_links == ("2021/next.md", "other & more.md")
    assert found.needs[0] == ("2021/next.md", "article 2021/next.md")


def test_an_article_is_no_picture() -> None:
    found = clean('<img src="next.md">')
    assert found.article_links == ()
    assert 'src="https://example.org/2021/03/20/launch/next.md"' in found.html


@pytest.mark.parametrize(
    ("frame", "link"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc?start=3">x</iframe>',
            "https://www.youtube.com/watch?v=abc",
        ),
        ('<iframe src="//player.vimeo.com/video/12"></iframe>', "https://vimeo.com/12"),
        ('<iframe src="/map"></iframe>', "https://example.org/map"),
        ('<embed src="/map">', "https://example.org/map"),
        ('<object data="/map"></object>', "https://example.org/map"),
    ],
)
def test_frames_become_links(frame: str, link: str) -> None:
    assert clean(f"<p>{frame}</p>").html == f'<p><a href="{link}">{link}</a></p>'


def test_what_leads_nowhere_leaves_no_trace() -> None:
    assert clean("<p>a<iframe></iframe><img></p>").html == "<p>a</p>"
    assert clean('<p><img src="data:image/png;base64,x" alt="A &amp; B"></p>').html == (
        "<p>A &amp; B</p>"
    )
    assert "data:" in clean('<img src="data:image/png;base64,x">').warnings[0]


@pytest.mark.parametrize(
    "html",
    [
        "<p><button><p>x</p>y</button>",
        "<h1><font><h2>x</h2></font></h1>",
        "<table>stray<tr><td>x</table>",
        "<p><table><p>x",
        "<li><center><li>x",
        "<a href='https://x.example/'><object><a href='https://y.example/'>x",
        "<select><p>a<table><td>b",
        "<math><mi>x<p>y</math>",
        "<pre>\n\n\n<b>x</b></pre>",
        "<div>" * 150 + "x" + "<table><tr><td>y",
    ],
)
def test_a_second_pass_changes_nothing(html: str) -> None:
    once = clean(html).html
    assert clean(once).html == once


def test_depth_is_limited_and_nothing_lost() -> None:
    html = clean("<div>" * 20_000 + "<b>deep</b>" + "</div>" * 20_000 + "<p>after").html
    assert html.count("<div>") <= 100
    assert "deep" in html
    assert html.endswith("<p>after</p>")


def test_a_moderately_deep_text_is_made_shallow_too() -> None:
    html = clean("<div>" * 300 + "deep" + "</div>" * 300 + "<p>after").html
    assert html.count("<div>") == 100
    assert "deep" in html
    assert html.endswith("<p>after</p>")


@pytest.mark.parametrize(
    "unit",
    ["<b id=1>", "<table>a", "&", "<p>", "<a href=x>", "<!--", "<li><p>", "</p>", "<td>", "<a b "],
)
def test_a_large_hostile_text_is_read_in_linear_time(unit: str) -> None:
    clean(unit * (300_000 // len(unit)))
