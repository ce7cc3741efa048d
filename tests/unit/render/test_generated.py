"""What our way to draw templates gives is what Jinja's own gives."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from publisher.render.environment import make_environment, render_template, word_functions
from publisher.render.generated import put
from publisher.render.words import make_words


class Shout(StrEnum):
    LOUD = "<loud>"


class Drawn:
    def __html__(self) -> str:
        return "<i>drawn</i>"


class Boat:
    """What a template may call."""

    name = "<Fog>"

    def call(self, first: str = "", *, last: str = "") -> str:
        return f"<{first}{last}>"

    @jinja2.pass_context
    def __call__(self, context: jinja2.runtime.Context) -> str:
        return str(context["given"])


@jinja2.pass_context
def asks(context: jinja2.runtime.Context, suffix: str) -> str:
    return f"{context['given']}{suffix}"


PARTS = {
    "part.html": "{{ given }}{{ one | default('-') }}{{ page | default('-') }}",
    "plain.txt": "{{ given }}",
    "frame.html": "[{% block main %}{{ given }}{% endblock %}]",
    "macros.html": (
        "{% macro both(x) %}<b>{{ x }}</b>{% endmacro %}"
        "{% macro around(x) %}{{ x }}{{ caller() }}{% endmacro %}"
    ),
    "alone.html": "<p>{{ 1 + 1 }}",
}
TEMPLATES = {
    "values": "{{ given }}{{ safe }}{{ 1 }}{{ none }}{{ boat.name }}{{ '<' }}{{ given | safe }}",
    "methods": "{{ boat.call() }}{{ boat.call('a', last='b') }}{{ boat.call(*['c']) }}",
    "what asks for the context": "{{ asks('!') }}{{ boat() }}",
    "what asks for it, in a loop": "{% for n in [1] %}{{ asks(n) }}{{ boat.call() }}{% endfor %}",
    "a loop's own": "{% for one in [1, 2] %}{{ loop.cycle('<', '>') }}{{ loop.index }}{% endfor %}",
    "a block": (
        "{% extends 'frame.html' %}{% block main %}{{ super() }}{{ boat.call() }}{{ asks('') }}"
        "{% include 'part.html' %}{% endblock %}"
    ),
    "a macro": "{% from 'macros.html' import both %}{{ both(given) }}",
    "a macro of a module": "{% import 'macros.html' as m %}{{ m.both(given) }}",
    "a call": (
        "{% from 'macros.html' import around %}{% call around(safe) %}{{ given }}"
        "{% include 'part.html' %}{% endcall %}"
    ),
    "parts": "{% include 'part.html' %}{% include 'plain.txt' %}",
    "a part in a loop": "{% for one in ['<', '>'] %}{% include 'part.html' %}{% endfor %}",
    "a part with names": "{% with one = '<' %}{% include 'part.html' %}{% endwith %}",
    "a part after a name is set": "{% set one = given %}{% include 'part.html' %}",
    "a part without context": "{% include 'alone.html' without context %}",
    "a part that is not there": "{% include 'gone.html' ignore missing %}{{ given }}",
    "one of several parts": "{% include ['gone.html', 'part.html'] %}",
    "a part by its name": "{% set name = 'part.html' %}{% include name %}",
    "a part put aside": "{% set x %}{% include 'part.html' %}{{ safe }}{% endset %}{{ x }}",
    "a part, filtered": "{% filter upper %}{% include 'part.html' %}{{ safe }}{% endfilter %}",
    "escaped or not": "{% autoescape false %}{{ given }}{{ safe }}{% endautoescape %}{{ given }}",
}


def given_values() -> dict[str, Any]:
    safe = Markup("<b>x</b>")
    return {"given": "<a&\"'>", "safe": safe, "boat": Boat(), "asks": asks}


@pytest.mark.parametrize("case", TEMPLATES)
@pytest.mark.parametrize("name", ["a.html", "a.txt"])
def test_a_template_is_drawn_as_jinja_draws_it(case: str, name: str) -> None:
    templates = PARTS | {name: TEMPLATES[case]}
    theirs = jinja2.Environment(
        loader=jinja2.DictLoader(templates), autoescape=jinja2.select_autoescape(["html"])
    )
    expected = theirs.get_template(name).render(given_values())
    assert render_template(make_environment(templates), name, **given_values()) == expected


@given(st.one_of(st.text(), st.text().map(Markup), st.integers(), st.none()))
def test_a_value_is_put_as_it_is_escaped(value: object) -> None:
    assert put(value) == escape(value)


@pytest.mark.parametrize("value", [Shout.LOUD, Drawn(), [], True])
def test_so_is_one_of_another_kind(value: object) -> None:
    assert put(value) == escape(value)


def test_markup_is_not_taken_for_the_text_that_it_is_equal_to() -> None:
    text = "<b>put before, and after</b>"
    assert put(Markup(text)) == text
    assert put(text) == escape(text)
    assert put(Markup(text)) == text
    templates = {"a.html": "{{ _(x) }}{{ _(y) }}{{ x }}{{ y }}"}
    drawn = render_template(
        make_environment(templates),
        "a.html",
        x=text,
        y="<i>",
        **word_functions(make_words("en", {})),
    )
    assert drawn == 2 * f"{escape(text)}&lt;i&gt;"


def test_a_sentence_is_escaped_where_text_is() -> None:
    templates = {
        "a.html": (
            "{{ _('<') }}"
            "{% autoescape false %}{{ _('<') }}{{ _('%(x)s', x='<') }}{% endautoescape %}"
        ),
        "a.txt": "{{ _('<') }}{{ ngettext('< %(n)s', '', 1, n='<') }}",
    }
    functions = word_functions(make_words("en", {}))
    environment = make_environment(templates)
    assert render_template(environment, "a.html", **functions) == "&lt;<<"
    assert render_template(environment, "a.txt", **functions) == "<< <"


def test_a_sentence_in_a_loop_of_a_block_is_said() -> None:
    templates = {
        "a.html": "{% extends 'b.html' %}{% block x %}{% for n in [1] %}{{ _('%(n)s', n=n) }}"
        "{{ ngettext('one', 'many', n) }}{% endfor %}{% endblock %}",
        "b.html": "{% block x %}{% endblock %}",
    }
    functions = word_functions(make_words("en", {}))
    assert render_template(make_environment(templates), "a.html", **functions) == "1one"
