"""Events that want no answer: what they say about a person or a chat is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.messages import Incoming
from service.asking import Desk
from service.delivery.handing_over import answered_by_hand
from service.personal_fields import personal_fields
from service.privacy import clean_up
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.inbox import finish_event
from service.storage.outbox import move_chat
from service.storage.people import account_for, find_account, move_group

ABOUT = frozenset(("left", "returned", "operator", "withdrawn", "migrated", "ignored"))


def note(desk: Desk, incoming: Incoming, event_id: int, worker: str, at: datetime) -> bool:
    """Write it down and mark it done; False when another worker has taken it over."""
    with transaction(desk.engine) as session:
        if not finish_event(session, event_id, worker, at):
            return False
        erased = _take_note(session, desk, incoming, at)
    if incoming.event == "withdrawn":
        clean_up(desk.engine, desk.settings, erased)
    return True


def _take_note(session: Session, desk: Desk, incoming: Incoming, at: datetime) -> Sequence[str]:
    """Returns files whose bytes are to go."""
    account = find_account(session, incoming.channel, incoming.person)
    match incoming.event:
        case "left" if account and not incoming.group:
            account.unreachable = "left"
        case "returned" if account and not incoming.group:
            account.unreachable, account.last_seen_at = None, at
        case "operator":
            account = account or account_for(session, incoming, at)
            answered_by_hand(session, desk.settings, account, at)
        case "withdrawn" if account:
            personal = personal_fields(desk.settings)
            return forget(session, account.person_id, at, personal=personal)
        case "migrated":
            move_chat(session, incoming.channel, incoming.chat, incoming.text)
            move_group(session, incoming.channel, incoming.chat, incoming.text)
        case _:
            pass
    if account:
        session.add(account)
    return ()
