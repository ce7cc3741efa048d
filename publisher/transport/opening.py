"""EDGE. Where this site's mail goes: its relay, or a folder."""

from __future__ import annotations

from collections.abc import Callable

from publisher.config import Config, SmtpSpec
from publisher.errors import ConfigError
from publisher.transport.folder import open_folder
from publisher.transport.passwords import password_of
from publisher.transport.session import Session
from publisher.transport.smtp import open_session


def session_opener(config: Config) -> Callable[[], Session]:
    """What opens a session, as often as one is needed. Raises ConfigError for a password that is
    not where it should be; what it gives raises RelayUnreachable, or ConfigError for a folder."""
    smtp = relay_of(config)
    if smtp.folder is not None:
        shown = smtp.folder.rstrip("/")
        folder = config.path(smtp.folder)
        return lambda: open_folder(folder, shown=shown)
    password, name = password_of(config, smtp, "smtp"), greeting_name(config)
    return lambda: open_session(smtp, password=password, greeting_name=name)


def relay_of(config: Config) -> SmtpSpec:
    """The relay that is configured. Raises ConfigError where none is."""
    if config.smtp is None:
        raise ConfigError(
            "smtp is not set: there is no relay to hand mail to",
            mend="name it: smtp: {host: …, username: …, password_env: …}",
        )
    return config.smtp


def greeting_name(config: Config) -> str:
    """Who we say that we are: the site's host (RFC 5321 section 4.1.1.1)."""
    return config.site.url.partition("://")[2].partition("/")[0].partition(":")[0]
