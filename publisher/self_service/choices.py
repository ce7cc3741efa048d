"""ENTRY. The page on which readers choose what comes, see their data, and have it erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from publisher.mime import SAMPLE_TOKEN
from publisher.model import Reader, SubscriptionState
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
            notes={},
            problem="date",
        )
        return Answered(body=page, status=422)
    wanted = Preferences(newsletters=names, rhythms=rhythms, paused_until=until, language=language)
    found = shared.service.prefer(asked.token, wanted, network=asked.network)
    if found is None or found.reader is None:
        return nothing_mailed(shared, words)
    words = words_for(shared, asked, found.reader, names)
    unasked = _unasked(shared, reader, rhythms, names)
    is_saved = found.reader != reader or not unasked
    told = [*_still_to_come(shared, words, found.reader).values()]
    if is_saved and told:
        told.insert(0, words.gettext("Your changes are saved."))
    elif is_saved:
        told.insert(0, words.gettext("Your changes are saved. They hold from the next issue on."))
    told += [
        words.gettext(
            "Nothing was changed in %(title)s, as it is not ticked. To get it in the rhythm that "
            "you chose, tick it too.",
            title=spec.title,
        )
        for spec in shared.config.newsletters
        if spec.name in unasked
    ]
    return _shown(shared, words, found.reader, picked=unasked, told=told)


def _shown(
    shared: Shared,
    words: Words,
    reader: Reader,
    *,
    picked: Mapping[str, str] = MappingProxyType({}),
    told: Sequence[str] = (),
) -> Answered:
    """The page; after a change with what is `told` of it, and the rhythms that were `picked` and
    are not kept."""
    page = shared.pages.preferences(
        words,
        path=HERE,
        email=reader.subscriber.email,
        chosen=active_of(reader),
        rhythms={**_rhythms_of(reader), **picked},
        notes={} if told else _still_to_come(shared, words, reader),
        language=shared.pages.spoken(reader.subscriber.language),
        paused_until=_day(shared, _pauses_until(shared, reader)),
        told=told,
    )
    return Answered(body=page)


def _rhythms_of(reader: Reader) -> dict[str, str]:
    """Those that a reader has, or wants to have."""
    return {name: one.next_rhythm or one.rhythm for name, one in reader.subscriptions.items()}


def _still_to_come(shared: Shared, words: Words, reader: Reader) -> dict[str, str]:
    """What is to be said of each rhythm that a reader waits for, by newsletter."""
    said = {}
    for spec in shared.config.newsletters:
        one = reader.subscriptions.get(spec.name)
        if one is not None and one.state is SubscriptionState.ACTIVE and one.next_rhythm:
            said[spec.name] = words.gettext(
                "%(old)s still comes for now. %(new)s begins once you would miss nothing and get "
                "nothing twice: as a rule, after the next issue of the less frequent of the two.",
                old=spec.stream_of(one.rhythm).title,
                new=spec.stream_of(one.next_rhythm).title,
            )
    return said


def _unasked(
    shared: Shared, reader: Reader, rhythms: Mapping[str, str], names: Collection[str]
) -> dict[str, str]:
    """The rhythms that a form picks of newsletters which the reader neither has nor asks for.

    A form sends a rhythm of each; picked is what is not the one that the page showed.
    """
    first = {spec.name: spec.stream_of("").readers.rhythm for spec in shared.config.newsletters}
    shown = {**first, **_rhythms_of(reader)}
    had = active_of(reader)
    return {
        name: rhythm
        for name, rhythm in rhythms.items()
        if name not in names and name not in had and rhythm != shown[name]
    }


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
