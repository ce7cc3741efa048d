"""PURE. One Jinja environment over templates that were read at the edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import cache, lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from markupsafe import Markup, escape

from publisher.errors import Location, TemplateError
from publisher.nearest import nearest
from publisher.render.generated import Context, Generator, Told, put
from publisher.render.words import Words
from publisher.render.wrapping import dotted, wrap

FOLDER = "templates"
_FILTERS = {"dotted": dotted, "wrap": wrap}
"""For text. (Filters and no functions: Jinja takes longer to call a function than ours take.)"""

_MEND = (
    "correct the template; if it is the site's own, compare it with the theme's file of that name"
)


class _NamedLoader(jinja2.BaseLoader):
    """Templates from a mapping, each with its name as file name: tracebacks then tell the place.

    (Jinja's DictLoader gives none.)
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = dict(templates)

    def get_source(
        self, _environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template not in self._templates:
            raise jinja2.TemplateNotFound(template)
        return self._templates[template], template, None

    def list_templates(self) -> list[str]:
        return sorted(self._templates)


class Environment(jinja2.Environment):
    """Jinja's own, which notes of each template what others it names, and where.

    (To parse each once more for its names would be a third of all checking.)
    """

    code_generator_class = Generator
    context_class = Context
    put = staticmethod(put)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.named: dict[str, tuple[tuple[str, int], ...]] = {}

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        """Jinja's hook between parsing and compiling."""
        if name is not None:
            self.named[name] = tuple(_names_in(source))
        return super()._generate(source, name, filename, defer_init)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Jinja's names and a template's own as one dict: a chain costs 5 µs in every rendering.

        (It would show names that are added later. None are.)
        """
        return {**self.globals, **(d or {})}


def make_environment(
    templates: Mapping[str, str], compiled: jinja2.BytecodeCache | None = None
) -> Environment:
    """An environment over name -> text: undefined names are errors, .html and .mjml are escaped.

    `compiled` keeps what was made of templates; of those that come from there `named` has nothing.
    """
    environment = Environment(
        loader=_NamedLoader(templates),
        undefined=jinja2.StrictUndefined,
        autoescape=cache(
            jinja2.select_autoescape(
                enabled_extensions=("html", "xml", "mjml"), default_for_string=False, default=False
            )
        ),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=compiled,
    )
    environment.filters.update(_FILTERS)
    return environment


def render_template(environment: jinja2.Environment, name: str, /, **context: Any) -> str:
    """Render one template. Raises TemplateError with file and line for what goes wrong in it."""
    try:
        return environment.get_template(name).render(**context)
    except (jinja2.TemplateSyntaxError, jinja2.TemplateNotFound) as error:
        raise _cannot_be_read(environment, name, error) from error
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        where = _innermost(environment, error) or _location(name)
        if isinstance(error, RecursionError):
            mend = "take out the `include` or `extends` that leads back to where it stands"
            raise TemplateError("includes itself without end", where=where, mend=mend) from error
        raise TemplateError(f"cannot be rendered: {error}", where=where, mend=_MEND) from error


def check_templates(environment: Environment) -> None:
    """Compile every template and look for every one that it names.

    Raises TemplateError for the first with a syntax error or with a name that is not there.
    """
    for name in environment.list_templates():
        try:
            environment.get_template(name)
            for other, line in environment.named[name]:
                if other not in environment.list_templates():
                    raise _not_there(environment, other, _location(name, line))
                environment.get_template(other)
        except jinja2.TemplateSyntaxError as error:
            raise _cannot_be_read(environment, name, error) from error


@lru_cache(maxsize=64)
def word_functions(words: Words) -> Mapping[str, Told]:
    """`_` and `ngettext` for a template's context.

    In escaped templates our sentences count as markup and the values in them are
    escaped, so that a link can stand within a sentence.
    """

    plain = lru_cache(maxsize=256)(lambda message: escape(words.gettext(message)))

    def translate(escapes: bool, message: str, /, **values: object) -> str:
        if values or not escapes:
            return _fill(escapes, words.gettext(message), values)
        return plain(message)

    def translate_number(
        escapes: bool, singular: str, plural: str, n: int, /, **values: object
    ) -> str:
        return _fill(escapes, words.ngettext(singular, plural, n), values)

    return {"_": Told(translate), "ngettext": Told(translate_number)}


def _names_in(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """The templates that one extends, includes or imports by a fixed name, with the line."""
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for node in tree.find_all(kinds):
        other = dict(node.iter_fields())["template"]
        if isinstance(other, nodes.Const) and not getattr(node, "ignore_missing", False):
            yield str(other.value), node.lineno


def _fill(escapes: bool, sentence: str, values: Mapping[str, object]) -> str:
    if not escapes:
        return sentence % values if values else sentence
    # (`Markup % values` wraps every value in an object of its own.)
    shown = {name: put(value) for name, value in values.items()}
    whole = str(put(sentence))
    return Markup(whole % shown if shown else whole)  # noqa: S704 (all of it is escaped)


def _location(name: str, line: int = 0) -> Location:
    return Location(file=f"{FOLDER}/{name}", line=line)


def _cannot_be_read(
    environment: jinja2.Environment,
    name: str,
    error: jinja2.TemplateSyntaxError | jinja2.TemplateNotFound,
) -> TemplateError:
    if isinstance(error, jinja2.TemplateSyntaxError):
        where = _location(error.name or name, error.lineno)
        return TemplateError(str(error.message), where=where, mend=_MEND)
    where = _innermost(environment, error) or _location(name)
    return _not_there(environment, str(error.name), where)


def _not_there(environment: jinja2.Environment, missing: str, where: Location) -> TemplateError:
    near = nearest(missing, environment.list_templates())
    return TemplateError(
        f"there is no template {missing!r}",
        where=where,
        mend=f"write {near!r}" if near else "add the template, or correct its name",
    )


def _innermost(environment: jinja2.Environment, error: BaseException) -> Location | None:
    """The innermost template line of a traceback (Jinja gives its frames the template's own)."""
    names = frozenset(environment.list_templates())
    place = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in names:
            place = _location(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return place
