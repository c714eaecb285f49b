"""What the desk keeps: accounts, sessions, codes; the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from service.admin import accounts
from service.storage import admins, codes, second_steps, sessions
from service.storage.alerts import (
    count_alerts,
    open_alerts,
    raise_alert,
    resolve_alert,
    resolved_alerts,
)
from service.storage.audit import audit_entries, record
from service.storage.channel_board import channel_states, clear_stop, queue_counts, token_age
from service.storage.delivery_tables import (
    ChannelState,
    ChannelToken,
    InboundEvent,
    OutboundMessage,
)
from service.storage.engine import transaction
from service.storage.people_tables import AdminSession, AdminUser, OneTimeCode
from service.storage.questions import keep_question, newest_questions
from tests.builders import NOON, an_asked_question
from tests.desk import an_account, an_admin

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lan(engine: Engine) -> int:
    """An owner with something for a password."""
    with transaction(engine) as session:
        admin_id = an_admin(session, "lan")
        admin = admins.get_admin(session, admin_id)
        assert admin is not None
        admins.set_password_hash(session, admin, "hash")
    return admin_id


# --- accounts -----------------------------------------------------------------------------------


def test_a_name_is_taken_once_also_by_many_at_once(engine: Engine) -> None:
    def add(_number: int) -> bool:
        with transaction(engine) as session:
            return admins.add_admin(session, "lan", "owner", NOON) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(8))) == [False] * 7 + [True]
    with transaction(engine) as session:
        [admin] = admins.all_admins(session)
        # Whoever came too late may have used up a number.
        assert admins.names_of_admins(session) == {f"admin:{admin.id}": "lan"}


def test_many_tries_at_once_do_not_pass_the_limit(engine: Engine, lan: int) -> None:
    def try_once(_number: int) -> bool:
        with transaction(engine) as session:
            return admins.take_try(session, "lan", NOON) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_once, range(20))) == admins.TRIES
    with transaction(engine) as session:
        admin = admins.get_admin(session, lan)
        assert admin is not None
        assert (admin.failed, admin.locked_until) == (5, NOON + 15 * MINUTE)


@pytest.mark.usefixtures("lan")
def test_a_lock_ends_and_the_next_is_longer(engine: Engine) -> None:
    at = NOON
    for lock in (15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR):
        with transaction(engine) as session:
            tried = [admins.take_try(session, "lan", at) for _ in range(6)]
            assert [bool(admin) for admin in tried] == [True] * 5 + [False]
            assert tried[0] is not None
            assert tried[0].locked_until == at + lock
            assert admins.take_try(session, "lan", at + lock - MINUTE) is None
        at += lock


@pytest.mark.parametrize("change", ["no password", "disabled", "unknown"])
def test_nobody_signs_in_as(engine: Engine, lan: int, change: str) -> None:
    with transaction(engine) as session:
        admin = admins.get_admin(session, lan)
        assert admin is not None
        if change == "no password":
            admin.password_hash = None
        if change == "disabled":
            admins.set_disabled(session, admin, NOON)
        if change == "unknown":
            admin.name = "hoa"
    with transaction(engine) as session:
        assert admins.take_try(session, "lan", NOON) is None
        admin = admins.get_admin(session, lan)
        assert admin is not None
        assert admin.failed == 0


def test_the_first_start_of_two_processes_makes_one_owner_with_one_link(engine: Engine) -> None:
    def start(_number: int) -> str | None:
        with transaction(engine) as session:
            return accounts.first_link(session, NOON)

    with ThreadPoolExecutor(2) as pool:
        links = [link for link in pool.map(start, range(2)) if link]
    with transaction(engine) as session:
        assert len(session.exec(select(AdminUser)).all()) == 1
        assert [bool(accounts.holder(session, link, NOON)) for link in links] == [True]


# --- sessions -----------------------------------------------------------------------------------


def test_a_session_is_known_by_its_cookie_alone(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        token = sessions.open_session(session, lan, NOON)
        [row] = session.exec(select(AdminSession)).all()
        assert re.fullmatch("[0-9a-f]{64}", token)
        assert row.hash != token
        assert sessions.signed_in(session, row.hash, NOON) is None
        assert sessions.signed_in(session, "", NOON) is None
        admin = sessions.signed_in(session, token, NOON)
        assert admin is not None
        assert admin.id == lan


def test_a_session_that_is_used_goes_on_and_ends_at_last(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        token = sessions.open_session(session, lan, NOON)
        idle = sessions.open_session(session, lan, NOON)
    at = NOON
    while at < NOON + 12 * HOUR - 29 * MINUTE:
        at += 29 * MINUTE
        with transaction(engine) as session:
            assert sessions.signed_in(session, token, at)
    with transaction(engine) as session:
        assert sessions.signed_in(session, idle, NOON + 30 * MINUTE) is None
        assert sessions.signed_in(session, token, NOON + 12 * HOUR) is None
        sessions.drop_ended_sessions(session, NOON + 11 * HOUR)
        assert len(session.exec(select(AdminSession)).all()) == 1
        sessions.drop_ended_sessions(session, NOON + 12 * HOUR)
        assert session.exec(select(AdminSession)).all() == []


def test_one_session_ends_or_all_of_a_person(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        other = an_admin(session, "hoa")
        first, second = (sessions.open_session(session, lan, NOON) for _ in range(2))
        others = sessions.open_session(session, other, NOON)
        sessions.end_session(session, first)
        assert sessions.signed_in(session, first, NOON) is None
        assert sessions.signed_in(session, second, NOON)
        sessions.end_sessions(session, lan)
        assert sessions.signed_in(session, second, NOON) is None
        assert sessions.signed_in(session, others, NOON)


# --- codes --------------------------------------------------------------------------------------


def test_a_code_is_used_as_often_as_it_may(engine: Engine) -> None:
    with transaction(engine) as session:
        codes.keep_code(session, "invite", "K7QM-2XRD", NOON + DAY, uses=3)

    def use(_number: int) -> bool:
        with transaction(engine) as session:
            return codes.use_code(session, "invite", "K7QM-2XRD", NOON) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(10))) == 3


def test_a_code_is_for_one_purpose_and_a_time(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        codes.keep_code(session, "desk", "a-long-code", NOON + DAY, admin_id=lan)
        [row] = session.exec(select(OneTimeCode)).all()
        assert "a-long-code" not in row.hash
        for purpose, code, at in (
            ("invite", "a-long-code", NOON),
            ("desk", "another-code", NOON),
            ("desk", "a-long-code", NOON + DAY),
        ):
            assert codes.find_code(session, purpose, code, at) is None  # type: ignore[arg-type]
            assert codes.use_code(session, purpose, code, at) is None  # type: ignore[arg-type]
        assert codes.can_open_desk(session, NOON)
        assert not codes.can_open_desk(session, NOON + DAY)
        assert codes.find_code(session, "desk", "a-long-code", NOON)
        used = codes.use_code(session, "desk", "a-long-code", NOON)
        assert used is not None
        assert (used.admin_id, used.uses_left) == (lan, 0)
        assert codes.find_code(session, "desk", "a-long-code", NOON) is None
        assert not codes.can_open_desk(session, NOON)


def test_codes_of_a_person_are_withdrawn(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        codes.keep_code(session, "desk", "old", NOON + DAY, admin_id=lan)
        codes.keep_code(session, "test", "mine", NOON + DAY, admin_id=lan)
        codes.withdraw_codes(session, lan, "desk")
        assert codes.find_code(session, "desk", "old", NOON) is None
        assert codes.find_code(session, "test", "mine", NOON)


def test_test_messages_go_to_the_account_that_wrote_last(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        first = an_account(session, "telegram", "first")
        second = an_account(session, "telegram", "second", NOON + HOUR)
        gone = an_account(session, "zalo_oa", "gone")
        gone.unreachable = "blocked"
        an_account(session, "web", "citizen")
        for account in (first, second, gone):
            code = codes.short_code()
            codes.keep_code(session, "test", code, NOON + HOUR, admin_id=lan)
            assert admins.join_person(session, f" {code.lower()} ", account.person_id, NOON)
    with transaction(engine) as session:
        own = admins.own_accounts(session, lan, NOON + DAY)
        assert {name: account.chat for name, account in own.items()} == {"telegram": "second"}
        assert admins.own_accounts(session, lan, NOON + 366 * DAY) == {}
        assert admins.own_accounts(session, lan + 1, NOON) == {}


def test_short_codes_are_read_however_they_are_typed() -> None:
    made = {codes.short_code() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0O1IL")
    for code in made:
        typed = code.lower().replace("-", " ")
        assert codes.read_short_code(f" {typed}\n") == code
        assert codes.read_short_code(code.replace("-", "")) == code
    for text in ("", "K7QM-2XR", "K7QM-2XR0", "xin chào", "K7QM-2XRD nhé"):
        assert codes.read_short_code(text) == ""


# --- what the pages read ------------------------------------------------------------------------


def test_resolved_alerts_are_kept_apart(engine: Engine) -> None:
    with transaction(engine) as session:
        for number in range(3):
            raise_alert(session, "event_parked", str(number), "", NOON + number * MINUTE)
        ids = [alert.id for alert in open_alerts(session)]
        assert count_alerts(session) == 3
        for alert_id, later in ((ids[0], 1), (ids[1], 2)):
            assert resolve_alert(session, alert_id or 0, NOON + later * HOUR)
        assert [alert.id for alert in resolved_alerts(session, 9)] == [ids[1], ids[0]]
        assert len(resolved_alerts(session, 1)) == 1
        assert count_alerts(session) == 1


def test_the_audit_trail_is_read_newest_first(engine: Engine) -> None:
    with transaction(engine) as session:
        for number in range(5):
            record(session, "command", "tried", str(number), NOON)
        assert [entry.subject for entry in audit_entries(session, 1, 3)] == ["3", "2", "1"]


def test_questions_are_found_in_any_spelling(engine: Engine) -> None:
    with transaction(engine) as session:
        for text in ("HẠN NỘP?", "50%_"):
            keep_question(session, an_asked_question(text))
        keep_question(session, an_asked_question("Hạn nộp ở đâu?", kind="silent"))

        def found(kind: str | None, words: str) -> list[str]:
            return [row.question for row in newest_questions(session, kind, words, 9)]

        assert found(None, "") == ["Hạn nộp ở đâu?", "50%_", "HẠN NỘP?"]
        assert found(None, "nop han") == ["Hạn nộp ở đâu?", "HẠN NỘP?"]
        assert found("answer", "Nộp") == ["HẠN NỘP?"]
        assert found(None, "50%") == ["50%_"]
        assert found(None, "%") == []
        assert found(None, "đâu có") == []


def test_queues_are_counted_by_channel_and_state(engine: Engine) -> None:
    with transaction(engine) as session:
        for number, state in enumerate(("waiting", "parked", "done")):
            session.add(_event(number, state))
        for state in ("waiting", "failed", "unclear", "unclear", "sent"):
            session.add(_message(state))
        counts = queue_counts(session)
    assert counts == {
        ("telegram", "in_waiting"): 1,
        ("telegram", "in_parked"): 1,
        ("zalo_oa", "out_waiting"): 1,
        ("zalo_oa", "out_failed"): 1,
        ("zalo_oa", "out_unclear"): 2,
    }


def test_a_stop_is_cleared_and_nothing_else(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(ChannelState(channel="zalo_oa", stopped="token", last_error="-216"))
    with transaction(engine) as session:
        assert not clear_stop(session, "telegram")
        assert clear_stop(session, "zalo_oa")
        assert not clear_stop(session, "zalo_oa")
    with transaction(engine) as session:
        state = channel_states(session)["zalo_oa"]
        assert (state.stopped, state.last_error) == (None, "-216")


def test_the_age_of_a_token_is_told_without_the_token(engine: Engine) -> None:
    with transaction(engine) as session:
        assert token_age(session, "zalo_oa:1") is None
        _keep_token(session)
        age = token_age(session, "zalo_oa:1")
        assert age is not None
        assert (age.refreshed_at, age.expires_at) == (NOON, NOON + HOUR)
        assert "secret" not in str(age)


def _event(number: int, state: str) -> InboundEvent:
    return InboundEvent(
        channel="telegram",
        event_id=str(number),
        lane="telegram:1",
        payload={},
        state=state,
        received_at=NOON,
        due_at=NOON,
        held_until=NOON,
    )


def _message(state: str) -> OutboundMessage:
    return OutboundMessage(
        channel="zalo_oa",
        chat="1",
        lane="zalo_oa:1",
        text="",
        buttons=[],
        enclosure={},
        template={},
        drawn={},
        state=state,
        created_at=NOON,
        due_at=NOON,
        held_until=NOON,
    )


def _keep_token(session: Session) -> None:
    token = ChannelToken(
        account="zalo_oa:1",
        access_token="secret",
        refresh_token="secret",
        expires_at=NOON + HOUR,
        refreshed_at=NOON,
        previous={},
    )
    session.add(token)
    session.flush()


# --- the audit trail ----------------------------------------------------------------------------


def test_the_database_itself_keeps_what_was_written_down(engine: Engine) -> None:
    statements = ["UPDATE audit_entry SET actor = 'admin:2'", "DELETE FROM audit_entry"]
    if engine.dialect.name == "postgresql":
        statements.append("TRUNCATE audit_entry")
    with transaction(engine) as session:
        record(session, "admin:1", "signed_in", "admin:1", NOON)
    for statement in statements:
        with pytest.raises(DBAPIError, match="neither changed nor deleted"), engine.begin() as it:
            it.exec_driver_sql(statement)
    with transaction(engine) as session:
        [kept] = audit_entries(session, 0, 9)
        assert kept.actor == "admin:1"


# --- the second step ----------------------------------------------------------------------------


def test_a_code_of_an_app_is_taken_by_one_of_many_at_once(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        assert second_steps.begin_step(session, lan, "seed", NOON)

    def take(_number: int) -> bool:
        with transaction(engine) as session:
            return second_steps.take_step(session, lan, 59_000_000)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_a_second_step_is_begun_again_until_it_is_on(engine: Engine, lan: int) -> None:
    with transaction(engine) as session:
        for seed in ("first", "second"):
            assert second_steps.begin_step(session, lan, seed, NOON)
        row = second_steps.find_step(session, lan)
        assert row is not None
        assert row.seed == "second"
        assert not second_steps.is_step_on(session, lan)
        second_steps.confirm_step(session, lan, NOON)
        assert not second_steps.begin_step(session, lan, "third", NOON)
        assert second_steps.who_has_step(session) == {lan}
        assert second_steps.drop_step(session, lan)
        assert not second_steps.drop_step(session, lan)


def test_a_right_password_alone_gives_back_its_own_try_and_no_other(
    engine: Engine, lan: int
) -> None:
    with transaction(engine) as session:
        for failed in (1, 2, 3, 4):
            counted = admins.take_try(session, "lan", NOON)
            assert counted is not None
            assert counted.failed == failed
        last = admins.take_try(session, "lan", NOON)
        assert last is not None
        assert last.locked_until is not None
        session.flush()
        admins.give_back_try(session, last)
        session.expire_all()
        again = admins.take_try(session, "lan", NOON)
        assert again is not None
        assert (again.failed, again.locked_until) == (5, NOON + 15 * MINUTE)
