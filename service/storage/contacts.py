"""Keep whom to turn to for a body that a paper names; the only SQL about contacts."""

from __future__ import annotations

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from bot.texts import say
from knowledge.vietnamese import fold, syllables
from service.errors import UnitRefused
from service.storage.unit_tables import Contact
from service.storage.units import name_key, tidy_name

#: The most letters of each field.
LONGEST = {"body": 200, "now": 200, "reach": 300}
_ALIKE = 90  #: of 100, for the whole name
_WORD_ALIKE = 75  #: of 100, for each word that differs: a slip, not another place or number


def contacts(session: Session) -> list[Contact]:
    """All of them, by the name of the body."""
    return sorted(session.exec(select(Contact)), key=lambda each: (fold(each.body), each.body))


def set_contact(session: Session, body: str, now: str, reach: str) -> Contact:
    """How to reach a body, instead of what was said of it before; raises UnitRefused."""
    fields = {"body": tidy_name(body), "now": tidy_name(now), "reach": tidy_name(reach)}
    if not fields["body"] or not fields["reach"]:
        raise UnitRefused(say("units.contact_empty"))
    for name, value in fields.items():
        if len(value) > LONGEST[name]:
            raise UnitRefused(say("units.too_long", most=LONGEST[name]))
    known = {name_key(each.body): each for each in session.exec(select(Contact))}
    contact = known.get(name_key(fields["body"])) or Contact(body="", reach="")
    contact.body, contact.now, contact.reach = fields["body"], fields["now"], fields["reach"]
    session.add(contact)
    session.flush()
    return contact


def drop_contact(session: Session, contact_id: int) -> bool:
    """Let it go; False when it is not there."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        return False
    session.delete(contact)
    session.flush()
    return True


def contact_for(session: Session, body: str) -> Contact | None:
    """For a body as a paper names it, a slip of the pen aside; None when it may be another one."""
    every = list(session.exec(select(Contact).order_by(col(Contact.id))))
    key = name_key(body)
    exact = next((each for each in every if name_key(each.body) == key), None)
    if exact is not None or not key:
        return exact
    scored = [(_likeness(body, each.body), each) for each in every]
    best = max((score for score, _ in scored), default=0.0)
    found = [each for score, each in scored if score == best]
    return found[0] if best >= _ALIKE and len(found) == 1 else None


def _likeness(one: str, other: str) -> float:
    """0 to 100; 0 where a word of one has none like it in the other."""
    mine, theirs = _words(one), _words(other)
    if "".join(mine) == "".join(theirs):
        return 100.0 if mine else 0.0
    if len(mine) != len(theirs):
        return 0.0
    pairs = zip(mine, theirs, strict=True)
    if any(fuzz.ratio(a, b) < _WORD_ALIKE for a, b in pairs if a != b):
        return 0.0
    return fuzz.ratio(" ".join(mine), " ".join(theirs))


def _words(name: str) -> list[str]:
    """Without "và", which is as often written "&", with a comma, or not at all."""
    return [word for word in syllables(name) if word != "va"]
