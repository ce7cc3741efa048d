"""A template that fails is named with its line, however deep it lies."""

from __future__ import annotations

import jinja2
import pytest

from publisher.errors import TemplateError
from publisher.render.environment import (
    check_templates,
    make_environment,
    render_template,
    word_functions,
)
from publisher.render.words import make_words

PLACES = {
    "undefined name": ({"a.html": "\n{{ nobody }}"}, "templates/a.html:2", "nobody"),
    "undefined attribute": ({"a.html": "{{ ''.nothing }}"}, "templates/a.html:1", "nothing"),
    "in an include": (
        {"a.html": "\n{% include 'b.html' %}", "b.html": "\n\n{{ nobody.name }}"},
        "templates/b.html:3",
        "nobody",
    ),
    "in a block over a layout": (
        {
            "a.html": "{% extends 'base.html' %}\n{% block main %}\n{{ 1 / 0 }}{% endblock %}",
            "base.html": "<p>\n{% block main %}{% endblock %}",
        },
        "templates/a.html:3",
        "division",
    ),
    "in the layout": (
        {"a.html": "{% extends 'base.html' %}", "base.html": "<p>\n\n\n{{ nobody }}"},
        "templates/base.html:4",
        "nobody",
    ),
    "in a macro": (
        {
            "a.html": "{% import 'm.html' as m %}\n{{ m.sort(3) }}",
            "m.html": "{% macro sort(x) %}\n{{ x | dictsort }}{% endmacro %}",
        },
        "templates/m.html:2",
        "items",
    ),
    "wrong type": ({"a.txt": "{{ 'a' + 1 }}"}, "templates/a.txt:1", "str"),
    "no such filter": ({"a.txt": "\n{{ 1 | nonsense }}"}, "templates/a.txt:2", "nonsense"),
    "syntax": ({"a.html": "\n{% if %}"}, "templates/a.html:2", "expression"),
    "syntax in an include": (
        {"a.html": "{% include 'b.html' %}", "b.html": "\n\n{% endfor %}"},
        "templates/b.html:3",
        "endfor",
    ),
    "an include that is not there": (
        {"a.html": "\n{% include 'web/mast.html' %}", "web/masthead.html": ""},
        "templates/a.html:2",
        "web/mast.html",
    ),
    "itself": ({"a.html": "{% include 'a.html' %}"}, "templates/a.html:1", "includes itself"),
}


@pytest.mark.parametrize("case", PLACES)
def test_the_place_of_a_failure(case: str) -> None:
    templates, where, words = PLACES[case]
    environment = make_environment(templates)
    with pytest.raises(TemplateError, match=words) as caught:
        render_template(environment, next(iter(templates)))
    assert str(caught.value.where) == where
    assert caught.value.mend


def test_a_template_that_is_not_there_gives_the_nearest_name() -> None:
    environment = make_environment({"web/article.html": ""})
    with pytest.raises(TemplateError, match=r"'web/articel\.html'") as caught:
        render_template(environment, "web/articel.html")
    assert caught.value.mend == "write 'web/article.html'"


def test_a_defect_of_ours_is_no_template_error() -> None:
    def fail() -> str:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        render_template(make_environment({"a.txt": "{{ fail() }}"}), "a.txt", fail=fail)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.html", "&lt;"),
        ("a.mjml", "&lt;"),
        ("a.xml", "&lt;"),
        ("a.txt", "<"),
        ("a.css", "<"),
    ],
)
def test_what_is_escaped(name: str, expected: str) -> None:
    assert render_template(make_environment({name: "{{ x }}"}), name, x="<") == expected


class TestCheck:
    def test_good_templates_pass_whatever_they_ask_for_when_drawn(self) -> None:
        check_templates(
            make_environment({"a.html": "{{ later }}{% include 'b.html' %}", "b.html": ""})
        )

    @pytest.mark.parametrize(
        ("template", "line"), [("\n{% block %}", 2), ("{{ 'open }}", 1), ("{% for x %}", 1)]
    )
    def test_a_syntax_error_anywhere_is_found(self, template: str, line: int) -> None:
        with pytest.raises(TemplateError) as caught:
            check_templates(make_environment({"a.html": "", "deep/b.html": template}))
        assert str(caught.value.where) == f"templates/deep/b.html:{line}"

    @pytest.mark.parametrize(
        "template",
        [
            "{% extends 'gone.html' %}",
            "{% if false %}{% include 'gone.html' %}{% endif %}",
            "{% block x %}{% import 'gone.html' as gone %}{% endblock %}",
            "{% from 'gone.html' import x %}",
        ],
    )
    def test_a_name_that_is_not_there_is_found_without_drawing(self, template: str) -> None:
        with pytest.raises(TemplateError, match=r"no template 'gone\.html'") as caught:
            check_templates(make_environment({"a.html": template}))
        assert caught.value.where is not None
        assert caught.value.where.file == "templates/a.html"


class TestWordFunctions:
    def draw(self, name: str, text: str) -> str:
        functions = word_functions(make_words("en", {}))
        return render_template(make_environment({name: text}), name, **functions)

    def test_a_value_is_escaped_and_a_link_stays_a_link(self) -> None:
        text = "{{ _('By %(a)s & %(b)s', a='<x>', b='<b>y</b>'|safe) }}"
        assert self.draw("a.html", text) == "By &lt;x&gt; &amp; <b>y</b>"

    def test_plain_text_stays_plain(self) -> None:
        assert self.draw("a.txt", "{{ _('By %(a)s & co', a='<x>') }}") == "By <x> & co"

    def test_numbers_choose_the_form(self) -> None:
        text = "{{ ngettext('%(n)s boat', '%(n)s boats', n, n=n) }}"
        assert self.draw("a.html", "{% set n = 1 %}" + text) == "1 boat"
        assert self.draw("a.html", "{% set n = 2 %}" + text) == "2 boats"


def test_templates_are_read_once_and_kept() -> None:
    environment = make_environment({"a.html": "x"})
    assert isinstance(environment.undefined(name="x"), jinja2.StrictUndefined)
    assert environment.get_template("a.html") is environment.get_template("a.html")
