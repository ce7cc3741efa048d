"""A site of four articles, a draft and one to come, and the titles in its feed.

The fixture is here too: a file of tests takes it under its name, as `site = publishing.site`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, UNJUDGED, Site

MakeSite = Callable[..., Site]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CONFIG + UNJUDGED)
    for number in range(1, 5):
        site.article(f"article-{number}.md", f"Text of number {number}.", date=f"2026-11-0{number}")
    site.article("draft.md", draft="true")
    site.article("later.md", "Secret until then.", date="2026-12-24")
    return site


def titles(site: Site) -> list[str]:
    return [item["title"] for item in json.loads(site.output("feed.json").read_bytes())["items"]]
