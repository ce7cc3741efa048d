"""EDGE. A sidecar is written beside an article without a header: what was inferred, to correct.

What reads articles is imported when one is to be written.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

from pathlib import Path

from publisher.config import SiteSpec, SourceSpec
from publisher.errors import ArticleError, Location
from publisher.model import Document
from publisher.parse.candidates import SIDECAR_SUFFIXES
from publisher.values import dataclass

_AS_DRAFT = b"draft: true\n"
"""A sidecar with which a text without a date is read all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSidecar:
    """A sidecar that was written: its path under the source, and what it tells (`title`, …)."""

    file: str
    told: tuple[str, ...]

    @property
    def lacks_date(self) -> bool:
        """Whether no date was found, so that a person has to write it."""
        return "date" not in self.told


def wants_sidecar(folder: Path, file: str, *, source: SourceSpec) -> bool:
    """Whether an article has neither a header nor a sidecar, and can be read."""
    from publisher.parse.document import has_header

    if _sidecar_of(folder, file):
        return False
    try:
        return not has_header(_bytes(folder / file, file), file, source=source)
    except ArticleError:
        return False  # named where the articles are read


def _sidecar_of(folder: Path, file: str) -> str:
    stem = file.rpartition(".")[0]
    names = (stem + suffix for suffix in SIDECAR_SUFFIXES)
    return next((name for name in names if (folder / name).exists()), "")


def add_sidecar(folder: Path, file: str, *, site: SiteSpec, source: SourceSpec) -> WrittenSidecar:
    """Write the sidecar of an article; one that is there is never changed.

    Raises ArticleError for an article that has a header or a sidecar, and for what cannot be
    read or written.
    """
    from publisher.parse.document import has_header
    from publisher.parse.headers.sidecar import write_sidecar

    there = _sidecar_of(folder, file)
    if there:
        raise _has_one(file, there)
    raw = _bytes(folder / file, file)
    if has_header(raw, file, source=source):
        raise ArticleError(
            "has a header of its own, so no sidecar was written",
            where=Location(file=file, line=1),
            mend="correct it there",
        )
    document = _read(raw, file, site=site, source=source)
    text, told = write_sidecar(document, raw)
    target = file.rpartition(".")[0] + SIDECAR_SUFFIXES[0]
    try:
        with (folder / target).open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise _has_one(file, target) from error
    except OSError as error:
        raise ArticleError(
            f"the sidecar {target} cannot be written: {error.strerror}",
            where=Location(file=file),
            mend="let this user write into the folder",
        ) from error
    return WrittenSidecar(file=target, told=told)


def _has_one(file: str, sidecar: str) -> ArticleError:
    return ArticleError(
        f"has a sidecar already, {sidecar.rpartition('/')[2]}, which was not changed",
        where=Location(file=file),
        mend="correct it there, or remove it first",
    )


def _read(raw: bytes, file: str, *, site: SiteSpec, source: SourceSpec) -> Document:
    """What is read without a sidecar; a text without a date, or among assets, as a draft."""
    from publisher.parse.document import Beside, Parsed, parse_document

    for beside in (None, (f"{file}.yaml", _AS_DRAFT)):
        try:
            parsed = parse_document(
                raw,
                file,
                site=site,
                source=source,
                look_up=lambda _: None,
                beside=Beside(sidecar=beside),
            )
        except ArticleError:
            if beside is not None:
                raise
            continue
        if isinstance(parsed, Parsed):
            return parsed.document
    raise ArticleError("is no article", where=Location(file=file), mend="list it under exclude:")


def _bytes(path: Path, file: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArticleError(
            f"cannot be read: {error.strerror}",
            where=Location(file=file),
            mend="let this user read the file",
        ) from error
