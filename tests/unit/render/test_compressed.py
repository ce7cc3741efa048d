"""Compressed twins: of which files, with what in them, and always the same."""

from __future__ import annotations

import gzip
import zlib
from functools import partial

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Artifact
from publisher.render.compressed import compress, compressed_artifacts, has_twins, plain_of

CODINGS = {"gzip": "1", "brotli": "1"}


def make(path: str, data: bytes = b"salt " * 100, mark: str = "m") -> Artifact:
    def draw(data: bytes) -> bytes:
        return data

    return Artifact(
        path=path, media_type="text/plain", fingerprint=mark, render=partial(draw, data)
    )


def test_each_text_is_followed_by_its_twins() -> None:
    made = list(compressed_artifacts([make("rss.xml"), make("a.png")], CODINGS))
    assert [a.path for a in made] == ["rss.xml", "rss.xml.gz", "rss.xml.br", "a.png"]
    assert gzip.decompress(made[1].render()) == brotli.decompress(made[2].render())
    assert len({a.fingerprint for a in made[:3]}) == 3


def test_a_twin_follows_from_the_fingerprint_of_its_file_and_from_what_compresses() -> None:
    one, other, newer, again = (
        list(compressed_artifacts([make("rss.xml", mark=mark)], {"gzip": version}))[1].fingerprint
        for mark, version in (("a", "1"), ("b", "1"), ("a", "2"), ("a", "1"))
    )
    assert one == again
    assert len({one, other, newer}) == 3


def test_by_default_there_are_none() -> None:
    artifacts = [make("rss.xml")]
    assert list(compressed_artifacts(artifacts, {})) == artifacts


@pytest.mark.parametrize(
    ("path", "has"),
    [
        ("rss.xml", True),
        ("a/feed.json", True),
        ("index.html", True),
        ("feeds.opml", True),
        ("sitemap.xml", True),
        ("media/site-0a.css", True),
        ("newsletters/w/1/email.eml", True),
        ("media/0123456789abcdef/notes.txt", False),
        ("media/0123456789abcdef/a.png", False),
        ("film.mp4", False),
        ("data.csv", False),
    ],
)
def test_what_we_write_as_text_has_twins(path: str, has: bool) -> None:
    assert has_twins(path) == has
    assert plain_of(path + ".gz") == (path if has else None)
    assert plain_of(path + ".br") == (path if has else None)
    assert plain_of(path) is None


@given(st.binary(max_size=2000), st.sampled_from(["rss.xml", "index.html"]))
def test_both_codings_give_the_bytes_back_and_are_the_same_each_time(
    data: bytes, path: str
) -> None:
    packed = compress(data, "gzip", path=path)
    assert gzip.decompress(packed) == data
    assert packed == compress(data, "gzip", path=path)
    assert packed[4:10] == b"\0\0\0\0\x02\xff"  # no time, no system
    packed = compress(data, "brotli", path=path)
    assert brotli.decompress(packed) == data
    assert packed == compress(data, "brotli", path=path)


def test_gzip_is_as_small_as_zlib_can() -> None:
    data = b"The harbour, the ferry and the tide. " * 300
    assert len(compress(data, "gzip", path="rss.xml")) <= len(zlib.compress(data, 9)) + 12
