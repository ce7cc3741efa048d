"""A question that a copy of the process looks into: the answer, and what comes of a lost copy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import OutputBusy
from publisher.outputs.lock import hold_lock

ROOT = Path(__file__).resolve().parents[2]

PROCESS = """
import json, os, signal, sys, threading, time
from publisher.system import aside

aside.processors = lambda: PROCESSORS
owner = os.getpid()
def here():
    return os.getpid() == owner
def elsewhere():
    return not here()
def killed():
    if not here():
        os.kill(os.getpid(), signal.SIGKILL)
    return True
def broken():
    raise OSError(f"no such disk, said {'here' if here() else 'elsewhere'}")
def slow():
    time.sleep(60)
    return True
def long():
    return b"." * 3_000_000 if not here() else b""
def asked(question, kind=bool):
    with aside.asked_aside(question, kind) as answer:
        return [answer(), answer()]
def say(value):
    print(json.dumps(value))
def has_copies():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
"""


def told(lines: str, processors: int = 2) -> Any:
    """What a process says, as JSON, after these lines."""
    done = subprocess.run(
        [sys.executable, "-c", PROCESS.replace("PROCESSORS", str(processors)) + lines],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return json.loads(done.stdout)


only_where_copied = pytest.mark.skipif(sys.platform != "linux", reason="no copies are made here")


@only_where_copied
@pytest.mark.parametrize(("question", "answer"), [("elsewhere", True), ("here", False)])
def test_a_copy_answers(question: str, answer: bool) -> None:
    assert told(f"say(asked({question})[0])") is answer
    assert told(f"asked({question})\nsay(has_copies())") is False


@only_where_copied
def test_an_answer_may_be_longer_than_a_pipe_holds() -> None:
    assert told("say([len(found) for found in asked(long, bytes)])") == [3_000_000] * 2


@only_where_copied
@pytest.mark.parametrize("leaving", ["pass", "raise KeyboardInterrupt"])
def test_a_long_answer_that_nobody_needs_holds_up_nothing(leaving: str) -> None:
    lines = (
        f"try:\n    with aside.asked_aside(long, bytes):\n        {leaving}\n"
        "except KeyboardInterrupt:\n    pass\nsay(has_copies())"
    )
    assert told(lines) is False


@only_where_copied
def test_who_is_interrupted_while_it_waits_leaves_no_copy() -> None:
    lines = (
        "def interrupted(*_):\n    raise KeyboardInterrupt\n"
        "signal.signal(signal.SIGALRM, interrupted)\nsignal.setitimer(signal.ITIMER_REAL, 0.2)\n"
        "try:\n    asked(slow)\nexcept KeyboardInterrupt:\n    say(has_copies())"
    )
    assert told(lines) is False


@only_where_copied
def test_where_a_copy_is_killed_the_owner_looks() -> None:
    assert told("say(asked(killed)[0])") is True


def test_what_goes_wrong_is_raised_here() -> None:
    lines = "try:\n    asked(broken)\nexcept OSError as error:\n    say(str(error))"
    assert told(lines) == "no such disk, said here"


@only_where_copied
@pytest.mark.parametrize("leaving", ["pass", "raise KeyboardInterrupt"])
def test_no_copy_outlives_whoever_needs_no_answer(leaving: str) -> None:
    lines = (
        f"try:\n    with aside.asked_aside(slow, bool):\n        {leaving}\n"
        "except KeyboardInterrupt:\n    pass\nsay(has_copies())"
    )
    assert told(lines) is False


@only_where_copied
def test_what_the_owner_locked_is_free_when_it_is_killed(tmp_path: Path) -> None:
    """Though a copy that looks goes on for a while."""
    lines = (
        "from publisher.outputs.lock import hold_lock\nfrom pathlib import Path\n"
        "def looking():\n    say(os.getpid())\n    sys.stdout.flush()\n    return slow()\n"
        f"with hold_lock(Path({str(tmp_path / 'lock')!r})):\n    asked(looking)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", PROCESS.replace("PROCESSORS", "2") + lines],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    with owner, owner.stdout:
        copy = json.loads(owner.stdout.readline())
        with pytest.raises(OutputBusy), hold_lock(tmp_path / "lock"):
            pass
        owner.kill()
        owner.wait(30)
        try:
            with hold_lock(tmp_path / "lock"):
                os.kill(copy, 0)  # it is still there
        finally:
            os.kill(copy, signal.SIGKILL)


@pytest.mark.parametrize(
    "lines",
    [
        "def full():\n    raise BlockingIOError\nos.fork = full\n",
        "def full(_):\n    raise OSError\nos.memfd_create = full\n",
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
    ],
    ids=["no more processes", "no more files", "another thread runs"],
)
def test_the_process_itself_looks(lines: str) -> None:
    assert told(lines + "say(asked(here)[0])") is True


def test_with_one_processor_the_process_itself_looks() -> None:
    assert told("say(asked(here)[0])", processors=1) is True
