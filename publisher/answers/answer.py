"""PURE. A request and a snapshot -> the answer: the one place where the rules come together."""

from __future__ import annotations

from publisher.answers.conditions import Outcome, evaluate, range_still_holds
from publisher.answers.encodings import choose
from publisher.answers.headers import PREFLIGHT
from publisher.answers.ranges import Unsatisfiable, find_range
from publisher.answers.targets import folder_location, target_path
from publisher.answers.values import (
    Answer,
    FilePart,
    Headers,
    Representation,
    Request,
    Snapshot,
    Variant,
)

_ALLOW = (b"allow", b"GET, HEAD, OPTIONS")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_EMPTY = (b"content-length", b"0")
# Of a file's fields, those that a 304 repeats (RFC 9110, section 15.4.5), and those that feed
# readers of other origins need to be allowed to see it.
_WITH_304 = frozenset(
    {
        b"cache-control",
        b"vary",
        b"link",
        b"access-control-allow-origin",
        b"access-control-expose-headers",
    }
)


def answer(request: Request, snapshot: Snapshot, now: int) -> Answer:
    """Answer a request for a file of output/. `now` is in seconds since 1970."""
    if request.target == b"*" and request.method == "OPTIONS":
        return Answer(status=204, headers=(_ALLOW,))
    path = target_path(request.target)
    if path is None:
        return missing(request, snapshot)
    if not path or path.endswith("/"):
        path += "index.html"
    elif path not in snapshot.files and f"{path}/index.html" in snapshot.files:
        return _to_folder(request, path)
    found = snapshot.files.get(path)
    return missing(request, snapshot) if found is None else respond(request, found, now)


def respond(request: Request, file: Representation, now: int) -> Answer:
    """Answer a request for one file: conditions, then the range (RFC 9110, section 13.2.2)."""
    if request.method not in ("GET", "HEAD"):
        return _other_method(request)
    etags = [variant.etag for variant in file.variants]
    outcome, held = evaluate(request.headers, etags, file.modified)
    if outcome is Outcome.FAILED:
        return Answer(status=412, headers=(_EMPTY, _NOSNIFF))
    chosen = choose(file.variants, request.headers.get(b"accept-encoding"))
    if outcome is Outcome.NOT_MODIFIED:
        # A cache finds by the entity-tag which of its answers is confirmed (RFC 9111, 4.3.4): it
        # gets the one that it named.
        etag = chosen.etag if held is None else file.variants[held].etag
        kept = tuple(field for field in file.headers if field[0] in _WITH_304)
        return Answer(status=304, headers=(*kept, *_validators(etag, file.date)))
    head = (*file.headers, *_validators(chosen.etag, file.date))
    if chosen.encoding:
        head = (*head, (b"content-encoding", chosen.encoding.encode("ascii")))
    return _whole_or_part(request, file, chosen, head, now)


def _whole_or_part(
    request: Request, file: Representation, chosen: Variant, head: Headers, now: int
) -> Answer:
    wanted = request.headers.get(b"range") if request.method == "GET" else None
    if not range_still_holds(request.headers.get(b"if-range"), chosen.etag, file.modified, now):
        wanted = None
    try:
        part = find_range(wanted, chosen.size)
    except Unsatisfiable:
        limits = (b"content-range", b"bytes */%d" % chosen.size)
        return Answer(status=416, headers=(limits, _EMPTY, _NOSNIFF))
    start, length = part or (0, chosen.size)
    head = (*head, (b"content-length", b"%d" % length))
    if part is not None:
        last = start + length - 1
        head = (*head, (b"content-range", b"bytes %d-%d/%d" % (start, last, chosen.size)))
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Answer(status=status, headers=head)
    if chosen.body is None:
        piece = FilePart(representation=file, start=start, length=length)
        return Answer(status=status, headers=head, part=piece)
    body = chosen.body if part is None else chosen.body[start : start + length]
    return Answer(status=status, headers=head, body=body)


def _validators(etag: bytes, date: bytes) -> Headers:
    return ((b"etag", etag), (b"last-modified", date))


def _to_folder(request: Request, path: str) -> Answer:
    if request.method not in ("GET", "HEAD"):
        return _other_method(request)
    location = (b"location", folder_location(path, request.query))
    caching = (b"cache-control", b"public, max-age=3600")
    return Answer(status=308, headers=(location, caching, _EMPTY, _NOSNIFF))


def _other_method(request: Request) -> Answer:
    """OPTIONS is answered, to browsers' preflights too (Fetch, section 4.8); all else is 405."""
    if request.method != "OPTIONS":
        return Answer(status=405, headers=(_ALLOW, _EMPTY, _NOSNIFF))
    is_preflight = b"access-control-request-method" in request.headers
    return Answer(status=204, headers=(_ALLOW, *(PREFLIGHT if is_preflight else ())))


def missing(request: Request, snapshot: Snapshot) -> Answer:
    """The answer where there is no such file: a page, and 404."""
    page = snapshot.missing
    plain = page.variants[0]
    # What is published in a minute must not be missing for longer: nobody keeps this.
    changed = (b"cache-control", b"vary", b"accept-ranges")
    head = (
        *(field for field in page.headers if field[0] not in changed),
        (b"cache-control", b"no-cache"),
        (b"content-length", b"%d" % plain.size),
    )
    body = b"" if request.method == "HEAD" else plain.body or b""
    return Answer(status=404, headers=head, body=body)
