"""Posts JSON to one address over connections that are kept: a few times cheaper than a client
for every purpose, so that what receives it is measured and not what sends it."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11


class NoAnswer(Exception):
    """The other side could not be reached, hung up or spoke no HTTP."""


@dataclass(slots=True)
class _Line:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h11.Connection

    def usable(self) -> bool:
        return not self.reader.at_eof() and not self.writer.is_closing()


class Poster:
    """All connections to one address."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = [("Host", parts.netloc), *headers.items()]
        self._idle: list[_Line] = []

    async def post(self, body: bytes, timeout: float) -> int:
        """The status of the answer; raises TimeoutError or NoAnswer."""
        async with asyncio.timeout(timeout):
            try:
                return await self._post(body)
            except (OSError, h11.ProtocolError) as error:
                raise NoAnswer(str(error)) from error

    async def close(self) -> None:
        """Hang up on all connections that wait."""
        for line in self._idle:
            line.writer.close()
        self._idle.clear()

    async def _post(self, body: bytes) -> int:
        line = await self._line()
        done = False
        try:
            headers = [*self._headers, ("Content-Length", str(len(body)))]
            request = h11.Request(method="POST", target=self._target, headers=headers)
            events = (request, h11.Data(data=body), h11.EndOfMessage())
            line.writer.write(b"".join(line.http.send(event) or b"" for event in events))
            status = await self._status(line)
            done = line.http.our_state is h11.DONE and line.http.their_state is h11.DONE
            return status
        finally:
            if done:
                line.http.start_next_cycle()
                self._idle.append(line)
            else:
                line.writer.close()

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if line.usable():
                return line
            line.writer.close()
        # A proxy on the way to a service under test signs its own certificate.
        context = ssl._create_unverified_context() if self._secure else None
        reader, writer = await asyncio.open_connection(self._host, self._port, ssl=context)
        return _Line(reader, writer, h11.Connection(h11.CLIENT))

    async def _status(self, line: _Line) -> int:
        status = 0
        while not isinstance(event := line.http.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                line.http.receive_data(await line.reader.read(65536))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError("hung up")
        return status
