"""The office whose assistant is asked: whose papers are meant, and how it introduces itself."""

from __future__ import annotations

from dataclasses import dataclass

from bot.texts import say


@dataclass(frozen=True, slots=True)
class Home:
    """The office as far as it is known; "" for what is not."""

    name: str = ""
    place: str = ""  #: where it is in charge
    superior: str = ""  #: the body that it reports to, whose papers count for it
    contact: str = ""  #: how to reach a person, in words
    public_url: str = ""  #: where people open the assistant
    samples: bool = False  #: no office is known, and papers of others are shown as samples


#: No office: every paper counts for whoever asks.
NOWHERE = Home()


def greeting(home: Home) -> str:
    """What answers "xin chào"."""
    if home.name:
        return say("office.greeting", office=home.name)
    return with_samples(say("greeting"), home)


def start(home: Home) -> str:
    """What a conversation begins with."""
    if home.name:
        return say("office.start", office=home.name)
    return with_samples(say("chat.start"), home)


def with_samples(text: str, home: Home) -> str:
    """`text`, and that the papers are samples, where they are."""
    return f"{text} {say('office.samples')}" if home.samples else text
