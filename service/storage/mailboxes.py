"""Where people have letters sent: the only SQL about their addresses.

An address is an account of the channel of letters, so that it is told, erased and left out when
nobody is there as any other account is. Two people of an office may share one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from service.storage.codes import withdraw_personal_codes
from service.storage.delivery_tables import OutboundMessage
from service.storage.erasing import forget_messages
from service.storage.people import find_accounts, is_shared
from service.storage.people_tables import MAIL, ChannelAccount

_CODES = "mailcode"  #: how the keys of letters with a code begin


def mailbox_of(session: Session, person_id: int) -> str:
    """The address of letters to this person; "" when there is none."""
    return next((account.chat for account in _theirs(session, person_id)), "")


def set_mailbox(session: Session, person_id: int, address: str, at: datetime) -> None:
    """Letters go there and nowhere else."""
    drop_mailbox(session, person_id)
    account = ChannelAccount(
        person_id=person_id,
        channel=MAIL,
        address=f"{person_id}:{address}",
        chat=address,
        created_at=at,
        last_seen_at=at,
    )
    session.add(account)
    session.flush()


def drop_mailbox(session: Session, person_id: int) -> bool:
    """Forget the address, and a code on its way; False where there was neither."""
    withdraw_personal_codes(session, person_id, "mail")
    accounts = _theirs(session, person_id)
    for account in accounts:
        if not is_shared(session, account):
            # Not deleted: whoever was to be told something is told it in another way.
            lane = col(OutboundMessage.lane) == f"{MAIL}:{account.chat}"
            back = update(OutboundMessage).where(lane, col(OutboundMessage.state) == "waiting")
            session.execute(back.values(state="failed", error="called back"))
            forget_messages(session, account)
        session.delete(account)
    session.flush()
    return bool(accounts)


def _theirs(session: Session, person_id: int) -> list[ChannelAccount]:
    return [one for one in find_accounts(session, person_id) if one.channel == MAIL]


def codes_sent(session: Session, person_id: int, address: str, since: datetime) -> int:
    """The most letters with a code that this person has asked for, or this address has had."""
    recent = (col(OutboundMessage.channel) == MAIL, col(OutboundMessage.created_at) > since)
    counted = select(func.count()).select_from(OutboundMessage).where(*recent)
    asked = col(OutboundMessage.key).startswith(f"{_CODES}:{person_id}:", autoescape=True)
    had = col(OutboundMessage.key).startswith(f"{_CODES}:", autoescape=True)
    there = col(OutboundMessage.lane) == f"{MAIL}:{address}"
    return max(
        session.exec(counted.where(asked)).one(), session.exec(counted.where(there, had)).one()
    )


def code_key(person_id: int, message: str) -> str:
    """The key of a letter with a code; `message`: something of this message alone."""
    return f"{_CODES}:{person_id}:{message}"
