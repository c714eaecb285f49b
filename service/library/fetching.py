"""A paper behind a link, fetched: only from the public network, so much, and not for long.

Whoever may send a link must not reach by it what only this machine can: the address that a name
stands for is looked at, and it is that address which is asked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpx

from bot.texts import say
from service.errors import PaperRefused
from service.library.candidates import File

_SECONDS = 30.0
_HOPS = 3  #: redirections that are followed
_PORTS = {"http": 80, "https": 443}
_MOVED = (301, 302, 303, 307, 308)
_LINK = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)

#: The addresses of a host and port.
Resolve = Callable[[str, int], Sequence[str]]


def link_in(text: str) -> str:
    """The first link in what somebody wrote; "" for none."""
    found = _LINK.search(text)
    return found[0].rstrip(".,;)") if found else ""


def addresses_of(host: str, port: int) -> Sequence[str]:
    """As the machine knows them; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def fetch(
    url: str,
    most: int,
    *,
    resolve: Resolve = addresses_of,
    transport: httpx.BaseTransport | None = None,
) -> File:
    """The file behind `url`, at most so many bytes; raises PaperRefused with a sentence."""
    try:
        with httpx.Client(transport=transport, timeout=_SECONDS, trust_env=False) as client:
            for _ in range(_HOPS + 1):
                found = _get(client, url, most, resolve)
                if isinstance(found, File):
                    return found
                url = found
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise PaperRefused(say("papers.link_failed")) from error
    raise PaperRefused(say("papers.link_failed"))


def _get(client: httpx.Client, url: str, most: int, resolve: Resolve) -> File | str:
    """The file, or where it has moved to."""
    parts = urlsplit(url)
    host, address = _allowed(parts, resolve)
    literal = f"[{address}]" if ":" in address else address
    asked = parts._replace(netloc=f"{literal}:{_PORTS[parts.scheme]}", fragment="").geturl()
    request = client.build_request(
        "GET", asked, headers={"Host": host}, extensions={"sni_hostname": host}
    )
    answer = client.send(request, stream=True)
    try:
        if answer.status_code in _MOVED:
            return str(urljoin(url, answer.headers.get("location", "")))
        answer.raise_for_status()
        data = bytearray()
        for chunk in answer.iter_bytes():
            data += chunk
            if len(data) > most:
                raise PaperRefused(say("papers.link_large", limit=most >> 20))
        return File(_name(parts, answer.headers.get("content-type", "")), bytes(data))
    finally:
        answer.close()


def _allowed(parts: SplitResult, resolve: Resolve) -> tuple[str, str]:
    """The host and an address of it that is public; raises PaperRefused for any other."""
    host = (parts.hostname or "").lower()
    plain = parts.scheme in _PORTS and parts.port in (None, _PORTS.get(parts.scheme))
    if not host or not plain or parts.username or parts.password:
        raise PaperRefused(say("papers.link_refused"))
    found = resolve(host, _PORTS[parts.scheme])
    if not found or not all(ipaddress.ip_address(each).is_global for each in found):
        raise PaperRefused(say("papers.link_refused"))
    return host, found[0]


def _name(parts: SplitResult, media_type: str) -> str:
    """What the link calls the file, with an ending that says what it is."""
    name = PurePosixPath(unquote(parts.path)).name[-200:]
    endings = {"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html"}
    ending = endings.get(media_type.partition(";")[0].strip().lower(), "")
    return name if PurePosixPath(name).suffix else f"{name or parts.hostname}{ending}"
