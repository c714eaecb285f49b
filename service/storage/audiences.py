"""For whom a broadcast is: as it is kept, and who that is today; the only SQL about audiences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, TypeAdapter
from sqlalchemy import exists, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.storage.assignments import lasting, settled
from service.storage.bindings import acts, lasts
from service.storage.broadcast_tables import Follow
from service.storage.consents import withdrew
from service.storage.duty_tables import Assignment, Obligation
from service.storage.form_tables import PolicyDraft
from service.storage.unit_tables import Binding, Unit

#: Everybody who acts for a unit | for a unit of these kinds | for a unit that is late | whoever
#: follows a draft policy.
Who = Literal["officers", "kinds", "late", "followers"]
_Id = Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom; what the choice does not need stays empty."""

    who: Who
    kinds: tuple[str, ...] = ()
    obligation: _Id | None = None  #: of those who are late: with this one; None: with any
    draft: _Id | None = None  #: that is followed


_AUDIENCE = TypeAdapter(Audience)


def as_kept(audience: Audience) -> dict[str, JsonValue]:
    """As a broadcast keeps it."""
    kept: dict[str, JsonValue] = _AUDIENCE.dump_python(audience, mode="json")
    return kept


def audience_of(kept: Mapping[str, JsonValue]) -> Audience:
    """As it was kept; raises ValueError for anything else."""
    return _AUDIENCE.validate_python(dict(kept))


def people_of(
    session: Session,
    audience: Audience,
    today: date,
    *,
    after: int = 0,
    limit: int | None = None,
    among: Collection[int] | None = None,
) -> list[int]:
    """Ids of people, in order, each once; `after` an id, or only `among` some."""
    person, found = _selected(audience, today)
    found = found.where(col(person) > after)
    if among is not None:
        found = found.where(col(person).in_(among))
    return list(session.exec(found.distinct().order_by(col(person)).limit(limit)))


def obligations(session: Session, limit: int) -> dict[int, str]:
    """What units owe still, by id with its title, the newest first."""
    of = select(Obligation.id, Obligation.title).where(col(Obligation.ended_at).is_(None))
    found = session.exec(of.order_by(col(Obligation.id).desc()).limit(limit))
    return {id_: title for id_, title in found if id_ is not None}


def followed_drafts(session: Session) -> dict[int, tuple[str, int]]:
    """The drafts that somebody follows: number → title, people; the newest first."""
    of = (
        select(PolicyDraft.id, PolicyDraft.title, func.count())
        .join(Follow, col(Follow.draft_id) == col(PolicyDraft.id))
        .group_by(col(PolicyDraft.id), col(PolicyDraft.title))
        .order_by(col(PolicyDraft.id).desc())
    )
    return {id_: (title, people) for id_, title, people in session.exec(of) if id_ is not None}


def _selected(audience: Audience, today: date) -> tuple[Any, SelectOfScalar[int]]:
    if audience.who == "followers":
        draft = col(Follow.draft_id) == audience.draft
        return Follow.person_id, select(Follow.person_id).where(draft)
    officers = (
        select(Binding.person_id)
        .join(Unit, col(Unit.id) == col(Binding.unit_id))
        .where(acts(), lasts(today), ~withdrew(col(Binding.person_id), "register"))
    )
    if audience.who == "kinds":
        officers = officers.where(col(Unit.kind).in_(audience.kinds))
    if audience.who == "late":
        late = [
            col(Assignment.unit_id) == col(Unit.id),
            col(Assignment.last_day) < today,
            lasting(),
            ~settled(),
        ]
        if audience.obligation is not None:
            late.append(col(Assignment.obligation_id) == audience.obligation)
        officers = officers.where(exists().where(*late))
    return Binding.person_id, officers
