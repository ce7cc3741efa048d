"""GROUND. What no single key of a source of mails can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from publisher.config.selections import Finding
from publisher.config.sources import ImapSourceSpec, MailSpec, SourceSpec


def mail_findings(sources: Sequence[SourceSpec]) -> Iterator[Finding]:
    """Sources that could publish what was meant for one reader, and passwords named twice."""
    for i, source in enumerate(sources):
        if not isinstance(source, MailSpec):
            continue
        named = source.senders or source.list_id
        if not named and not source.everything:
            message = f"sources[{i}]: nothing says whose mails are published, so all would be"
            yield (
                ("sources", i),
                message,
                "name them: from: [news@example.org], or list_id:; or all: true",
            )
        if named and source.everything:
            message = f"sources[{i}].all: `from` or `list_id` says already whose mails are taken"
            yield ("sources", i, "all"), message, "take one of them out"
        if isinstance(source, ImapSourceSpec):
            if None not in (source.server.password_env, source.server.password_file):
                message = (
                    f"sources[{i}].imap: password_env and password_file both name the password"
                )
                yield ("sources", i, "imap"), message, "take one of them out"
            if source.server.timeout.total_seconds() > 120:
                yield (
                    ("sources", i, "imap"),
                    f"sources[{i}].imap.timeout: expected 2m or less",
                    None,
                )
