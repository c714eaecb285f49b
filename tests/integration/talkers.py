"""One person on one channel of a running product: writes, taps, sends a file, hears replies."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from subprocess import Popen
from typing import IO, Any, Protocol
from uuid import uuid4

import httpx

from bot.texts import say
from knowledge.vietnamese import collapse, fold
from tests.fakes.other_bot_api import OtherBotApi, keyboard
from tests.fakes.telegram.control import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_office import FakeZalo
from tests.sendable import Sendable, sendable

PATIENCE = 90.0  #: seconds until a reply counts as missing
_CODE = re.compile(r"HS-[A-Z0-9]{5}")
_ACTS = {"says", "taps", "numbers", "sends"}  #: what the person does in a turn


class Talker(Protocol):
    """A person in front of a channel."""

    def says(self, text: str) -> None: ...

    def taps(self, label: str) -> None: ...

    def sends(self, file: Sendable) -> None: ...

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

    def sends(self, file: Sendable) -> None:
        if file.media_type == "image/jpeg":
            self.fake.sends_photo(self.user, file.content)
        else:
            self.fake.sends_file(self.user, file.content, file.name, mime=file.media_type)

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

    def sends(self, file: Sendable) -> None:
        kind = "image" if file.media_type == "image/jpeg" else "file"
        self.fake.sends_file(self.user, file.name, file.content, kind=kind)

    def heard(self) -> Sequence[str]:
        lines = self.fake.sent(self.user)
        return ["\n".join((line.text, *(b.title for b in line.buttons))) for line in lines]


@dataclass
class OnZaloBot:
    fake: FakeZaloBot
    pictures: str  #: where the platform keeps the pictures that are sent
    user: str = "zb407"

    def says(self, text: str) -> None:
        self.fake.says(self.user, text)

    def taps(self, label: str) -> None:
        self.fake.taps(self.user, label)

    def sends(self, file: Sendable) -> None:
        self.fake.sends_photo(self.user, f"{self.pictures}/{file.name}/1")

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

    def sends(self, file: Sendable) -> None:
        sent = {"file": (file.name, BytesIO(file.content), file.media_type)}
        self._post(f"/chat/files?id={uuid4()}", files=sent, headers={"X-Troly": "1"})

    def _post(self, path: str, **sent: Any) -> None:
        answer = self.client.post(path, **sent)
        if answer.status_code == 413:  # the page shows these words
            last = max((reply["id"] for reply in self.replies), default=0)
            self.replies.append(_SHOWN | {"id": last, "lead": answer.text})
            return
        assert answer.status_code == 200, answer.text
        self.replies += answer.json()["replies"]

    def heard(self) -> Sequence[str]:
        known = {reply["id"] for reply in self.replies}
        said = self.client.get("/chat/updates", params={"after": max(known, default=0)})
        self.replies += [r for r in said.json()["replies"] if r["id"] not in known]
        return [drawn(reply) for reply in self.replies]


_SHOWN: Mapping[str, Any] = {"status": "", "sources": [], "buttons": [], "more": ""}


def drawn(reply: Mapping[str, Any]) -> str:
    """A reply as the page of the chat shows it."""
    places = [f"{source['place']}, {source['title']}" for source in reply["sources"]]
    labels = [button["label"] for button in reply["buttons"]]
    more = ["Xem thêm"] if reply["more"] else []
    return "\n".join((reply["lead"], reply["status"], *places, *labels, *more))


@dataclass
class OnConsole:
    process: Popen[str]
    folder: Path  #: where the files lie that are sent
    shown: Callable[[], str]

    def says(self, text: str) -> None:
        stdin: IO[str] | None = self.process.stdin
        assert stdin is not None
        stdin.write(f"{text}\n")
        stdin.flush()

    def taps(self, label: str) -> None:
        self.says(label)

    def sends(self, file: Sendable) -> None:
        (self.folder / file.name).write_bytes(file.content)
        self.says(f"/tep {self.folder / file.name}")

    def heard(self) -> Sequence[str]:
        return [self.shown()]


@dataclass
class OnOther:
    server: OtherBotApi

    def says(self, text: str) -> None:
        self.server.says(text)

    def taps(self, label: str) -> None:
        self.server.taps(label)

    def sends(self, file: Sendable) -> None:
        raise NotImplementedError(f"{file.name}: this server knows no files")

    def heard(self) -> Sequence[str]:
        heard = list(self.server.heard)
        return ["\n".join((m["text"], *(b["text"] for r in keyboard(m) for b in r))) for m in heard]


class Office(Protocol):
    """What acts on the product behind the person's back."""

    told: dict[str, str]  #: what a turn may name: "{draft}"

    def does(self, step: str) -> None: ...

    def keeps(self) -> Mapping[str, int]: ...

    def answered(self) -> int:
        """How many messages of people the product is done with."""
        ...


def play(
    turns: Sequence[Mapping[str, Any]],
    talker: Talker,
    office: Office | None = None,
    patience: float = PATIENCE,
) -> None:
    """Go through a transcript; fails at the first turn whose answer does not come."""
    told = office.told if office else {}
    known = len(_said(talker))
    for turn in turns:
        for step in turn.get("does", ()):
            assert office is not None, "only an office does something"
            office.does(step)
        done = office.answered() if office else 0
        _take(talker, turn, told)
        if office and "hears" not in turn and _ACTS & set(turn):
            _wait_until_read(office, done, turn, patience)
        known = _hear(talker, turn, known, told, patience)
        codes = _CODE.findall("\n".join(talker.heard()[-2:]))
        if codes:
            told["code"] = codes[-1]
        if "keeps" in turn and office:
            there = office.keeps()
            wrong = {name: there[name] for name, count in turn["keeps"].items()}
            assert wrong == turn["keeps"], f"{turn}: there are {there}"


def _wait_until_read(office: Office, done: int, turn: Mapping[str, Any], patience: float) -> None:
    """No reply tells that the turn has been read: the product does."""
    until = time.monotonic() + patience
    while office.answered() <= done:
        assert time.monotonic() <= until, f"{turn}: it is not read"
        time.sleep(0.05)


def _take(talker: Talker, turn: Mapping[str, Any], told: Mapping[str, str]) -> None:
    if "says" in turn:
        talker.says(_filled(turn["says"], told))
    elif "numbers" in turn:
        talker.says(str(turn["numbers"]))
    elif "taps" in turn:
        label = _filled(turn["taps"], told)
        numbered = _numbered(label, talker.heard()[-3:])
        if numbered:
            talker.says(numbered)
        else:
            talker.taps(label)
    for name in [turn["sends"]] if isinstance(turn.get("sends"), str) else turn.get("sends", ()):
        talker.sends(sendable(name))


def _numbered(label: str, heard: Sequence[str]) -> str:
    """The number of a choice in the newest list; "" where choices are buttons."""
    listed = [text for text in heard if say("chat.choose_number") in text][-1:]
    choices = [text.rpartition(say("chat.choose_number"))[2] for text in listed]
    found = re.search(rf"(?m)^(\d+)\. {re.escape(label)}$", "\n".join(choices))
    return found[1] if found else ""


def _filled(words: str, told: Mapping[str, str]) -> str:
    """With what is in braces; other braces stay."""
    return re.sub(r"{(\w+)}", lambda found: told.get(found[1], found[0]), words)


def _said(talker: Talker) -> str:
    return collapse(fold("\n".join(talker.heard())))


def _hear(
    talker: Talker,
    turn: Mapping[str, Any],
    known: int,
    told: Mapping[str, str],
    patience: float,
) -> int:
    """Wait for all pieces, in order, after the first `known` characters; where they end."""
    until = time.monotonic() + patience
    while True:
        said = _said(talker)
        end, missing = known, ""
        for piece in (collapse(fold(_filled(one, told))) for one in turn.get("hears", ())):
            place = said.find(piece, end)
            if place < 0:
                missing = piece
                break
            end = place + len(piece)
        if not missing:
            return max(len(said), end)
        if time.monotonic() > until:
            raise AssertionError(f"{turn}: no {missing!r} in {said[known:]!r}")
        time.sleep(0.05)
