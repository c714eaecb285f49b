"""A test message: the one place where the desk writes to somebody."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from service.admin.words import words
from service.delivery import web
from service.storage.outbox import enqueue


def send_test(session: Session, channel: str, chat: str, at: datetime) -> None:
    """Put a test message to `chat` among those that wait to be sent."""
    text = words()["channels"]["test_message"]
    enqueue(session, channel, chat, text, at, sent=channel == web.NAME)
