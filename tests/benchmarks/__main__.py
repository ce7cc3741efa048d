"""`python -m tests.benchmarks [SUBJECT ...]`: hold the contests and print what came of them."""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import feeds, mails
from tests.benchmarks.measuring import hold
from tests.benchmarks.table import show

SUBJECTS = {"feeds": feeds.CONTESTS, "mails": mails.CONTESTS}


def main() -> None:
    """Read the command line; the table goes to standard output, what is going on to the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(SUBJECTS)}; all unless named")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of processes a line (5)")
    options = parser.parse_args()
    unknown = set(options.subjects) - SUBJECTS.keys()
    if unknown:
        parser.error(f"no subject is named {', '.join(sorted(unknown))}")
    for subject in options.subjects or SUBJECTS:
        results = [
            hold(contest, options.rounds, lambda line: print(line, file=sys.stderr, flush=True))
            for contest in SUBJECTS[subject]
        ]
        print(f"## {subject}\n\n{show(results)}", flush=True)


if __name__ == "__main__":
    main()
