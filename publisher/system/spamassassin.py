"""EDGE. SpamAssassin, where it is installed: one message judged by its local rules.

Nothing is asked of the network and nothing is learned: the same message gets the same
points from the same rules.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from publisher.preflight import Judgement

_OPTIONS = (
    "--local",  # no network
    "--test-mode",  # judge, whatever the points
    "--nocreate-prefs",
    "--cf=use_bayes 0",
    "--cf=use_auto_whitelist 0",
)
_STATUS = re.compile(
    rb"^X-Spam-Status: \w+, score=(-?[0-9.]+) required=[0-9.]+\s+tests=(.*?)"
    rb"\s+(?:autolearn|version)=",
    re.MULTILINE | re.DOTALL,
)


def judge(message: bytes, *, seconds: float = 60.0) -> Judgement:
    """What SpamAssassin says of a message; `missing` says why it did not run.

    It is given `seconds` to start and to answer.
    """
    program = shutil.which("spamassassin")
    if program is None:
        return Judgement(missing="spamassassin is not installed")
    try:
        done = subprocess.run(  # noqa: S603 (a program of the machine, our own arguments)
            [program, *_OPTIONS], input=message, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Judgement(missing=f"spamassassin gave no answer within {seconds:g} seconds")
    except OSError as error:
        return Judgement(missing=f"spamassassin cannot be started: {error.strerror}")
    found = _STATUS.search(done.stdout.replace(b"\r\n", b"\n"))
    if found is None:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        return Judgement(missing=f"spamassassin gave no score{': ' + said if said else ''}")
    names = re.sub(r"\s+", "", found[2].decode("ascii", "replace"))
    rules = () if names == "none" else tuple(names.split(","))
    return Judgement(score=float(found[1]), rules=rules)
