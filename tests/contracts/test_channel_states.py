"""How channels fare, who leads, whose turn it is, and what is let go by age."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import select

from bot.standing import Conversation
from service.storage.channel_states import (
    lead,
    note,
    note_event,
    note_sent,
    state_of,
    step_down,
    take_turn,
)
from service.storage.codes import keep_code
from service.storage.delivery_tables import InboundEvent, OutboundMessage, PeriodicTurn
from service.storage.engine import transaction
from service.storage.inbox import accept, claim_events, finish_event
from service.storage.outbox import claim_messages, enqueue
from service.storage.people import save_conversation
from service.storage.people_tables import ConversationRow, OneTimeCode
from service.storage.retention import EVENTS, forget_old
from tests.builders import KEEPING, NOON, an_incoming

HOLD = timedelta(seconds=45)
SECOND = timedelta(seconds=1)


def leads(engine: Engine, worker: str, real: datetime = NOON, name: str = "poll:fake") -> bool:
    with transaction(engine) as session:
        return lead(session, name, worker, real, HOLD)


def test_one_leads_and_goes_on_leading(engine: Engine) -> None:
    assert leads(engine, "a")
    assert not leads(engine, "b")
    assert leads(engine, "b", name="poll:other")
    assert leads(engine, "a", NOON + HOLD - SECOND)
    assert not leads(engine, "b", NOON + HOLD)


def test_who_does_not_renew_is_followed(engine: Engine) -> None:
    assert leads(engine, "a")
    assert leads(engine, "b", NOON + HOLD)
    assert not leads(engine, "a", NOON + HOLD)


def test_who_steps_down_is_followed_at_once(engine: Engine) -> None:
    leads(engine, "a")
    leads(engine, "other", name="poll:other")
    with transaction(engine) as session:
        step_down(session, "a", NOON)
    assert leads(engine, "b")
    assert not leads(engine, "b", name="poll:other")


def test_of_many_at_once_one_leads(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda n: leads(engine, f"w{n}"), range(8))) == 1


def test_a_turn_is_taken_once(engine: Engine) -> None:
    def turn(slot: str) -> bool:
        with transaction(engine) as session:
            return take_turn(session, "forget_old", slot, NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: turn("2026-11-21"), range(8))) == 1
    assert turn("2026-11-22")


def test_what_is_noted_of_a_channel_is_kept(engine: Engine) -> None:
    with transaction(engine) as session:
        assert state_of(session, "fake").stopped is None
        note(session, "fake", stopped="401", cursor="7")
        note(session, "other", cursor="8")
    with transaction(engine) as session:
        note(session, "fake", last_error="timeout", last_error_at=NOON)
    with transaction(engine) as session:
        state = state_of(session, "fake")
        assert (state.stopped, state.cursor, state.last_error) == ("401", "7", "timeout")
        assert state_of(session, "other").cursor == "8"


def test_moments_are_noted_every_few_seconds_and_never_backwards(engine: Engine) -> None:
    for after, seen in ((0, 0), (3, 0), (6, 6), (1, 6)):
        with transaction(engine) as session:
            note_event(session, "fake", NOON + after * SECOND)
            note_sent(session, "fake", NOON + after * SECOND)
        with transaction(engine) as session:
            state = state_of(session, "fake")
            assert state.last_event_at == state.last_sent_at == NOON + seen * SECOND


def test_what_is_old_goes_and_what_waits_to_be_sent_stays(engine: Engine) -> None:
    old, young = NOON - max(EVENTS, KEEPING.messages) - SECOND, NOON - SECOND
    with transaction(engine) as session:
        for at, when in ((old, "old"), (young, "young")):
            accept(session, an_incoming(event_id=f"{when} done", person=when), at)
            [event] = claim_events(session, "w", NOON, NOON, 9)
            finish_event(session, event.id or 0, "w", at)
            accept(session, an_incoming(event_id=f"{when} parked"), at, stale=True)
            enqueue(session, "fake", "a", f"{when} sent", at, sent=True)
        accept(session, an_incoming(event_id="old waiting"), old)  # its channel is gone
        accept(session, an_incoming(event_id="young waiting"), young)
        enqueue(session, "fake", "b", "old sending", old)
        claim_messages(session, "fake", "w", NOON, NOON, NOON, 1)
        enqueue(session, "fake", "c", "old waiting", old)
        take_turn(session, "x", "old", old)
        take_turn(session, "x", "young", young)
    with transaction(engine) as session:
        forget_old(session, KEEPING, NOON)
    with transaction(engine) as session:
        events = {event.event_id for event in session.exec(select(InboundEvent))}
        assert events == {"young waiting", "young done", "young parked"}
        messages = {message.text for message in session.exec(select(OutboundMessage))}
        assert messages == {"old sending", "old waiting", "young sent"}
        assert [turn.slot for turn in session.exec(select(PeriodicTurn))] == ["young"]


def test_conversations_and_codes_go_in_their_time(engine: Engine) -> None:
    with transaction(engine) as session:
        save_conversation(session, "old", Conversation(), 0, NOON - KEEPING.conversations - SECOND)
        save_conversation(
            session, "young", Conversation(), 0, NOON - KEEPING.conversations + SECOND
        )
        keep_code(session, "invite", "AAAA-1111", NOON - SECOND)
        keep_code(session, "invite", "BBBB-2222", NOON + SECOND)
    with transaction(engine) as session:
        forget_old(session, KEEPING, NOON)
    with transaction(engine) as session:
        assert [row.key for row in session.exec(select(ConversationRow))] == ["young"]
        assert len(session.exec(select(OneTimeCode)).all()) == 1
