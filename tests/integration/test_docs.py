"""The documents say what is, all of it, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import pytest

from publisher import __version__, errors
from publisher.cli.commands import main
from publisher.cli.moving import KINDS as KINDS_OF_EXPORTS
from publisher.metrics import KINDS
from publisher.parse.headers.fields import MEANINGS
from publisher.parse.headers.indonesian import WORDS
from publisher.parse.headers.values import normalise_key
from publisher.schedule.rounds import EVENTS
from tests.integration import check_list, rule_list
from tests.integration.config_table import REFERENCE, with_table
from tests.sites import Site

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    found = re.search(
        rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{len(level)}}} |\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert found, f"there is no heading {heading!r}"
    return found[1]


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def options(command: click.Command) -> set[str]:
    return {
        spelling
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for spelling in parameter.opts
    }


COMMANDS = dict(commands(main, "publisher"))
COMMON = set.intersection(*(options(command) for command in COMMANDS.values()))


def test_the_table_of_keys_is_made_from_the_specs() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert text == with_table(text), "run: .venv/bin/python -m tests.integration.config_table"


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert set(
        re.findall(r"^### `(publisher .+)`$", read("docs/reference.md"), re.MULTILINE)
    ) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_section_has_its_own_options_and_no_others(name: str) -> None:
    text = section(read("docs/reference.md"), f"### `{name}`")
    assert (
        set(re.findall(r"^\| `(--?[a-z-]+)", text, re.MULTILINE))
        == options(COMMANDS[name]) - COMMON
    )


def test_the_common_options_stand_above_the_commands() -> None:
    head = section(read("docs/reference.md"), "## Commands").partition("\n### ")[0]
    assert set(re.findall(r"`(-{1,2}[a-z-]+)(?: [A-Z0-9]+)?`", head)) == COMMON | {"-h", "--help"}


def test_no_document_names_a_command_or_option_that_is_not_there() -> None:
    known = set().union(*(options(command) for command in COMMANDS.values()), {"--version"})
    top = {name.split()[1] for name in COMMANDS}
    for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for line in re.findall(
            r"^(?: {4}|ExecStart=)(?:\S*/)?((?:publish|publisher)(?: .*)?)$",
            file.read_text(encoding="utf-8"),
            re.MULTILINE,
        ):
            words = re.split(r"[>#|]", line)[0].split()
            assert {w for w in words if w.startswith("--")} <= known, (file.name, line)
            if words[0] == "publisher" and not words[1].startswith("-"):
                assert words[1] in top, (file.name, line)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("### Fields", MEANINGS),
        ("### Headers in Indonesian", {**WORDS, **{ours: (ours, 0) for ours, _ in WORDS.values()}}),
    ],
)
def test_the_fields_of_articles_are_those_that_are_read(
    heading: str, words: Mapping[str, tuple[str, int]]
) -> None:
    table = section(read("docs/reference.md"), heading)
    documented = {}
    for ours, others in re.findall(r"^\| `(\w+)` \|(.*?)\|", table, re.MULTILINE):
        for key in [ours, *re.findall(r"`([^`]+)`", others)]:
            documented[normalise_key(key)] = ours
    assert documented == {key: ours for key, (ours, _) in words.items()}


def test_every_exit_code_is_in_its_table() -> None:
    kinds = [e for e in vars(errors).values() if isinstance(e, type)]
    codes = {e.exit_code for e in kinds if issubclass(e, errors.PublisherError)} | {0, 70}
    table = section(read("docs/reference.md"), "## Exit codes")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == codes


def events(*places: str) -> set[str]:
    """The events that modules tell, those of `_event(job, …)` but for what cannot come about."""
    sources = [path.read_text("utf-8") for place in places for path in sorted(ROOT.glob(place))]
    named = re.findall(r'log\.\w+\(\s*"([a-z_]+\.[a-z_-]+)"', "\n".join(sources))
    return {*named} | {*re.findall(r'"(alert\.\w+)"', "\n".join(sources))}


def test_every_event_of_the_timer_is_in_its_table() -> None:
    of_jobs = {
        f"{EVENTS[job]}.{what}"
        for job in EVENTS
        for what in ("given_up", "busy", "failed", "defect")
    } - {
        # Only publishing takes the lock; sending and looking are not given up half way.
        *("hub.busy", "delivery.busy", "bounces.busy", "check.busy"),
        *("delivery.given_up", "check.given_up"),
        "fetch.busy",  # where another asks already there is nothing to say
    }
    table = section(read("docs/reference.md"), "## The timer's log")
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table)) == (
        events("publisher/schedule/*.py") | of_jobs | {"library.warning"}
    )


def test_every_event_of_a_worker_is_in_its_table() -> None:
    table = section(read("docs/reference.md"), "## The worker's log")
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table)) == events("publisher/cluster/*.py")


def test_every_event_of_the_server_is_in_its_table() -> None:
    told = events(
        *("publisher/asgi.py", "publisher/serving.py"),
        *("publisher/self_service/pages.py", "publisher/self_service/application.py"),
    )
    table = section(read("docs/reference.md"), "## The server's log")
    assert set(re.findall(r"`([a-z_]+\.[a-z_-]+)`", table)) == told


def test_every_metric_and_kind_of_trouble_is_in_its_table() -> None:
    text = section(read("docs/reference.md"), "## Health, metrics and alerts")
    source = read("publisher/metrics.py")
    told = {f"publisher_{name}" for name in re.findall(r'_gauge\(\s*"(\w+)"', source)}
    told |= {f"publisher_{name}_total" for name in re.findall(r'_counter\(\s*"(\w+)"', source)}
    assert set(re.findall(r"`(publisher_\w+)`", text)) == told
    assert tuple(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE)) == KINDS


def test_the_map_of_the_code_names_what_is_there() -> None:
    package = ROOT / "publisher"
    modules = {p.name for p in package.glob("*.py") if not p.stem.startswith("__")}
    folders = {f"{p.name}/" for p in package.iterdir() if p.is_dir() and p.name[0] not in "._"}
    text = read("ARCHITECTURE.md")
    code_map = set(
        re.findall(r"^ *- `([a-z_/]+(?:\.py|/))`", section(text, "## Code map"), re.MULTILINE)
    )
    code_map |= set(re.findall(r"; `([a-z_/]+(?:\.py|/))`", section(text, "## Code map")))
    assert modules | folders <= code_map
    for path in re.findall(r"`([a-z_/]+(?:\.py|/))`", text):
        assert (package / path).exists() or (ROOT / path).exists(), path


def test_no_module_is_so_long_that_nobody_finds_their_way() -> None:
    modules = [*(ROOT / "publisher").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    assert len(modules) > 1000
    lengths = {path.name: path.read_text("utf-8").count("\n") for path in modules}
    assert {name for name, lines in lengths.items() if lines > 600} == set()


def test_the_tests_of_faults_are_there() -> None:
    files = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", read("docs/faults.md"))
    assert len(named) > 40
    assert [one for one in named if f"def {one[1]}(" not in files.get(one[0], "")] == []


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    rows = re.findall(r"^\| ([\w.-]+)", read("docs/decisions/0002-dependencies.md"), re.MULTILINE)
    reasons = {row.lower() for row in rows} - {"library"}
    extras = (one for some in project["optional-dependencies"].values() for one in some)
    needed = (*project["dependencies"], *extras)
    assert reasons == {re.split(r"[\[<>=~! ]", one)[0].lower() for one in needed}


def test_the_changelog_has_this_version() -> None:
    assert f"\n## [{__version__}] - " in read("CHANGELOG.md")


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (file.parent / path).resolve() if path else file
        assert place.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.MULTILINE)
            made = {re.sub(r"[^\w -]", "", h.lower()).strip().replace(" ", "-") for h in headings}
            assert anchor in made, target


def test_the_site_of_the_readme_publishes(make_site: Callable[..., Site]) -> None:
    own = section(read("README.md"), "## Your own")
    blocks = dict(re.findall(r"^```(yaml|markdown)\n(.*?)^```$", own, re.MULTILINE | re.DOTALL))
    site = make_site(blocks["yaml"], {"articles/hello.md": blocks["markdown"]})

    ran = site.publish()

    assert ran.err == ""
    table = section(read("README.md"), "## What comes out")
    for cell in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE):
        for path in re.findall(r"`([^`]+)`", cell):
            assert site.output(path).exists() or path == "output/", path
    for path in re.findall(r"`(email\.\w+)`", table):
        assert site.output(f"newsletters/weekly/1/{path}").is_file()
    assert "Hello, harbour" in site.output("rss.xml").read_text(encoding="utf-8")
    assert site.record()


def test_what_can_be_moved_in_is_named_where_it_says_what_is_not() -> None:
    found = re.search(r"\*\*Moving in\*\* is for (.*?), folders", read("docs/limits.md"))
    assert found
    named = re.split(r", | and ", found[1].replace("WordPress (`wxr`)", "wxr"))
    assert {name.lower() for name in named} == set(KINDS_OF_EXPORTS)


def test_the_rules_of_feeds_are_listed_from_their_catalogue() -> None:
    made = rule_list.rule_list()
    assert rule_list.FILE.read_text(encoding="utf-8") == made, (
        "run: .venv/bin/python -m tests.integration.rule_list"
    )


def test_the_checks_of_issues_are_listed_from_the_checklist() -> None:
    made = check_list.check_list()
    assert check_list.FILE.read_text(encoding="utf-8") == made, (
        "run: .venv/bin/python -m tests.integration.check_list"
    )
