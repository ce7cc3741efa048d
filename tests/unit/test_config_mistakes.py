"""What people new to publisher.yaml get wrong: each is told with its place, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.errors import ConfigError

SITE = "site:\n  title: X\n  url: https://x.example/\n"
NEWSLETTER = (
    SITE + "newsletters:\n  - name: weekly\n    title: W\n    from: N <n@x.example>\n"
    "    postal_address: 1 Pier Road\n"
)
SCHEDULE = NEWSLETTER + "    schedule: {%s}\n"
SMTP = SITE + "smtp: {host: %s}\n"


@pytest.mark.parametrize(
    ("text", "place", "said", "mend"),
    [
        ("site:\n\ttitle: X\n", "2:1", "has a tab in its indentation", "indent with spaces"),
        (
            "site:\n  title X\n  url: https://x.example/\n",
            "3:6",
            "is not YAML",
            "in the line above",
        ),
        (
            "site:\n  title:X\n  url: https://x.example/\n",
            "3:6",
            "is not YAML",
            "in the line above",
        ),
        ("site:\n  title: X\n    url: y\n", "3:8", "is not YAML", "in the line above"),
        (
            "site:\n  title: My site: news\n",
            "2:17",
            "a second colon stands in one line",
            "in quotes",
        ),
        (
            "site:\n  title: My site: news\n  url: y\n",
            "2:17",
            "a second colon",
            'title: "My site: news"',
        ),
        ("site:\n  title: @home\n", "2:10", "a value begins with @", "in quotes"),
        ("site:\n  title: *news\n", "2:10", "a value begins with *", "in quotes"),
        ("site:\n  title: %news\n", "2:10", "a value begins with %", "in quotes"),
        (
            NEWSLETTER + "    schedule: {cron: *}\n",
            "9:22",
            "a value begins with *",
            "in quo",
        ),
        (
            NEWSLETTER + "    schedule:\n      cron: * 7 * * 1\n",
            "10:13",
            "a value begins with *",
            "in quotes",
        ),
        ("site:\n  title: {{ name }}\n", "2:10", "site.title: expected one value", "needs quotes"),
        (
            NEWSLETTER + "    subject: {{ number }}\n",
            "9:14",
            "newsletters[0].subject: exp",
            "needs quotes",
        ),
        ("? [a, b]\n: x\n" + SITE, "1:3", "the configuration: unknown key '?'", "known keys"),
        ("site:\n  title: #1 news\n", "2:3", "site.title: nothing stands there", "needs quotes"),
        ("site:\n  title: &news\n", "2:3", "site.title: nothing stands there", "needs quotes"),
        ("site:\n  title: !news\n", "2:3", "site.title: nothing stands there", "needs quotes"),
        (
            "site:\n  title:X\n  url:Y\n",
            "2:3",
            "site: expected keys with values",
            "behind each colon",
        ),
        ("site: My site\n", "1:7", "site: expected keys with values", "such as title: …"),
        (
            "site:\n  - title: X\n",
            "2:3",
            "site: expected keys with values, found a list",
            "take the",
        ),
        (SITE + "feeds: [main]\n", "4:9", "feeds[0]: expected keys with values", "such as name: …"),
        (
            SITE + "feeds_for: true\n",
            "4:12",
            "feeds_for: expected keys with values",
            "such as tags: …",
        ),
        (
            "site:\ntitle: X\nurl: y\n",
            "2:1",
            "the configuration: unknown key 'title'",
            "it belongs below site: indent it",
        ),
        (
            SITE + "language: en\n",
            "4:1",
            "the configuration: unknown key 'language'",
            "it belongs below site: indent it",
        ),
        (
            NEWSLETTER + "    at: '7:00'\n",
            "9:5",
            "newsletters[0]: unknown key 'at'",
            "it belongs below schedule: indent it",
        ),
        ("site:\n\xa0\xa0title: X\n", "2:1", "unknown key '\\xa0\\xa0title'", "U+00A0 is no space"),
        (
            SMTP % '"mail.example:587"',
            "4:14",
            "smtp.host: expected the name or address of a host",
            "",
        ),
        (
            SMTP % '"smtp://mail.example"',
            "4:14",
            "smtp.host: expected the name or address of a host",
            "",
        ),
        (SMTP % '"mail example"', "4:14", "smtp.host: expected the name or address of a host", ""),
        (SMTP % '"[::1]"', "4:14", "smtp.host: expected the name or address of a host", ""),
        (
            SITE + "dkim: {domain: 'https://x.example', selector: s, key_file: k}\n",
            "4:16",
            "dkim.domain: expected a domain such as courier.example",
            "",
        ),
        (SITE + "  authors: [Ana]\n", "4:12", "site.authors: expected keys", "such as NAME: …"),
        (SITE + "  language: [en, id]\n", "4:13", "site.language: expected one", "write one"),
        ("site:\n", "1:1", "site: nothing stands there", "it is the publication"),
        (SCHEDULE % "every: 5", "9:23", "newsletters[0].schedule.every: expected one of", ""),
        (SCHEDULE % "at: 7am", "9:20", "schedule.at: expected a time of day in quotes", ""),
        (SCHEDULE % "cron: '0 7 * *'", "9:22", "schedule.cron: expected five fields", "such as"),
        (
            SCHEDULE % "cron: '99 7 * * mon'",
            "9:22",
            "cron: Bad minute ('99')",
            'cron: "0 7 * * mon"',
        ),
        (
            SCHEDULE % "cron: '0 7 * * mo'",
            "9:22",
            "cron: Bad day-of-week ('mo')",
            'cron: "0 7 * * mon"',
        ),
        (SCHEDULE % "cron: '0 7 32 * *'", "9:22", "cron: Bad day-of-month ('32')", "such as"),
        (SCHEDULE % "cron: '@weekly'", "9:22", "schedule.cron: expected five fields", "such as"),
        (SCHEDULE % "cron: '0 7 * * *', on: monday", "9:15", "cron says it all: take out 'on'", ""),
        (
            SCHEDULE % "cron: '0 7 * * *', every: day",
            "9:15",
            "cron says it all: take out 'every'",
            "",
        ),
        (SCHEDULE % "cron: '0 7 * * *', at: '8:00'", "9:15", "cron says it all: take out 'at'", ""),
        (SCHEDULE % "every: week, on: Monday", "9:15", "expected on: a weekday such as monday", ""),
    ],
)
def test_each_is_told_with_its_place_and_what_to_do(
    text: str, place: str, said: str, mend: str, tmp_path: Path
) -> None:
    file = tmp_path / "publisher.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    first = caught.value
    assert first.exit_code == 2
    assert str(first).startswith(f"{file}:{place}: ")
    assert said in first.message
    assert mend in (first.mend or "")
    assert first.mend or "expected" in first.message or "take out" in first.message


@pytest.mark.parametrize(
    "host",
    [
        "mail.courier.example",
        "localhost",
        "::1",
        "127.0.0.1",
        "mail_relay",
        "MAIL",
        "münchen.example",
    ],
)
def test_a_relay_may_have_any_name_or_address(host: str, tmp_path: Path) -> None:
    file = tmp_path / "publisher.yaml"
    file.write_text(SMTP % f'"{host}"', encoding="utf-8")
    smtp = load_config(file).smtp
    assert smtp is not None
    assert smtp.host == host
