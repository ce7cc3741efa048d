"""For each check of issues what it finds fault with, and what comes close and is good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from publisher.model import Digest
from publisher.preflight import Judgement, Proof
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT, make_digest
from tests.preflight_samples import (
    BOAT,
    ENTRIES,
    PATHS,
    REASON,
    add,
    embed,
    entries,
    make_proof,
    style,
    swap,
    swap_bytes,
)

LINK = '<a href="{}" style="color:#1d1b18">{}</a>'
PLACE = "newsletters/weekly/12/"
UNSUBSCRIBE = "https://reader.invalid/unsubscribe"


@dataclass(frozen=True)
class Case:
    """A check, a proof that it finds fault with, one that it does not, and what else differs."""

    check: str
    bad: Proof
    good: Proof
    about: str = ""

    def __str__(self) -> str:
        return f"{self.check} {self.about}".strip()


def link(url: str, words: str = "the harbour office") -> Proof:
    return make_proof(html=add(LINK.format(url, words)))


def picture(attributes: str, **changes: object) -> Proof:
    return make_proof(html=add(f"<img {attributes}>"), **changes)


def paragraph(css: str, words: str = "Some words.") -> Proof:
    return make_proof(html=add(f'<p style="{css}">{words}</p>'))


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


def pictures() -> Iterator[Case]:
    boat = f'src="{SITE_URL}{BOAT.path}"'
    yield Case("alt-missing", picture(f'{boat} width="9"'), picture(f'{boat} width="9" alt=""'))
    yield Case(
        "alt-empty",
        make_proof(entries({"picture": replace(ENTRIES[0].picture, alt="")})),
        picture(f'{boat} alt="" height="32"'),
    )
    for bad, good in (
        ("DSC_0042.JPG", "The DSC_0042.JPG of a boat"),
        ("IMG 1234", "Image of a boat in 1234"),
    ):
        yield Case(
            "alt-file-name",
            picture(f'{boat} width="9" alt="{bad}"'),
            picture(f'{boat} width="9" alt="{good}"'),
            bad,
        )
    yield Case(
        "dead-picture",
        make_proof(paths=PATHS - {BOAT.path}),
        picture('src="https://other.example/a.png" alt="A" width="9"'),
    )
    heavy, wide = replace(BOAT, length=200_001), replace(BOAT, width=1201)
    yield Case(
        "picture-weight",
        make_proof(pictures={BOAT.path: heavy}),
        make_proof(pictures={BOAT.path: replace(BOAT, length=200_000)}),
    )
    many = {f"media/{i}.png": replace(BOAT, length=190_000) for i in range(6)}
    shown = "".join(f'<img src="{SITE_URL}{path}" alt="A" width="9">' for path in many)
    yield Case(
        "picture-weight",
        make_proof(html=add(shown), pictures=many),
        make_proof(html=add(shown), pictures={}),
        "together",
    )
    yield Case("picture-size", make_proof(pictures={BOAT.path: wide}), make_proof())
    yield Case(
        "picture-size",
        make_proof(pictures={BOAT.path: replace(BOAT, width=300)}),
        make_proof(pictures={BOAT.path: replace(BOAT, width=0)}),
        "too small",
    )
    yield Case(
        "picture-size",
        picture('src="https://other.example/a.png" alt="A" style="width:100%"'),
        picture('src="https://other.example/a.png" alt="A" height="32"'),
        "unsaid",
    )
    yield Case(
        "picture-size",
        picture('src="https://other.example/a.png" alt="A" width="601"'),
        picture('src="https://other.example/a.png" alt="A" width="600"'),
        "too wide",
    )
    yield Case(
        "picture-format",
        picture('src="https://other.example/a.webp?x" alt="A" width="9"'),
        picture('src="https://other.example/webp" alt="A" width="9"'),
    )
    yield Case(
        "picture-format",
        make_proof(pictures={BOAT.path: replace(BOAT, media_type="image/svg+xml")}),
        make_proof(),
        "known",
    )
    yield Case(
        "picture-data",
        picture('src="data:image/png;base64,AAAA" alt="A" width="9"'),
        picture('src="https://data.example/image.png" alt="A" width="9"'),
    )
    yield from inside()
    row = "".join(
        f'<img src="https://o.example/{i}.png" alt="A" width="90" height="90">' for i in range(9)
    )
    yield Case(
        "text-beside-pictures",
        make_proof(html=add(row)),
        make_proof(html=add(row.replace("90", "20"))),
    )


def inside() -> Iterator[Case]:
    id_ = f"{embed().hash}@courier.example"
    other, part = embed(30_000), f"Content-ID: <{id_}>".encode()
    yield Case(
        "picture-inside",
        picture('src="cid:a@courier.example" alt="A" width="9"'),
        picture(f'src="{SITE_URL}{BOAT.path}" alt="A" width="9"', embedded=(embed(),)),
    )
    yield Case(
        "picture-inside",
        make_proof(embedded=(embed(),), message=swap_bytes(part, b"Content-ID: <a@b.example>")),
        make_proof(embedded=(embed(),)),
        "another part",
    )
    yield Case(
        "picture-inside",
        make_proof(embedded=(embed(), replace(other, url=f"{SITE_URL}media/other.jpg"))),
        make_proof(
            embedded=(embed(), replace(other, url=f"{SITE_URL}media/other.jpg")),
            html=add(f'<!--[if mso]><img src="{SITE_URL}media/other.jpg"><![endif]-->'),
        ),
        "that nothing names",
    )
    yield Case(
        "picture-inside",
        make_proof(
            embedded=(embed(), replace(other, url=f"{SITE_URL}media/other.jpg")),
            message=swap_bytes(b"Content-ID: <" + other.hash.encode(), part.partition(b"@")[0]),
        ),
        make_proof(
            embedded=(embed(), replace(embed(), url=f"{SITE_URL}media/other.jpg")),
            html=add(f'<img src="{SITE_URL}media/other.jpg" alt="A" width="9">'),
        ),
        "twice",
    )
    wants = make_newsletter(embed=True)
    yield Case(
        "picture-outside",
        make_proof(newsletter=wants),
        make_proof(newsletter=wants, embedded=(embed(),)),
    )
    yield Case(
        "picture-outside",
        picture(
            'src="https://o.example/a.png" alt="A" width="9"',
            newsletter=wants,
            embedded=(embed(),),
        ),
        picture('src="https://o.example/a.png" alt="A" width="9"', embedded=(embed(),)),
        "elsewhere",
    )


def look() -> Iterator[Case]:
    yield Case("contrast-light", paragraph("color:#808080"), paragraph("color:#5b564d"))
    yield Case(
        "contrast-light",
        paragraph("color:#fff;font-size:30px"),
        paragraph("color:#808080;font-size:24px"),
        "large",
    )
    yield Case(
        "contrast-light",
        paragraph("color:white", "<b style='color:rgb(200, 200, 200)'>x</b>"),
        paragraph("color:white;background:#000"),
        "ground",
    )
    yield Case(
        "contrast-light",
        make_proof(html=style("div h1 { color: #aaa !important }")),
        make_proof(html=style("div h1:hover { color: #aaa } h2 > h1 { color: #bbb }")),
        "sheet",
    )
    yield Case(
        "contrast-dark",
        make_proof(html=add('<div style="color:#1d1b18">Some words.</div>')),
        make_proof(html=add('<p style="color:#1d1b18">Some words.</p>')),
    )
    dark = "@media (prefers-color-scheme: dark)"
    yield Case(
        "contrast-dark",
        make_proof(html=style(dark + " { h1 { color: #222 !important } }")),
        make_proof(
            html=style(
                dark + " { h1 { color: #222 } } @media print { h1 { color: #222 !important } }"
            )
        ),
        "sheet",
    )
    yield Case("dark-scheme", make_proof(html=swap(dark, "@media print")), make_proof())
    yield Case("font-size", paragraph("font-size:13.5px"), paragraph("font-size:14px"))
    yield Case(
        "font-size",
        paragraph("font-size:10pt", "Some <small>words</small>"),
        paragraph("font-size:0.9em"),
        "units",
    )
    yield Case("font-size", paragraph("font-size:0"), paragraph("font-size:0;display:none"), "none")
    yield Case("too-wide", paragraph("width:700px"), paragraph("max-width:700px;width:100%"))
    yield Case(
        "too-wide",
        make_proof(html=add('<table role="presentation" width="640"></table>')),
        make_proof(html=add('<table role="presentation" width="600"></table>')),
        "attribute",
    )
    remote = "https://fonts.example/a.woff2"
    yield Case(
        "remote-style",
        make_proof(html=style(f"@font-face {{ font-family: A; src: url({remote}) }}")),
        make_proof(html=style("@font-face { font-family: A; src: local(Arial) }")),
    )
    yield Case(
        "remote-style",
        make_proof(html=swap("</head>", f'<link rel="stylesheet" href="{remote}"></head>')),
        make_proof(html=add(f"<!-- @import url({remote}) -->")),
        "link",
    )
    yield Case(
        "remote-style",
        paragraph(f"background:url('{remote}')"),
        paragraph("background:none"),
        "url",
    )
    rule = "p.a { margin: 0 }\n"
    yield Case("style-size", make_proof(html=style(rule * 900)), make_proof(html=style(rule * 90)))
    yield Case("style-size", make_proof(html=add(f"<style>{rule}</style>")), make_proof(), "body")
    for bad, good in (
        ("<form></form>", "<p>form</p>"),
        ("<p onclick='a()'>x</p>", "<p title='onclick'>x</p>"),
        ("<script>1</script>", "<p>script</p>"),
        ("<iframe src='https://other.example/'></iframe>", "<!-- <iframe> -->"),
        ("<svg></svg>", "<p>svg</p>"),
    ):
        yield Case("forbidden-element", make_proof(html=add(bad)), make_proof(html=add(good)), bad)
    yield Case(
        "forbidden-element",
        make_proof(html=swap("</head>", '<meta http-equiv="refresh" content="0"></head>')),
        make_proof(),
        "refresh",
    )
    yield Case("headings", make_proof(html=add("<h1>x</h1>")), make_proof(html=add("<h2>x</h2>")))
    yield Case(
        "table-role",
        make_proof(html=add("<table><tr><td>x</td></tr></table>")),
        make_proof(html=add("<table><tr><th>x</th></tr></table>")),
    )


def words() -> Iterator[Case]:
    for left in (
        "{{ name }}",
        "{% if %}",
        "%(title)s",
        "\\u{200d}",
        "by None",
        "undefined",
        "*|FNAME|*",
        "[object Object]",
        "https://reader.invalid/x",
        "${name}",
    ):
        said = entries({"title": f"About {left} and so on"})
        bad = make_proof(html=add(f"<p>{left}</p>"))
        yield Case("left-over-placeholder", bad, make_proof(said), left)
    yield Case(
        "left-over-placeholder",
        make_proof(subject="Weekly: {{ title }}"),
        make_proof(html=add("<p>Everyone and Nonesuch, {x} 100%</p>")),
        "subject",
    )
    yield Case(
        "left-over-placeholder",
        make_proof(text=swap("Unsubscribe", "%(count)s")),
        make_proof(html=add("<p>{{ lantern }}</p>"), said=("They write {{ lantern }} here.",)),
        "text",
    )
    yield Case(
        "left-over-placeholder",
        link(SITE_URL + "%7B%7B%20url"),
        make_proof(html=style(".a{color:red}@media print{.a{color:red}}")),
        "link",
    )
    yield Case(
        "left-over-placeholder",
        make_proof(html=add("<p>reader.invalid\\u{</p>")),
        make_proof(entries({"section": "reader.invalid\\u{", "url": SITE_URL + "{{ x }}/"})),
        "made fit for mail",
    )
    yield Case(
        "left-over-mjml",
        make_proof(html=add("<mj-text>x</mj-text>")),
        make_proof(html=add("<p>&lt;mj-text></p>")),
    )
    yield Case(
        "left-over-markup",
        make_proof(entries({"title": "A <b>bold</b> boat"})),
        make_proof(entries({"title": "A < b > c and <here>"})),
    )
    yield Case(
        "left-over-markup",
        make_proof(entries({"summary": "Fish &amp; chips"})),
        make_proof(entries({"summary": "Fish & chips; AT&T"})),
        "entity",
    )
    yield Case(
        "filler-text",
        make_proof(html=add("<p>Lorem  ipsum dolor</p>")),
        make_proof(html=add("<p>Lorem and Ipsum</p>")),
    )
    yield Case(
        "language",
        make_proof(html=swap('<html lang="en"', '<html lang="und"')),
        make_proof(html=swap('<html lang="en"', '<html lang="EN"')),
    )
    yield Case("language", make_proof(language="id"), make_proof(), "other")
    yield Case(
        "direction",
        make_proof(html=swap('dir="ltr"', 'dir="auto"')),
        make_proof(
            html=lambda html: html.replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"'),
            language="ar",
        ),
    )
    yield Case(
        "document-title",
        make_proof(html=swap("<title>", "<title></title><title>")),
        make_proof(),
    )


def articles() -> Iterator[Case]:
    first, second = ENTRIES

    def of(*changed: object, **changes: object) -> Digest:
        return make_digest(*changed, **changes)

    yield Case("duplicate-item", make_proof(of(first, replace(second, id=first.id))), make_proof())
    yield Case(
        "duplicate-item",
        make_proof(of(first, second, overflow=(replace(second, id="another"),))),
        make_proof(of(first, overflow=(second,))),
        "address",
    )
    yield Case(
        "same-title",
        make_proof(of(first, replace(second, title="A Boat comes  home"))),
        make_proof(of(first, replace(second, title="A boat comes home again"))),
    )
    yield Case("item-of-earlier-issue", make_proof(held={second.id}), make_proof(held={"another"}))
    yield Case(
        "item-of-earlier-issue",
        make_proof(of(first, overflow=(second,)), held={second.id}),
        make_proof(),
        "overflow",
    )
    other = SITE_URL + "2026/11/01/2/"
    yield Case(
        "no-items",
        make_proof(of(second), html=swap(f'href="{other}"', f'href="{SITE_URL}"')),
        make_proof(html=swap(f'href="{other}"', f'href="{SITE_URL}"')),
    )
    yield Case("text-part-missing", make_proof(text=lambda _: " \n"), make_proof())
    yield Case(
        "text-part-missing",
        make_proof(message=swap_bytes(b"text/plain", b"text/x-none")),
        make_proof(),
        "kind",
    )
    yield Case("parts-differ", make_proof(text=swap(other, "")), make_proof())
    yield Case(
        "parts-differ",
        make_proof(html=swap(f'href="{other}"', f'href="{SITE_URL}"')),
        make_proof(entries({"url": "https://courier.example/" + "a" * 2_001})),
        "HTML",
    )
