"""What is kept of templates is used while it is true, and costs nothing where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import jinja2
import pytest

from publisher.errors import TemplateError
from publisher.render.environment import Environment, make_environment, render_template
from publisher.render.mail.origins import marking, read_origins
from publisher.store import compiled
from publisher.store.compiled import CompiledTemplates

TEMPLATES = {
    "base.html": "<p>\n{% block main %}{% endblock %}</p>\n",
    "a.html": "{% extends 'base.html' %}\n{% block main %}\n{{ name }}{% endblock %}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "templates"


def over(
    folder: Path,
    templates: Mapping[str, str] = TEMPLATES,
    *,
    reads: bool = True,
    writes: bool = True,
) -> Environment:
    return make_environment(templates, CompiledTemplates(folder, reads=reads, writes=writes))


def draw(environment: jinja2.Environment) -> str:
    return render_template(environment, "a.html", name="<Fog>")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The names of templates that are compiled meanwhile."""
    names: list[str] = []
    compile_ = Environment.compile

    def noted(self: Environment, source: str, name: str, filename: str) -> object:
        names.append(name)
        return compile_(self, source, name, filename)

    with patch.object(Environment, "compile", noted):
        yield names


def test_what_was_compiled_is_not_compiled_again(folder: Path) -> None:
    fresh = draw(make_environment(TEMPLATES))
    with counted() as names:
        assert draw(over(folder)) == fresh
        assert sorted(names) == sorted(TEMPLATES)
        assert draw(over(folder)) == fresh
        assert len(names) == len(TEMPLATES)


def test_another_text_is_compiled_and_takes_the_place_of_the_old_one(folder: Path) -> None:
    draw(over(folder))
    changed = TEMPLATES | {"a.html": "{{ name }}!"}
    with counted() as names:
        assert draw(over(folder, changed)) == "&lt;Fog&gt;!"
        assert names == ["a.html"]
        assert draw(over(folder, changed)) == "&lt;Fog&gt;!"
        assert names == ["a.html"]
    assert len(list(folder.iterdir())) == len(TEMPLATES)


@pytest.mark.parametrize("what", ["_COMPILER", "__version__", "jinja2.__version__", "magic"])
def test_another_version_compiles_anew(folder: Path, what: str) -> None:
    draw(over(folder))
    name = "importlib.util.MAGIC_NUMBER" if what == "magic" else what
    with patch(f"publisher.store.compiled.{name}", "another"), counted() as names:
        draw(over(folder))
        assert sorted(names) == sorted(TEMPLATES)


def settings(environment: Environment, what: str) -> None:
    if what == "filter":
        environment.filters["another"] = str
    elif what == "test":
        environment.tests["another"] = bool
    elif what == "extension":
        environment.add_extension("jinja2.ext.do")
    else:
        setattr(environment, what, False)


@pytest.mark.parametrize(
    "what",
    ["filter", "test", "extension", "trim_blocks", "lstrip_blocks", "keep_trailing_newline"],
)
def test_other_settings_compile_anew(folder: Path, what: str) -> None:
    draw(over(folder))
    environment = over(folder)
    settings(environment, what)
    with counted() as names:
        draw(environment)
        assert sorted(names) == sorted(TEMPLATES)


def test_templates_with_marks_are_apart(folder: Path) -> None:
    environment = over(folder)
    plain = draw(environment)
    marked = draw(marking(environment))
    assert marked != plain
    assert read_origins(marked).text == plain
    assert draw(over(folder)) == plain


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"x" * 1000])
def test_what_is_damaged_is_compiled_and_mended(folder: Path, damage: bytes) -> None:
    fresh = draw(over(folder))
    for file in folder.iterdir():
        file.write_bytes(damage)
    with counted() as names:
        assert draw(over(folder)) == fresh
        assert sorted(names) == sorted(TEMPLATES)
        assert draw(over(folder)) == fresh
        assert len(names) == len(TEMPLATES)


def test_one_bit_is_damage(folder: Path) -> None:
    fresh = draw(over(folder))
    for file in folder.iterdir():
        kept = bytearray(file.read_bytes())
        kept[len(kept) // 2] ^= 1
        file.write_bytes(kept)
    assert draw(over(folder)) == fresh


def test_a_folder_in_the_place_of_a_file_is_none(folder: Path) -> None:
    fresh = draw(over(folder))
    for file in folder.iterdir():
        file.unlink()
        file.mkdir()
    assert draw(over(folder)) == fresh


def test_without_writes_nothing_is_written(folder: Path) -> None:
    draw(over(folder, writes=False))
    assert not folder.exists()


def test_without_reads_all_is_compiled(folder: Path) -> None:
    draw(over(folder))
    with counted() as names:
        draw(over(folder, reads=False))
        assert sorted(names) == sorted(TEMPLATES)


def test_where_nothing_can_be_written_it_is_drawn_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "Fog" in draw(over(file / "templates"))
    assert "Fog" in draw(over(tmp_path / "gone" / "templates"))


def test_a_full_disk_leaves_nothing_half(folder: Path) -> None:
    with patch.object(Path, "write_bytes", side_effect=OSError(28, "No space left on device")):
        assert "Fog" in draw(over(folder))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_a_folder_that_others_may_write_into_is_not_used(folder: Path, mode: int) -> None:
    draw(over(folder))
    folder.chmod(mode)
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    with counted() as names:
        draw(over(folder))
        assert sorted(names) == sorted(TEMPLATES)
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before


def test_a_folder_of_another_is_not_used(folder: Path) -> None:
    draw(over(folder))
    with patch.object(compiled.os, "geteuid", return_value=os.geteuid() + 1), counted() as names:
        draw(over(folder))
        assert sorted(names) == sorted(TEMPLATES)


def test_it_is_for_its_owner_alone(folder: Path) -> None:
    draw(over(folder))
    assert folder.stat().st_mode & 0o077 == 0


def test_many_at_once_draw_the_same(folder: Path) -> None:
    fresh = draw(make_environment(TEMPLATES))
    with ThreadPoolExecutor(8) as pool:
        drawn = {one.result() for one in [pool.submit(draw, over(folder)) for _ in range(64)]}
    assert drawn == {fresh}
    assert draw(over(folder, writes=False)) == fresh


def test_an_error_has_its_line_all_the_same(folder: Path) -> None:
    for _ in range(2):
        with pytest.raises(TemplateError) as caught:
            render_template(over(folder), "a.html")
        assert str(caught.value.where) == "templates/a.html:3"
