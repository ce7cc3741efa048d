"""ENTRY. The timer: APScheduler wakes, the use cases know what is due.

Nothing that matters is kept here: a killed timer, started again, makes the same feeds and issues,
each once. `rounds` does the work of each job and says in the log what came of it, `timer` wakes
them, `watching` sees files change, `systemd` tells the supervisor, `run` is the process.
"""
