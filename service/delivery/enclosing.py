"""A file that goes out: carried by its channel, fetched by a link, or said not to be had there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from bot.channels.base import Limits
from bot.channels.rendering import carries
from bot.messages import Outgoing
from bot.texts import say
from service.delivery.files import store
from service.links import Linked, path_to
from service.settings import Settings

_LONGEST_NAME = 60  #: characters; each may take nine in a link, and a message holds 2,000


def as_carried(settings: Settings, limits: Limits, message: Outgoing) -> Outgoing:
    """The message as its channel can deliver it; what fetches from us by itself gets the file.

    Without a public address no link leaves the machine: the person is told where to turn.
    """
    enclosure = message.enclosure
    if enclosure is None or limits.fetches or carries(limits, enclosure):
        return message
    sha256 = store(settings.received_dir, enclosure.content)
    told = told_instead(settings, Linked(sha256, enclosure.name, enclosure.media_type))
    return replace(message, text=f"{message.text}\n\n{told}".strip(), enclosure=None)


def told_instead(settings: Settings, file: Linked) -> str:
    """What is said of a file that is kept where a channel does not carry it."""
    if settings.public_url is None:
        return say("chat.file_not_here", name=file.name)
    named = PurePath(file.name)
    short = replace(file, name=named.stem[:_LONGEST_NAME] + named.suffix)
    url = settings.public_url + path_to(settings, short)
    return say("chat.file_by_link", name=file.name, url=url)
