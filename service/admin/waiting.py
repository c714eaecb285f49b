"""Who asked for an officer: where they wrote and what they last asked, while that is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from bot.answers import shorten
from service.admin.words import words
from service.storage.hand_offs import open_of
from service.storage.masking import mask
from service.storage.people import load_conversation, person_key
from service.storage.people_tables import ChannelAccount

#: What an alert's source begins with when a person stands behind it.
ACCOUNT = "account:"
_LONGEST = 200  #: characters of the question


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person who waits, ready to draw; nothing of it is written down for this."""

    channel: str
    address: str  #: the channel's own name for the person; "" of the web, where nobody sees it
    asked: str  #: without numbers that point at somebody; "" when nothing was asked
    reply: str  #: how an officer can answer
    hand_off_id: int | None  #: the request, while it is open


def waiting_behind(session: Session, source: str) -> Waiting | None:
    """Whom the alert is about; None when it is about nobody, or the person was erased."""
    number = source.removeprefix(ACCOUNT)
    if number == source or not number.isdecimal():
        return None
    account = session.get(ChannelAccount, int(number))
    if account is None:
        return None
    said, open_one = words()["asker"], open_of(session, int(number))
    conversation, _ = load_conversation(session, person_key(account.person_id))
    asked = next((turn.content for turn in reversed(conversation.turns) if turn.role == "user"), "")
    return Waiting(
        channel=words()["channel_names"].get(account.channel, account.channel),
        address="" if account.channel == "web" else account.address,
        asked=shorten(mask(asked).text, _LONGEST),
        reply=said["by_hand" if account.channel == "zalo_oa" else "at_desk"],
        hand_off_id=open_one.id if open_one else None,
    )
