"""A site whose mails and pages have all that one can have, in three scripts, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.picture_samples import jpeg, png
from tests.sites import Site

FIRST = "2026-11-20T00:00:00Z"
SECOND = "2026-11-23T00:00:00Z"
"""When the first and the second issue are made; the second one is looked at."""
HELD = 6

_CONFIG = """\
site:
  title: The Lantern
  url: https://courier.example/
  description: News from a harbour that reads three scripts
  language: en
  timezone: Asia/Jakarta
  theme: {{logo: media/logo.png}}
feeds_for: {{authors: true}}
newsletters:
{newsletters}"""

_NEWSLETTER = """\
  - name: {name}
    title: {title}
    from: The Lantern <news@courier.example>
    postal_address: {address}
    language: {language}
    schedule: {{every: week, on: monday, at: "07:00"}}
    template: {template}
    max_items: {held}
    select: {{tags: [{language}]}}
    sections:
      - {{title: {sections[0]}, select: {{sections: [{sections[0]}]}}}}
      - {{title: {sections[1]}, select: {{sections: [{sections[1]}]}}}}
      - {{title: {sections[2]}}}
    checks: {{spam-score: off}}
"""

_ARTICLE = """\
---
title: {title}
date: {date}
lang: {language}
authors: [{authors}]
category: {section}
tags: [{tag}]
summary: {summary}
{more}---

{body}
"""

_BODY = """\
{summary}

## {section}

{summary} [{title}](https://courier.example/). {summary}

- {summary}
- {title}

> {summary}

![{title}](pole.png "{section}")

| {section} | {title} |
| --- | ---: |
| {title} | 12 |
| {section} | 4,000 |

```
def tide(hours):  # a line that is longer than a telephone is wide, and must not push its column
    return 12.42 * hours
```

1. {title}
2. {summary}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What is written in one language: a newsletter's name, sections, and articles."""

    title: str
    address: str
    authors: tuple[str, str]
    sections: tuple[str, str, str]
    titles: tuple[str, ...]
    summary: str
    alt: str
    corrected: str
    note: str
    foreign: tuple[str, str, str]
    """Of the one article in another language: its language, title, summary."""


ENGLISH = Tongue(
    title="The Weekly Lantern",
    address="Jalan Pelabuhan 7, Tanjung Lentera",
    authors=("Marit Olsen", "Omar Bawazir"),
    sections=("Harbour", "Town", "Elsewhere"),
    titles=(
        "The ferry that waits for the last passenger",
        "A tide clock in twenty lines of code, a cork and a drawing pin",
        "Saturday at the repair café",
        "No ferry on Sunday",
        "The library that comes by boat, and what it may not carry",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "One paper, three languages",
    ),
    summary="Nobody decided that the evening boat should wait. It began with a baker whose bread"
    " was late, and by now the whole of the north shore sets its kitchen clocks by it.",
    alt="The ferry at its pier at dawn, with one lamp lit in the wheelhouse and nobody on deck",
    corrected="We wrote that the ferry sails at seven. It sails at half past seven.",
    note="Good morning. This week the harbour is *late*, and glad of it: read why in"
    " [the story of the ferry](https://courier.example/).\n\n### A word on Sunday\n\nThe office is"
    " closed, so answers wait for Monday.",
    foreign=(
        "ar",
        "مقهى المرسى يفتح أبوابه قبل الفجر",
        "منذ ثلاثة أجيال يجتمع الصيادون حول دلّة واحدة.",
    ),
)
ARABIC = Tongue(
    title="الفانوس الأسبوعي",
    address="شارع الميناء 7، تانجونغ لينتيرا",
    authors=("عمر باوزير", "ليلى حداد"),
    sections=("الميناء", "المدينة", "سوى ذلك"),
    titles=(
        "مقهى المرسى يفتح أبوابه قبل الفجر",
        "لوح صغير عند الباب يكتب عليه ارتفاع المدّ كل صباح منذ ثلاثة أجيال",
        "قهوة بثلاث لغات",
        "لا عبّارة يوم الأحد",
        "المكتبة التي تأتي بالقارب",
        "رحلة في 12.42 ساعة على متن Lentera II",
        "جريدة واحدة وثلاث لغات",
    ),
    summary="منذ ثلاثة أجيال يجتمع الصيادون وعمال الميناء حول دلّة واحدة في الحي العربي، فيعرفون"
    " حال البحر قبل أن تعرفه النشرة.",
    alt="دلّة نحاسية على صينية وحولها ثلاثة فناجين وطبق تمر تحت فانوس مضاء",
    corrected="كتبنا أن العبّارة تبحر في السابعة، وهي تبحر في السابعة والنصف.",
    note="صباح الخير. هذا الأسبوع يتأخر الميناء، وهو *سعيد* بذلك: اقرأوا السبب في"
    " [قصة العبّارة](https://courier.example/).\n\nالمكتب مغلق يوم الأحد، فالأجوبة يوم الاثنين.",
    foreign=("en", "The ferry that waits for the last passenger", "Nobody decided that it should."),
)
JAPANESE = Tongue(
    title="週刊ランタン",
    address="港通り7番地、タンジュン・レンテラ",
    authors=("佐藤花子", "Marit Olsen"),
    sections=("港", "町", "そのほか"),
    titles=(
        "最後の乗客を待つ渡し船",
        "二十行で作る潮時計と、潮汐表を読むための小さなコルク板、そして画鋲ひとつ",
        "土曜日の修理カフェ",
        "日曜日は欠航です",
        "船で来る図書館",
        "データベースアーキテクチャーコンサルティングサービスセンター",
        "一つの新聞、三つの言葉",
    ),
    summary="夕方の船が待つようになったのは、誰かが決めたことではありません。パンが遅れたパン屋から始まり、"
    "今では北岸の台所の時計はみなこの船に合わせてあります。",
    alt="夜明けの桟橋に泊まる渡し船。操舵室に明かりが一つともり、甲板には誰もいない",
    corrected="渡し船は七時に出ると書きましたが、正しくは七時半です。",
    note="おはようございます。今週の港は*遅れて*います。理由は"
    "[渡し船の話](https://courier.example/)をご覧ください。\n\n日曜日は休みます。お返事は月曜日に。",
    foreign=("en", "The ferry that waits for the last passenger", "Nobody decided that it should."),
)
TONGUES = {"en": ENGLISH, "ar": ARABIC, "ja": JAPANESE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A newsletter of the site: a template in a language."""

    template: str
    language: str

    @property
    def name(self) -> str:
        """Its name, so part of its addresses."""
        return f"{self.template}-{self.language}"

    @property
    def folder(self) -> str:
        """Where the issue lies that has all one can have."""
        return f"newsletters/{self.name}/2/"

    @property
    def tongue(self) -> Tongue:
        """What it says."""
        return TONGUES[self.language]


FEW = tuple(
    Letter(template=template, language=language)
    for template, language in (("digest", "en"), ("briefing", "ar"), ("single", "ja"))
)
ALL = tuple(
    Letter(template=template, language=language)
    for template in ("digest", "briefing", "single")
    for language in TONGUES
)


def publish_letters(site: Site, letters: Sequence[Letter]) -> None:
    """Publish a site with two issues of each newsletter, the second with a note and corrections."""
    site.write("publisher.yaml", _config(letters))
    site.write("media/logo.png", png(96, 64))
    site.write("articles/lead.jpg", jpeg(1200, 800))
    site.write("articles/pole.png", png(240, 320))
    languages = sorted({letter.language for letter in letters})
    for language in languages:
        _write(site, language, 1, date="2026-11-18", more="")
    site.publish_here(now=FIRST)
    for language in languages:
        tongue = TONGUES[language]
        said = f'correction: "{tongue.corrected}"\n'
        _write(site, language, 1, date="2026-11-18", more=said)
        for number in range(2, len(tongue.titles) + 1):
            more = f"image: {{path: lead.jpg, alt: {tongue.alt!r}}}\n" if number == 2 else ""
            _write(site, language, number, date=f"2026-11-22 0{9 - number}:00", more=more)
        _write_foreign(site, language)
    for letter in letters:
        site.write(f"issues/{letter.name}/next.md", letter.tongue.note)
    site.publish_here(now=SECOND)


def _config(letters: Sequence[Letter]) -> str:
    newsletters = "".join(
        _NEWSLETTER.format(
            name=letter.name,
            title=letter.tongue.title,
            address=letter.tongue.address,
            language=letter.language,
            template=letter.template,
            held=HELD,
            sections=letter.tongue.sections,
        )
        for letter in letters
    )
    return _CONFIG.format(newsletters=newsletters)


def _write(site: Site, language: str, number: int, *, date: str, more: str) -> None:
    tongue = TONGUES[language]
    told = {
        "title": tongue.titles[number - 1],
        "section": tongue.sections[0 if number < 4 else 1],
        "summary": tongue.summary,
    }
    text = _ARTICLE.format(
        **told,
        date=date,
        language=language,
        authors=", ".join(tongue.authors[: 1 + number % 2]),
        tag=language,
        more=more,
        body=_BODY.format(**told),
    )
    site.write(f"articles/{language}-{number}.md", text)


def _write_foreign(site: Site, language: str) -> None:
    tongue = TONGUES[language]
    other, title, summary = tongue.foreign
    text = _ARTICLE.format(
        title=title,
        section=TONGUES[other].sections[1],
        summary=summary,
        date="2026-11-22 08:00",
        language=other,
        authors=TONGUES[other].authors[0],
        tag=language,
        more="",
        body=f"{summary}\n\n{summary}",
    )
    site.write(f"articles/{language}-foreign.md", text)
