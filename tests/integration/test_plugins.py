"""Sources of plug-ins: the one of docs/plugins.md whole, and what wrong ones cost."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config import MailboxSpec, TableSpec, load_config
from publisher.errors import ConfigError, OutputError, SourceError
from publisher.plugin_test import SourceContract
from publisher.sources.mailboxes import Mailbox
from publisher.sources.tables import Table
from tests.mail_sources import newsletter, put
from tests.sites import Site

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
SITE = 'site: {title: Paper, url: "https://paper.example/", language: en, timezone: UTC}\n'
CHANGES = (
    "1.3\n\n1.2 (unreleased)\n\n1.1 (2026-11-01)\n\n- *Faster*\n\n1.0 (2026-10-01)\n\n- First\n"
)


def code(name: str) -> str:
    """The block under the name of a file in docs/plugins.md."""
    text = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    found = re.search(
        rf"^`{re.escape(name)}`:\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    assert found, name
    return found[1]


def install(
    folder: Path, name: str, module: str, points: dict[str, str], group: str = "publisher.sources"
) -> None:
    """A package as an installer leaves it."""
    told = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = "".join(f"{key} = {value}\n" for key, value in points.items())
    (told / "entry_points.txt").write_text(f"[{group}]\n{lines}")
    (folder / f"{name.replace('-', '_')}.py").write_text(module)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages are looked for in; what was imported from it is forgotten."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def changes(place: Path) -> Path:
    """The plug-in of the document, installed."""
    told = tomllib.loads(code("pyproject.toml"))["project"]
    points = told["entry-points"]["publisher.sources"]
    install(place, told["name"], code("publisher_changes.py"), points)
    return place


def yaml_of_the_document() -> str:
    text = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    found = re.search(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.mark.usefixtures("changes")
def test_the_plugin_of_the_document_publishes(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE + yaml_of_the_document(), {"CHANGES": CHANGES.removeprefix("1.3\n\n")})
    site.settle()
    report = site.publish_here()
    assert report.counts["listed"] == 2
    assert report.counts["skipped"] == 1
    (page,) = site.output("2026/11/01").glob("*/index.html")
    assert "<em>Faster</em>" in page.read_text()
    assert site.record()[0]["id"].startswith("tag:paper.example,2026:releases/1.")
    assert site.publish_here().opened == 0


@pytest.mark.usefixtures("changes")
def test_what_it_refuses_costs_itself_alone(
    make_site: Callable[..., Site],
) -> None:
    from publisher.publishing.sitecheck import check_site

    site = make_site(SITE + yaml_of_the_document(), {"CHANGES": CHANGES})
    report = check_site(
        load_config(site.folder / "publisher.yaml"),
        clock=lambda: NOW,
        progress=lambda *_: None,
    )
    (problem,) = report.survey.problems
    assert str(problem) == "releases:1: 1.3: 1.3 has no date"
    assert problem.mend == "write 1.3 (2026-11-01), or 1.3 (unreleased)"


@pytest.mark.usefixtures("changes")
def test_the_contract_of_the_document_holds(tmp_path: Path) -> None:
    module = tmp_path / "packages/test_changes_of_document.py"
    module.write_text(code("test_changes.py"))
    kit = importlib.import_module("test_changes_of_document").TestChanges()
    tests = [name for name in dir(kit) if name.startswith("test_")]
    assert len(tests) >= 8
    for name in tests:
        folder = tmp_path / name
        folder.mkdir()
        getattr(kit, name)(folder)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('oh')", "the plug-in bad-one 1.0 failed: ValueError: oh"),
        ("raise SystemError('\\n\\nx')", "the plug-in bad-one 1.0 failed: SystemError: x"),
        ("yield 7", "items() gave int, where an Item was expected"),
        ("yield None", "items() gave NoneType, where an Item was expected"),
        ("yield Item(name='')", "'' is no name of an item"),
        ("yield Item(name='a\\nb')", "holds control characters"),
        ("yield Item(name='a', text=b'x')", "the text of 'a' is bytes, no text"),
        ("yield Item(name='a', form='docx')", "KeyError: 'docx'"),
        ("raise SourceProblem('is away', mend='wait')", "releases: is away"),
    ],
)
def test_a_defect_names_the_plugin(
    body: str, told: str, place: Path, make_site: Callable[..., Site]
) -> None:
    module = (
        "from publisher.plugin import *\n"
        "class C:\n    def mark(self): return ''\n"
        f"    def items(self):\n        {body}\n"
        "def open_it(context): return C()\n"
    )
    install(place, "bad-one", module, {"bad": "bad_one:open_it"})
    site = make_site(SITE + "sources:\n  - {name: releases, type: bad}\n")
    with pytest.raises(SourceError) as caught:
        site.publish_here()
    assert told in str(caught.value)
    assert caught.value.mend
    assert not site.output("").exists() or not any(site.output("").iterdir())


def shelf_of_the_document(place: Path, module: str | None = None) -> None:
    points = {"shelf": "publisher_shelf:open_shelf"}
    module = module or code("publisher_shelf.py")
    install(place, "publisher-shelf", module, points, "publisher.outputs")


SHELF = "outputs:\n  - {name: basement, type: shelf, options: {folder: ../shelf}}\n"


def test_the_output_of_the_document_holds_what_output_holds(
    place: Path, make_site: Callable[..., Site]
) -> None:
    shelf_of_the_document(place)
    site = make_site(SITE + SHELF)
    site.article("fog.md")
    site.article("sea.md")
    for _ in range(2):
        site.publish_here()
        there = {name: data for name, (data, _) in site.tree("output").items()}
        shelf = {name: data for name, (data, _) in site.tree("../shelf").items()}
        assert shelf.pop(".shelf.json")
        assert there.pop(".gitignore")
        assert shelf == there
        (site.folder / "articles/sea.md").unlink(missing_ok=True)


@pytest.mark.usefixtures("changes")
def test_the_output_contract_of_the_document_holds(place: Path, tmp_path: Path) -> None:
    shelf_of_the_document(place)
    (place / "test_shelf_of_document.py").write_text(code("test_shelf.py"))
    kit = importlib.import_module("test_shelf_of_document").TestShelf()
    tests = [name for name in dir(kit) if name.startswith("test_")]
    assert len(tests) >= 7
    for name in tests:
        folder = tmp_path / name
        folder.mkdir()
        getattr(kit, name)(folder)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('oh')", "publisher-shelf 1.0 failed: ValueError"),
        ("return 7", "publisher-shelf 1.0 failed: AttributeError"),
        ("raise OutputProblem('is away', mend='wait')", "outputs: basement: is away"),
    ],
)
def test_a_defect_of_an_output_names_it(
    body: str, told: str, place: Path, make_site: Callable[..., Site]
) -> None:
    module = f"from publisher.plugin import *\ndef open_shelf(context): {body}\n"
    shelf_of_the_document(place, module)
    site = make_site(SITE + SHELF)
    site.article("fog.md")
    with pytest.raises(OutputError) as caught:
        site.publish_here()
    assert told in str(caught.value)
    assert caught.value.mend
    assert site.output("rss.xml").exists(), "the folder itself is done"


def test_a_type_of_outputs_that_nobody_offers_is_refused(make_site: Callable[..., Site]) -> None:
    site = make_site(SITE + "outputs:\n  - {name: x, type: s4}\n")
    with pytest.raises(ConfigError, match=r"expected one of s3"):
        load_config(site.folder / "publisher.yaml")


def test_one_that_cannot_be_loaded_is_named(place: Path, make_site: Callable[..., Site]) -> None:
    install(place, "bad-two", "import nothing_of_that_name\n", {"bad": "bad_two:open_it"})
    site = make_site(SITE + "sources:\n  - {name: x, type: bad}\n")
    with pytest.raises(SourceError, match=r"the plug-in bad-two 1.0 failed: ModuleNotFoundError"):
        site.publish_here()


def test_a_type_that_nobody_offers_is_refused(
    changes: Path, make_site: Callable[..., Site]
) -> None:
    assert changes.is_dir()
    site = make_site(SITE + "sources:\n  - {name: x, type: chnages}\n")
    with pytest.raises(ConfigError, match=r"did you mean changes"):
        load_config(site.folder / "publisher.yaml")


class TestTable(SourceContract):
    """Our own tables keep to the same."""

    def make(self, folder: Path) -> Table:
        path = folder / "a.csv"
        if not path.exists():
            path.write_text("id,title,date,body\n1,A,2026-11-01,x\n2,B,2026-11-02,y\n")
        return Table(spec=TableSpec(name="t", type="csv", path="a.csv"), path=path)

    def change(self, folder: Path) -> None:
        with (folder / "a.csv").open("a") as file:
            file.write("3,C,2026-11-03,z\n")

    def broken(self, folder: Path) -> Table:
        return Table(spec=TableSpec(name="t", type="csv", path="no.csv"), path=folder / "no.csv")


class TestMaildir(SourceContract):
    """And mailboxes."""

    def make(self, folder: Path) -> Mailbox:
        if not (folder / "cur").exists():
            put(folder, "1", newsletter())
            put(folder, "2", newsletter(message_id="<2@news.example>", subject="Tides"), "new")
            put(folder, "3", newsletter(message_id="<3@news.example>", date=""))
        return self._open(folder)

    def change(self, folder: Path) -> None:
        (folder / "new/2").unlink()

    def broken(self, folder: Path) -> Mailbox:
        return self._open(folder / "nothing")

    def _open(self, folder: Path) -> Mailbox:
        spec = MailboxSpec(name="m", type="maildir", path="m", everything=True)
        return Mailbox(spec=spec, kind="maildir", path=folder)
