"""PURE. What Jinja makes of templates, where the code that it writes takes longer than it need.

A page puts a hundred values into its text and calls two dozen methods, and most of what that took
was Jinja's own. The text that comes out is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import MethodType
from typing import Any

import jinja2.runtime
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape


@lru_cache(maxsize=1024)
def _escaped(text: str) -> str:
    """Text as it stands in a page. Most does several times, or in all pages: titles, addresses.

    (No markup, which would be found here by the text that it is equal to.)
    """
    return str(escape(text))


def put(value: object) -> str:
    """A value as `escape` puts it into a page, in a quarter of the time.

    What is markup is taken as it is, where `escape` copies it twice.
    """
    if type(value) is Markup:
        return value
    return _escaped(value) if type(value) is str else escape(value)


class Generator(CodeGenerator):
    """Writes Python of a template: values are put into it by `put`."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            assert finalize.src is None, "no `finalize` is set"
            self.write("environment.put(")


class Told:
    """A function of templates that is told first whether text is escaped where it is called.

    (Jinja's own way to say so, `pass_eval_context`, takes longer than the function.)
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., str]) -> None:
        self.function = function


class Context(jinja2.runtime.Context):
    """Calls methods as they are: Jinja looks each time, in four places, whether what is called asks
    for the context, as functions may; no method does."""

    def call(self, called: Any, /, *args: Any, **values: Any) -> Any:
        kind = type(called)
        if kind is not MethodType and kind is not Told:
            return super().call(called, *args, **values)
        values.pop("_block_vars", None)
        values.pop("_loop_vars", None)
        if kind is Told:
            return called.function(self.eval_ctx.autoescape, *args, **values)
        return called(*args, **values)
