"""A broadcast as one channel carries it: one message, and its file after it or behind a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from bot.channels.base import Limits
from bot.channels.rendering import length, takes
from bot.messages import Button
from bot.news_talk import unfollowing, unsubscribing
from bot.texts import say
from service.delivery.enclosing import told_instead
from service.links import Linked
from service.settings import Settings
from service.storage.audiences import Audience, audience_of
from service.storage.broadcasts import Written

#: How a file goes: after the text, behind a link in it, only named in it; "": there is none.
Carried = Literal["", "attached", "linked", "named"]


@dataclass(frozen=True, slots=True)
class Composed:
    """One broadcast as one channel carries it."""

    text: str
    buttons: tuple[Button, ...]
    enclosure: Mapping[str, JsonValue]  #: of the message after it; {}: there is none
    file: Carried

    @property
    def messages(self) -> int:
        """How many messages one person gets."""
        return 2 if self.enclosure else 1


def compose(settings: Settings, limits: Limits, written: Written) -> Composed:
    """The message that everybody of this channel gets."""
    audience = audience_of(written.audience)
    parts = [_heading(audience), written.text]
    if written.link:
        parts.append(say("news.link", link=written.link))
    carried, enclosure = _file(settings, limits, written.file)
    if carried in ("linked", "named"):
        parts.append(told_instead(settings, _linked(written.file)))
    stop = unfollowing(audience.draft) if audience.draft else unsubscribing()
    if not limits.buttons:
        parts.append(_typed(audience))
    buttons = (stop,) if limits.buttons else ()
    return Composed("\n\n".join(parts), buttons, enclosure, carried)


def excess(settings: Settings, limits: Limits, written: Written) -> int:
    """By how many characters it is longer than one message of the channel; 0: it fits."""
    return max(0, length(compose(settings, limits, written).text) - limits.text_length)


def _heading(audience: Audience) -> str:
    if audience.draft:
        return say("news.heading_draft", number=audience.draft)
    return say("news.heading")


def _typed(audience: Audience) -> str:
    if audience.draft:
        return say("news.unfollow_typed", number=audience.draft)
    return say("news.stop_typed")


def _file(
    settings: Settings, limits: Limits, file: Mapping[str, JsonValue]
) -> tuple[Carried, Mapping[str, JsonValue]]:
    if not file:
        return "", {}
    name, media_type, size = str(file["name"]), str(file["media_type"]), int(str(file["size"]))
    if limits.fetches or takes(limits, name, media_type, size):
        return "attached", {key: file[key] for key in ("name", "media_type", "sha256")}
    return ("linked" if settings.public_url else "named"), {}


def _linked(file: Mapping[str, JsonValue]) -> Linked:
    return Linked(str(file["sha256"]), str(file["name"]), str(file["media_type"]))
