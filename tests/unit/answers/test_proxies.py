"""Who asks from close by, and who through a proxy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.answers.proxies import is_through_proxy, public_names

URLS = ("https://news.example/", "https://küste.example:8443/paper/")
PUBLIC = public_names(URLS)


def came(host: str, port: int = 8000, version: str = "1.1", **fields: str) -> bool:
    headers = {"host": host} | {name.replace("_", "-"): value for name, value in fields.items()}
    return is_through_proxy(version, headers, port=port, public=PUBLIC)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "127.0.0.1",
        "localhost:8000",
        "localhost:9000",  # through a tunnel
        "[::1]:8000",
        "[::ffff:127.0.0.1]:8000",
        "[::ffff:7f00:1]:8000",
        "[::ffff:10.0.0.7]:8000",
        "10.0.0.7:8000",
        "192.0.2.7:9000",
        "monitor-host:8000",
        "monitor-host",
        "paper.internal:8000",
        "news.example:8000",  # it is us who were asked for
        "www.news.example",
        "",
        "news.example:http",
        "news.example:8000, news.example",
    ],
)
def test_whoever_is_close_by_has_any_name_for_this_machine(host: str) -> None:
    assert not came(host)


@pytest.mark.parametrize(
    "host",
    ["news.example", "News.Example.", "news.example:443", "xn--kste-0ra.example:8443"],
)
def test_who_asks_for_the_site_at_another_port_asked_somebody_else(host: str) -> None:
    assert came(host)


def test_a_server_at_the_port_of_the_web_is_asked_by_the_site_s_own_name() -> None:
    assert not came("news.example", port=80)
    assert came("news.example:443", port=80)


@pytest.mark.parametrize("field", ["forwarded", "x_forwarded_for", "via"])
def test_a_proxy_that_says_so_is_believed(field: str) -> None:
    assert came("127.0.0.1:8000", **{field: "192.0.2.1"})


def test_http_of_old_is_what_proxies_speak() -> None:
    assert came("127.0.0.1:8000", version="1.0")


def test_addresses_and_names_of_this_machine_are_not_public() -> None:
    urls = ("http://localhost:8000/", "http://paper.localhost/", "http://[::ffff:7f00:1]/")
    assert public_names((*urls, "http://192.0.2.7/")) == frozenset()
    assert {"news.example", "xn--kste-0ra.example"} == PUBLIC


@given(st.text(max_size=40))
def test_whatever_a_host_field_says(host: str) -> None:
    came(host)
