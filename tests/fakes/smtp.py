"""A mail server of the tests: takes letters over a real socket, or refuses them as it is told."""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass
class FakeServer:
    """What it was handed, and how it behaves."""

    port: int = 0
    #: Said instead to these commands ("MAIL", "RCPT", "DATA", "." after a letter, "AUTH", and
    #: "GREET"); "" hangs up without a word.
    answers: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ()  #: besides SMTP: "STARTTLS", "AUTH PLAIN"
    context: ssl.SSLContext | None = None  #: of TLS
    encrypted: bool = False  #: from the first byte on
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)  #: to whom, what
    raw: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    passwords: list[tuple[str, str, bool]] = field(default_factory=list)  #: and whether over TLS


@contextmanager
def smtp(**behaves: object) -> Iterator[FakeServer]:
    """A server that takes everything unless told otherwise."""
    fake = FakeServer(**behaves)  # type: ignore[arg-type]

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            line = cast(socket.socket, self.request)
            if fake.encrypted:
                assert fake.context is not None
                try:
                    line = fake.context.wrap_socket(line, server_side=True)
                except OSError:
                    return
            talk = _Talk(fake, line, fake.encrypted)
            try:
                talk.run()
            finally:
                talk.stream.close()
                talk.line.close()

    class Listening(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever hangs up is no failure of a test."""

    with Listening(("127.0.0.1", 0), Handler) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


class _Talk:
    def __init__(self, fake: FakeServer, line: socket.socket, safe: bool) -> None:
        self.fake, self.line, self.safe = fake, line, safe
        line.settimeout(10)
        self.stream = line.makefile("rb")
        self.to = ""

    def run(self) -> None:
        if not self.say("GREET", "220 mail.example.vn"):
            return
        while command := self.stream.readline().decode().strip():
            verb = command.split()[0].upper()
            self.fake.commands.append(verb)
            if verb == "QUIT" or not self.answer(verb, command):
                return

    def answer(self, verb: str, command: str) -> bool:
        if verb == "EHLO":
            lines = ["mail.example.vn", "8BITMIME", *self.offered()]
            told = [f"250-{one}" for one in lines[:-1]] + [f"250 {lines[-1]}"]
            return self.say(verb, "\r\n".join(told))
        if verb == "STARTTLS":
            return self.secured()
        if verb == "AUTH":
            _, user, password = base64.b64decode(command.split()[2]).decode().split("\0")
            self.fake.passwords.append((user, password, self.safe))
            return self.say(verb, "235 welcome")
        if verb == "RCPT":
            self.to = command.partition("<")[2].partition(">")[0]
        if verb == "DATA":
            return self.taken()
        return self.say(verb, "250 ok")

    def offered(self) -> tuple[str, ...]:
        return tuple(one for one in self.fake.offers if not (one == "STARTTLS" and self.safe))

    def secured(self) -> bool:
        assert self.fake.context is not None
        self.say("STARTTLS", "220 go on")
        self.line = self.fake.context.wrap_socket(self.line, server_side=True)
        self.stream, self.safe = self.line.makefile("rb"), True
        return True

    def taken(self) -> bool:
        if not self.say("DATA", "354 go on") or "DATA" in self.fake.answers:
            return "DATA" in self.fake.answers
        lines: list[bytes] = []
        while (line := self.stream.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.fake.answers.get(".", "250").startswith("250"):
            self.fake.raw.append(b"".join(lines))
            letter = message_from_bytes(self.fake.raw[-1], policy=default)
            self.fake.letters.append((self.to, cast(EmailMessage, letter)))
        return self.say(".", "250 queued")

    def say(self, verb: str, usual: str) -> bool:
        """False when it hung up instead."""
        said = self.fake.answers.get(verb, usual)
        if said:
            self.line.sendall(f"{said}\r\n".encode())
        else:
            self.line.shutdown(socket.SHUT_RDWR)
        return bool(said)
