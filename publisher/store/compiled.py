"""EDGE. Compiled templates, kept in the state folder: to make them anew is a third of a small run.

What is kept is used as long as its template is the same, and all else that decides what is made of
it. A file that is damaged or gone costs the time to compile, and nothing else. See
docs/decisions/0027.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from contextlib import suppress
from pathlib import Path
from threading import get_ident

import jinja2
from jinja2.bccache import Bucket

from publisher import __version__

_COMPILER = 2
"""Raised whenever other code is to be made of the same templates by the same versions."""

_DIGEST = hashlib.sha256().digest_size


class CompiledTemplates(jinja2.BytecodeCache):
    """A file for each template. Without `reads` each is compiled anew, without `writes` none kept.

    What lies there is run. So the folder is ours alone, or it is as if it were not there.
    """

    def __init__(self, folder: Path, *, reads: bool = True, writes: bool = True) -> None:
        self._folder = folder
        self._reads = reads and _is_ours_alone(folder)
        self._writes = writes

    def get_bucket(
        self, environment: jinja2.Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """What is kept of a template, by more than its text, which is all that Jinja asks about."""
        key = self.get_cache_key(name, filename)
        bucket = Bucket(environment, key, _checksum(environment, source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, where there is something whole to fill it with."""
        if not self._reads:
            return
        try:
            kept = self._file(bucket).read_bytes()
        except OSError:
            return  # it is compiled, as it would be without us
        digest, code = kept[:_DIGEST], kept[_DIGEST:]
        if hashlib.sha256(code).digest() == digest:  # what is damaged can crash Python
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where it can be kept."""
        if not self._writes:
            return
        code = bucket.bytecode_to_string()
        file = self._file(bucket)
        aside = file.with_name(f".{file.name}.{os.getpid()}-{get_ident()}.new")
        with suppress(OSError):  # a full disk, say: the next run compiles it again
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if not _is_ours_alone(self._folder):
                return
            try:
                aside.write_bytes(hashlib.sha256(code).digest() + code)
                aside.replace(file)
            finally:
                aside.unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / bucket.key


def _is_ours_alone(folder: Path) -> bool:
    """Whether nobody else can put anything into a folder."""
    try:
        found = folder.stat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _checksum(environment: jinja2.Environment, source: str) -> str:
    """Of the text of a template, and of all else that its code depends on."""
    settings = (
        (_COMPILER, __version__, jinja2.__version__, importlib.util.MAGIC_NUMBER),
        [sorted(names) for names in (environment.filters, environment.tests)],
        sorted(environment.extensions),
        (environment.trim_blocks, environment.lstrip_blocks, environment.keep_trailing_newline),
    )
    return hashlib.sha256(f"{settings!r}\0{source}".encode()).hexdigest()
