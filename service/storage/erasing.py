"""Forget a person: everything that is kept about them; the only SQL that erases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from service.storage.audit import record
from service.storage.bindings import units_of
from service.storage.codes import addresses_asked
from service.storage.delivery_tables import InboundEvent, OutboundMessage
from service.storage.erasures import note_erasures
from service.storage.people import (
    account_hash,
    account_of_chat,
    find_accounts,
    is_shared,
    person_key,
)
from service.storage.people_tables import MAIL, ChannelAccount, ConversationRow, Person, StoredFile
from service.storage.reach import watch_reach
from service.storage.submissions import files_sent
from service.storage.submissions_left import Personal, forget_submissions


def forget(
    session: Session, person_id: int, at: datetime, *, personal: Personal, by: str | None = None
) -> list[str]:
    """Erase the person's accounts, conversation, files, what they sent by form, and the words of
    their messages; official records stay without them.

    `personal`: which answers of a form go from a record that stays; `by`: who does it, for the
    audit trail, None: the person asked for it. Returns the hashes of
    files that nobody else has sent and no record names: their bytes are to go once this is
    committed.
    """
    who = f"person:{person_id}"
    record(session, by or who, "person_erased", who, at)
    carried: set[str] = set()
    for account in find_accounts(session, person_id):
        note_erasures(session, [(account_hash(account.channel, account.address), at)])
        if not is_shared(session, account):
            carried |= forget_messages(session, account)
    for address in addresses_asked(session, person_id):  # and never proved
        if account_of_chat(session, MAIL, address) is None:
            _forget_lane(session, f"{MAIL}:{address}")
    session.execute(
        delete(ConversationRow).where(col(ConversationRow.key) == person_key(person_id))
    )
    orphans = _forget_files(session, person_id, carried, personal)
    session.execute(delete(ChannelAccount).where(col(ChannelAccount.person_id) == person_id))
    watch_reach(session, units_of(session, person_id), at)
    session.execute(delete(Person).where(col(Person.id) == person_id))
    return orphans


def forget_receipts(session: Session, before: datetime) -> None:
    """Messages to chats that belong to nobody, such as that all was erased, lose the chat's name.

    They had to reach it first: those that were settled and written before then.
    """
    account = select(ChannelAccount.id).where(
        col(ChannelAccount.channel) == col(OutboundMessage.channel),
        col(ChannelAccount.chat) == col(OutboundMessage.chat),
    )
    settled = col(OutboundMessage.state).not_in(("waiting", "sending"))
    old = (col(OutboundMessage.created_at) < before, col(OutboundMessage.chat) != "")
    session.execute(
        update(OutboundMessage)
        .where(settled, *old, ~account.exists())
        .values(chat="", lane="")
        .execution_options(synchronize_session=False)
    )


def forget_messages(session: Session, account: ChannelAccount) -> set[str]:
    """What was said to this account; returns the hashes of files that the messages carried."""
    session.execute(
        delete(InboundEvent).where(
            col(InboundEvent.lane) == account_hash(account.channel, account.address),
            col(InboundEvent.state) == "parked",
        )
    )
    if not account.chat:
        return set()
    return _forget_lane(session, f"{account.channel}:{account.chat}")


def _forget_lane(session: Session, of: str) -> set[str]:
    lane = col(OutboundMessage.lane) == of
    carried = session.exec(select(OutboundMessage.enclosure).where(lane)).all()
    session.execute(delete(OutboundMessage).where(lane, col(OutboundMessage.state) == "waiting"))
    emptied = {"text": "", "buttons": [], "enclosure": {}, "template": {}, "drawn": {}}
    # What is being sent cannot be called back: it holds its chat until it is settled.
    sending = col(OutboundMessage.state) == "sending"
    session.execute(update(OutboundMessage).where(lane, sending).values(emptied))
    # The rest stays as rows without anybody's name, so that nothing is written twice.
    gone = {**emptied, "chat": "", "lane": "", "event_id": None}
    session.execute(update(OutboundMessage).where(lane, ~sending).values(gone))
    return {str(enclosure["sha256"]) for enclosure in carried if enclosure.get("sha256")}


def _forget_files(
    session: Session, person_id: int, carried: set[str], personal: Personal
) -> list[str]:
    hashes = forget_submissions(session, person_id, personal) | carried
    hashes |= set(
        session.exec(select(StoredFile.sha256).where(col(StoredFile.person_id) == person_id))
    )
    session.execute(delete(StoredFile).where(col(StoredFile.person_id) == person_id))
    kept = set(session.exec(select(StoredFile.sha256).where(col(StoredFile.sha256).in_(hashes))))
    others = session.exec(select(OutboundMessage.enclosure)).all() if carried else ()
    still = {str(enclosure["sha256"]) for enclosure in others if enclosure.get("sha256")}
    return sorted(hashes - kept - still - files_sent(session))
