"""Fetch a file from an address that somebody else wrote, without being led elsewhere."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Sequence

import httpx

from bot.channels.base import Rejected, TooLarge, TryLater

#: The addresses of a host: `await resolve("f1.zdn.vn", 443)`.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_SECONDS = 60.0  #: for the whole file, redirects included
_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}

#: Where IPv6 addresses of the internet lie; older forms outside of it hold an IPv4 address.
_UNICAST = ipaddress.ip_network("2000::/3")
#: How a network without IPv4 writes the addresses of others.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
#: Counted as global by the library; some clouds keep their own services there.
_ASSIGNED = ipaddress.ip_network("192.0.0.0/24")


async def lookup(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def download(
    client: httpx.AsyncClient,
    url: str,
    hosts: Sequence[str],
    largest: int,
    *,
    resolve: Resolve = lookup,
    seconds: float = _SECONDS,
) -> bytes:
    """The file at `url`, if each hop is within `hosts`; raises TooLarge, Rejected or TryLater.

    `hosts`: endings ("zdn.vn"), or "host:port" exactly, which may then be this very machine.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _follow(client, url, hosts, largest, resolve)
    except (TimeoutError, httpx.HTTPError) as error:
        raise TryLater(type(error).__name__) from error


async def _follow(
    client: httpx.AsyncClient, url: str, hosts: Sequence[str], largest: int, resolve: Resolve
) -> bytes:
    for _ in range(_REDIRECTS + 1):
        target = _parsed(url)
        address = await _address(target, _may_be_local(target, hosts), resolve)
        got = await _get(client, target, address, largest)
        if isinstance(got, bytes):
            return got
        url = got
    raise Rejected("redirects")


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Rejected("address") from error
    if parsed.scheme not in _PORTS or parsed.userinfo or not parsed.host:
        raise Rejected("address")
    return parsed


def _host(url: httpx.URL) -> str:
    """As the network knows it: letters outside ASCII are encoded."""
    return url.raw_host.decode("ascii")


def _may_be_local(url: httpx.URL, hosts: Sequence[str]) -> bool:
    """Whether the very host and port are listed; raises Rejected when nothing lists them."""
    host = _host(url)
    if f"{host}:{url.port or _PORTS[url.scheme]}" in hosts:
        return True
    if url.port is None and any(host == end or host.endswith(f".{end}") for end in hosts if end):
        return False
    raise Rejected("host")


async def _address(url: httpx.URL, local: bool, resolve: Resolve) -> str:
    try:
        found = await resolve(_host(url), url.port or _PORTS[url.scheme])
    except UnicodeError as error:  # a label that no name can have
        raise Rejected("address") from error
    except OSError as error:
        raise TryLater("resolve") from error
    # One private address among public ones is how a name is made to point inside.
    if not found or not all(_allowed(address, local) for address in found):
        raise Rejected("address")
    return found[0]


def _allowed(text: str, local: bool) -> bool:
    address = ipaddress.ip_address(text)
    if local and address.is_loopback:
        return True
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            address = ipaddress.IPv4Address(int(address) % (1 << 32))
        elif address not in _UNICAST or address.sixtofour or address.teredo:
            return False  # an IPv4 address may hide in it
    return address.is_global and not address.is_multicast and address not in _ASSIGNED


async def _get(
    client: httpx.AsyncClient, url: httpx.URL, address: str, largest: int
) -> bytes | str:
    """The file, or where it is said to be now."""
    request = client.build_request(
        "GET",
        # The address that was checked: asking for the name again could lead to another.
        url.copy_with(host=address),
        headers={"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
        extensions={"sni_hostname": _host(url)},
    )
    response = await client.send(request, stream=True, follow_redirects=False)
    try:
        if response.has_redirect_location:
            return _joined(url, response.headers["location"])
        _check(response)
        return await _read(response, largest)
    finally:
        await response.aclose()


def _joined(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise Rejected("address") from error


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
        raise TryLater(f"http {status}")
    # Unpacking is where a small answer becomes an endless file: we asked for it as it is.
    packed = response.headers.get("content-encoding", "identity") != "identity"
    if status != httpx.codes.OK or packed:
        raise Rejected(f"http {status}")


async def _read(response: httpx.Response, largest: int) -> bytes:
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > largest:
            raise TooLarge
    return bytes(content)
