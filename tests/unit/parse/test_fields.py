"""Fields by their synonyms, dialects and types, as an article's file gives them."""

from __future__ import annotations

from typing import Any

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.config.site import AuthorSpec
from publisher.config.sources import SourceDefaults
from publisher.errors import ArticleError
from publisher.model import Asset, Author, Document
from publisher.parse.clean.references import BUNDLED, ArticleFile, LookUp
from publisher.parse.document import Parsed, parse_document

FILES: dict[str, Asset | ArticleFile] = {
    name: Asset(
        path=f"media/1f/{name.rpartition('/')[2]}",
        origin=name,
        source="s",
        media_type=kind,
        length=1234,
        width=width,
        height=width // 2,
    )
    for name, kind, width in (
        ("boat.jpg", "image/jpeg", 800),
        ("media/talk.mp3", "audio/mpeg", 0),
        ("trip/cover.png", "image/png", 600),
    )
}


def document(
    header: str,
    *,
    file: str = "2021-03-20-launch.md",
    authors: dict[str, AuthorSpec] | None = None,
    look_up: LookUp = FILES.get,
    **source: Any,
) -> Document:
    """The document of a YAML header above a short body."""
    parsed = parse_document(
        f"---\n{header}\n---\nThe body.\n".encode(),
        file,
        site=SiteSpec(
            title="T",
            url="https://x.example/",
            language="en",
            timezone="Asia/Jakarta",
            authors=authors or {},
        ),
        source=FilesSpec(name="s", **source),
        look_up=look_up,
    )
    assert isinstance(parsed, Parsed)
    return parsed.document


def refusal(header: str, **source: Any) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        document(header, **source)
    assert caught.value.mend
    return caught.value


@pytest.mark.parametrize(
    "key",
    [
        "date", "Date", "DATE", "publishDate", "publish_date", "pubDate", "published",
        "published_at", "published-date", "posted", "created", "created_at", "Created-At",
    ],
)  # fmt: skip
def test_every_name_of_the_date(key: str) -> None:
    found = document(f"title: x\n{key}: 2020-01-02T03:04:05Z", file="a.md")
    assert found.date is not None
    assert found.date.isoformat() == "2020-01-02T03:04:05+00:00"
    assert found.date_text == "2020-01-02T03:04:05Z"
    assert found.origins["published"] == "field:3"


@pytest.mark.parametrize(
    "key", ["updated", "lastmod", "modified", "last_modified_at", "dateModified"]
)
def test_every_name_of_the_update(key: str) -> None:
    found = document(f"{key}: 2021-04-01 10:15")
    assert found.updated is not None
    assert found.updated.isoformat() == "2021-04-01T10:15:00+07:00"


@pytest.mark.parametrize("key", ["expires", "expiryDate", "unpublishDate"])
def test_every_name_of_the_end(key: str) -> None:
    found = document(f"{key}: 2021-04-01")
    assert found.expires is not None
    assert found.expires.isoformat() == "2021-04-01T00:00:00+07:00"


@pytest.mark.parametrize(
    "key", ["summary", "description", "excerpt", "lead", "subtitle", "abstract"]
)
def test_every_name_of_the_summary(key: str) -> None:
    assert document(f"{key}: >\n  Two\n  lines").summary == "Two lines"


def test_of_synonyms_the_first_of_the_table_counts() -> None:
    assert document("excerpt: second\nsummary: first").summary == "first"
    assert document("summary:\nexcerpt: second").summary == "second"


@pytest.mark.parametrize("table", ["extra", "taxonomies", "params"])
def test_nested_tables_are_read_as_if_at_the_top(table: str) -> None:
    assert document(f"{table}:\n  tags: [a]\n  summary: inner").tags == ("a",)
    assert document(f"{table}: {{summary: inner}}\nlead: outer").summary == "outer"


def test_own_field_names_come_first() -> None:
    found = document(
        "penulis: Budi\nauthor: Other\ntanggal: 2020-01-02",
        file="a.md",
        map={"penulis": "authors", "Tanggal": "date"},
    )
    assert found.authors == (Author(name="Budi"),)
    assert found.date_text == "2020-01-02"


@pytest.mark.parametrize(
    ("header", "draft"),
    [
        ("draft: true", True),
        ("draft: yes", True),
        ("draft: false", False),
        ("published: false", True),
        ("published: true", False),
        ("publish: false", True),
        ("status: draft", True),
        ("status: Hidden", True),
        ("status: private", True),
        ("status: published", False),
        ("status: [odd, but the author's own]", False),
        ("permalink: false", True),
        ("draft:", False),
        ("title: x", False),
    ],
)
def test_switches_that_keep_an_article_back(header: str, draft: bool) -> None:
    assert document(header).draft is draft


def test_published_is_a_switch_or_a_date() -> None:
    assert document("published: true").date_text == "2021-03-20"
    assert document("published: 2020-05-06").date_text == "2020-05-06"


@pytest.mark.parametrize(
    ("header", "line", "column", "message"),
    [
        ("draft: maybe", 2, 8, "draft is 'maybe', not true or false"),
        ("digest: [no]", 2, 9, "digest is a list or table"),
        ("publish: soon", 2, 10, "publish is 'soon'"),
        ("published: soon", 2, 12, "published is 'soon', not true or false"),
        ("title: [a, b]", 2, 8, "title is no text"),
        ("title: {{ page.title }}", 2, 9, "a key that is no text"),
        ("date: 2021-13-40", 2, 7, "date '2021-13-40' has no month 13"),
        ("date: [2021-01-01]", 2, 7, "date is no text"),
        ("date: no", 2, 7, "date 'no' can't be read"),
        ("title: x\nlastmod: 12:30:45", 3, 10, "lastmod '12:30:45' can't be read"),
        ("slug: {a: b}", 2, 7, "slug is no text"),
        ("url: ../../etc/passwd", 2, 6, "leads out of the site"),
        ("url: /", 2, 6, "front page"),
        ("url: 'mailto:a@b.example'", 2, 6, "no web address"),
        ("url: /a?b=c", 2, 6, "? or #"),
        ("author: {email: a@b.example}", 2, 9, "author names nobody"),
        ("lang: [a]", 2, 7, "lang is no text"),
        ("tags: {a: b}", 2, 7, "tags names nothing"),
        ("author: ['']", 2, 9, "author names nobody"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(
    header: str, line: int, column: int, message: str
) -> None:
    error = refusal(header)
    assert message in error.message
    assert error.where is not None
    assert (error.where.line, error.where.column) == (line, column)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("value", "dialect", "tags"),
    [
        ("[a, b c]", "auto", ("a", "b c")),
        ("a, b c", "auto", ("a", "b c")),
        ("a b", "auto", ("a b",)),
        ("a; b", "auto", ("a; b",)),
        ("a b", "jekyll", ("a", "b")),
        ("a b, c", "jekyll", ("a b", "c")),
        ("a, b; c", "pelican", ("a, b", "c")),
        ("a, b", "pelican", ("a", "b")),
        ("'a b'", "eleventy", ("a b",)),
        ("[[a, b], [a, c]]", "hexo", ("a", "b", "c")),
        ("[{name: a}, b]", "auto", ("a", "b")),
        ("['#a', 'C#', A, '']", "auto", ("a", "C#")),
        ("2020", "auto", ("2020",)),
    ],
)
def test_tags_by_dialect(value: str, dialect: str, tags: tuple[str, ...]) -> None:
    assert document(f"tags: {value}", dialect=dialect).tags == tags


@pytest.mark.parametrize(
    ("option", "tags", "categories"),
    [
        ("separate", ("a",), ("News", "A")),
        ("tags", ("a", "News"), ("News", "A")),
        ("ignore", ("a",), ()),
    ],
)
def test_categories_by_option(
    option: str, tags: tuple[str, ...], categories: tuple[str, ...]
) -> None:
    found = document("tags: [a]\ncategories: [News, A]", categories=option)
    assert (found.tags, found.categories) == (tags, categories)


def test_categories_as_tags_where_there_are_none() -> None:
    assert document("title: x", categories="tags").tags == ()


@pytest.mark.parametrize(
    ("header", "categories"),
    [
        ("category: This, and that", ("This, and that",)),
        ("section: World", ("World",)),
        ("topics: a, b", ("a", "b")),
        ("categories: a b", ("a", "b")),
    ],
)
def test_one_category_is_not_split(header: str, categories: tuple[str, ...]) -> None:
    assert document(header, dialect="jekyll").categories == categories


def test_defaults_are_for_what_is_left_out() -> None:
    defaults = SourceDefaults(authors=("desk",), tags=("berita",))
    register = {"desk": AuthorSpec(name="Redaksi", email="desk@x.example")}
    found = document("tags: []", defaults=defaults, authors=register)
    assert found.tags == ("berita",)
    assert found.authors == (Author(name="Redaksi", email="desk@x.example"),)
    assert (found.origins["tags"], found.origins["authors"]) == ("config", "config")
    own = document("tags: [a]\nby: Jane", defaults=defaults)
    assert (own.tags, own.authors) == (("a",), (Author(name="Jane"),))


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("header", "authors"),
    [
        ("author: Jane Doe", [Author(name="Jane Doe")]),
        ("by:\n- Jane\n- John\n- Jane", [Author(name="Jane"), Author(name="John")]),
        ("byline: 'Josh Aas, ISRG Executive Director'",
         [Author(name="Josh Aas, ISRG Executive Director")]),
        ("author: Jane <jane@x.example>", [Author(name="Jane", email="jane@x.example")]),
        ("author: Jane <jane@x.example> (https://jane.example/)",
         [Author(name="Jane", email="jane@x.example", url="https://jane.example/")]),
        ("author: jane@x.example (Jane)", [Author(name="Jane", email="jane@x.example")]),
        ("author: Jane (the first)", [Author(name="Jane (the first)")]),
        ("author: {name: Jane, email: jane@x.example, url: 'https://jane.example/'}",
         [Author(name="Jane", email="jane@x.example", url="https://jane.example/")]),
        ("authors: [{name: Jane, link: 'javascript:x'}, John]",
         [Author(name="Jane"), Author(name="John")]),
        ("authors: {jane: {url: 'https://jane.example/'}, john: {name: John}}",
         [Author(name="jane", url="https://jane.example/"), Author(name="John")]),
        ("author: dholbach", [Author(name="Daniel Holbach", url="https://d.example/")]),
        ("author: DHolbach", [Author(name="Daniel Holbach", url="https://d.example/")]),
        ("author: Daniel Holbach", [Author(name="Daniel Holbach", url="https://d.example/")]),
        ("authors: [{id: dholbach, email: d@x.example}]",
         [Author(name="Daniel Holbach", email="d@x.example", url="https://d.example/")]),
    ],
)  # fmt: skip
def test_authors(header: str, authors: list[Author]) -> None:
    register = {"dholbach": AuthorSpec(name="Daniel Holbach", url="https://d.example/")}
    assert list(document(header, authors=register).authors) == authors


def test_authors_are_split_where_the_source_or_pelican_says_so() -> None:
    jane, john = Author(name="Jane"), Author(name="John")
    assert document("author: Jane, John", split_authors=True).authors == (jane, john)
    assert document("author: Jane; John", split_authors=True).authors == (jane, john)
    assert document("authors: Jane, John", dialect="pelican").authors == (jane, john)
    assert document("author: Jane, John", dialect="pelican").authors == (Author(name="Jane, John"),)


# ---------------------------------------------------------------- language, id, digest


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("no", "no"),
        ("zh_tw", "zh-TW"),
        ("pt-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("en_US.UTF-8", "en-US"),
        ("es-419", "es-419"),
        ("DE-1996", "de-1996"),
    ],
)
def test_language_tags(text: str, tag: str) -> None:
    found = document(f"lang: {text}")
    assert found.language == tag
    assert found.origins["language"] == "field:2"


@pytest.mark.parametrize("text", ["english", "e", "en us", "日本語"])
def test_what_is_no_language_tag_is_a_warning(text: str) -> None:
    found = document(f"lang: {text}")
    assert found.language == "en"
    assert any("language tag" in warning for warning in found.warnings)


def test_the_language_of_the_source_comes_before_that_of_the_site() -> None:
    assert document("title: x", language="id").language == "id"
    assert document("title: x").origins["language"] == "config"


def test_ids() -> None:
    assert document("id: 'tag:x.example,2020:a'").id == "tag:x.example,2020:a"
    assert document("guid: https://x.example/?p=1").id == "https://x.example/?p=1"
    uuid = "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"
    assert document(f"uuid: {uuid}").id == f"urn:uuid:{uuid.lower()}"
    odd = document("id: 42")
    assert odd.id is None
    assert "'42' is no absolute id" in odd.warnings[0]


def test_digest_false_keeps_an_article_from_mail() -> None:
    assert document("digest: false").digest is False
    assert document("title: x").digest is True


# ---------------------------------------------------------------- pictures and enclosures


@pytest.mark.parametrize("key", ["image", "cover", "thumbnail", "featured_image", "hero"])
def test_a_picture_beside_the_article(key: str) -> None:
    found = document(f"{key}: boat.jpg")
    assert found.picture is not None
    assert found.picture.url == "https://x.example/media/1f/boat.jpg"
    assert (found.picture.width, found.picture.height) == (800, 400)
    assert [a.origin for a in found.assets] == ["boat.jpg"]
    assert ("boat.jpg", "media/1f/boat.jpg") in found.needs


def test_a_picture_with_its_words() -> None:
    found = document("cover: {image: boat.jpg, alt: A boat, caption: At sea, credit: Ann}")
    assert found.picture is not None
    assert (found.picture.alt, found.picture.caption, found.picture.credit) == (
        "A boat",
        "At sea",
        "Ann",
    )


def test_a_picture_elsewhere_is_kept_by_its_address() -> None:
    found = document("images: ['https://cdn.example/a b.png', two.png]")
    assert found.picture is not None
    assert found.picture.url == "https://cdn.example/a%20b.png"
    assert found.picture.media_type == "image/png"


@pytest.mark.parametrize("value", ["gone.jpg", "'data:image/png;base64,AA'", "'javascript:x'"])
def test_a_picture_that_cannot_be_shown_is_a_warning(value: str) -> None:
    found = document(f"image: {value}")
    assert found.picture is None
    assert any(w.startswith("line 2: image") for w in found.warnings)


@pytest.mark.parametrize("value", ["true", "{alt: A boat}", "[[]]"])
def test_a_picture_without_an_address_is_none(value: str) -> None:
    found = document(f"image: {value}")
    assert (found.picture, found.warnings) == (None, ())


def test_a_missing_picture_is_remembered_as_needed() -> None:
    assert ("gone.jpg", "") in document("image: gone.jpg").needs


def test_a_picture_may_be_named_from_the_top_of_the_source() -> None:
    found = document("image: boat.jpg", file="news/2021-03-20-x.md")
    assert found.picture is not None
    assert found.picture.width == 800


def test_a_bundle_brings_its_picture() -> None:
    def look_up(file: str) -> Asset | ArticleFile | None:
        return FILES.get("trip/cover.png" if file == f"{BUNDLED}trip/cover" else file)

    found = document("date: 2021-01-01", file="trip/index.md", look_up=look_up)
    assert found.picture is not None
    assert found.picture.width == 600
    assert found.origins["image"] == "folder"


def test_enclosures_local_and_remote() -> None:
    found = document(
        "enclosures:\n- /media/talk.mp3\n- {url: 'https://cdn.example/b.mp4', length: 99}\n"
        "- {url: 'https://cdn.example/c', type: audio/ogg, length: '00:30'}"
    )
    assert [(e.url, e.length, e.media_type) for e in found.enclosures] == [
        ("https://x.example/media/1f/talk.mp3", 1234, "audio/mpeg"),
        ("https://cdn.example/b.mp4", 99, "video/mp4"),
        ("https://cdn.example/c", 0, "audio/ogg"),
    ]


def test_a_page_with_a_film_is_no_enclosure() -> None:
    found = document("video: https://films.example/watch?v=1")
    assert found.enclosures == ()
    assert "is a page" in found.warnings[0]
    assert document("video: true").enclosures == ()


def test_an_enclosure_of_an_unknown_kind() -> None:
    found = document("enclosure: https://cdn.example/a.xyz")
    assert found.enclosures[0].media_type == "application/octet-stream"


def test_a_missing_enclosure_is_a_warning() -> None:
    found = document("audio: gone.mp3")
    assert found.enclosures == ()
    assert "there is no file 'gone.mp3'" in found.warnings[0]


@pytest.mark.parametrize(
    "line", ["status: [draft]", "status: Hidden", 'published: "false "', "draft: yes"]
)
def test_every_way_to_keep_an_article_back(line: str) -> None:
    assert document(line).draft


def test_a_published_that_is_neither_switch_nor_date_is_refused() -> None:
    with pytest.raises(ArticleError, match="'never', not true or false"):
        document("published: never")


def test_ids_that_would_run_are_not_used() -> None:
    for odd in ("javascript:x", "data:text/html,x"):
        assert document(f"id: '{odd}'").id is None
