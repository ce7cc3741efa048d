"""EDGE. A text turned to HTML by a command that the user names: AsciiDoc has no reader of ours."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.errors import ArticleOutOfReach, Location

SECONDS = 60
_MOST = 32 * 1024 * 1024
"""Bytes of HTML that are taken."""


def convert(command: Sequence[str], raw: bytes, file: str) -> str:
    """What the command makes of a text, from its standard input to its output.

    Raises ArticleOutOfReach where it fails, takes longer than SECONDS, or gives no text.
    """
    import subprocess  # noqa: PLC0415 (few sources name a command)
    import tempfile  # noqa: PLC0415 (see above)

    shown = command[0]
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603 (the user names it in publisher.yaml)
                list(command),
                input=raw,
                stdout=output,
                stderr=subprocess.PIPE,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise _failed(f"cannot be converted: {shown}: {said}", file) from error
        except subprocess.TimeoutExpired as error:
            raise _failed(f"{shown} took longer than {SECONDS} s", file) from error
        output.seek(0)
        html = output.read(_MOST + 1)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0][:200]
        raise _failed(f"{shown} ended with {done.returncode}: {said}", file)
    if len(html) > _MOST or not html.strip():
        raise _failed(f"{shown} gave " + ("nothing" if len(html) <= _MOST else "too much"), file)
    return html.decode("utf-8", "replace")


def _failed(what: str, file: str) -> ArticleOutOfReach:
    return ArticleOutOfReach(
        what,
        where=Location(file=file),
        mend="run that command on the file by hand; `asciidoc:` of the source names it",
    )
