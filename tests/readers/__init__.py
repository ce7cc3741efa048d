"""Nine programs that people read feeds with, driven over HTTP, each giving what it shows as values.

`reading` is the common shape, `serving` the server on loopback, `documents` what the
articles say, and `with_NAME` one driver each. `drivers` lists them.
"""
