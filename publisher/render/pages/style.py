"""PURE. The one style sheet of a site, from the theme's template and the site's colours."""

from __future__ import annotations

import jinja2

from publisher.config import ThemeSpec
from publisher.fingerprint import fingerprint
from publisher.model import Artifact
from publisher.palette import Palette
from publisher.render.environment import render_template
from publisher.render.typefaces import page_typefaces


def style_artifact(environment: jinja2.Environment, theme: ThemeSpec, palette: Palette) -> Artifact:
    """media/site-HASH.css: its name changes with its bytes, so it may be cached for ever.

    Raises TemplateError when the style sheet's template cannot be rendered.
    """
    fonts = page_typefaces(theme.fonts)
    text = render_template(environment, "web/site.css", palette=palette, fonts=fonts)
    mark = fingerprint(text)
    return Artifact(
        path=f"media/site-{mark[:12]}.css",
        media_type="text/css; charset=utf-8",
        fingerprint=mark,
        render=text.encode,
    )
