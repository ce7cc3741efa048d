"""A process that has imported `publisher` and forks itself for each run of the command.

Started as a script by `tests.command`, with the number of a socket. Each message there is one byte
with four descriptors: the run's standard streams, and a socket that says on one line what to run
and gets back the process id and then the exit code, as two integers. At the end of the messages
the process ends. It prints nothing and keeps no state but the imports.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import socket
import struct
import sys

PRELOADED = ("publisher.cli", "publisher.render.feeds.draw")
"""What every run imports, and what draws feeds, which the first run of a site imports."""

NUMBER = struct.Struct("!i")


def serve(messages: socket.socket) -> bool:
    """Whether this process is one that is to run the command, and not the server at its end."""
    while True:
        byte, descriptors, _, _ = socket.recv_fds(messages, 1, 4)
        if not byte:
            return False
        while _ended_keeper():
            pass
        if os.fork() == 0:
            messages.close()
            return _keep(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _ended_keeper() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def _keep(stdin: int, stdout: int, stderr: int, answers: int) -> bool:
    """Fork the run, and say how it ended; its own process, so that runs go side by side."""
    with socket.socket(fileno=answers) as owner:
        pid = os.fork()
        if pid == 0:
            _become(stdin, stdout, stderr, owner)
            return True
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)  # a reader of a pipe waits for its last writer
        owner.sendall(NUMBER.pack(pid))
        status = os.waitpid(pid, 0)[1]
        owner.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(stdin: int, stdout: int, stderr: int, owner: socket.socket) -> None:
    """Take on all that a process of its own would have been started with."""
    with owner, owner.makefile("rb") as lines:
        told = json.loads(lines.readline())
    for number, descriptor in enumerate((stdin, stdout, stderr)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(told["environ"])
    os.chdir(told["folder"])
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 (as `python -m` writes it)
    sys.argv = ["-m", *told["arguments"]]


if __name__ == "__main__":
    del sys.path[0]  # the folder of this script
    for module in PRELOADED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # collections in the forks need not look at what was imported
    if serve(socket.socket(fileno=int(sys.argv[1]))):
        runpy.run_module("publisher", run_name="__main__", alter_sys=True)
