"""Who asks to act for a unit: the request, who waits for its head, and what the head decides."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from bot.records import candidate_buttons
from bot.registry import Candidate, FilledForm
from bot.texts import say
from service import offices
from service.delivery.telling import offer_person
from service.delivery.writer import Writer
from service.errors import Overtaken, UnitRefused
from service.storage import bindings, invitations, units
from service.storage.reach import reached_heads
from service.storage.unit_tables import Binding


def request(filled: FilledForm, writer: Writer) -> tuple[str, Callable[[Session], None] | None]:
    """What comes of asking to act for a unit: a key of `register.…`, and what is to be written."""
    name, post = filled.answers["person"], filled.answers["post"]
    unit, code = filled.answers["unit"], filled.known.get("invite.code", "")
    with writer.reading() as session:
        wanted = units.find_unit(session, unit)
        invitation = invitations.find_invitation(session, code, writer.at) if code else None
    if wanted is None or wanted.id is None or not units.is_open(wanted, writer.today):
        return "no_unit", None
    wanted_id = wanted.id
    there = next((one for one in writer.offices if one.unit_id == wanted_id), None)
    if there and not code:
        return "again" if there.confirmed else "waiting", None
    if invitation and invitation.unit_id == wanted_id:
        return "asked", lambda s: _redeem(s, writer, code, name, post)
    if code and filled.known.get("invite.unit") == unit:
        return "code_used", None
    return "asked", lambda s: _ask(s, writer, wanted_id, name, post)


def _redeem(session: Session, writer: Writer, code: str, name: str, post: str) -> None:
    binding = invitations.redeem(session, code, writer.person_id, name, post, writer.at)
    if binding is None:
        raise Overtaken
    if binding.head_asked or not bindings.is_confirmed(binding):
        _tell_heads(session, writer, binding)


def _tell_heads(session: Session, writer: Writer, binding: Binding) -> None:
    """Whoever may confirm the person learns that they wait."""
    unit = units.get_unit(session, binding.unit_id)
    assert unit is not None, "a binding goes with its unit"
    text = say("people.asks", name=binding.name, post=binding.post, unit=unit.name)
    for person_id in reached_heads(session, binding.unit_id):
        if person_id != writer.person_id:
            buttons = candidate_buttons(binding.id or 0, binding.name)
            offer_person(session, person_id, text, buttons, writer.at)


def _ask(session: Session, writer: Writer, unit_id: int, name: str, post: str) -> None:
    try:
        bindings.ask(session, writer.person_id, unit_id, name, post, writer.at)
    except UnitRefused as refused:
        raise Overtaken from refused


def candidates(session: Session, writer: Writer) -> tuple[Candidate, ...]:
    """Who waits to be confirmed for the units that the person heads."""
    headed = writer.headed
    return tuple(
        Candidate(one.binding.id or 0, one.binding.name, one.binding.post, one.unit.name)
        for one in bindings.waiting(session)
        if one.binding.unit_id in headed
    )


def decide(
    session: Session, writer: Writer, binding_id: int, contact: str, *, confirmed: bool
) -> None:
    """Confirm or refuse a candidate; raises Overtaken where they wait no more."""
    by = f"person:{writer.person_id}"
    if confirmed:
        decided = offices.confirm(session, binding_id, by, writer.at)
    else:
        decided = offices.refuse(session, binding_id, by, writer.at, contact=contact)
    if decided is None:
        raise Overtaken
