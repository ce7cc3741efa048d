"""ENTRY. What each of the readers' pages does and answers; see `application` for the HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.errors import PublisherError
from publisher.mime import SAMPLE_TOKEN
from publisher.model import Reader
from publisher.readers import clean_address
from publisher.render.pages.selfservice import Offer, Told
from publisher.render.words import Words
from publisher.self_service.answers import (
    HERE,
    active_of,
    foreign,
    is_barred,
    later_page,
    no_use,
    sample,
    words_for,
)
from publisher.self_service.application import Answered, Asked, Shared, Work
from publisher.self_service.choices import preferences

if TYPE_CHECKING:
    from publisher.self_service.signups import Bearer

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
    if asked.value("choose"):  # a newsletter's own page, where it has several rhythms
        return form()
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
            return later_page(shared, asked, too_many=True)
    return Answered(body=shared.pages.told(words, sent, path="subscribe"))


def confirm(shared: Shared, asked: Asked) -> Answered:
    """The page that a confirmation mail leads to, and its button."""
    if asked.token == SAMPLE_TOKEN:
        return sample(shared, asked)
    found = shared.service.asker(asked.token)
    if found is None or found.reader is None:
        return no_use(shared, asked)
    words = words_for(shared, asked, found.reader, found.newsletters)
    person = found.reader.subscriber
    if asked.is_post and asked.is_foreign:
        return foreign(shared, asked)
    after: Reader | None = found.reader
    streams = _held(shared, after)
    shown = _streams(shared, asked)
    own = [streams[name] for name in found.newsletters]
    asks = not asked.is_post or (shown and not set(own) <= set(shown))  # another rhythm since then
    since = [] if asks else [name for name in found.since if streams[name] in shown]
    names = [*found.newsletters, *since]
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
            choices=[_choice(shared, words, name, streams[name]) for name in found.since],
        )
        return Answered(body=shared.pages.told(words, question, path=HERE))
    if names:
        after = shared.service.confirm(
            asked.token, wording=wording, network=asked.network, shown=names
        )
    active = [stream for name, stream in _held(shared, after).items() if name in active_of(after)]
    if not active:
        return no_use(shared, asked)
    done = Told(
        heading=words.gettext("You are subscribed"),
        says=[words.gettext("The next issue goes to %(address)s too.", address=person.email)],
        offers=_about(shared, words, active),
    )
    return Answered(body=shared.pages.told(words, done, path=HERE))


def unsubscribe(shared: Shared, asked: Asked) -> Answered:
    """Leave, by a button; or with one click of a mail program (RFC 8058), which asks nothing."""
    one_click = asked.is_post and "One-Click" in asked.form.get("List-Unsubscribe", ())
    if asked.token == SAMPLE_TOKEN:
        if one_click:
            return Answered(body=b"a sample: nothing was changed\n", kind=_PLAIN)
        return sample(shared, asked)
    if asked.is_post and asked.is_foreign and not one_click:
        return foreign(shared, asked)
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
        return no_use(shared, asked)
    words = words_for(shared, asked, found.reader, found.newsletters)
    if asked.is_post or found.reader is None or not found.gets_any:
        return _left(shared, asked, words, found)
    question = Told(
        heading=words.gettext("Unsubscribe"),
        says=[
            words.gettext(
                "%(address)s will get no more issues of %(titles)s.",
                address=found.reader.subscriber.email,
                titles=words.join([_title(shared, name) for name in found.newsletters]),
            )
        ],
        button=words.gettext("Unsubscribe"),
    )
    return Answered(body=shared.pages.told(words, question, path=HERE))


def later(shared: Shared, asked: Asked) -> Answered:
    """The database does not answer."""
    return later_page(shared, asked, too_many=False)


WORKS: Mapping[str, Work] = {
    "/subscribe": subscribe,
    "/confirm/{token}": confirm,
    "/unsubscribe/{token}": unsubscribe,
    "/preferences/{token}": preferences,
}
"""By their addresses."""


def _left(shared: Shared, asked: Asked, words: Words, found: Bearer) -> Answered:
    """They get no more of what the link is about; of nothing, where nothing is left."""
    reader = found.reader
    says, links = words.gettext("Nothing is mailed to this address."), []
    if reader is not None and not is_barred(reader):
        links = [(f"../preferences/{asked.token}", words.gettext("Change your subscription"))]
        if found.newsletters:
            says = words.gettext(
                "No more issues of %(titles)s are sent to %(address)s, but for one that may be on "
                "its way just now.",
                titles=words.join([_title(shared, name) for name in found.newsletters]),
                address=reader.subscriber.email,
            )
    done = Told(heading=words.gettext("You have unsubscribed"), says=[says], links=links)
    return Answered(body=shared.pages.told(words, done, path=HERE))


def _about(shared: Shared, words: Words, streams: Sequence[str]) -> list[Offer]:
    offers = shared.pages.offers(words, (), rhythms=True)
    return [one for one in offers if one.value in streams]


def _choice(shared: Shared, words: Words, name: str, stream: str) -> Offer:
    """A newsletter that a page asks for beside what it is about: it may be a stranger's wish."""
    (offer,) = _about(shared, words, [stream])
    return replace(offer, field=f"newsletter.{name}", is_one_of_several=False)


def _held(shared: Shared, reader: Reader | None) -> dict[str, str]:
    """What a reader has, or asked for, of the newsletters that there are: the stream of each."""
    held = reader.subscriptions if reader else {}
    return {
        spec.name: spec.stream_of(held[spec.name].rhythm).name
        for spec in shared.config.newsletters
        if spec.name in held
    }


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


def _title(shared: Shared, name: str) -> str:
    for spec in shared.config.newsletters:
        for one in (spec, *spec.streams()):
            if one.name == name:
                return one.title
    return name
