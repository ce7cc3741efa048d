"""Captions in plain text."""

from __future__ import annotations

import pytest

from publisher.parse.formats.captions import caption_html, is_caption


@pytest.mark.parametrize(
    "line",
    [
        "Ilustrasi perusahaan. (Foto: Tagar/Istimewa)",
        "The bridge at dawn. (Photo: Jane Doe)",
        "The bridge at dawn. (Photo by Jane Doe)",
        "The bridge at dawn (Reuters/Jane Doe).",
        "The bridge at dawn. Jane Doe/Getty Images",
        "The bridge at dawn. Photo: Jane Doe",
        "File photo: the bridge at dawn, seen from the north",
        "Picture of a bridge",
        "صورة للجسر عند الفجر",
        "Die Brücke. (Bild: dpa)",
        "Le pont. (Crédit : AFP)",
        "El puente. (Fuente: EFE)",
        "Мост на рассвете (Фото: ТАСС)",
        "写真：夜明けの橋（提供：共同）",
        "黎明时分的大桥（新华社记者 王某 摄）",
        "黎明时分的大桥。王某 摄",
        "写真：夜明けの橋＝白浜町で、山口撮影",
        "새벽의 다리. [사진=푸른내면사무소 제공]",
        "Le pont à l'aube. © Jeanne Vasseur / La Gazette",
        "Most o świcie. Fot. Anna Zielska",
        "Il ponte all'alba (foto di Carla Benni)",
        "Jambatan pada waktu subuh. - Gambar oleh Salmah Idris",
        "Cầu lúc bình minh. Ảnh: Ngọc Lan",
        "Η γέφυρα την αυγή. Φωτογραφία: Ελένη Μαύρου",
        "Міст на світанку / фото Івана Бойка",
        "Jembatan di waktu fajar. KABAR/Dimas Prasetyo",
        "Jembatan di waktu fajar (Dimas Prasetyo/KABAR)",
        "भोर में पुल। (फोटो: रमेश चौहान)",
        "Silta aamulla. Kuva: Pekka Rantala",
    ],
)
def test_captions(line: str) -> None:
    assert is_caption(line)


@pytest.mark.parametrize(
    "line",
    [
        "The bridge was opened on Saturday (see page 3).",
        "The minister (a friend of the mayor) came too.",
        "Fotografer itu pulang.",
        "Ảnh hưởng của cơn bão vẫn còn.",
        "The firm (ACME/NEWCO) was sold on Saturday.",
        "She spoke of the and/or question, which is old.",
        "Er sagte, das Foto von Anna gefalle ihm.",
        "Kuva ei kerro kaikkea.",
        "他说这张照片是他在山上拍摄的。",
        "Picture " + "long " * 40,
        "x" * 600 + " (Foto: Tagar)",
        "Sources: none were named by the ministry, which did not answer our questions in time.",
    ],
)
def test_what_is_no_caption(line: str) -> None:
    assert not is_caption(line)


@pytest.mark.parametrize(
    ("line", "inside"),
    [
        ("A <b>. (Foto: C & D)", "A &lt;b&gt;. <small>(Foto: C &amp; D)</small>"),
        ("(Foto: C)", "<small>(Foto: C)</small>"),
        ("Gambar jembatan", "Gambar jembatan"),
        (
            "Jembatan BaruJembatan itu dibuka. (Foto: Tagar|Jembatan Baru)",
            "<strong>Jembatan Baru</strong> Jembatan itu dibuka. <small>(Foto: Tagar)</small>",
        ),
        (
            "Jembatan Baru dibuka. (Foto: Tagar|Jembatan Baru)",
            "Jembatan Baru dibuka. <small>(Foto: Tagar|Jembatan Baru)</small>",
        ),
    ],
)
def test_text_alternative_and_credit(line: str, inside: str) -> None:
    assert caption_html(line) == f"<figure><figcaption>{inside}</figcaption></figure>"
