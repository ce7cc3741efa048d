"""EDGE. The state folder: SQLite files that remember between runs.

`build.db` holds what was read (with the last good version of each article) and
what was written; `publisher.db` the frozen issues and what hubs are to be told, by the
migrations in `schema`. Both are opened by `database`, which migrates forward and refuses
what a newer version wrote.
"""
