"""The same sources give the same bytes, whatever the machine, its settings and its hour."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.command import run_warm
from tests.picture_samples import png, saved, turned_jpeg
from tests.sites import CONFIG, Site

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-22T08:00:00Z"
FEW, MANY = 60, 200
"""Articles: more than a feed shows and a page lists."""
WORDS = "harbour tide boat net rope lamp çay İstanbul ığdır straße œuvre 東京 ميناء"

MACHINES: Mapping[str, Mapping[str, str]] = {
    "in Kathmandu": {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    "in St. John's, in German": {
        "TZ": "America/St_Johns",
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "de_DE.UTF-8",
        "LANGUAGE": "de",
        "PYTHONHASHSEED": "4294967295",
    },
    "in Turkish": {"TZ": "Europe/Istanbul", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "random"},
    "without UTF-8": {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "latin-1",
    },
    "with no zones of its own": {"TZ": "XYZ-13", "PYTHONTZPATH": "", "PYTHONOPTIMIZE": "2"},
}
"""Where a locale is not installed, programs fall back to C: that too changes no byte."""
QUICK = ("in Turkish", "without UTF-8")
"""One with a zone, a locale and a hash seed of its own, and one without UTF-8; the others are other
zones and locales, and one that lacks what zones are read from."""

OPTIONS: Mapping[str, Sequence[str]] = {
    "as it is": (),
    "anew": ("--full",),
    "silent": ("-q",),
    "by three processes": ("--jobs", "3"),
}
"""How the command may be given."""

Built = Mapping[str, bytes]


# ---------------------------------------------------------------- the sites


def _made_articles(folder: Path, count: int) -> None:
    """Articles by our own hand: dates, zones, tags, pictures and odd names."""
    chance = random.Random("articles")
    words = WORDS.split()
    zones = (
        "",
        " 10:15",
        "T23:30:00Z",
        "T00:10:00+05:45",
        " 02:30 Europe/Berlin",
        "T12:00:00-03:30",
    )
    for number in range(count):
        title = " ".join(chance.choices(words, k=4))
        date = f"20{chance.randrange(10, 24)}-{chance.randrange(1, 13):02d}-{number % 28 + 1:02d}"
        header = (
            f"title: {title} {number}\ndate: {date}{chance.choice(zones)}\n"
            f"tags: [{', '.join(chance.sample(words, 3))}]\nauthor: {chance.choice(words)}\n"
        )
        if number % 7 == 0:
            header += f"image: ../pictures/{number}.gif\n"
        body = "\n\n".join(" ".join(chance.choices(words, k=40)) for _ in range(5))
        body += f"\n\n[other](../{number // 2 % 10}/{number // 2}.md)\n"
        _write(folder / str(number % 10) / f"{number}.md", f"---\n{header}---\n\n{body}".encode())
    for number in range(0, count, 7):
        picture = saved(Image.new("P", (number + 1, 3)), "GIF")
        _write(folder / "pictures" / f"{number}.gif", picture)
    for name, data in (("boat.jpg", turned_jpeg(900, 1300)), ("boat.png", png(700, 500, "RGBA"))):
        _write(folder / name, data)
    shown = "---\ntitle: Boats\ndate: 2026-11-01\nimage: boat.jpg\n---\n![A boat](boat.png)\n"
    _write(folder / "boats.md", shown.encode())
    _write(folder / "ığdır é.md", "---\ntitle: İI ıi\ndate: 2020-02-29\n---\nText.\n".encode())
    _write(folder / "bad.md", b"---\ntitle: Bad\ndate: 2020-02-30\n---\nText.\n")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of our own."""
    return _made_site(tmp_path_factory.mktemp("made"), FEW)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with more articles."""
    return _made_site(tmp_path_factory.mktemp("large"), MANY)


def _made_site(folder: Path, count: int) -> Path:
    newsletter = (
        "newsletters:\n  - {name: weekly, title: Weekly, from: The Courier <n@courier.example>,"
        " postal_address: 1 Pier Road}\n"
    )
    feeds = "feeds:\n  - {name: main}\n  - {name: boats, select: {tags: [boat]}, limit: 1000}\n"
    _write(folder / "publisher.yaml", (CONFIG + feeds + newsletter).encode())
    _made_articles(folder / "articles", count)
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with two hundred articles of the shared corpus."""
    maker = ROOT.parent / "shared" / "bench" / "make_corpus.py"
    if not maker.is_file():
        pytest.skip("the shared material (make_corpus.py) is not beside the project")
    folder = tmp_path_factory.mktemp("corpus")
    subprocess.run([sys.executable, maker, str(MANY), folder], check=True)
    _write(folder / "publisher.yaml", CONFIG.encode())
    return folder


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site as a clone has it, with its record."""
    folder = tmp_path_factory.mktemp("sample")
    for name in ("articles", "media"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("publisher.yaml", "published.jsonl"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(
    params=[
        "made",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("large", "corpus", "sample")),
    ],
    scope="module",
)
def sources(request: pytest.FixtureRequest) -> Path:
    """The sources of one site after the other."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.fixture(scope="module")
def first(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What the site gives on a plain machine: UTC, C, files in the order of their names."""
    plain = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"}
    folder = tmp_path_factory.mktemp("first") / "site"
    return build(sources, folder, env=plain)


def build(
    sources: Path,
    folder: Path,
    *,
    env: Mapping[str, str] | None = None,
    now: str | None = NOW,
    options: Sequence[str] = (),
    order: random.Random | None = None,
    record: bytes | None = None,
    python: str = sys.executable,
) -> Built:
    """Copy the sources file by file in some order, publish, and give every byte that came of it.

    With an environment of its own the command is started as its user starts it, else from a warm
    process (tests/command.py), whose hash seed is another too.
    """
    files = sorted(path.relative_to(sources) for path in sources.rglob("*") if path.is_file())
    if order is not None:
        order.shuffle(files)
    for file in files:
        _write(folder / file, (sources / file).read_bytes())
    if record is not None:
        _write(folder / "published.jsonl", record)
    arguments = ["publish", *options, *(() if now is None else ("--now", now))]
    if env is None and python == sys.executable:
        ran = run_warm(arguments, folder, os.environ)
        assert ran.code in (0, 3), ran.err
        assert "Traceback" not in ran.err
        return dict(_bytes_of(Site(folder)))
    done = subprocess.run(
        [python, "-m", "publisher", *arguments],
        cwd=folder,
        env=dict(_without_settings()) | {"PYTHONPATH": str(ROOT)} | dict(env or {}),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    assert b"Traceback" not in done.stderr
    return dict(_bytes_of(Site(folder)))


def _without_settings() -> Iterator[tuple[str, str]]:
    for name, value in os.environ.items():
        if name not in ("TZ", "LANG", "LANGUAGE") and not name.startswith(("LC_", "PYTHON")):
            yield name, value


def _bytes_of(site: Site) -> Iterator[tuple[str, bytes]]:
    for path, (data, _) in site.tree().items():
        yield f"output/{path}", data
    yield "published.jsonl", (site.folder / "published.jsonl").read_bytes()


def assert_same(built: Built, first: Built) -> None:
    """No file more or less, no byte other; names what differs."""
    assert sorted(built) == sorted(first)
    assert [path for path in first if built[path] != first[path]] == []


# ---------------------------------------------------------------- what must not count


def test_the_sites_are_worth_the_comparison(first: Built, sources: Path) -> None:
    pages = [path for path in first if path.endswith("/index.html")]
    assert len(pages) > (10 if (sources / "media").exists() else FEW)
    assert any("/archive/" in path for path in first) or (sources / "media").exists()
    assert {"output/rss.xml", "output/atom.xml", "output/feed.json"} <= first.keys()


@pytest.mark.parametrize(
    "machine",
    [pytest.param(one, marks=() if one in QUICK else pytest.mark.long) for one in MACHINES],
)
def test_machines_give_the_same_bytes(
    machine: str, sources: Path, first: Built, tmp_path: Path
) -> None:
    order = random.Random(machine)
    folder = tmp_path / "another place, é" / "of the site"
    assert_same(build(sources, folder, env=MACHINES[machine], order=order), first)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_the_way_of_the_command_gives_the_same_bytes(
    options: Sequence[str], sources: Path, first: Built, tmp_path: Path
) -> None:
    assert_same(build(sources, tmp_path / "site", options=options), first)


@pytest.mark.parametrize("now", ["2026-11-22T08:00:01Z", "2026-11-22T23:59:59+05:45", None])
def test_another_hour_gives_the_same_bytes(
    now: str | None, sources: Path, first: Built, tmp_path: Path
) -> None:
    """A site that was published goes on elsewhere, later: with its record, all is as it was."""
    if now is None and (sources / "media").exists():
        pytest.skip("what the sample site shows depends on the machine's day")
    folder = tmp_path / "site"
    assert_same(build(sources, folder, now=now, record=first["published.jsonl"]), first)


@pytest.mark.long
@pytest.mark.parametrize("now", ["2026-11-22T08:00:01Z", "2027-03-01T00:00:00Z", None])
def test_without_a_newsletter_even_the_first_hour_does_not_count(
    now: str | None, corpus: Path, tmp_path: Path
) -> None:
    one = build(corpus, tmp_path / "one")
    assert_same(build(corpus, tmp_path / "two", now=now), one)


def test_other_pythons_give_the_same_bytes(sources: Path, first: Built, tmp_path: Path) -> None:
    pythons = [python for python in _other_pythons() if _can_publish(python)]
    if not pythons:
        pytest.skip("no other Python here has what publisher needs (see OTHER_PYTHONS)")
    for number, python in enumerate(pythons):
        assert_same(build(sources, tmp_path / str(number), python=python), first)


def _other_pythons() -> Iterator[str]:
    """Those that OTHER_PYTHONS names, divided by colons, and those on the path."""
    yield from filter(None, os.environ.get("OTHER_PYTHONS", "").split(":"))
    for minor in range(11, 16):
        found = shutil.which(f"python3.{minor}")
        if found and minor != sys.version_info.minor:
            yield found


def _can_publish(python: str) -> bool:
    command = [python, "-c", "import publisher.cli.publishing, publisher.render.feeds.draw"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
