"""For each check of issues what it finds fault with, and what comes close and is good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from publisher.preflight import Judgement
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT, make_digest
from tests.preflight_picture_cases import look, pictures
from tests.preflight_samples import (
    BOAT,
    ENTRIES,
    LINK,
    PATHS,
    PLACE,
    REASON,
    UNSUBSCRIBE,
    Case,
    add,
    embed,
    link,
    make_proof,
    picture,
    swap,
    swap_bytes,
)
from tests.preflight_word_cases import articles, words


def cases() -> Iterator[Case]:
    yield from size()
    yield from message()
    yield from subject()
    yield from links()
    yield from pictures()
    yield from look()
    yield from words()
    yield from articles()


def size() -> Iterator[Case]:
    long = "<!-- {} -->".format("x" * 90_000)
    far = swap("<div aria-label", "<!-- {} --><div aria-label".format("x" * 100_000))
    too_long = "<!-- {} -->".format("x" * 100_000)
    yield Case("html-size", make_proof(html=add(too_long)), make_proof(html=add("é" * 40_000)))
    yield Case("message-size", make_proof(html=add("é" * 30_000)), make_proof(html=add(long)))
    yield Case(
        "message-size",
        make_proof(embedded=(embed(760_000),)),
        make_proof(embedded=(embed(680_000),)),
        "with a picture inside",
    )
    yield Case("unsubscribe-shown", make_proof(html=far), make_proof(html=add(long)), "cut off")
    yield Case(
        "unsubscribe-shown",
        make_proof(html=swap(UNSUBSCRIBE, SITE_URL)),
        make_proof(html=swap(">Unsubscribe<", ">Berhenti<")),
        "no link",
    )
    yield Case(
        "unsubscribe-shown",
        make_proof(html=swap(f'<a href="{UNSUBSCRIBE}"', f'<a hidden href="{UNSUBSCRIBE}"')),
        make_proof(),
        "hidden",
    )
    yield Case(
        "unsubscribe-shown", make_proof(html=swap(">Unsubscribe<", "><")), make_proof(), "no words"
    )
    yield Case("postal-address-shown", make_proof(html=far), make_proof(html=add(long)), "cut off")
    yield Case(
        "postal-address-shown",
        make_proof(html=swap("1 Pier Road, Example Harbour", "")),
        make_proof(html=swap("1 Pier Road, Example", "1 Pier\n <b>Road, </b>Example")),
    )
    yield Case("reason-shown", make_proof(html=far), make_proof(reason=""), "cut off")
    yield Case("reason-shown", make_proof(html=swap(REASON, "Hello.")), make_proof())
    yield Case(
        "unsubscribe-in-text",
        make_proof(text=swap(UNSUBSCRIBE, "")),
        make_proof(text=swap("1 Pier Road, Example Harbour", "1 Pier Road,\nExample Harbour")),
    )
    yield Case(
        "unsubscribe-in-text", make_proof(text=swap("1 Pier Road", "")), make_proof(), "address"
    )
    yield Case("web-version", make_proof(html=swap(SITE_URL + PLACE, SITE_URL)), make_proof())


def message() -> Iterator[Case]:
    yield Case(
        "message-form",
        make_proof(message=swap_bytes(b"Precedence:", b"Subject: again\r\nPrecedence:")),
        make_proof(message=swap_bytes(b"Precedence:", b"X-Note: again\r\nPrecedence:")),
    )
    yield Case(
        "message-form",
        make_proof(message=swap_bytes(b"multipart/alternative", b"multipart/mixed")),
        make_proof(),
        "kind",
    )
    yield Case(
        "message-form",
        make_proof(
            embedded=(embed(),), message=swap_bytes(b"multipart/related", b"multipart/mixed")
        ),
        make_proof(embedded=(embed(),)),
        "kind of what holds pictures",
    )
    yield Case(
        "message-form",
        make_proof(embedded=(embed(),), message=swap_bytes(b"image/jpeg", b"text/html")),
        make_proof(embedded=(embed(),), message=swap_bytes(b"image/jpeg", b"image/gif")),
        "beside the HTML",
    )
    yield Case(
        "message-form",
        make_proof(embedded=(embed(),), message=swap_bytes(b' type="text/html";', b"")),
        make_proof(embedded=(embed(),), message=swap_bytes(b'"text/html";', b"text/html;")),
        "related to what",
    )
    yield Case(
        "line-length",
        make_proof(message=swap_bytes(b"Precedence: bulk", b"X-A: " + b"a" * 1000)),
        make_proof(message=swap_bytes(b"Precedence: bulk", b"X-A: " + b"a" * 900)),
    )
    yield Case(
        "line-length",
        make_proof(message=swap_bytes(b"Precedence: bulk\r\n", b"Precedence: bulk\n")),
        make_proof(),
        "line feeds",
    )
    yield Case(
        "line-length",
        make_proof(message=swap_bytes(b"bulk", b"b\xc3\xbclk")),
        make_proof(),
        "8-bit",
    )
    yield Case(
        "header-line-length",
        make_proof(message=swap_bytes(b"Precedence: bulk", b"X-A: " + b"a b " * 20)),
        make_proof(message=swap_bytes(b"Precedence: bulk", b"X-A: " + b"a" * 80)),
    )
    yield Case(
        "list-unsubscribe",
        make_proof(message=swap_bytes(b"List-Unsubscribe: <", b"List-Unsubscribe:\r\n <")),
        make_proof(mail_url=f"https://courier.example/{'a' * 300}/"),
    )
    yield Case(
        "list-unsubscribe",
        make_proof(message=swap_bytes(b"=One-Click", b"=one-click")),
        make_proof(),
        "post",
    )
    yield Case(
        "one-click-https",
        make_proof(mail_url="http://mail.courier.example/"),
        make_proof(mail_url="https://mail.courier.example/"),
    )
    yield Case(
        "freemail-sender",
        make_proof(newsletter=make_newsletter(from_="The Courier <courier@GMail.com>")),
        make_proof(newsletter=make_newsletter(from_="gmail.com <gmail@courier.example>")),
    )
    yield Case(
        "no-reply-sender",
        make_proof(newsletter=make_newsletter(from_="no-reply@courier.example")),
        make_proof(
            newsletter=make_newsletter(
                from_="no-reply@courier.example", reply_to="norma@courier.example"
            )
        ),
    )
    yield Case(
        "date-in-the-future",
        make_proof(now=SLOT - timedelta(hours=1)),
        make_proof(now=SLOT - timedelta(minutes=1)),
    )
    yield Case(
        "spam-score",
        make_proof(judgement=Judgement(score=2.5, rules=("SUBJ_ALL_CAPS",))),
        make_proof(judgement=Judgement(score=1.0, rules=("HTML_MESSAGE",))),
    )


def subject() -> Iterator[Case]:
    yield Case("subject-missing", make_proof(subject="\u200b "), make_proof(subject="9"))
    yield Case("subject-length", make_proof(subject="船" * 61), make_proof(subject="x" * 120))
    yield Case(
        "subject-shouting",
        make_proof(subject="THE WEEKLY COURIER: A BOAT"),
        make_proof(subject="UNICEF and NASA agree"),
    )
    yield Case(
        "subject-shouting",
        make_proof(subject="A boat!!!"),
        make_proof(subject="A boat! A boat!"),
        "marks",
    )
    yield Case(
        "subject-shouting",
        make_proof(subject="Re: your boat"),
        make_proof(subject="Reports: your boat"),
        "answer",
    )
    hidden = "display:none;mso-hide:all;max-height:0;overflow:hidden"
    yield Case(
        "preheader-missing",
        make_proof(html=swap(hidden, "font-size:16px")),
        make_proof(digest=make_digest(*ENTRIES, preheader="9")),
    )
    yield Case("preheader-missing", make_proof(make_digest(*ENTRIES, preheader="")), make_proof())
    yield Case(
        "preheader-is-subject",
        make_proof(make_digest(*ENTRIES, preheader="A BOAT")),
        make_proof(make_digest(*ENTRIES, preheader="A boat and a pier")),
    )


def links() -> Iterator[Case]:
    yield Case("dead-link", link(SITE_URL + "2026/11/01/gone/"), link(SITE_URL))
    yield Case("dead-link", link(SITE_URL + "2026/11/01/3"), link(SITE_URL + "2026/11/01/2"))
    yield Case(
        "dead-link",
        link("#below"),
        make_proof(html=add('<p id="below">x</p>' + LINK.format("#below", "see below"))),
        "within",
    )
    yield Case(
        "dead-link",
        make_proof(paths=PATHS - {"2026/11/01/2/index.html"}),
        make_proof(paths=None),
        "not known",
    )
    yield Case("dead-link", link(SITE_URL + "x/"), link("https://other.example/x/"), "elsewhere")
    yield Case("relative-link", link("/2026/11/01/2/"), link("mailto:desk@courier.example"))
    yield Case("relative-link", link("//courier.example/"), link("tel:+62123"), "no scheme")
    yield Case("relative-link", link("https:///a"), make_proof(), "no host")
    yield Case("relative-link", link("https://[a/"), make_proof(), "no address")
    yield Case(
        "relative-link",
        picture('src="media/a.png" alt="A" width="9" height="9"'),
        picture(f'src="{SITE_URL}{BOAT.path}" alt="A boat" width="9"'),
        "picture",
    )
    yield Case(
        "relative-link",
        picture('src="cid:a@courier.example" alt="A" width="9"'),
        make_proof(embedded=(embed(),)),
        "part of the message",
    )
    yield Case("unsafe-link", link("java\nscript:alert(1)"), link("https://javascript.example/"))
    yield Case("http-link", link("http://other.example/"), link("https://http.example/?a=http:"))
    yield Case("local-link", link("https://localhost:8000/a"), link("https://local.example/"))
    yield Case("local-link", link("https://192.168.1.7/"), link("https://1.1.1.1/"), "address")
    yield Case("shortened-link", link("https://bit.ly/3x"), link("https://abit.ly/3x"))
    yield Case(
        "deceiving-link",
        link("https://other.example/", "https://bank.example/login"),
        link("https://login.bank.example/", "www.bank.example."),
    )
    yield Case(
        "deceiving-link",
        link("https://other.example/", "bank.com"),
        link("https://other.example/", "README.md"),
        "bare",
    )
    yield Case(
        "deceiving-link",
        link("https://bank.example@other.example/"),
        link("https://other.example/@bank.example"),
        "at sign",
    )
    yield Case("link-text", link(SITE_URL, ""), link(SITE_URL, "🎉"))
    yield Case("link-text", link(SITE_URL, "Here …"), link(SITE_URL, "here at home"), "here")
    yield Case(
        "link-text",
        link(SITE_URL, f'<img src="{SITE_URL}{BOAT.path}" alt="" width="9">'),
        link(SITE_URL, f'<img src="{SITE_URL}{BOAT.path}" alt="Home" width="9">'),
        "picture",
    )
    yield Case(
        "tracking",
        link("https://other.example/?a=1&utm_source=mail"),
        link("https://other.example/utm_source=mail"),
    )
    yield Case(
        "tracking",
        picture('src="https://other.example/o.gif" alt="" width="1" height="1"'),
        picture('src="https://other.example/o.gif" alt="" width="8" height="1"'),
        "pixel",
    )
