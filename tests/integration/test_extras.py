"""What a message or a document says to install can be installed so, from a checkout."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from publisher import errors
from publisher.errors import install
from tests.conftest import ROOT
from tests.integration.test_docs import DOCUMENTS, read, section

EXTRAS = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]


def by_messages() -> set[str]:
    """The extras that our messages name."""
    named = set()
    for file in (ROOT / "publisher").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("install", "_lacks"):
                named |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return {str(one) for one in named} - {"mammoth", "nbformat"}


def test_each_extra_is_named_by_a_message_and_in_the_table_with_what_it_brings() -> None:
    assert by_messages() == set(EXTRAS)
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \|", section(read("docs/reference.md"), "## Extras"), re.MULTILINE
    )
    assert {extra: set(brought.split(", ")) for extra, brought in rows} == {
        extra: {re.split(r"[\[>]", library)[0] for library in libraries}
        for extra, libraries in EXTRAS.items()
    }


def test_what_a_message_says_is_a_command_that_installs_the_extra() -> None:
    words = shlex.split(install("s3"))
    assert words[0] == sys.executable
    asked = ("--dry-run", "--no-deps", "--no-index", "--no-build-isolation", "--quiet")
    done = subprocess.run(
        [*words, *asked, "--report", "-"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (ours,) = json.loads(done.stdout)["install"]
    assert ours["requested_extras"] == ["s3"]
    assert ours["download_info"]["url"] == ROOT.as_uri()


def test_where_there_is_no_checkout_a_message_asks_for_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(errors, "__file__", str(tmp_path / "publisher" / "errors.py"))
    where, _, command = install("s3").partition(": ")
    assert where == "in a checkout of publisher"
    assert shlex.split(command) == [sys.executable, "-m", "pip", "install", ".[s3]"]


@pytest.mark.parametrize("has_uv", [True, False])
def test_an_environment_without_pip_is_told_no_command_of_it(
    tmp_path: Path, *, has_uv: bool
) -> None:
    """As uv makes them, and as a container has it."""
    venv.create(tmp_path / "made")
    python = tmp_path / "made/bin/python"
    if has_uv:
        (tmp_path / "uv").write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / "uv").chmod(0o755)
    done = subprocess.run(
        [python, "-c", "from publisher.errors import install; print(install('s3'))"],
        env={"PYTHONPATH": str(ROOT), "PATH": str(tmp_path)},
        capture_output=True,
        check=True,
        text=True,
    )
    told = done.stdout.rstrip("\n")
    if has_uv:
        command = ["uv", "pip", "install", "--python", str(python)]
        assert shlex.split(told) == [*command, "--editable", f"{ROOT}[s3]"]
    else:
        assert told == (
            f"{tmp_path / 'made'} has no pip: add the extra s3 of publisher by what made it; "
            "a container is built anew, with --build-arg EXTRAS=…,s3"
        )


def test_nothing_says_to_take_publisher_from_an_index() -> None:
    """What lies there under this name is somebody else's."""
    files = [*DOCUMENTS, *(ROOT / "publisher").rglob("*.py"), *(ROOT / "docs/deploy").iterdir()]
    fine = ('"publisher[$EXTRAS]"', "publisher[dkim] @ git+", "Not `pip install publisher[dkim]`")
    told = [
        (file.name, line)
        for file in files
        if file.name != "CHANGELOG.md"
        for line in re.findall(r"^.*publisher\[.*$", file.read_text("utf-8"), re.MULTILINE)
        if not any(one in line for one in fine)
    ]
    assert told == []
