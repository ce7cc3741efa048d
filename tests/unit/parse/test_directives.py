"""Boxes between colons, and what only MDX means."""

from __future__ import annotations

import time

import pytest

from publisher.parse.formats.directives import turn_directives
from publisher.parse.formats.markdown import markdown_to_html
from publisher.parse.formats.mdx import turn_mdx


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (":::note\nA.\n:::", "<blockquote>\n<p>A.</p>\n</blockquote>"),
        (
            "::: tip Mind\nA.\n:::",
            "<blockquote>\n<p><strong>Mind</strong></p>\n<p>A.</p>\n</blockquote>",
        ),
        (
            ":::info[Mind *this*]\nA.\n:::",
            "<blockquote>\n<p>Mind <em>this</em></p>\n<p>A.</p>\n</blockquote>",
        ),
        ("::: {.callout-note}\nA.\n:::", "<blockquote>\n<p>A.</p>\n</blockquote>"),
        (
            "::: details More & more\nA.\n:::",
            "<details><summary>More &amp; more</summary>\n<p>A.</p>\n</details>",
        ),
        (
            "::::a\n:::b\nA.\n:::\nB.\n::::",
            "<blockquote>\n<blockquote>\n<p>A.</p>\n</blockquote>\n<p>B.</p>\n</blockquote>",
        ),
        (":::note\nA.", "<p>:::note\nA.</p>"),
        ("A.\n:::", "<p>A.\n:::</p>"),
        ("```\n:::note\n:::\n```", "<pre><code>:::note\n:::\n</code></pre>"),
    ],
)  # fmt: skip
def test_boxes_become_quotations(text: str, html: str) -> None:
    assert markdown_to_html(turn_directives(text)).strip() == html


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("import A from 'a'\n\nText.", "\n\nText."),
        ("import {\n  A,\n} from 'a'\n\nText.", "\n\n\n\nText."),
        ("export const a = {\n  b: 1,\n};\n\nText.", "\n\n\n\nText."),
        ("export default () => 1\nText.", "\nText."),
        ("import goods from China\n", "import goods from China\n"),
        ("A {/* note */} b", "A <!-- note --> b"),
        ("<Tab value={{a: 1}} on={() => x > 1}>In it</Tab>", "In it"),
        ("<Foo.Bar a='>'/>Text", "Text"),
        ("a <B\n c>d", "a \nd"),
        ("<b>kept</b> 1 <A", "<b>kept</b> 1 <A"),
        ("```\nimport A from 'a'\n<Tab>\n```", "```\nimport A from 'a'\n<Tab>\n```"),
    ],
)
def test_what_only_mdx_means_goes(text: str, turned: str) -> None:
    assert turn_mdx(text) == turned


@pytest.mark.parametrize(
    "text",
    [
        *("<A " * 20_000, '<A "' * 20_000, "<A {" * 20_000, "<A {{" * 10_000, "{/*" * 20_000),
        *(":::a\n" * 20_000, ":::a\n:::\n" * 10_000, ":" * 60_000, "import {\n" * 10_000),
    ],
)
def test_odd_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    turn_directives(turn_mdx(text))
    assert time.process_time() - start < 1
