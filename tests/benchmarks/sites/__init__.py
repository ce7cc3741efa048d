"""The subject `sites`: whole programs on whole sites, each run a process of its own.

`corpus` makes the articles, `environment` installs the peers, `programs` and `peers` say how each
is run, `processes` runs and measures, `timer` the one that runs on, `proof` looks whether the work
was done, `rounds` lets them run in turn, `lines` says what is compared with what, `showing` makes
the table.
"""
