"""Keep who the office is that this assistant works for; the only SQL about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Integer, String, Text, select
from sqlmodel import Field, Session

from service.storage.base import Table, instant
from service.storage.upserts import insert_into, rows_of

_ONLY = 1  #: id of the only row


class OfficeRow(Table, table=True):
    """The one office; without a name it has been put off until later."""

    __tablename__ = "office"
    __table_args__ = (CheckConstraint(f"id = {_ONLY}", name="one"),)

    id: int = Field(default=_ONLY, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str = Field(sa_column=Column(String(200), nullable=False))
    place: str = Field(sa_column=Column(String(100), nullable=False))
    superior: str = Field(sa_column=Column(String(200), nullable=False))
    contact: str = Field(sa_column=Column(String(200), nullable=False))
    phone: str = Field(sa_column=Column(String(40), nullable=False))
    hours: str = Field(sa_column=Column(String(100), nullable=False))
    public_url: str = Field(sa_column=Column(String(300), nullable=False))
    letterhead: str = Field(sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=instant())


@dataclass(frozen=True, slots=True)
class Office:
    """What the office says of itself; "" for what it has not said."""

    name: str
    place: str = ""  #: where it is in charge: "Hải Phòng", "huyện Ia H’Drai"
    superior: str = ""  #: the body that it reports to
    contact: str = ""  #: whom people turn to: in an office, no private person
    phone: str = ""
    hours: str = ""  #: as `working_hours.read_hours` reads them
    public_url: str = ""  #: where people open the assistant, without a slash at the end
    letterhead: str = ""  #: lines on top of what it prints


_OFFICE = rows_of(OfficeRow)
_ROW = select(*(_OFFICE.c[field.name] for field in fields(Office))).where(_OFFICE.c.id == _ONLY)


def office_of(session: Session) -> Office | None:
    """The office; None while it has not said who it is."""
    found = session.execute(_ROW).one_or_none()
    return Office(*found) if found and found.name else None


def is_put_off(session: Session) -> bool:
    """Whether somebody has chosen to fill it in later, or it is filled in."""
    return session.execute(_ROW).one_or_none() is not None


def set_office(session: Session, office: Office, at: datetime) -> list[str]:
    """Keep it; the names of what is different now."""
    before = office_of(session) or Office("")
    changed = [f.name for f in fields(Office) if getattr(before, f.name) != getattr(office, f.name)]
    if changed:
        _lay(session, office, at)
    return changed


def put_off(session: Session, at: datetime) -> bool:
    """Nobody is asked again at each sign-in; False when there is a row already."""
    if is_put_off(session):
        return False
    _lay(session, Office(""), at)
    return True


def _lay(session: Session, office: Office, at: datetime) -> None:
    values = {**asdict(office), "changed_at": at}
    statement = insert_into(session, OfficeRow).values(id=_ONLY, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
