"""What a newer library draws otherwise is drawn anew by the first run with it, as by a full one."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from PIL import Image

from publisher.store import standstill
from tests.office_samples import docx, paragraph
from tests.picture_samples import jpeg
from tests.sites import CONFIG, Site
from tests.standing import run, settled, stands_still

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: Patch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


def installed(patch: Patch, folder: Path, name: str) -> None:
    """A newer version is the one that is found first."""
    (folder / "site-packages" / f"{name}-99.0.dist-info").mkdir(parents=True)
    patch.syspath_prepend(str(folder / "site-packages"))


def newer_brotli(patch: Patch, folder: Path) -> None:
    compress = brotli.compress
    installed(patch, folder, "brotli")
    patch.setattr(brotli, "compress", lambda data, **_: compress(data, quality=0))


def newer_zlib(patch: Patch, _folder: Path) -> None:
    """It may be the system's, which says nothing of it in the folders of Python."""
    compressobj = zlib.compressobj
    patch.setattr(zlib, "ZLIB_RUNTIME_VERSION", "99.0")
    patch.setattr(zlib, "compressobj", lambda _level, *more: compressobj(1, *more))


def newer_pillow(patch: Patch, folder: Path) -> None:
    save = Image.Image.save
    installed(patch, folder, "pillow")

    def otherwise(image: Image.Image, goal: Any, format_: str, **options: Any) -> None:
        save(image, goal, format_, **options | {"quality": 40})

    patch.setattr(Image.Image, "save", otherwise)


@pytest.mark.parametrize(
    ("upgrade", "ending"), [(newer_brotli, ".br"), (newer_zlib, ".gz"), (newer_pillow, "-480.jpg")]
)
def test_the_first_run_with_it_writes_what_a_full_one_does(
    make_site: Callable[..., Site],
    tmp_path: Path,
    upgrade: Callable[[Patch, Path], None],
    ending: str,
) -> None:
    site = make_site(
        CONFIG + "web: {compress: [gzip, brotli]}\n", {"articles/boat.jpg": jpeg(900, 600)}
    )
    site.article("one.md", body="![A boat](boat.jpg)\n\n" + "Salt and wind. " * 40)
    settled(site)
    before = {path: data for path, (data, _) in site.tree().items()}
    with Patch.context() as patch:
        upgrade(patch, tmp_path)
        written = run(site).written
        after = {path: data for path, (data, _) in site.tree().items()}
        run(site, full=True)
        assert {path: data for path, (data, _) in site.tree().items()} == after
        assert stands_still(site)
    assert written
    assert {path for path in after if after[path] != before[path]} == set(written)
    assert all(path.endswith(ending) for path in written)


def test_what_was_refused_for_want_of_a_library_is_read_once_that_is_there(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = make_site(CONFIG, {"articles/2026-11-01-fog.docx": docx(paragraph("Fog."), title="Fog")})
    hidden = tmp_path / "site-packages"
    (hidden / "mammoth-0.dist-info").mkdir(parents=True)
    said = 'raise ModuleNotFoundError("No module named mammoth", name="mammoth")\n'
    (hidden / "mammoth.py").write_text(said, encoding="utf-8")
    path = f"{hidden}:{os.environ.get('PYTHONPATH', '')}"
    ran = site.run("publish", env={"PYTHONPATH": path}, cold=True)
    assert (ran.code, "needs the library mammoth" in ran.err) == (3, True)
    assert "1 listed" in site.publish(cold=True).out
