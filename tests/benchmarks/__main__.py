"""`python -m tests.benchmarks [SUBJECT ...]`: hold the contests and print what came of them.

A contest whose programs are missing is named and not held; those that take minutes only with
`--long`.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import crowd, deliveries, feeds, mails, readings
from tests.benchmarks.contest import Contest
from tests.benchmarks.mailing_site import program
from tests.benchmarks.measuring import hold
from tests.benchmarks.table import show

SUBJECTS = {
    "feeds": feeds.CONTESTS,
    "mails": mails.CONTESTS,
    "deliveries": deliveries.CONTESTS,
    "crowd": crowd.CONTESTS,
    "readings": readings.CONTESTS,
}


def main() -> None:
    """Read the command line; the table goes to standard output, what is going on to the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(SUBJECTS)}; all unless named")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of processes a line (5)")
    parser.add_argument("--long", action="store_true", help="also those that take minutes")
    options = parser.parse_args()
    unknown = set(options.subjects) - SUBJECTS.keys()
    if unknown:
        parser.error(f"no subject is named {', '.join(sorted(unknown))}")
    for subject in options.subjects or SUBJECTS:
        results = [
            hold(contest, options.rounds, _say)
            for contest in SUBJECTS[subject]
            if (options.long or not contest.long) and _can_be_held(contest)
        ]
        print(f"## {subject}\n\n{show(results)}", flush=True)


def _can_be_held(contest: Contest) -> bool:
    try:
        for name in contest.needs:
            program(name)
    except FileNotFoundError as missing:
        _say(f"{contest.what}: not held: {missing}")
        return False
    return True


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
