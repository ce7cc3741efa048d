"""The whole way on real input: the seed, the corpora, and a made one of a thousand articles."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from lxml import etree, html

from tests.sites import NEWSLETTER, Site

SEED = "000_43baf2ebfbbf0977.txt"
TITLE = "Pemerintah China Gelar Pertemuan dengan Tencent hingga Xiaomi"


def agreeing_entries(site: Site) -> list[dict[str, str]]:
    """The entries of the main feed, after holding the three formats against each other."""
    items = json.loads(site.output("feed.json").read_bytes())["items"]
    of = [(i["id"], i["title"], i["url"], i.get("summary", "")) for i in items]
    for name in ("atom.xml", "rss.xml"):
        etree.parse(str(site.output(name)))
        feed = feedparser.parse(site.output(name).read_bytes())
        assert not feed.bozo, feed.get("bozo_exception")
        assert [(e.id, e.title, e.link) for e in feed.entries] == [entry[:3] for entry in of]
    return items


@pytest.fixture
def seeded(make_site: Callable[..., Site], shared: Path) -> Site:
    site = make_site(
        "site: {title: Berita, url: https://berita.example/, timezone: Asia/Jakarta}\n" + NEWSLETTER
    )
    site.write(f"articles/{SEED}", (shared / "seeds" / SEED).read_bytes())
    return site


def test_the_seed_comes_out_as_a_proper_entry_everywhere(seeded: Site, shared: Path) -> None:
    seeded.publish()
    lead = (shared / "seeds" / SEED).read_text(encoding="utf-8").splitlines()[2]
    (listed,) = seeded.articles()
    assert (listed["state"], listed["title"], listed["summary"]) == ("listed", TITLE, lead)
    assert listed["published"] == "2021-03-20T00:00:00+07:00"
    assert listed["language"] == "id"
    assert listed["from"]["language"].startswith("detected")
    (item,) = agreeing_entries(seeded)
    assert item["title"] == TITLE
    assert item["date_published"] == "2021-03-20T00:00:00+07:00"
    assert b"<published>2021-03-20T00:00:00+07:00<" in seeded.output("atom.xml").read_bytes()
    assert b"<pubDate>Sat, 20 Mar 2021 00:00:00 +0700<" in seeded.output("rss.xml").read_bytes()
    assert item["language"] == "id"
    assert item["summary"] == lead
    body = item["content_html"]
    assert body.count("<figcaption") == 2
    for junk in ("[]", "Berita terkait", "MyHeritage", "DPR Terbuka", "<p>0</p>"):
        assert junk not in body
    assert "kemerdekaan Hong Kong" in body
    page = seeded.output("2021/03/20/" + item["url"].split("/")[-2] + "/index.html")
    tree = html.fromstring(page.read_bytes())
    assert tree.xpath("string(//h1)").strip() == TITLE
    assert tree.xpath("//article/@lang | //html/@lang")[0] in ("id", "en")
    for name in ("email.html", "email.txt", "index.html"):
        issue = seeded.output(f"newsletters/weekly/1/{name}").read_text(encoding="utf-8")
        assert TITLE in " ".join(issue.split())


CORPORA = {
    "go-blog": ("auto", 329, {"listed": 250}),
    "servo-blog": ("jekyll", 152, {"listed": 152}),
    "this-week-in-rust": ("pelican", 223, {"listed": 223}),
}
LARGE = ("go-blog", "this-week-in-rust")


@pytest.mark.parametrize(
    "name", ["servo-blog", *(pytest.param(n, marks=pytest.mark.long) for n in LARGE)]
)
def test_each_corpus_is_published_whole(
    name: str, make_site: Callable[..., Site], shared: Path
) -> None:
    dialect, candidates, least = CORPORA[name]
    folder = shared / "corpora" / name
    if not folder.is_dir():
        pytest.skip(f"the corpus {name} is not beside the project")
    site = make_site(
        f"site: {{title: {name}, url: https://{name}.example/, timezone: UTC}}\n"
        f"sources: [{{name: articles, path: '{folder}', dialect: {dialect}, language: en}}]\n"
    )
    ran = site.run("publish")
    assert ran.code in (0, 3), ran.err
    lines = site.articles()
    states = Counter(line["state"] for line in lines)
    assert len(lines) == candidates
    assert states["listed"] >= least["listed"], states
    for line in lines:
        if line["state"] == "refused":
            assert line["message"]
            assert line["mend"]
            assert line["line"] > 0, line
        elif line["state"] == "skipped":
            assert line["message"]
    listed = sorted(
        (line for line in lines if line["state"] == "listed"), key=lambda line: line["published"]
    )
    assert len({line["url"] for line in listed}) == len(listed)
    items = agreeing_entries(site)
    assert len(items) == 50
    assert {i["id"] for i in items} <= {line["id"] for line in listed}
    before = site.tree()
    again = site.run("publish")
    assert again.code == ran.code
    assert site.tree() == before
    assert "; 0 read" in again.out


@pytest.mark.long
def test_a_thousand_made_articles(make_site: Callable[..., Site], shared: Path) -> None:
    site = make_site("site: {title: Made, url: https://made.example/, timezone: UTC}\n")
    maker = shared / "bench" / "make_corpus.py"
    subprocess.run([sys.executable, maker, "1000", site.folder], check=True)
    site.publish()
    facts = json.loads((site.folder / "corpus.json").read_text(encoding="utf-8"))
    items = agreeing_entries(site)
    assert [i["url"].split("/")[-2] for i in items] == facts["newest50"]
    pages = [n for n in site.tree() if n.startswith("20") and n.endswith("index.html")]
    assert len(pages) == 1000
    before = site.tree()
    assert "0 written, 0 removed" in site.publish().out
    assert site.tree() == before
