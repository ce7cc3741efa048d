"""Sources of plug-ins: the one of docs/plugins.md whole, and what wrong ones cost."""

from __future__ import annotations

import importlib
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config import MailboxSpec, TableSpec
from publisher.config.load import load_config
from publisher.errors import ConfigError, OutputError, SourceError
from publisher.plugin_test import SourceContract
from publisher.publishing.publish import PublishOptions, publish
from publisher.publishing.runs import PublishReport
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


def test_what_it_leaves_open_is_written(make_site: Callable[..., Site], changes: Path) -> None:
    """Our own process ends at once; where others have a part in it, as Python's do."""
    with (changes / "publisher_changes.py").open("a") as module:
        module.write('\nLOG = open("changes.log", "w")\nLOG.write("here")\n')
    site = make_site(SITE + yaml_of_the_document(), {"CHANGES": CHANGES.removeprefix("1.3\n\n")})
    path = os.pathsep.join([str(changes), str(ROOT)])
    assert site.run("publish", env={"PYTHONPATH": path}, cold=True).code == 0
    assert (site.folder / "changes.log").read_text() == "here"


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


def bad_one(place: Path, body: str, mark: str = "''") -> str:
    """A plug-in whose items() is of this body, installed; gives the configuration that has it."""
    module = (
        "from publisher.plugin import *\n"
        "GOOD = Item(name='good', fields={'title': 'Good', 'date': '2026-11-01'}, text='x')\n"
        f"class C:\n    def mark(self): return {mark}\n"
        f"    def items(self):\n        {body}\n"
        "def open_it(context): return C()\n"
    )
    install(place, "bad-one", module, {"bad": "bad_one:open_it"})
    return SITE + "sources:\n  - {name: releases, type: bad}\n"


def published(site: Site) -> PublishReport:
    """The report of a run that may leave something out."""
    return publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(any_time=True),
        clock=lambda: NOW,
        progress=lambda *_: None,
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('oh')", "the plug-in bad-one 1.0 failed: ValueError: oh"),
        ("raise SystemError('\\n\\nx')", "the plug-in bad-one 1.0 failed: SystemError: x"),
        ("raise SystemExit(0)", "the plug-in bad-one 1.0 failed: SystemExit: 0"),
        ("return 7", "TypeError: 'int' object is not iterable"),
        (r"raise ValueError('\udc80')", r"ValueError: \udc80"),
        (r"raise SourceProblem('\udc80')", r"releases: \udc80"),
        ("yield 7", "items() gave int, where an Item was expected"),
        ("yield None", "items() gave NoneType, where an Item was expected"),
        ("yield Item(name='')", "'' is no name of an item"),
        ("yield Item(name='a\\nb')", "holds control characters"),
        ("yield Item(name=7)", "'7' is no name of an item"),
        ("yield Item(fields={})", "missing 1 required keyword-only argument: 'name'"),
        ("raise SourceProblem('is away', mend='wait')", "releases: is away"),
        ("raise SourceProblem(ValueError('is\\naway'))", "releases: is away"),
        ("raise SourceProblem('')", "cannot be read, and the plug-in does not say why"),
    ],
)
def test_a_defect_names_the_plugin(
    body: str, told: str, place: Path, make_site: Callable[..., Site]
) -> None:
    site = make_site(bad_one(place, body))
    with pytest.raises(SourceError) as caught:
        site.publish_here()
    assert told in str(caught.value)
    assert caught.value.mend
    assert not site.output("").exists() or not any(site.output("").iterdir())


def test_a_defect_names_the_place_in_the_plugin(
    place: Path, make_site: Callable[..., Site]
) -> None:
    site = make_site(bad_one(place, "yield {}['title']"))
    with pytest.raises(SourceError) as caught:
        site.publish_here()
    told = f"KeyError: 'title' (at {place / 'bad_one.py'}:6)"
    assert str(caught.value).endswith(told), "not a place of ours, or of the library's"


@pytest.mark.parametrize("mark", ["None", "7"])
def test_a_mark_is_a_text(mark: str, place: Path, make_site: Callable[..., Site]) -> None:
    site = make_site(bad_one(place, "yield GOOD", mark))
    with pytest.raises(SourceError, match=r"mark\(\) gave \w+, where a text was expected"):
        site.publish_here()


@pytest.mark.parametrize(
    ("opened", "told"),
    [
        ("None", "it was opened as NoneType, which has no mark()"),
        ("type('C', (), {'mark': str})()", "it was opened as C, which has no items()"),
        ("exit('bye')", "SystemExit: bye"),
    ],
)
def test_what_is_no_container_is_named(
    opened: str, told: str, place: Path, make_site: Callable[..., Site]
) -> None:
    module = f"def open_it(context): return {opened}\n"
    install(place, "bad-one", module, {"bad": "bad_one:open_it"})
    site = make_site(SITE + "sources:\n  - {name: releases, type: bad}\n")
    with pytest.raises(SourceError) as caught:
        site.publish_here()
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("Item(name='a', text=b'x')", "`text` is bytes, where a text was expected"),
        ("Item(name='a', text=None)", "`text` is NoneType, where a text was expected"),
        ("Item(name='a', form='docx')", "`form` is 'docx', where one of html, markdown, text"),
        ("Item(name='a', form=['html'])", "`form` is list, where a text was expected"),
        ("Item(name='a', fields=None)", "`fields` is NoneType, where a mapping was expected"),
        ("Item(name='a', fields={5: 'x'})", "`fields` is int, where a text was expected"),
        ("Item(name='a', fields={'title': b'T'})", "the field 'title' holds bytes, where a text"),
        ("Item(name='a', fields={'tags': {'b', 'c'}})", "the field 'tags' holds set, where a text"),
        ("Item(name='a', fields={'x': [{'y': object()}]})", "the field 'x' holds object, where"),
        ("Item(name='a', line=None)", "`line` is NoneType, where a number was expected"),
        ("Item(name='a', line='7')", "`line` is str, where a number was expected"),
        ("Item(name='a', base_url=None)", "`base_url` is NoneType, where a text was expected"),
        ("Item(name='a', warnings='oh')", "`warnings` is str, where a list of texts was expected"),
        ("Withheld(name='a', why='')", "`why` is empty"),
        ("Withheld(name='a', why=None)", "`why` is NoneType, where a text was expected"),
        ("Refused(name='a', message=' ', mend='x')", "`message` is empty"),
        ("Refused(name='a', message='x', mend=None)", "`mend` is NoneType, where a text"),
    ],
)
def test_what_it_gives_wrong_costs_itself_alone(
    wrong: str, told: str, place: Path, make_site: Callable[..., Site]
) -> None:
    site = make_site(bad_one(place, f"yield {wrong}; yield GOOD"))
    report = published(site)
    (problem,) = report.problems
    assert str(problem).startswith("releases/a: the plug-in bad-one 1.0 gave it wrong: ")
    assert told in str(problem)
    assert problem.mend == "tell its authors"
    assert (report.counts["listed"], report.counts["refused"]) == (1, 1)


def test_what_was_published_stays_when_it_is_given_wrong(
    place: Path, make_site: Callable[..., Site]
) -> None:
    table = "yield GOOD; yield Item(name='a', fields={'title': T, 'date': '2026-11-02'}, line=7)"
    site = make_site(bad_one(place, table.replace("T,", "'Old',")))
    site.publish_here()
    before = site.tree("output")
    module = place / "bad_one.py"
    module.write_text(module.read_text().replace("'Old'", "b'New'"))
    del sys.modules["bad_one"]
    importlib.invalidate_caches()
    report = published(site)
    (problem,) = report.problems
    assert str(problem).startswith("releases:7: a: the plug-in bad-one 1.0 gave it wrong: ")
    assert "(the version published before stays)" in str(problem)
    assert site.tree("output") == before


def test_fields_may_be_any_plain_values(place: Path, make_site: Callable[..., Site]) -> None:
    fields = (
        "{'title': 'T', 'date': datetime(2026, 11, 2, 9, tzinfo=UTC), 'tags': ('x', 'y'), "
        "'authors': [{'name': 'Jo'}], 'price': Decimal('1.5'), 'n': 1, 'ok': True, 'no': None}"
    )
    body = (
        "from datetime import UTC, datetime; from decimal import Decimal; "
        f"yield Item(name='a', fields={fields})"
    )
    site = make_site(bad_one(place, body))
    report = site.publish_here()
    assert (report.problems, report.counts["listed"]) == ((), 1)
    page = site.output("2026/11/02/t/index.html").read_text()
    assert all(f">{word}<" in page for word in ("Jo", "x", "y"))


def test_half_characters_harm_nobody(place: Path, make_site: Callable[..., Site]) -> None:
    """As names of files hold that are no UTF-8."""
    half = r"'\udc80'"
    fields = f"{{'title': 'T' + {half}, 'date': '2026-11-02', {half}: {half}}}"
    body = (
        f"yield Withheld(name='w', why={half}); yield Refused(name='r', message={half}, mend='x'); "
        f"yield Item(name='a', fields={fields}, text={half}, warnings=[{half}])"
    )
    site = make_site(bad_one(place, body, half))
    report = published(site)
    assert [str(problem) for problem in report.problems] == [r"releases/r: \udc80"]
    assert r"releases/a: \udc80" in report.warnings
    assert (report.counts["listed"], report.counts["skipped"]) == (1, 1)


def test_a_newer_version_reads_everything_anew(
    changes: Path, make_site: Callable[..., Site]
) -> None:
    site = make_site(SITE + yaml_of_the_document(), {"CHANGES": CHANGES.removeprefix("1.3\n\n")})
    site.settle()
    assert site.publish_here().opened == 3
    assert site.publish_here().opened == 0
    (told,) = changes.glob("*.dist-info/METADATA")
    module = changes / "publisher_changes.py"
    module.write_text(module.read_text().replace('["release"]', '["news"]'))
    del sys.modules["publisher_changes"]
    importlib.invalidate_caches()
    assert site.publish_here().opened == 0, "what lies there is as it was, says its mark"
    told.write_text(told.read_text().replace("Version: 1.0", "Version: 1.1"))
    assert site.publish_here().opened == 2
    (page,) = site.output("2026/11/01").glob("*/index.html")
    assert "news" in page.read_text()


def test_while_it_is_asked_the_source_is_named(place: Path, make_site: Callable[..., Site]) -> None:
    from publisher.publishing.sitecheck import check_site

    site = make_site(bad_one(place, "yield GOOD"))
    told: list[tuple[str, int, int]] = []
    config = load_config(site.folder / "publisher.yaml")
    check_site(config, clock=lambda: NOW, progress=lambda *one: told.append(one))
    assert told[:2] == [("reading releases", 0, 0), ("reading releases", 1, 0)]


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
        ("return 7", "publisher-shelf 1.0 failed: it was opened as int, which has no update()"),
        ("raise SystemExit(0)", "publisher-shelf 1.0 failed: SystemExit: 0"),
        (r"raise OutputProblem('\udc80')", r"outputs: basement: \udc80"),
        ("raise OutputProblem('')", "cannot be written, and the plug-in does not say why"),
        (
            "return type('O', (), {'update': lambda *a, **k: {}['x']})()",
            "publisher-shelf 1.0 failed: KeyError: 'x' (at {place}/publisher_shelf.py:2)",
        ),
        *(
            (
                f"return type('O', (), {{'update': lambda *a, **k: {gives}}})()",
                "publisher-shelf 1.0 failed: update() gave no Updated with lists of paths",
            )
            for gives in ("None", "[]", "Updated(written=None)", "Updated(removed=[7])")
        ),
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
    assert told.format(place=place) in str(caught.value)
    assert caught.value.mend
    assert site.output("rss.xml").exists(), "the folder itself is done"


def test_a_run_that_is_given_up_is_no_defect_of_an_output(
    place: Path, make_site: Callable[..., Site]
) -> None:
    """As the timer gives one up that is told to end."""

    class GivenUp(Exception):
        pass

    def progress(what: str, _done: int, _total: int) -> None:
        if what == "writing to basement":
            raise GivenUp

    shelf_of_the_document(place)
    site = make_site(SITE + SHELF)
    site.article("fog.md")
    config = load_config(site.folder / "publisher.yaml")
    with pytest.raises(GivenUp):
        publish(config, PublishOptions(any_time=True), clock=lambda: NOW, progress=progress)
    site.publish_here()
    assert site.tree("../shelf").keys() - {".shelf.json"} == site.tree("output").keys() - {
        ".gitignore"
    }


def test_an_output_that_fails_holds_up_no_other(
    place: Path, make_site: Callable[..., Site]
) -> None:
    for name in ("burnt", "flooded"):
        module = f"def open_it(context): raise ValueError('{name}')\n"
        points = {name: f"{name}_output:open_it"}
        install(place, f"{name}-output", module, points, "publisher.outputs")
    shelf_of_the_document(place)
    more = "  - {name: attic, type: burnt}\n" + SHELF.partition("\n")[2]
    site = make_site(SITE + "outputs:\n" + more + "  - {name: cellar, type: flooded}\n")
    site.article("fog.md")
    with pytest.raises(OutputError) as caught:
        site.publish_here()
    told = "outputs: attic: the plug-in burnt-output 1.0 failed: ValueError: burnt"
    assert told in str(caught.value)
    (other,) = caught.value.others
    assert "outputs: cellar: the plug-in flooded-output 1.0 failed: ValueError" in str(other)
    there = {name: data for name, (data, _) in site.tree("output").items()}
    shelf = {name: data for name, (data, _) in site.tree("../shelf").items()}
    assert shelf.keys() - {".shelf.json"} == there.keys() - {".gitignore"}


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
    with pytest.raises(ConfigError, match=r"did you mean changes") as caught:
        load_config(site.folder / "publisher.yaml")
    told = f"install the plug-in that has this type into {sys.prefix}"
    assert told in str(caught.value.mend), "it may be in another environment"


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
