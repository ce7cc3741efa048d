"""Signatures of messages, judged by dkimpy, which shares no code with ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from publisher.delivery.dkim import SigningKey, signed
from publisher.mime import Mailbox, message
from publisher.model import RenderedIssue
from publisher.transport.keys import read_key
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT
from tests.signing import DOMAIN, dkimpy_says, signing

WHEN = 1_795_000_000


def letter(text: str = "Fog.\n", to: str = "r@x.example", **changes: Any) -> bytes:
    return message(
        RenderedIssue(subject="Fog", html="<p>Fog.</p>", text=text),
        number=7,
        slot=SLOT,
        newsletter=make_newsletter(reply_to="desk@courier.example", **changes),
        mail_url=SITE_URL,
        to=Mailbox(name="Ünë", email=to),
        token="sample",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys")
    signing(path)
    return path


@pytest.fixture(scope="module")
def keys(folder: Path) -> list[SigningKey]:
    return [
        read_key(folder / f"{name}.pem", domain=DOMAIN, selector=name) for name in ("rsa", "ed")
    ]


@pytest.fixture(scope="module")
def records(folder: Path) -> dict[str, str]:
    return dict(signing(folder).records)


def names(raw: bytes, number: int) -> list[str]:
    """What the signature of that number covers."""
    head = re.sub(r"\r\n[ \t]+", " ", raw.partition(b"\r\n\r\n")[0].decode())
    fields = [line for line in head.split("\r\n") if line.startswith("DKIM-Signature:")]
    found = re.search(r"; h=([^;]*);", fields[number])
    assert found
    return found[1].lower().split(":")


@pytest.mark.parametrize(
    "text",
    ["Fog.\n", "", "\n\n\n", ".\n..\n", "Näme \n trailing  \n", "日本語の霧。\n" * 60, "a" * 4000],
)
def test_both_signatures_hold(text: str, keys: list[SigningKey], records: dict[str, str]) -> None:
    raw = signed(letter(text), keys, WHEN)
    assert dkimpy_says(raw, records) == [True, True]
    assert raw.endswith(letter(text)), "what was laid out is not touched"
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_utf8_address_is_signed_as_it_stands(
    keys: list[SigningKey], records: dict[str, str]
) -> None:
    raw = signed(letter(to="zoë@x.example"), keys, WHEN)
    assert "zoë@x.example".encode() in raw
    assert dkimpy_says(raw, records) == [True, True]


def test_what_a_signature_covers(keys: list[SigningKey]) -> None:
    raw = signed(letter(), keys, WHEN)
    for number in (0, 1):
        covered = names(raw, number)
        for name in ("from", "to", "subject", "date", "reply-to"):
            assert covered.count(name) == 2, f"{name}: so that nobody adds another"
        for name in ("list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id"):
            assert name in covered
        assert "received" not in covered


def test_a_reply_to_that_is_not_there_cannot_be_added(
    keys: list[SigningKey], records: dict[str, str]
) -> None:
    bare = letter().replace(b"Reply-To: desk@courier.example\r\n", b"")
    raw = signed(bare, keys, WHEN)
    assert dkimpy_says(raw, records) == [True, True]
    assert dkimpy_says(raw.replace(b"\r\nTo:", b"\r\nReply-To: e@x.example\r\nTo:"), records) == [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\nSubject: Fog", b"\r\nSubject: Fob"),
        (b"\r\nSubject: ", b"\r\nSubject: Free money\r\nSubject: "),
        (b"\r\nFrom: ", b"\r\nFrom: e@x.example\r\nFrom: "),
        (b"/unsubscribe/sample", b"/unsubscribe/sampel"),
        (b"One-Click", b"One-Clack"),
        (b"\r\n\r\nFog.", b"\r\n\r\nFob."),
        (b"--\r\n", b"--\r\nmore\r\n"),
    ],
)
def test_a_changed_byte_breaks_both(
    before: bytes, after: bytes, keys: list[SigningKey], records: dict[str, str]
) -> None:
    raw = signed(letter(), keys, WHEN)
    assert before in raw
    at = raw.rindex(before) if before == b"--\r\n" else raw.index(before)
    changed = raw[:at] + after + raw[at + len(before) :]
    assert dkimpy_says(changed, records) == [False, False]


def test_refolding_and_empty_lines_behind_break_nothing(
    keys: list[SigningKey], records: dict[str, str]
) -> None:
    raw = signed(letter(), keys, WHEN)
    changed = raw.replace(b"\r\nSubject: Fog", b"\r\nSubject:\r\n\tFog") + b"\r\n\r\n"
    assert dkimpy_says(changed, records) == [True, True]


def test_the_same_issue_gives_the_same_bytes(keys: list[SigningKey]) -> None:
    assert signed(letter(), keys, WHEN) == signed(letter(), keys, WHEN)
    assert signed(letter(), (), WHEN) == letter()
