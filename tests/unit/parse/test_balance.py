"""Balanced, shallow HTML from hostile HTML."""

from __future__ import annotations

import pytest

from publisher.parse.clean.balance import DEPTH, flatten, is_dangerous, rebalance


@pytest.mark.parametrize(
    ("written", "balanced"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
        ("<b><i>a</b>c</i>", "<b><i>a</i></b>c"),
        ("<table><tr><td>a</div><td>b</table>", "<table><tr><td>a</td><td>b</td></tr></table>"),
        ("a</p>b", "ab"),
        ("a<br/>b</br>", "a<br>b"),
        ("<!-- <b> -->a<!-->b<!--->c<!DOCTYPE x>d<?pi?>e", "abcde"),
        ("<script>'</b>'</script>a<style>", "a"),
        ("1 < 2 </ 3 <3", "1 &lt; 2 &lt;/ 3 &lt;3"),
        ("<a href='x\"y' b c=d>t</a>", '<a href="x&quot;y" b="" c="d">t</a>'),
        ("<a title='a>b'>t", '<a title="a>b">t</a>'),
        ("<a!b>t</a!b>", "t"),
        ("a<b", "a<b></b>"),
        ('<a x="1', '<a x="" 1=""></a>'),
    ],
)
def test_rebalance(written: str, balanced: str) -> None:
    assert rebalance(written) == balanced


def test_nothing_lies_deeper_than_the_limit() -> None:
    html = rebalance("<div>" * 500 + "x" + "</div>" * 500 + "<p>y")
    assert html == "<div>" * DEPTH + "x" + "</div>" * DEPTH + "<p>y</p>"


def test_thousands_of_references_are_read_in_portions() -> None:
    assert rebalance("&amp;" * 1200).replace("<!---->", "") == "&amp;" * 1200
    assert rebalance("&amp;" * 1200).count("<!---->") == 2


def test_a_tag_with_thousands_of_attributes_keeps_the_first() -> None:
    tag = rebalance("<a " + " ".join(f"a{i}" for i in range(5000)) + ">")
    assert tag.count("=") == 50


def test_flatten_takes_deep_tags_and_keeps_void_elements() -> None:
    deep = "<div>" * 120 + "a<br>b" + "</div>" * 120
    assert flatten(deep) == "<div>" * 100 + "a<br>b" + "</div>" * 100
    many = "<p>" + "<br>" * 300 + "</p>"
    assert flatten(many) == many


def test_danger_is_many_tags_many_references_or_one_long_tag() -> None:
    assert is_dangerous("", 5000)
    assert not is_dangerous("<p>x</p>", 1)
    assert is_dangerous("&" * 120_000, 1)
    assert is_dangerous("<a " + "b " * 60_000, 1)
    assert not is_dangerous("<p>x</p>" * 20_000, 10)
