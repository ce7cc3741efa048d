"""EDGE. Sending what is due: lanes, one connection each, and the one writer of their ledger.

`desk` holds what is to be sent and who may; a `lane` sends it, message by message; the
`writer` notes what lanes intend and what came of it, many in one commit.
"""
