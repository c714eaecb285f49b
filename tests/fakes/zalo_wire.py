"""A lean HTTP client that can only POST: a fake sends thousands of events beside its own work."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
STALE = 2.0  #: seconds after which an idle connection may be about to be closed from the other side


class Wire:
    """Connections that are kept alive and used again."""

    def __init__(self) -> None:
        self._idle: dict[str, list[tuple[float, Connection]]] = defaultdict(list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer; OSError, EOFError or ValueError if there is none."""
        place = urlsplit(url)
        reader, writer = self._kept(place) or await _opened(place)
        keep = False
        try:
            writer.write(_request(place, body, headers))
            status, keep = await _answer(reader)
        finally:
            if keep:
                self._idle[_key(place)].append((time.monotonic(), (reader, writer)))
            else:
                writer.close()
        return status

    async def close(self) -> None:
        """Close what is idle; what is in use closes itself when it is cancelled."""
        for _, (_, writer) in [each for idle in self._idle.values() for each in idle]:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        self._idle.clear()

    def _kept(self, place: SplitResult) -> Connection | None:
        idle = self._idle[_key(place)]
        while idle:
            since, (reader, writer) = idle.pop()
            if time.monotonic() - since < STALE and not reader.at_eof():
                return reader, writer
            writer.close()
        return None


def _key(place: SplitResult) -> str:
    return f"{place.scheme}://{place.netloc}"


async def _opened(place: SplitResult) -> Connection:
    if place.scheme not in ("http", "https") or not place.hostname:
        raise ValueError(f"not an address: {place.geturl()}")
    secure = None
    if place.scheme == "https":  # any certificate will do for a test
        secure = ssl.create_default_context()
        secure.check_hostname, secure.verify_mode = False, ssl.CERT_NONE
    port = place.port or (443 if secure else 80)
    return await asyncio.open_connection(place.hostname, port, ssl=secure)


def _request(place: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    lines = {"Host": place.netloc.rpartition("@")[2], "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection can be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    status = int(head[0].partition(" ")[2][:3])
    headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    if status < 200:
        return await _answer(reader)
    if "chunked" in headers.get("transfer-encoding", ""):
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    elif "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    elif status not in (204, 304):
        await reader.read()
        return status, False
    return status, "close" not in headers.get("connection", "")
