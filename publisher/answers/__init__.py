"""PURE. A request and what output/ holds -> the answer, by RFC 9110.

`targets` finds the file that an address means, `headers` says what goes with a file of its kind,
`encodings`, `conditions` and `ranges` read the request's fields, `answer` puts them together.
Nothing here knows a socket, a file or a clock.
"""
