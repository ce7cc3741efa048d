"""Hosts on this machine: network namespaces, with a line to each thing that they use."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True)
class Host:
    """A namespace; `near` and `far` are the addresses of this end of its two lines."""

    name: str
    near: str
    far: str

    def cut(self) -> None:
        """Of the line to `near` nothing comes through any more, and nobody is told."""
        _ip("link", "set", f"{self.name}n", "down")

    def mend(self) -> None:
        """It does again."""
        _ip("link", "set", f"{self.name}n", "up")

    def command(self, *words: str) -> list[str]:
        """A command in it."""
        return ["ip", "netns", "exec", self.name, *words]


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """So many hosts, which end with the block. Where there can be none the test skips."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces take root, and the program ip")
    names = [f"p{os.getpid() % 100_000}h{number}" for number in range(count)]
    try:
        yield [_host(name, number) for number, name in enumerate(names)]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _host(name: str, number: int) -> Host:
    try:
        _ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
    block = 4 * (os.getpid() % 60) + 2 * number
    ends = {}
    for line, third in (("n", block), ("f", block + 1)):
        ours, theirs = f"198.18.{third}.1", f"198.18.{third}.2"
        pair = ("type", "veth", "peer", "name", "to" + line, "netns", name)
        _ip("link", "add", f"{name}{line}", *pair)
        _ip("addr", "add", f"{ours}/30", "dev", f"{name}{line}")
        _ip("link", "set", f"{name}{line}", "up")
        _ip("-n", name, "addr", "add", f"{theirs}/30", "dev", "to" + line)
        _ip("-n", name, "link", "set", "to" + line, "up")
        ends[line] = ours
    _ip("-n", name, "link", "set", "lo", "up")
    return Host(name=name, near=ends["n"], far=ends["f"])
