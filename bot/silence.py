"""What the assistant still does while an officer talks with a person; the rest is not for it."""

from __future__ import annotations

from bot.commands import Command, command_of
from bot.messages import Incoming
from bot.news_talk import stops
from bot.offers import chosen, pressed
from bot.standing import Conversation

#: What must work whoever is listening.
_ALWAYS: frozenset[Command | None] = frozenset(("erase", "erase_now", "officer_done"))


def is_for_assistant(state: Conversation, incoming: Incoming) -> bool:
    """Whether this is for the assistant although it is silent.

    Erasure, the end of the talk, what the person wants to hear no more, a secret.
    """
    if incoming.event == "secret":
        return True
    allowed = _ALWAYS | {"keep"} if _is_erasing(state) else _ALWAYS
    words = words_of(state, incoming)
    return command_of(words) in allowed or stops(words)


def words_of(state: Conversation, incoming: Incoming) -> str:
    """What the person says, also by a button or the number of a choice; "" for nothing."""
    if incoming.event == "press":
        return pressed(state.offers, incoming.button) or ""
    if incoming.event != "text":
        return ""
    send = chosen(state.offers[-1], incoming.text) if state.choosing else None
    return send or incoming.text


def _is_erasing(state: Conversation) -> bool:
    """Whether the person has just been asked to confirm that everything is erased."""
    offered = state.offers[-1].buttons if state.choosing else ()
    return any(command_of(button.send) == "erase_now" for button in offered)
