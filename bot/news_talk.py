"""What a person wants to hear unasked: told to stop, to go on, to follow a draft policy."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import Command, command_of
from bot.messages import Button
from bot.offers import standing
from bot.standing import Conversation, Turned, notice, offering, worded
from bot.texts import say
from knowledge.vietnamese import collapse, fold

_LONGEST = 60  #: characters of a message that follows a draft
#: "theo dõi GOPY 12", "thôi theo dõi góp ý dự thảo số 12".
_FOLLOWS = re.compile(
    r"/?(?P<off>(?:thoi|ngung|bo|huy|khong)\s+)?theo\s*doi\s+(?:gop\s*y\s*)?(?:du\s*thao\s*)?"
    r"(?:so\s*)?(?P<number>\d{1,6})[\s.]*"
)


def unsubscribing() -> Button:
    """Under what is said to everybody: one tap, and it is the last."""
    return standing(Button(say("commands.unsubscribe"), "/ngungnhantin"))


def unfollowing(number: int) -> Button:
    """The same under what is said of a draft."""
    return standing(Button(say("news.unfollow", number=number), f"/thoi theo doi gopy {number}"))


def stops(text: str) -> bool:
    """Whether a person wants to hear something no more: that must work whoever is listening."""
    found = _followed(text)
    return command_of(text) == "unsubscribe" or bool(found and found["off"])


def named(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that follows a draft, or does so no more; None for any other."""
    found = _followed(text)
    if found is None:
        return None
    number, on = int(found["number"]), not found["off"]
    known = assistance.registry.follow(number, on=on)
    told = "news.unfollowed" if not on else "news.followed" if known else "news.no_draft"
    if told == "news.followed":
        reply = worded(say(told, number=number), (unfollowing(number),))
        return offering(state, reply)
    return replace(state, choosing=False), (notice(told, number=number),)


def commanded(state: Conversation, command: Command, assistance: Assistance) -> Turned | None:
    """A command about what is said to everybody; None when it is another."""
    if command == "unsubscribe":
        assistance.registry.hear_news(on=False)
        return offering(state, notice("news.stopped", ("subscribe",)))
    if command == "subscribe":
        assistance.registry.hear_news(on=True)
        return replace(state, choosing=False), (notice("news.started"),)
    return None


def _followed(text: str) -> re.Match[str] | None:
    return _FOLLOWS.fullmatch(collapse(fold(text)).strip()) if len(text) <= _LONGEST else None
