"""Messages, read by the standard library's parser and by their bytes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest

from publisher.errors import PublisherError
from publisher.fingerprint import hash_of
from publisher.mime import (
    SAMPLE_FILES,
    Mailbox,
    fill,
    make_template,
    message,
    read_mailbox,
    sample_files,
)
from publisher.mime.embedding import MOST_BYTES, that_fit
from publisher.mime.template import MessageTemplate
from publisher.model import EmbeddedPicture, RenderedIssue
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT, draw


def rendered(**changes: str) -> RenderedIssue:
    values = {"subject": "Hello", "html": "<p>Hello</p>", "text": "Hello\n"}
    return RenderedIssue(**(values | changes))


def make_message(issue: RenderedIssue | None = None, /, **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "number": 12,
        "slot": SLOT,
        "newsletter": make_newsletter(),
        "mail_url": SITE_URL,
        "to": Mailbox(name="Sample Reader", email="reader@example.org"),
        "token": "sample",
    }
    return message(issue or rendered(), **(values | changes))


def read(raw: bytes) -> EmailMessage:
    """The message without any defect, its lines within limits and in ASCII."""
    raw.decode("ascii")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    parsed = message_from_bytes(raw, policy=default)
    parts = [parsed, *parsed.walk()]
    assert [part.defects for part in parts] == [[]] * len(parts)
    assert [value.defects for value in parsed.values()] == [()] * len(parsed)
    assert isinstance(parsed, EmailMessage)
    return parsed


def content(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


class TestHeaders:
    def test_all_of_them_in_order(self) -> None:
        raw = make_message(newsletter=make_newsletter(reply_to="Desk <desk@courier.example>"))
        head, _, _ = raw.decode().partition("\r\n\r\n")
        assert head.split("\r\n") == [
            "From: The Courier <news@courier.example>",
            "Reply-To: Desk <desk@courier.example>",
            "To: Sample Reader <reader@example.org>",
            "Subject: Hello",
            "Date: Mon, 23 Nov 2026 07:00:00 +0700",
            "Message-ID: <weekly.12.cb90e3a9014b593ec8e60ee117e19319@courier.example>",
            "List-Id: The Weekly Courier <weekly.courier.example>",
            "Feedback-ID: 12:weekly:issue:df18588f8e1b",
            "List-Unsubscribe: <https://courier.example/unsubscribe/sample>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;",
            ' boundary="=_42438d78eb44ce4d89a7f963dced363c"',
        ]

    def test_no_reply_to_unless_set(self) -> None:
        assert "reply-to" not in read(make_message())

    @pytest.mark.parametrize(
        "subject",
        [
            "Plain",
            "long " * 40 + "end",
            "x" * 300,
            "Café",
            "日本語 " * 50 + "。",
            "👩\u200d👩\u200d👧 " * 30 + ".",
            "=?utf-8?q?not_encoded?=",
            "two  spaces",
            " around ",
            "a: b, c; <d>",
        ],
    )
    def test_subject_comes_back_as_it_was(self, subject: str) -> None:
        raw = make_message(rendered(subject=subject))
        head = raw.partition(b"\r\n\r\n")[0]
        assert max(len(line) for line in head.split(b"\r\n")) <= 78
        assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]*\?=", head))
        assert read(raw)["subject"] == subject

    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("Sample Reader", b"Sample Reader <r@x.example>"),
            ("", b"To: r@x.example\r\n"),
            ("  ", b"To: r@x.example\r\n"),
            ("Doe, J. (Jane)", b'"Doe, J. (Jane)" <r@x.example>'),
            ('a "b" \\c', b'"a \\"b\\" \\\\c" <r@x.example>'),
            ("Zoë", b"=?utf-8?b?Wm/Dqw==?= <r@x.example>"),
            ("ليلى حداد " * 8 + "x", b"=?utf-8?b?"),
            ("=?utf-8?q?x?=", b"=?utf-8?b?"),
        ],
    )
    def test_names_come_back_as_they_were(self, name: str, written: bytes) -> None:
        raw = make_message(to=Mailbox(name=name, email="r@x.example"))
        assert written in raw
        value = message_from_bytes(raw)["To"]  # headerregistry puts spaces between encoded words
        shown, address = parseaddr(str(make_header(decode_header(value.replace("\r\n", "")))))
        assert (shown, address) == (name.strip(), "r@x.example")

    def test_international_domains_are_a_labels(self) -> None:
        newsletter = make_newsletter(from_="news@bücher.example")
        raw = make_message(newsletter=newsletter, to=Mailbox(email="r@例え.テスト"))
        parsed = read(raw)
        assert parsed["from"].addresses[0].addr_spec == "news@xn--bcher-kva.example"
        assert parsed["to"].addresses[0].addr_spec == "r@xn--r8jz45g.xn--zckzah"
        assert parsed["message-id"].endswith("@xn--bcher-kva.example>")
        assert parsed["list-id"].endswith("<weekly.xn--bcher-kva.example>")

    @pytest.mark.parametrize(
        "email",
        [
            *("zoë\xa0b@x.example", "zoë.@x.example", '"zoë"@x.example', "zo\u200bë@x.example"),
            *(f"{'ë' * 33}@x.example", "zoë b@x.example", "zoë@"),
            *("r", "r@", "@x.example", "a b@x.example", "r@x..example", "r@-"),
            *(f"{'a' * 65}@x.example", f"a@{'b' * 64}.example", f"a@{'bcd.' * 64}example"),
            f"a@{'ü' * 60}.example",
        ],
    )
    def test_addresses_that_no_relay_carries_are_refused(self, email: str) -> None:
        with pytest.raises(PublisherError, match="cannot be mailed") as caught:
            make_message(to=Mailbox(email=email))
        assert caught.value.mend

    @pytest.mark.parametrize(
        "email", ["zoë@x.example", "日本.語@bücher.example", "a.ö+b@x.example"]
    )
    def test_a_reader_may_have_any_letters_before_the_at_and_a_sender_may_not(
        self, email: str
    ) -> None:
        raw = make_message(to=Mailbox(name="Zoë", email=email))
        local, _, domain = email.partition("@")
        assert f" <{local}@{domain.encode('idna').decode()}>\r\n".encode() in raw
        assert raw.replace(local.encode(), b"").isascii()
        with pytest.raises(PublisherError, match="cannot be mailed"):
            make_message(newsletter=make_newsletter(from_=email))

    @pytest.mark.parametrize("bad", ["\r\nBcc: x@x.example", "\n", "\r", "\x00", "\u2028", "\x85"])
    def test_nothing_can_be_smuggled_into_a_header(self, bad: str) -> None:
        for attempt in (
            {"to": Mailbox(name=f"a{bad}b", email="r@x.example")},
            {"to": Mailbox(email=f"r{bad}@x.example")},
            {"to": Mailbox(email=f"r@x.example{bad}")},
            {"newsletter": make_newsletter(title=f"a{bad}b")},
            {"newsletter": make_newsletter(from_=f"a{bad}b <news@x.example>")},
            {"newsletter": make_newsletter(reply_to=f"r@x.example{bad}")},
        ):
            with pytest.raises(PublisherError):
                make_message(**attempt)
        with pytest.raises(PublisherError):
            make_message(rendered(subject=f"a{bad}b"))
        with pytest.raises(ValueError, match="token"):
            make_message(token=f"a{bad}b")

    @pytest.mark.parametrize("length", [1, 45, 50, 75, 300, 800])
    def test_the_way_to_unsubscribe_is_one_whole_line(self, length: int) -> None:
        token = "t" * length
        lines = make_message(token=token).split(b"\r\n")
        uri = f"<https://courier.example/unsubscribe/{token}>".encode()
        at = lines.index(b"List-Unsubscribe: " + uri)
        assert lines[at + 1] == b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"

    def test_a_line_that_no_relay_takes_is_refused(self) -> None:
        with pytest.raises(PublisherError, match="List-Unsubscribe"):
            make_message(token="t" * 1000)

    def test_the_date_is_the_slot_with_its_offset(self) -> None:
        assert read(make_message())["date"].datetime == SLOT
        odd = timezone(timedelta(hours=7, minutes=7, seconds=12))
        slot = datetime(2026, 1, 1, 7, 7, 12, tzinfo=odd)
        assert read(make_message(slot=slot))["date"] == "Thu, 01 Jan 2026 00:00:00 +0000"

    def test_ids_differ_by_newsletter_number_and_reader_alone(self) -> None:
        def message_id(**changes: Any) -> str:
            return str(read(make_message(**changes))["message-id"])

        ids = {
            message_id(),
            message_id(number=13),
            message_id(token="other"),
            message_id(newsletter=make_newsletter(name="daily")),
        }
        assert len(ids) == 4
        assert message_id() == message_id(slot=datetime(2020, 1, 1, tzinfo=UTC))
        assert "sample" not in message_id()


class TestBody:
    def test_text_first_then_html_with_the_readers_links(self) -> None:
        issue = draw()
        parsed = read(make_message(issue, token="reader-7"))
        text, html = parsed.iter_parts()
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert content(text) == fill(issue.text, token="reader-7", mail_url=SITE_URL)
        assert content(html).rstrip("\n") == fill(issue.html, token="reader-7", mail_url=SITE_URL)
        assert "reader.invalid" not in content(text) + content(html)

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("plain English", "quoted-printable"),
            ("naïve café, mostly Latin", "quoted-printable"),
            ("كلمات عربية كثيرة هنا https://x.example/", "base64"),
            ("日本語のとても長い文章です。" * 20, "base64"),
        ],
    )
    def test_encodings(self, text: str, encoding: str) -> None:
        parsed = read(make_message(rendered(text=text, html=f"<p>{text}</p>")))
        plain, html = parsed.iter_parts()
        assert plain["content-transfer-encoding"] == encoding
        assert html["content-transfer-encoding"] == "quoted-printable"
        assert content(plain) == text + "\n"
        assert content(html) == f"<p>{text}</p>\n"

    @pytest.mark.parametrize(
        "text",
        [".", "From here\n\n.\n..\n", "--=_\n--\n", "tail \n\tx\n", "a=b =3D", "x" * 5000, "\n"],
    )
    def test_any_text_comes_back(self, text: str) -> None:
        plain, html = read(make_message(rendered(text=text, html=text))).iter_parts()
        expected = text.rstrip("\n") + "\n"
        assert (content(plain), content(html)) == (expected, expected)

    def test_no_line_is_over_what_quoted_printable_and_base64_allow(self) -> None:
        for text in ("x" * 5000, "日本語" * 500, "é " * 3000):
            raw = make_message(rendered(text=text, html=text))
            body = raw.partition(b"\r\n\r\n")[2]
            assert max(len(line) for line in body.split(b"\r\n")) <= 76


class TestSamples:
    def test_files(self) -> None:
        issue = draw()
        files = sample_files(
            issue, number=12, slot=SLOT, newsletter=make_newsletter(), mail_url=SITE_URL
        )
        assert list(files) == list(SAMPLE_FILES) == ["email.html", "email.txt", "email.eml"]
        assert files["email.eml"] == make_message(issue)
        for name in ("email.html", "email.txt"):
            text = files[name].decode()
            assert f"{SITE_URL}unsubscribe/sample" in text
            assert "reader.invalid" not in text


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("a@x.example", "", "a@x.example"),
        ("The Courier <a@x.example>", "The Courier", "a@x.example"),
        ('"Courier, \\"The\\"" <a@x.example>', 'Courier, "The"', "a@x.example"),
        ("Courier, The <a@x.example>", "Courier, The", "a@x.example"),
        ("<a@x.example>", "", "a@x.example"),
    ],
)
def test_read_mailbox(text: str, name: str, email: str) -> None:
    assert read_mailbox(text) == Mailbox(name=name, email=email)


def test_read_mailbox_refuses() -> None:
    with pytest.raises(PublisherError):
        read_mailbox("nobody <")


def picture(data: bytes = b"\xff\xd8 a boat", **changes: Any) -> EmbeddedPicture:
    values = {
        "url": f"{SITE_URL}media/0123456789abcdef/boat.jpg",
        "path": "media/0123456789abcdef/boat.jpg",
        "media_type": "image/jpeg",
        "article": "tag:1",
        "hash": hash_of(data),
        "data": data,
    }
    return EmbeddedPicture(**(values | changes))


def showing(*pictures: EmbeddedPicture, html: str = "") -> RenderedIssue:
    shown = "".join(f'<img alt="" src="{one.url}" width="9" />' for one in pictures)
    return RenderedIssue(
        subject="Hello", html=f"<p>Hello</p>{shown}{html}", text="Hello\n", embedded=pictures
    )


class TestEmbedded:
    """Pictures inside the message (RFC 2387, RFC 2392)."""

    def test_html_and_pictures_are_one_alternative(self) -> None:
        logo = picture(
            b"\x89PNG",
            url=f"{SITE_URL}media/f/logo.png",
            path="media/f/logo.png",
            media_type="image/png",
        )
        parsed = read(make_message(showing(logo, picture())))
        assert parsed.get_content_type() == "multipart/alternative"
        text, related = parsed.iter_parts()
        assert (text.get_content_type(), content(text)) == ("text/plain", "Hello\n")
        assert related.get_content_type() == "multipart/related"
        assert related.get_param("type") == "text/html"
        assert related.get_param("start") is None, "the first part is the root (section 3.2)"
        assert related.get_boundary() != parsed.get_boundary()
        html, first, second = related.iter_parts()
        assert html.get_content_type() == "text/html"
        assert first["content-id"] == f"<{logo.hash}@courier.example>"
        assert first.get_content_type() == "image/png"
        assert first["content-disposition"] == 'inline; filename="logo.png"'
        assert first.get_content() == logo.data
        assert second["content-id"] == f"<{picture().hash}@courier.example>"
        assert second.get_content() == picture().data
        assert re.findall('src="([^"]*)"', content(html)) == [
            f"cid:{logo.hash}@courier.example",
            f"cid:{picture().hash}@courier.example",
        ]

    def test_headers_are_those_of_any_issue(self) -> None:
        plain, inside = (
            make_message(issue).partition(b"\r\n\r\n")[0]
            for issue in (rendered(), showing(picture()))
        )
        assert inside == plain

    def test_the_same_picture_is_there_once(self) -> None:
        again = picture(url=f"{SITE_URL}media/1/same.jpg", path="media/1/same.jpg")
        html, *parts = (
            read(make_message(showing(picture(), again, picture())))
            .get_body(("related",))
            .iter_parts()
        )
        assert [part["content-id"] for part in parts] == [f"<{again.hash}@courier.example>"]
        assert content(html).count(f'"cid:{again.hash}@courier.example"') == 3

    def test_what_is_not_embedded_keeps_its_address(self) -> None:
        other = f'<img src="https://o.example/a.jpg"><a href="{picture().url}">a</a>'
        related = read(make_message(showing(picture(), html=other))).get_body(("related",))
        html, _ = related.iter_parts()
        assert other in content(html)

    def test_the_web_copy_keeps_every_address(self) -> None:
        files = sample_files(
            showing(picture()),
            number=12,
            slot=SLOT,
            newsletter=make_newsletter(),
            mail_url=SITE_URL,
        )
        assert f'src="{picture().url}"' in files["email.html"].decode()
        assert b"cid:" not in files["email.html"]
        assert b"multipart/related" in files["email.eml"]

    @pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 100_000])
    def test_a_picture_of_any_size_arrives_as_it_was(self, size: int) -> None:
        data = bytes(n % 251 for n in range(size))
        related = read(make_message(showing(picture(data)))).get_body(("related",))
        _, part = related.iter_parts()
        assert part.get_content() == data

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("media/f/boat.jpg", "boat.jpg"),
            (f"media/f/{'a' * 200}.jpeg", f"{'a' * 55}.jpeg"),
            ('media/f/a"b\r\nBcc: x.png', "a-b-Bcc-x.png"),
        ],
    )
    def test_names_of_files_are_plain_and_short(self, path: str, name: str) -> None:
        raw = make_message(showing(picture(path=path)))
        _, part = read(raw).get_body(("related",)).iter_parts()
        assert part.get_filename() == name
        assert max(len(line) for line in raw.split(b"\r\n")) <= 78

    def test_content_ids_are_of_the_sender_s_domain_in_ascii(self) -> None:
        raw = make_message(showing(picture()), newsletter=make_newsletter(from_="n@büro.example"))
        _, part = read(raw).get_body(("related",)).iter_parts()
        assert part["content-id"] == f"<{picture().hash}@xn--bro-hoa.example>"
        assert f"cid:{picture().hash}@xn--bro-hoa.example" in content(read(raw).get_body(("html",)))

    def test_a_picture_is_laid_out_once_for_all_readers(self) -> None:
        data = bytes(range(256)) * 2000
        template: MessageTemplate = make_template(
            showing(
                picture(data), html=f'<a href="{SITE_URL}">https://reader.invalid/unsubscribe</a>'
            ),
            number=12,
            slot=SLOT,
            newsletter=make_newsletter(),
            mail_url=SITE_URL,
            token_length=6,
        )
        large = [piece for piece in template.between if len(piece) > 600_000]
        assert len(large) == 1
        for name in ("sample", "zzzzz1"):
            to = Mailbox(name="", email=f"{name}@x.example")
            filled = template.fill(to=to, token=name, identity=name)
            assert name.encode() in filled
            assert large[0] in filled
            read(filled)

    def test_no_more_than_there_is_room_for(self) -> None:
        heavy = [picture(bytes([n]) * 2_000_000, url=f"{SITE_URL}media/{n}.jpg") for n in range(5)]
        light = picture(b"light", url=f"{SITE_URL}media/light.jpg")
        again = picture(bytes([0]) * 2_000_000, url=f"{SITE_URL}media/again.jpg")
        kept = that_fit([*heavy, light, again])
        assert kept == (*heavy[:3], light, again), "the fourth and fifth would be too much"
        raw = make_message(showing(*kept, html="<p>" + "é" * 50_000))
        assert 8_000_000 < len(raw) < MOST_BYTES
