"""Articles that come as HTML pages."""

from __future__ import annotations

import pytest

from publisher.parse.formats.html import read_html

PAGE = """<!doctype html>
<html lang="id">
<head><title>Harbour opens | The Site</title>
<meta property="og:title" content="Harbour &amp; quay open">
<meta property="article:published_time" content="2021-03-20T08:00:00+07:00">
<meta property="article:tag" content="port"><meta property="article:tag" content="sea">
<meta name="keywords" content="a, b">
<meta name="author" content="A. Writer">
<meta name="description" content=" The  quay ">
<meta name="twitter:image" content="t.png">
<script>var x = "</p>";</script>
</head>
<body><nav>Menu</nav>
<main><article>
<header><h1>Harbour &amp; quay <em>open</em></h1></header>
lead &lt;text&gt; <p>Body é</p> tail
</article></main>
<aside>Other</aside></body></html>
"""


def test_a_page_with_meta_elements() -> None:
    parts = read_html(PAGE)
    assert parts.title == "Harbour & quay open"
    assert parts.language == "id"
    assert parts.fields == (
        ("title", "Harbour & quay open", 4),
        ("date", "2021-03-20T08:00:00+07:00", 5),
        ("tags", "port", 6),
        ("tags", "sea", 6),
        ("summary", "The quay", 9),
        ("author", "A. Writer", 8),
        ("image", "t.png", 10),
    )
    assert " ".join(parts.html.split()) == "<header></header> lead &lt;text&gt; <p>Body é</p> tail"
    assert parts.warnings == ()


def test_linked_data_comes_first() -> None:
    parts = read_html(
        """<h1>Shown</h1>
<script type="application/ld+json">[{"@type": "WebSite", "name": "x"}, 3,
 {"@graph": [{"@type": ["NewsArticle"], "headline": "Told", "description": "S",
  "author": [{"name": "A"}, {"name": "B"}, 7], "keywords": "k, l", "dateModified": "2021-04-01",
  "datePublished": "2021-03-20", "image": {"url": "i.png"}}, {"@graph": []}]}]</script>
<meta name="author" content="C"><time datetime="2020-01-01">then</time><p>x"""
    )
    assert parts.fields == (
        ("title", "Told", 2),
        ("date", "2021-03-20", 2),
        ("updated", "2021-04-01", 2),
        ("summary", "S", 2),
        ("author", "A", 2),
        ("author", "B", 2),
        ("tags", "k", 2),
        ("tags", "l", 2),
        ("image", "i.png", 2),
    )
    assert "<h1>Shown</h1>" in parts.html


def test_times_and_headings_that_are_seen() -> None:
    parts = read_html(
        '<div><h1>T</h1><time datetime="2021-01-01">a</time>'
        '<time itemprop="datePublished" datetime="2021-03-20">b</time>'
        '<time itemprop="dateModified" datetime="2021-04-01">c</time></div>'
    )
    assert parts.fields == (
        ("date", "2021-03-20", 1),
        ("updated", "2021-04-01", 1),
        ("title", "T", 1),
    )
    assert "<h1>" not in parts.html


def test_linked_data_that_is_no_json_is_told_and_passed_over() -> None:
    parts = read_html(
        'x\n<script type="application/ld+json">{,}</script><p>a</p>'
        '<script type=application/ld+json>{"@type": "Article"'
    )
    assert parts.warnings == ("line 2: the page's JSON-LD is no valid JSON and is not read",)


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ("", ""),
        ("\x00", ""),
        ("<!-- only -->", ""),
        ("plain", "plain"),
        ("a & b", "a &amp; b"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<article>a</article><article>b</article>", "<article>a</article><article>b</article>"),
        ("<nav>n</nav><div role='main'><p>a</p></div>", "<p>a</p>"),
        ("<?xml version='1.0' encoding='utf-16'?><html><body><p>é", "<p>é</p>"),
        ("<p>\ud800a", "<p>a</p>"),
    ],
)
def test_the_body_of_broken_pages(page: str, body: str) -> None:
    assert read_html(page).html == body


@pytest.mark.parametrize("depth", [300, 1500, 50_000])
def test_depth_loses_no_text(depth: int) -> None:
    assert "deep" in read_html("<div>" * depth + "deep").html


def test_a_page_without_a_body_is_empty() -> None:
    assert read_html("<html><head><title>T</title></head></html>").title == "T"
