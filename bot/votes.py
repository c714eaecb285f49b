"""What somebody says of the last answer: "👍", "👎 sai ngày rồi", "chưa đúng: thiếu phụ lục"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.answers import LONGEST_LEAD
from bot.assistance import Assistance
from bot.commands import Command, command_of
from bot.messages import Reply
from bot.standing import Conversation, Turned, notice
from bot.texts import say

#: The commands that are a vote, and whether the answer was of help.
VOTES: dict[Command, bool] = {"helpful": True, "unhelpful": False}

_SIGNS = {"👍": True, "👎": False}
_SHADES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")  #: of a thumb
_COMMENTED = re.compile(r"(?P<vote>[^:,.–-]{2,40})\s*[:,.–-]\s*(?P<comment>\S.*)", re.DOTALL)
_HINT_AFTER = 6  #: turns: whoever asks a third time may care how well it is answered


@dataclass(frozen=True, slots=True)
class Vote:
    """Whether the answer was of help, and what else is said of it."""

    helpful: bool
    comment: str = ""


def vote_of(text: str) -> Vote | None:
    """The vote that the whole message is; None for any other."""
    typed = _SHADES.sub("", text).strip()
    for sign, helpful in _SIGNS.items():
        if typed.startswith(sign):
            return Vote(helpful, typed.lstrip(sign).strip(" \n:,.–-"))
    if (command := command_of(typed)) in VOTES:
        return Vote(VOTES[command])
    said = _COMMENTED.fullmatch(typed)
    command = command_of(said["vote"]) if said else None
    return Vote(VOTES[command], said["comment"]) if said and command in VOTES else None


def voted(state: Conversation, vote: Vote, assistance: Assistance) -> Turned:
    """Kept without who it was; what helps to do better is asked for once."""
    if not state.asked:
        return state, (notice("vote.nothing"),)
    assistance.vote(state.asked, helpful=vote.helpful, comment=vote.comment)
    state = replace(state, told_vote=True)
    if vote.helpful or vote.comment:
        return state, (notice("vote.thanks"),)
    return state, (notice("vote.what_is_wrong", ("officer",)),)


def hinted(state: Conversation, reply: Reply) -> tuple[Conversation, Reply]:
    """The answer with a word on how to vote: once for each person, where there is room for it."""
    hint = say("vote.hint")
    room = LONGEST_LEAD - len(reply.lead) - len(reply.status) - len(hint) - 2
    if state.told_vote or reply.kind != "answer" or room < 0 or len(state.turns) < _HINT_AFTER:
        return state, reply
    return replace(state, told_vote=True), replace(reply, lead=f"{reply.lead}\n{hint}")
