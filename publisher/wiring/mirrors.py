"""WIRING. The further outputs of a site, each imported where a site has one."""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

from publisher.config import BucketSpec, Config, OutputSpec, PluginOutputSpec
from publisher.config.plugins import installed_types
from publisher.errors import Location, OutputError
from publisher.plugin import OUTPUT_GROUP, Context, File, Output, OutputProblem, Step, Updated
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A further output by its name; what goes wrong with it is an error of ours.

    `made_by` is the distribution of a plug-in, "" for what is ours.
    """

    name: str
    made_by: str
    opened: Output

    def update(self, files: list[File], *, full: bool, step: Step) -> Updated:
        """Let it hold these files. Raises OutputError."""
        try:
            return self.opened.update(files, full=full, step=step)
        except OutputProblem as problem:
            raise _told(self.name, problem) from problem
        except OutputError:
            raise  # of a file that cannot be read
        except Exception as error:
            if not self.made_by:
                raise
            raise _defect(self.name, self.made_by, error) from error


def open_mirror(config: Config, spec: OutputSpec) -> Mirror:
    """Open a further output. Raises OutputError, ConfigError."""
    try:
        match spec:
            case BucketSpec():
                return Mirror(name=spec.name, made_by="", opened=_open_bucket(config, spec))
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
    named = installed_types(OUTPUT_GROUP)[spec.type]
    made_by = f"{named.dist.name} {named.dist.version}" if named.dist else named.value
    context = Context(
        name=spec.name, options=spec.options, root=config.root, site_url=config.site.url
    )
    try:
        opened = named.load()(context)
    except OutputProblem:
        raise
    except Exception as error:  # whatever it is, it is theirs
        raise _defect(spec.name, made_by, error) from error
    return Mirror(name=spec.name, made_by=made_by, opened=opened)


def _told(name: str, problem: OutputProblem) -> OutputError:
    return OutputError(
        problem.message, where=Location(file=f"outputs: {name}"), mend=problem.mend or None
    )


def _defect(name: str, made_by: str, error: Exception) -> OutputError:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    return OutputError(
        f"the plug-in {made_by} failed: {said}",
        where=Location(file=f"outputs: {name}"),
        mend="tell its authors, or take the output out of publisher.yaml",
    )
