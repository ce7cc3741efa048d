"""Whatever changed is noticed: in any file that a run reads or leaves, and by time alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime

import pytest

from publisher.config.load import load_config
from publisher.model import BuildPlan
from publisher.outputs.directory import DirectoryOutput
from publisher.publishing.publish import PublishOptions, publish
from tests import standing
from tests.picture_samples import png
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.standing import LOGO, kept, run, settled, stands_still

_no_waiting = standing.no_waiting
site = standing.site


def test_a_configuration_saved_after_it_was_read_is_not_lost(site: Site) -> None:
    """It may wait for another run, and so for long, before it looks at anything."""
    config = load_config(site.folder / "publisher.yaml")
    configured(site)
    publish(
        config,
        PublishOptions(any_time=True),
        clock=lambda: datetime.fromisoformat(NOW),
        progress=lambda _what, _done, _total: None,
    )
    assert b"Carrier" not in site.output("index.html").read_bytes()
    assert "index.html" in run(site).written
    assert b"Carrier" in site.output("index.html").read_bytes()
    assert stands_still(site)


def edited(site: Site) -> None:
    site.article("one.md", body="Other text.")


def same_size(site: Site) -> None:
    file = site.folder / "articles/two.md"
    before = file.stat()
    file.write_text(file.read_text().replace("Some", "Same"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def added(site: Site) -> None:
    site.article("more/three.md")


def removed(site: Site) -> None:
    (site.folder / "articles/two.md").unlink()


def renamed(site: Site) -> None:
    (site.folder / "articles/two.md").rename(site.folder / "articles/2.md")


def swapped(site: Site) -> None:
    one, two = (site.folder / f"articles/{name}.md" for name in ("one", "two"))
    aside = site.folder / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


def picture(site: Site) -> None:
    site.write("articles/boat.png", png(4, 2))


def sidecar(site: Site) -> None:
    site.write("articles/two.yaml", "title: Another\n")


def linked(site: Site) -> None:
    (site.folder / "articles/three.md").symlink_to("two.md")


def configured(site: Site) -> None:
    site.write("publisher.yaml", LOGO.replace("Courier", "Carrier"))


def logo(site: Site) -> None:
    site.write("art/logo.png", png(65, 64))


def template(site: Site) -> None:
    site.write("templates/web/site.css", "body { color: green }")


def new_template(site: Site) -> None:
    site.write("templates/web/_partials/footer.html", "<footer>Ours</footer>")


def page_gone(site: Site) -> None:
    site.output("index.html").unlink()


def page_changed(site: Site) -> None:
    site.output("rss.xml").write_text("broken")


def output_gone(site: Site) -> None:
    site.output("").rename(site.folder / "elsewhere")


def record_changed(site: Site) -> None:
    record = site.folder / "published.jsonl"
    record.write_bytes(record.read_bytes() + b"\n")


def record_gone(site: Site) -> None:
    (site.folder / "published.jsonl").unlink()


def state_gone(site: Site) -> None:
    (site.folder / ".publisher").rename(site.folder / ".elsewhere")


def cache_gone(site: Site) -> None:
    (site.folder / ".publisher/build.db").unlink()


def somebody_else(site: Site) -> None:
    site.write(".publisher/publisher.db-wal", b"an issue was approved")


def half_written(site: Site) -> None:
    kept(site).write_bytes(kept(site).read_bytes()[:-20])


def of_another_form(site: Site) -> None:
    kept(site).write_text(json.dumps(json.loads(kept(site).read_bytes()) | {"form": 0}))


def tool(site: Site) -> None:
    site.write("hugo.toml", "")


def vault(site: Site) -> None:
    site.write("articles/.obsidian/app.json", "{}")


def note(site: Site) -> None:
    site.write("issues/weekly/next.md", "A word before.")


CHANGES = (
    *(edited, same_size, added, removed, renamed, swapped, picture, sidecar, linked, configured),
    *(logo, template, new_template, page_gone, page_changed, output_gone, record_changed),
    *(
        record_gone,
        state_gone,
        cache_gone,
        somebody_else,
        half_written,
        of_another_form,
        note,
        tool,
        vault,
    ),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_is_noticed(site: Site, change: Callable[[Site], None]) -> None:
    settled(site)
    change(site)
    assert not stands_still(site)
    tree = {path: data for path, (data, _) in site.tree().items()}
    run(site, full=True)
    assert {path: data for path, (data, _) in site.tree().items()} == tree
    assert stands_still(site)


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"date": "2026-11-22T10:00:00Z"}, "2026-11-22T10:00:00Z"),
        ({"expires": "2026-11-22T10:00:00Z"}, "2026-11-22T10:00:00Z"),
        ({"updated": "2026-11-22T10:00:00Z"}, "2026-11-22T10:00:00Z"),
    ],
)
def test_what_time_alone_changes_is_noticed(site: Site, fields: dict[str, str], when: str) -> None:
    site.article("timed.md", **fields)
    settled(site)
    assert stands_still(site, now="2026-11-22T09:59:59Z")
    assert not stands_still(site, now=when)
    assert stands_still(site, now="2027-11-22T09:59:59Z")


def test_no_newsletter_misses_its_slot(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    run(site, now=NOW)
    site.article("two.md", date="2026-11-22")
    run(site, now=NOW)
    assert stands_still(site)
    assert stands_still(site, now="2026-11-22T23:59:59Z")
    assert len(run(site, now="2026-11-23T00:00:00Z").issues) == 1, "Monday at seven in Jakarta"


def test_a_clock_that_was_set_back_is_noticed(site: Site) -> None:
    settled(site)
    assert not stands_still(site, now="2026-11-22T07:59:59Z")


def test_a_folder_that_only_a_link_shows_is_looked_into_by_every_run(site: Site) -> None:
    """The link ends in a hidden one; a file in it says nothing of itself by the folder's time."""
    hidden = site.folder / "articles/.content/posts"
    hidden.mkdir(parents=True)
    (site.folder / "articles/posts").symlink_to(hidden)
    article = site.article(".content/posts/fog.md")
    site.settle()
    run(site, now=NOW)
    assert b"Fog" in site.output("index.html").read_bytes()
    with article.open("a") as text:
        text.write("\nMore of it.\n")
    site.settle()
    assert run(site).opened == 1
    assert b"More of it." in site.output("rss.xml").read_bytes()


def test_a_record_that_others_write_meanwhile_is_noticed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `git pull` does while files are moved into place."""
    applied = DirectoryOutput.apply
    record = site.folder / "published.jsonl"

    def pulled(output: DirectoryOutput, plan: BuildPlan) -> tuple[str, ...]:
        written = applied(output, plan)
        record.write_bytes(record.read_bytes() + b"\n")
        return written

    site.settle()
    with monkeypatch.context() as patched:
        patched.setattr(DirectoryOutput, "apply", pulled)
        run(site, now=NOW)
    assert not stands_still(site)
