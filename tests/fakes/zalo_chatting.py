"""The control of a fake that people chat with: what was said, what reached the webhook."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tests.fakes.zalo_control import Control
from tests.fakes.zalo_postman import Postman
from tests.fakes.zalo_talk import Line, Talk


class Chatting(Control):
    """What the fakes of an OA and of a bot share."""

    def __init__(self, talk: Talk, open_rules: Any) -> None:
        super().__init__(talk.clock)
        self.talk, self._rules = talk, open_rules
        self.postman = Postman(self)
        talk.note = self.note

    def rules(self, **changes: Any) -> dict[str, Any]:
        """Change what the sources leave open; see `Rules` and `BotRules`."""
        for name, value in changes.items():
            if not hasattr(self._rules, name):
                raise LookupError(f"no rule {name}")
            setattr(self._rules, name, value)
        return asdict(self._rules)

    def log(self, chat: str | None = None) -> list[Line]:
        """All that was said, both ways, the oldest first."""
        with self.changed:
            if chat is not None:
                return list(self.talk.lines.get(chat, ()))
            every = [line for lines in self.talk.lines.values() for line in lines]
        return sorted(every, key=lambda line: line.id)

    def sent(self, chat: str | None = None) -> list[Line]:
        """What the bot sent, to one chat or to all."""
        return [line for line in self.log(chat) if line.by == "bot"]

    def sent_after(self, count: int) -> list[Line]:
        """What the bot sent after so many messages, to whomever, in the order of arrival."""
        with self.changed:
            return self.talk.told[count:]

    def wait_sent(
        self, chat: str | None = None, count: int = 1, timeout: float = 5.0
    ) -> list[Line]:
        """Wait until the bot has sent so many messages; returns them."""
        self.wait_for(lambda: self.talk.said[chat or ""] >= count, timeout)
        return self.sent(chat)

    def counters(self) -> dict[str, int]:
        """How much was accepted and refused, and how fast."""
        return {
            **dict.fromkeys(("accepted", "refused"), 0),
            **self.talk.counts,
            "most sent in a minute": self.talk.sent_minute.most,
            "most sent in a second": self.talk.sent_second.most,
        }

    def shuffle(self, doubled: float = 0.0, swapped: float = 0.0, seed: int = 407) -> None:
        """From now on these shares of the events come twice, and after the next one."""
        self.postman.shuffle(doubled, swapped, seed)

    def deliveries(self) -> list[dict[str, Any]]:
        """Every POST to the webhook and its outcome."""
        with self.changed:
            attempts = list(self.postman.attempts)
        return [
            {
                "name": attempt.name,
                "status": attempt.status,
                "retry": attempt.retry,
                "at": attempt.at,
                "seconds": attempt.seconds,
                "event": json.loads(attempt.body),
            }
            for attempt in attempts
        ]

    def settled(self, timeout: float = 5.0) -> bool:
        """Wait until no event is on its way; retries that are not due do not count."""
        return self.wait_for(lambda: not self.postman.pending, timeout)
