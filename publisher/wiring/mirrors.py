"""WIRING. The further outputs of a site, each imported where a site has one."""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.config import BucketSpec, Config, OutputSpec, PluginOutputSpec
from publisher.config.plugins import failure, installed_types, maker_of
from publisher.errors import Location, OutputError
from publisher.failures import one_line
from publisher.plugin import OUTPUT_GROUP, Context, File, Output, OutputProblem, Step, Updated
from publisher.values import dataclass

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A further output by its name; what goes wrong with it is an error of ours.

    `point` is where a plug-in was found, None for what is ours.
    """

    name: str
    point: EntryPoint | None
    opened: Output

    def update(self, files: list[File], *, full: bool, step: Step) -> Updated:
        """Let it hold these files. Raises OutputError, and what `step` raises to end it."""
        ended: list[BaseException] = []

        def told(done: int, total: int) -> None:
            try:
                step(done, total)
            except BaseException as error:
                ended.append(error)
                raise

        try:
            done = self.opened.update(files, full=full, step=told)
        except OutputProblem as problem:
            raise _told(self.name, problem) from problem
        except OutputError:
            raise  # of a file that cannot be read
        except (Exception, SystemExit) as error:
            if self.point is None or error in ended:
                raise
            raise _defect(self.name, self.point, failure(error, self.point)) from error
        if self.point is not None and not _is_updated(done):
            what = "update() gave no Updated with lists of paths"
            raise _defect(self.name, self.point, what)
        return done


def open_mirror(config: Config, spec: OutputSpec) -> Mirror:
    """Open a further output. Raises OutputError, ConfigError."""
    try:
        match spec:
            case BucketSpec():
                return Mirror(name=spec.name, point=None, opened=_open_bucket(config, spec))
            case PluginOutputSpec():
                return _open_plugin(config, spec)
    except OutputProblem as problem:
        raise _told(spec.name, problem) from problem
    raise AssertionError(f"no output writes {type(spec).__name__}")


def _open_bucket(config: Config, spec: BucketSpec) -> Output:
    from publisher.outputs.objects import ObjectOutput
    from publisher.outputs.s3 import AccessKey, Bucket
    from publisher.transport.passwords import secret_of

    key = f"outputs.{spec.name}"
    id_ = secret_of(config, spec.access_key_env, spec.access_key_file, f"{key}.access_key")
    secret = secret_of(config, spec.secret_key_env, spec.secret_key_file, f"{key}.secret_key")
    access = AccessKey(id=id_, secret=secret) if id_ and secret else None
    return ObjectOutput(Bucket(spec, access), site_url=config.site.url)


def _open_plugin(config: Config, spec: PluginOutputSpec) -> Mirror:
    point = installed_types(OUTPUT_GROUP)[spec.type]
    context = Context(
        name=spec.name, options=spec.options, root=config.root, site_url=config.site.url
    )
    try:
        opened = point.load()(context)
    except OutputProblem:
        raise
    except (Exception, SystemExit) as error:  # whatever it is, it is theirs
        raise _defect(spec.name, point, failure(error, point)) from error
    if not callable(getattr(opened, "update", None)):
        what = f"it was opened as {type(opened).__name__}, which has no update()"
        raise _defect(spec.name, point, what)
    return Mirror(name=spec.name, point=point, opened=opened)


def _is_updated(done: object) -> bool:
    return isinstance(done, Updated) and all(
        isinstance(paths, list | tuple) and all(isinstance(path, str) for path in paths)
        for paths in (done.written, done.removed)
    )


def _told(name: str, problem: OutputProblem) -> OutputError:
    return OutputError(
        one_line(str(problem.message)) or "cannot be written, and the plug-in does not say why",
        where=Location(file=f"outputs: {name}"),
        mend=one_line(str(problem.mend or "")) or "look at `options:` of the output",
    )


def _defect(name: str, point: EntryPoint, what: str) -> OutputError:
    return OutputError(
        f"the plug-in {maker_of(point)} failed: {what}",
        where=Location(file=f"outputs: {name}"),
        mend="tell its authors, or take the output out of publisher.yaml",
    )
