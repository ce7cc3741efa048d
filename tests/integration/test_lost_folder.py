"""Commands in a folder that was removed while somebody stood in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, UNJUDGED, Site


def run_in_removed_folder(site: Site, command: str) -> subprocess.CompletedProcess[str]:
    """A command where `cd` and then `rmdir` were said."""
    (site.folder / "gone").mkdir()
    steps = f'cd gone && rmdir ../gone && exec "$0" -m publisher {command}'
    return subprocess.run(
        ["/bin/sh", "-c", steps, sys.executable],
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


TOLD = (
    "error: the folder that this was started in is not there any more\n"
    "mend:  go to the folder of the site again (`cd`), also where one of its name is there, "
    "and do it once more\n"
)


@pytest.mark.parametrize(("command", "code"), [("publish", 2), ("status", 2), ("init new", 1)])
def test_a_folder_that_was_removed_is_told(
    make_site: Callable[..., Site], command: str, code: int
) -> None:
    done = run_in_removed_folder(make_site(CONFIG + UNJUDGED), command)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", TOLD)


def test_so_it_is_behind_an_error_that_it_may_explain(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    done = run_in_removed_folder(site, f"publish --config {site.folder}/publisher.yaml --output o")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(TOLD)
    assert done.stderr.count("error: ") == 2


def test_who_names_all_places_needs_none(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    done = run_in_removed_folder(site, f"publish --config {site.folder}/publisher.yaml")
    assert (done.returncode, done.stderr) == (0, "")
