"""Nothing about people is kept longer than it is needed; the only SQL that lets rows go by age."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from service.storage.delivery_tables import InboundEvent, OutboundMessage, PeriodicTurn
from service.storage.form_tables import HandOff
from service.storage.people_tables import ConversationRow, OneTimeCode, StoredFile
from service.storage.submissions import files_sent

#: An event that comes again is known for so long; channels send again for a day at most.
EVENTS = timedelta(days=30)
#: Messages that were said, so that a web page can show them again.
MESSAGES = timedelta(days=30)
#: A conversation that nobody has gone on with.
CONVERSATIONS = timedelta(days=90)


def files_named(session: Session) -> frozenset[str]:
    """The SHA-256 of every file that a person has sent, alone or by form, or a message carries."""
    sent = session.exec(select(StoredFile.sha256))
    enclosed = session.exec(select(OutboundMessage.enclosure))
    carried = {str(e["sha256"]) for e in enclosed if e.get("sha256")}
    return frozenset(sent) | files_sent(session) | carried


def forget_old(session: Session, at: datetime) -> None:
    """Delete what is older than its time."""
    # What has waited so long, on a channel that is no longer in use, is not answered any more.
    session.execute(delete(InboundEvent).where(col(InboundEvent.received_at) < at - EVENTS))
    session.execute(
        delete(OutboundMessage).where(
            col(OutboundMessage.state).not_in(("waiting", "sending")),
            col(OutboundMessage.created_at) < at - MESSAGES,
        )
    )
    session.execute(
        delete(ConversationRow).where(col(ConversationRow.updated_at) < at - CONVERSATIONS)
    )
    session.execute(delete(OneTimeCode).where(col(OneTimeCode.expires_at) < at))
    session.execute(delete(PeriodicTurn).where(col(PeriodicTurn.taken_at) < at - EVENTS))


def forget_hand_offs(session: Session, before: datetime) -> None:
    """Delete talks with an officer in which nobody has written since, with their words."""
    session.execute(delete(HandOff).where(col(HandOff.last_at) < before))
