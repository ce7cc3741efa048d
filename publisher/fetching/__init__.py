"""EDGE. The one HTTP client: a document from an address, a form to one; bounded in every direction.

An address is http or https and carries no name or password. Redirects are followed by
us, each looked at like the first address. Time is bounded as a whole: every wait on the
network ends at the deadline, however slowly the other side drips. Size is bounded after
decoding, so that a small answer cannot unpack into a large one. Certificates are checked
against the system's trust (the file in SSL_CERT_FILE where that is set). Proxies of the
environment are not used: a `Guard` must see the very address that is connected to.
"""

from publisher.fetching.client import Answer, Fetched, fetch, post_form, post_json
from publisher.fetching.connections import Guard
from publisher.fetching.guards import not_inward, public_only

__all__ = [
    "Answer",
    "Fetched",
    "Guard",
    "fetch",
    "not_inward",
    "post_form",
    "post_json",
    "public_only",
]
