"""EDGE. Passwords: never in publisher.yaml, but in the environment or a file that it names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from publisher.config import Config
from publisher.config.outputs import BucketSpec
from publisher.config.sources import ImapSourceSpec
from publisher.errors import ConfigError, Location


class Named(Protocol):
    """A spec that says where a password is."""

    @property
    def password_env(self) -> str | None:
        """A variable of the environment."""

    @property
    def password_file(self) -> str | None:
        """A file."""


def password_of(config: Config, spec: Named, key: str) -> str | None:
    """The password that the spec under a key of publisher.yaml names, None where it names none.

    Raises ConfigError.
    """
    return secret_of(config, spec.password_env, spec.password_file, f"{key}.password")


def secret_of(config: Config, variable: str | None, file: str | None, key: str) -> str | None:
    """What a variable of the environment or a file holds, None where neither is named.

    `key` is that of publisher.yaml, without `_env` and `_file`. Raises ConfigError.
    """
    if variable is not None:
        secret = os.environ.get(variable)
        if secret is None:
            raise ConfigError(
                f"{key}_env: the environment has no {variable}",
                mend=f"set it: {variable}=… publisher …",
            )
        return secret
    if file is None:
        return None
    path = config.path(file)
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        what = key.rpartition(".")[2].replace("_", " ")
        raise ConfigError(
            f"{key}_file: {file}: {said}",
            mend=f"put the {what} there, readable by this user alone",
        ) from error
    if mode & stat.S_IRWXO:
        raise ConfigError(
            f"{key}_file: everybody may read or write it (mode {stat.S_IMODE(mode):o})",
            where=Location(file=str(path)),
            mend=f"chmod 600 {path}",
        )
    return text.rstrip("\r\n")


def look_at_secret_files(config: Config) -> tuple[Sequence[ConfigError], Sequence[str]]:
    """Which files of passwords and keys would be refused where they are needed, and which are not
    there: what is not on this machine at all may well be where it is needed."""
    refused, missing = [], []
    for key, file in _named(config):
        if _is_pipe(config.path(file)):  # which can be read once alone
            continue
        try:
            secret_of(config, None, file, key)
        except ConfigError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                missing.append(f"{error}: the machine that sends or fetches needs it")
            else:
                refused.append(error)
    return refused, missing


def _is_pipe(path: Path) -> bool:
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except OSError:
        return False  # whoever reads it says why


def _named(config: Config) -> Iterator[tuple[str, str]]:
    """The files that are named, each with its key without `_file`."""
    for key, spec in _specs(config):
        if spec is not None and spec.password_file is not None:
            yield f"{key}.password", spec.password_file
    for output in config.outputs:
        if isinstance(output, BucketSpec):
            files = {"access_key": output.access_key_file, "secret_key": output.secret_key_file}
            for name, file in files.items():
                if file is not None:
                    yield f"outputs.{output.name}.{name}", file


def _specs(config: Config) -> Iterator[tuple[str, Named | None]]:
    yield "smtp", config.smtp
    yield "alerts", config.alerts
    if config.bounces is not None:
        yield "bounces.imap", config.bounces.imap
        yield "bounces.pop3", config.bounces.pop3
    for number, source in enumerate(config.sources):
        if isinstance(source, ImapSourceSpec):
            yield f"sources[{number}].imap", source.server
