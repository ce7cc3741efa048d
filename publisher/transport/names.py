"""EDGE. The DNS, asked through dnspython (the extra `doctor`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from publisher.errors import ConfigError, TransportError, install

_SECONDS = 5.0


class Resolver:
    """Asks the machine's DNS, or the server that is named; see `delivery.domains.Names`."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        """Raises ConfigError where dnspython is missing, or the machine has no DNS."""
        try:
            import dns.exception  # noqa: PLC0415 (an extra)
            import dns.resolver  # noqa: PLC0415
            import dns.reversename  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise ConfigError(
                "asking the DNS needs the library dnspython", mend=install("doctor")
            ) from error
        self._dns = dns
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.exception.DNSException as error:
            raise ConfigError(
                f"this machine has no DNS: {error}", mend="name one: --resolver ADDRESS"
            ) from error
        if server is not None:
            self._resolver.nameservers = [server[0]]
            self._resolver.port = server[1]
        self._resolver.lifetime = _SECONDS

    def txt(self, name: str) -> list[str]:
        """The TXT records of a name, each put together."""
        return self._ask(name, "TXT", lambda r: b"".join(r.strings).decode("utf-8", "replace"))

    def mx(self, name: str) -> list[str]:
        """Who takes mail for a name, the first choice first; "." says that nobody does."""
        found = self._ask(name, "MX", lambda r: (r.preference, r.exchange.to_text()))
        return [host.rstrip(".") or "." for _, host in sorted(found)]

    def addresses(self, name: str) -> list[str]:
        """The addresses of a name."""
        return [
            a for kind in ("A", "AAAA") for a in self._ask(name, kind, lambda r: str(r.address))
        ]

    def reverse(self, address: str) -> list[str]:
        """The names of an address."""
        name = self._dns.reversename.from_address(address).to_text()
        return self._ask(name, "PTR", lambda r: r.target.to_text().rstrip("."))

    def _ask(self, name: str, kind: str, shown: Callable[[Any], Any]) -> list[Any]:
        resolver, dns = self._dns.resolver, self._dns
        try:
            answer = self._resolver.resolve(f"{name.rstrip('.')}.", kind, search=False)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise TransportError(
                f"the DNS gives no answer about {name} ({kind}): {error}"
            ) from error
        return [shown(record) for record in answer]
