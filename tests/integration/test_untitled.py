"""Articles without a title, of what is no file: they are called as they begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.export_samples import Entry, export
from tests.sites import CONFIG, Site

MakeSite = Callable[..., Site]
LONG = (
    "The fog came in at dawn, and the harbour lay still until the ferry of eleven o'clock left it."
)


def posts(make_site: MakeSite, *texts: str) -> list[dict[str, Any]]:
    """Posts of WordPress that have a text alone."""
    entries = [Entry(number=n, title="", html=text) for n, text in enumerate(texts, start=1)]
    tree = export("wxr", *entries)
    source = f"sources: [{{name: old, type: wxr, path: {next(iter(tree))}}}]\n"
    return make_site(CONFIG + source, tree).articles()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<p>The fog came in.</p><p>It left at noon.</p>", "The fog came in."),
        (
            f"<p>{LONG}</p>",
            "The fog came in at dawn, and the harbour lay still until the ferry of eleven…",
        ),
        ("<p>Fish &amp; <b>chips</b></p>", "Fish & chips"),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ("<h1>A head</h1><p>Text</p>", "A head"),
        ('<p><img src="https://x.example/a.png" alt=""></p>', "2020-03-01"),
    ],
)
def test_a_post_is_called_as_it_begins(text: str, title: str, make_site: MakeSite) -> None:
    (post,) = posts(make_site, text)
    assert (post["title"], post["warnings"]) == (title, [])


def test_its_address_is_not_made_of_words_that_may_change(make_site: MakeSite) -> None:
    site = make_site(
        f"{CONFIG}sources: [{{name: notes, type: csv, path: notes.csv}}]\n",
        {"notes.csv": "id,date,body\n1,2026-11-01,The fog came in.\n"},
    )
    (note,) = site.articles()
    assert note["title"] == "The fog came in."
    assert note["url"] == "https://courier.example/2026/11/01/index/"


def test_an_import_writes_that_as_the_title(make_site: MakeSite) -> None:
    tree = export("wxr", Entry(title="", html="<p>The fog came in.</p>"))
    site = make_site(CONFIG, tree)
    assert site.run("import", "wxr", next(iter(tree)), "--to", "articles").code == 0
    (file,) = (site.folder / "articles").iterdir()
    assert "\ntitle: The fog came in.\n" in file.read_text()


def test_one_without_a_text_too_is_refused(make_site: MakeSite) -> None:
    (post,) = posts(make_site, "")
    assert (post["state"], post["message"]) == ("refused", "has no title and no text")
