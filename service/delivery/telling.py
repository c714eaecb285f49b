"""Words to a person who did not just write: a decision, an answer, an officer's message."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.channels.rendering import split
from service.storage.outbox import enqueue
from service.storage.people import find_accounts
from service.storage.people_tables import ChannelAccount

#: UTF-16 units of one message: what the strictest channel takes, with some room.
_LONGEST = 1900
_FETCHES = "web"  #: the channel whose page fetches what is said by itself


def tell_person(session: Session, person_id: int, text: str, at: datetime) -> bool:
    """To where the person wrote last and can be reached; False when that is nowhere."""
    reachable = [
        account
        for account in find_accounts(session, person_id)
        if account.chat and account.unreachable is None
    ]
    if not reachable:
        return False
    tell_account(session, max(reachable, key=lambda a: a.last_seen_at), text, at)
    return True


def tell_account(session: Session, account: ChannelAccount, text: str, at: datetime) -> None:
    """To this very account."""
    for piece in split(text, _LONGEST):
        enqueue(session, account.channel, account.chat, piece, at, sent=account.channel == _FETCHES)
