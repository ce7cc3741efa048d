"""USE CASE. What output/ holds, brought to the further outputs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from publisher.answers.headers import CACHING, content_type, kind_of
from publisher.errors import PublisherError
from publisher.fingerprint import fingerprint
from publisher.outputs import Output
from publisher.plugin import File, Updated
from publisher.publishing.views import stage_of
from publisher.wiring.app import App
from publisher.wiring.mirrors import open_mirror


def update_mirrors(app: App, output: Output, *, full: bool) -> Mapping[str, Updated]:
    """Let each further output hold what lies in output/; gives what was done, by its name.

    With `full` each of them looks whether all lies there as it was left. One that cannot be
    written holds up no other: it is raised at the end, an OutputError or a ConfigError, with the
    rest of them as its `others`.
    """
    if not app.config.outputs:
        return {}
    files = _files(output)
    done, problems = {}, []
    for spec in app.config.outputs:
        step = partial(app.progress, f"writing to {spec.name}")
        try:
            done[spec.name] = open_mirror(app.config, spec).update(files, full=full, step=step)
        except PublisherError as problem:
            problems.append(problem)
    if problems:
        first, *others = problems
        first.others = (*first.others, *others)
        raise first
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
