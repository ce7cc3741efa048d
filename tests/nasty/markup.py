"""Bodies that run, that break out, that refer to nowhere, that are too deep or too broken."""

from __future__ import annotations

from tests.nasty.cases import Case, good, published, text_of
from tests.picture_samples import photo, saved

_HOME = "https://courier.example/"
_PAGE = f"{_HOME}2026/11/01/"
_UNSAFE = (
    *("<script", '="javascript:', "<iframe", "<object", "<embed", "<form", "<input", "<base"),
    *("<meta", "<style", "<link", "<svg", "<math", "<noscript", "<template", "<textarea", "<xmp"),
)


def _page(title: str, body: str) -> bytes:
    return (
        f"<!doctype html><html><head><title>{title}</title>"
        f'<meta name="date" content="2026-11-01"></head><body>{body}</body></html>'
    ).encode()


def _safe(name: str, body: str, content: str | None = None, *warns: str) -> Case:
    """A body of which nothing that runs is left."""
    return good(name, "", body, content=content, lacks=_UNSAFE, warns=warns)


CASES: tuple[Case, ...] = (
    # ------------------------------------------------ what runs
    _safe("script", "<script>alert(1)</script>\n\nText.", "<p>Text.</p>"),
    _safe("script-inline", "A <script>alert(1)</script>b.", "<p>A b.</p>"),
    _safe("script-split", "<scr<script>ipt>alert(1)</scr</script>ipt>"),
    _safe("script-unclosed", "Text.\n\n<script>alert(1)", "<p>Text.</p>"),
    _safe("script-in-many-cases", "A<ScRiPt type=x>alert(1)</sCrIpT >B", "<p>AB</p>"),
    _safe(
        "handlers",
        "<b onclick=alert(1) ONERROR='alert(2)' on\u0000load=x>A</b>\n",
        None,
        "which no feed can hold",
    ),
    _safe(
        "picture-with-handler",
        "<img src=https://x.example/a.png onerror=alert(1)>",
        '<img src="https://x.example/a.png" alt="" loading="lazy" decoding="async">',
    ),
    _safe("svg-onload", "<svg onload=alert(1)><a href=x></a></svg>Text"),
    _safe(
        "mxss-math",
        "<math><mtext><table><mglyph><style><!--</style>"
        "<img title='--&gt;&lt;img src=//x.example/ onerror=alert(1)&gt;'></table></mtext></math>T",
    ),
    _safe(
        "mxss-noscript",
        "<noscript><p title='</noscript><img src=//x.example/ onerror=alert(1)>'></noscript>T",
    ),
    _safe(
        "mxss-svg-style",
        "<svg></p><style><a id='</style><img src=//x.example/ onerror=alert(1)>'>T",
    ),
    _safe("mxss-comment", "<!--><img src=//x.example/ onerror=alert(1)>--> T"),
    _safe("mxss-comment-end", "<!-- --!><img src=//x.example/ onerror=alert(1)> --> T"),
    _safe(
        "mxss-textarea",
        "<textarea><img title='</textarea><img src=//x.example/ onerror=alert(1)>'>T",
    ),
    _safe("mxss-template", "<template><script>alert(1)</script></template>T"),
    _safe("mxss-xmp", "<xmp><p title='</xmp><script>alert(1)</script>'>T"),
    _safe("mxss-plaintext", "T\n\n<plaintext><script>alert(1)</script>"),
    _safe("frame-srcdoc", "<iframe srcdoc='<script>alert(1)</script>'></iframe>T"),
    _safe(
        "object-and-embed",
        "<object data='javascript:alert(1)'></object>"
        "<embed src='data:text/html,<script>alert(1)</script>'>T",
    ),
    _safe(
        "form",
        "<form action='https://evil.example/'><input name=q><button>Go</button></form>",
        None,
        "there is no text",
    ),
    _safe(
        "base",
        "<base href='https://evil.example/'>\n\n[a](b/)",
        f'<p><a href="{_PAGE}base/b/">a</a></p>',
    ),
    _safe(
        "meta-refresh",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>\n\nT",
        "<p>T</p>",
    ),
    _safe("style-import", "<style>@import 'https://evil.example/x.css';</style>\n\nT", "<p>T</p>"),
    _safe(
        "style-attribute", "<b style='background:url(javascript:alert(1))'>T</b>", "<p><b>T</b></p>"
    ),
    _safe("link-element", "<link rel=stylesheet href=https://evil.example/x.css>\n\nT", "<p>T</p>"),
    _safe(
        "link-runs",
        "[a](javascript:alert(1)) <a href='java\tscript:alert(1)'>b</a> "
        "<a href='&#x6a;avascript:alert(1)'>c</a> <a href=' JaVaScRiPt:alert(1)'>d</a>",
    ),
    _safe("link-as-data", "[a](data:text/html;base64,PHNjcmlwdD4=)"),
    _safe(
        "link-of-other-schemes",
        "[a](vbscript:x) [b](file:///etc/passwd) [c](blob:x)",
        "<p><a>a</a> <a>b</a> <a>c</a></p>",
    ),
    _safe(
        "picture-as-data",
        "![dot](data:image/png;base64,AAAA) T",
        None,
        "a file written into the text as data:",
    ),
    # ------------------------------------------------ where references lead
    good(
        "references",
        "",
        "[rel](other/) [up](../x/) [far](../../../../../x) [root](/about/) [query](?a=1&b=2) "
        "[part](#here) [pr](//cdn.example/x) <a href='\\\\evil.example\\x'>back</a>",
        content=f'<p><a href="{_PAGE}references/other/">rel</a> '
        f'<a href="{_PAGE}x/">up</a> <a href="{_HOME}x">far</a> '
        f'<a href="{_HOME}about/">root</a> '
        f'<a href="{_PAGE}references/?a=1&amp;b=2">query</a> '
        f'<a href="{_PAGE}references/#here">part</a> <a href="https://cdn.example/x">pr</a> '
        '<a href="https://evil.example/x">back</a></p>',
    ),
    good(
        "references-as-iri",
        "",
        "[a](https://bücher.example/straße?q=ä#ö) [b](</a b/ü>) [c](https://x.example/%zz%41)",
        content='<p><a href="https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%A4#%C3%B6">a</a> '
        f'<a href="{_HOME}a%20b/%C3%BC">b</a> <a href="https://x.example/%25zz%41">c</a></p>',
    ),
    good(
        "references-broken",
        "",
        "[a](http://) [b](http://[::1) [c](https://x.example:99999/) [d](https://x..y/) "
        "[e](<https://a b.example/>) [f](https://x.example:port/)",
        lacks=("[::1", "99999", "a b.example", ":port"),
    ),
    good(
        "mail-and-phone",
        "",
        "[m](mailto:a@x.example?subject=ü) [t](tel:+621)",
        content='<p><a href="mailto:a@x.example?subject=%C3%BC">m</a> <a href="tel:+621">t</a></p>',
    ),
    published(
        "srcset",
        {
            "srcset.md": text_of(
                "title: S\ndate: 2026-11-01",
                "<img src='pics/srcset.gif' srcset='pics/srcset.gif 1x, //cdn.example/b%20ü.gif 2x,"
                " /d.gif 3x, javascript:alert(1) 4x' alt='A'>",
            ),
            "pics/srcset.gif": saved(photo(2, 3), "GIF"),
        },
        holds=(
            'width="2" height="3"',
            f"{_HOME}media/",
            f"{_HOME}d.gif 3x",
            "https://cdn.example/b%20%C3%BC.gif 2x",
        ),
        lacks=("javascript", "pics/"),
    ),
    good(
        "picture-missing",
        "",
        "![a](gone.png)",
        holds=(f'src="{_PAGE}picture-missing/gone.png"',),
        warns=("line 6: there is no file 'gone.png'",),
    ),
    good(
        "picture-outside",
        "",
        "![a](../../../../etc/passwd)",
        lacks=("root:",),
        warns=("there is no file '../../../../etc/passwd'",),
    ),
    # ------------------------------------------------ deep, long, broken
    good(
        "deep-300",
        "",
        "<div>" * 300 + "deep" + "</div>" * 300,
        holds=("<div>" * 100 + "deep" + "</div>" * 100,),
        lacks=("<div>" * 101,),
    ),
    good("deep-unclosed", "", "<b><i>" * 5_000 + "deep", holds=("deep",)),
    good("fifty-thousand-quotes", "", ">" * 50_000 + " deep", holds=("deep",)),
    good("fifty-thousand-brackets", "", "[" * 50_000, content="<p>" + "[" * 50_000 + "</p>"),
    good("fifty-thousand-links", "", "[a](" * 50_000, holds=("[a](",)),
    good("fifty-thousand-stars", "", "*a **a " * 25_000, holds=("*a",)),
    good("fifty-thousand-images", "", "![" * 50_000, holds=("![",)),
    good("deep-lists", "", "\n".join("  " * n + "- x" for n in range(400)), holds=("<ul>",)),
    good("many-references", "", "&amp;" * 50_000, holds=("&amp;&amp;",)),
    good(
        "broken-html",
        "",
        "<p>One <b>two <i>three</b> four</i> <p>five <a href=/x>six <a href=/y>"
        "seven</div></span> </p> < & <3 <notatag <em",
        holds=("five", "six", "seven"),
    ),
    good("broken-table", "", "<table><tr><td>a<tr>b<td>c</table><td>d</td>", holds=("a", "c")),
    good(
        "broken-attributes",
        "",
        '<a href="/x\' title=\'y">A</a> <a href=/z"title=q>B</a>',
        holds=("A", "B"),
    ),
    good("unknown-elements", "", "<x-y z=1>A</x-y> <blink>B</blink>", content="<p>A B</p>"),
    good(
        "entities",
        "",
        "&nbsp;&eacute;&unknown;&#233;&#xE9;&lt;&amp;lt;&CounterClockwiseContourIntegral;",
        content="<p>\u00a0éÉ</p>".replace("éÉ", "é&amp;unknown;éé&lt;&amp;lt;∳"),
    ),
    good(
        "preformatted",
        "",
        "```\n\ta\n\n    b  \n\n\nc\n```\n\n<pre>\n  x\n   y\n</pre>",
        content="<pre><code>\ta\n\n    b  \n\n\nc\n</code></pre>\n<pre>  x\n   y\n</pre>",
    ),
    good(
        "inline-white-space",
        "",
        "a&nbsp;&nbsp;b  \nc\\\nd &#10; e",
        holds=("a\u00a0\u00a0b<br>\nc<br>\nd",),
    ),
    published(
        "html-page",
        {"html-page.html": _page("A &amp; &lt;b&gt; page", "<p>Text</p>")},
        title="A & <b> page",
        content="<p>Text</p>",
    ),
    published(
        "html-without-end",
        {"html-without-end.html": _page("T", "<p>One<p>Two<div>")[:-14]},
        title="T",
        holds=("One", "Two"),
    ),
    published(
        "html-with-false-charset",
        {"html-with-false-charset.html": _page("Café", "<meta charset=latin1><p>é</p>")},
        title="Café",
        content="<p>é</p>",
    ),
    published(
        "html-runs",
        {
            "html-runs.html": _page(
                "T<script>alert(1)</script>", "<body onload=alert(1)><p onclick=alert(1)>x</p>"
            )
        },
        content="<p>x</p>",
        lacks=_UNSAFE,
    ),
    published(
        "rst-includes",
        {
            "rst-includes.rst": b"T\n=\n\n:date: 2026-11-01\n\n.. include:: /etc/passwd\n\n"
            b".. raw:: html\n\n   <script>alert(1)</script>\n\n"
            b".. csv-table::\n   :file: /etc/passwd\n\n"
            b"`a <javascript:alert(1)>`_ Text.\n"
        },
        title="T",
        holds=("Text.",),
        lacks=("root:", *_UNSAFE),
        warns=('"include" directive disabled', '"raw" directive disabled', "File and URL access"),
    ),
)
