"""EDGE. Sources of plug-ins: opened by their entry point, their plain values turned into items.

Whatever a plug-in does wrong costs a message that names it, and no traceback: it is not our code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from numbers import Number
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.config import Config, PluginSpec
from publisher.config.plugins import failure, installed_types, maker_of
from publisher.errors import ArticleError, Location, PublisherError, SourceError
from publisher.failures import one_line
from publisher.parse.headers.values import MOST_LEVELS, Text, as_value
from publisher.parse.items import Form, Item, ItemFound, Unreadable, Withheld
from publisher.plugin import Container, Context, SourceProblem
from publisher.plugin import Item as PlainItem
from publisher.plugin import Refused as PlainRefused
from publisher.plugin import Withheld as PlainWithheld
from publisher.values import dataclass

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")
_FORMS: Mapping[str, Form] = {"html": "fragment", "markdown": "md", "text": "txt"}
_LONGEST_NAME = 500
_END: Any = object()
_TELL = "tell its authors"
_DEFECTS = (Exception, SystemExit)
"""What a plug-in may raise, whatever it is: one that ends the process would end a timer, too."""


class Misfit(Exception):
    """What a plug-in gave is not what `publisher.plugin` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContainer:
    """The container of a plug-in as one of ours."""

    source: str
    point: EntryPoint
    opened: Container

    def mark(self) -> str:
        """What it says. Raises SourceError."""
        mark = self._asked(self.opened.mark)
        if not isinstance(mark, str):
            raise self._defect(f"mark() gave {type(mark).__name__}, where a text was expected")
        mark = _text("mark", mark)
        return mark and f"{maker_of(self.point)} {mark}"  # a newer plug-in may read it otherwise

    def items(self) -> Iterator[ItemFound]:
        """What it gives, turned into items; a wrong one costs itself alone, if it has a name.

        Without a name nobody could tell which article is missing. Raises SourceError.
        """
        found = self._asked(lambda: iter(self.opened.items()))
        while True:
            one = self._asked(lambda: next(found, _END))
            if one is _END:
                return
            name = self._asked(lambda one=one: name_of(one))  # type: ignore[misc]
            try:
                yield turned(one)
            except Misfit as error:
                yield self._wrong(name, one, str(error))
            except Exception as error:  # noqa: BLE001 (whatever its values do, it is theirs)
                yield self._wrong(name, one, failure(error, self.point))

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except SourceProblem as problem:
            raise problem_told(self.source, problem) from problem
        except PublisherError:
            raise
        except Misfit as error:
            raise self._defect(str(error)) from error
        except _DEFECTS as error:
            raise defect(self.source, self.point, failure(error, self.point)) from error

    def _defect(self, what: str) -> SourceError:
        return defect(self.source, self.point, what)

    def _wrong(self, name: str, one: Any, what: str) -> Unreadable:
        said = f"the plug-in {maker_of(self.point)} gave it wrong: {what}"
        line = one.line if isinstance(one.line, int) else 0
        where = Location(file=name, line=line)
        return Unreadable(name=name, problem=ArticleError(said, where=where, mend=_TELL))


def open_plugin(config: Config, spec: PluginSpec) -> PluginContainer:
    """Load a plug-in and open its source. Raises SourceError."""
    point = installed_types()[spec.type]
    context = Context(
        name=spec.name, options=spec.options, root=config.root, site_url=config.site.url
    )
    try:
        opened = point.load()(context)
    except SourceProblem as problem:
        raise problem_told(spec.name, problem) from problem
    except _DEFECTS as error:
        raise defect(spec.name, point, failure(error, point)) from error
    for method in ("mark", "items"):
        if not callable(getattr(opened, method, None)):
            what = f"it was opened as {type(opened).__name__}, which has no {method}()"
            raise defect(spec.name, point, what)
    return PluginContainer(source=spec.name, point=point, opened=opened)


def problem_told(source: str, problem: SourceProblem) -> SourceError:
    """What a plug-in says of its source, as an error of the source."""
    message = one_line(str(problem.message))
    return SourceError(
        message or "cannot be read, and the plug-in does not say why",
        where=Location(file=source),
        mend=one_line(str(problem.mend or "")) or "look at `options:` of the source",
    )


def defect(source: str, point: EntryPoint, what: str) -> SourceError:
    """What a plug-in does wrong, with its name."""
    return SourceError(
        f"the plug-in {maker_of(point)} failed: {what}",
        where=Location(file=source),
        mend=f"{_TELL}, or take the source out of publisher.yaml",
    )


def name_of(found: Any) -> str:
    """The name of a plain value. Raises Misfit where it is none, or has none."""
    if not isinstance(found, PlainItem | PlainWithheld | PlainRefused):
        raise Misfit(f"items() gave {type(found).__name__}, where an Item was expected")
    name: Any = found.name
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise Misfit(f"{str(name)[:80]!r} is no name of an item")
    if not name.isprintable():
        raise Misfit(f"the name {name[:80]!r} holds control characters, or others as unseen")
    return name


def turned(found: Any) -> ItemFound:
    """A plain value as an item of ours. Raises Misfit for what is none."""
    name = name_of(found)
    line = _of_type("line", found.line, (int,), "a number")
    if isinstance(found, PlainWithheld):
        return Withheld(name=name, why=_told("why", found.why), line=line)
    if isinstance(found, PlainRefused):
        where = Location(file=name, line=line)
        mend = _line("mend", found.mend) or "correct it where it lies"
        error = ArticleError(_told("message", found.message), where=where, mend=mend)
        return Unreadable(name=name, problem=error)
    if _text("form", found.form) not in _FORMS:
        raise Misfit(f"`form` is {found.form!r}, where one of {', '.join(_FORMS)} was expected")
    _of_type("warnings", found.warnings, (list, tuple), "a list of texts")
    _of_type("fields", found.fields, (Mapping,), "a mapping")
    for key, value in found.fields.items():
        _check(f"the field {_text('fields', key)!r}", value)
    return Item(
        name=name,
        fields=tuple(
            (Text(key, line, 0), as_value(value, line)) for key, value in found.fields.items()
        ),
        body=_of_type("text", found.text, (str,), "a text"),
        form=_FORMS[found.form],
        base_url=_text("base_url", found.base_url),
        line=line,
        warnings=tuple(_line("warnings", warning) for warning in found.warnings),
    )


def _check(what: str, value: Any, depth: int = 0) -> None:
    """Refuse what has no one way to be written: it would be read otherwise at each look."""
    if depth > MOST_LEVELS or value is None or isinstance(value, str | Number | date):
        return
    if not isinstance(value, Mapping | list | tuple):
        expected = "a text, a number, a truth value, a date, a list or a mapping"
        raise Misfit(f"{what} holds {type(value).__name__}, where {expected} was expected")
    for inner in value.values() if isinstance(value, Mapping) else value:
        _check(what, inner, depth + 1)


def _of_type(what: str, value: Any, kinds: tuple[type, ...], expected: str) -> Any:
    if not isinstance(value, kinds):
        raise Misfit(f"`{what}` is {type(value).__name__}, where {expected} was expected")
    return value


def _text(what: str, value: Any) -> str:
    """A text; half a character, as names of files may hold, is told by its number."""
    text: str = _of_type(what, value, (str,), "a text")
    return text.encode("utf-8", "backslashreplace").decode()


def _told(what: str, value: Any) -> str:
    """One line to a person."""
    line = _line(what, value)
    if not line:
        raise Misfit(f"`{what}` is empty")
    return line


def _line(what: str, value: Any) -> str:
    return one_line(_text(what, value))
