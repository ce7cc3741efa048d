"""Keys of publisher.yaml whose value is a language: tags of BCP 47, and no names of languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.config.tags import is_language_tag
from publisher.errors import ConfigError
from publisher.feedcheck.values import is_language

SITE = "site: {{title: X, url: https://x.example/, language: {}}}\n"
NEWSLETTER = (
    "newsletters: [{{name: w, title: W, from: a@x.example, postal_address: A, language: {}}}]\n"
)

IRREGULAR = (
    "en-GB-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao"
    " i-tay i-tsu sgn-BE-FR sgn-BE-NL sgn-CH-DE"
)
REGULAR = "art-lojban cel-gaulish no-bok no-nyn zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang"
PRIVATE = "x-whatever x-a-1 de-CH-x-phonebk az-Arab-x-AZE-derbend qaa-Qaaa-QM-x-southern"
GOOD = (
    "de fr ja zh-Hant sr-Cyrl zh-cmn-Hans-CN cmn-Hans-CN zh-yue-HK yue-HK zh-Hans-CN sr-Latn-RS"
    " sl-rozaj sl-rozaj-biske sl-nedis de-CH-1901 hy-Latn-IT-arevela de-DE en-US es-419 EN-us"
    " de-DE-u-co-phonebk en-US-u-islamcal en-a-myext-b-another hi-Latn ast nds sgn-ase ZH-yue"
)
"""Most are the examples of RFC 5646, Appendix A."""


def load(tmp_path: Path, text: str):
    file = tmp_path / "publisher.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return str(caught.value).removeprefix(f"{tmp_path}/")


@pytest.mark.parametrize("tag", f"{IRREGULAR} {REGULAR} {PRIVATE} {GOOD} en_US".split())
def test_every_kind_of_tag_is_taken(tag: str, tmp_path: Path) -> None:
    assert load(tmp_path, SITE.format(tag)).site.language == tag.replace("_", "-")


@pytest.mark.parametrize("tag", f"{IRREGULAR} {REGULAR} {PRIVATE} {GOOD}".split())
def test_a_feed_may_declare_what_is_taken(tag: str) -> None:
    assert is_language_tag(tag)
    assert is_language(tag)


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("english", "en"),
        ("English", "en"),
        ("Bahasa", "id"),
        ("Indonesian", "id"),
        ("Bahasa Indonesia", "id"),
        ("bahasa melayu", "ms"),
        ("Deutsch", "de"),
        ("German", "de"),
        ("français", "fr"),
        ("日本語", "ja"),
        ("Farsi", "fa"),
        ("Brazilian Portuguese", "pt-BR"),
        ("klingonese", ""),
        ("engl", ""),
        ("e", ""),
        ("en-USA", ""),
        ("a-DE", ""),
        ("de-419-DE", ""),
        ("x", ""),
        ("i-nothing", ""),
    ],
)
def test_what_is_no_tag_is_refused_with_the_one_that_is_meant(
    value: str, tag: str, tmp_path: Path
) -> None:
    meant = f" (did you mean {tag}?)" if tag else ""
    told = f"expected a language tag such as en, id or pt-BR{meant}, found {value!r}"
    assert refusal(tmp_path, SITE.format(value)) == f"publisher.yaml:1:53: site.language: {told}"
    site = SITE.format("en")
    place = "publisher.yaml:2:83: newsletters[0].language: "
    assert refusal(tmp_path, site + NEWSLETTER.format(value)) == place + told
