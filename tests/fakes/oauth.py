"""A stand-in for Zalo's token endpoint: every refresh token works once."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx

from service.zalo_oauth import challenge_of


class FakeOAuth:
    """Knows one living pair; remembers what it was asked."""

    def __init__(self, first: str = "refresh-0") -> None:
        self.living = first
        self.codes: dict[str, str] = {}  #: code → challenge
        self.asked: list[dict[str, str]] = []
        self.granted = 0
        self.failing: list[httpx.Response | Exception] = []  #: what the next calls get instead
        self.before: Callable[[], None] = lambda: None  #: done while a call is being answered

    def client(self) -> httpx.Client:
        """Speaks to it without a network."""
        return httpx.Client(transport=httpx.MockTransport(self))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v4/oa/access_token"
        form = dict(parse_qsl(request.content.decode()))
        self.asked.append({**form, "secret_key": request.headers["secret_key"]})
        self.before()
        if self.failing:
            failure = self.failing.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure
        return httpx.Response(200, json=self._told(form))

    def _told(self, form: dict[str, str]) -> dict[str, Any]:
        if form["grant_type"] == "authorization_code":
            good = self.codes.pop(form["code"], None) == challenge_of(form["code_verifier"])
        else:
            good = form["refresh_token"] == self.living
        if not good:
            return {"error": -14012, "error_name": "invalid", "error_description": str(form)}
        self.granted += 1
        self.living = f"refresh-{self.granted}"
        access = f"access-{self.granted}"
        return {"access_token": access, "refresh_token": self.living, "expires_in": "90000"}


def no(code: object, status: int = 200) -> httpx.Response:
    """A refusal with this number."""
    return httpx.Response(status, json={"error": code, "error_name": "no"})


@contextmanager
def served(fake: FakeOAuth) -> Iterator[str]:
    """The same on a port of this machine, for other processes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            url = f"http://127.0.0.1{self.path}"
            told = fake(httpx.Request("POST", url, headers=dict(self.headers), content=body))
            self.send_response(told.status_code)
            self.send_header("content-length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        def log_message(self, format: str, *args: object) -> None:
            """Tests have no use for it."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
