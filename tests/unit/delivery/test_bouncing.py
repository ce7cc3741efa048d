"""Messages that come back, in many shapes, read to what they mean for their reader."""

from __future__ import annotations

import codecs
import time
from encodings.aliases import aliases

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.delivery.bouncing import MOST_BYTES, Notice, NoticeKind, read_notice
from publisher.delivery.causes import Cause, cause_of
from publisher.delivery.tokens import Keys, Token, sign
from publisher.delivery.verp import return_address, returned_to
from tests.bounce_samples import SAMPLES, Sample, report

ADDRESS = "bounces@courier.example"
KEYS = Keys(current=2, secrets={1: b"old" * 8, 2: b"key" * 8})
WHOSE = Token(subscriber=123_456, mailing=78)
OURS = return_address(ADDRESS, WHOSE, KEYS)


def token_in(text: str) -> Token | None:
    return returned_to(text, ADDRESS, KEYS)


def read(raw: bytes) -> Notice:
    return read_notice(raw, token_in)


class TestAddress:
    def test_it_says_whose_it_is_in_any_case_and_any_text(self) -> None:
        local = OURS.partition("@")[0]
        assert len(local) <= 64
        assert local == local.lower()
        for text in (OURS, OURS.upper(), f"<{OURS}>", f"To: A <{OURS}>, b@c.example"):
            assert token_in(text) == WHOSE

    def test_an_older_key_still_tells(self) -> None:
        old = Keys(current=1, secrets={1: KEYS.secrets[1]})
        assert token_in(return_address(ADDRESS, WHOSE, old)) == WHOSE

    def test_no_other_letter_is_believed(self) -> None:
        start = OURS.index("+") + 1
        for place in range(start, OURS.index("@") - 1):
            other = "a" if OURS[place] != "a" else "b"
            assert token_in(OURS[:place] + other + OURS[place + 1 :]) is None

    def test_neither_another_address_nor_another_purpose(self) -> None:
        assert token_in(OURS.replace("courier.example", "courier.example.org")) is None
        assert token_in(OURS.replace("bounces+", "xbounces+")) is None
        assert token_in(return_address("bounces@other.example", WHOSE, KEYS)) is None
        assert token_in(f"bounces+{sign(WHOSE, 'reader', KEYS)}@courier.example") is None
        assert token_in(ADDRESS) is None

    @given(st.text(), st.integers(0, 2**48 - 1), st.integers(0, 2**32 - 1))
    def test_any_text_around_any_token(self, text: str, subscriber: int, mailing: int) -> None:
        token = Token(subscriber=subscriber, mailing=mailing)
        assert token_in(f"{text} <{return_address(ADDRESS, token, KEYS)}>") == token
        assert token_in(text) is None


def test_there_are_enough_of_them() -> None:
    names = [sample.name for sample in SAMPLES]
    assert len(set(names)) == len(names)
    assert len([s for s in SAMPLES if s.kind in ("hard", "soft", "blocked", "delayed")]) >= 50


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_shape_is_read(sample: Sample) -> None:
    notice = read(sample.raw(OURS).replace(b"{TO}", OURS.upper().encode()))
    assert notice.kind == sample.kind
    assert notice.token == (None if sample.kind == "unsigned" else WHOSE)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
@pytest.mark.parametrize("to", [ADDRESS, OURS.replace("+", "+a", 1)[:-1], "x@y.example"])
def test_none_is_believed_without_a_signed_address(sample: Sample, to: str) -> None:
    assert read(sample.raw(to).replace(b"{TO}", to.encode())) == Notice(kind=NoticeKind.UNSIGNED)


def test_a_signed_address_in_the_returned_message_makes_no_bounce_believed() -> None:
    """Whoever forwards their mail could else end the subscription of who sent it to them."""
    fields = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
    text = report(fields=fields, to=ADDRESS, words=f"It was sent by {OURS}")
    raw = Sample("", "", text.replace("From: The Ex", f"Return-Path: {OURS}\nFrom: The Ex"))
    assert read(raw.raw(ADDRESS)).kind is NoticeKind.UNSIGNED


@pytest.mark.parametrize("wrapped", ["\xff\xfe=== abc", "abc", "", "A" * 100_001])
def test_what_only_claims_to_be_wrapped_says_nothing(wrapped: str) -> None:
    kind = "message/delivery-status\nContent-Transfer-Encoding: base64"
    text = report(fields=wrapped, header="From: x@far.example", status_type=kind, to=OURS)
    assert read(text.encode()).kind == NoticeKind.OTHER


def test_words_are_kept_on_one_line_that_can_be_shown() -> None:
    gmail = next(sample for sample in SAMPLES if sample.name == "Gmail: not found")
    notice = read(gmail.raw(OURS))
    assert notice.status == "5.1.1"
    assert notice.words.startswith("smtp; 550-5.1.1 The email account that you tried to reach")
    assert "\n" not in notice.words
    fields = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
    nasty = report(fields=fields + f"Diagnostic-Code: smtp; \x1b[2J\x07{'x' * 5000}\n", to="{to}")
    words = read(Sample("", "", nasty).raw(OURS)).words
    assert words.isprintable()
    assert len(words) <= 300


@pytest.mark.parametrize(
    ("status", "text", "cause"),
    [
        ("5.1.1", "", Cause.HARD),
        ("5.1.4", "", Cause.SOFT),
        ("5.1.0", "", Cause.SOFT),
        ("5.1.0", "550 address unknown", Cause.HARD),
        ("5.0.0", "550 5.1.1 gone", Cause.HARD),
        ("5.0.0", "550 5.2.2 5.1.1", Cause.SOFT),
        ("5.5.0", "550 Requested action not taken: mailbox unavailable", Cause.SOFT),
        ("5.0.0", "452 4.2.2 unknown user", Cause.SOFT),
        ("", "host 10.5.1.1 said 550 no such user", Cause.HARD),
        ("", "host 5.1.1.7 said 550 busy", Cause.SOFT),
        ("5.1.1", "blocked by policy", Cause.SOFT),
        ("5.1.1", "user unknown; see our policy", Cause.HARD),
        ("4.7.1", "try later", Cause.BLOCKED),
    ],
)
def test_codes_and_words_name_the_cause(status: str, text: str, cause: Cause) -> None:
    assert cause_of(status, text) is cause


# ---------------------------------------------------------------- hostile bytes

_PIECES = st.sampled_from(
    [
        f"To: {OURS}\n",
        "From: MAILER-DAEMON@x.example\n",
        "X-Failed-Recipients: a@b.example\n",
        "Content-Type: multipart/report; boundary=b\n",
        "Content-Type: multipart/mixed; boundary*0*=utf-8''%62\n",
        "Content-Type: message/delivery-status\n",
        "Content-Type: message/feedback-report; charset*=x'y'%ff\n",
        "Content-Type: message/rfc822\n",
        "Content-Type: text/plain; charset=\u00e9\n",
        "Content-Transfer-Encoding: base64\n",
        "Content-Transfer-Encoding: uuencode\n",
        "\n",
        "--b\n",
        "--b--\n",
        "Action: failed\n",
        "Status: 5.1.1\n",
        "Final-Recipient: rfc822;a@b.example\n",
        "Final-Recipient: rfc822*0*=x'y'%ff; \u00ff\n",
        "Original-Recipient: \u00e9;;=\n",
        "Feedback-Type: abuse\n",
        f"Original-Mail-From: {OURS}\n",
        "Hi. This is the qmail-send program\n",
        "<a@b.example>:\n",
        "550 no such user\n",
        "begin 644 x\n",
        "\x00\n",
        " \n",
    ]
)


@given(st.lists(st.one_of(_PIECES.map(str.encode), st.binary(max_size=40)), max_size=40))
@settings(max_examples=300)
def test_no_bytes_make_it_fail(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    notice = read(raw)
    assert notice.kind is not NoticeKind.UNSIGNED or notice == Notice(kind=NoticeKind.UNSIGNED)
    if OURS.encode() not in raw.lower():
        assert notice.kind is NoticeKind.UNSIGNED


@given(st.sampled_from(SAMPLES), st.data())
@settings(max_examples=300)
def test_a_sample_that_was_damaged_says_nothing_graver(sample: Sample, data: st.DataObject) -> None:
    raw = sample.raw(OURS)
    cut = data.draw(st.integers(0, len(raw)))
    other = data.draw(st.binary(max_size=3))
    notice = read(raw[:cut] + other)
    if sample.kind in ("other", "delayed", "unsigned") and "several" not in sample.name:
        # of several recipients the last may be what is cut off, and the mildest with it
        assert notice.kind not in (NoticeKind.HARD, NoticeKind.COMPLAINT)


_CHARSETS = sorted({*aliases, *aliases.values(), "undefined", "idna", "\0", "x\0y", "none"})
_ODD_TYPES = (
    *("text/plain", "text/html", "text/rfc822-headers", "message/rfc822"),
    *("message/delivery-status", "message/global-delivery-status", "message/feedback-report"),
)


@pytest.mark.parametrize("kind", _ODD_TYPES)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable", "x-uuencode"])
def test_no_character_set_makes_it_fail(kind: str, encoding: str) -> None:
    """Python knows some that raise, and every reader knows an address that we signed."""
    for charset in _CHARSETS:
        part = f'Content-Type: {kind}; charset="{charset}"\nContent-Transfer-Encoding: {encoding}\n'
        body = b"\nAction: failed\n\ncaf\xe9 xn--\xff I am away\n"
        assert read(_HEAD + part.encode() + body).token == WHOSE, charset
        whole = b"Content-Type: multipart/report; boundary=b\n\n--b\n" + part.encode() + body
        assert read(_HEAD + whole + b"--b--\n").token == WHOSE, charset


def test_a_text_is_decoded_once_however_many_patterns_it_is_held_against() -> None:
    """By the character set that it claims, for it may be a form that tells of it in words."""
    asked: list[bytes] = []

    def decode(data: bytes, _errors: str) -> tuple[str, int]:
        asked.append(bytes(data))
        return bytes(data).decode("latin-1"), len(data)

    def find(name: str) -> codecs.CodecInfo | None:
        return codecs.CodecInfo(codecs.latin_1_encode, decode) if name == "x_counted" else None

    body = b"Caf\xe9: user unknown"
    codecs.register(find)
    try:
        read(_HEAD + b'Content-Type: text/plain; charset="x-counted"\n\n' + body)
    finally:
        codecs.unregister(find)
    assert asked == [body]


_HEAD = f"To: {OURS}\nFrom: MAILER-DAEMON@x.example\n".encode()
_HOSTILE = {
    "deep": _HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(5000)
    ),
    "deep within the limit": _HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(39)
    ) + b"x\n" * 200_000,
    "messages in messages": _HEAD + b"Content-Type: message/rfc822\n\n" * 20_000,
    "many parts": _HEAD
    + b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\n\n" * 100_000,
    "many blocks": _HEAD + b"Content-Type: message/delivery-status\n\n" + b"A: b\n\n" * 100_000,
    "one line": _HEAD + b"\n" + b"x" * 5_000_000,
    "long header": _HEAD + b"Content-Type: " + b"a;" * 2_000_000 + b"\n\n",
    "many headers": _HEAD + b"X: y\n" * 500_000 + b"\n",
    "for the patterns": _HEAD + b"\n" + b"".join(
        tag + b"\n" + b"a" * 300 + b"\n"
        for tag in (b"Hi. This is the", b"Your message to:", b"not yet been delivered",
                    b"here is your list of failed recipients",
                    b"did not reach the following recipient")
    ) * 10_000,
    "for our own patterns": _HEAD + b"X-Failed-Recipients: a@b.example\n\n" + b"user " * 100_000,
    "many addresses": _HEAD + b"X: " + b"bounces+" * 600_000 + b"\n\n",
}  # fmt: skip


@pytest.mark.parametrize("name", _HOSTILE)
def test_nothing_takes_long(name: str) -> None:
    began = time.process_time()
    read(_HOSTILE[name])
    assert time.process_time() - began < 2.0


def test_what_stands_beyond_the_limit_is_not_read() -> None:
    assert read(b"X: y\n" * (MOST_BYTES // 5 + 1) + OURS.encode()).kind is NoticeKind.UNSIGNED
