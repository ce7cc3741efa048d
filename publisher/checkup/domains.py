"""USE CASE. The domains that mail is from: MX, SPF, DKIM, DMARC, and the sender's reverse name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publisher.checkup.check import Check, finding, good, unknown
from publisher.config import DkimSpec
from publisher.delivery.domains import (
    MOST_LOOKUPS,
    Address,
    Names,
    Spf,
    aligned,
    dmarc_record,
    published_keys,
    tags,
)
from publisher.delivery.providers import PROVIDERS
from publisher.transport.keys import PublicHalf


def look_at_domain(
    domain: str,
    names: Names,
    *,
    dkim: DkimSpec | None,
    keys: Mapping[str, PublicHalf],
    sender: Address | None,
) -> Iterator[Check]:
    """All that the DNS says of a domain of From. Raises TransportError where it says nothing."""
    if domain in PROVIDERS:
        yield finding(
            "from",
            domain,
            "is a mail provider's: its DMARC policy lets nobody else send for it",
            "send from a domain of your own",
        )
        return
    yield good("from", domain, "is no freemail provider's")
    yield _mx(domain, names)
    yield from _spf(domain, names, sender)
    if dkim is not None:
        for selector, half in keys.items():
            yield _dkim(f"{selector}._domainkey.{dkim.domain}", half, names)
    yield from _dmarc(domain, names, dkim)


def look_at_envelope(domain: str, names: Names, *, sender: Address | None) -> Iterator[Check]:
    """What the DNS says of the domain of `bounces.address`: mail comes back there, and its SPF
    record is the one that receivers ask for (RFC 7208 section 2.4). Raises TransportError.
    """
    if domain in PROVIDERS:
        yield finding(
            "envelope",
            domain,
            "is a mail provider's, which does not let our relay send for it",
            "bounces.address: an address at a domain of your own",
        )
        return
    yield _mx(domain, names)
    yield from _spf(domain, names, sender)


def _mx(domain: str, names: Names) -> Check:
    hosts = names.mx(domain)
    if hosts == ["."]:
        said = "says that nobody takes mail for it (RFC 7505), so that receivers refuse its mail"
        return finding("mx", domain, said, "publish an MX record: bounces and answers come there")
    if hosts:
        return good("mx", domain, f"{hosts[0]} takes its mail")
    if names.addresses(domain):
        said = "has no MX record, only an address: answers and bounces may not arrive"
    else:
        said = "has neither MX record nor address: receivers refuse mail from such a domain"
    return finding("mx", domain, said, "publish an MX record")


def _spf(domain: str, names: Names, sender: Address | None) -> Iterator[Check]:
    walked = Spf(names)
    verdict = walked.ask(domain)
    if verdict == "none":
        mend = f'publish TXT at {domain}: "v=spf1 include:(what your relay names) ~all"'
        yield finding("spf", domain, "has no SPF record", mend)
        return
    if walked.lookups > MOST_LOOKUPS:
        said = f"asks the DNS {walked.lookups} times, where {MOST_LOOKUPS} are the most: it fails"
        yield finding("spf", domain, said, "take out what is not needed")
    elif verdict == "permerror":
        yield finding("spf", domain, walked.trouble, "mend the record")
    elif verdict == "pass":
        yield finding("spf", domain, "lets everybody send for it (+all)", "end it with ~all")
    elif sender is None or not sender.is_global:
        said = "has a good record; which address mail leaves from is not known here"
        yield unknown("spf", domain, said, "name it: --address")
    else:
        of_sender = Spf(names, sender).ask(domain)
        if of_sender == "pass":
            yield good("spf", domain, f"lets {sender} send for it")
        else:
            mend = "add what your relay names to the record; --address, if mail leaves elsewhere"
            yield finding("spf", domain, f"does not let {sender} send for it ({of_sender})", mend)


def _dkim(name: str, half: PublicHalf, names: Names) -> Check:
    record = f"v=DKIM1; k={half.kind}; p={half.p}"
    found = list(published_keys(names.txt(name)))
    if not found:
        return finding("dkim", name, "has no key", f'publish TXT there: "{record}"')
    if any(key["k"] == half.kind and key["p"] == half.p for key in found):
        if any("y" in key.get("t", "").split(":") for key in found):
            said = "is marked as a test (t=y): receivers may ignore the signature"
            return finding("dkim", name, said, "take t=y out")
        return good("dkim", name, "has our key")
    if all(not key["p"] for key in found):
        said = "was revoked (p= is empty)"
    else:
        said = "has another key than ours: no signature of ours holds"
    return finding("dkim", name, said, f'publish TXT there: "{record}"')


def _dmarc(domain: str, names: Names, dkim: DkimSpec | None) -> Iterator[Check]:
    owner, records = dmarc_record(domain, names)
    if not records:
        mend = f'publish TXT at _dmarc.{domain}: "v=DMARC1; p=none", then quarantine'
        said = "has no DMARC record, which Gmail and Yahoo ask of senders to many"
        yield finding("dmarc", domain, said, mend)
        return
    policy = tags(records[0])
    if len(records) > 1 or policy.get("p") not in ("none", "quarantine", "reject"):
        said = "has more than one record" if len(records) > 1 else "has no policy (p=)"
        yield finding("dmarc", domain, said, f"publish one TXT record at _dmarc.{owner}")
        return
    yield good("dmarc", domain, f"asks receivers for {policy['p']}")
    if dkim is None:
        said = "who signs is not known here; the signing domain must be that of From"
        yield unknown("alignment", domain, said, "look at a mail that arrived: dmarc=pass")
        return
    strict = policy.get("adkim", "r") == "s"
    if aligned(dkim.domain, domain, strict=strict):
        yield good("alignment", domain, f"signatures are by {dkim.domain}")
    else:
        how = "be it, by its policy (adkim=s)" if strict else "be it, or hold it"
        said = f"signatures are by {dkim.domain}, which must {how}"
        yield finding("alignment", domain, said, f"dkim.domain: {domain}")


def look_at_sender(sender: Address | None, names: Names) -> Check:
    """The reverse name of the address that mail leaves from (RFC 1912 section 2.1)."""
    if sender is None or not sender.is_global:
        said = "which address mail leaves from is not known here"
        return unknown("reverse", "sender", said, "name it: --address")
    about = str(sender)
    hosts = names.reverse(about)
    if not hosts:
        said = "has no name: many receivers refuse mail from it"
        return finding("reverse", about, said, "ask who gave you the address for a PTR record")
    if not any(about in names.addresses(host) for host in hosts):
        said = f"is called {hosts[0]}, which has another address"
        return finding("reverse", about, said, f"publish {about} at {hosts[0]}")
    return good("reverse", about, f"is called {hosts[0]}, and that has this address")
