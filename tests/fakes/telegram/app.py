"""The fake over HTTP: the Bot API, its files, the control for other processes and the page."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from functools import cache
from math import inf
from pathlib import Path
from urllib.parse import parse_qsl

from tests.fakes.telegram import faults, methods
from tests.fakes.telegram.control import FakeTelegram
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.polling import Polling
from tests.fakes.telegram.refusals import Refused
from tests.fakes.telegram.state import Called, as_json
from tests.fakes.telegram.wire import Call, Json, Receive, Scope, Send, read_body, read_call

JSON = b"application/json"
PAGE = Path(__file__).with_name("page.html")
#: What another process may ask of the control.
CONTROLS = {
    "person", "says", "starts", "edits", "sends_file", "sends_photo", "sends", "taps", "blocks",
    "unblocks", "deactivates", "adds_bot", "removes_bot", "migrates", "update", "reset", "limit",
    "fault", "clear_faults", "sent", "history", "calls", "menu", "tap", "file", "counters",
    "faults_given", "pending",
}  # fmt: skip


class TelegramApp:
    """An ASGI application around one fake."""

    def __init__(self, fake: FakeTelegram) -> None:
        self.fake = fake
        self.polling = Polling(fake)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        path: str = scope.get("path", "")
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif path.startswith("/bot"):
            await self._bot(path[4:], scope, receive, send)
        elif path.startswith("/file/bot"):
            await self._file(path[9:], receive, send)
        elif path.startswith("/_control/"):
            await self._control(path[10:], scope, receive, send)
        elif path == "/":
            await _answer(send, 200, _page(), b"text/html; charset=utf-8")
        else:
            await _answer(send, 404, _refusal(Refused(404, "Not Found")))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        loop, fake = asyncio.get_running_loop(), self.fake
        fake.opened(loop, self.polling.wake)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await fake.closed()
        await send({"type": "lifespan.shutdown.complete"})

    async def _bot(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, method = path.partition("/")
        fault = None
        try:
            call = await read_call(method.lower(), scope, receive)
            if token != self.fake.token:
                raise Refused(401, "Unauthorized")
            with self.fake.lock:
                self.fake.traffic.total += 1
                fault = self.fake.faults.take(call.method, _chat_of(call))
            code, body = await self._perform(call, fault)
        except Refused as refused:
            code, body = refused.code, _refusal(refused)
        if code:
            await _answer(send, code, body, b"text/html" if body[:1] == b"<" else JSON)
        else:
            await self._leave(fault, receive, send)

    async def _perform(self, call: Call, fault: Fault | None) -> tuple[int, bytes]:
        """The status and the answer; status 0 for none at all."""
        kind = fault.kind if fault else ""
        refused = fault.refuse() if fault else None
        if fault and kind == "slow":
            await self._pause(fault.seconds)
        if kind in ("hang", "drop"):
            code, body = 0, b""
        elif refused:
            code = refused.code
            body = b"<html>502 Bad Gateway</html>" if code == 502 else _refusal(refused)
        else:
            code, body = await self._run(call)
            code = 0 if kind.startswith("deliver_then") else code
        with self.fake.changed:
            if call.method != "getupdates":
                called = Called(call.method, call.fields, code, self.fake.clock())
                self.fake.called.append(called)
            self.fake.changed.notify_all()
        return code, body

    async def _run(self, call: Call) -> tuple[int, bytes]:
        try:
            if call.method == "getupdates":
                return 200, _result(await self.polling.get_updates(call))
            with self.fake.lock:
                answer = _result(methods.run(self.fake, call))
            if call.method == "setwebhook" and self.fake.webhook.url:
                self.polling.webhook_was_set()
            return 200, answer
        except Refused as refused:
            return refused.code, _refusal(refused)

    async def _leave(self, fault: Fault | None, receive: Receive, send: Send) -> None:
        """No answer: at once, or when the client has enough of waiting, or the server stops."""
        if fault and fault.kind.endswith("hang"):
            gone = asyncio.ensure_future(_disconnected(receive))
            await self._pause(inf, gone.done)
            gone.cancel()
        await _cut(send)

    async def _pause(self, seconds: float, over: Callable[[], bool] = lambda: False) -> None:
        """So long, or until it is over, or the server stops."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while (left := until - now()) > 0 and not self.fake.closing and not over():
            await asyncio.sleep(min(0.05, left))

    async def _file(self, path: str, receive: Receive, send: Send) -> None:
        token, _, name = path.partition("/")
        with self.fake.lock:
            stored = self.fake.world.paths.get(name) if token == self.fake.token else None
            fault = self.fake.faults.take(faults.FILE, None)
        refused = fault.refuse() if fault else None
        if fault and fault.kind == "slow":
            await self._pause(fault.seconds)
        if fault and not refused and fault.kind != "slow":
            await self._leave(fault, receive, send)
        elif refused or stored is None:
            refused = refused or Refused(404, "Not Found")
            await _answer(send, refused.code, _refusal(refused))
        else:
            await _answer(send, 200, stored.content, b"application/octet-stream")

    async def _control(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            code, body = 200, self._controlled(name, scope, await read_body(receive))
        except (ValueError, TypeError, KeyError, LookupError) as error:
            code, body = 400, _dumps({"error": str(error)})
        except Refused as refused:
            code, body = refused.code, _refusal(refused)
        await _answer(send, code, body)

    def _controlled(self, name: str, scope: Scope, body: bytes) -> bytes:
        if name not in CONTROLS:
            raise LookupError(f"{name!r} is none of {', '.join(sorted(CONTROLS))}")
        query = {k: _value(v) for k, v in parse_qsl(scope["query_string"].decode("ascii"))}
        arguments: Json = query | json.loads(body or b"{}")
        if isinstance(arguments.get("content"), str):
            arguments["content"] = base64.b64decode(arguments["content"])
        result = getattr(self.fake, name)(**arguments)
        if isinstance(result, bytes):
            return _dumps({"content": base64.b64encode(result).decode("ascii")})
        return _dumps({"result": as_json(result)})


def _chat_of(call: Call) -> int | None:
    chat = call.text("chat_id")
    try:
        return int(chat)
    except ValueError:
        return None


def _value(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdecimal() else text


@cache
def _page() -> bytes:
    return PAGE.read_bytes()


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _result(value: object) -> bytes:
    return _dumps({"ok": True, "result": value})


def _refusal(refused: Refused) -> bytes:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return _dumps(body)


async def _answer(send: Send, code: int, body: bytes, kind: bytes = JSON) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """An answer that breaks off: the server closes the connection, the client has nothing."""
    headers = [(b"content-type", JSON), (b"content-length", b"100")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
