"""What became of a broadcast's messages; who was not reached waits for the next way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from service.broadcasts.steps import id_of, key_of, repeat, tried_ways
from service.broadcasts.ways import NO_CHANNEL, Way, purse_of, way_to
from service.settings import Settings
from service.storage.broadcast_sends import ended_sends, overdue_sends
from service.storage.broadcast_tables import Broadcast, BroadcastSend
from service.storage.outbox import call_back, call_back_all, get_message, take_off_pages
from service.storage.people import accounts_of
from service.storage.people_tables import WEB

_SETTLED = 200  #: people of one transaction


def settle(session: Session, settings: Settings, broadcast: Broadcast, at: datetime) -> bool:
    """Write down what is known by now; whether there is more."""
    ended = ended_sends(session, id_of(broadcast), _SETTLED)
    for send, message in ended:
        if message is None or message.state == "unclear":
            send.state = "unclear"  # perhaps it arrived: it is not sent another way
        elif message.state == "sent":
            send.state = "told"
        else:
            call_back_all(session, key_of(send.broadcast_id, send.person_id, send.number))
            _next(session, settings, send, (message.error or "failed")[:200], at)
        session.add(send)
    session.flush()
    return len(ended) == _SETTLED


def _next(
    session: Session, settings: Settings, send: BroadcastSend, why: str, at: datetime
) -> bool:
    """It waits for the next way; False and not reached, for this reason, where there is none."""
    send.tried = ",".join((*tried_ways(send), send.route))
    way = _other(session, settings, send, at)
    if way.route:
        send.state, send.route, send.reason = "waiting", way.route.name, why
        return True
    send.state, send.reason = "unreached", why if way.reason == NO_CHANNEL else way.reason
    return False


def _other(session: Session, settings: Settings, send: BroadcastSend, at: datetime) -> Way:
    tried = {*tried_ways(send), send.route}
    accounts = accounts_of(session, [send.person_id]).get(send.person_id, ())
    purse = purse_of(session, settings, at)
    return way_to(settings, send.person_id, accounts, tried, at, purse)


class Overdue:
    """Those whose page was not looked at, or whose channel has been away for some hours."""

    def __init__(self, engine: Engine, settings: Settings, id_: int, at: datetime) -> None:
        self._engine, self._settings, self._id, self._at = engine, settings, id_, at
        self._after = 0

    def look(self) -> None:
        """Another way for each, where there is one."""
        self._after = 0
        repeat(self._engine, self._id, ("sending", "stopped"), self._some)

    def _some(self, session: Session, broadcast: Broadcast) -> bool:
        before = self._at - timedelta(hours=self._settings.remind_wait_hours)
        sends = overdue_sends(session, self._id, before, self._after, _SETTLED)
        for send in sends:
            self._after = send.id or 0
            other = (
                broadcast.state == "sending"
                and _other(session, self._settings, send, self._at).route
            )
            key = key_of(send.broadcast_id, send.person_id, send.number)
            if send.route == WEB:
                if other:  # nobody hears it twice, who opens the page later on
                    take_off_pages(session, key)
                    _next(session, self._settings, send, "unseen", self._at)
                else:
                    send.state = "unseen"
            elif other:
                message = get_message(session, send.message_id)
                if message is None or not call_back(session, message):
                    continue  # it is just being sent
                call_back_all(session, key)
                _next(session, self._settings, send, "late", self._at)
            session.add(send)
        session.flush()
        return len(sends) == _SETTLED
