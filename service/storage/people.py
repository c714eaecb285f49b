"""Who writes to us, and where their conversation stands; the only SQL about both."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Executable, bindparam, delete, update
from sqlmodel import Session, col, select

from bot.messages import Incoming
from bot.standing import Conversation
from service.storage.form_tables import Submission
from service.storage.numbers import among
from service.storage.people_tables import (
    MAIL,
    ChannelAccount,
    ConversationRow,
    Person,
    StoredFile,
)
from service.storage.subscriptions import pass_news
from service.storage.unit_tables import Binding, Consent
from service.storage.upserts import dialect_of, insert_into, inserting, rows_of

_SEEN_STEP = timedelta(minutes=1)  #: how exactly it is known when somebody last wrote

_CONVERSATION = TypeAdapter(Conversation)
_ROW, _ACCOUNT = rows_of(ConversationRow), rows_of(ChannelAccount)


def find_account(session: Session, channel: str, address: str) -> ChannelAccount | None:
    """One person on one channel."""
    return session.scalars(_OF_ADDRESS, {"of": channel, "address": address}).first()


def person_of(session: Session, channel: str, address: str) -> int | None:
    """Whose account it is; None when there is none."""
    found = session.execute(_PERSON_OF, {"of": channel, "address": address}).scalar()
    return None if found is None else int(found)


def account_of_chat(session: Session, channel: str, chat: str) -> ChannelAccount | None:
    """Whose private chat it is; None for a group."""
    return session.scalars(_OF_CHAT, {"of": channel, "chat": chat}).first()


_OF_CHANNEL = select(ChannelAccount).where(col(ChannelAccount.channel) == bindparam("of"))
_OF_ADDRESS = _OF_CHANNEL.where(col(ChannelAccount.address) == bindparam("address"))
_PERSON_OF = select(_ACCOUNT.c.person_id).where(
    _ACCOUNT.c.channel == bindparam("of"), _ACCOUNT.c.address == bindparam("address")
)
_OF_CHAT = _OF_CHANNEL.where(col(ChannelAccount.chat) == bindparam("chat"))


def account_for(session: Session, incoming: Incoming, at: datetime) -> ChannelAccount:
    """The account that wrote, made with its person at the first message."""
    account = find_account(session, incoming.channel, incoming.person)
    if account is None:
        account = _new_account(session, incoming, at)
    # Written only when it matters, so that most messages of a talk read this row and no more.
    if at - account.last_seen_at > _SEEN_STEP:
        account.last_seen_at = at
    if not incoming.group:  # nothing personal may ever be sent to a group
        account.chat = incoming.chat
        account.unreachable = None  # whoever writes can be written to
    session.add(account)
    return account


def _new_account(session: Session, incoming: Incoming, at: datetime) -> ChannelAccount:
    person = Person(created_at=at)
    session.add(person)
    session.flush()
    made = session.execute(
        insert_into(session, ChannelAccount)
        .values(
            person_id=_id(person.id),
            channel=incoming.channel,
            address=incoming.person,
            chat="",
            created_at=at,
            last_seen_at=at,
        )
        .on_conflict_do_nothing()
        .returning(col(ChannelAccount.id))
    ).first()
    if made is None:  # another message of the same person was faster
        session.delete(person)
        session.flush()
    account = find_account(session, incoming.channel, incoming.person)
    assert account is not None, "it was made just now"
    return account


def _id(value: int | None) -> int:
    assert value is not None, "flushed rows have an id"
    return value


def load_conversation(session: Session, key: str) -> tuple[Conversation, int]:
    """A conversation and its version; a new one has version 0."""
    row = session.execute(_LOAD, {"key": key}).first()
    if row is None:
        return Conversation(), 0
    try:
        return _CONVERSATION.validate_python(row.state), int(row.version)
    except ValidationError:  # written by another version of the program: it begins anew
        return Conversation(), int(row.version)


def save_conversation(
    session: Session, key: str, state: Conversation, version: int, at: datetime
) -> bool:
    """Write what became of version `version`; False when another message was faster."""
    kept = _CONVERSATION.dump_python(state, mode="json")
    if version == 0:
        row = {"key": key, "version": 1, "state": kept, "updated_at": at}
        return session.execute(_beginning(dialect_of(session)), row).first() is not None
    row = {"of": key, "read": version, "now": kept, "at": at}
    return session.execute(_SAVE, row).first() is not None


_LOAD = select(_ROW.c.state, _ROW.c.version).where(_ROW.c.key == bindparam("key"))
_SAVE = (
    update(_ROW)
    .where(_ROW.c.key == bindparam("of"), _ROW.c.version == bindparam("read"))
    .values(version=_ROW.c.version + 1, state=bindparam("now"), updated_at=bindparam("at"))
    .returning(_ROW.c.key)
)


@cache
def _beginning(dialect: str) -> Executable:
    return inserting(dialect, _ROW).on_conflict_do_nothing().returning(_ROW.c.key)


def account_hash(channel: str, address: str) -> str:
    """What stays of an account when it is forgotten."""
    return hashlib.sha256(f"{channel}:{address}".encode()).hexdigest()


def join_person(session: Session, account_id: int, person_id: int) -> None:
    """The account belongs to that person from now on, with the files and units it came with.

    These stay with the old person as long as that one has another channel.
    """
    account = session.get_one(ChannelAccount, account_id)
    old = account.person_id
    account.person_id = person_id
    session.add(account)
    session.flush()
    if any(other.channel != MAIL for other in find_accounts(session, old)):
        return  # it still has other channels
    _pass_mailbox(session, old, person_id)
    invited = session.get_one(Person, old).invited
    session.execute(
        update(StoredFile).where(col(StoredFile.person_id) == old).values(person_id=person_id)
    )
    _pass_bindings(session, old, person_id)
    pass_news(session, old, person_id)
    for table in (Submission, Consent):
        session.execute(
            update(table).where(col(table.person_id) == old).values(person_id=person_id)
        )
    if invited:
        session.execute(update(Person).where(col(Person.id) == person_id).values(invited=True))
    session.execute(delete(ConversationRow).where(col(ConversationRow.key) == person_key(old)))
    session.execute(delete(Person).where(col(Person.id) == old))


def _pass_mailbox(session: Session, old: int, new: int) -> None:
    """Letters go on to where they went, unless the other person has an address already."""
    has = any(account.channel == MAIL for account in find_accounts(session, new))
    for account in find_accounts(session, old):
        if has:
            session.delete(account)
        else:
            account.person_id, account.address = new, f"{new}:{account.chat}"
            session.add(account)
    session.flush()


def _pass_bindings(session: Session, old: int, new: int) -> None:
    """Of two for one unit the one stays that counts for more."""
    had = {binding.unit_id: binding for binding in _bindings(session, new)}
    for binding in _bindings(session, old):
        there = had.get(binding.unit_id)
        if there is not None and _weight(there) >= _weight(binding):
            continue
        if there is not None:
            session.delete(there)
            session.flush()
        binding.person_id = new
        session.add(binding)
    session.flush()  # what is left goes with the old person


def _weight(binding: Binding) -> tuple[bool, bool, bool]:
    lasts, confirmed = binding.ended_at is None, binding.confirmed_at is not None
    return lasts and confirmed, lasts and binding.head, lasts


def _bindings(session: Session, person_id: int) -> list[Binding]:
    return list(session.exec(select(Binding).where(col(Binding.person_id) == person_id)))


def find_accounts(session: Session, person_id: int) -> list[ChannelAccount]:
    """All channels of one person."""
    return list(
        session.exec(select(ChannelAccount).where(col(ChannelAccount.person_id) == person_id))
    )


def accounts_of(session: Session, person_ids: Collection[int]) -> dict[int, list[ChannelAccount]]:
    """All channels of each of these people."""
    found: dict[int, list[ChannelAccount]] = {}
    of = select(ChannelAccount).where(among(session, ChannelAccount.person_id, person_ids))
    for account in session.exec(of.order_by(col(ChannelAccount.id))):
        found.setdefault(account.person_id, []).append(account)
    return found


def accounts_on(session: Session, channel: str) -> dict[int, ChannelAccount]:
    """The account of each person on one channel where they can be written to, the latest used."""
    there = select(ChannelAccount).where(
        col(ChannelAccount.channel) == channel, col(ChannelAccount.chat) != ""
    )
    latest = session.exec(there.order_by(col(ChannelAccount.last_seen_at)))
    return {account.person_id: account for account in latest}


def is_shared(session: Session, account: ChannelAccount) -> bool:
    """Whether what is sent there goes to somebody else, too: two people may have one mailbox."""
    others = select(ChannelAccount.id).where(
        col(ChannelAccount.channel) == MAIL,
        col(ChannelAccount.chat) == account.chat,
        col(ChannelAccount.id) != account.id,
    )
    return account.channel == MAIL and session.exec(others).first() is not None


def mark_unreachable(session: Session, channel: str, chat: str, why: str) -> None:
    """Nothing is delivered there any more, `why` in the channel's code."""
    there = (col(ChannelAccount.channel) == channel, col(ChannelAccount.chat) == chat)
    session.execute(update(ChannelAccount).where(*there).values(unreachable=why[:60]))


def files_of(session: Session, person_id: int) -> list[StoredFile]:
    """All files that a person has sent, the first in front."""
    mine = select(StoredFile).where(col(StoredFile.person_id) == person_id)
    return list(session.exec(mine.order_by(col(StoredFile.id))))


def drop_files(session: Session, person_id: int, hashes: Sequence[str]) -> None:
    """Forget these files of a person; bytes that no row names are swept."""
    of_person = col(StoredFile.person_id) == person_id
    session.execute(delete(StoredFile).where(of_person, col(StoredFile.sha256).in_(hashes)))


def files_of_drafts(session: Session) -> frozenset[str]:
    """The SHA-256 of every file of a form that somebody has begun, or that waits for one."""
    named: set[str] = set()
    for kept in session.execute(select(_ROW.c.state)).scalars().yield_per(100):
        try:
            state = _CONVERSATION.validate_python(kept)
        except ValidationError:  # it begins anew, without a form
            continue
        named |= {file.sha256 for form in state.begun for file in form.files}
        named |= {file.sha256 for file in state.early}
    return frozenset(named)


def silence(session: Session, account_id: int, until: datetime | None) -> None:
    """No automatic answers to this account until then; None: from now on there are again."""
    session.execute(
        update(ChannelAccount)
        .where(col(ChannelAccount.id) == account_id)
        .values(paused_until=until)
    )


def person_key(person_id: int) -> str:
    """What a person's conversation is kept under."""
    return f"person:{person_id}"


def group_key(channel: str, chat: str) -> str:
    """What a group's conversation is kept under."""
    return f"group:{channel}:{chat}"


def move_group(session: Session, channel: str, old: str, new: str) -> None:
    """A group has a new address: its conversation goes on there, unless one has begun."""
    here, there = group_key(channel, old), group_key(channel, new)
    if session.get(ConversationRow, there) is not None:
        session.execute(delete(ConversationRow).where(col(ConversationRow.key) == here))
        return
    session.execute(
        update(ConversationRow).where(col(ConversationRow.key) == here).values(key=there)
    )
