"""Commands of site generators that print the address of an article, where no link is around."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.sites import CONFIG, UNJUDGED, Site


def test_the_address_of_an_article_stands_in_the_text(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("2026-11-02-second_one.md")
    site.article("2026-11-03-later.md", draft="true")
    body = (
        "Begin.\n\nSee {% post_url 2026-11-02-second_one %}, "
        "not {% post_url 2026-11-03-later %}.\n\n"
        "[{% post_url 2026-11-02-second_one %}]({% post_url 2026-11-02-second_one %}#end)\n\n"
        "<div>{{ site.url }}{% post_url 2026-11-02-second_one %}</div>\n\n"
        "[This]({% post_url 2026-11-02-second_one %})\n"
    )
    site.article("2026-11-01-first.md", body)
    site.publish()
    items = json.loads(site.output("feed.json").read_bytes())["items"]
    urls = {item["title"]: item["url"] for item in items}
    second = urls["2026-11-02-Second_One"]
    (html,) = (i["content_html"] for i in items if i["title"] == "2026-11-01-First")
    assert f'<p>See <a href="{second}">{second}</a>, not 2026-11-03-later.</p>' in html
    assert f'<p><a href="{second}#end">{second}#end</a></p>' in html
    assert f'<div><a href="{second}">{second}</a></div>' in html
    assert f'<a href="{second}">This</a>' in html
