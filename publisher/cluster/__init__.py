"""ENTRY. Several processes, on as many machines, that send and publish by one PostgreSQL database.

`wakeups` is the queue of jobs (Procrastinate), which only wakes: what is to be done is in the
ledger; `node` is what a job has done, `worker` the process around it.
"""
