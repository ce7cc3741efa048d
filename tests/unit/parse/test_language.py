"""The language of a text is found when it is certain, and only then."""

from __future__ import annotations

import pytest

from publisher.parse.formats.language import detect_language

TEXTS = {
    "id": "Pemerintah kota meresmikan jembatan baru yang menghubungkan dua kecamatan di sebelah"
    " timur. Warga menyambut gembira karena perjalanan ke pasar kini hanya memerlukan waktu lima"
    " belas menit. Sebelumnya mereka harus memutar jauh melewati jalan yang sering tergenang.",
    "en": "The town has opened a new bridge that joins two districts in the east. People who live"
    " there are glad, because the way to the market now takes only a quarter of an hour. Before"
    " that they had to take a long way round on a road that was often under water."
    " The mayor said that the work had gone on for three years without a break.",
    "ar": "افتتحت المدينة جسرا جديدا يصل بين حيين في الجهة الشرقية، ورحب السكان بذلك لأن الطريق إلى"
    " السوق صار لا يستغرق سوى ربع ساعة، وكانوا من قبل يضطرون إلى سلوك طريق طويل كثيرا ما تغمره"
    " المياه في فصل الشتاء. وقال رئيس البلدية إن العمل استغرق ثلاث سنوات كاملة بلا انقطاع.",
    "ja": "市は東部の二つの地区を結ぶ新しい橋を開通させた。市場までの道のりが十五分に縮まったため、"
    "住民は喜んでいる。これまでは、しばしば水につかる遠回りの道を通らなければならなかった。" * 3,
    "pt": "A cidade abriu uma ponte nova que liga dois bairros do leste. Os moradores estão"
    " contentes, porque o caminho até ao mercado demora agora apenas um quarto de hora. Antes"
    " tinham de dar uma grande volta por uma estrada que ficava muitas vezes debaixo de água.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_paragraph_is_enough(language: str) -> None:
    assert detect_language(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    ["", TEXTS["id"][:150], "x " * 500, "1 2 3 " * 500, (TEXTS["en"] * 4)[:1000] + TEXTS["id"] * 3],
    ids=["empty", "short", "no words", "digits", "two languages"],
)
def test_doubt_is_none(text: str) -> None:
    assert detect_language(text) is None


def test_a_tag_is_that_of_the_registry() -> None:
    hebrew = (
        "העירייה חנכה גשר חדש המחבר בין שתי שכונות במזרח העיר. התושבים שמחים כי הדרך אל השוק"
        " אורכת כעת רק רבע שעה. קודם לכן נאלצו לעקוף דרך ארוכה שלעתים קרובות הוצפה במים, וכך"
        " איבדו זמן רב בכל בוקר. ראש העיר אמר כי העבודה נמשכה שלוש שנים ללא הפסקה."
        " בקיץ הבא ייפתח גם שביל להולכי רגל לאורך הנחל."
    )
    assert detect_language(hebrew) == "he"
