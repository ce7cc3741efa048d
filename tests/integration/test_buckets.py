"""output/ in a bucket: against a service that speaks the protocol, fails, and dies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.answers.headers import CACHING, content_type, kind_of
from publisher.config import BucketSpec
from publisher.outputs.objects import ObjectOutput
from publisher.outputs.s3 import AccessKey, Bucket
from publisher.plugin_test import OutputContract
from tests.buckets import BUCKET, ENV, KEY, Service, bucket_service, fresh_bucket
from tests.command import Ran, start_warm
from tests.serving import wait_until
from tests.sites import CONFIG, NOW, UNJUDGED, Site


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with bucket_service() as service:
        yield service


@pytest.fixture
def service(running: Service) -> Service:
    fresh_bucket(running)
    return running


@pytest.fixture
def site(make_site: Callable[..., Site], service: Service) -> Site:
    made = make_site(CONFIG + UNJUDGED + service.yaml())
    for name in ("fog", "sea", "café"):
        made.article(f"{name}.md", f"A text about {name}.")
    return made


def publish(site: Site, *arguments: str, env: dict[str, str] | None = None) -> Ran:
    return site.run("publish", *arguments, env=ENV if env is None else env)


def output(site: Site) -> dict[str, bytes]:
    """What lies in output/ and is published."""
    found = {name: data for name, (data, _) in site.tree("output").items()}
    return {name: data for name, data in found.items() if name != ".gitignore"}


def test_the_bucket_holds_what_output_holds(site: Site, service: Service) -> None:
    ran = publish(site)
    assert ran.code == 0, ran.err
    there = output(site)
    assert service.objects() == there
    assert f"bucket: {len(there)} written, 0 removed" in ran.out
    for path in there:
        found = service.get(path)
        assert found is not None
        assert found[1]["content-type"] == content_type(path)
        assert found[1]["cache-control"] == CACHING[kind_of(path)]
    order = [
        path.removeprefix(f"/{BUCKET}/") for method, path in service.asked() if method == "PUT"
    ]
    assert order[0] == order[-1] == ".publisher.json"
    style = next(path for path in order if path.endswith(".css"))
    pages = [place for place, path in enumerate(order) if path.startswith("2026/")]
    assert order.index(style) < min(pages)
    assert max(pages) < order.index("index.html") < order.index("rss.xml")


def test_what_has_not_changed_is_not_written_again(site: Site, service: Service) -> None:
    assert publish(site).code == 0
    site.settle()
    assert publish(site).code == 0
    service.asked()
    assert publish(site).code == 0
    assert service.asked() == [], "a run that would do nothing asks nobody"
    site.write("publisher.yaml", CONFIG + UNJUDGED + service.yaml() + "# changed\n")
    ran = publish(site)
    assert (ran.code, "bucket: 0 written, 0 removed" in ran.out) == (0, True)
    assert service.counts() == {"GET": 1}

    before = service.objects()
    site.article("fog.md", "Another text.")
    (site.folder / "articles/sea.md").unlink()
    assert publish(site).code == 0
    there = output(site)
    assert service.objects() == there
    written = {path for path in there if before.get(path) != there[path]}
    asked = service.asked()
    assert {p.removeprefix(f"/{BUCKET}/") for m, p in asked if m == "PUT"} == {
        *written, ".publisher.json",
    }  # fmt: skip
    removed = [i for i, (method, _) in enumerate(asked) if method == "DELETE"]
    puts = [i for i, (m, p) in enumerate(asked) if m == "PUT" and not p.endswith(".json")]
    assert len(removed) == len(before.keys() - there.keys()) > 0
    assert min(removed) > max(puts), "what is not wanted any more goes last"


def test_what_is_not_ours_is_not_touched(site: Site, service: Service) -> None:
    service.put("theirs.txt", b"theirs")
    service.put("tags/theirs/index.html", b"theirs")
    assert publish(site).code == 0
    service.put("robots.txt", b"replaced by somebody")
    (site.folder / "articles/sea.md").unlink()
    assert publish(site).code == 0
    found = service.objects()
    assert found["theirs.txt"] == found["tags/theirs/index.html"] == b"theirs"

    fresh_bucket(service)
    service.put("index.html", b"theirs")
    ran = publish(site, "--full")
    assert ran.code == 1
    assert "index.html was not written by publisher and stays as it is" in ran.err
    assert "mend:" in ran.err
    assert service.objects() == {"index.html": b"theirs"}
    site.write("publisher.yaml", CONFIG + UNJUDGED + service.yaml(prefix="paper/site"))
    ran = publish(site)
    assert ran.code == 0, ran.err
    there = {f"paper/site/{path}": data for path, data in output(site).items()}
    listed = {"paper/site/.publisher.json"}
    assert {p: d for p, d in service.objects().items() if p not in listed} == {
        **there,
        "index.html": b"theirs",
    }


@pytest.mark.long
def test_two_sites_at_one_place_are_told(site: Site, service: Service) -> None:
    assert publish(site).code == 0
    before = service.objects()
    site.write(
        "publisher.yaml", CONFIG.replace("courier.example", "other.example") + service.yaml()
    )
    ran = publish(site)
    assert ran.code == 1
    assert "it holds another site, https://courier.example/" in ran.err
    assert service.objects() == before


def test_another_machine_takes_over(site: Site, service: Service, tmp_path: Path) -> None:
    assert publish(site).code == 0
    other = Site(shutil.copytree(site.folder, tmp_path / "other"))
    for name in ("output", ".publisher"):
        shutil.rmtree(other.folder / name)
    service.asked()
    ran = publish(other)
    assert ran.code == 0, ran.err
    assert "bucket: 0 written, 0 removed" in ran.out
    assert service.counts() == {"GET": 1}
    (other.folder / "articles/sea.md").unlink()
    assert publish(other).code == 0
    assert service.objects() == output(other)
    service.ask("DELETE", f"/{BUCKET}/.publisher.json")
    service.asked()
    assert publish(other, "--full").code == 0
    assert service.counts()["PUT"] == 1, "the objects themselves say what is in them"


def test_killed_in_the_midst_it_goes_on(site: Site, service: Service) -> None:
    for number in range(12):
        site.article(f"{number}.md", "A text.")
    assert publish(site).code == 0
    before = service.objects()
    for number in range(12):
        site.article(f"{number}.md", "Another text.")
    service.tell(fail=503, method="PUT", count=1000, after=11, holds=True)
    service.asked()
    process = start_warm(("publish", "--now", NOW), site.folder, os.environ | ENV, 2, session=True)
    seen: list[tuple[str, str]] = []

    def one_is_held() -> bool:
        seen.extend(service.asked())
        return sum(method == "PUT" for method, _ in seen) > 11

    wait_until(one_is_held)
    os.killpg(process.pid, 9)
    process.wait(30)
    service.tell()
    there = output(site)
    found = service.objects()
    assert all(data in (before.get(path), there.get(path)) for path, data in found.items())
    done = {path for path, data in found.items() if before.get(path) != data}
    assert done
    assert found != there
    service.asked()
    ran = publish(site)
    assert ran.code == 0, ran.err
    assert service.objects() == there
    again = {p.removeprefix(f"/{BUCKET}/") for m, p in service.asked() if m == "PUT"}
    assert not again & done


def test_a_service_in_trouble_is_asked_again(site: Site, service: Service) -> None:
    service.tell(fail=503, method="PUT", count=2, after=3)
    ran = publish(site)
    assert ran.code == 0, ran.err
    assert service.objects() == output(site)


@pytest.mark.parametrize("status", [503, pytest.param(500, marks=pytest.mark.long)])
def test_one_that_stays_in_trouble_leaves_the_old_site_whole(
    site: Site, service: Service, status: int
) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED + service.yaml(attempts="2"))
    assert publish(site).code == 0
    before = service.objects()
    site.article("fog.md", "Another text.")
    service.tell(fail=status, method="PUT", count=1000, after=2)
    ran = publish(site)
    assert ran.code == 1
    assert "outputs: bucket: the bucket courier" in ran.err
    assert "mend:" in ran.err
    found = service.objects()
    there = output(site)
    assert found.keys() == before.keys()
    assert all(data in (before[path], there[path]) for path, data in found.items())
    service.tell()
    ran = publish(site)
    assert ran.code == 0, ran.err
    assert service.objects() == there


def test_what_is_wrong_with_the_key_or_the_bucket_is_told(site: Site, service: Service) -> None:
    def refused(text: str, env: dict[str, str]) -> str:
        site.write("publisher.yaml", CONFIG + UNJUDGED + text)
        ran = publish(site, env=env)
        assert ran.code in (1, 2)
        assert "mend:" in ran.err
        assert "a-secret" not in ran.err
        return ran.err

    said = refused(service.yaml(), ENV | {"S3_KEY": "wrong"})
    assert "the bucket courier at http://127.0.0.1" in said
    assert "see that the key is right" in said
    assert "has no S3_KEY" in refused(service.yaml(), {})
    said = refused(service.yaml(bucket="nowhere-at-all"), ENV)
    assert "make the bucket" in said
    said = refused(service.yaml(endpoint="http://127.0.0.1:9", attempts="1"), ENV)
    assert "cannot be reached" in said
    assert "only one half of the key is named" in refused(
        service.yaml().replace("    secret_key_env: S3_SECRET\n", ""), ENV
    )
    assert "unknown key 'buckets'" in refused(service.yaml(buckets="x"), ENV)
    assert service.objects() == {}


class TestBucket(OutputContract):
    """What every output has to keep to; each test has a prefix of its own."""

    @pytest.fixture(autouse=True)
    def _running(self, service: Service) -> None:
        self.service = service

    def make(self, folder: Path) -> ObjectOutput:
        spec = BucketSpec(
            name="b", type="s3", bucket=BUCKET, endpoint=self.service.address, prefix=folder.name
        )
        objects = Bucket(spec, AccessKey(id=KEY, secret="s"))
        return ObjectOutput(objects, site_url="https://courier.example/")

    def lying(self, folder: Path) -> dict[str, bytes]:
        top = f"{folder.name}/"
        found = self.service.objects().items()
        return {p.removeprefix(top): d for p, d in found if not p.endswith(".publisher.json")}

    def put(self, folder: Path, path: str, data: bytes) -> None:
        self.service.put(f"{folder.name}/{path}", data)

    def take(self, folder: Path, path: str) -> None:
        self.service.ask("DELETE", f"/{BUCKET}/{folder.name}/{path}")


def test_another_folder_and_a_dry_run_go_nowhere_else(site: Site, service: Service) -> None:
    assert publish(site, "--output", "../elsewhere").code == 0
    assert publish(site, "--dry-run").code == 0
    assert service.asked() == []
    assert service.objects() == {}
