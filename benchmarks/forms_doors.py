"""One person who fills in a form over a channel of a product that is killed again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Protocol
from uuid import uuid4

import httpx

from benchmarks.channels_fakes import ZaloFake
from benchmarks.channels_load import OA
from benchmarks.channels_product import Product
from service.delivery.web import NAME, address_of
from tests.fakes.zalo_events import Envelopes, as_bytes, signature

_PATIENCE = 60.0  #: seconds until what was sent must have been taken in
_AGAIN = 0.2  #: seconds between two tries

Sent = str | tuple[str, bytes]  #: words, or a file with its name


class Door(Protocol):
    """A person in front of a product that may be away."""

    channel: str
    address: str

    def send(self, sent: Sent) -> None:
        """Begin to send, again and again until it is taken in."""
        ...

    def taken(self) -> bool:
        """Whether what was sent last has been taken in."""
        ...

    def heard(self) -> Sequence[str]:
        """All that was said to the person, in order."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


@dataclass
class WebDoor:
    """The page of the web chat: it waits for the answer, and asks again under the same id."""

    product: Product
    channel: str = NAME
    address: str = ""
    replies: list[str] = field(default_factory=list)
    _cookie: str = field(default_factory=lambda: uuid4().hex * 2)
    _sending: Thread | None = None

    def __post_init__(self) -> None:
        self.address = address_of(self._cookie)

    def send(self, sent: Sent) -> None:
        """In the background, since the answer comes with it."""
        self._sending = Thread(target=self._until_answered, args=(sent, str(uuid4())), daemon=True)
        self._sending.start()

    def taken(self) -> bool:
        """Whether the answer is there."""
        return self._sending is not None and not self._sending.is_alive()

    def heard(self) -> Sequence[str]:
        """What the page shows."""
        return list(self.replies)

    def close(self) -> None:
        """Nothing is kept open."""

    def _until_answered(self, sent: Sent, id_: str) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):  # it was killed, or starts just now
                answer = self._post(sent, id_)
                if answer.status_code == httpx.codes.OK:
                    self.replies += [reply["text"] for reply in answer.json()["replies"]]
                    return
            time.sleep(_AGAIN)

    def _post(self, sent: Sent, id_: str) -> httpx.Response:
        given: Mapping[str, Any] = {"json": {"id": id_, "text": sent}}
        path = "/chat/messages"
        if not isinstance(sent, str):
            given = {"files": {"file": sent}, "headers": {"X-Troly": "1"}}
            path = f"/chat/files?id={id_}"
        with httpx.Client(trust_env=False, timeout=_PATIENCE) as client:
            client.cookies.set("troly_chat", self._cookie)
            return client.post(self.product.address + path, **given)


@dataclass
class ZaloDoor:
    """Somebody writes to the OA: its webhook is called until it answers with 200."""

    product: Product
    fake: ZaloFake
    address: str
    channel: str = "zalo_oa"
    _number: int = 0
    _id: str = field(default_factory=lambda: uuid4().hex)
    _sending: Thread | None = None

    def __post_init__(self) -> None:
        self.fake.remote.user(id=self.address, last_interaction=time.time())

    def send(self, sent: Sent) -> None:
        """In the background, as the platform does."""
        self._number += 1
        body, headers = self._event(sent)
        self._sending = Thread(target=self._until_accepted, args=(body, headers), daemon=True)
        self._sending.start()

    def taken(self) -> bool:
        """Whether the webhook has answered."""
        return self._sending is not None and not self._sending.is_alive()

    def heard(self) -> Sequence[str]:
        """What the fake has delivered."""
        return [line["text"] for line in self.fake.remote.sent(chat=self.address)]

    def close(self) -> None:
        """Nothing is kept open."""

    def _event(self, sent: Sent) -> tuple[bytes, Mapping[str, str]]:
        at = str(int(time.time() * 1000))
        message: dict[str, Any] = {"msg_id": f"{self._id}-{self._number}"}
        name = "user_send_text"
        if isinstance(sent, str):
            message["text"] = sent
        else:
            held = self.fake.hosts(*sent)
            message["attachments"], name = [{"type": "file", "payload": held}], "user_send_file"
        event = Envelopes(self.fake.app_id, OA).from_user(self.address, name, at, message)
        body = as_bytes(event)
        signed = signature(self.fake.app_id, body, at, self.fake.oa_secret)
        return body, {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={signed}"}

    def _until_accepted(self, body: bytes, headers: Mapping[str, str]) -> None:
        until, url = time.monotonic() + _PATIENCE, f"{self.product.address}/webhooks/zalo"
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                taken = httpx.post(url, content=body, headers=headers, trust_env=False, timeout=5)
                if taken.status_code == httpx.codes.OK:
                    return
            time.sleep(_AGAIN)


def wait_for(what: Callable[[], object], seconds: float, every: float = 0.01) -> bool:
    """Whether it came about in time."""
    until = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < until:
        time.sleep(every)
    return bool(found)


def says_to(door: Door, sent: Sent, piece: str, seconds: float = _PATIENCE) -> bool:
    """Send it and wait until these words come in answer, after all that was heard before."""
    before = len(door.heard())
    door.send(sent)
    return hears(door, piece, before, seconds)


def hears(door: Door, piece: str, after: int, seconds: float = _PATIENCE) -> bool:
    """Whether these words come after so many messages."""
    return wait_for(lambda: any(piece in text for text in door.heard()[after:]), seconds, 0.05)
