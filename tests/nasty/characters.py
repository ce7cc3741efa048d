"""Characters that XML cannot hold, that readers stumble over, or that look like mark-up."""

from __future__ import annotations

from tests.nasty.cases import Case, bad, good, published, refused, text_of

_LOST = ("which no feed can hold",)
_FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

CASES: tuple[Case, ...] = (
    # ------------------------------------------------ what XML 1.0 cannot hold (section 2.2)
    good(
        "c0-controls",
        "title: Bell\x07 and\x01 bar\x1f\nsummary: A\x02 word\ntags: [one\x03]",
        "Text\x04 with\x0b all \x0cof\x0e them\x1b[0m.",
        title="Bell and bar",
        summary="A word",
        tags=("one",),
        content="<p>Text with all of them[0m.</p>",
        warns=_LOST,
    ),
    good("nul", "title: N\x00ul", "A\x00B", title="Nul", content="<p>AB</p>", warns=_LOST),
    good(
        "nul-as-escape",
        'title: "N\\0ul and \\x0bVT"\nsummary: "S\\x00um"\ntags: ["t\\aag"]\nauthor: "J\\x01an"',
        title="Nul and VT",
        summary="Sum",
        tags=("tag",),
        authors=("Jan",),
        warns=_LOST * 4,
    ),
    good(
        "noncharacters",
        "title: A\ufffe\uffff\ufdd0B\nsummary: C\U0001fffeD",
        "E\ufdefF\U0010ffffG",
        title="AB",
        summary="CD",
        content="<p>EFG</p>",
        warns=_LOST,
    ),
    good(
        "noncharacters-as-escape",
        'title: "A\\uFFFE\\uFDD0\\U0001FFFEB"\nsummary: "C\\uFFFFD"',
        "E&#xFFFE;F&#xFDD0;G&#0;H&#1;I",
        title="AB",
        summary="CD",
        content="<p>EFG\ufffdHI</p>",
        warns=_LOST * 2,
    ),
    bad("surrogate-bytes", "title: S\ud800S\ndate: 2026-11-01", "is no valid UTF-8", 2),
    bad(
        "surrogate-pair-bytes",
        "title: ok\ndate: 2026-11-01",
        "is no valid UTF-8",
        6,
        body="Text \ud83d\ude00",
    ),
    bad(
        "surrogate-in-yaml",
        'date: 2026-11-01\ntitle: "S\\uD800S"',
        "a backslash in double quotes",
        3,
    ),
    published(
        "surrogate-in-json",
        {
            "surrogate-in-json.md": b'{"title": "S\\ud800S", "date": "2026-11-01",'
            b' "tags": ["a\\udfffb"]}\n\nText.\n'
        },
        title="SS",
        tags=("ab",),
        content="<p>Text.</p>",
        warns=_LOST,
    ),
    published(
        "surrogate-pair-in-json",
        {"surrogate-pair-in-json.md": b'{"title": "P\\ud83d\\ude00", "date": "2026-11-01"}\nText.'},
        title="P\U0001f600",
    ),
    refused(
        "surrogate-in-toml",
        {"surrogate-in-toml.md": b'+++\ndate = 2026-11-01\ntitle = "S\\uD800S"\n+++\nText.\n'},
        "cannot be read as TOML",
        3,
    ),
    good(
        "surrogates-as-references",
        "",
        "A&#xD800;B <b title='&#xDFFF;'>C</b> &#x110000;",
        content='<p>A\ufffdB <b title="\ufffd">C</b> \ufffd</p>',
    ),
    good(
        "c1-controls",
        "title: Dash\x96ing\x9c",
        "T\x80e\x92xt",
        title="Dashing",
        content="<p>Text</p>",
        warns=_LOST,
    ),
    good("delete", "title: D\x7fel", "D\x7fel", title="Del", content="<p>Del</p>", warns=_LOST),
    good(
        "line-separators",
        'title: "One\u2028two\u2029three"',
        "One\u2028two",
        title="One two three",
        content="<p>One\u2028two</p>",
    ),
    good(
        "next-line",
        'title: "One\\Ntwo\\Lthree\\_four"',
        title="One two three four",
    ),
    # ------------------------------------------------ what looks like mark-up
    good(
        "cdata-end",
        "title: 'a]]>b'\nsummary: 'c]]>d'\ntags: ['e]]>f']\nauthor: 'g]]>h'",
        "i]]>j `k]]>l` <![CDATA[m]]>",
        title="a]]>b",
        summary="c]]>d",
        tags=("e]]>f",),
        authors=("g]]>h",),
        holds=("i]]&gt;j <code>k]]&gt;l</code>",),
        lacks=("<!",),
    ),
    good(
        "entities-in-title",
        "title: 'AT&amp;T &lt;b&gt; &copy; &#x41; &nbsp;& &unknown;'\n"
        "summary: 'Fish &amp; chips &lt;3 &copy;'",
        title="AT&amp;T &lt;b&gt; &copy; &#x41; &nbsp;& &unknown;",
        summary="Fish &amp; chips &lt;3 &copy;",
    ),
    good(
        "tags-in-title",
        "title: 'Use <b> & <script>alert(1)</script> < > </title>'\n"
        "summary: 'An <em>old</em> boat &amp; <script>a</script> net'",
        title="Use <b> & <script>alert(1)</script> < > </title>",
        summary="An old boat & net",
    ),
    good(
        "markup-in-every-name",
        "tags: ['<b>x</b>', 'a & b', '\"q\"']\nauthor: '<img src=x onerror=alert(1)>'",
        tags=("<b>x</b>", "a & b", '"q"'),
        authors=("<img src=x onerror=alert(1)>",),
    ),
    published(
        "heading-as-title",
        {
            "2026-11-01-heading-as-title.md": b"# A *b* &amp; `<i>` <i>c</i> &lt;d&gt; "
            b"<script>e</script>\n\nText.\n"
        },
        title="A b & <i> c <d>",
        content="<p>Text.</p>",
    ),
    good(
        "template-language",
        "title: '{{7*7}} {% raw %} ${x} #{y}'\nsummary: '{{ config }}'",
        "Seven: `{{7*7}}`",
        title="{{7*7}} {% raw %} ${x} #{y}",
        summary="{{ config }}",
        content="<p>Seven: <code>{{7*7}}</code></p>",
    ),
    good(
        "fullwidth-script",
        "title: ＜script＞",
        "＜script＞alert(1)＜/script＞",
        title="＜script＞",
        content="<p>＜script＞alert(1)＜/script＞</p>",
    ),
    # ------------------------------------------------ writing of the world
    good(
        "emoji",
        f"title: Family {_FAMILY} \U0001f1ee\U0001f1e9\ntags: ['{_FAMILY}', \U0001f600]",
        f"{_FAMILY} \U0001f44d\U0001f3fd",
        title=f"Family {_FAMILY} \U0001f1ee\U0001f1e9",
        tags=(_FAMILY, "\U0001f600"),
        content=f"<p>{_FAMILY} \U0001f44d\U0001f3fd</p>",
    ),
    good(
        "four-bytes",
        "title: 𠮷野家 𝔘𝔫𝔦 \U0010fffd",
        "𠮷\U000e0001",
        title="𠮷野家 𝔘𝔫𝔦 \U0010fffd",
        content="<p>𠮷\U000e0001</p>",
    ),
    good(
        "right-to-left",
        "title: مقهى المرسى (café)\nlanguage: ar",
        "يفتح المقهى أبوابه كل صباح.",
        title="مقهى المرسى (café)",
        language="ar",
        content="<p>يفتح المقهى أبوابه كل صباح.</p>",
    ),
    good(
        "bidi-override",
        "title: \u202egnihsif\u202c \u2067x\u2069",
        "\u202eabc",
        title="\u202egnihsif\u202c \u2067x\u2069",
        content="<p>\u202eabc</p>",
    ),
    good(
        "decomposed",
        "title: Cafe\u0301 A\u030angstro\u0308m\ntags: [e\u0301te\u0301]",
        "e\u0301",
        title="Caf\u00e9 \u00c5ngstr\u00f6m",
        tags=("\u00e9t\u00e9",),
        content="<p>\u00e9</p>",
    ),
    good(
        "invisible",
        "title: 'soft\u00adhyphen zero\u200bwidth mid\ufeffbom'",
        "a\u200bb",
        title="soft\u00adhyphen zero\u200bwidth mid\ufeffbom",
        content="<p>a\u200bb</p>",
    ),
    good(
        "stacked-marks", f"title: Z{chr(0x301) * 3000}algo", title=f"\u0179{chr(0x301) * 2999}algo"
    ),
    good(
        "spaces",
        "title: '  a\u00a0\u2003b\u3000c  '\ntags: ['\u3000x\u00a0y ']",
        title="a b c",
        tags=("x y",),
    ),
    # ------------------------------------------------ too little, too much
    good(
        "no-title",
        "date: 2026-11-01\ntitle:",
        "Only a text.",
        title="No title",
        summary="Only a text.",
        content="<p>Only a text.</p>",
    ),
    good(
        "only-title",
        "title: Alone",
        "",
        title="Alone",
        summary="Alone",
        content="<p>Alone</p>",
        warns=("line 5: there is no text",),
    ),
    good(
        "only-a-picture",
        "title: Seen",
        "![A boat](https://pictures.example/boat.jpg)",
        title="Seen",
        summary="Seen",
        content='<p><img src="https://pictures.example/boat.jpg" alt="A boat"'
        ' loading="lazy" decoding="async"></p>',
    ),
    bad("nothing", "date: 2026-11-01", "has no title and no text", body=""),
    bad("only-a-comment", "date: 2026-11-01", "has no title and no text", body="<!-- later -->"),
    bad("only-controls", "date: 2026-11-01", "has no title and no text", body="\x00\x01\ufffe"),
    refused("empty", {"empty.md": b""}, "is empty"),
    refused("blank", {"blank.md": b" \n\t\r\n\xc2\xa0\n"}, "is empty"),
    refused("only-nul", {"only-nul.md": b"\x00" * 512}, "is empty"),
    refused("only-bom", {"only-bom.md": b"\xef\xbb\xbf"}, "is empty"),
    published(
        "no-header",
        {"2026-11-01-no-header.md": b"Just a text.\n"},
        title="No header",
        url="2026/11/01/no-header/",
        content="<p>Just a text.</p>",
    ),
    refused("no-header-no-date", {"no-header-no-date.md": b"Just a text.\n"}, "has no date"),
    published(
        "huge-title",
        {"2026-11-01-huge-title.md": b"# " + b"long " * 200_000 + b"\n\nText.\n"},
        title=("long " * 200_000).strip(),
        content="<p>Text.</p>",
        large=True,
    ),
    bad(
        "huge-title-in-header", f"title: {'x' * 1_000_000}\ndate: 2026-11-01", "longer than 64 KiB"
    ),
    good("huge-line", "", "word " * 200_000, holds=("<p>word word",), large=True),
    published(
        "five-megabytes",
        {
            "five-megabytes.md": text_of(
                "title: Five\ndate: 2026-11-01",
                ("A line of a long, long book &c.\n" * 32 + "\n") * 5_000,
            )
        },
        title="Five",
        holds=("A line of a long, long book &amp;c.",),
        large=True,
    ),
)
