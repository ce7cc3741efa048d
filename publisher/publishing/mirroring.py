"""USE CASE. What output/ holds, brought to the further outputs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from publisher.answers.headers import CACHING, content_type, kind_of
from publisher.fingerprint import fingerprint
from publisher.outputs import Output
from publisher.plugin import File, Updated
from publisher.publishing.wanted import stage_of
from publisher.wiring.app import App
from publisher.wiring.mirrors import open_mirror


def update_mirrors(app: App, output: Output, *, full: bool) -> Mapping[str, Updated]:
    """Let each further output hold what lies in output/; gives what was done, by its name.

    With `full` each of them looks whether all lies there as it was left. Raises OutputError or
    ConfigError for the first that cannot be written; those before it are.
    """
    if not app.config.outputs:
        return {}
    files = _files(output)
    done = {}
    for spec in app.config.outputs:
        mirror = open_mirror(app.config, spec)
        done[spec.name] = mirror.update(
            files, full=full, step=partial(app.progress, f"writing to {spec.name}")
        )
    return done


def _files(output: Output) -> list[File]:
    files = []
    for path, entry in output.noted().items():
        media_type, caching = content_type(path), CACHING[kind_of(path)]
        file = File(
            path=path,
            stage=stage_of(path),
            version=fingerprint((entry.fingerprint, media_type, caching)),
            content_type=media_type,
            cache_control=caching,
            size=entry.size,
            read=partial(output.kept, path),
        )
        files.append(file)
    return sorted(files, key=lambda file: (file.stage, file.path))
