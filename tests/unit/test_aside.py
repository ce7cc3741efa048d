"""Work done by a copy of the process: what it gives, and what comes of it where a copy fails."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROCESS = """
import json, os, signal, sys, threading, time
from publisher.system import aside

aside.processors = lambda: PROCESSORS
owner, steps = os.getpid(), []
def step(number):
    steps.append(number)
    time.sleep(0.01)
    return number
def pid():
    return str(os.getpid() == owner).encode()
def killed():
    if os.getpid() != owner:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"done here"
def slow():
    time.sleep(0.3)
    return pid()
def large():
    return b"x" * 1_000_000
def broken():
    raise OSError("no such disk")
"""


def told(lines: str, processors: int = 2) -> Any:
    """What a process says, as JSON, after these lines."""
    done = subprocess.run(
        [sys.executable, "-c", PROCESS.replace("PROCESSORS", str(processors)) + lines],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def work(name: str, steps: int = 1000) -> str:
    return f"found = aside.done_aside({name}, map(step, range({steps})))\n"


SAY = "print(json.dumps([found.decode(), len(steps)]))"

only_where_copied = pytest.mark.skipif(sys.platform != "linux", reason="no copies are made here")


@only_where_copied
def test_a_copy_works_while_its_owner_takes_steps() -> None:
    found, steps = told(work("slow") + SAY)
    assert found == "False"
    assert 2 < steps < 200, "it goes on until the work is done, and no longer"


@only_where_copied
def test_it_waits_where_there_are_no_more_steps() -> None:
    assert told(work("slow", steps=3) + SAY) == ["False", 3]


@only_where_copied
def test_more_than_a_pipe_holds_comes_whole() -> None:
    assert told(work("large") + "print(json.dumps(len(found)))") == 1_000_000


@only_where_copied
def test_what_a_killed_copy_was_to_do_is_done_here() -> None:
    assert told(work("killed") + SAY)[0] == "done here"


def test_what_goes_wrong_is_raised_here() -> None:
    lines = f"try:\n    {work('broken')}except OSError as error:\n    print(json.dumps(str(error)))"
    assert told(lines) == "no such disk"


@only_where_copied
def test_no_copy_is_left_behind_by_an_owner_that_gives_up() -> None:
    lines = (
        "def ends():\n    yield 1\n    raise KeyboardInterrupt\n"
        "try:\n    aside.done_aside(large, ends())\nexcept KeyboardInterrupt:\n    pass\n"
        "try:\n    os.waitpid(-1, os.WNOHANG)\n    left = True\n"
        "except ChildProcessError:\n    left = False\n"
        "print(json.dumps(left))"
    )
    began = time.monotonic()
    assert told(lines) is False
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "lines",
    [
        "found = aside.done_aside(pid, None)\n",
        "def full():\n    raise BlockingIOError\nos.fork = full\n" + work("pid"),
        "threading.Thread(target=time.sleep, args=(1,)).start()\n" + work("pid"),
    ],
    ids=["nothing else to do", "no more processes", "another thread runs"],
)
def test_the_process_itself_does_it(lines: str) -> None:
    assert told(lines + SAY) == ["True", 0]


def test_with_one_processor_the_process_itself_does_it() -> None:
    assert told(work("pid") + SAY, processors=1) == ["True", 0]
