"""A DNS server in a thread of the tests, on loopback: it knows what it is told, nothing else."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""Records by name and type, as a zone file has them; with type FAIL a name is answered SERVFAIL."""


def txt(text: str) -> str:
    """A TXT record: strings of at most 255 bytes, quoted."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


def _answer(query: dns.message.Message, zone: Zone) -> dns.message.Message:
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    question = query.question[0]
    name, kind = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
    if (name, "FAIL") in zone:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif records := zone.get((name, kind)):
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
    elif not any(known == name for known, _ in zone):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


@contextlib.contextmanager
def serving_dns(zone: Zone) -> Iterator[str]:
    """Where it listens, as --resolver takes it; `zone` may be changed meanwhile."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        place = listener.getsockname()

        def serve() -> None:
            while True:
                data, whence = listener.recvfrom(65_535)
                if not data:
                    return
                query = dns.message.from_wire(data)
                listener.sendto(_answer(query, zone).to_wire(), whence)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{place[1]}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", place)
            thread.join(timeout=5)
