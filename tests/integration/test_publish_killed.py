"""kill -9 while two thousand files are published and ten readers look: the faults F23 and F24.

That nothing is made twice, issues above all, is in test_killed.py.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from tests.command import run_killed
from tests.crashing import run_crashing
from tests.disks import small_disk
from tests.serving import serving, wait_until
from tests.sites import CONFIG, NOW, Site

PUBLISH = ["publish", "-q", "--now", NOW]
GOING = 40
"""So many articles, the last ones, may go; readers ask for no page of theirs by name."""


@dataclass
class Changing:
    """A site whose articles are edited, added and removed, version after version."""

    site: Site
    count: int
    chance: random.Random
    version: int = 0
    gone: int = 0

    def make(self) -> None:
        for number in range(self.count + GOING):
            self.write(number)

    def write(self, number: int) -> None:
        self.site.article(
            f"a{number:04}.md",
            f"Version {self.version} of {number}. " * 6,
            title=f"Article {number}",
            date=f"2026-{number % 10 + 1:02}-{number % 28 + 1:02}",
        )

    def change(self) -> None:
        """A twentieth is edited, two are added, one that may go goes or comes back."""
        self.version += 1
        for number in self.chance.sample(range(self.count), self.count // 20):
            self.write(number)
        for number in (0, 1):
            name = f"late{self.version:04}-{number}.md"
            self.site.article(name, "Something new.", date=f"2026-11-{self.version % 20 + 1:02}")
        going = self.count + self.chance.randrange(GOING)
        there = self.site.folder / f"articles/a{going:04}.md"
        if there.exists():
            there.unlink()
        else:
            self.write(going)


def address(number: int) -> str:
    return f"2026/{number % 10 + 1:02}/{number % 28 + 1:02}/a{number:04}/index.html"


def fault(path: str, data: bytes) -> str:
    """What is wrong with a file as it was read, "" where it is whole."""
    if path.endswith(".html"):
        if not data.rstrip().endswith(b"</html>"):
            return "half a page"
        own = re.search(r"/a([0-9]{4})/", path)
        marks = re.findall(rb"Version ([0-9]+) of %d\." % int(own[1]), data) if own else []
        if own and (len(set(marks)) != 1 or len(marks) < 6):
            return f"versions {sorted(set(marks))}"
    elif path.endswith((".xml", ".opml")):
        try:
            ET.fromstring(data)
        except ET.ParseError as error:
            return f"half a document: {error}"
    elif path.endswith(".json"):
        try:
            json.loads(data)
        except ValueError as error:
            return f"half a document: {error}"
    return ""


def version_of(path: str, data: bytes) -> int:
    found = re.search(rb"Version ([0-9]+) of", data) if re.search(r"/a[0-9]{4}/", path) else None
    return int(found[1]) if found else 0


@dataclass
class Crowd:
    """Ten readers: half of them open files of output/ by their paths, half ask the server."""

    site: Site
    server: str
    paths: list[str]
    stop: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        looks = [self._on_disk, self._by_http] * 5
        self.threads = [
            threading.Thread(target=self._watch, args=(f"{number}", look, number))
            for number, look in enumerate(looks)
        ]

    def wait_for(self, count: int) -> None:
        """Wait until each has read more documents than so many."""
        wait_until(lambda: self.fewest() > count)

    def fewest(self) -> int:
        """How many documents the slowest of them has read."""
        return min(self.reads[f"{number}"] for number in range(len(self.threads)))

    def _watch(self, name: str, reading: Callable[[], Iterator[object]], seed: int) -> None:
        chance, seen = random.Random(seed), dict[str, int]()
        with reading() as read:
            while not self.stop.is_set():
                path = chance.choice(self.paths)
                data = read(path)
                problem = fault(path, data) if data is not None else "missing"
                version = version_of(path, data or b"")
                if not problem and version < seen.get(path, 0):
                    problem = f"version {version} after {seen[path]}"
                seen[path] = version
                if problem:
                    self.wrong.append(f"reader {name}: {path}: {problem}")
                if path == "feed.json" and not problem:
                    self._follow(read, data, chance)
                self.reads[name] += 1
                time.sleep(0.05)

    def _follow(self, read, feed: bytes, chance: random.Random) -> None:
        """A link of a feed leads somewhere, for as long as the feed has it."""
        link = chance.choice(json.loads(feed)["items"])["url"]
        path = urlsplit(link).path.lstrip("/") + "index.html"
        if read(path) is None and link.encode() in (read("feed.json") or b""):
            self.wrong.append(f"feed.json leads to {path}, which is not there")

    @contextmanager
    def _on_disk(self) -> Iterator[Callable[[str], bytes | None]]:
        folder = self.site.output("")

        def read(path: str) -> bytes | None:
            try:
                return (folder / path).read_bytes()
            except FileNotFoundError:
                return None

        yield read

    @contextmanager
    def _by_http(self) -> Iterator[Callable[[str], bytes | None]]:
        connection = http.client.HTTPConnection(urlsplit(self.server).netloc, timeout=30)

        def read(path: str) -> bytes | None:
            connection.request("GET", f"/{path}")
            response = connection.getresponse()
            data = response.read()  # which raises where it is shorter than was said
            return data if response.status == 200 else None

        yield read
        connection.close()


@contextmanager
def ten_readers(site: Site, server: str, paths: list[str]) -> Iterator[Crowd]:
    crowd = Crowd(site=site, server=server, paths=paths)
    for thread in crowd.threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.stop.set()
        for thread in crowd.threads:
            thread.join(60)


def strays(site: Site) -> list[str]:
    """What a run may have begun aside, anywhere in the site."""
    return [
        path.relative_to(site.folder).as_posix()
        for path in site.folder.rglob("*")
        if path.name.startswith(".publisher-") or path.name.endswith((".new", ".part", ".tmp"))
    ]


def stamps(site: Site) -> dict[str, tuple[int, int]]:
    """Size and time of each file of output/."""
    root = site.output("")
    found = {}
    for folder, names, files in os.walk(root):
        if ".publisher-staged" in names:
            names.remove(".publisher-staged")
        for name in files:
            path = Path(folder, name)
            stat = path.stat()
            found[path.relative_to(root).as_posix()] = (stat.st_size, stat.st_mtime_ns)
    return found


def whole_since(site: Site, before: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The files of output/ now; none of those that are other than before is half."""
    now = stamps(site)
    other = [path for path, stamp in now.items() if before.get(path) != stamp]
    found = {path: fault(path, site.output(path).read_bytes()) for path in other}
    assert {path: problem for path, problem in found.items() if problem} == {}
    return now


@pytest.mark.parametrize(
    ("kills", "articles"), [(10, 150), pytest.param(300, 1900, marks=pytest.mark.long)]
)
def test_killed_at_random_while_ten_readers_look(
    make_site: Callable[..., Site], kills: int, articles: int
) -> None:
    """0 half files, 0 missing, and no stray files after the next run."""
    site = make_site(CONFIG)
    changing = Changing(site=site, count=articles, chance=random.Random(20261126))
    changing.make()
    site.publish()
    paths = [
        *("index.html", "rss.xml", "atom.xml", "feed.json", "sitemap.xml", "feeds/index.html"),
        *("feeds.opml", "page/2/index.html"),
    ] * 4 + [address(number) for number in range(0, articles, articles // 40)]
    killed, phases, ids = 0, Counter[str](), dict[str, object]()
    with serving(site) as server, ten_readers(site, server.address, paths) as crowd:
        changing.change()
        began = time.monotonic()
        site.publish()
        length = time.monotonic() - began
        before = whole_since(site, {})
        while killed < kills:
            assert changing.version < 3 * kills, "most runs end before they are killed"
            changing.change()
            at = changing.chance.uniform(0, length)
            if not run_killed(PUBLISH, site.folder, os.environ, at):
                length *= 0.95
            else:
                killed += 1
                is_staged = site.output(".publisher-staged").exists()
                after = whole_since(site, before)
                phases["moving" if after != before else "drawing" if is_staged else "reading"] += 1
                before = after
                now = {
                    line["path"]: line["id"] for line in site.record() if "path" in line
                }  # every line is whole
                assert {p: i for p, i in now.items() if ids.setdefault(p, i) != i} == {}
                crowd.wait_for(2 * killed)
            if changing.version % 10 == 0:  # the next run mends it all
                began = time.monotonic()
                site.publish()
                length = time.monotonic() - began
                assert strays(site) == []
                before = whole_since(site, before)
        assert crowd.wrong == []
    assert crowd.wrong == []
    print(f"\nkilled while {dict(phases)}; {crowd.reads.total()} reads of whole documents")
    site.publish()
    assert strays(site) == []
    assert "0 written, 0 removed" in site.publish().out
    made = {name: data for name, (data, _) in site.tree().items()}
    site.publish("--full", "--output", "elsewhere")
    assert {name: data for name, (data, _) in site.tree("elsewhere").items()} == made
    assert len(made) > articles
    assert crowd.fewest() > 2 * kills, crowd.reads
    assert phases["drawing"] + phases["moving"], phases


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site to which something has happened since it was published."""
    site = Site(tmp_path_factory.mktemp("published") / "site")
    site.write("publisher.yaml", CONFIG)
    changing = Changing(site=site, count=30, chance=random.Random(1))
    changing.make()
    site.publish()
    changing.change()
    (site.folder / "articles/a0031.md").unlink(missing_ok=True)
    return site.folder


@pytest.mark.parametrize(
    ("point", "number"),
    [
        *((point, 1) for point in ("claimed", "recorded", "commit")),
        ("replace", 2),  # the first file of output/; the one before is the record
        *(
            pytest.param(point, 1, marks=pytest.mark.long)
            for point in ("claim", "record", "unlink", "committed")
        ),
        *(pytest.param("replace", n, marks=pytest.mark.long) for n in (1, *range(3, 10), 14)),
    ],
)
def test_killed_at_each_point_of_putting_in_place(
    published: Path, tmp_path: Path, point: str, number: int
) -> None:
    """What random kills seldom meet: what lies there is whole, and the next run does the rest."""
    site = Site(shutil.copytree(published, tmp_path / "site"))
    before = whole_since(site, {})
    code = run_crashing(["publish", "--now", NOW], site.folder, os.environ, point, number)
    assert code == -signal.SIGKILL
    between = whole_since(site, before)
    for path in before.keys() - between.keys():
        article = path.split("/")[-2]
        assert not (site.folder / f"articles/{article}.md").exists(), path
    for item in json.loads(site.output("feed.json").read_bytes())["items"]:
        assert urlsplit(item["url"]).path.lstrip("/") + "index.html" in between
    site.publish()
    assert strays(site) == []
    made = {name: data for name, (data, _) in site.tree().items()}
    site.publish("--full", "--output", "elsewhere")
    assert {name: data for name, (data, _) in site.tree("elsewhere").items()} == made
    assert "0 written, 0 removed" in site.publish().out


def test_a_lock_that_a_killed_run_left_holds_up_nobody(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """The file stays, the lock goes with its holder: it is asked of the system, not of the file."""
    site = make_site(CONFIG)
    site.article("one.md")
    site.publish()
    lock = site.folder / ".publisher" / "lock"
    ready = tmp_path / "ready"
    script = (
        "import sys, time, pathlib\n"
        "from publisher.outputs.lock import hold_lock\n"
        "with hold_lock(pathlib.Path(sys.argv[1])):\n"
        "    pathlib.Path(sys.argv[2]).touch()\n"
        "    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, lock, ready])
    try:
        while not ready.exists():
            time.sleep(0.02)
        assert site.run("publish").code == 75
    finally:
        holder.kill()
        holder.wait(10)
    assert lock.exists()
    assert site.publish().err == ""


def test_half_a_copy_on_another_disk_goes_though_the_change_is_taken_back(
    make_site: Callable[..., Site],
) -> None:
    """Killed as a file was copied to its place; then its article says again what it said."""
    site = make_site(CONFIG)
    with small_disk(site.folder / "output/2026", "1m") as disk:
        site.article("fog.md", "A text about fog.")
        site.publish()
        found = []
        for number in itertools.count(1):
            site.article("fog.md", "Another text.")
            if run_crashing(PUBLISH, site.folder, os.environ, "replace", number) == 0:
                break
            found += disk.rglob(".publisher-copied")
            site.article("fog.md", "A text about fog.")
            site.publish()
            assert not [*disk.rglob(".publisher-copied")]
        assert found, "none was killed there"
