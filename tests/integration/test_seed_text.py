"""The real news text from which the rules for plain text come."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from publisher.parse.formats.plaintext import PlainText, read_plaintext

SEED = Path(__file__).resolve().parents[2] / ".." / "shared" / "seeds" / "000_43baf2ebfbbf0977.txt"

SECOND_CAPTION = (
    "<strong>Ilustrasi Kecerdasan Artifisial</strong> Kementerian Perindustrian terus"
    " mendorong sektor manufaktur agar lebih memanfaatkan teknologi industri 4.0 seperti"
    " kecerdasan artifisial. <small>(Foto: Tagar|towardsai.net)</small>"
)

pytestmark = pytest.mark.skipif(
    not SEED.exists(), reason="the seed text lies beside the checkout, not in it"
)


@pytest.fixture(params=["as it is", "CRLF", "en dash", "em dash", "indented"])
def parts(request: pytest.FixtureRequest) -> PlainText:
    text = SEED.read_text(encoding="utf-8")
    match request.param:
        case "CRLF":
            text = text.replace("\n", "\r\n")
        case "en dash":
            text = text.replace("Jakarta - ", "Jakarta – ")
        case "em dash":
            text = text.replace("Jakarta - ", "JAKARTA, INDONESIA — ")
        case "indented":
            text = re.sub(r"(?m)^(?=.)", " \t", text)
    return read_plaintext(text, first_line=1, language=None)


def test_title_lead_date_and_language(parts: PlainText) -> None:
    assert parts.title == "Pemerintah China Gelar Pertemuan dengan Tencent hingga Xiaomi"
    assert parts.title_line == 1
    assert parts.summary.startswith("Pemerintah China baru-baru ini memanggil sejumlah")
    assert parts.summary.endswith("Xiaomi Corp dan lain-lain.")
    assert parts.summary_line == 3
    assert parts.date == dt.date(2021, 3, 20)
    assert parts.date_text == "Sabtu, 20 Maret 2021"
    assert parts.date_line == 12
    assert parts.language == "id"
    assert parts.warnings == ()


def test_captions_are_figures(parts: PlainText) -> None:
    figures = re.findall(r"<figure><figcaption>(.*?)</figcaption></figure>", parts.html)
    assert figures == [
        "Ilustrasi perusahaan teknologi Tencent. <small>(Foto: Tagar/Istimewa)</small>",
        SECOND_CAPTION,
    ]
    assert parts.html.startswith("<figure>")


def test_the_body_is_the_article_and_nothing_else(parts: PlainText) -> None:
    paragraphs = re.findall(r"<p>(.*?)</p>", parts.html)
    assert len(paragraphs) == 10
    assert re.match(
        r"<b>J\w+(, INDONESIA)?</b> [-–—] Pemerintah China", paragraphs[0], re.IGNORECASE
    )
    assert paragraphs[-1].endswith("Xinjiang dan kemerdekaan Hong Kong.")
    for stray in ("[]", "Berita terkait", "MyHeritage", "Dirjen", "RKUHP", "<p>0</p>"):
        assert stray not in parts.html
        assert stray not in parts.body_text


def test_with_a_language_declared_the_same_date_is_found() -> None:
    text = SEED.read_text(encoding="utf-8")
    found = read_plaintext(text, first_line=11, language="id")
    assert (found.date, found.date_line) == (dt.date(2021, 3, 20), 22)
