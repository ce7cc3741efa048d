"""The bytes of email.eml of whole newsletters, requirement by requirement (RFC 5322 and others).

Read by hand, not by our own code: each test names a rule and where it stands.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import html5lib
import pytest

from publisher.mime import Mailbox, message
from publisher.store.engine import open_sqlite
from publisher.store.issues import IssueStore
from tests.factories import make_newsletter
from tests.sites import Site

LONG = "https://courier.example/" + "a" * 280 + "/"
"""With the token of the sample, List-Unsubscribe has more than 300 characters."""

SITE = """\
site:
  title: The Example Courier
  url: https://courier.example/
  language: en
  timezone: Asia/Jakarta
web: {url: WEB}
newsletters:
"""
ENGLISH = """\
  - name: english
    title: Tide, Wind & "Weather"
    from: '"Courier, The \\"Daily\\"" <news@courier.example>'
    reply_to: 'Desk, Night (late) <desk+tide@courier.example>'
    postal_address: 1 Pier Road, Example Harbour
"""
ARABIC = """\
  - name: arabic
    title: بريد الميناء
    from: صحيفة الميناء، القسم الليلي <news@bücher.example>
    reply_to: Zoë <desk@münchen.bücher.example>
    postal_address: ١ شارع المرفأ، الميناء
    language: ar
    subject: "{{ ('عنوان طويل جدًا ' * 20)[:200] }}"
    template: single
"""
JAPANESE = """\
  - name: japanese
    title: 港だより
    from: 港だより編集部 <news@例え.テスト>
    postal_address: 港町1-1
    language: ja
    subject: "{{ ('港のお知らせ、見出しはとても長い。' * 20)[:200] }}"
    template: briefing
"""
FRENCH = """\
  - name: french
    title: La Marée à l’Œil
    from: news@courier.example
    postal_address: 1, quai du Port, Le Havre
    language: fr
"""
TITLE = 'The "sea", said \\ one: Zx\u0301 👩\u200d👩\u200d👧'
NAMES = ("english", "arabic", "japanese", "french")
ARTICLES = {
    "sea.md": (
        {"title": f"'{TITLE}'", "date": "2026-11-21"},
        """See [it](<https://bücher.example/straße?q=ü b>) and <https://other.example/a/>.

| a | b |
|---|---|
| 1 | 2 |

<div><p>unclosed <b>and *odd*

<script>alert(1)</script>""",
    ),
    "hindi.md": ({"title": "हिन्दी में ख़बर", "date": "2026-11-20", "language": "hi"}, "पाठ।"),
    "arabic.md": ({"title": "خبر من الميناء", "date": "2026-11-19", "language": "ar"}, "نص الخبر."),
    **{
        f"more-{n:02}.md": ({"title": f"More {n}", "date": f"2026-10-{n:02}"}, "Text. " * 80)
        for n in range(1, 25)
    },
}


@cache
def published(web: str = LONG) -> Mapping[str, bytes]:
    """email.eml, email.html and email.txt of each newsletter, by path; published once."""
    with TemporaryDirectory() as folder:
        site = Site(Path(folder))
        whole = SITE.replace("WEB", web) + ENGLISH + ARABIC + JAPANESE + FRENCH
        site.write("publisher.yaml", whole)
        for name, (fields, body) in ARTICLES.items():
            site.article(name, body, **fields)
        site.publish_here()
        root = site.folder / "output" / "newsletters"
        files = (p for p in root.rglob("email.*") if p.suffix in (".eml", ".html", ".txt"))
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def mail(name: str) -> bytes:
    return published()[f"{name}/1/email.eml"]


@pytest.fixture(params=NAMES)
def raw(request: pytest.FixtureRequest) -> bytes:
    return mail(request.param)


def head(raw: bytes) -> list[str]:
    """The lines of the header."""
    return raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def fields(raw: bytes) -> list[tuple[str, str]]:
    """Names and unfolded values, in order (RFC 5322 section 2.2.3)."""
    unfolded = re.sub(r"\r\n(?=[ \t])", "", "\r\n".join(head(raw)))
    return [(n, v.strip()) for n, _, v in (line.partition(":") for line in unfolded.split("\r\n"))]


def field(raw: bytes, name: str) -> str:
    (value,) = [value for known, value in fields(raw) if known == name]
    return value


def parts(raw: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Headers and encoded body of each part, cut at the boundary."""
    found = re.search(r'boundary="([^"]+)"', field(raw, "Content-Type"))
    assert found
    _, *pieces, end = raw.split(b"--" + found[1].encode() + b"\r\n")
    last, closing, after = end.partition(b"--" + found[1].encode() + b"--\r\n")
    assert closing
    assert after == b""
    cut = [piece.partition(b"\r\n\r\n") for piece in (*pieces, last)]
    return [
        (
            dict(line.split(": ", 1) for line in top.decode("ascii").split("\r\n")),
            body.removesuffix(b"\r\n"),  # the line end before a boundary is the boundary's
        )
        for top, _, body in cut
    ]


def decoded(raw: bytes) -> tuple[str, str]:
    """The text and the HTML part."""
    text, html = (
        quopri.decodestring(body)
        if top["Content-Transfer-Encoding"] == "quoted-printable"
        else base64.b64decode(body)
        for top, body in parts(raw)
    )
    return text.decode("utf-8"), html.decode("utf-8")


class TestForm:
    def test_lines_end_in_crlf_and_are_ascii_and_short(self, raw: bytes) -> None:
        """RFC 5322 2.1.1 and 2.3: 998 bytes at most; 78 but for what has no place to be folded."""
        assert raw.isascii()
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", raw)
        lines = raw.split(b"\r\n")
        whole = [line for line in lines if len(line) > 78]
        names = {line.partition(b":")[0] for line in whole}
        assert names in ({b"List-Unsubscribe"}, {b"List-Unsubscribe", b"Message-ID"})
        assert max(map(len, lines)) <= 998

    def test_every_field_once_and_all_that_must_be_there(self, raw: bytes) -> None:
        """RFC 5322 3.6; RFC 2919, 3834, 8058; Google's sender guidelines."""
        counted = Counter(name.lower() for name, _ in fields(raw))
        assert set(counted.values()) == {1}
        needed = "from to subject date message-id list-id list-unsubscribe list-unsubscribe-post"
        others = "feedback-id auto-submitted precedence mime-version content-type"
        assert counted.keys() - {"reply-to"} == {*needed.split(), *others.split()}

    def test_it_is_read_without_a_defect(self, raw: bytes) -> None:
        parsed = message_from_bytes(raw, policy=policy.default)
        assert [part.defects for part in parsed.walk()] == [[], [], []]
        assert [value.defects for value in parsed.values()] == [()] * len(parsed)

    def test_encoded_words_are_short_and_stand_alone(self, raw: bytes) -> None:
        """RFC 2047 section 2 and 5: at most 75 characters, never in quotes or in an address."""
        for name, value in fields(raw):
            words = re.findall(r"=\?utf-8\?b\?[A-Za-z0-9+/]+=*\?=", value)
            assert value.lower().count("=?utf-8") == len(words)
            assert all(len(word) <= 75 for word in words)
            for word in words:
                base64.b64decode(word[10:-2]).decode("utf-8")  # none cuts a character in two
            assert "=?" not in "".join(re.findall(r'"(?:[^"\\]|\\.)*"|<[^<>]*>', value)), name


class TestFields:
    def test_from_is_one_mailbox_in_ascii(self) -> None:
        """RFC 5322 3.6.2, 3.4; RFC 5890 (A-labels)."""
        told = {name: field(mail(name), "From") for name in NAMES}
        assert told["english"] == '"Courier, The \\"Daily\\"" <news@courier.example>'
        assert told["french"] == "news@courier.example"
        assert told["arabic"].endswith("?= <news@xn--bcher-kva.example>")
        assert told["japanese"].endswith("?= <news@xn--r8jz45g.xn--zckzah>")
        assert shown(told["arabic"]) == "صحيفة الميناء، القسم الليلي <news@xn--bcher-kva.example>"

    def test_answers_go_where_they_shall(self) -> None:
        told = {name: dict(fields(mail(name))) for name in NAMES}
        assert told["english"]["Reply-To"] == '"Desk, Night (late)" <desk+tide@courier.example>'
        desk = "Zoë <desk@xn--mnchen-3ya.xn--bcher-kva.example>"
        assert shown(told["arabic"]["Reply-To"]) == desk
        assert "Reply-To" not in told["french"]

    def test_the_subject_comes_back_as_it_was(self) -> None:
        """RFC 2047; 200 characters of any script."""
        told = {name: shown(field(mail(name), "Subject")) for name in NAMES}
        assert told["english"] == (f'Tide, Wind & "Weather": {TITLE}')
        assert told["french"].startswith("La Marée à l’Œil\u202f: The")
        assert told["arabic"] == ("عنوان طويل جدًا " * 20)[:200]
        assert told["japanese"] == ("港のお知らせ、見出しはとても長い。" * 20)[:200]

    def test_the_date_is_that_of_the_issue(self, raw: bytes) -> None:
        """RFC 5322 3.3."""
        when = field(raw, "Date")
        form = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
        assert re.fullmatch(form, when)
        told = datetime.strptime(when, "%a, %d %b %Y %H:%M:%S %z")
        assert told == datetime.fromisoformat("2026-11-22T08:00:00Z")

    def test_the_message_id_is_its_own_and_of_the_senders_domain(self) -> None:
        """RFC 5322 3.6.4."""
        ids = [field(mail(name), "Message-ID") for name in NAMES]
        assert all(re.fullmatch(r"<[\w.-]+@[a-z0-9.-]+>", id_) for id_ in ids)
        assert len(set(ids)) == len(NAMES)
        domains = [id_.rpartition("@")[2] for id_ in ids]
        assert domains == [
            *("courier.example>", "xn--bcher-kva.example>"),
            *("xn--r8jz45g.xn--zckzah>", "courier.example>"),
        ]

    def test_the_list_has_a_name_and_an_id(self, raw: bytes) -> None:
        """RFC 2919 section 2 and 3: a phrase, then one label of the list below the domain."""
        value = shown(field(raw, "List-Id"))
        assert re.search(r" <(english|arabic|japanese|french)\.[a-z0-9.-]+>\Z", value)
        assert value[0] != "<"

    def test_one_click_unsubscribes(self, raw: bytes) -> None:
        """RFC 8058 section 2 and 3.1: one https URI, on one line, as it is; and the other field."""
        lines = head(raw)
        (at,) = [n for n, line in enumerate(lines) if line.startswith("List-Unsubscribe:")]
        assert lines[at] == f"List-Unsubscribe: <{LONG}unsubscribe/sample>"
        assert len(lines[at]) > 300
        assert lines[at + 1] == "List-Unsubscribe-Post: List-Unsubscribe=One-Click"

    def test_no_answering_machine_answers(self, raw: bytes) -> None:
        """RFC 3834 section 5."""
        assert field(raw, "Auto-Submitted") == "auto-generated"
        assert field(raw, "Precedence") == "bulk"

    def test_complaints_can_be_told_apart(self, raw: bytes) -> None:
        """Gmail's feedback loop: four parts, the last of 5 to 15 characters the same each time."""
        *parts_, sender = field(raw, "Feedback-ID").split(":")
        assert len(parts_) == 3
        assert all(parts_)
        assert 5 <= len(sender) <= 15


class TestParts:
    def test_text_first_and_then_html(self, raw: bytes) -> None:
        """RFC 2046 section 5.1.4; RFC 2045 section 6."""
        assert field(raw, "MIME-Version") == "1.0"
        assert field(raw, "Content-Type").startswith("multipart/alternative;")
        tops = [top for top, _ in parts(raw)]
        assert [top["Content-Type"] for top in tops] == [
            "text/plain; charset=utf-8",
            "text/html; charset=utf-8",
        ]

    def test_encodings_are_those_that_no_relay_touches(self) -> None:
        """Quoted-printable for all HTML and Latin text, base64 for text that is mostly not."""
        told = {
            name: [top["Content-Transfer-Encoding"] for top, _ in parts(mail(name))]
            for name in NAMES
        }
        assert told["english"] == told["french"] == ["quoted-printable"] * 2
        assert {kind for _, kind in told.values()} == {"quoted-printable"}
        assert {kind for kind, _ in told.values()} <= {"quoted-printable", "base64"}

    def test_they_are_the_files_beside_the_message(self) -> None:
        for name in NAMES:
            text, html = decoded(mail(name))
            own = published()[f"{name}/1/email.txt"].decode().replace("\n", "\r\n")
            assert text == own
            assert (
                html.rstrip()
                == published()[f"{name}/1/email.html"].decode().replace("\n", "\r\n").rstrip()
            )

    def test_both_have_the_same_articles_and_all_that_laws_ask(self, raw: bytes) -> None:
        """CAN-SPAM (15 USC 7704): a way to leave and a postal address, in sight."""
        text, html = decoded(raw)
        page = html5lib.parse(html, namespaceHTMLElements=False)
        titles = [" ".join("".join(h.itertext()).split()) for h in page.iter("h2")]
        assert len(titles) == len(ARTICLES)
        for title in titles:
            assert title in " ".join(text.split())
        links = [a.get("href") for a in page.iter("a")]
        assert links[-1] == f"{LONG}unsubscribe/sample"
        assert links[-1] in text.split()
        address = page.findall(".//bdi")[-1].text
        assert address in text

    def test_text_is_wrapped_and_addresses_stand_alone(self, raw: bytes) -> None:
        text, _ = decoded(raw)
        for line in text.split("\r\n"):
            assert len(line) <= 72 or line.startswith("https://"), line
            assert "https://" not in line or line.startswith("https://") or " " in line

    def test_of_a_size_that_no_program_cuts(self, raw: bytes) -> None:
        _, html = decoded(raw)
        assert len(html.encode()) <= 100_000
        assert len(raw) <= 150_000


class Tags(HTMLParser):
    """Every tag of a page, also those in comments that Outlook alone reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(re.sub(r"<!--\[if [^\]]*\]>(<!-->)?|(<!--)?<!\[endif\]-->", "", html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


class TestHtml:
    def tags(self, raw: bytes) -> Iterator[tuple[str, dict[str, str | None]]]:
        yield from Tags(decoded(raw)[1]).found

    def test_mrml_spoilt_no_attribute(self, raw: bytes) -> None:
        """Joiners, accents, quotes and backslashes in attributes are as they were written."""
        _, html = decoded(raw)
        for left in ("\\u{", '\\"', "\\n", "<mj-", "{{", "reader.invalid"):
            assert left not in html
        page = html5lib.parse(html, namespaceHTMLElements=False)
        assert TITLE in [a.text for a in page.iter("a")]
        if "english" in field(raw, "List-Id"):
            label = page.find(".//div[@role='article']").get("aria-label")
            assert label == 'Tide, Wind & "Weather" · Issue 1'

    def test_says_its_language_direction_and_name(self) -> None:
        """WCAG 2.2, 3.1.1 and 2.4.2."""
        told = {}
        for name in NAMES:
            page = html5lib.parse(decoded(mail(name))[1], namespaceHTMLElements=False)
            inner = page.find(".//div[@role='article']")
            told[name] = (page.get("lang"), page.get("dir"), inner.get("lang"), inner.get("dir"))
            assert page.findtext(".//title") == inner.get("aria-label")
            assert len(list(page.iter("h1"))) == 1
        assert told == {
            "english": ("en", "ltr") * 2,
            "arabic": ("ar", "rtl") * 2,
            "japanese": ("ja", "ltr") * 2,
            "french": ("fr", "ltr") * 2,
        }

    def test_layout_tables_say_so_for_outlook_too(self, raw: bytes) -> None:
        tables = [attributes for tag, attributes in self.tags(raw) if tag == "table"]
        data = [one for one in tables if one.get("role") != "presentation"]
        is_whole = field(raw, "List-Id").endswith("<arabic.xn--bcher-kva.example>")
        assert len(tables) > 3
        assert len(data) == int(is_whole)  # the table that an article itself has

    def test_style_sheets_stand_in_the_head_and_are_small(self, raw: bytes) -> None:
        _, html = decoded(raw)
        before, _, after = html.partition("</head>")
        sheets = re.findall(r"<style[^>]*>(.*?)</style>", before, re.DOTALL)
        assert sheets
        assert "<style" not in after
        assert sum(map(len, sheets)) < 8_000
        assert all(sheet.count("{") == sheet.count("}") for sheet in sheets)
        assert not re.search(r"@import|url\(|@font-face", html)

    def test_both_schemes_are_declared(self, raw: bytes) -> None:
        _, html = decoded(raw)
        meta = {a.get("name"): a.get("content") for tag, a in self.tags(raw) if tag == "meta"}
        assert meta["color-scheme"] == meta["supported-color-schemes"] == "light dark"
        assert "prefers-color-scheme: dark" in html
        assert ":root" in html

    def test_links_are_absolute_and_plain_ascii(self, raw: bytes) -> None:
        """RFC 3986; IDN hosts as A-labels."""
        links = [a.get("href") or "" for tag, a in self.tags(raw) if tag == "a"]
        assert links
        usual = r"https://[a-z0-9.-]+/(?:[A-Za-z0-9/?:@!$&'()*+,;=._~#-]|%[0-9A-F]{2})*"
        assert [link for link in links if not re.fullmatch(usual, link)] == []
        if "arabic" in field(raw, "List-Id"):
            assert any("//xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC" in link for link in links)

    def test_no_element_that_mail_programs_drop(self, raw: bytes) -> None:
        found = {tag for tag, _ in self.tags(raw)}
        assert not found & {"script", "iframe", "form", "input", "object", "embed", "link", "svg"}

    def test_the_preheader_is_hidden_and_padded(self, raw: bytes) -> None:
        page = html5lib.parse(decoded(raw)[1], namespaceHTMLElements=False)
        first = page.find(".//div[@role='article']/div")
        assert "display:none" in first.get("style")
        assert "mso-hide:all" in first.get("style")
        assert re.search("(?:\u034f\u200c\u00a0 ?){40,}\\Z", first.text)  # may break at 320 px


@pytest.mark.parametrize("length", [45, 50, 300, 900])
def test_a_token_of_any_length_stays_whole(tmp_path: Path, length: int) -> None:
    """What delivery will do with a frozen issue: a reader's own token."""
    site = Site(tmp_path)
    site.write("publisher.yaml", SITE.replace("WEB", "https://courier.example/") + FRENCH)
    site.article("a.md", date="2026-11-21")
    site.publish_here()
    database = open_sqlite(site.folder / ".publisher" / "publisher.db", lambda: 0)
    issue = IssueStore(database).load("french", 1)
    database.close()
    token = "t" * length
    raw = message(
        issue.rendered,
        number=1,
        slot=issue.digest.slot,
        newsletter=make_newsletter(name="french"),
        mail_url="https://courier.example/",
        to=Mailbox(name='Ängström, "Å"', email="r@bücher.example"),
        token=token,
    )
    uri = f"https://courier.example/unsubscribe/{token}"
    assert f"List-Unsubscribe: <{uri}>" in head(raw)
    text, html = decoded(raw)
    assert uri in text.split("\r\n")
    assert f'href="{uri}"' in html
    assert shown(field(raw, "To")) == 'Ängström, "Å" <r@xn--bcher-kva.example>'


def shown(value: str) -> str:
    """A header as mail programs show it (RFC 2047: no space between encoded words)."""
    joined = re.sub(r"\?=\s+=\?", "?==?", value)
    return re.sub(
        r"(?:=\?utf-8\?b\?[^?]*\?=)+",
        lambda words: b"".join(
            base64.b64decode(word) for word in re.findall(r"\?b\?([^?]*)\?=", words[0])
        ).decode("utf-8"),
        joined,
    )
