"""A talk with an officer as the desk draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from bot.answers import shorten
from service.admin.naming import thing
from service.admin.waiting import ACCOUNT, waiting_behind
from service.admin.words import moment, words
from service.storage.form_tables import HandOff
from service.storage.hand_offs import messages_of
from service.storage.masking import mask
from service.storage.people import load_conversation, person_key
from service.storage.people_tables import ChannelAccount

_TURNS, _LONGEST = 6, 600  #: of the talk with the assistant before, and characters of each

Standing = Literal["waiting", "talking", "ended"]


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said; `by`: a key of `inbox.by`."""

    by: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class HandOffView:
    """One hand-off, ready to draw; "" for what there is nothing to say of."""

    id: int
    standing: Standing
    who: str
    channel: str
    address: str  #: the channel's own name for the person
    asked: str
    opened: str
    taken: str
    ended: str
    officer: str
    mine: bool  #: whether whoever looks has taken it
    by_hand: bool  #: whether it is answered in the channel's own console
    reachable: bool


def standing_of(hand_off: HandOff) -> Standing:
    """Where it stands."""
    if hand_off.ended_at is not None:
        return "ended"
    return "waiting" if hand_off.taken_at is None else "talking"


def hand_off_view(
    session: Session, hand_off: HandOff, admin_id: int, names: Mapping[str, str]
) -> HandOffView:
    """For the officer `admin_id`."""
    assert hand_off.id is not None, "rows that were read have an id"
    account = session.get_one(ChannelAccount, hand_off.account_id)
    source = f"{ACCOUNT}{account.id}"
    person = waiting_behind(session, source)
    by_hand = hand_off.taken_at is not None and hand_off.taken_by is None
    officer = words()["inbox"]["by_hand"] if by_hand else _named(hand_off, names)
    return HandOffView(
        id=hand_off.id,
        standing=standing_of(hand_off),
        who=thing(source, names),
        channel=person.channel if person else "",
        address=person.address if person else "",
        asked=person.asked if person else "",
        opened=moment(hand_off.opened_at),
        taken=_moment(hand_off.taken_at),
        ended=_moment(hand_off.ended_at),
        officer=officer,
        mine=hand_off.taken_by == admin_id,
        by_hand=by_hand,
        reachable=bool(account.chat) and account.unreachable is None,
    )


def lines_of(session: Session, hand_off_id: int) -> list[Line]:
    """What both have said, oldest first."""
    return [Line(m.by, m.text, moment(m.at)) for m in messages_of(session, hand_off_id)]


def asked_before(session: Session, hand_off: HandOff) -> list[Line]:
    """The last turns with the assistant, without numbers that point at somebody."""
    account = session.get_one(ChannelAccount, hand_off.account_id)
    conversation, _ = load_conversation(session, person_key(account.person_id))
    return [
        Line(turn.role, shorten(mask(turn.content).text, _LONGEST), "")
        for turn in conversation.turns[-_TURNS:]
    ]


def _named(hand_off: HandOff, names: Mapping[str, str]) -> str:
    who = f"admin:{hand_off.taken_by}"
    return "" if hand_off.taken_by is None else names.get(who, who)


def _moment(at: datetime | None) -> str:
    return moment(at) if at else ""
