"""Keep who signs in with a code of an app as well; the only SQL about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from service.storage.people_tables import SecondStep
from service.storage.upserts import insert_into


def begin_step(session: Session, admin_id: int, seed: str, at: datetime) -> bool:
    """Wait for the first code of an app; False when the second step is on already."""
    values = {"seed": seed, "begun_at": at}
    row = insert_into(session, SecondStep).values(admin_id=admin_id, last_step=0, **values)
    written = session.execute(
        row.on_conflict_do_update(
            index_elements=["admin_id"],
            set_=values,
            where=col(SecondStep.confirmed_at).is_(None),
        ).returning(col(SecondStep.admin_id))
    )
    return written.scalar() is not None


def find_step(session: Session, admin_id: int) -> SecondStep | None:
    """As it is on, or waits for its first code."""
    return session.get(SecondStep, admin_id, populate_existing=True)


def is_step_on(session: Session, admin_id: int) -> bool:
    """Whether this person signs in with a code as well."""
    row = find_step(session, admin_id)
    return row is not None and row.confirmed_at is not None


def who_has_step(session: Session) -> frozenset[int]:
    """All who sign in with a code as well."""
    on = select(SecondStep.admin_id).where(col(SecondStep.confirmed_at).is_not(None))
    return frozenset(session.exec(on))


def take_step(session: Session, admin_id: int, step: int) -> bool:
    """Take the code of this half minute; False when it, or a later one, was taken already."""
    taken = session.execute(
        update(SecondStep)
        .where(col(SecondStep.admin_id) == admin_id, col(SecondStep.last_step) < step)
        .values(last_step=step)
        .returning(col(SecondStep.admin_id))
    )
    return taken.scalar() is not None


def confirm_step(session: Session, admin_id: int, at: datetime) -> None:
    """The app gives the right codes: from now on they are asked for."""
    confirmed = update(SecondStep).where(col(SecondStep.admin_id) == admin_id)
    session.execute(confirmed.values(confirmed_at=at))


def drop_step(session: Session, admin_id: int) -> bool:
    """Ask for no code any more; False when none was asked for."""
    was_on = is_step_on(session, admin_id)
    session.execute(delete(SecondStep).where(col(SecondStep.admin_id) == admin_id))
    return was_on
