"""GROUND. The templates of an issue's subject and preheader, as far as no issue is needed."""

from __future__ import annotations

from publisher.patterns import pattern

HEADLINE_NAMES = ("newsletter", "site", "entries", "sections", "number", "date")
"""What such a template sees."""

_TAG = pattern(r"\{[{%#]")


def headline_problem(text: str) -> str | None:
    """What is wrong with a template, in words; None for a good one, or plain text."""
    if not _TAG.search(text):
        return None
    # not needed where no newsletter says how its subjects read, and 30 ms
    import jinja2.meta  # noqa: PLC0415
    import jinja2.nodes  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    from publisher.config.headnames import strange_name  # noqa: PLC0415

    environment = ImmutableSandboxedEnvironment()
    try:
        tree = environment.parse(text)
    except jinja2.TemplateSyntaxError as error:
        return str(error.message)
    # before the names, for which Jinja compiles it, and raises where there is no such filter
    for node in tree.find_all((jinja2.nodes.Filter, jinja2.nodes.Test)):
        is_filter = isinstance(node, jinja2.nodes.Filter)
        if node.name not in (environment.filters if is_filter else environment.tests):
            return f"there is no {'filter' if is_filter else 'test'} {node.name!r}"
    strange = jinja2.meta.find_undeclared_variables(tree) - {*HEADLINE_NAMES, *environment.globals}
    return f"nothing is named {min(strange)!r}" if strange else strange_name(tree)
