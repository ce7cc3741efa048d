"""EDGE. Feeds of others as sources: what is kept of them, asked for anew, and given as items.

Asking is a job of its own (`publishing.fetches`); whatever reads a source reads what is kept.
"""
