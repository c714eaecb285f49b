"""A test message: the one place where the desk writes to somebody."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from service.admin.words import words
from service.storage.delivery_tables import OutboundMessage


def send_test(session: Session, channel: str, chat: str, at: datetime) -> None:
    """Put a test message to `chat` among those that wait to be sent."""
    message = OutboundMessage(
        channel=channel,
        chat=chat,
        lane=f"{channel}:{chat}",
        text=words()["channels"]["test_message"],
        buttons=[],
        enclosure={},
        drawn={},
        state="waiting",
        created_at=at,
        due_at=at,
    )
    session.add(message)
