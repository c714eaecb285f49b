"""Words to a person who did not just write: a decision, an answer, an officer's message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.channels.rendering import split
from bot.messages import Button
from bot.standing import offering_beside, worded
from service.errors import Overtaken
from service.shapes import reply_json
from service.storage.outbox import enqueue
from service.storage.people import (
    find_accounts,
    load_conversation,
    person_key,
    save_conversation,
)
from service.storage.people_tables import MAIL, WEB, ChannelAccount

#: UTF-16 units of one message: what the strictest channel takes, with some room.
_LONGEST = 1900


def tell_person(session: Session, person_id: int, text: str, at: datetime) -> bool:
    """To where the person wrote last and can be reached; False when that is nowhere."""
    account = _reached(session, person_id)
    if account is None:
        return False
    tell_account(session, account, text, at)
    return True


def offer_person(
    session: Session, person_id: int, text: str, buttons: Sequence[Button], at: datetime
) -> bool:
    """The same with choices; `text` and labels short enough for every channel.

    Raises Overtaken when the person is writing at this very moment.
    """
    account = _reached(session, person_id)
    if account is None:
        return False
    key = person_key(person_id)
    state, version = load_conversation(session, key)
    state, offered = offering_beside(state, buttons)
    if not save_conversation(session, key, state, version, at):
        raise Overtaken
    fetches = account.channel == WEB
    drawn = reply_json(worded(text, offered)) if fetches else None
    enqueue(
        session,
        account.channel,
        account.chat,
        text,
        at,
        buttons=offered,
        drawn=drawn,
        sent=fetches,
    )
    return True


def _reached(session: Session, person_id: int) -> ChannelAccount | None:
    """Where the person wrote last, of where they can be reached."""
    reachable = (
        account
        for account in find_accounts(session, person_id)
        if account.chat and account.unreachable is None and account.channel != MAIL
    )
    return max(reachable, key=lambda account: account.last_seen_at, default=None)


def tell_account(session: Session, account: ChannelAccount, text: str, at: datetime) -> None:
    """To this very account."""
    for piece in split(text, _LONGEST):
        enqueue(session, account.channel, account.chat, piece, at, sent=account.channel == WEB)
