"""Articles that a text names by their files, as Hugo's `ref` and Jekyll's `post_url` do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, Site

MakeSite = Callable[..., Site]
HOME = "https://courier.example/2026/11/01/"


def site_of(make_site: MakeSite, path: str, body: str, dialect: str = "hugo") -> Site:
    """Two articles in `content/posts`, and one that names them."""
    site = make_site(f"{CONFIG}sources: [{{name: blog, path: {path}, dialect: {dialect}}}]\n")
    for name in ("other.md", "third/index.md"):
        site.write(f"content/posts/{name}", f"---\ntitle: T\ndate: 2026-11-01\n---\n\n{name}\n")
    site.write("content/posts/first.md", f"---\ntitle: A\ndate: 2026-11-01\n---\n\n{body}\n")
    return site


def text(site: Site) -> str:
    """What feed readers show of the one."""
    rss = site.output("rss.xml").read_text("utf-8")
    item = next(i for i in rss.split("<item>") if "<title>A</title>" in i)
    return item.partition("<content:encoded>")[2].partition("</content:encoded>")[0]


def description(site: Site) -> str:
    rss = site.output("rss.xml").read_text("utf-8")
    item = next(i for i in rss.split("<item>") if "<title>A</title>" in i)
    return item.partition("<description>")[2].partition("</description>")[0]


@pytest.mark.parametrize("path", ["content", "content/posts"])
@pytest.mark.parametrize(
    ("named", "leads_to"),
    [
        ("other.md", "other/"),
        ("other", "other/"),
        ("posts/other.md", "other/"),
        ("posts/other#part", "other/#part"),
        ("/posts/other.md", "other/"),
        ("../posts/other.md", "other/"),
        ("third", "third/"),
        ("posts/third", "third/"),
        ("posts/third/index.md", "third/"),
        ("/posts/third/index.md", "third/"),
    ],
)
def test_the_folder_before_a_name_may_be_that_of_the_source(
    path: str, named: str, leads_to: str, make_site: MakeSite
) -> None:
    site = site_of(
        make_site, path, f'See {{{{< ref "{named}" >}}}}, [t]({{{{< ref "{named}" >}}}}).'
    )
    assert site.publish_here().warnings == ()
    assert re.findall('href="([^"]*)"', text(site).replace("&quot;", '"')) == [HOME + leads_to] * 2
    assert f"{HOME}{leads_to}&lt;/a&gt;" in text(site)
    assert "~" not in text(site)
    shown = "third" if "third" in named else "other"
    assert description(site) == f"See {shown}, t."


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("none.md", "none"),
        ("posts/none", "none"),
        ("/posts/none.md", "none"),
        ("../posts/none.md", "none"),
        ("posts/none/index.md", "none"),
    ],
)
def test_of_one_that_is_not_there_the_name_stays(
    named: str, shown: str, make_site: MakeSite
) -> None:
    site = site_of(make_site, "content/posts", f'See {{{{< ref "{named}" >}}}}, ~/.profile.')
    (said,) = site.publish_here().warnings
    assert said.startswith("content/posts/first.md: there is no '")
    assert said.endswith("in the source; its name stays as text")
    assert text(site) == f"&lt;p&gt;See {shown}, ~/.profile.&lt;/p&gt;"
    assert description(site) == f"See {shown}, ~/.profile."


def test_of_one_that_is_not_published_too(make_site: MakeSite) -> None:
    site = site_of(make_site, "content", 'See {{< ref "third" >}}.')
    draft = site.folder / "content" / "posts" / "third" / "index.md"
    draft.write_text(draft.read_text().replace("title: T", "title: T\ndraft: true"))
    site.publish_here()
    assert text(site) == "&lt;p&gt;See third.&lt;/p&gt;"
    assert description(site) == "See third."


def test_a_plain_link_from_the_top_of_the_texts_on(make_site: MakeSite) -> None:
    site = site_of(make_site, "content/posts", "[t](/posts/other.md) [u](/posts/third/index.md)")
    assert site.publish_here().warnings == ()
    assert f'"{HOME}other/"' in text(site).replace("&quot;", '"')
    assert f'"{HOME}third/"' in text(site).replace("&quot;", '"')


def test_so_for_jekyll(make_site: MakeSite) -> None:
    site = site_of(make_site, "content", "See {% post_url other %}, {% post_url none %}.", "jekyll")
    site.publish_here()
    assert description(site) == "See other, none."
    assert text(site).endswith(f"{HOME}other/&lt;/a&gt;, none.&lt;/p&gt;")
