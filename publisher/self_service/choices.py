"""ENTRY. The page on which readers choose what comes, see their data, and have it erased."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from publisher.mime import SAMPLE_TOKEN
from publisher.model import Reader
from publisher.render.pages.selfservice import Told
from publisher.render.words import Words
from publisher.self_service.answers import (
    HERE,
    active_of,
    foreign,
    is_barred,
    names_of,
    no_use,
    nothing_mailed,
    sample,
    words_for,
)
from publisher.self_service.application import Answered, Asked, Shared

_LONGEST_PAUSE_DAYS = 3660


def preferences(shared: Shared, asked: Asked) -> Answered:
    """What a reader gets, what is known of them, and how to be forgotten."""
    if asked.token == SAMPLE_TOKEN:
        return sample(shared, asked)
    found = shared.service.bearer(asked.token)
    if found is None:
        return no_use(shared, asked)
    reader = found.reader
    words = words_for(shared, asked, reader, found.newsletters)
    if asked.is_post and asked.is_foreign:
        return foreign(shared, asked)
    if reader is None or is_barred(reader):
        return nothing_mailed(shared, words)
    if asked.is_post and asked.value("what") == "erase":
        shared.service.erase(asked.token)
        gone = Told(
            heading=words.gettext("You are erased"),
            says=[words.gettext("Nothing is mailed to this address.")],
        )
        return Answered(body=shared.pages.told(words, gone, path=HERE))
    if asked.is_post and asked.value("what") == "save":
        return _saved(shared, asked, words, reader)
    if asked.query == "data":
        return Answered(
            body=shared.service.own_data(reader).encode(),
            kind="application/json; charset=utf-8",
            fields={"content-disposition": 'attachment; filename="data.json"'},
        )
    if asked.query == "erase":
        question = Told(
            heading=words.gettext("Erase me"),
            says=[
                words.gettext(
                    "All that is known of %(address)s will be forgotten, and cannot be brought "
                    "back. Only a mark stays, by which nobody else can add the address again.",
                    address=reader.subscriber.email,
                )
            ],
            button=words.gettext("Erase me"),
            hidden={"what": "erase"},
        )
        return Answered(body=shared.pages.told(words, question, path=HERE))
    return _shown(shared, words, reader)


def _saved(shared: Shared, asked: Asked, words: Words, reader: Reader) -> Answered:
    from publisher.self_service.signups import Preferences  # noqa: PLC0415 (SQLAlchemy, a third of a second)

    names = [n for n in asked.form.get("newsletter", ()) if n in names_of(shared)]
    language = asked.value("language")
    language = language if language in shared.pages.languages else ""
    if language == shared.pages.spoken(reader.subscriber.language):
        language = reader.subscriber.language  # which may say more than we have words for
    rhythms = _rhythms(shared, asked)
    pause, pauses = asked.value("pause"), _pauses_until(shared, reader)
    until = _read_pause(pause, shared.service.now(), _zone(shared))
    if pause and pause == _day(shared, pauses):
        until = pauses  # a list may have it from further ahead than a form may
    if pause and until is None:
        page = shared.pages.preferences(
            words,
            path=HERE,
            email=reader.subscriber.email,
            chosen=names,
            rhythms=rhythms,
            language=language,
            paused_until=pause,
            problem="date",
        )
        return Answered(body=page, status=422)
    wanted = Preferences(newsletters=names, rhythms=rhythms, paused_until=until, language=language)
    found = shared.service.prefer(asked.token, wanted, network=asked.network)
    if found is None or found.reader is None:
        return nothing_mailed(shared, words)
    words = words_for(shared, asked, found.reader, names)
    return _shown(shared, words, found.reader, saved=True)


def _shown(shared: Shared, words: Words, reader: Reader, *, saved: bool = False) -> Answered:
    page = shared.pages.preferences(
        words,
        path=HERE,
        email=reader.subscriber.email,
        chosen=active_of(reader),
        rhythms={name: s.next_rhythm or s.rhythm for name, s in reader.subscriptions.items()},
        language=shared.pages.spoken(reader.subscriber.language),
        paused_until=_day(shared, _pauses_until(shared, reader)),
        saved=saved,
    )
    return Answered(body=page)


def _pauses_until(shared: Shared, reader: Reader) -> datetime | None:
    """The end of a reader's longest pause, None where there is none to come."""
    now = shared.service.now()
    pauses = (one.paused_until for one in reader.subscriptions.values())
    return max((until for until in pauses if until and until > now), default=None)


def _day(shared: Shared, until: datetime | None) -> str:
    """As the form has it, "" for none."""
    return until.astimezone(_zone(shared)).date().isoformat() if until else ""


def _rhythms(shared: Shared, asked: Asked) -> dict[str, str]:
    """The rhythm that a form names for each newsletter that has several."""
    named = {spec.name: asked.value(f"rhythm.{spec.name}") for spec in shared.config.newsletters}
    known = {spec.name: [one.name for one in spec.rhythms] for spec in shared.config.newsletters}
    return {name: rhythm for name, rhythm in named.items() if rhythm in known[name]}


def _zone(shared: Shared) -> ZoneInfo:
    return ZoneInfo(shared.config.zone_of(shared.config.newsletters[0]))


def _read_pause(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant of a day to come; None for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    ahead = (day - now.astimezone(zone).date()).days
    if not 0 < ahead <= _LONGEST_PAUSE_DAYS:
        return None
    return datetime.combine(day, time(), zone)
