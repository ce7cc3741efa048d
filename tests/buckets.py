"""A service that speaks the protocol of S3, of the tests' own, on loopback alone."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from tests.bucket_server import ASIDE, KEY
from tests.serving import wait_until
from tests.web_servers import free_port

BUCKET = "courier"
ENV = {"S3_KEY": KEY, "S3_SECRET": "a-secret"}
_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class Service:
    """A running service with one empty bucket."""

    address: str

    def yaml(self, **more: str) -> str:
        """The keys of publisher.yaml that name it."""
        lines = {
            "name": "bucket", "type": "s3", "bucket": BUCKET, "endpoint": self.address,
            "access_key_env": "S3_KEY", "secret_key_env": "S3_SECRET",
        } | more  # fmt: skip
        return "outputs:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in lines.items()) + "\n"

    def ask(self, method: str, path: str, data: bytes | None = None, **fields: str) -> Any:
        """A bare request; None where nothing is there."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        headers |= {"Content-Type": "application/octet-stream"}
        headers |= {"Authorization": ASIDE}  # of no user: moto gives what is not public to any
        request = urllib.request.Request(
            f"{self.address}{path}", data=data, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read(), {k.lower(): v for k, v in answer.headers.items()}
        except HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise

    def tell(self, **what: Any) -> None:
        """What goes wrong from now on: `fail`, a status, for requests of `method`, `count` times,
        behind `after` good ones; where it `holds`, only once it is told something else."""
        self.ask("POST", "/_front", json.dumps(what).encode())

    def put(self, path: str, data: bytes, **fields: str) -> None:
        """As somebody else does."""
        self.ask("PUT", f"/{BUCKET}/{quote(path)}", data, **fields)

    def get(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """What a reader gets."""
        found: tuple[bytes, dict[str, str]] | None = self.ask("GET", f"/{BUCKET}/{quote(path)}")
        return found

    def paths(self) -> set[str]:
        """All that lies there."""
        found: set[str] = set()
        more = ""
        while True:
            said, _ = self.ask("GET", f"/{BUCKET}?list-type=2{more}")
            tree = ET.fromstring(said)
            found |= {key.text or "" for key in tree.iter(f"{_SPACE}Key")}
            token = tree.findtext(f"{_SPACE}NextContinuationToken")
            if not token:
                return found
            more = f"&continuation-token={quote(token, safe='')}"

    def objects(self) -> dict[str, bytes]:
        """All of it but the list."""
        there = {path: self.get(path) for path in self.paths() if path != ".publisher.json"}
        return {path: found[0] for path, found in there.items() if found}

    def asked(self) -> list[tuple[str, str]]:
        """Method and path of each signed request since it was asked last."""
        said, _ = self.ask("GET", "/_front")
        return [(method, path) for method, path in json.loads(said)]

    def counts(self) -> Counter[str]:
        """How many of each method."""
        return Counter(method for method, _ in self.asked())


@contextmanager
def bucket_service() -> Iterator[Service]:
    """A service that lives as long as the block."""
    port = free_port()
    program = str(Path(__file__).with_name("bucket_server.py"))
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", program, str(port)],
        env=os.environ | {"PYTHONPATH": _libraries()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        service = Service(f"http://127.0.0.1:{port}")
        wait_until(lambda: _answers(service), 60)
        yield service
    finally:
        process.kill()
        process.wait()


def _libraries() -> str:
    """Where moto is: in a folder of its own, for it asks for older libraries than we do."""
    apart = Path(sys.prefix, "services")
    if (apart / "moto").is_dir():
        return str(apart)
    found = importlib.util.find_spec("moto")
    if found is not None and found.origin:
        return str(Path(found.origin).parents[1])
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail("moto is not installed, and REQUIRE_SERVICES=1")
    pytest.skip("moto (requirements/services.txt) is not installed")


def fresh_bucket(service: Service) -> None:
    """As if nothing had been put there."""
    service.tell()
    service.ask("POST", "/moto-api/reset", b"")
    service.ask("PUT", f"/{BUCKET}", b"")
    service.asked()


def _answers(service: Service) -> bool:
    try:
        return service.ask("GET", "/_front") is not None
    except OSError:
        return False
