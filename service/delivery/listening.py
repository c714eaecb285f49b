"""What a person says while an officer talks with them, and the first word after that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.commands import command_of
from bot.messages import Incoming, Reply
from bot.silence import is_for_assistant, words_of
from bot.standing import Conversation, notice
from bot.texts import say
from service.delivery.handing_over import silent_until
from service.errors import Overtaken
from service.settings import Settings
from service.storage import hand_offs
from service.storage.people_tables import ChannelAccount


@dataclass(frozen=True, slots=True)
class Ear:
    """What an event means for the talk that its person has with an officer."""

    hand_off_id: int
    heard: str  #: what the officer gets to read; "" when the talk is over
    until: datetime  #: how long the assistant is silent then
    quiet_since: datetime  #: when either side last wrote


def listen(
    session: Session,
    settings: Settings,
    account: ChannelAccount,
    state: Conversation,
    incoming: Incoming,
    at: datetime,
) -> Ear | None:
    """Whether an officer hears this private message; None when it is only the assistant's."""
    if account.paused_until is None or account.id is None:
        return None
    talk = hand_offs.open_of(session, account.id)
    if talk is None or talk.taken_at is None or talk.id is None:
        return None
    silent = account.paused_until > at
    # The wish to end it is the last that the officer hears; who ends a talk that has fallen
    # silent is told so in answer.
    ends = command_of(words_of(state, incoming)) == "officer_done"
    ours = is_for_assistant(state, incoming) and not (ends and silent)
    if ours or (silent and incoming.event == "start"):  # the chat was opened: nobody said a word
        return None
    until = silent_until(settings, talk.taken_by, at)
    heard = _heard(state, incoming) if silent else ""
    return Ear(talk.id, heard, until, talk.last_at)


def follow(session: Session, ear: Ear, at: datetime) -> tuple[Reply, ...]:
    """Write down what the officer hears, or end the talk and say that the assistant is back.

    Raises Overtaken when the talk has changed meanwhile.
    """
    if ear.heard:
        if not hand_offs.hear(session, ear.hand_off_id, ear.heard, at, ear.until):
            raise Overtaken
        return ()
    if not hand_offs.end(session, ear.hand_off_id, at, quiet_since=ear.quiet_since):
        raise Overtaken
    return (notice("chat.officer_left"),)


def _heard(state: Conversation, incoming: Incoming) -> str:
    """The words as they were typed or tapped, and a line for whatever is no text."""
    buttons = (button for offer in state.offers for button in offer.buttons)
    lines = [incoming.text] if incoming.event in ("text", "file") else []
    lines += [b.label for b in buttons if incoming.button and b.id == incoming.button]
    lines += [
        say("chat.sent_file", name=file.name or say("chat.file_name"))
        for file in incoming.attachments
    ]
    return "\n".join(filter(str.strip, lines)) or say("chat.sent_other")
