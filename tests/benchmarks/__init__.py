"""What the product costs, as ratios to an anchor measured in the same run.

`python -m tests.benchmarks` prints the table, `--help` says what can be chosen. A
machine's milliseconds say little and those of a busy one nothing; so each contestant
works in a process of its own, in turn with its anchor, and the ratio of the two counts.
No test asserts a time.

`contest` has the values, `measuring` runs a contestant, `child` is the process it runs
in, `table` shows what came of it. Each further module has `CONTESTS` of one subject.
"""
