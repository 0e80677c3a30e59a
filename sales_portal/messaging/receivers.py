"""Where a webhook may go: to the public internet by HTTPS, or to a receiver of its own the operator vouches for."""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from sales_portal.core.errors import Invalid

PORTS = (443, 8443)
LONGEST = 500
NOT_PUBLIC = "That address is not on the public internet"
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NAT64, _UNICAST, _DOCUMENTED = map(ipaddress.IPv6Network, ("64:ff9b::/96", "2000::/3", "3fff::/20"))
_ISATAP, _ISATAP_BITS = 0x5EFE, 0xFDFFFFFF

Lookup = Callable[[str, int], list[str]]
"""The addresses a host's name leads to; raises OSError where it leads nowhere."""


class Receiver(NamedTuple):
    """An address that may be sent to, taken apart: `target` is path and query, `is_vouched` names one of our own."""

    scheme: str
    host: str
    port: int
    target: str
    is_vouched: bool

    @property
    def netloc(self) -> str:
        """Host and port as the `Host` header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _usual_port(self.scheme) else f"{host}:{self.port}"


def look_up(host: str, port: int) -> list[str]:
    """Ask the machine's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Receivers:
    """The rule for receivers, with those of the operator's own as `host:port`, which may be anywhere and speak HTTP."""

    def __init__(self, vouched: Collection[str] = (), lookup: Lookup = look_up) -> None:
        self._vouched = {name.lower().replace("[", "").replace("]", "") for name in vouched}
        self._lookup = lookup

    def read(self, typed: str) -> Receiver:
        """Take an address apart; raises `Invalid` on `url` where nothing may be sent there. Asks no resolver."""
        url, port = _split(typed)
        host = (url.hostname or "").rstrip(".")
        port = port or _usual_port(url.scheme)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        receiver = Receiver(url.scheme, host, port, target, f"{host}:{port}" in self._vouched)
        if url.scheme not in (("https", "http") if receiver.is_vouched else ("https",)):
            raise Invalid("url", "Enter an address that begins with https://")
        if not receiver.is_vouched:
            if port not in PORTS:
                raise Invalid("url", f"Use port {' or '.join(map(str, PORTS))}")
            if is_literal(host) and not is_public(host):
                raise Invalid("url", NOT_PUBLIC)
        return receiver

    def find(self, receiver: Receiver) -> str:
        """The one address to connect to; raises `Invalid` where the name leads nowhere, or to where nothing may go.

        What connects must use this address and not ask again: the next answer may be another.
        """
        try:
            found = self._lookup(receiver.host, receiver.port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise Invalid("url", f"We can't find {receiver.host}")
        if not receiver.is_vouched and not all(map(is_public, found)):
            raise Invalid("url", NOT_PUBLIC)
        return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also where it hides in another."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    hidden = _hidden_in(ip)
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped is not None or ip in _NAT64):
        return all(map(_is_global, hidden))
    return _is_global(ip) and all(map(_is_global, hidden))


def is_literal(host: str) -> bool:
    """Whether a host is an IP address, in any of the ways resolvers read one: `0x7f.1` and `2130706433` are."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        is_isatap = int(ip) >> 32 & _ISATAP_BITS == _ISATAP
        if ip not in _UNICAST or ip in _DOCUMENTED or is_isatap:
            return False
    return ip.is_global and not ip.is_multicast


def _hidden_in(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, ip.teredo[1] if ip.teredo is not None else None]
    if ip in _NAT64:
        found.append(IPv4Address(int(ip) % 2**32))
    return [one for one in found if one is not None]


def _split(typed: str) -> tuple[SplitResult, int | None]:
    text = typed.strip()
    if not text:
        raise Invalid("url", "Enter the address to send to")
    if len(text) > LONGEST:
        raise Invalid("url", f"Use {LONGEST} characters or fewer")
    if not text.isascii() or not text.isprintable() or any(mark in text for mark in " \\"):
        raise Invalid("url", "Enter the address without spaces, backslashes and accents")
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise Invalid("url", "That is not a web address") from None
    if not url.hostname:
        raise Invalid("url", "Enter an address that begins with https://")
    if "@" in url.netloc:
        raise Invalid("url", "Leave out the name and password before the @")
    if "#" in text:
        raise Invalid("url", "Leave out the # and what follows it")
    if ":" not in url.hostname and not _NAME.fullmatch(url.hostname.rstrip(".")):
        raise Invalid("url", "That is not a web address")
    return url, port


def _usual_port(scheme: str) -> int:
    return 80 if scheme == "http" else 443
