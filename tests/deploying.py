"""The files of docs/deploy taken apart: which commands they run, which settings they have."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path

import click
import yaml

from publisher.cli.commands import main
from publisher.cli.publishing import publish_command
from tests.conftest import ROOT

DEPLOY = ROOT / "docs" / "deploy"
OURS = ("publisher", "publish")
_PLACEHOLDERS = {"NUMBER": "1"}
"""What the documents write where a person puts a value that is not a word."""


def read(name: str) -> str:
    """One file of docs/deploy."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def run(
    *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a program said and how it ended."""
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=900
    )


# ---------------------------------------------------------------- commands


def our_commands(script: str) -> Iterator[list[str]]:
    """Each command of ours in a shell script: its words, from `publisher` or `publish` on."""
    for line in script.replace("\\\n", " ").splitlines():
        for words in _simple_commands(line):
            yield from _ours(words)


def _simple_commands(line: str) -> Iterator[list[str]]:
    """The commands of a line, without what binds them and where their output goes."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set("();<>|&"):
            if words:
                yield words
            words = []
        else:
            words.append(word)


def _ours(words: list[str]) -> Iterator[list[str]]:
    while re.match(r"\w+=", words[0]) or words[0] == "sudo":
        words = words[3 if words[0] == "sudo" else 1 :]
        if not words:
            return
    name = words[0].rpartition("/")[2]
    if name in OURS:
        yield [name, *words[1:]]
    elif name == "sh":
        yield from our_commands(words[-1])
    elif words[:3] == ["docker", "compose", "exec"]:
        inside = list(dropwhile(lambda word: word.startswith("-"), words[3:]))
        yield from _ours(inside[1:])
    elif words[:4] == ["docker", "compose", "run", "--rm"]:
        yield ["publisher", *words[5:]]


def refusal(words: Sequence[str]) -> str:
    """What the program says against a command of ours before it does anything; "" if nothing."""
    command: click.Command = publish_command if words[0] == "publish" else main
    rest = [_PLACEHOLDERS.get(word, word) for word in words[1:]]
    try:
        while isinstance(command, click.Group):
            with click.Context(command) as context:
                name, found, rest = command.resolve_command(context, rest)
            assert found is not None, name
            command = found
        command.make_context(words[0], rest)
    except (click.ClickException, IndexError) as error:
        said = error.format_message() if isinstance(error, click.ClickException) else "which?"
        return f"{shlex.join(words)}: {said}"
    return ""


# ---------------------------------------------------------------- units of systemd

Unit = Mapping[str, Mapping[str, Sequence[str]]]
"""Section -> setting -> its values, in order."""


def read_unit(name: str) -> Unit:
    """A unit file, as systemd.syntax(7) has it, as far as ours go."""
    unit: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in read(name).splitlines():
        if line.startswith("["):
            section = unit.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            setting, _, value = line.partition("=")
            section.setdefault(setting, []).append(value)
    return unit


def one(values: Sequence[str]) -> str:
    """The value of a setting that stands once."""
    (value,) = values
    return value


def seconds(text: str) -> int:
    """A length of time as systemd and compose write it."""
    found = re.fullmatch(r"(\d+)(s|min|m)", text)
    assert found, text
    return int(found[1]) * (1 if found[2] == "s" else 60)


# ---------------------------------------------------------------- the Containerfile


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: its name, and what stands behind it."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """What stands behind it as a list: JSON (the exec form), or words."""
        if "[" in self.text and self.text.endswith("]"):
            made = json.loads(self.text[self.text.index("[") :])
            assert all(isinstance(word, str) for word in made)
            return [str(word) for word in made]
        return self.text.split()


def container_stages() -> list[list[Step]]:
    """The steps of each stage, each beginning with FROM."""
    stages: list[list[Step]] = []
    text = re.sub(r"^\s*#.*\n", "", read("Containerfile"), flags=re.MULTILINE)
    for line in filter(str.strip, text.replace("\\\n", " ").splitlines()):
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            stages.append([])
        stages[-1].append(Step(name, rest.strip()))
    return stages


def settled(steps: Sequence[Step]) -> dict[str, str]:
    """What ENV and ARG set."""
    found = {}
    for step in steps:
        if step.name in ("ENV", "ARG"):
            for pair in step.words:
                name, _, value = pair.partition("=")
                found[name] = value
    return found


def the_step(steps: Sequence[Step], name: str) -> Step:
    """The one step of a name."""
    (found,) = [step for step in steps if step.name == name]
    return found


# ---------------------------------------------------------------- continuous integration


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a pipeline runs in a fresh clone: `before` publishes, `after` keeps the record."""

    before: str
    after: str
    output: str
    kept: Sequence[str]
    installs: str


def _github() -> Recipe:
    steps = yaml.safe_load(read("github-pages.yml"))["jobs"]["publish"]["steps"]
    runs = {step["name"]: step["run"] for step in steps if "run" in step}
    used = {
        step["uses"].partition("@")[0]: step.get("with", {}) for step in steps if "uses" in step
    }
    assert list(runs) == ["Install", "Publish", "Keep the record"]
    return Recipe(
        before=runs["Publish"],
        after=runs["Keep the record"],
        output=used["actions/upload-pages-artifact"]["path"],
        kept=[used["actions/cache"]["path"]],
        installs=runs["Install"],
    )


def _gitlab() -> Recipe:
    job = yaml.safe_load(read("gitlab-ci.yml"))["pages"]
    (installs,) = [line for line in job["script"] if line.startswith("pip ")]
    script = [line for line in job["script"] if line != installs]
    middle = script.index("git add published.jsonl")
    (output,) = job["artifacts"]["paths"]
    return Recipe(
        before="\n".join(script[:middle]),
        after="\n".join(script[middle:]),
        output=output,
        kept=[path.rstrip("/") for path in job["cache"]["paths"]],
        installs=installs,
    )


RECIPES = {"github-pages.yml": _github(), "gitlab-ci.yml": _gitlab()}


# ---------------------------------------------------------------- the guide


def guide_blocks(language: str) -> list[str]:
    """The blocks of a language in docs/operation.md."""
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def guide_commands() -> list[list[str]]:
    """Every command of ours in docs/operation.md: in blocks, indented, and within sentences."""
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    sentences = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    # The name alone is a service's, or the product's.
    inline = [code for code in re.findall(r"`([^`\n]+)`", sentences) if " " in code]
    scripts = [*guide_blocks("sh"), *re.findall(r"^ {4}(.*)$", sentences, re.MULTILINE), *inline]
    return [words for script in scripts for words in our_commands(script)]


def folder_of(path: str | Path) -> str:
    """The folder of a path, as text."""
    return str(Path(path).parent)
