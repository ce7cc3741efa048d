"""Tables as sources: each row an article, by what the configuration says that its columns are."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from publisher.config.load import load_config
from publisher.errors import SourceLocked
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.sources import tables
from tests.sites import Site

SITE = 'site: {title: Shop, url: "https://shop.example/", language: en, timezone: Asia/Jakarta}\n'
CSV = (
    SITE + "sources:\n  - {name: shop, type: csv, path: rows.csv, row: nr, body: text,"
    " map: {headline: title, day: date}}\n"
)
HEAD = "nr,headline,day,text,tags\r\n"
ROWS = HEAD + '1,Eel,2026-03-01,"Smoked **eel**,\r\nby the pound","sea, food"\r\n'


def listed(site: Site) -> dict[str, dict[str, object]]:
    return {line["file"]: line for line in site.articles()}


def test_a_row_is_an_article(make_site: Callable[..., Site]) -> None:
    site = make_site(CSV, {"rows.csv": ROWS.encode()})
    site.publish()
    (line,) = site.articles()
    assert line["state"] == "listed"
    assert line["id"] == "tag:shop.example,2026:shop/1"
    assert line["title"] == "Eel"
    assert line["tags"] == ["sea", "food"]
    assert line["published"] == "2026-03-01T00:00:00+07:00"
    assert line["from"]["published"] == "field:2"
    assert line["warnings"] == []
    page = site.output("2026/03/01/eel/index.html").read_text()
    assert "Smoked <strong>eel</strong>" in page


@pytest.mark.parametrize("mark", [";", "\t", ",", "|"])
def test_a_spreadsheet_may_say_what_stands_between_fields(
    make_site: Callable[..., Site], mark: str
) -> None:
    fields = ["nr", "headline", "day", "text"], ["1", "Eel", "2026-03-01", "Smoked,;\t|."]
    lines = [mark.join(f'"{field}"' for field in row) for row in fields]
    bad = mark.join(("2", "Day", "2026-13-01", "x"))
    site = make_site(CSV, {"rows.csv": "\r\n".join((f"sep={mark}", *lines, bad)) + "\r\n"})
    ran = site.publish(code=3)
    assert "rows.csv:4: 2: day '2026-13-01' has no month 13" in ran.err
    assert listed(site)["1"]["from"]["published"] == "field:3"  # type: ignore[index]


def test_rows_move_and_nothing_else_does(make_site: Callable[..., Site]) -> None:
    site = make_site(CSV, {"rows.csv": ROWS})
    site.publish()
    before, record = site.tree(), site.record()
    head, row = ROWS.split("\r\n", 1)
    site.write("rows.csv", f"{head}\r\n2,Later,2027-01-01,To come,\r\n{row}")
    assert "1 listed, 1 scheduled" in site.publish().out
    assert site.tree() == before
    assert [line for line in site.record() if line.get("path") != "2"] == record


def test_an_unchanged_table_is_not_read(make_site: Callable[..., Site]) -> None:
    site = make_site(CSV, {"rows.csv": ROWS})
    site.settle()
    assert "1 read" in site.publish().out
    assert "0 read" in site.publish().out
    site.write("rows.csv", ROWS + "2,More,2026-03-02,Text,\r\n")
    assert "1 read" in site.publish().out
    site.write("rows.csv", ROWS)
    ran = site.publish()
    assert "0 read" in ran.out
    assert not site.output("2026/03/02").exists()


def test_a_bad_row_costs_itself_alone(make_site: Callable[..., Site]) -> None:
    rows = (
        ROWS
        + "2,Day,2026-13-01,text,\r\n"
        + "3,Short,2026-03-01,text\r\n"
        + ",Nameless,2026-03-01,text,\r\n"
        + "1,Again,2026-03-01,text,\r\n"
        + "4,Undated,,text,\r\n"
    )
    site = make_site(CSV, {"rows.csv": rows})
    ran = site.publish(code=3)
    assert "1 listed, 5 refused" in ran.out
    for told in (
        "rows.csv:4: 2: day '2026-13-01' has no month 13",
        "rows.csv:5: 3: has 4 fields, where the first line has 5",
        "rows.csv:6: row 4: has no nr",
        "rows.csv:7: 1: the name 1 was there before",
        "rows.csv:8: 4: has no date",
        "or name its field in `map:`",
    ):
        assert told in ran.err, ran.err


def test_mending_as_told_lists_it(make_site: Callable[..., Site]) -> None:
    site = make_site(CSV, {"rows.csv": ROWS + "2,Day,2026-13-01,text,\r\n"})
    site.publish(code=3)
    site.write("rows.csv", ROWS + "2,Day,2026-12-01,text,\r\n")
    assert listed(site)["2"]["state"] == "scheduled"


def test_a_published_row_that_breaks_stays(make_site: Callable[..., Site]) -> None:
    site = make_site(CSV, {"rows.csv": ROWS})
    site.publish()
    before = site.tree()
    site.write("rows.csv", ROWS.replace("2026-03-01", "soon"))
    assert "the version published before stays" in site.publish(code=3).err
    assert site.tree() == before


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"nr,headline\n1,\xff\n", "rows.csv: is no UTF-8 text"),
        (b'nr,headline\n1,"open\n', "rows.csv:2: cannot be read as CSV: unexpected end of data"),
        (b"nr,headline,nr\n1,a,2\n", "rows.csv: has two columns 'nr'"),
        (b"", "rows.csv:1: has no first line that names its columns"),
        (b"no,headline\n1,a\n", "rows.csv: has no column 'nr'; there are 'no', 'headline'"),
        (None, "rows.csv: cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_such_table_is_named(
    raw: bytes | None, told: str, make_site: Callable[..., Site]
) -> None:
    site = make_site(CSV, {} if raw is None else {"rows.csv": raw})
    ran = site.run("publish")
    assert ran.code == (2 if raw is None else 1)
    assert told in ran.err
    assert "mend:" in ran.err


@pytest.mark.parametrize("lines", [False, True])
def test_json(lines: bool, make_site: Callable[..., Site]) -> None:
    rows = [
        {
            "key": "a",
            "title": "One",
            "date": "2026-03-01T10:00:00Z",
            "authors": [{"name": "Ada", "email": "ada@shop.example"}],
            "tags": ["x", "y"],
            "published": False,
            "body": "<p>Text<script>alert(1)</script></p>",
        },
        {"key": 2, "title": "Two", "date": "2026-03-02", "body": "<p>More</p>", "rate": 1.10},
    ]
    text = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows)
    spec = "  - {name: js, type: json, path: a.json, row: key, format: html}\n"
    site = make_site(SITE + "sources:\n" + spec, {"a.json": text})
    site.publish()
    told = listed(site)
    assert (told["a"]["state"], told["2"]["state"]) == ("draft", "listed")
    site.write("a.json", text.replace("false", "true"))
    site.publish()
    assert listed(site)["a"]["authors"] == ["Ada"]
    assert "alert" not in site.output("2026/03/01/one/index.html").read_text()


def test_lines_of_json_end_at_line_feeds_alone(make_site: Callable[..., Site]) -> None:
    row = {"id": 1, "title": "One\u2028two", "date": "2026-03-01", "body": "A\x85b\x0cc"}
    spec = "  - {name: js, type: json, path: a.json}\n"
    raw = json.dumps(row, ensure_ascii=False).replace("\x0c", "\\f") + "\r\n\r\n"
    site = make_site(SITE + "sources:\n" + spec, {"a.json": raw})
    site.publish()
    assert listed(site)["1"]["title"] == "One two"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ('{"id": 1, "title": "a"}\n{"no": 2, "tit\n', "a.json:2: cannot be read as JSON"),
        ('[{"id": 1},\n{"id": 2,]', "a.json:2: cannot be read as JSON"),
        ("", "a.json: is empty"),
        ("[1]", "a.json: is no list of objects"),
    ],
)
def test_what_is_no_json_is_named_by_its_line(
    raw: str, told: str, make_site: Callable[..., Site]
) -> None:
    spec = "  - {name: js, type: json, path: a.json}\n"
    site = make_site(SITE + "sources:\n" + spec, {"a.json": raw})
    ran = site.run("publish")
    assert (ran.code, told in ran.err) == (1, True), ran.err


def test_a_line_that_is_no_json_harms_its_row_alone(make_site: Callable[..., Site]) -> None:
    one = {"id": "a \\ b", "title": "One", "date": "2026-03-01", "body": "Text"}
    two = {"id": 2, "title": "Two", "date": "2026-03-02", "body": "More"}
    spec = "  - {name: js, type: json, path: a.json}\n"
    whole = json.dumps(one), json.dumps(two)
    site = make_site(SITE + "sources:\n" + spec, {"a.json": "\n".join(whole)})
    site.publish()
    before = site.tree()
    for broken in (whole[0], whole[1][:-9]), (whole[0][:-1], whole[1]):
        site.write("a.json", "\n".join(broken))
        ran = site.publish(code=3)
        assert "is no JSON:" in ran.err
        assert "the version published before stays" in ran.err
        assert site.tree() == before
    three = '{"id": 3, "title": "Three", "date": "2026-03-03", "body": "New"}'
    site.write("a.json", "\n".join((three, whole[0], whole[1][:-9])))
    ran = site.publish(code=3)
    assert "a.json:3: 2: is no JSON: " in ran.err
    assert listed(site)["3"]["state"] == "listed"


@pytest.mark.parametrize(
    "spec",
    [
        "type: csv",
        "type: json",
        "type: sqlite, query: SELECT 1 AS id",
        "type: wxr",
        "type: ghost",
        "type: opml",
        "type: mbox, all: true",
    ],
)
def test_a_pipe_in_place_of_a_file_holds_nobody(spec: str, make_site: Callable[..., Site]) -> None:
    site = make_site(SITE + "sources:\n  - {name: a, path: pipe, " + spec + "}\n")
    os.mkfifo(site.folder / "pipe")
    ran = site.run("articles")
    assert ran.code == 1
    assert "pipe: is n" in ran.err, ran.err


def test_deep_json_is_refused_by_name(make_site: Callable[..., Site]) -> None:
    spec = "  - {name: js, type: json, path: a.json}\n"
    site = make_site(SITE + "sources:\n" + spec, {"a.json": "[" * 100_000})
    ran = site.run("publish")
    assert ran.code == 1
    assert "a.json: cannot be read as JSON" in ran.err


def test_sqlite(make_site: Callable[..., Site]) -> None:
    spec = (
        "  - name: db\n    type: sqlite\n    path: shop.db\n    row: nr\n    body: words\n"
        "    format: text\n    query: SELECT nr, title, day AS date, words FROM item ORDER BY nr\n"
    )
    site = make_site(SITE + "sources:\n" + spec)
    with closing(sqlite3.connect(site.folder / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE item (nr INTEGER, title, day, words)")
        shop.execute("INSERT INTO item VALUES (7, 'Seven', '2026-03-04', 'Plain text.\n\nMore.')")
    site.publish()
    (line,) = site.articles()
    assert (line["title"], line["file"]) == ("Seven", "7")
    with closing(sqlite3.connect(site.folder / "shop.db")) as shop, shop:
        shop.execute("UPDATE item SET title = 'Eight'")
    site.publish()
    assert listed(site)["7"]["title"] == "Eight"
    site.write("publisher.yaml", SITE + "sources:\n" + spec.replace("FROM item", "FROM nowhere"))
    ran = site.run("publish")
    assert ran.code == 1
    assert "shop.db: cannot be read as SQLite: no such table: nowhere" in ran.err


def test_what_was_read_of_a_database_is_used_while_another_keeps_it(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_SECONDS", 0.2)
    spec = "  - {name: db, type: sqlite, path: shop.db, query: SELECT * FROM item}\n"
    site = make_site(SITE + "sources:\n" + spec)
    with closing(sqlite3.connect(site.folder / "shop.db", isolation_level=None)) as shop:
        shop.execute("CREATE TABLE item (id, title, date, body)")
        shop.execute("INSERT INTO item VALUES (1, 'One', '2026-03-01', 'Text')")
        shop.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceLocked, match="is locked by another program"):
            publish_all(site)  # of which nothing is known: else all would seem to be taken back
        assert not site.output("atom.xml").exists()
        shop.execute("COMMIT")
        assert publish_all(site).counts["listed"] == 1
        before = {name: data for name, (data, _) in site.tree().items()}

        shop.execute("INSERT INTO item VALUES (2, 'Two', '2026-03-02', 'Text')")
        shop.execute("BEGIN EXCLUSIVE")
        report = publish_all(site, full=True)
        assert report.exit_code == 3
        (problem,) = report.problems
        assert "shop.db: is locked by another program" in str(problem)
        assert "what was read before is used" in str(problem)
        assert "next run" in (problem.mend or "")
        assert {name: data for name, (data, _) in site.tree().items()} == before
        shop.execute("COMMIT")
        report = publish_all(site)
        assert (report.counts["listed"], report.problems) == (2, ())


def publish_all(site: Site, *, full: bool = False) -> PublishReport:
    return publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(any_time=True, full=full),
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        progress=lambda *_: None,
    )


def test_a_text_of_a_database_that_is_none_costs_its_row(make_site: Callable[..., Site]) -> None:
    spec = "  - {name: db, type: sqlite, path: shop.db, query: SELECT * FROM item}\n"
    site = make_site(SITE + "sources:\n" + spec)
    with closing(sqlite3.connect(site.folder / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE item (id, title, date, body)")
        shop.execute("INSERT INTO item VALUES (1, 'One', '2026-03-01', 'Text')")
        shop.execute("INSERT INTO item VALUES (2, 'Two', '2026-03-01', CAST(x'ff' AS TEXT))")
    ran = site.publish(code=3)
    assert "1 listed, 1 refused" in ran.out
    assert "2: has in body what is no UTF-8 text" in ran.err
    wanted = "query: SELECT * FROM item a, item b"
    site.write(
        "publisher.yaml",
        SITE + "sources:\n" + spec.replace("query: SELECT * FROM item", f"query: '{wanted[7:]}'"),
    )
    assert "shop.db: has two columns 'id'" in site.run("publish").err


def test_a_query_cannot_write(make_site: Callable[..., Site]) -> None:
    spec = "  - {name: db, type: sqlite, path: shop.db, query: DELETE FROM item}\n"
    site = make_site(SITE + "sources:\n" + spec)
    with closing(sqlite3.connect(site.folder / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE item (id)")
        shop.execute("INSERT INTO item VALUES (1)")
    ran = site.run("publish")
    assert ran.code == 1
    assert "readonly" in ran.err
    with closing(sqlite3.connect(site.folder / "shop.db")) as shop:
        assert shop.execute("SELECT count(*) FROM item").fetchone() == (1,)


def test_keys_belong_to_types(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE + "sources:\n  - {name: a, type: csv, path: a.csv, include: ['*']}\n")
    ran = site.run("check")
    assert ran.code == 2
    assert "sources[0]: unknown key 'include'" in ran.err
    site = make_site(SITE + "sources:\n  - {name: a, type: cvs, path: a.csv}\n")
    assert "did you mean csv?" in site.run("check").err
    site = make_site(SITE + "sources:\n  - {name: a, type: sqlite, path: a.db}\n")
    assert "needs the key 'query'" in site.run("check").err
