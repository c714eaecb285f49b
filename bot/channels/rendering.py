"""A reply as messages that fit a channel: pieces of its text, buttons or a numbered list."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from bot.answers import plain
from bot.channels.base import Limits
from bot.messages import Button, Enclosure, Outgoing, Reply
from bot.texts import say

#: Where a long text is cut, best first: after a paragraph, a line, a sentence; else after a word.
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…;])\s+"))
_SPACE = re.compile(r"\s+")


def length(text: str) -> int:
    """UTF-16 units: a letter of Vietnamese (NFC) is one, most emoji are two."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, longest: int) -> tuple[str, ...]:
    """Pieces of at most `longest` UTF-16 units; only white space at the cuts is lost."""
    pieces: list[str] = []
    rest = text.strip()
    while length(rest) > longest:
        end, start = _cut(rest, longest)
        pieces.append(rest[:end].rstrip())
        rest = rest[start:].lstrip()
    return tuple(piece for piece in (*pieces, rest) if piece)


def _cut(text: str, longest: int) -> tuple[int, int]:
    """Where the first piece ends and the next begins; a word without end is cut through."""
    room = _fitting(text, longest)
    for pattern in (*_CUTS, _SPACE):
        # A piece of less than a third would leave a heading alone in its message.
        least = 0 if pattern is _SPACE else room // 3
        found = [m for m in pattern.finditer(text, 0, room + 1) if least < m.start() <= room]
        if found:
            return found[-1].start(), found[-1].end()
    return max(room, 1), max(room, 1)


def _fitting(text: str, longest: int) -> int:
    """How many characters from the start fit."""
    fits = min(len(text), longest)
    while length(text[:fits]) > longest:
        fits -= max(1, (length(text[:fits]) - longest) // 2)
    return fits


def render(reply: Reply, chat: str, limits: Limits) -> tuple[Outgoing, ...]:
    """The messages of one reply; choices stand under the last one."""
    shown = plain(reply)
    buttons = fitting(reply.buttons, limits.buttons)
    if len(buttons) > limits.buttons:
        shown = f"{shown}\n\n{_numbered(buttons)}"
        buttons = ()
    pieces = split(shown, limits.text_length)
    last = len(pieces) - 1
    labelled = tuple(_labelled(button, limits) for button in buttons)
    messages = [
        Outgoing(chat, piece, labelled if place == last else ())
        for place, piece in enumerate(pieces)
    ]
    return (*messages, *(Outgoing(chat, "", enclosure=e) for e in reply.enclosures))


def fitting(buttons: tuple[Button, ...], most: int) -> tuple[Button, ...]:
    """All of them, or those that are not spare where there is room for `most`."""
    return buttons if len(buttons) <= most else tuple(one for one in buttons if not one.spare)


def carries(limits: Limits, enclosure: Enclosure) -> bool:
    """Whether the channel takes this file."""
    return takes(limits, enclosure.name, enclosure.media_type, len(enclosure.content))


def takes(limits: Limits, name: str, media_type: str, size: int) -> bool:
    """Whether the channel takes a file of that name and so many bytes."""
    ending = PurePath(name).suffix.lower()
    if limits.upload_types and ending not in limits.upload_types:
        return False
    is_picture = media_type.startswith("image/")
    largest = limits.picture_bytes if is_picture and limits.picture_bytes else limits.upload_bytes
    return size <= largest


def _numbered(buttons: tuple[Button, ...]) -> str:
    lines = [f"{number}. {button.label}" for number, button in enumerate(buttons, start=1)]
    return "\n".join([say("chat.choose_number"), *lines])


def _labelled(button: Button, limits: Limits) -> Button:
    if len(button.label) <= limits.button_label:
        return button
    return replace(button, label=button.label[: limits.button_label - 1].rstrip() + "…")
