"""PURE. What the DNS says of a domain that mail is from: SPF, DKIM, DMARC (RFC 7208, 6376, 7489).

The records come from a `Names`; what they mean is decided here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Literal, Protocol

from publisher.values import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Verdict = Literal["pass", "fail", "softfail", "neutral", "none", "permerror"]

MOST_LOOKUPS = 10
"""Terms of SPF that ask the DNS again (RFC 7208 section 4.6.4)."""

_QUALIFIERS: dict[str, Verdict] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class Names(Protocol):
    """Asks the DNS; nothing there is an empty list, no answer at all is a TransportError."""

    def txt(self, name: str) -> list[str]:
        """The TXT records of a name, each put together."""

    def mx(self, name: str) -> list[str]:
        """Who takes mail for a name, the first choice first; "." says that nobody does."""

    def addresses(self, name: str) -> list[str]:
        """The addresses of a name."""

    def reverse(self, address: str) -> list[str]:
        """The names of an address."""


def tags(record: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record (RFC 6376 section 3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, equals, value in pairs if equals}


def aligned(signer: str, author: str, *, strict: bool) -> bool:
    """Whether a signing domain speaks for an author's (RFC 7489 section 3.1).

    Relaxed means that one holds the other; where domains are sold nobody looks it up here, so
    that co.uk would speak for all below it.
    """
    signer, author = signer.lower(), author.lower()
    if strict or signer == author:
        return signer == author
    return author.endswith(f".{signer}") or signer.endswith(f".{author}")


def dmarc_record(domain: str, names: Names) -> tuple[str, list[str]]:
    """The DMARC records of a domain, else of the nearest one above it; and whose they are."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        above = ".".join(labels[start:])
        found = [text for text in names.txt(f"_dmarc.{above}") if tags(text).get("v") == "DMARC1"]
        if found:
            return above, found
    return domain, []


@dataclass(slots=True)
class Spf:
    """What SPF says of an address that sends for a domain; without one all terms are walked."""

    names: Names
    address: Address | None = None
    lookups: int = 0
    trouble: str = ""
    seen: list[str] = field(default_factory=list)

    def ask(self, domain: str) -> Verdict:
        """The verdict; `lookups` and `trouble` tell more."""
        if domain in self.seen:
            return self._wrong(f"{domain} includes itself")
        records = [text for text in self.names.txt(domain) if _is_spf(text)]
        if not records:
            return "none"
        if len(records) > 1:
            return self._wrong(f"{domain} has {len(records)} SPF records, where one may be")
        self.seen.append(domain)
        try:
            return self._walk(domain, records[0].split()[1:])
        finally:
            self.seen.pop()

    def _walk(self, domain: str, terms: Sequence[str]) -> Verdict:
        redirect = ""
        for term in terms:
            name, _, value = term.partition("=")
            if name.lower() == "redirect":
                redirect = value
            elif "=" in term.partition(":")[0]:
                continue  # exp=, and modifiers to come, say nothing of who may send
            else:
                verdict = self._term(domain, term)
                if verdict is not None:
                    return verdict
        if redirect:
            self.lookups += 1
            verdict = self.ask(redirect)
            return self._wrong(f"{redirect} has no SPF record") if verdict == "none" else verdict
        return "neutral"

    def _term(self, domain: str, term: str) -> Verdict | None:
        """What a mechanism decides, None where it goes on."""
        qualifier = term[0] if term[0] in _QUALIFIERS else "+"
        mechanism = term.removeprefix(qualifier)
        words, _, value = mechanism.partition(":")
        name = words.partition("/")[0].lower()
        value = value or domain + words[len(name) :]
        if name == "all":
            return _QUALIFIERS[qualifier]
        if name in ("ip4", "ip6"):
            try:
                network = ipaddress.ip_network(value, strict=False)
            except ValueError:
                return self._wrong(f"{term} names no network")
            matches = self.address is not None and self.address in network
        elif name == "include":
            self.lookups += 1
            verdict = self.ask(value)
            if verdict == "none":
                return self._wrong(f"{value}, which {domain} includes, has no SPF record")
            if verdict == "permerror":
                return verdict
            matches = verdict == "pass" and self.address is not None
        elif name in ("a", "mx"):
            self.lookups += 1
            matches = self._is_host(name, value)
        elif name in ("exists", "ptr"):
            self.lookups += 1
            matches = False  # by macros of the message, which nobody has sent yet
        else:
            return self._wrong(f"{term} is no term of SPF")
        return _QUALIFIERS[qualifier] if matches else None

    def _is_host(self, name: str, value: str) -> bool:
        address = self.address
        if address is None:
            return False
        host, slash, lengths = value.partition("/")
        short, _, long = (slash + lengths).partition("//")  # of IPv4 and of IPv6: a/24//64
        length = short.removeprefix("/") if address.version == 4 else long
        hosts = self.names.mx(host) if name == "mx" else [host]
        for text in (text for one in hosts for text in self.names.addresses(one)):
            if ipaddress.ip_address(text).version != address.version:
                continue
            try:
                network = ipaddress.ip_network(f"{text}/{length}" if length else text, strict=False)
            except ValueError:
                self.trouble = self.trouble or f"{value} names no network"
                continue
            if address in network:
                return True
        return False

    def _wrong(self, why: str) -> Verdict:
        self.trouble = self.trouble or why
        return "permerror"


def _is_spf(text: str) -> bool:
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def published_keys(texts: Sequence[str]) -> Iterator[dict[str, str]]:
    """The keys under a selector (RFC 6376 section 3.6.1)."""
    for text in texts:
        found = tags(text)
        if "p" in found and found.get("v", "DKIM1") == "DKIM1":
            yield {"k": "rsa"} | found
