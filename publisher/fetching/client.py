"""EDGE. One request with its redirects, and as much of the answer as is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPException
from types import MappingProxyType
from urllib.parse import urlencode, urljoin

from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util import Url, make_headers

from publisher import __version__
from publisher.errors import FetchError
from publisher.fetching.connections import Guard, Watch, make_connection
from publisher.fetching.places import parse_address, place
from publisher.fetching.troubles import explained
from publisher.values import dataclass

MOST_REDIRECTS = 5

_MOVED = frozenset({301, 302, 303, 307, 308})
_MOVED_AS_IT_IS = frozenset({307, 308})
"""Redirects that keep method and body (RFC 9110 sections 15.4.8 and 15.4.9)."""

_MOVED_FOR_GOOD = frozenset({301, 308})

_ENCODINGS = frozenset(str(make_headers(accept_encoding=True)["accept-encoding"]).split(","))
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from `url`, the last one of the redirects. Names of headers are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched(Answer):
    """An answer with its body, decoded by Content-Encoding.

    `moved` is where the redirects led that are for good (301, 308), "" without any; one behind
    another that is not says nothing about the address that was asked.
    """

    body: bytes
    moved: str = ""

    def require_ok(self) -> Fetched:
        """Itself, when the status is of the class 2xx. Raises FetchError for every other."""
        if 200 <= self.status < 300:
            return self
        mend = (
            "look at the address in a browser"
            if 400 <= self.status < 500
            else "try again later; the fault is on the other side"
        )
        raise FetchError(f"answered {self.status}", where=place(self.url), mend=mend)


def fetch(
    url: str,
    *,
    accept: str,
    max_bytes: int = 10 * 1024 * 1024,
    seconds: float = 30.0,
    connect_seconds: float = 10.0,
    site_url: str = "",
    guard: Guard | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Fetched:
    """GET a document. Any final status is given back; `require_ok` is for who wants only 2xx.

    `accept` is the header of that name, `max_bytes` the most after decoding, `seconds` for
    all of it with its redirects, `connect_seconds` until each connection stands. `site_url`
    goes into the User-Agent, `headers` are further ones. Raises FetchError.
    """
    own = {"Accept": accept, "Accept-Encoding": ",".join(sorted(_ENCODINGS))}
    watch = Watch(seconds, connect_seconds, guard)
    request = _Request(method="GET", headers=_common(site_url) | own | {**headers}, followed=_MOVED)
    moves: list[tuple[int, str]] = []
    with _follow(url, request, watch, moves) as (address, response):
        body = _read_body(response, max_bytes, str(address))
        return Fetched(
            url=str(address),
            status=response.status,
            headers=_headers(response),
            body=body,
            moved=_moved_for_good(moves),
        )


def post_form(
    url: str,
    fields: Sequence[tuple[str, str]],
    *,
    seconds: float = 10.0,
    site_url: str = "",
    guard: Guard | None = None,
) -> Answer:
    """POST a form (application/x-www-form-urlencoded, UTF-8); the body of the answer is not read.

    Only 307 and 308 are followed, which keep method and body; any other status is given
    back as it is. Raises FetchError.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
    watch = Watch(seconds, seconds, guard)
    request = _Request(
        method="POST",
        headers=_common(site_url) | headers,
        followed=_MOVED_AS_IT_IS,
        body=urlencode(fields).encode("ascii"),
    )
    with _follow(url, request, watch) as (address, response):
        return Answer(url=str(address), status=response.status, headers=_headers(response))


def post_json(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    seconds: float = 10.0,
    site_url: str = "",
) -> Answer:
    """POST a JSON document; the body of the answer is not read, and no redirect is followed.

    Raises FetchError.
    """
    fields = {"Content-Type": "application/json", "Accept": "*/*", **headers}
    request = _Request(
        method="POST", headers=_common(site_url) | fields, followed=frozenset(), body=body
    )
    with _follow(url, request, Watch(seconds, seconds, None)) as (address, response):
        return Answer(url=str(address), status=response.status, headers=_headers(response))


def _common(site_url: str) -> dict[str, str]:
    about = f" (+{site_url})" if site_url else ""
    return {"User-Agent": f"publisher/{__version__}{about}", "Connection": "close"}


# ---------------------------------------------------------------- requests and redirects


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What is sent to each address; `followed` are the redirects that lead to the next."""

    method: str
    headers: Mapping[str, str]
    followed: frozenset[int]
    body: bytes | None = None


@contextmanager
def _follow(
    url: str, request: _Request, watch: Watch, moves: list[tuple[int, str]] | None = None
) -> Iterator[tuple[Url, HTTPResponse]]:
    """The answer that is no redirect to follow, still to be read, with its address.

    `moves` takes the status and the target of each redirect.
    """
    address = parse_address(url)
    for _ in range(MOST_REDIRECTS + 1):
        with _exchange(address, request, watch) as response:
            target = response.headers.get("location", "")
            if response.status not in request.followed or not target:
                yield address, response
                return
        address = _redirected(address, target)
        if moves is not None:
            moves.append((response.status, str(address)))
    raise FetchError(
        f"leads through more than {MOST_REDIRECTS} redirects",
        where=place(url),
        mend="name the address that they should end at",
    )


@contextmanager
def _exchange(address: Url, request: _Request, watch: Watch) -> Iterator[HTTPResponse]:
    """One request; the connection is closed when the block ends. Errors become FetchErrors."""
    connection = make_connection(address, watch)
    try:
        connection.request(
            request.method,
            address.request_uri,
            body=request.body,
            headers=request.headers,
            preload_content=False,
        )
        # first of all, for Python 3.13 tells of an answer whose file was closed under it
        with closing(connection.getresponse()) as response:
            yield response
    # ValueError: http.client hands a chunk's negative size to read()
    except (OSError, HTTPException, HTTPError, ValueError) as error:
        raise explained(error, str(address), watch) from error
    finally:
        connection.close()
        watch.close_answers()


def _moved_for_good(moves: Sequence[tuple[int, str]]) -> str:
    last = ""
    for status, target in moves:
        if status not in _MOVED_FOR_GOOD:
            break
        last = target
    return last


def _redirected(address: Url, target: str) -> Url:
    # Header bytes come as Latin-1 (RFC 9110 section 5.5), but are UTF-8 where they are not ASCII.
    text = target.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return parse_address(urljoin(str(address), text))
    except (FetchError, ValueError) as error:
        reason = error.message if isinstance(error, FetchError) else "is no address"
        raise FetchError(
            f"redirects to an address that {reason}", where=place(str(address))
        ) from error


# ---------------------------------------------------------------- bodies


def _read_body(response: HTTPResponse, max_bytes: int, url: str) -> bytes:
    encodings = response.headers.get("content-encoding", "").lower()
    strange = {e.strip() for e in encodings.split(",")} - _ENCODINGS - {"", "identity", "x-gzip"}
    if strange:
        raise FetchError(f"is packed as {', '.join(sorted(strange))}", where=place(url))
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:20]) > max_bytes:
        raise _too_large(max_bytes, url)
    parts, size = [], 0
    while chunk := response.read(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(max_bytes, url)
    return b"".join(parts)


def _too_large(max_bytes: int, url: str) -> FetchError:
    return FetchError(
        f"is larger than {max_bytes / 1024 / 1024:g} MiB",
        where=place(url),
        mend="name a smaller document",
    )


def _headers(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.itermerged()}
