"""EDGE. The theme: templates (the shipped ones, overlaid by the site's own) and catalogues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from publisher.errors import Location, TemplateError
from publisher.fingerprint import fingerprint
from publisher.nearest import nearest
from publisher.values import dataclass

_PACKAGE = Path(__file__).resolve().parent.parent
_SUFFIXES = (".html", ".mjml", ".txt", ".css", ".xml")


@dataclass(frozen=True, slots=True)
class Theme:
    """Templates by name, catalogues by language, and hashes: of all of it, of our words alone.

    `warnings` name templates of the site that are likely to be misnamed.
    """

    templates: Mapping[str, str]
    catalogues: Mapping[str, bytes]
    hash: str
    catalogues_hash: str
    warnings: tuple[str, ...] = ()


def read_theme(own_templates: Path) -> Theme:
    """Read the shipped theme, overlaid by the site's own files. Raises TemplateError."""
    shipped, own = _read_templates(_shipped_templates()), {}
    if own_templates.is_dir() and own_templates.resolve() != _shipped_templates():
        own = _read_templates(own_templates)
    elif own_templates.exists() and not own_templates.is_dir():
        raise TemplateError(
            "is no folder",
            where=Location(file=str(own_templates)),
            mend="make a folder of it that holds what the site changes of the theme",
        )
    templates = shipped | own
    catalogues = {p.stem: p.read_bytes() for p in sorted((_PACKAGE / "locales").glob("*.po"))}
    texts = {name: data.decode("utf-8") for name, data in catalogues.items()}
    return Theme(
        templates=templates,
        catalogues=catalogues,
        hash=fingerprint(templates, texts),
        catalogues_hash=fingerprint(texts),
        warnings=tuple(_misnamed(own, shipped)),
    )


def _misnamed(own: Mapping[str, str], shipped: Mapping[str, str]) -> Iterator[str]:
    """Templates of the site that no other names, and that are called nearly as one of the theme."""
    for name in sorted(own.keys() - shipped.keys()):
        if any(name in text for text in own.values()):
            continue
        near = nearest(name, shipped, likeness=0.85)
        if near:
            yield f"templates/{name}: nothing is drawn by it; did you mean {near}?"


def _shipped_templates() -> Path:
    """Inside the package when installed, beside it in a checkout."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def _read_templates(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_hidden = "/." in f"/{name}"  # as everywhere: nobody looks whether it changes
        if path.suffix not in _SUFFIXES or is_hidden or not path.is_file():
            continue
        try:
            found[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(
                f"cannot be read as UTF-8 text: {error}", where=Location(file=f"templates/{name}")
            ) from error
    return found
