"""What became of a message that was tried: sent, to be tried again, failed, or not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.channels.base import (
    Channel,
    ChannelDown,
    DeliveryError,
    Moved,
    NotNow,
    Rejected,
    Silent,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.texts import say
from service import clock
from service.asking import Desk
from service.spending import TEMPLATE, Reserved, release, reserve
from service.storage.alerts import AlertKind, raise_alert
from service.storage.base import UNHELD
from service.storage.channel_states import note, note_sent, state_of
from service.storage.delivery_tables import OutboundMessage
from service.storage.outbox import (
    move_chat,
    settle_failed,
    settle_later,
    settle_lost,
    settle_sent,
)
from service.storage.people import mark_unreachable
from service.storage.people_tables import SILENT
from service.storage.slots import WINDOW, give_back

_MOST_ATTEMPTS = 8
_LONGEST_PAUSE = 300  #: seconds between two attempts at one message
_LONGEST_REST = 60  #: seconds in which a channel that cannot be reached is left alone
_NETWORK = "network"  #: codes that begin so tell that the channel cannot be reached at all


@dataclass(slots=True)
class Attempt:
    """One message to be sent, with the slot it has taken (None where nothing limits it)."""

    message: OutboundMessage
    slot: int | None
    barred: str  #: why it must not be sent after all
    closed: bool  #: free words are not taken: its template goes out instead
    began: datetime
    reserved: Reserved | None = None  #: what it costs, counted already


class Settling:
    """Writes down what became of the messages of one channel."""

    def __init__(self, desk: Desk, channel: Channel, worker: str) -> None:
        self._desk, self._worker = desk, worker
        self._name, self._limits = channel.name, channel.limits
        self._failures = 0  #: times in a row that the channel could not be reached
        self._away_since = UNHELD  #: when it was last found to be away

    def sent(self, session: Session, attempt: Attempt, delivered: str) -> None:
        """It is delivered under the channel's id `delivered`."""
        at, real = self._now(), datetime.now(UTC)
        rest = timedelta(seconds=self._limits.per_chat_seconds)
        settle_sent(session, attempt.message, delivered, at, real + rest)
        self._free(session, attempt, real + WINDOW)
        note_sent(session, self._name, at)
        self._failures = 0

    def untried(self, session: Session, attempt: Attempt) -> None:
        """It is not sent at all: nobody would get it."""
        real = datetime.now(UTC)
        settle_failed(session, attempt.message, "failed", attempt.barred, real)
        self._free(session, attempt, real)

    def failed(self, session: Session, attempt: Attempt, error: DeliveryError) -> None:
        """It was tried and `error` came of it."""
        at, real, message = self._now(), datetime.now(UTC), attempt.message
        self._free(session, attempt, real + WINDOW)
        match error:
            case Moved():
                ours = settle_later(session, message, at, error.code, real, counts=False)
                move_chat(session, self._name, message.chat, error.chat)
            case ChannelDown():
                ours = settle_later(session, message, at, error.code, real, counts=False)
                self._stop(session, error.code[:200])
            case NotNow():
                due = at + timedelta(seconds=error.wait)
                ours = settle_later(session, message, due, error.code, real, counts=False)
            case Unreachable():
                ours = self._unreachable(session, message, error, real)
            case Unclear() if not self._limits.resend:
                ours = settle_failed(session, message, "unclear", error.code, real)
                if ours:
                    self._alert(session, "unclear", say("alerts.unclear", count=1))
            case Rejected():
                ours = self._give_up(session, message, error.code, real)
            case _:
                ours = self._later(session, attempt, error, at, real)
        # What may have arrived stays paid for; written down twice, it is given back once.
        if ours and attempt.reserved and not isinstance(error, Unclear):
            release(session, attempt.reserved)
        note(session, self._name, last_error=error.code[:200], last_error_at=at)

    def by_template(self, session: Session, attempt: Attempt) -> bool:
        """The channel has refused the words and a template is to follow: whether it may cost that.

        What the words would have cost is given back.
        """
        if attempt.reserved:
            release(session, attempt.reserved)
        attempt.reserved = reserve(session, self._desk.settings, TEMPLATE, self._now())
        return attempt.reserved is not None

    def _stop(self, session: Session, why: str) -> None:
        """Whoever has stopped it for the same reason has said so already."""
        if state_of(session, self._name).stopped != why:
            note(session, self._name, stopped=why)
            self._alert(session, "channel_stopped", say("alerts.stopped", error=why))

    def lost(self, session: Session) -> None:
        """Settle what a dead process left behind."""
        resend = self._limits.resend
        count = settle_lost(session, self._name, datetime.now(UTC), resend=resend)
        if count and not resend:
            self._alert(session, "unclear", say("alerts.unclear", count=count))

    def _unreachable(
        self, session: Session, message: OutboundMessage, error: Unreachable, real: datetime
    ) -> bool:
        code = error.code or "unreachable"
        why = SILENT if isinstance(error, Silent) else code
        mark_unreachable(session, self._name, message.chat, why)
        return settle_failed(session, message, "failed", code, real)

    def _later(
        self,
        session: Session,
        attempt: Attempt,
        error: DeliveryError,
        at: datetime,
        real: datetime,
    ) -> bool:
        """Try it again; when the whole channel is away or asks for it, all of it rests."""
        message = attempt.message
        away = isinstance(error, TryLater) and error.code.startswith(_NETWORK)
        if error.after is not None:
            self._rest(session, error.after, real)
        elif away and attempt.began > self._away_since:  # of those in flight only the first counts
            self._failures, self._away_since = self._failures + 1, real
            self._rest(session, min(2.0 ** (self._failures - 1), _LONGEST_REST), real)
        if away or error.after is not None:
            return settle_later(session, message, at, error.code, real, counts=False)
        if message.attempts >= _MOST_ATTEMPTS:
            return self._give_up(session, message, error.code, real)
        due = at + timedelta(seconds=min(2**message.attempts, _LONGEST_PAUSE))
        return settle_later(session, message, due, error.code, real)

    def _rest(self, session: Session, seconds: float, real: datetime) -> None:
        """Leave the whole channel alone for so long at least."""
        until = state_of(session, self._name).quiet_until or real
        quiet = max(until, real + timedelta(seconds=seconds))
        note(session, self._name, quiet_until=quiet)

    def _give_up(
        self, session: Session, message: OutboundMessage, code: str, real: datetime
    ) -> bool:
        ours = settle_failed(session, message, "failed", code, real)
        if ours:
            self._alert(session, "message_failed", say("alerts.failed", error=code))
        return ours

    def _free(self, session: Session, attempt: Attempt, free_at: datetime) -> None:
        if attempt.slot is not None:
            give_back(session, self._name, [attempt.slot], self._worker, free_at)

    def _alert(self, session: Session, kind: AlertKind, detail: str) -> None:
        raise_alert(session, kind, self._name, detail, self._now())

    def _now(self) -> datetime:
        return clock.now(self._desk.settings)
