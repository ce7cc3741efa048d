"""The subject and the preheader of an issue, by the templates of its newsletter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from publisher.config import SiteSpec
from publisher.config.headlines import headline_problem
from publisher.errors import HeadlineError
from publisher.model import DigestSection
from publisher.render.mail.headline import with_headline
from publisher.render.words import make_words
from tests.factories import make_entry, make_newsletter
from tests.mail_samples import CATALOGUES, make_digest


def headline(count: int = 2, language: str = "en", **changes):
    entries = tuple(make_entry(number=n, title=f"Title {n}") for n in range(1, count + 1))
    digest = replace(make_digest(*entries), sections=(DigestSection(title="Sea", size=count),))
    drawn = with_headline(
        digest,
        7,
        newsletter=make_newsletter(**changes),
        site=SiteSpec(title="The Courier", url="https://courier.example/"),
        words=make_words(language, CATALOGUES),
    )
    return drawn.subject, drawn.preheader


def test_by_default_the_first_title_and_then_the_next_three() -> None:
    subject, preheader = headline(6)
    assert subject == "The Weekly Courier: Title 1"
    assert preheader == "Title 2 · Title 3 · Title 4"
    assert headline(1)[1] == "The summary of article 1."


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "The Weekly Courier: Title 1"),
        ("ar", "The Weekly Courier: Title 1"),
        ("fr", "The Weekly Courier\u202f: Title 1"),
        ("ja", "The Weekly Courier：Title 1"),
        ("zh-TW", "The Weekly Courier：Title 1"),
        ("nl", "The Weekly Courier: Title 1"),
    ],
)
def test_the_colon_of_the_default_is_that_of_the_language(language: str, subject: str) -> None:
    assert headline(language=language)[0] == subject
    template = "{{ newsletter.title }}: {{ entries[0].title }}"
    assert headline(language=language, subject=template)[0] == "The Weekly Courier: Title 1"


def test_a_title_may_hold_what_looks_like_a_place_for_a_value() -> None:
    assert headline(title="100 % %(article)s")[0] == "100 % %(article)s: Title 1"


def test_a_template_sees_the_whole_issue() -> None:
    text = (
        "{{ site.title }} {{ number }}, {{ date }}: {{ entries | length }} in "
        "{{ sections[0].title }} by {{ entries[0].authors[0].name }}"
    )
    subject, _ = headline(subject=text)
    assert subject == "The Courier 7, November 23, 2026: 2 in Sea by Redaksi"


def test_whatever_a_template_gives_is_one_line_and_no_empty_subject() -> None:
    assert headline(subject="a\n\n b\t\x00c", preheader="{# nothing #}") == ("a b c", "")
    assert headline(subject="{{ '' }}")[0] == "The Weekly Courier"


@pytest.mark.parametrize(
    "text", ["{{ entries[99].title }}", "{{ number / 0 }}", "{{ entries.x.y }}", "{{ number.a.b }}"]
)
def test_what_cannot_be_drawn_names_newsletter_and_key(text: str) -> None:
    with pytest.raises(HeadlineError, match="the preheader of the newsletter weekly") as caught:
        headline(preheader=text)
    assert "`preheader:`" in (caught.value.mend or "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{% set e = entries[0] %}{{ e.titel }}", "of an entry is named 'titel' (did you mean"),
        ("{{ entries[2].title }}", "there is no [2], for there are 2"),
        ("{% set s = sections[0] %}{{ s.x }}", "is named 'x'"),
    ],
)
def test_what_is_not_there_is_told_without_names_of_ours(text: str, told: str) -> None:
    with pytest.raises(HeadlineError) as caught:
        headline(subject=text)
    assert told in caught.value.message
    assert "object" not in caught.value.message


@pytest.mark.parametrize("text", ["{{ ''.__class__.__mro__ }}", "{{ entries.__class__ }}"])
def test_a_template_reaches_nothing_but_what_it_is_given(text: str) -> None:
    with pytest.raises(HeadlineError):
        headline(subject=text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Plain words", None),
        ("{{ newsletter.title }}: {{ entries[0].title }}", None),
        ("{% for e in entries[:2] %}{{ e.title }}{{ ', ' if not loop.last }}{% endfor %}", None),
        ("{{ entries[0].title", "unexpected end of template"),
        ("{% if %}", "Expected an expression"),
        ("{{ article.title }}", "nothing is named 'article'"),
        ("{{ newsletter.titel }}", "nothing of the newsletter is named 'titel' (did you mean"),
        ("{{ site['nam'] }}", "nothing of the site is named 'nam' (there are title, url,"),
        ("{{ entries[0].titel }}", "nothing of an entry is named 'titel' (did you mean title?)"),
        ("{{ entries.title }}", "nothing of a list is named 'title'; each of what is in it has"),
        ("{{ entries.x.y }}", "nothing of a list is named 'x'"),
        ("{{ (entries | first).foo }}", "nothing of an entry is named 'foo'"),
        ("{{ entries[1:4][0].foo }}", "nothing of an entry is named 'foo'"),
        ("{{ entries[0].authors[0].nme }}", "is named 'nme' (did you mean name?)"),
        ("{{ entries[0].picture.nme }}", "is named 'nme'"),
        ("{{ entries[0].published.yaer }}", "nothing of a time is named 'yaer'"),
        ("{{ sections[0].name }}", "nothing of a section is named 'name' (there are title,"),
        ("{{ sections[0].entries[0].foo }}", "nothing of an entry is named 'foo'"),
        ("{{ date.year }}", "nothing of a text is named 'year'"),
        ("{{ number.a.b }}", "nothing of a number is named 'a'"),
        ("{% if entries | length > 3 %}{{ entries[3].foo }}{% endif %}", "named 'foo'"),
        ("{% for e in entries %}{{ loop.index }}{{ e.foo }}{% endfor %}", "named 'foo'"),
        ("{{ entries | map(attribute='foo') | join }}", "nothing of an entry is named 'foo'"),
        ("{{ entries | map(attribute='authors.0.nme') | list }}", "is named 'nme'"),
        ("{{ (entries | sort(attribute='title,foo'))[0].title }}", "named 'foo'"),
        ("{{ (entries | selectattr('foo') | first).title }}", "named 'foo'"),
        ("{{ entries[0].foo | default('none') }}", None),
        ("{{ entries[0].foo if entries[0].foo is defined }}", None),
        ("{{ entries | map(attribute='foo', default='') | join }}", None),
        ("{{ site.authors.redaksi.name }}{{ site.authors['x'].name }}", None),
        ("{% set e = entries[0] %}{{ e.foo }}", None),
        ("{% for a, b in [(1, 2)] %}{{ a.foo }}{% endfor %}", None),
        ("{% macro m(entries) %}{{ entries.foo }}{% endmacro %}{{ m(site) }}", None),
        ("{{ entries[0].published.strftime('%Y') }}{{ date.upper() }}", None),
        ("{{ entries[0].tags[0].upper() }}{{ sections[0].items() | list }}", None),
        ("{{ newsletter.schedule.every }}{{ newsletter.list_name }}{{ number + 1 }}", None),
        ("{{ site.theme.palette.light.paper }}{{ entries[0].language.upper() }}", None),
        ("{{ newsletter.schedule.name }}", None),
        ("{{ (entries | groupby('section') | first).grouper }}", None),
    ],
)
def test_what_can_be_told_without_an_issue(text: str, problem: str | None) -> None:
    found = headline_problem(text)
    assert found is None if problem is None else problem in (found or "")
