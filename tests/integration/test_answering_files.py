"""A file of the web chat is held as long as it is looked at, and no longer."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.messages import Attachment
from service.delivery import answering
from service.delivery.answering import answer_now
from service.delivery.files import Received
from service.delivery.handling import handle
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from service.storage.inbox import HOLD
from tests.builders import an_incoming
from tests.delivering import DEADLINE, Office

FILE = Received("a.txt", "text/plain", b"noi dung")


def held_until(office: Office) -> datetime:
    with transaction(office.engine) as session:
        return session.exec(select(InboundEvent)).one().held_until


def test_what_takes_long_is_held_on_to_and_let_go_soon_after_its_holder_has_died(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_RENEWED", 0.01)
    renewed = threading.Event()

    def slowly(*given: object) -> bool:
        first = held_until(office)
        assert first <= datetime.now(UTC) + HOLD  # as long as whoever sends it again waits
        until = datetime.now(UTC).timestamp() + DEADLINE
        while held_until(office) == first and datetime.now(UTC).timestamp() < until:
            pass
        if held_until(office) > first:
            renewed.set()
        return handle(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(answering, "handle", slowly)
    event = an_incoming("", event="file", attachments=(Attachment("a.txt", ""),))
    [told] = answer_now(office.post, event, [FILE])
    assert renewed.is_set()
    assert "a.txt" in told.text
