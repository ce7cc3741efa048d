"""`python -m tests.benchmarks [SUBJECT ...]`: hold the contests and print what came of them.

A contest whose programs are missing is named and not held; those that take minutes only with
`--long`. The subject `sites` lets whole programs make whole sites, and has options of its own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.benchmarks import cluster, crowd, deliveries, feeds, mails, readings
from tests.benchmarks.contest import Contest
from tests.benchmarks.mailing_site import program
from tests.benchmarks.measuring import hold
from tests.benchmarks.sites.contest import SIZE, Wanted, hold_sites
from tests.benchmarks.sites.environment import usual_folder
from tests.benchmarks.table import show

SUBJECTS = {
    "feeds": feeds.CONTESTS,
    "mails": mails.CONTESTS,
    "deliveries": deliveries.CONTESTS,
    "crowd": crowd.CONTESTS,
    "cluster": cluster.CONTESTS,
    "readings": readings.CONTESTS,
}
SITES = "sites"
_TITLE = """\
# Whole sites

What `python -m tests.benchmarks sites` printed; `make bench` writes it anew.
"""


def main() -> None:
    """Read the command line; the table goes to standard output, what is going on to the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = [*SUBJECTS, SITES]
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(names)}; all unless named")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of processes a line (5)")
    parser.add_argument("--long", action="store_true", help="also those that take minutes")
    of_sites = parser.add_argument_group(SITES)
    of_sites.add_argument("--size", type=int, default=SIZE, help=f"articles ({SIZE:,})")
    of_sites.add_argument(
        "--peers",
        type=Path,
        default=usual_folder(),
        metavar="DIR",
        help="where the peers are installed and kept (in the system's temporary folder)",
    )
    of_sites.add_argument(
        "--write", type=Path, metavar="FILE", help="write the table into this file too"
    )
    options = parser.parse_args()
    unknown = set(options.subjects) - set(names)
    if unknown:
        parser.error(f"no subject is named {', '.join(sorted(unknown))}")
    for subject in options.subjects or names:
        if subject == SITES:
            _hold_sites(options)
            continue
        results = [
            hold(contest, options.rounds, _say)
            for contest in SUBJECTS[subject]
            if (options.long or not contest.long) and _can_be_held(contest)
        ]
        print(f"## {subject}\n\n{show(results)}", flush=True)


def _hold_sites(options: argparse.Namespace) -> None:
    wanted = Wanted(
        size=options.size, rounds=options.rounds, peers=options.peers, long=options.long
    )
    table = hold_sites(wanted, _say)
    print(f"## {SITES}\n\n{table}", flush=True)
    if options.write and table:
        options.write.write_text(f"{_TITLE}\n{table}", encoding="utf-8")


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
