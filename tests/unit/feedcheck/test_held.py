"""Which entries a document holds, and when two documents say the same of one."""

from __future__ import annotations

import pytest

from publisher.feedcheck.held import held_entries

RSS = """<rss version="2.0" xmlns:x="urn:x"><channel><title>T</title>
<item><title>One</title><guid>a</guid><x:y>{0}</x:y></item>
<item><title>Two</title><guid>b</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>
<entry><title>One</title><id>a</id><content>{0}</content></entry>
<entry><title>Two</title><id>b</id></entry></feed>"""
JSON = """{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [
{{"id": "a", "title": "One", "content_text": "{0}"}}, {{"title": "Two", "id": "b"}}]}}"""


@pytest.mark.parametrize("text", [RSS, ATOM, JSON])
def test_entries_are_found_with_their_titles_and_differ_where_they_say_something_else(
    text: str,
) -> None:
    one = held_entries(text.format("x").encode())
    other = held_entries(("\n" + text.format("y")).encode())
    assert {id_: held.title for id_, held in one.items()} == {"a": "One", "b": "Two"}
    assert list(one) == ["a", "b"]
    assert one["a"].mark != other["a"].mark
    assert one["b"] == other["b"]


@pytest.mark.parametrize("text", [b"", b"<html/>", b"<rss", b"{", b"<rss><item/></rss>", b"{} x"])
def test_what_is_no_feed_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the words are the parser's own)
        held_entries(text)
