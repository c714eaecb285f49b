"""Another Bot API server, as small as one can be: four methods, 404 for all others.

Built on the standard library and on nothing of the strict fake, so that the product is not fitted
to one server: somebody may put any server behind TROLY_TELEGRAM_BASE_URL.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class OtherBotApi:
    """What one person writes and hears; thread-safe."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.heard: list[dict[str, Any]] = []
        self.tapped: list[str] = []
        self.arrived = threading.Condition()

    def says(self, text: str) -> None:
        """A message of the person."""
        person = {"id": 77, "is_bot": False, "first_name": "A"}
        chat = {"id": 77, "type": "private"}
        message = {"message_id": 1, "date": 0, "chat": chat, "from": person, "text": text}
        self._tell({"message": message})

    def taps(self, label: str) -> None:
        """The newest button with this label."""
        rows = [row for sent in self.heard for row in keyboard(sent)]
        data = next(b["callback_data"] for row in reversed(rows) for b in row if b["text"] == label)
        person = {"id": 77, "is_bot": False, "first_name": "A"}
        message = {"message_id": 9, "date": 0, "chat": {"id": 77, "type": "private"}}
        query = {"id": "q1", "from": person, "chat_instance": "1", "message": message, "data": data}
        self._tell({"callback_query": query})

    def _tell(self, content: dict[str, Any]) -> None:
        with self.arrived:
            self.updates.append({"update_id": 1000 + len(self.updates), **content})
            self.arrived.notify_all()

    def answer(self, method: str, asked: dict[str, Any]) -> Any:
        """What a method gives; LookupError for one that is not there."""
        if method == "getMe":
            return {"id": 99, "is_bot": True, "first_name": "bot", "username": "other_bot"}
        if method == "getUpdates":
            offset, until = int(asked.get("offset", 0)), time.monotonic() + 1
            with self.arrived:
                while not (waiting := [u for u in self.updates if u["update_id"] >= offset]):
                    if not self.arrived.wait(max(0.0, until - time.monotonic())):
                        break
                return waiting
        if method == "sendMessage":
            self.heard.append(asked)
            return {"message_id": len(self.heard), "date": 0, "chat": {"id": 77, "type": "private"}}
        if method == "answerCallbackQuery":
            self.tapped.append(str(asked["callback_query_id"]))
            return True
        raise LookupError(method)


def keyboard(sent: dict[str, Any]) -> list[list[dict[str, str]]]:
    """The rows of buttons under a message."""
    markup = sent.get("reply_markup") or "{}"
    found = json.loads(markup) if isinstance(markup, str) else markup
    rows: list[list[dict[str, str]]] = found.get("inline_keyboard", [])
    return rows


@contextmanager
def other_bot_api() -> Iterator[tuple[OtherBotApi, str]]:
    """The server, and the address to put before a token."""
    server = OtherBotApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._reply(body)

        def do_GET(self) -> None:
            self._reply(urlsplit(self.path).query.encode())

        def _reply(self, body: bytes) -> None:
            method = urlsplit(self.path).path.rsplit("/", 1)[-1]
            is_json = body.startswith(b"{")
            asked = json.loads(body) if is_json else dict(parse_qsl(body.decode()))
            try:
                status, told = 200, {"ok": True, "result": server.answer(method, asked)}
            except LookupError:
                status, told = 404, {"ok": False, "error_code": 404, "description": "Not Found"}
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{listening.server_address[1]}/bot"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
