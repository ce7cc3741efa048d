"""EDGE. Passwords: never in publisher.yaml, but in the environment or a file that it names."""

from __future__ import annotations

import os
import stat
from typing import Protocol

from publisher.config import Config
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
    if spec.password_env is not None:
        password = os.environ.get(spec.password_env)
        if password is None:
            raise ConfigError(
                f"{key}.password_env: the environment has no {spec.password_env}",
                mend=f"set it: {spec.password_env}=… publisher …",
            )
        return password
    if spec.password_file is None:
        return None
    path = config.path(spec.password_file)
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ConfigError(
            f"{key}.password_file: {spec.password_file}: {said}",
            mend="put the password there, readable by this user alone",
        ) from error
    if mode & stat.S_IRWXO:
        raise ConfigError(
            f"{key}.password_file: everybody may read or write it (mode {stat.S_IMODE(mode):o})",
            where=Location(file=str(path)),
            mend=f"chmod 600 {path}",
        )
    return text.rstrip("\r\n")
