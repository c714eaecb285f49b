"""Files that a platform names by their address: fetched from its own hosts only.

The address comes from outside, so it must not lead anywhere inside: https only, hosts of a list,
public machines only, no redirects, and the machine that was looked at is the one that is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

import httpx

from bot.channels.base import Rejected, TryLater
from bot.channels.connections import download, trust

#: Host → its addresses.
Resolve = Callable[[str], Awaitable[Sequence[str]]]


class Fetcher:
    """Downloads from the hosts of a list."""

    def __init__(
        self,
        hosts: Sequence[str],
        resolve: Resolve | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`hosts`: endings of names ("zdn.vn"); one with a port ("127.0.0.1:9000") is a machine
        of the office's own choice, which may be inside and speak plain http.
        """
        self._hosts = tuple(host.strip().lower() for host in hosts if host.strip())
        self._resolve = resolve or _addresses
        # A proxy would look the host up by itself, and might find another machine.
        self._client = httpx.AsyncClient(
            verify=trust(),
            transport=transport,
            timeout=httpx.Timeout(20.0, connect=5.0),
            trust_env=False,
        )

    async def fetch(self, address: str, largest: int) -> bytes:
        """At most `largest` bytes from `address`; raises TooLarge, Rejected, TryLater."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, TypeError):
            raise Rejected("file: no address") from None
        return await download(self._client, await self._request(url), largest)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _request(self, url: httpx.URL) -> httpx.Request:
        host = url.raw_host.decode("ascii")
        if url.port is not None and f"{host}:{url.port}" in self._hosts:
            return self._client.build_request("GET", url)
        listed = any(host == ending or host.endswith(f".{ending}") for ending in self._hosts)
        if not listed or url.scheme != "https" or url.port is not None or url.userinfo:
            raise Rejected("file: foreign address")
        try:
            found = await self._resolve(host)
        except (OSError, UnicodeError) as error:  # a name may be too long to be one
            raise TryLater("network: host not found") from error
        if not found or not all(map(_is_public, found)):
            raise Rejected("file: foreign address")
        return self._client.build_request(
            "GET",
            url.copy_with(host=min(found, key=_is_ipv6)),
            headers={"host": host},
            extensions={"sni_hostname": host},
        )


def _is_public(address: str) -> bool:
    known = ip_address(address)
    return known.is_global and not known.is_multicast


def _is_ipv6(address: str) -> bool:
    return ":" in address


async def _addresses(host: str) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, 443)
    return [str(entry[4][0]) for entry in found]
