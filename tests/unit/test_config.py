"""publisher.yaml: what is read, and what is said of every mistake."""

from __future__ import annotations

import os
from datetime import time, timedelta
from pathlib import Path

import pytest

from publisher.config.kinds import split_listen
from publisher.config.load import default_config, load_config
from publisher.errors import ConfigError

SITE = "site: {title: X, url: https://x.example/}\n"
GOOD = """\
site:
  title: The Courier
  url: https://courier.example
  language: no
newsletters:
  - name: weekly
    title: Weekly
    from: The Courier <news@courier.example>
    postal_address: 1 Pier Road
    schedule: {every: month, on: 31, at: "6:30"}
schedule: {rebuild: 90s}
"""


def config_of(tmp_path: Path, text: str):
    file = tmp_path / "publisher.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def findings(tmp_path: Path, text: str) -> list[tuple[int, int, str, str | None]]:
    with pytest.raises(ConfigError) as caught:
        config_of(tmp_path, text)
    error = caught.value
    assert error.exit_code == 2
    return [(e.where.line, e.where.column, e.message, e.mend) for e in (error, *error.others)]


def test_values_are_read_by_their_keys_kind(tmp_path: Path) -> None:
    config = config_of(tmp_path, GOOD)
    assert config.site.url == "https://courier.example/"
    assert config.site.language == "no"
    newsletter = config.newsletters[0]
    assert newsletter.schedule.at == time(6, 30)
    assert newsletter.schedule.on == "31"
    assert config.schedule.rebuild == timedelta(seconds=90)
    assert config.root == tmp_path.resolve()
    assert config.language_of(newsletter) == "no"


def test_left_out_keys_have_the_defaults_of_the_contract(tmp_path: Path) -> None:
    config = config_of(tmp_path, "site: {title: X, url: https://x.example/}\n")
    assert [s.name for s in config.sources] == ["articles"]
    assert config.sources[0].pattern == "/{year}/{month}/{day}/{slug}/"
    assert [f.name for f in config.feeds] == ["main"]
    assert config.feeds[0].formats == ("rss", "atom", "json")
    assert config.feeds[0].limit == 50
    assert (config.output, config.record, config.state) == (
        "output",
        "published.jsonl",
        ".publisher",
    )
    assert config.mail_url == config.site.url


def test_an_empty_value_counts_as_left_out(tmp_path: Path) -> None:
    config = config_of(tmp_path, "site:\n  title: X\n  url: https://x.example/\n  language:\n")
    assert config.site.language is None


def test_what_is_recognised_in_plain_texts_is_read_with_its_places(tmp_path: Path) -> None:
    source = SITE + "sources:\n  - name: wire\n    text: {%s}\n"
    text = config_of(tmp_path, source % "related: no").sources[0].text
    assert (text.captions, text.related, text.junk) == (True, False, True)
    assert findings(tmp_path, source % "caption: false, junk: maybe") == [
        (4, 12, "sources[0].text: unknown key 'caption'", "did you mean 'captions'?"),
        (4, 34, "sources[0].text.junk: expected true or false, found 'maybe'", None),
    ]
    mend = "write keys with values, such as captions: …"
    assert findings(tmp_path, SITE + "sources: [{name: wire, text: false}]\n") == [
        (2, 30, "sources[0].text: expected keys with values, found 'false'", mend)
    ]


def test_every_finding_has_its_place_and_the_nearest_key(tmp_path: Path) -> None:
    text = """\
site:
  title: X
  url: https://x.example/
  languag: en
  timezone: Asia/Jakart
feeds: [{name: main, limt: 4, formats: [rss, atm]}]
newsletters:
  - {name: w, title: W, from: nobody}
"""
    assert findings(tmp_path, text) == [
        (4, 3, "site: unknown key 'languag'", "did you mean 'language'?"),
        (
            5,
            13,
            (
                "site.timezone: expected the IANA name of a time zone, such as Asia/Jakarta or"
                " UTC, found 'Asia/Jakart'"
            ),
            None,
        ),
        (6, 22, "feeds[0]: unknown key 'limt'", "did you mean 'limit'?"),
        (
            6,
            46,
            (
                "feeds[0].formats[1]: expected one of rss, atom, json (did you mean atom?), found"
                " 'atm'"
            ),
            None,
        ),
        (
            8,
            31,
            (
                "newsletters[0].from: expected a mail address such as The Example Courier"
                " <news@courier.example>, found 'nobody'"
            ),
            None,
        ),
        (
            8,
            5,
            "newsletters[0]: the key 'postal_address' is missing",
            "it is where the publisher can be written to, as laws ask",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("", (0, 0), "is empty"),
        ("- a\n", (1, 1), "expected keys with values"),
        ("site: [\n", (2, 1), "is not YAML"),
        ("site:\n\ttitle: X\n", (2, 1), "has a tab in its indentation"),
        ("site:\n  title: X\n\turl: https://x.example/\n", (3, 1), "has a tab in its indentation"),
        ("site:\n  title: X\n \turl: https://x.example/\n", (3, 2), "has a tab in its indentation"),
        (
            "site: # é\r  title: X\r\turl: https://x.example/\r",
            (3, 1),
            "has a tab in its indentation",
        ),
        ("feeds:\n  -\tname: main\n", (2, 4), "has a tab in its indentation"),
        ("site: {title: @x}\n", (1, 15), "is not YAML"),
        ("site:\n  title: \u00e9\u00e9\0\n", (2, 12), "is not YAML: U+0000 is no letter of a text"),
        ("site:\n  title: @a\tb\n", (2, 10), "is not YAML"),
        ("site: {title: X, url: https://x.example/}\nsite: 1\n", (2, 1), "stands here twice"),
        ("site: {title: X, url: x.example}\n", (1, 23), "expected an absolute address"),
        ("site: {title: X, url: 'https://x.example/?a=1'}\n", (1, 23), "an absolute address"),
        ("site: {title: X, url: 'https://u@x.example/'}\n", (1, 23), "an absolute address"),
        ("site: {title: ' ', url: https://x.example/}\n", (1, 15), "expected some text"),
        ("site: {title: [a], url: https://x.example/}\n", (1, 15), "expected one value"),
        (
            "site: {title: X, url: https://x.example/, theme: {accent: '#ffff00'}}\n",
            (1, 59),
            "has 1.04:1",
        ),
        (
            "site: {title: X, url: https://x.example/}\nfeeds: [{name: news}]\n",
            (2, 8),
            "'main' is missing",
        ),
        (
            "site: {title: X, url: https://x.example/}\nfeeds: [{name: main, path: a//b}]\n",
            (2, 28),
            "expected a folder under output/",
        ),
        (
            # as long as this, so that a search that tries every split would never end
            f"site: {{title: X, url: https://x.example/}}\nhub: https://x.example/{'a' * 60} b\n",
            (2, 6),
            "expected an absolute address",
        ),
        (
            "site: {title: X, url: https://x.example/}\nfeeds: [{name: main, limit: 0}]\n",
            (2, 29),
            "expected 1 to 1000",
        ),
        (
            "site: {title: X, url: https://x.example/}\nfeeds: [{name: main, limit: x}]\n",
            (2, 29),
            "expected a whole number",
        ),
        (
            "site: {title: X, url: https://x.example/}\nsources: [{name: a, url: '/{slug}/..'}]\n",
            (2, 26),
            "expected a pattern",
        ),
        (
            "site: {title: X, url: https://x.example/}\nsources: [{name: a, dialect: hugoo}]\n",
            (2, 30),
            "did you mean hugo?",
        ),
        (
            "site: {title: X, url: https://x.example/}\nsources: [{name: a}, {name: a}]\n",
            (2, 22),
            "the name 'a' stands here twice",
        ),
        (
            "site: {title: X, url: https://x.example/}\nbounces: {address: B <b@x.example>}\n",
            (2, 20),
            "expected a mail address alone",
        ),
        (
            f"{SITE}bounces: {{address: returned-newsletters@x.example, soft_limit: 3}}\n",
            (2, 20),
            "at most 19 letters before the @",
        ),
        (
            f"{SITE}bounces: {{address: b@x.example, mbox: a, pop3: {{host: h, username: u}}}}\n",
            (2, 48),
            "mbox and pop3: expected one mailbox",
        ),
        (
            f"{SITE}bounces: {{address: b@x.example, soft_limit: 0}}\n",
            (2, 45),
            "expected 1 or more",
        ),
        (
            "site: {title: X, url: https://x.example/}\nschedule: {rebuild: soon}\n",
            (2, 21),
            "expected a length of time",
        ),
    ],
)
def test_mistakes_are_refused_where_they_stand(
    tmp_path: Path, text: str, place: tuple[int, int], part: str
) -> None:
    line, column, message, _ = findings(tmp_path, text)[0]
    assert part in message
    assert (line, column) == place


@pytest.mark.parametrize(
    ("schedule", "part"),
    [
        ("{every: day, on: monday}", "takes no 'on'"),
        ("{every: week, on: funday}", "a weekday such as monday"),
        ("{every: month, on: 32}", "a day from 1 to 31"),
        ("{every: fortnight}", "expected one of article, day, weekday, week, month"),
        ('{at: "25:00"}', "expected a time of day"),
        ("{every: month, on: fifth monday}", "first monday or last friday"),
        ("{every: article, on: monday}", "takes no 'on'"),
        ('{cron: "0 7 * *"}', "five fields"),
        ('{cron: "0 25 * * *"}', "Bad hour"),
        ('{cron: "0 7 1 * mon"}', "at once"),
        ('{cron: "0 7 31 2 *"}', "Bad day-of-month"),
        ('{cron: "0 7 * * *", on: monday}', "take out 'on'"),
    ],
)
def test_schedules_that_name_no_time_are_refused(tmp_path: Path, schedule: str, part: str) -> None:
    text = GOOD.replace('{every: month, on: 31, at: "6:30"}', schedule)
    assert part in findings(tmp_path, text)[0][2]


def test_text_that_is_not_utf8_is_refused_by_line(tmp_path: Path) -> None:
    file = tmp_path / "publisher.yaml"
    file.write_bytes(b"site:\n  title: caf\xe9\n")
    with pytest.raises(ConfigError, match="is not UTF-8") as caught:
        load_config(file)
    assert caught.value.where.line == 2


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load_config(tmp_path / "nowhere.yaml")
    assert "publisher init" in (caught.value.mend or "")


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "publisher.yaml"
    os.mkfifo(file)
    with pytest.raises(ConfigError, match="it is a pipe"):
        load_config(file)


def test_a_folder_without_configuration_is_named_after_itself(tmp_path: Path) -> None:
    folder = tmp_path / "harbour-news"
    folder.mkdir()
    config = default_config(folder)
    assert config.site.title == "Harbour news"
    assert config.site.url == "http://localhost:8000/"
    assert config.newsletters == ()
    assert "no publisher.yaml" in config.warnings[0]


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("output: ..", "the folder of the site itself"),
        ("output: .", "the folder of the site itself"),
        ("output: /", "one that holds it"),
        ("output: articles", "is where the source articles lies"),
        ("output: .git", "is hidden"),
        ("output: templates", "is where the templates lies"),
        ("output: .publisher/x", "is hidden"),
        ("state: articles", "is where the source articles lies"),
        ("state: output/state", "lies in the output"),
        ("state: ..", "the folder of the site itself"),
        ("record: output/r.jsonl", "lies in the output"),
        ("record: articles/r.txt", "lies in the source articles"),
    ],
)
def test_we_write_nowhere_over_what_an_author_wrote(tmp_path: Path, line: str, part: str) -> None:
    text = f"site: {{title: X, url: https://x.example/}}\n{line}\n"
    assert any(part in message for _, _, message, _ in findings(tmp_path, text))


def test_a_type_that_nobody_knows_is_one_finding(tmp_path: Path) -> None:
    text = SITE + "sources: [{name: blog, type: WordPress, path: x.xml, paragraphs: auto}]\n"
    ((_, _, message, _),) = findings(tmp_path, text)
    assert "sources[0].type: expected one of files, csv" in message
    assert "(did you mean wxr?), found 'WordPress'" in message


def test_a_source_may_be_the_whole_folder(tmp_path: Path) -> None:
    text = "site: {title: X, url: https://x.example/}\nsources: [{name: all, path: .}]\n"
    assert config_of(tmp_path, text).sources[0].path == "."


@pytest.mark.parametrize("opening", ["a: " + "[" * 50_000, "{a: " * 30_000, "- " * 20_000])
def test_a_file_of_brackets_ends_nothing_but_itself(tmp_path: Path, opening: str) -> None:
    assert "nested deeper than" in findings(tmp_path, opening)[0][2]


@pytest.mark.parametrize(
    "url",
    [
        "https://a..b/",
        f"https://{'a' * 70}.example/",
        "https://q.example:/",
        "https://q.example/%00/",
        "https://q.example/a/../b/",
        "https://q\u00ad.example/",
        "https://-/",
    ],
)
def test_addresses_that_no_browser_takes_are_refused(tmp_path: Path, url: str) -> None:
    assert "an absolute address" in findings(tmp_path, f"site: {{title: X, url: '{url}'}}\n")[0][2]


@pytest.mark.parametrize("sender", ["a@[1.2.3.4]", "x <a;b@b.example>", "é@b.example", "a@b"])
def test_senders_that_plain_mail_cannot_carry_are_refused(tmp_path: Path, sender: str) -> None:
    text = GOOD.replace("The Courier <news@courier.example>", f"'{sender}'")
    assert "expected a mail address" in findings(tmp_path, text)[0][2]


def test_an_international_domain_is_one_domain_everywhere(tmp_path: Path) -> None:
    config = config_of(tmp_path, "site: {title: X, url: 'https://straße.example/'}\n")
    assert config.site.url == "https://xn--strae-oqa.example/"


@pytest.mark.parametrize(
    ("text", "hubs"),
    [
        ("", ()),
        ("hub:\n", ()),
        ("hub: https://hub.example/\n", ("https://hub.example/",)),
        ("hub: [https://hub.example/?a=b, 'http://127.0.0.1:8080']\n",
         ("https://hub.example/?a=b", "http://127.0.0.1:8080")),
    ],
)  # fmt: skip
def test_a_hub_is_an_address_or_a_list_of_them(
    tmp_path: Path, text: str, hubs: tuple[str, ...]
) -> None:
    assert config_of(tmp_path, SITE + text).hub == hubs


@pytest.mark.parametrize(
    "hub", ["hub.example", "ftp://hub.example/", "https://a:b@hub.example/", "https://:b@h.example"]
)
def test_a_hub_that_is_no_plain_address_is_refused(tmp_path: Path, hub: str) -> None:
    ((line, _, message, _),) = findings(tmp_path, f"{SITE}hub: ['{hub}']\n")
    assert line == 2
    assert message.startswith("hub[0]: expected an absolute address")


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        (
            "sources: [{name: a, include: ['a*']}, {name: b, path: articles/, include: ['b*']}]",
            "take one of the two out",
        ),
        ("feeds: [{name: main}, {name: a, path: x}, {name: b, path: x}]", "set `path:`"),
        ("feeds: [{name: main}, {name: a}, {name: a, path: x}]", "give one of them another name"),
        ("feeds: [{name: main, formats: [rss, rss]}]", "take it out once"),
        ("hub: [https://h.example/, https://h.example/]", "take one of them out"),
    ],
)
def test_what_stands_there_twice_is_told_with_what_to_do(
    tmp_path: Path, text: str, mend: str
) -> None:
    ((line, _, message, said),) = findings(tmp_path, f"{SITE}{text}\n")
    assert line == 2
    assert "twice" in message
    assert (said or "").startswith(mend)


def test_a_hub_stands_there_once(tmp_path: Path) -> None:
    text = f"{SITE}hub: [https://h.example/, https://h.example/]\n"
    assert findings(tmp_path, text)[0][2] == (
        "hub: the address 'https://h.example/' stands here twice"
    )


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ('"[::1]:8000"', "::1", 8000),
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("localhost:0", "localhost", 0),
        ("news.example:65535", "news.example", 65535),
    ],
)
def test_a_place_to_listen_has_a_host_and_a_port(
    tmp_path: Path, written: str, host: str, port: int
) -> None:
    config = config_of(tmp_path, GOOD + f"web: {{listen: {written}}}\n")
    assert split_listen(config.web.listen) == (host, port)


@pytest.mark.parametrize(
    "written",
    ["8000", "127.0.0.1", ":8000", "::1:8000", "[::1]", "[x]:1", "a b:1", "a:65536", "a:-1", "a:١"],
)
def test_any_other_place_to_listen_is_refused(tmp_path: Path, written: str) -> None:
    ((line, _, message, _),) = findings(tmp_path, GOOD + f'web: {{listen: "{written}"}}\n')
    assert line == GOOD.count("\n") + 1
    assert "web.listen: expected a host and a port such as 127.0.0.1:8000" in message


def test_by_default_it_listens_to_this_machine_alone(tmp_path: Path) -> None:
    assert config_of(tmp_path, GOOD).web.listen == "127.0.0.1:8000"


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ("schedule: {every: day}\n    rhythms: [{name: a, every: day}]", "schedule and rhythms"),
        ("rhythms: [{name: a, every: day}, {name: a}]", "stands here twice"),
        ("rhythms: [{name: '12', every: day}]", "an address of the site's own"),
        ("rhythms: [{name: a, every: week, on: funday}]", "a weekday such as monday"),
        ("rhythms: [{every: day}]", "the key 'name' is missing"),
        ("min_items: 2\n    rhythms: [{name: a, every: article}]", "waits for no other"),
        ("sections: [{title: A, max_items: 0}]", "expected at least 1"),
        ("sections: [{title: A, select: {sources: [x]}}]", "there is no source 'x'"),
        ("subject: '{{ entry.title }}'", "nothing is named 'entry'"),
        ("subject: '{{ entries | lenght }} new'", "there is no filter 'lenght'"),
        ("preheader: '{% if number is evn %}x{% endif %}'", "there is no test 'evn'"),
    ],
)
def test_newsletters_that_do_not_fit_together_are_refused(
    tmp_path: Path, keys: str, part: str
) -> None:
    text = (
        "site: {title: X, url: https://x.example/}\nnewsletters:\n  - name: weekly\n"
        "    title: W\n    from: w@x.example\n    postal_address: 1 Road\n    " + keys + "\n"
    )
    line, _, message, _ = findings(tmp_path, text)[0]
    assert part in message
    assert line >= 7
