"""Choices that were offered: their ids, and what a number, a label or a button stands for."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.messages import Button
from knowledge.vietnamese import syllables

_VERSION = "1"  #: of a button's id
#: Begins the id of a button that says itself what it stands for.
_STANDING = "0."
_LONGEST_NUMBER = 4  #: digits: choices are few, whatever is typed


@dataclass(frozen=True, slots=True)
class Offer:
    """Choices as they were offered; `number` is in the ids of their buttons."""

    number: int
    buttons: tuple[Button, ...]


def offer_of(number: int, buttons: Sequence[Button]) -> Offer:
    """The buttons with their ids.

    An id is short, and never that of a button of another meaning: numbers begin anew after
    erasure, and the conversations of two channels may become one.
    """
    return Offer(
        number,
        tuple(
            button
            if button.id.startswith(_STANDING)
            else replace(button, id=f"{_VERSION}.{number}.{place}.{_sum(button):08x}")
            for place, button in enumerate(buttons)
        ),
    )


def standing(button: Button) -> Button:
    """One that means the same whenever it is tapped: under a message that nobody asked for.

    What it sends must be short: platforms take ids of 64 bytes.
    """
    return replace(button, id=f"{_STANDING}{button.send}")


def _sum(button: Button) -> int:
    return zlib.crc32(button.send.encode())


def chosen(offer: Offer, text: str) -> str | None:
    """What a typed number or label stands for."""
    typed, buttons = syllables(text), offer.buttons
    if len(typed) == 1 and typed[0].isdecimal():
        place = int(typed[0][:_LONGEST_NUMBER]) - 1
        return buttons[place].send if 0 <= place < len(buttons) else None
    return next((b.send for b in buttons if typed and syllables(b.label) == typed), None)


def pressed(offers: Sequence[Offer], button_id: str) -> str | None:
    """What a button stands for; None for one that was offered too long ago."""
    if button_id.startswith(_STANDING):
        return button_id.removeprefix(_STANDING)
    buttons = (button for offer in offers for button in offer.buttons)
    return next((button.send for button in buttons if button.id == button_id), None)
