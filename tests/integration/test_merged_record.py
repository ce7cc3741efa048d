"""The record after two branches changed it, each by a run of its own, and were merged."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.sites import CONFIG, Site

FEW = CONFIG + "feeds: [{name: main, limit: 2}]\n"


def test_articles_of_one_place_go_on_together(make_site: Callable[..., Site]) -> None:
    """Each branch gives its new article the next place; the feed's line is that of one of them."""
    site = make_site(FEW)
    for day in range(1, 10):
        site.article(f"a{day}.md", date=f"2026-10-0{day}")
    site.publish()
    lines = site.record()
    for line in lines:
        if line.get("place") == 9:
            line["place"] = 8
        if line.get("feed") == "main":
            line["archives"] = [2, 4, 6]
    site.write("published.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    site.article("b1.md", date="2026-10-11")
    site.article("b2.md", date="2026-10-12")
    site.publish()
    tree = {path: data for path, (data, _) in site.tree().items()}
    site.publish("--full")  # which reads the record that the run before it wrote
    assert {path: data for path, (data, _) in site.tree().items()} == tree
    (main,) = (line for line in site.record() if line.get("feed") == "main")
    assert main["archives"] == [2, 4, 6, 8]
