"""One person on one channel of a running product: writes, taps, sends a file, hears replies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from subprocess import Popen
from typing import IO, Any, Protocol
from uuid import uuid4

import httpx

from knowledge.vietnamese import collapse, fold
from tests.fakes.other_bot_api import OtherBotApi, keyboard
from tests.fakes.telegram.control import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_office import FakeZalo

PATIENCE = 90.0  #: seconds until a reply counts as missing
#: What is sent as a file: a picture, since that is what every channel takes in.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f8ff"
    "9f010005010101279ae7d60000000049454e44ae426082"
)


class Talker(Protocol):
    """A person in front of a channel."""

    def says(self, text: str) -> None: ...

    def taps(self, label: str) -> None: ...

    def sends(self, name: str) -> None: ...

    def heard(self) -> Sequence[str]:
        """All that was said to this person so far, labels of buttons included, in order."""
        ...


@dataclass
class OnTelegram:
    fake: FakeTelegram
    user: int = 407

    def says(self, text: str) -> None:
        self.fake.says(self.user, text)

    def taps(self, label: str) -> None:
        self.fake.taps(self.user, label)

    def sends(self, name: str) -> None:
        self.fake.sends_file(self.user, PICTURE, f"{name}.png", mime="image/png")

    def heard(self) -> Sequence[str]:
        return ["\n".join((s.text, *s.buttons)) for s in self.fake.sent(self.user)]


@dataclass
class OnZalo:
    fake: FakeZalo
    user: str = "3000000000000000407"

    def says(self, text: str) -> None:
        if text == "/start":
            self.fake.follows(self.user)
        else:
            self.fake.says(self.user, text)

    def taps(self, label: str) -> None:
        self.fake.taps(self.user, label)

    def sends(self, name: str) -> None:
        self.fake.sends_file(self.user, f"{name}.png", PICTURE)

    def heard(self) -> Sequence[str]:
        lines = self.fake.sent(self.user)
        return ["\n".join((line.text, *(b.title for b in line.buttons))) for line in lines]


@dataclass
class OnZaloBot:
    fake: FakeZaloBot
    picture: str  #: where the platform keeps the picture that is sent
    user: str = "zb407"

    def says(self, text: str) -> None:
        self.fake.says(self.user, text)

    def taps(self, label: str) -> None:
        self.fake.taps(self.user, label)

    def sends(self, name: str) -> None:
        self.fake.sends_photo(self.user, self.picture)

    def heard(self) -> Sequence[str]:
        return [line.text for line in self.fake.sent(self.user)]


@dataclass
class OnWeb:
    client: httpx.Client
    replies: list[Mapping[str, Any]] = field(default_factory=list)

    def says(self, text: str) -> None:
        self._post("/chat/messages", json={"id": str(uuid4()), "text": text})

    def taps(self, label: str) -> None:
        ids = {b["label"]: b["id"] for reply in self.replies for b in reply["buttons"]}
        self._post("/chat/messages", json={"id": str(uuid4()), "button": ids[label]})

    def sends(self, name: str) -> None:
        file = {"file": (f"{name}.png", BytesIO(PICTURE), "image/png")}
        self._post(f"/chat/files?id={uuid4()}", files=file, headers={"X-Troly": "1"})

    def _post(self, path: str, **sent: Any) -> None:
        answer = self.client.post(path, **sent)
        assert answer.status_code == 200, answer.text
        self.replies += answer.json()["replies"]

    def heard(self) -> Sequence[str]:
        return [_drawn(reply) for reply in self.replies]


def _drawn(reply: Mapping[str, Any]) -> str:
    places = [f"{source['place']}, {source['title']}" for source in reply["sources"]]
    labels = [button["label"] for button in reply["buttons"]]
    more = ["Xem thêm"] if reply["more"] else []
    return "\n".join((reply["lead"], reply["status"], *places, *labels, *more))


@dataclass
class OnConsole:
    process: Popen[str]
    picture: str  #: the path of the picture that is sent
    shown: Callable[[], str]

    def says(self, text: str) -> None:
        stdin: IO[str] | None = self.process.stdin
        assert stdin is not None
        stdin.write(f"{text}\n")
        stdin.flush()

    def taps(self, label: str) -> None:
        self.says(label)

    def sends(self, name: str) -> None:
        self.says(f"/tep {self.picture}")

    def heard(self) -> Sequence[str]:
        return [self.shown()]


@dataclass
class OnOther:
    server: OtherBotApi

    def says(self, text: str) -> None:
        self.server.says(text)

    def taps(self, label: str) -> None:
        self.server.taps(label)

    def sends(self, name: str) -> None:
        raise NotImplementedError(f"{name}: this server knows no files")

    def heard(self) -> Sequence[str]:
        heard = list(self.server.heard)
        return ["\n".join((m["text"], *(b["text"] for r in keyboard(m) for b in r))) for m in heard]


def play(turns: Sequence[Mapping[str, Any]], talker: Talker) -> None:
    """Go through a transcript; fails at the first turn whose answer does not come."""
    known = 0
    for turn in turns:
        if "says" in turn:
            talker.says(turn["says"])
        elif "numbers" in turn:
            talker.says(str(turn["numbers"]))
        elif "taps" in turn:
            talker.taps(turn["taps"])
        else:
            talker.sends(turn["sends"])
        known = _hear(talker, turn, known)


def _hear(talker: Talker, turn: Mapping[str, Any], known: int) -> int:
    """Wait for all pieces, in order, after the first `known` characters; where they end."""
    until = time.monotonic() + PATIENCE
    while True:
        said = collapse(fold("\n".join(talker.heard())))
        end, missing = known, ""
        for piece in turn["hears"]:
            place = said.find(collapse(fold(piece)), end)
            if place < 0:
                missing = piece
                break
            end = place + len(collapse(fold(piece)))
        if not missing:
            return max(len(said), end)
        if time.monotonic() > until:
            raise AssertionError(f"{turn}: no {missing!r} in {said[known:]!r}")
        time.sleep(0.05)
