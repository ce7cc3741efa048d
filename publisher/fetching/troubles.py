"""EDGE. What libraries and the system say, in words for a person."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPException

from urllib3.exceptions import DecodeError, HTTPError

from publisher.errors import FetchError
from publisher.fetching.connections import Guarded, Watch
from publisher.fetching.places import place

_LATER = "try again later"


def explained(error: Exception, url: str, watch: Watch) -> FetchError:
    """What a library or the system says, in words for a person."""
    message, mend = _words(error, watch)
    return FetchError(message, where=place(url), mend=mend)


def _words(error: Exception, watch: Watch) -> tuple[str, str]:
    if isinstance(error, Guarded):
        return f"must not be connected to: {error}", "name an address of the public web"
    if watch.is_over():
        return f"took longer than {_short(watch.seconds)} s", _LATER
    if isinstance(error, TimeoutError):
        return f"could not be reached within {_short(watch.connect_seconds)} s", _LATER
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"has a certificate that is not trusted: {error.verify_message}",
                "is it out of date? An authority of your own has its file named in SSL_CERT_FILE",
            )
        case ssl.SSLError():
            reason = (error.reason or "no reason given").lower().replace("_", " ")
            return f"does not speak TLS as it should: {reason}", "is it an http address?"
        case socket.gaierror():
            return "has a host that is not known", "look at the spelling, or at the network here"
        case ConnectionRefusedError():
            return "does not take connections", "is its server running, and the port right?"
        case ConnectionError() | HTTPException() | ValueError():
            return "did not answer in HTTP, or broke off", _LATER
        case DecodeError():
            return "sent a body that cannot be unpacked", "its server packs wrongly"
        case HTTPError():
            return f"did not answer as HTTP asks: {_first_line(error)}", _LATER
        case OSError():
            return f"could not be reached: {error.strerror or _first_line(error)}", _LATER
    return f"could not be read: {_first_line(error)}", _LATER


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _short(seconds: float) -> str:
    return f"{round(seconds, 1):g}"
