"""Where a browser puts the files that come with an article."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import browsing, find_browser
from tests.sites import CONFIG, Site

pytestmark = pytest.mark.service

START = """
["header h1", ".body p", ".attached p"].map(name => {
  const box = document.querySelector(`.article ${name}`).getBoundingClientRect();
  return Math.round(document.dir === "rtl" ? innerWidth - box.right : box.left);
})
"""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_files_begin_where_the_text_does(
    make_site: Callable[..., Site], program: Callable[[str], str], tmp_path: Path, language: str
) -> None:
    site = make_site(CONFIG.replace("language: en", f"language: {language}"))
    site.write("articles/talk.mp3", b"ID3" + bytes(400))
    site.article("talk.md", "It was said. " * 40, enclosures="talk.mp3")
    site.publish()
    with browsing(program(find_browser()), site.output(""), tmp_path / "browser") as page:
        for width in (360, 700, 1200):
            page.look(width)
            page.open("https://courier.example/2026/11/01/talk/")
            assert len(set(page.run(START))) == 1, width
