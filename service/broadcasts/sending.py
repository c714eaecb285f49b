"""Broadcasts on their way: laid down person by person, sent a little at a time, stopped.

Three steps, each of which may be repeated or broken off at any moment by any number of processes: a
row is written for each person; some of the rows become messages, in the transaction that marks
them; what became of these is written down, and who was not reached waits for the next way. The row
of the broadcast is held meanwhile, so that whoever stops it has the last word.
"""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from bot.channels.base import Limits
from bot.standing import worded
from service import clock
from service.broadcasts.settling import Overdue, settle
from service.broadcasts.steps import id_of, key_of, repeat, tried_ways
from service.broadcasts.ways import (
    LEFT,
    UNWANTED,
    Way,
    purse_of,
    way_to,
    ways_of,
)
from service.broadcasts.wording import Composed, compose
from service.channel_limits import channel_limits
from service.duties.reminding import NIGHT
from service.duties.routes import Route, channel_of
from service.settings import Settings
from service.shapes import reply_json
from service.spending import CAP, tell_of_cap
from service.storage.audiences import audience_of, people_of
from service.storage.broadcast_sends import (
    lay_sends,
    routes_waiting,
    take_back_sends,
    waiting_for,
)
from service.storage.broadcast_tables import Broadcast, BroadcastSend
from service.storage.broadcasts import (
    Written,
    at_work,
    begin_broadcast,
    finish_broadcast,
    get_broadcast,
    laid_up_to,
    stop_broadcast,
)
from service.storage.engine import transaction
from service.storage.outbox import (
    call_back_all,
    count_messages,
    enqueue,
)
from service.storage.people import accounts_of
from service.storage.people_tables import WEB
from service.storage.subscriptions import unsubscribed

log = logging.getLogger(__name__)

MORNING = time(6)  #: from then on until the night people may be disturbed
#: Of what a channel takes in a second; the rest is for whoever is waiting for an answer.
_SHARE = 0.5
_AHEAD = 10.0  #: seconds of a channel's messages that are laid before it: two looks of a worker
_QUICK = 30  #: a second, for a channel that takes any number
_LAID, _SENT = 500, 50  #: people of one transaction


def is_night(at: datetime) -> bool:
    """Whether only what is urgent may be sent."""
    return not MORNING <= at.astimezone(clock.VIETNAM).time() < NIGHT


def written_of(broadcast: Broadcast) -> Written:
    """What a broadcast says."""
    return Written(broadcast.text, broadcast.link, broadcast.file, broadcast.audience)


def send_broadcasts(engine: Engine, settings: Settings) -> None:
    """Go on with all that are due; cheap while there is none."""
    at = clock.now(settings)
    with transaction(engine) as session:
        ids = at_work(session, at)
    for id_ in ids:
        try:
            _go_on(engine, settings, id_, at)
        except ValueError as error:  # one that cannot be read must not stop the others
            log.error("broadcast %s is not sent: %s", id_, type(error).__name__)


def stop(session: Session, id_: int, at: datetime) -> bool:
    """What has not left does not leave; False when it is not being sent."""
    if not stop_broadcast(session, id_, at):
        return False
    take_back_sends(session, call_back_all(session, key_of(id_)))
    return True


def _go_on(engine: Engine, settings: Settings, id_: int, at: datetime) -> None:
    with transaction(engine) as session:
        broadcast = get_broadcast(session, id_)
        if broadcast is None:
            return
        may = broadcast.urgent or not is_night(at)
        if may:
            begin_broadcast(session, id_, at)
    repeat(engine, id_, ("sending", "stopped"), lambda s, b: settle(s, settings, b, at))
    if not may:
        return
    Overdue(engine, settings, id_, at).look()
    repeat(engine, id_, ("sending",), lambda s, b: _lay(s, settings, b, at))
    with transaction(engine) as session:
        ways = routes_waiting(session, id_)
    for route in ways:
        repeat(engine, id_, ("sending",), lambda s, b, r=route: _send(s, settings, b, r, at))  # type: ignore[misc]
    with transaction(engine) as session:
        finish_broadcast(session, id_, at)


# --- who is to be told ---------------------------------------------------------------------------


def _lay(session: Session, settings: Settings, broadcast: Broadcast, at: datetime) -> bool:
    """A row for each of the next people; whether there are more."""
    if broadcast.laid:
        return False
    id_, audience = id_of(broadcast), audience_of(broadcast.audience)
    today = at.astimezone(clock.VIETNAM).date()
    people = people_of(session, audience, today, after=broadcast.laid_to, limit=_LAID)
    ways = ways_of(session, settings, audience, people, at, purse_of(session, settings, at))
    lay_sends(session, [_row(id_, way) for way in ways])
    if any(way.reason == CAP for way in ways):
        tell_of_cap(session, settings, at)
    more = len(people) == _LAID
    laid_up_to(session, id_, people[-1] if people else broadcast.laid_to, laid=not more)
    return more


def _row(broadcast_id: int, way: Way) -> dict[str, object]:
    return {
        "broadcast_id": broadcast_id,
        "person_id": way.person_id,
        "state": "waiting" if way.route else "unreached",
        "route": way.route.name if way.route else "",
        "tried": "",
        "number": 0,
        "reason": way.reason,
    }


# --- telling them --------------------------------------------------------------------------------


def _send(
    session: Session, settings: Settings, broadcast: Broadcast, route: str, at: datetime
) -> bool:
    """Messages to some who wait for this way; whether there is more to do now."""
    channel = channel_of(route)
    limits = channel_limits(settings).get(channel)
    composed = compose(settings, limits, written_of(broadcast)) if limits else None
    room, pace = _room(session, channel, limits)
    most = min(_SENT, room // composed.messages if composed else _SENT)
    sends = waiting_for(session, id_of(broadcast), route, most) if most else []
    if not sends:
        return False
    due = at
    if pace:
        due += pace * count_messages(session, channel, "waiting")
    for send, way in _ways(session, settings, broadcast, sends, at):
        if way.route is None:
            send.state, send.reason = "unreached", send.reason or way.reason
        elif way.route.name != route or composed is None:
            send.route = way.route.name  # it waits for that one
        else:
            _enqueue(session, send, way.route, composed, at, due)
            due += pace * composed.messages
        session.add(send)
    session.flush()
    return len(sends) == most


def _room(session: Session, channel: str, limits: Limits | None) -> tuple[int, timedelta]:
    """How many messages may be laid before a channel now, and the time between two of them.

    Each has a time of its own from which on it is due: an answer is due at once, and goes first.
    """
    if limits is None or limits.fetches:
        return _SENT * 2, timedelta(0)
    pace = _SHARE * (limits.per_second or _QUICK)
    waiting = count_messages(session, channel, "waiting")
    return max(0, int(pace * _AHEAD) - waiting), timedelta(seconds=1 / pace)


def _ways(
    session: Session,
    settings: Settings,
    broadcast: Broadcast,
    sends: list[BroadcastSend],
    at: datetime,
) -> list[tuple[BroadcastSend, Way]]:
    """As it is now: whoever has stopped it meanwhile, or is no longer meant, is not told."""
    people = [send.person_id for send in sends]
    audience, today = audience_of(broadcast.audience), at.astimezone(clock.VIETNAM).date()
    meant = set(people_of(session, audience, today, among=people))
    unwanted = set() if audience.draft else unsubscribed(session, people)
    accounts, purse = accounts_of(session, people), purse_of(session, settings, at)
    found = []
    for send in sends:
        person, tried = send.person_id, tried_ways(send)
        if person not in meant or person in unwanted:
            found.append((send, Way(person, None, UNWANTED if person in unwanted else LEFT)))
        else:
            theirs = accounts.get(person, ())
            found.append((send, way_to(settings, person, theirs, tried, at, purse)))
    return found


def _enqueue(
    session: Session,
    send: BroadcastSend,
    route: Route,
    composed: Composed,
    at: datetime,
    due: datetime,
) -> None:
    account, fetched = route.account, route.name == WEB
    send.number += 1
    key = key_of(send.broadcast_id, send.person_id, send.number)
    reply = worded(composed.text, composed.buttons)
    send.message_id = enqueue(
        session,
        account.channel,
        account.chat,
        composed.text,
        at,
        buttons=composed.buttons,
        drawn=reply_json(reply) if fetched else {},
        key=f"{key}text",
        due_at=due,
        sent=fetched,
    )
    if composed.enclosure:
        enqueue(
            session,
            account.channel,
            account.chat,
            "",
            at,
            enclosure=composed.enclosure,
            key=f"{key}file",
            due_at=due,
            sent=fetched,
        )
    send.state, send.at, send.reason = "open", at, ""
