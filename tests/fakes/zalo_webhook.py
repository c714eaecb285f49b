"""The webhook of an app: the empty probe, signed events, retries, and switching itself off."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.zalo_control import Control
from tests.fakes.zalo_postman import Attempt, Letter, Postman
from tests.fakes.zalo_state import Rules


class Webhook:
    """One address per app; it is off until it is registered, and after the last failed retry."""

    def __init__(self, control: Control, postman: Postman, rules: Rules) -> None:
        self.control, self.postman, self.rules = control, postman, rules
        postman.after = self._after
        self.enabled = False
        self.lost = 0  #: events that happened while nobody was registered

    async def register(self, url: str) -> bool:
        """Post the unsigned `{}`; the address is kept only if that is answered with 200."""
        if await self.postman.post(b"{}", {}, url) != 200:
            return False
        with self.control.changed:
            self.postman.url, self.enabled = url, True
        return True

    def send(self, letter: Letter) -> None:
        """Carry it, or lose it while the webhook is off."""
        with self.control.changed:
            if self.enabled:
                self.postman.carry(letter)
            else:
                self.lost += 1

    def _after(self, letter: Letter, attempt: Attempt) -> None:
        failed = attempt.status != 200 if self.rules.retry_statuses else attempt.status is None
        if not failed:
            return
        if letter.retry >= len(self.rules.retries):
            self.enabled = False
            return
        number = letter.retry + 1
        again = replace(
            letter,
            retry=number,
            first_tried=letter.first_tried or attempt.at,
            headers={**letter.headers, "num_retry": str(number)},
        )
        due = again.first_tried + self.rules.retries[letter.retry]
        self.control.timeline.at(due, lambda: self.send(again))
