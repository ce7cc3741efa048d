"""ENTRY. What each of the readers' pages does and answers; see `application` for the HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from publisher.config import NewsletterSpec
from publisher.errors import PublisherError
from publisher.mime import SAMPLE_TOKEN
from publisher.model import Reader, SubscriptionState
from publisher.readers import clean_address
from publisher.render.pages.selfservice import Offer, Told
from publisher.render.words import Words
from publisher.self_service.application import Answered, Asked, Shared, Work

_LONGEST_PAUSE_DAYS = 3660
_HERE = "page/of"
"""Where the pages with a token lie: two steps deep, whatever the token is."""

_PLAIN = "text/plain; charset=utf-8"


def subscribe(shared: Shared, asked: Asked) -> Answered:
    """The form, and what follows it: the same whatever is known of the address."""
    from publisher.self_service.signups import Wish  # noqa: PLC0415 (SQLAlchemy, a third of a second)
    from publisher.store.notices import Asked as Heard  # noqa: PLC0415

    words = shared.pages.words(asked.languages)
    chosen = _streams(shared, asked)
    email = asked.value("email")

    def form(problem: str = "", *, status: int = 200) -> Answered:
        page = shared.pages.subscribe(
            words, path="subscribe", email=email, chosen=chosen, problem=problem
        )
        return Answered(body=page, status=status)

    if not asked.is_post:
        return form()
    try:
        clean_address(email)
    except PublisherError:
        return form("address", status=422)
    if not chosen:
        only = shared.config.newsletters[0]
        if len(shared.config.newsletters) > 1 or only.rhythms:
            # The one field on other pages asks only for the address; this page asks the rest.
            return form("newsletter", status=422) if asked.value("whole") else form()
        chosen = [only.name]
    sent = Told(
        heading=words.gettext("Look into your mail"),
        says=[
            words.gettext(
                "If %(address)s can be subscribed, a message is on its way there. Open it within "
                "two days and confirm; only then do issues come. It may have gone to the junk "
                "folder.",
                address=email,
            ),
            words.gettext(
                "An address gets at most one such message a day until it confirms. If one came "
                "today already, use that one."
            ),
        ],
    )
    if not asked.value("website"):  # which people do not see, and programs fill in
        titles = words.join([_title(shared, name) for name in chosen])
        wish = Wish(
            email=email,
            newsletters=chosen,
            language=words.language if asked.languages else "",
            wording=f"{words.gettext('Subscribe by mail')}: {titles}",
            network=asked.network,
        )
        if shared.service.ask(wish) is Heard.TOO_MANY:
            shared.log.warning("serve.too-many-sign-ups", network=asked.network)
            return _later(shared, asked, too_many=True)
    return Answered(body=shared.pages.told(words, sent, path="subscribe"))


def confirm(shared: Shared, asked: Asked) -> Answered:
    """The page that a confirmation mail leads to, and its button."""
    if asked.token == SAMPLE_TOKEN:
        return _sample(shared, asked)
    found = shared.service.asker(asked.token)
    if found is None or found.reader is None:
        return _no_use(shared, asked)
    words = _words_for(shared, asked, found.reader, found.newsletters)
    person = found.reader.subscriber
    if asked.is_post and asked.is_foreign:
        return _foreign(shared, asked)
    after: Reader | None = found.reader
    streams = _held(shared, after)
    shown = _streams(shared, asked) if asked.is_post else list(streams.values())
    own = [streams[name] for name in found.newsletters]
    asks = not asked.is_post or (shown and not set(own) <= set(shown))  # another rhythm since then
    if asks:
        shown = list(streams.values())
    names = [*found.newsletters, *(name for name in found.since if streams[name] in shown)]
    titles = words.join([_title(shared, streams[name]) for name in names])
    wording = words.gettext(
        "You asked to get %(titles)s at %(address)s.", titles=titles, address=person.email
    )
    if names and asks:
        question = Told(
            heading=words.gettext("Confirm your subscription"),
            says=[wording],
            offers=_about(shared, words, [streams[name] for name in names]),
            button=words.gettext("Confirm your subscription"),
            hidden={f"newsletter.{name}": streams[name] for name in names},
        )
        return Answered(body=shared.pages.told(words, question, path=_HERE))
    if names:
        after = shared.service.confirm(
            asked.token, wording=wording, network=asked.network, shown=names
        )
    active = [stream for name, stream in _held(shared, after).items() if name in _active(after)]
    if not active:
        return _no_use(shared, asked)
    done = Told(
        heading=words.gettext("You are subscribed"),
        says=[words.gettext("The next issue goes to %(address)s too.", address=person.email)],
        offers=_about(shared, words, active),
    )
    return Answered(body=shared.pages.told(words, done, path=_HERE))


def unsubscribe(shared: Shared, asked: Asked) -> Answered:
    """Leave, by a button; or with one click of a mail program (RFC 8058), which asks nothing."""
    one_click = asked.is_post and "One-Click" in asked.form.get("List-Unsubscribe", ())
    if asked.token == SAMPLE_TOKEN:
        if one_click:
            return Answered(body=b"a sample: nothing was changed\n", kind=_PLAIN)
        return _sample(shared, asked)
    if asked.is_post and asked.is_foreign and not one_click:
        return _foreign(shared, asked)
    if asked.is_post:
        how = "one click (RFC 8058)" if one_click else "the page to unsubscribe"
        found = shared.service.leave(asked.token, how=how, network=asked.network)
    else:
        found = shared.service.bearer(asked.token)
    if one_click:
        if found is None:
            return Answered(body=b"there is no such link\n", status=404, kind=_PLAIN)
        return Answered(body=b"unsubscribed\n", kind=_PLAIN)
    if found is None:
        return _no_use(shared, asked)
    words = _words_for(shared, asked, found.reader, found.newsletters)
    if asked.is_post:
        return _left(shared, asked, words, found.reader)
    says = []
    if found.reader is not None and found.newsletters:
        says = [
            words.gettext(
                "%(address)s will get no more issues of %(titles)s.",
                address=found.reader.subscriber.email,
                titles=words.join([_title(shared, name) for name in found.newsletters]),
            )
        ]
    question = Told(
        heading=words.gettext("Unsubscribe"), says=says, button=words.gettext("Unsubscribe")
    )
    return Answered(body=shared.pages.told(words, question, path=_HERE))


def preferences(shared: Shared, asked: Asked) -> Answered:
    """What a reader gets, what is known of them, and how to be forgotten."""
    if asked.token == SAMPLE_TOKEN:
        return _sample(shared, asked)
    found = shared.service.bearer(asked.token)
    if found is None:
        return _no_use(shared, asked)
    reader = found.reader
    words = _words_for(shared, asked, reader, found.newsletters)
    if asked.is_post and asked.is_foreign:
        return _foreign(shared, asked)
    if reader is None or _is_barred(reader):
        return _nothing_mailed(shared, words)
    if asked.is_post and asked.value("what") == "erase":
        shared.service.erase(asked.token)
        gone = Told(
            heading=words.gettext("You are erased"),
            says=[words.gettext("Nothing is mailed to this address.")],
        )
        return Answered(body=shared.pages.told(words, gone, path=_HERE))
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
        return Answered(body=shared.pages.told(words, question, path=_HERE))
    return _shown(shared, words, reader)


def later(shared: Shared, asked: Asked) -> Answered:
    """The database does not answer."""
    return _later(shared, asked, too_many=False)


WORKS: Mapping[str, Work] = {
    "/subscribe": subscribe,
    "/confirm/{token}": confirm,
    "/unsubscribe/{token}": unsubscribe,
    "/preferences/{token}": preferences,
}
"""By their addresses."""


def _saved(shared: Shared, asked: Asked, words: Words, reader: Reader) -> Answered:
    from publisher.self_service.signups import Preferences  # noqa: PLC0415 (SQLAlchemy, a third of a second)

    names = [n for n in asked.form.get("newsletter", ()) if n in _names(shared)]
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
            path=_HERE,
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
        return _nothing_mailed(shared, words)
    words = _words_for(shared, asked, found.reader, names)
    return _shown(shared, words, found.reader, saved=True)


def _shown(shared: Shared, words: Words, reader: Reader, *, saved: bool = False) -> Answered:
    page = shared.pages.preferences(
        words,
        path=_HERE,
        email=reader.subscriber.email,
        chosen=_active(reader),
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


def _left(shared: Shared, asked: Asked, words: Words, reader: Reader | None) -> Answered:
    links = []
    if reader is not None and not _is_barred(reader):
        links = [(f"../preferences/{asked.token}", words.gettext("Change your subscription"))]
    done = Told(
        heading=words.gettext("You have unsubscribed"),
        says=[
            words.gettext(
                "No more issues of it are sent to you, but for one that may be on its way just now."
            )
        ],
        links=links,
    )
    return Answered(body=shared.pages.told(words, done, path=_HERE))


def _nothing_mailed(shared: Shared, words: Words) -> Answered:
    told = Told(
        heading=words.gettext("Change your subscription"),
        says=[words.gettext("Nothing is mailed to this address.")],
    )
    return Answered(body=shared.pages.told(words, told, path=_HERE))


def _no_use(shared: Shared, asked: Asked, *, status: int = 404) -> Answered:
    words = shared.pages.words(asked.languages)
    told = Told(
        heading=words.gettext("This link does not work"),
        says=[words.gettext("It is too old, or was cut short on its way.")],
        links=[("../subscribe", words.gettext("Subscribe by mail"))],
    )
    return Answered(body=shared.pages.told(words, told, path=_HERE), status=status)


def _foreign(shared: Shared, asked: Asked) -> Answered:
    """Another site's page sent the form; nothing was done."""
    return _no_use(shared, asked, status=403)


def _sample(shared: Shared, asked: Asked) -> Answered:
    words = shared.pages.words(asked.languages)
    told = Told(
        heading=words.gettext("This is a sample"),
        says=[
            words.gettext(
                "The link stands in a sample of an issue. In an issue that was mailed it belongs "
                "to its reader."
            )
        ],
        links=[("../subscribe", words.gettext("Subscribe by mail"))],
    )
    return Answered(body=shared.pages.told(words, told, path=_HERE))


def _later(shared: Shared, asked: Asked, *, too_many: bool) -> Answered:
    words = shared.pages.words(asked.languages)
    why = words.gettext("There were too many sign-ups in the last hour.")
    told = Told(heading=words.gettext("Please try again later"), says=[why] if too_many else [])
    wait = 3600 if too_many else 60
    return Answered(
        body=shared.pages.told(words, told, path=_HERE if asked.token else "subscribe"),
        status=429 if too_many else 503,
        fields={"retry-after": str(wait)},
    )


def _words_for(shared: Shared, asked: Asked, reader: Reader | None, names: Sequence[str]) -> Words:
    """The reader's language, else the browser's, else the newsletter's."""
    own = [reader.subscriber.language] if reader and reader.subscriber.language else []
    return shared.pages.words([*own, *asked.languages], _spec(shared, names))


def _spec(shared: Shared, names: Sequence[str]) -> NewsletterSpec | None:
    return next((one for one in shared.config.newsletters if one.name in names), None)


def _about(shared: Shared, words: Words, streams: Sequence[str]) -> list[Offer]:
    offers = shared.pages.offers(words, (), rhythms=True)
    return [one for one in offers if one.value in streams]


def _held(shared: Shared, reader: Reader | None) -> dict[str, str]:
    """What a reader has, or asked for, of the newsletters that there are: the stream of each."""
    held = reader.subscriptions if reader else {}
    return {
        spec.name: spec.stream_of(held[spec.name].rhythm).name
        for spec in shared.config.newsletters
        if spec.name in held
    }


def _active(reader: Reader | None) -> list[str]:
    subscriptions = reader.subscriptions.values() if reader else ()
    return [one.newsletter for one in subscriptions if one.state is SubscriptionState.ACTIVE]


def _is_barred(reader: Reader) -> bool:
    return any(one.state is SubscriptionState.SUPPRESSED for one in reader.subscriptions.values())


def _names(shared: Shared) -> list[str]:
    return [spec.name for spec in shared.config.newsletters]


def _streams(shared: Shared, asked: Asked) -> list[str]:
    """The newsletters and rhythms that a form names, of each newsletter one; unknown ones not."""
    named = [
        value
        for field, values in asked.form.items()
        if field == "newsletter" or field.startswith("newsletter.")
        for value in values
    ]
    found: list[str] = []
    for spec in shared.config.newsletters:
        known = [spec.name, *(stream.name for stream in spec.streams())]
        found += [value for value in named if value in known][-1:]
    return found


def _rhythms(shared: Shared, asked: Asked) -> dict[str, str]:
    """The rhythm that a form names for each newsletter that has several."""
    named = {spec.name: asked.value(f"rhythm.{spec.name}") for spec in shared.config.newsletters}
    known = {spec.name: [one.name for one in spec.rhythms] for spec in shared.config.newsletters}
    return {name: rhythm for name, rhythm in named.items() if rhythm in known[name]}


def _title(shared: Shared, name: str) -> str:
    for spec in shared.config.newsletters:
        for one in (spec, *spec.streams()):
            if one.name == name:
                return one.title
    return name


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
