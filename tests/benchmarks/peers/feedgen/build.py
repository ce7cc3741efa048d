"""What somebody writes who has feedgen: `python build.py ARTICLES OUTPUT`.

Each article read and its page written, an index page of the newest, and three feeds of the newest
50 with their full text.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml
from feedgen.feed import FeedGenerator
from jinja2 import Environment, FileSystemLoader, Template
from markdown import Markdown

SITE = "https://corpus.example/"
TITLE = "The Corpus"
DESCRIPTION = "Articles that nobody wrote"
NEWEST = 50


@dataclass
class Article:
    """An article as it is shown."""

    title: str
    slug: str
    date: datetime
    updated: datetime
    author: str
    language: str
    tags: list[str]
    summary: str
    html: str

    @property
    def path(self) -> str:
        return f"{self.date:%Y/%m/%d}/{self.slug}/"

    @property
    def url(self) -> str:
        return SITE + self.path


def read(file: Path, markdown: Markdown) -> Article:
    _, header, body = file.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(header)
    return Article(
        title=fields["title"],
        slug=fields["slug"],
        date=fields["date"],
        updated=fields.get("updated", fields["date"]),
        author=fields["author"],
        language=fields["language"],
        tags=fields["tags"],
        summary=fields["summary"],
        html=markdown.reset().convert(body),
    )


def write_page(article: Article, template: Template, output: Path) -> None:
    folder = output / article.path
    folder.mkdir(parents=True, exist_ok=True)
    page = template.render(article=article, site=SITE, title=TITLE)
    (folder / "index.html").write_text(page, encoding="utf-8")


def write_feeds(newest: list[Article], output: Path) -> None:
    feed = FeedGenerator()
    feed.id(SITE)
    feed.title(TITLE)
    feed.description(DESCRIPTION)
    feed.link(href=SITE, rel="alternate")
    for article in newest:
        entry = feed.add_entry(order="append")
        entry.id(article.url)
        entry.guid(article.url, permalink=True)
        entry.link(href=article.url)
        entry.title(article.title)
        entry.author(name=article.author)
        entry.published(article.date)
        entry.updated(article.updated)
        entry.summary(article.summary)
        entry.content(article.html, type="html")
        for tag in article.tags:
            entry.category(term=tag)
    feed.rss_file(str(output / "rss.xml"), pretty=True)
    feed.atom_file(str(output / "atom.xml"), pretty=True)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "home_page_url": SITE,
        "feed_url": SITE + "feed.json",
        "description": DESCRIPTION,
        "items": [
            {
                "id": article.url,
                "url": article.url,
                "title": article.title,
                "summary": article.summary,
                "content_html": article.html,
                "date_published": article.date.isoformat(),
                "date_modified": article.updated.isoformat(),
                "authors": [{"name": article.author}],
                "tags": article.tags,
                "language": article.language,
            }
            for article in newest
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (output / "feed.json").write_text(text, encoding="utf-8")


def main() -> None:
    articles, output = (Path(argument) for argument in sys.argv[1:])
    markdown = Markdown(extensions=["extra"])
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    page = templates.get_template("article.html")
    read_ones = [read(file, markdown) for file in sorted(articles.rglob("*.md"))]
    for article in read_ones:
        write_page(article, page, output)
    newest = sorted(read_ones, key=lambda article: article.date, reverse=True)[:NEWEST]
    index = templates.get_template("index.html")
    (output / "index.html").write_text(
        index.render(articles=newest, title=TITLE, description=DESCRIPTION), encoding="utf-8"
    )
    write_feeds(newest, output)


if __name__ == "__main__":
    main()
