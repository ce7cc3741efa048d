"""ENTRY. What several of the readers' pages answer, and know of who asks."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.config import NewsletterSpec
from publisher.model import Reader, SubscriptionState
from publisher.render.pages.selfservice import Told
from publisher.render.words import Words
from publisher.self_service.application import Answered, Asked, Shared

HERE = "page/of"
"""Where the pages with a token lie: two steps deep, whatever the token is."""


def nothing_mailed(shared: Shared, words: Words) -> Answered:
    told = Told(
        heading=words.gettext("Change your subscription"),
        says=[words.gettext("Nothing is mailed to this address.")],
    )
    return Answered(body=shared.pages.told(words, told, path=HERE))


def no_use(shared: Shared, asked: Asked) -> Answered:
    words = shared.pages.words(asked.languages)
    told = Told(
        heading=words.gettext("This link does not work"),
        says=[words.gettext("It is too old, or was cut short on its way.")],
        links=[("../subscribe", words.gettext("Subscribe by mail"))],
    )
    return Answered(body=shared.pages.told(words, told, path=HERE), status=404)


def foreign(shared: Shared, asked: Asked) -> Answered:
    """Another site's page sent the form; nothing was done."""
    words = shared.pages.words(asked.languages)
    told = Told(
        heading=words.gettext("Nothing was changed"),
        says=[
            words.gettext(
                "The button that you used stands on a page of another site, which may not change "
                "anything here. The page of ours has a button of its own."
            )
        ],
        links=[("?", words.gettext("Open our page"))],  # this address, without what was asked of it
    )
    return Answered(body=shared.pages.told(words, told, path=HERE), status=403)


def sample(shared: Shared, asked: Asked) -> Answered:
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
    return Answered(body=shared.pages.told(words, told, path=HERE))


def later_page(shared: Shared, asked: Asked, *, too_many: bool) -> Answered:
    words = shared.pages.words(asked.languages)
    why = words.gettext("There were too many sign-ups in the last hour.")
    told = Told(heading=words.gettext("Please try again later"), says=[why] if too_many else [])
    wait = 3600 if too_many else 60
    return Answered(
        body=shared.pages.told(words, told, path=HERE if asked.token else "subscribe"),
        status=429 if too_many else 503,
        fields={"retry-after": str(wait)},
    )


def words_for(shared: Shared, asked: Asked, reader: Reader | None, names: Sequence[str]) -> Words:
    """The reader's language, else the browser's, else the newsletter's."""
    own = [reader.subscriber.language] if reader and reader.subscriber.language else []
    return shared.pages.words([*own, *asked.languages], _spec(shared, names))


def _spec(shared: Shared, names: Sequence[str]) -> NewsletterSpec | None:
    return next((one for one in shared.config.newsletters if one.name in names), None)


def active_of(reader: Reader | None) -> list[str]:
    subscriptions = reader.subscriptions.values() if reader else ()
    return [one.newsletter for one in subscriptions if one.state is SubscriptionState.ACTIVE]


def is_barred(reader: Reader) -> bool:
    return any(one.state is SubscriptionState.SUPPRESSED for one in reader.subscriptions.values())


def names_of(shared: Shared) -> list[str]:
    return [spec.name for spec in shared.config.newsletters]
