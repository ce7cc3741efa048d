"""Conditional requests, ranges, codings and targets, as RFC 9110 has them, for any bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.answers.answer import answer
from publisher.answers.conditions import Outcome, evaluate, http_date, range_still_holds, write_date
from publisher.answers.encodings import choose
from publisher.answers.headers import Kind, content_type, file_headers, is_compressible, kind_of
from publisher.answers.ranges import Unsatisfiable, find_range
from publisher.answers.targets import folder_location, is_servable, target_path
from publisher.answers.values import Representation, Request, Snapshot, Variant

TAGS = (b'"a"', b'"a-gz"', b'"a-br"')
BODIES = {"": b"0123456789" * 9, "gzip": b"gggg" * 5, "br": b"bbb" * 5}
AT = 1_700_000_000


def make_file(*encodings: str, path: str = "rss.xml") -> Representation:
    return Representation(
        path=path,
        modified=AT,
        date=write_date(AT),
        headers=file_headers(path, site_url="https://courier.example/", hubs=()),
        variants=tuple(
            Variant(encoding=e, etag=tag, size=len(BODIES[e]), body=BODIES[e])
            for e, tag in zip(("", *encodings), TAGS, strict=False)
        ),
    )


FILE = make_file("gzip", "br")
SNAPSHOT = Snapshot(
    files={"rss.xml": FILE, "a/index.html": make_file(path="a/index.html")},
    missing=make_file(path="404.html"),
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            b"if-match",
            b"if-none-match",
            b"if-modified-since",
            b"if-unmodified-since",
            b"if-range",
            b"range",
            b"accept-encoding",
            b"origin",
        ]
    ),
    st.one_of(
        st.binary(max_size=40).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"")),
        st.sampled_from(
            [b"*", *TAGS, b'W/"a"', b'"x", "a"', write_date(AT), write_date(AT - 1), b"gzip, br"]
        ),
        st.from_regex(rb"bytes=[0-9]{0,3}-[0-9]{0,3}", fullmatch=True),
    ),
)


def ask(target: bytes = b"/rss.xml", method: str = "GET", **fields: bytes) -> Request:
    headers = {name.replace("_", "-").encode(): value for name, value in fields.items()}
    return Request(method=method, target=target, query=b"", headers=headers)


class TestConditions:
    @pytest.mark.parametrize(
        ("headers", "outcome"),
        [
            ({}, Outcome.SEND),
            ({b"if-none-match": b'"a"'}, Outcome.NOT_MODIFIED),
            ({b"if-none-match": b'W/"a-br"'}, Outcome.NOT_MODIFIED),
            ({b"if-none-match": b'"b" , W/"c","a-gz"'}, Outcome.NOT_MODIFIED),
            ({b"if-none-match": b'"a,b", "a"'}, Outcome.NOT_MODIFIED),
            ({b"if-none-match": b"*"}, Outcome.NOT_MODIFIED),
            ({b"if-none-match": b'w/"a"'}, Outcome.SEND),
            ({b"if-none-match": b"a"}, Outcome.SEND),
            ({b"if-none-match": b'"a'}, Outcome.SEND),
            ({b"if-none-match": b""}, Outcome.SEND),
            ({b"if-match": b'"a"'}, Outcome.SEND),
            ({b"if-match": b'W/"a"'}, Outcome.FAILED),
            ({b"if-match": b""}, Outcome.FAILED),
            ({b"if-match": b'"a"', b"if-none-match": b'"a"'}, Outcome.NOT_MODIFIED),
            ({b"if-modified-since": write_date(AT)}, Outcome.NOT_MODIFIED),
            ({b"if-modified-since": write_date(AT + 1)}, Outcome.NOT_MODIFIED),
            ({b"if-modified-since": write_date(AT - 1)}, Outcome.SEND),
            ({b"if-modified-since": write_date(AT), b"if-none-match": b'"b"'}, Outcome.SEND),
            ({b"if-unmodified-since": write_date(AT)}, Outcome.SEND),
            ({b"if-unmodified-since": write_date(AT - 1)}, Outcome.FAILED),
            ({b"if-unmodified-since": write_date(AT - 1), b"if-match": b'"a"'}, Outcome.SEND),
            ({b"if-unmodified-since": b"long ago"}, Outcome.SEND),
        ],
    )
    def test_in_the_order_of_section_13_2_2(
        self, headers: dict[bytes, bytes], outcome: Outcome
    ) -> None:
        assert evaluate(headers, TAGS, AT)[0] is outcome

    @given(st.lists(st.sampled_from([b'"x"', b'W/"y"', b'"a-gz"', b'W/"a"']), min_size=1))
    def test_a_list_matches_when_one_of_it_does(self, tags: list[bytes]) -> None:
        outcome, held = evaluate({b"if-none-match": b" ,".join(tags)}, TAGS, AT)
        known = [t.removeprefix(b"W/") for t in tags if t.removeprefix(b"W/") in TAGS]
        assert (outcome is Outcome.NOT_MODIFIED) == bool(known)
        if known:
            assert held == TAGS.index(known[0])

    @given(st.datetimes(datetime(1971, 1, 1), datetime(2060, 1, 1)))
    def test_dates_are_read_in_all_three_forms(self, when: datetime) -> None:
        when = when.replace(microsecond=0, tzinfo=UTC)
        seconds = int(when.timestamp())
        assert http_date(format_datetime(when, usegmt=True).encode()) == seconds
        assert http_date(when.strftime("%A, %d-%b-%y %H:%M:%S GMT").encode()) == seconds
        assert http_date(when.strftime("%a %b %e %H:%M:%S %Y").encode()) == seconds
        assert http_date(write_date(seconds)) == seconds

    @given(st.binary(max_size=40))
    def test_no_bytes_are_too_much_for_a_date(self, field: bytes) -> None:
        assert http_date(field) is None or isinstance(http_date(field), int)

    def test_a_date_that_is_nearly_now_is_no_strong_validator(self) -> None:
        date = write_date(AT)
        assert range_still_holds(date, b'"a"', AT, AT + 2)
        assert not range_still_holds(date, b'"a"', AT, AT + 1)
        assert not range_still_holds(write_date(AT + 1), b'"a"', AT, AT + 9)
        assert range_still_holds(b'"a"', b'"a"', AT, AT)
        assert not range_still_holds(b'W/"a"', b'"a"', AT, AT)


class TestRanges:
    @given(st.integers(0, 50), st.integers(0, 60), st.integers(0, 60))
    def test_a_range_is_what_slicing_says(self, size: int, first: int, last: int) -> None:
        data = bytes(range(size))
        field = b"bytes=%d-%d" % (first, last)
        if first >= size and last >= first:
            with pytest.raises(Unsatisfiable):
                find_range(field, size)
        elif last < first:
            assert find_range(field, size) is None
        else:
            found = find_range(field, size)
            assert found
            start, length = found
            assert data[start : start + length] == data[first : last + 1]
            assert length > 0

    @given(st.integers(1, 50), st.integers(1, 60))
    def test_a_suffix_is_the_end(self, size: int, suffix: int) -> None:
        data = bytes(range(size))
        found = find_range(b"bytes=-%d" % suffix, size)
        assert found
        assert data[found[0] : found[0] + found[1]] == data[-suffix:]

    @given(st.binary(max_size=30), st.integers(0, 50))
    def test_any_bytes_give_a_part_everything_or_416(self, field: bytes, size: int) -> None:
        try:
            found = find_range(field, size)
        except Unsatisfiable:
            return
        if found is not None:
            start, length = found
            assert 0 <= start < start + length <= size


class TestCodings:
    @given(st.binary(max_size=40))
    def test_what_is_sent_was_not_refused(self, field: bytes) -> None:
        chosen = choose(FILE.variants, field)
        if chosen.encoding:
            named = field.lower()
            assert chosen.encoding.encode() in named or b"*" in named

    def test_without_the_field_nothing_is_packed(self) -> None:
        assert choose(FILE.variants, None).encoding == ""

    def test_what_is_not_made_yet_is_sent_plain(self) -> None:
        assert choose(make_file().variants, b"br, gzip").encoding == ""
        assert choose(make_file("gzip").variants, b"br, gzip").encoding == "gzip"


class TestTargets:
    @pytest.mark.parametrize(
        ("target", "path"),
        [
            (b"/", ""),
            (b"/a/b/", "a/b/"),
            (b"/a%20b", "a b"),
            (b"/%C3%A4", "ä"),
            (b"/a%2Fb", "a/b"),
            (b"/%2541", "%41"),
            (b"http://x.example", ""),
            (b"HTTPS://x.example/a", "a"),
            (b"//", None),
            (b"//a", None),
            (b"/a//b", None),
            (b"/../a", None),
            (b"/a/%2e%2e", None),
            (b"/.", None),
            (b"/a\\b", None),
            (b"/%00", None),
            (b"/%e4", None),
            (b"/%4", None),
            (b"", None),
            (b"a", None),
        ],
    )
    def test_a_target_spells_one_path_or_none(self, target: bytes, path: str | None) -> None:
        assert target_path(target) == path

    @given(st.binary(max_size=60))
    def test_no_bytes_lead_out(self, target: bytes) -> None:
        path = target_path(b"/" + target)
        if path is not None:
            assert not path.startswith("/")
            assert ".." not in path.split("/")
            assert "\0" not in path

    @given(st.text(max_size=20), st.binary(max_size=10))
    def test_a_redirection_is_one_line_of_ascii_below_where_one_was(
        self, name: str, query: bytes
    ) -> None:
        name = name.encode("utf-8", "replace").decode("utf-8")
        location = folder_location(f"a/{name}", b"")
        assert location.startswith(b"./")
        assert location.isascii()
        assert not {b"\r", b"\n"} & {location[i : i + 1] for i in range(len(location))}

    def test_what_begins_with_a_dot_is_for_nobody(self) -> None:
        assert is_servable("a.html", at_root=False)
        assert is_servable(".well-known", at_root=True)
        assert not is_servable(".well-known", at_root=False)
        assert not is_servable(".gitignore", at_root=True)


class TestHeaders:
    def test_feeds_name_their_hubs_and_archives_do_not(self) -> None:
        hubs = ("https://one.example/", "https://two.example/")
        fields = dict(file_headers("feeds/sea/atom.xml", site_url="https://c.example/", hubs=hubs))
        assert fields[b"link"] == (
            b'<https://c.example/feeds/sea/atom.xml>; rel="self", '
            b'<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"'
        )
        archive = dict(file_headers("archive/2/rss.xml", site_url="https://c.example/", hubs=hubs))
        assert archive[b"link"] == b'<https://c.example/archive/2/rss.xml>; rel="self"'

    def test_an_address_in_another_script_is_written_as_a_uri(self) -> None:
        fields = dict(file_headers("tags/sjö/rss.xml", site_url="https://c.example/", hubs=()))
        assert fields[b"link"] == b'<https://c.example/tags/sj%C3%B6/rss.xml>; rel="self"'

    @pytest.mark.parametrize(
        ("path", "kind", "media_type", "is_text"),
        [
            ("rss.xml", Kind.FEED, "application/rss+xml; charset=utf-8", True),
            ("tags/a/feed.json", Kind.FEED, "application/feed+json", True),
            ("tags/a/archive/12/atom.xml", Kind.ARCHIVE, "application/atom+xml; charset=utf-8", 1),
            ("archive/1/index.html", Kind.PAGE, "text/html; charset=utf-8", True),
            ("media/0123456789abcdef/rss.xml", Kind.HASHED, "text/xml; charset=utf-8", True),
            ("media/site-0a1b.css", Kind.HASHED, "text/css; charset=utf-8", True),
            ("media/mine.png", Kind.OTHER, "image/png", False),
            ("newsletters/w/1/email.html", Kind.MAIL, "text/html; charset=utf-8", True),
            ("sitemap/2.xml", Kind.OTHER, "application/xml; charset=utf-8", True),
            ("a/data.tar.gz", Kind.OTHER, "application/gzip", False),
            ("a/episode.m4a", Kind.OTHER, "audio/mp4", False),
            ("a/words.vtt", Kind.OTHER, "text/vtt; charset=utf-8", True),
            ("a/noname", Kind.OTHER, "application/octet-stream", False),
            ("a/picture.svg", Kind.OTHER, "image/svg+xml", True),
        ],
    )
    def test_kind_type_and_compression_follow_from_the_path(
        self, path: str, kind: Kind, media_type: str, is_text: bool
    ) -> None:
        assert kind_of(path) is kind
        assert content_type(path) == media_type
        assert is_compressible(path) == is_text

    def test_what_lay_beside_an_article_is_shown_but_is_no_page_of_ours(self) -> None:
        path = "media/0123456789abcdef/x.svg"
        fields = dict(file_headers(path, site_url="https://c.example/", hubs=()))
        assert fields[b"content-security-policy"].endswith(b"sandbox")


class TestAnswers:
    @given(
        st.sampled_from([b"/", b"/rss.xml", b"/a", b"/a/", b"/none", b"*", b"//", b"/%"]),
        st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "BREW"]),
        FIELDS,
    )
    def test_every_request_has_an_answer_that_agrees_with_itself(
        self, target: bytes, method: str, headers: dict[bytes, bytes]
    ) -> None:
        request = Request(method=method, target=target, query=b"", headers=headers)
        given_ = answer(request, SNAPSHOT, AT + 60)
        fields = dict(given_.headers)
        assert len(fields) == len(given_.headers)
        assert given_.status in (200, 204, 206, 304, 308, 404, 405, 412, 416)
        assert all(name == name.lower() for name in fields)
        assert not any(b"\n" in value or b"\r" in value for value in fields.values())
        if method == "HEAD" or given_.status in (204, 304):
            assert given_.body == b""
        elif b"content-length" in fields:
            assert len(given_.body) == int(fields[b"content-length"])
        if given_.status == 206:
            unit, _, place = fields[b"content-range"].partition(b" ")
            start, last = place.partition(b"/")[0].split(b"-")
            whole = BODIES[fields.get(b"content-encoding", b"").decode()]
            assert (unit, given_.body) == (b"bytes", whole[int(start) : int(last) + 1])

    @given(FIELDS)
    def test_head_has_the_fields_of_get(self, headers: dict[bytes, bytes]) -> None:
        headers = {k: v for k, v in headers.items() if k != b"range"}
        for target in (b"/rss.xml", b"/a", b"/a/", b"/none"):
            got, head = (
                answer(
                    Request(method=method, target=target, query=b"", headers=headers),
                    SNAPSHOT,
                    AT + 60,
                )
                for method in ("GET", "HEAD")
            )
            assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")

    def test_a_304_carries_the_tag_that_was_named(self) -> None:
        given_ = answer(ask(if_none_match=b'"a-gz"', accept_encoding=b"br"), SNAPSHOT, AT)
        assert dict(given_.headers)[b"etag"] == b'"a-gz"'
        given_ = answer(ask(if_none_match=b"*", accept_encoding=b"br"), SNAPSHOT, AT)
        assert dict(given_.headers)[b"etag"] == b'"a-br"'

    def test_a_folder_keeps_the_query_when_it_is_redirected(self) -> None:
        request = Request(method="GET", target=b"/a", query=b"x=1", headers={})
        assert dict(answer(request, SNAPSHOT, AT).headers)[b"location"] == b"./a/?x=1"
