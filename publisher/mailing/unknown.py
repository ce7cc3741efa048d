"""USE CASE. Issues that are in the record, but whose deliveries another state folder had.

Where the state was lost or never copied nobody knows who has them: to send them again may be
a second copy for everybody, to leave them may leave everybody without. A person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.store.mailings import Mailings


def unknown_issues(config: Config, mailings: Mailings, *, resend: bool) -> Sequence[PublisherError]:
    """An error for the newest issue of each newsletter that has readers, if it is unknown.

    With `resend` it is given deliveries instead, to everybody who reads the newsletter now.
    Older ones are left alone: a newer issue has followed.
    """
    found = []
    for spec in config.streams:
        if resend:
            number = mailings.newest(spec.name)
            if number is not None:
                mailings.make_known(spec.name, number, spec.readers)
            continue
        number = mailings.unknown(spec.name, spec.readers)
        if number is not None:
            found.append(
                PublisherError(
                    f"issue {number} of {spec.name} was frozen elsewhere: whom it was sent to is "
                    "not known here, and nothing is sent of it",
                    mend="bring the state folder back that knows, or send it to everybody with "
                    "--resend-unknown",
                )
            )
    return found
