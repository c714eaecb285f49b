"""Who asked to be forgotten, under names that tell nothing; the only SQL about these requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.storage.people import account_hash
from service.storage.people_tables import ChannelAccount, ErasureRequest


def note_erasures(session: Session, requests: Iterable[tuple[str, datetime]]) -> None:
    """Write down accounts, by their hash, that were forgotten, and when."""
    for name, at in requests:
        session.add(ErasureRequest(account_hash=name, requested_at=at, done_at=at))


def erasures(session: Session) -> dict[str, datetime]:
    """When each account was last forgotten, by its hash."""
    latest = select(ErasureRequest.account_hash, func.max(ErasureRequest.requested_at))
    return dict(session.exec(latest.group_by(col(ErasureRequest.account_hash))).all())


def count_erasures(session: Session) -> int:
    """How many accounts were forgotten, each as often as it was."""
    return session.exec(select(func.count()).select_from(ErasureRequest)).one()


def returned(session: Session, forgotten: Mapping[str, datetime]) -> list[int]:
    """Persons who were forgotten and are here as they were before: from a restored backup."""
    rows = session.exec(
        select(
            ChannelAccount.person_id,
            ChannelAccount.channel,
            ChannelAccount.address,
            ChannelAccount.created_at,
        )
    )
    return sorted(
        {
            person
            for person, channel, address, created_at in rows
            if (at := forgotten.get(account_hash(channel, address))) and created_at < at
        }
    )
