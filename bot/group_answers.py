"""An answer for everybody in a group: short, with its source, and all in one message."""

from __future__ import annotations

from dataclasses import replace

from bot.answers import plain, shorten
from bot.messages import Reply
from bot.texts import say

_LONGEST = 500  #: characters
_SHORTEST = 100  #: however long its choices are


def for_all(reply: Reply) -> Reply:
    """The reply as one short text with its first source; its choices may be written below it."""
    listed = "".join(f"\n00. {button.label}" for button in reply.buttons)
    room = _LONGEST - (len(say("chat.choose_number")) + 2 + len(listed) if listed else 0)
    tail = plain(replace(reply, sources=reply.sources[:1]))[len(reply.lead) :]
    text = shorten(reply.lead, max(room - len(tail), _SHORTEST)) + tail
    text = shorten(text, max(room, _SHORTEST))
    return replace(reply, lead=text, more="", text=text, status="", sources=(), table=())
