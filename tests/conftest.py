"""What all tests share: a site in a temporary folder, and the command as a process."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.readers.in_node import PACKAGES
from tests.sites import Site
from tests.warm import keep_checked_templates, keep_compiled_statements, keep_compiled_templates

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "thorough", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("project", settings.get_profile("thorough"), max_examples=40)
settings.load_profile("project")  # `make test-long` asks for the other
gc.disable()  # while tests are collected nothing goes away, and to look for it takes a third
keep_compiled_templates()
keep_checked_templates()
keep_compiled_statements()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Goldens are written anew only when asked."""
    parser.addoption("--update-golden", action="store_true", help="write the expected files anew")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Of several processes for all tests each imports a share first, and then what it finds.

    pytest writes every file of tests anew and keeps that: in a fresh checkout each process would do
    so with all of them, at the same time.
    """
    name, count = _of_all(session)
    if name:
        files = sorted((ROOT / "tests").rglob("test_*.py"))
        for file in files[int(name.removeprefix("gw")) :: int(count)]:
            with suppress(Exception):  # which is told where the file is collected
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def _of_all(session: pytest.Session) -> tuple[str, str]:
    """Which of how many processes for all tests this is; empty where it is none of them."""
    name, count = (os.environ.get(f"PYTEST_XDIST_WORKER{end}", "") for end in ("", "_COUNT"))
    asked = [session.config.invocation_params.dir / one for one in session.config.args]
    return (name, count) if asked == [ROOT / "tests"] else ("", "")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """From here on garbage is looked for among what tests make, not in the tests themselves."""
    if _of_all(session)[0] == "gw0":
        # Hypothesis works out which letters UTF-8 has, and keeps that in a folder: more than a
        # second in a fresh checkout, which the others else take at about the same time.
        st.text().validate()
    gc.enable()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Site]:
    """Make a site of files: `make_site(config, **{"articles/a.md": text})`."""

    def make(config: str | None = None, files: dict[str, str | bytes] | None = None) -> Site:
        site = Site(tmp_path / "site")
        if config is not None:
            site.write("publisher.yaml", config)
        for name, content in (files or {}).items():
            site.write(name, content)
        return site

    return make


@pytest.fixture
def shared() -> Path:
    """The folder of shared material beside the project; tests that need it skip without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared material (corpora, seeds) is not beside the project")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program; where it is missing the test skips, or fails if services are due."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            if os.environ.get("REQUIRE_SERVICES") == "1":
                pytest.fail(f"{name} is not installed, and REQUIRE_SERVICES=1")
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe; where it is missing the test skips, or fails if services are due."""
    script = PACKAGES / "axe-core" / "axe.min.js"
    if not script.is_file():
        missing = "axe-core is not installed: npm ci --prefix tests/readers/node --ignore-scripts"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(f"{missing}, and REQUIRE_SERVICES=1")
        pytest.skip(missing)
    return script.read_text(encoding="utf-8")
