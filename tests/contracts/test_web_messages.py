"""What a page fetches from the outbox, on every kind of database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from bot.messages import Incoming
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import accept, event_keys
from service.storage.outbox import enqueue, messages_after, newest_message, told_after
from tests.builders import NOON

RECENT = NOON - timedelta(minutes=1)


def said(engine: Engine, chat: str, text: str, event_id: int | None = None) -> int:
    """One message to a page."""
    with transaction(engine) as session:
        id_ = enqueue(session, "web", chat, text, NOON, event_id=event_id, sent=True)
    assert id_ is not None
    return id_


def texts(engine: Engine, after: int, *, recent: bool = True) -> list[str]:
    """What one page is given."""
    since = RECENT if recent else NOON
    with transaction(engine) as session:
        return [m.text for m in messages_after(session, "web", "an", after, since, 100)]


def test_a_page_gets_what_it_does_not_know_and_what_may_have_been_late(engine: Engine) -> None:
    answer = said(engine, "an", "trả lời", event_id=7)
    said(engine, "an", "nhắc việc")
    said(engine, "binh", "của người khác")
    last = said(engine, "an", "trả lời nữa", event_id=8)
    assert texts(engine, 0) == ["trả lời", "nhắc việc", "trả lời nữa"]
    assert texts(engine, answer) == ["nhắc việc", "trả lời nữa"]
    assert texts(engine, last) == ["nhắc việc"]  # the page knows it, if it was not late
    assert texts(engine, last, recent=False) == []


def test_what_was_erased_is_not_given_out(engine: Engine) -> None:
    erased = said(engine, "an", "trả lời")
    with transaction(engine) as session:
        session.get_one(OutboundMessage, erased).text = ""
    assert texts(engine, 0) == []


def test_one_look_finds_all_chats_that_were_told_something(engine: Engine) -> None:
    with transaction(engine) as session:
        assert newest_message(session) == 0
    first = said(engine, "an", "trả lời")
    second = said(engine, "binh", "trả lời")
    with transaction(engine) as session:
        assert newest_message(session) == second
        assert told_after(session, "web", first - 1) == [(first, "an"), (second, "binh")]
        assert told_after(session, "web", first) == [(second, "binh")]
        assert told_after(session, "telegram", 0) == []


def test_events_are_found_by_their_keys(engine: Engine) -> None:
    with transaction(engine) as session:
        incoming = Incoming("web", "an:1", "text", chat="an", person="an", text="hạn?")
        id_ = accept(session, incoming, NOON)
        assert id_ is not None
        assert event_keys(session, {id_, id_ + 1}) == {id_: "an:1"}
        assert event_keys(session, set()) == {}
