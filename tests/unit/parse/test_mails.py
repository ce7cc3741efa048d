"""What of a mail is the article, and what is its reader's own."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping

import pytest

from publisher.parse.headers.values import Items, Text
from publisher.parse.items import Item, ItemFound, Unreadable, Withheld
from publisher.parse.mails import Rules, Wanted, read_letter
from publisher.parse.mails.message import MOST_BYTES
from tests.mail_sources import READER, newsletter

ALL = Rules(wanted=Wanted())


def read(raw: bytes, rules: Rules = ALL) -> ItemFound:
    return read_letter(raw, rules, place="cur/1")


def item(raw: bytes, rules: Rules = ALL) -> Item:
    found = read(raw, rules)
    assert isinstance(found, Item), found
    return found


def fields(raw: bytes, rules: Rules = ALL) -> Mapping[str, object]:
    told: dict[str, object] = {}
    for key, value in item(raw, rules).fields:
        told[key.text] = value.text if isinstance(value, Text) else value
    return told


def message(*lines: str, body: str = "Text.") -> bytes:
    head = ["From: News <news@news.example>", "Date: Sun, 1 Nov 2026 09:30:00 +0000", *lines]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def of_html(html: str) -> str:
    return item(newsletter(html=f"<html><body>{html}</body></html>")).body


# ---------------------------------------------------------------- fields


def test_subjects_are_decoded_whatever_they_are_written_in() -> None:
    for written, shown in (
        ("=?utf-8?B?2YXYsdit2KjYpw==?=", "مرحبا"),
        ("=?iso-8859-1?Q?Caf=E9_=96_now?=", "Café – now"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?B?2YX!?=", "=?utf-8?B?2YX!?="),
        ("=?no-such?Q?a=E9?=", "aé"),
        ("Grüße", "Grüße"),
    ):
        told = fields(message(f"Subject: {written}"))["title"]
        assert told == shown or written.startswith("=?utf-8?B?2YX!"), (written, told)


def test_a_subject_cannot_add_a_field() -> None:
    raw = message("Subject: =?utf-8?Q?a=0D=0Adraft:_true?=")
    assert fields(raw)["title"] == "a draft: true"
    assert "draft" not in fields(raw)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Sun, 1 Nov 2026 09:30:00 +0700", "2026-11-01T09:30:00+07:00"),
        ("1 Nov 26 09:30 EST", "2026-11-01T09:30:00-05:00"),
        ("Sun, 1 Nov 2026 09:30:00 -0000", "2026-11-01T09:30:00+00:00"),
    ],
)
def test_dates_keep_their_offset(written: str, read_as: str) -> None:
    raw = message().replace(b"Sun, 1 Nov 2026 09:30:00 +0000", written.encode())
    assert fields(raw)["date"] == read_as


@pytest.mark.parametrize(
    "written", ["", "soon", "32 Nov 2026 10:00 +0000", "1 Jan 1890 00:00 +0000"]
)
def test_no_date_is_a_refusal_with_the_place(written: str) -> None:
    found = read(message().replace(b"Sun, 1 Nov 2026 09:30:00 +0000", written.encode()))
    assert isinstance(found, Unreadable)
    assert "cur/1" in found.problem.message
    assert found.problem.mend


def test_an_author_is_a_name_and_no_address_unless_told() -> None:
    raw = newsletter(sender="Editors <desk@news.example>")
    authors = fields(raw)["authors"]
    assert isinstance(authors, Items)
    assert "desk@" not in repr(authors)
    told = fields(raw, Rules(wanted=Wanted(), addresses=True))["authors"]
    assert "desk@news.example" in repr(told)
    assert "authors" not in fields(newsletter(sender="desk@news.example"))
    assert "authors" not in fields(newsletter(sender='"desk@news.example" <desk@news.example>'))


def test_list_language_and_archive() -> None:
    raw = newsletter(
        Content_Language="id, en", Archived_At="<https://news.example/2026/boats?utm_source=x>"
    )
    told = fields(raw)
    assert told["language"] == "id"
    assert told["url"] == "https://news.example/2026/boats"
    assert "The News" in repr(told["tags"])
    assert "url" not in fields(newsletter(Archived_At="<javascript:alert(1)>"))
    assert "url" not in fields(newsletter(Archived_At=f"<https://news.example/{READER}>"))


def test_names_are_message_ids_and_never_the_reader() -> None:
    assert item(newsletter()).name == "one@news.example"
    for told in ("", f"<x-{READER}>", f"<{'x' * 300}@a>"):
        assert item(newsletter(message_id=told)).name.startswith("mail-"), told


# ---------------------------------------------------------------- which mails


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic reply"),
        ({"Precedence": "auto_reply"}, "automatic reply"),
        ({"sender": "MAILER-DAEMON@mx.example"}, "report about mail"),
        ({"text": "-----BEGIN PGP MESSAGE-----\n\nabc", "html": ""}, "is encrypted"),
    ],
)
def test_what_is_no_newsletter_is_left(header: dict[str, str], why: str) -> None:
    found = read(newsletter(**header))  # type: ignore[arg-type]
    assert isinstance(found, Withheld)
    assert why in found.why


def test_auto_generated_is_what_newsletters_are() -> None:
    assert item(newsletter(Auto_Submitted="auto-generated"))


def test_signed_mails_are_read_and_locked_ones_left() -> None:
    inner = "Content-Type: text/plain\r\n\r\nIn the clear.\r\n"
    signature = "Content-Type: application/pgp-signature; name=a.asc\r\n\r\nxx\r\n"
    signed = message(
        'Content-Type: multipart/signed; boundary="b"',
        body=f"--b\r\n{inner}--b\r\n{signature}--b--\r\n",
    )
    assert "In the clear." in item(signed).body
    assert item(signed).warnings == ()
    for kind in ("multipart/encrypted; boundary=b", "application/pkcs7-mime; smime-type=x"):
        assert isinstance(read(message(f"Content-Type: {kind}")), Withheld)
    clear = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello.\n"
    clear += "-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n"
    assert item(message(body=clear)).body == "<p>Hello.</p>"


@pytest.mark.parametrize(
    ("results", "is_taken"),
    [
        ("mx.me.example; dmarc=pass header.from=news.example", True),
        ("mx.me.example; dkim=pass header.d=news.example", True),
        ("mx.me.example; dkim=pass header.d=evil.example", False),
        ("mx.me.example; dkim=fail header.d=news.example; spf=pass", False),
        ("mx.evil.example; dmarc=pass", False),
        ("mx.me.example; none (dmarc=pass)", False),
        ("", False),
    ],
)
def test_a_forged_sender_is_told_by_the_server(results: str, is_taken: bool) -> None:
    rules = Rules(wanted=Wanted(senders=("news.example",), verified_by="mx.me.example"))
    head = [f"Authentication-Results: {results}"] if results else []
    forged = "Authentication-Results: mx.me.example; dmarc=pass"
    found = read(message(*head), rules)
    assert isinstance(found, Item) is is_taken
    if results.startswith("mx.me"):  # what stands below the server's own word was sent
        assert isinstance(read(message(*head, forged), rules), Item) is is_taken


# ---------------------------------------------------------------- text


def test_plain_text_flows_and_ends_at_the_signature() -> None:
    raw = message(
        "Content-Type: text/plain; charset=utf-8; format=flowed",
        body="One long \r\nline.\r\n\r\n> quoted \r\n> on\r\n\r\n-- \r\nJane\r\n+62 1\r\n",
    )
    assert item(raw).body == "<p>One long line.</p>\n<blockquote><p>quoted on</p></blockquote>"


def test_quoted_printable_and_charsets() -> None:
    for charset, data in (
        ("iso-8859-15", "Preis: 5 €".encode("iso-8859-15")),
        ("windows-1251", "Привет".encode("cp1251")),
        ("gb2312", "中文".encode("gb18030")),
        ("no-such", "Grüße".encode()),
        ("us-ascii", "Grüße".encode("cp1252")),
    ):
        body = base64.encodebytes(data).decode()
        head = f"Content-Type: text/plain; charset={charset}"
        told = item(message(head, "Content-Transfer-Encoding: base64", body=body)).body
        assert told in ("<p>Preis: 5 €</p>", "<p>Привет</p>", "<p>中文</p>", "<p>Grüße</p>"), (
            charset
        )
    head = (
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    )
    assert item(message(*head, body="Gr=C3=BC=C3=9Fe =\r\nalle")).body == "<p>Grüße alle</p>"


def test_html_in_plain_text_is_text() -> None:
    assert "&lt;script&gt;" in item(message(body="<script>alert(1)</script>")).body


def test_plain_lines_about_leaving_go() -> None:
    body = (
        "News.\n\nUnsubscribe: https://n.example/u?id=1\n\nTo leave:\nhttps://n.example/optout/9\n"
    )
    assert "n.example" not in item(message(body=body)).body
    assert "News." in item(message(body=body)).body


# ---------------------------------------------------------------- what counts and what is personal


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://a.example/x.png" width="1" height="1">',
        '<img src="https://a.example/x.png" style="width:1px;height:1px">',
        '<img src="https://a.example/x.png" style="display:none">',
        '<img src="https://a.example/wf/open?upn=abc">',
        '<img src="https://a.list-manage.com/track/open.php?u=1">',
        f'<img src="https://a.example/x.png/{READER}">',
        '<img src="cid:nothing">',
        '<div style="visibility: hidden"><img src="https://a.example/x.png"></div>',
        '<p hidden><img src="https://a.example/x.png"></p>',
    ],
)
def test_pictures_that_count_are_removed(picture: str) -> None:
    assert of_html(f"<p>Text</p>{picture}") == "<p>Text</p>"


@pytest.mark.parametrize(
    "words",
    [
        "Unsubscribe", "Manage preferences", "View this email in your browser", "Abmelden",
        "Im Browser ansehen", "Se désabonner", "Voir dans votre navigateur", "Darse de baja",
        "Cancelar inscrição", "Berhenti berlangganan", "Lihat di peramban", "Отписаться",
        "Abonelikten çık", "إلغاء الاشتراك", "सदस्यता रद्द करें", "退订", "取消訂閱", "配信停止",
        "ブラウザで見る", "수신거부", "Disiscriviti", "Uitschrijven",
    ],
)  # fmt: skip
def test_links_for_the_reader_go_in_any_language(words: str) -> None:
    told = of_html(f'<p>News.</p><p><a href="https://a.example/x/7">{words}</a> | x</p>')
    assert told == "<p>News.</p>"


def test_the_way_out_that_the_list_names_goes_whatever_it_is_called() -> None:
    told = of_html('<p>News.</p><p>Bye: <a href="https://news.example/u/abc">here</a></p>')
    assert told == "<p>News.</p>"


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/unsubscribe/77",
        "https://a.example/email-preferences?x=1",
        f"https://a.example/{READER}/x",
        f"https://a.example/{hashlib.md5(READER.encode()).hexdigest()}",
        f"https://a.example/{base64.b64encode(READER.encode()).decode().rstrip('=')}",
        f"mailto:list-leave-{READER.replace('@', '=')}@a.example",
    ],
)
def test_personal_addresses_become_text(address: str) -> None:
    told = of_html(f'<p>See <a href="{address}">the word</a> here.</p>')
    assert told == "<p>See the word here.</p>"


def test_an_article_about_unsubscribing_keeps_its_words() -> None:
    told = of_html(
        "<p>Editors ask why people <a href='https://a.example/2026/unsubscribe-culture'>unsubscribe"
        " from newsletters</a> these days, and what can be done about that. It is a long story, and"
        " it begins with the first of them.</p>"
    )
    assert "why people unsubscribe from newsletters these days" in told


def test_what_counts_goes_from_addresses_and_the_rest_stays() -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjo3fQ.abc"
    for query, left in (
        ("id=7&utm_source=a&utm_medium=b", "?id=7"),
        ("mc_eid=abc", ""),
        ("utm_source=substack&r=1abc", ""),
        ("r=7", "?r=7"),
        (f"j={jwt}&p=2", "?p=2"),
        (f"who={READER.replace('@', '%40')}", ""),
        ("q=a+b&x=%2F", "?q=a+b&x=%2F"),
    ):
        told = of_html(f'<p><a href="https://a.example/b?{query}">x</a></p>')
        assert f'href="https://a.example/b{left.replace("&", "&amp;")}"' in told, (query, told)


def test_the_reader_is_named_nowhere() -> None:
    rules = Rules(wanted=Wanted(), words=("Janie",))
    raw = newsletter(
        subject=f"For {READER}",
        html=f"<p title='{READER}'>Dear Jane Doe ({READER.upper()}), or Janie: mailbox</p>",
        text="x",
    )
    found = item(raw, rules)
    told = repr(found).lower()
    assert READER not in told
    assert "jane doe" not in told
    assert "janie" not in told


def test_a_list_s_own_address_is_no_reader() -> None:
    raw = newsletter(
        to="list@news.example",
        List_Post="<mailto:list@news.example>",
        html="<p>list@news.example</p>",
    )
    assert item(raw).body == "<p>list@news.example</p>"


def test_addresses_that_only_the_server_wrote_are_the_reader_s() -> None:
    raw = newsletter(
        to="undisclosed-recipients:;",
        Delivered_To="secret@me.example",
        Received="from a by b for <other@me.example>; Sun, 1 Nov 2026 09:30:00 +0000",
        html="<p>secret@me.example other@me.example</p>",
    )
    assert item(raw).body == "<p>… …</p>"


# ---------------------------------------------------------------- layout


def test_tables_that_only_place_are_taken_apart() -> None:
    told = of_html(
        '<table><tr><td width="50">&nbsp;</td><td><table><tr><td><h2>A</h2><p>One</p></td></tr>'
        "</table></td></tr></table>"
    )
    assert "<table" not in told
    assert "<h2>A</h2>" in told


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><th>A</th><td>1</td></tr></table>",
        "<table><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>",
    ],
)
def test_tables_that_tell_something_stay(table: str) -> None:
    assert of_html(f"<p>x</p>{table}").endswith(table)


def test_attached_files_are_named_and_pictures_shown() -> None:
    picture = (
        "Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nxx\r\n"
    )
    file = 'Content-Type: application/pdf; name="../price list.pdf"\r\n\r\nxx\r\n'
    text = "Content-Type: text/plain\r\n\r\nText\r\n"
    found = item(
        message(
            'Content-Type: multipart/mixed; boundary="b"',
            body=f"--b\r\n{text}--b\r\n{picture}--b\r\n{file}--b--\r\n",
        )
    )
    assert 'alt="a.png"' in found.body
    assert found.warnings == ("attached and left out: 'price list.pdf'",)


# ---------------------------------------------------------------- hostile


def nested(depth: int) -> bytes:
    raw = b"From: a@b.example\r\n"
    for i in range(depth):
        raw += b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (i, i)
    return raw


def bombs() -> dict[str, bytes]:
    head = b"From: a@b.example\r\nDate: Sun, 1 Nov 2026 09:30:00 +0000\r\n"
    many = b"".join(b"--b\r\n\r\nx\r\n" for _ in range(50_000))
    wrapped = head
    for _ in range(400):
        wrapped += b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n"
    return {
        "deep": nested(3000),
        "messages": wrapped,
        "parts": head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + many,
        "header": head + b"X: y\r\n" * 100_000 + b"\r\nx",
        "field": head + b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nx",
        "to": head + b"To: " + b"a@b.example, " * 50_000 + b"\r\n\r\nx",
        "brackets": head + b"To: " + b"(" * 50_000 + b"\r\n\r\nx",
        "open": head + b"Content-Type: text/html\r\n\r\n" + b"<div><a href=x>" * 60_000,
        "tables": head + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 60_000,
        "lines": head + b"\r\n" + b">" * 100_000 + b" a\r\n" * 20_000,
        "base64": head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=" * 500_000,
        "references": head + b"References: " + b"<a@b>\r\n " * 1500 + b"\r\n\r\nx",
        "words": head + b"\r\n" + b"view " * 200_000,
        "nothing": b"",
        "noise": bytes(range(256)) * 40,
    }


@pytest.mark.parametrize("name", bombs())
def test_bombs_end_soon(name: str) -> None:
    began = time.process_time()
    found = read(bombs()[name])
    assert time.process_time() - began < 4
    if isinstance(found, Unreadable):
        assert found.problem.mend


def test_what_is_too_large_is_refused() -> None:
    found = read(message(body="x" * MOST_BYTES))
    assert isinstance(found, Unreadable)
    assert "larger than 32 MiB" in found.problem.message


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="jAva\tscript:alert(1)">x</a>',
        "<svg onload=alert(1)>",
        '<iframe srcdoc="<script>alert(1)</script>">',
        "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
        '<div style="background:url(javascript:alert(1))">x</div>',
        "<!--[if mso]><script>alert(1)</script><![endif]-->",
    ],
)
def test_what_runs_is_text_or_nothing_after_the_sanitiser(attack: str) -> None:
    from publisher.parse.clean.sanitise import sanitise

    clean = sanitise(
        of_html(f"<p>Text</p>{attack}"),
        base_url="https://a.example/b/",
        site_url="https://a.example/",
        folder="",
        look_up=lambda _: None,
    ).html.lower()
    for what in ("<script", "onerror", "onload", "javascript:", "<iframe", "<svg", "style="):
        assert what not in clean, clean
