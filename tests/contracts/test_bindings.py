"""Who acts for a unit: invited, asking, confirmed, handed over, forgotten; nobody unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.texts import say
from service import offices
from service.errors import UnitRefused
from service.storage import bindings, consents, units
from service.storage.alerts import open_alerts
from service.storage.audit import audit_entries
from service.storage.bindings import Office, ask, bindings_of
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import Submission
from service.storage.invitations import (
    VALID,
    Invitation,
    find_invitation,
    invite,
    open_invitations,
    redeem,
    withdraw_invitation,
)
from service.storage.people_tables import ChannelAccount
from service.storage.reach import reached_heads, unreachable_units, watch_reach
from service.storage.unit_tables import Binding
from tests.builders import NOON, names_alone
from tests.desk import an_account

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
CONTACT = "văn phòng"


def a_unit(session: Session, name: str = "Sở Y tế") -> int:
    return units.add_unit(session, name, NOON, plan="p").id or 0


def a_person(session: Session, chat: str = "1") -> int:
    return an_account(session, "telegram", chat).person_id


def asking(session: Session, unit: int, chat: str = "1", **terms: bool) -> Binding:
    return ask(session, a_person(session, chat), unit, "Người hỏi", "cán bộ", NOON, **terms)


def acting(session: Session, unit: int, chat: str = "1", **terms: bool) -> Binding:
    binding = asking(session, unit, chat, **terms)
    confirmed = bindings.confirm(session, binding.id or 0, "admin:1", NOON)
    assert confirmed is not None
    return confirmed


def alerts(session: Session) -> list[str]:
    return [alert.source for alert in open_alerts(session) if alert.kind == "unit_unreached"]


# --- asked and confirmed ------------------------------------------------------------------------


def test_whoever_asks_waits_and_counts_once_confirmed(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        binding = asking(session, unit, head=True, shared=True)
        person, id_ = binding.person_id, binding.id or 0
        office = Office(unit, "Sở Y tế", "p", False, True, False, "Người hỏi", "cán bộ")
        assert bindings_of(session, person, TODAY) == (office,)
        assert (bindings.count_waiting(session), bindings.count_acting(session)) == (1, {})
        assert bindings.units_of(session, person) == []
    with transaction(engine) as session:
        confirmed = bindings.confirm(session, id_, "admin:3", NOON)
        assert confirmed is not None
        assert (confirmed.confirmed_at, confirmed.confirmed_by) == (NOON, "admin:3")
        expected = replace(office, head=True, confirmed=True)
        assert bindings_of(session, person, TODAY) == (expected,)
        assert (bindings.count_waiting(session), bindings.count_acting(session)) == (0, {unit: 1})
        assert bindings.units_of(session, person) == [unit]


def test_of_two_who_decide_at_once_one_succeeds(engine: Engine) -> None:
    with transaction(engine) as session:
        id_ = asking(session, a_unit(session)).id or 0

    def decide(number: int) -> bool:
        with transaction(engine) as session:
            if number % 2:
                return bindings.refuse(session, id_, NOON) is not None
            return bindings.confirm(session, id_, "admin:1", NOON) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(8))) == [False] * 7 + [True]


def test_whoever_was_refused_or_left_may_ask_again_and_waits_again(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        binding = asking(session, unit, head=True)
        id_, person = binding.id or 0, binding.person_id
        assert bindings.refuse(session, id_, NOON) is not None
        assert bindings.refuse(session, id_, NOON) is None
        assert bindings_of(session, person, TODAY) == ()
        again = ask(session, person, unit, "Tên khác", "cán bộ", NOON + DAY)
        assert (again.id, again.name, again.head, again.confirmed_at) == (
            id_, "Tên khác", False, None,
        )  # fmt: skip
        assert bindings.revoke(session, id_, NOON) is None  # it was not confirmed
        assert bindings.confirm(session, id_, "admin:1", NOON) is not None
        assert bindings.revoke(session, id_, NOON) is not None
        assert bindings_of(session, person, TODAY) == ()
        ask(session, person, unit, "Tên khác", "cán bộ", NOON + DAY)
        [office] = bindings_of(session, person, TODAY)
        assert not office.confirmed


def test_whoever_acts_for_a_unit_gains_nothing_by_asking_again(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        person = acting(session, unit).person_id
        ask(session, person, unit, "Tên giả", "giám đốc", NOON, head=True, shared=True)
        [office] = bindings_of(session, person, TODAY)
        assert (office.person_name, office.head, office.confirmed) == ("Người hỏi", False, True)


def test_an_invitation_still_counts_when_the_person_asks_without_it(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        person = asking(session, unit, head=True).person_id
        assert ask(session, person, unit, " Tên  mới\u200b", "x" * 300, NOON).head
        [office] = bindings_of(session, person, TODAY)
        assert (office.person_name, len(office.post)) == ("Tên mới", 100)


def test_a_closed_unit_is_nobodys(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        person = acting(session, unit).person_id
        row = units.get_unit(session, unit)
        assert row is not None
        units.close_unit(session, row, TODAY + DAY, TODAY)
        assert len(bindings_of(session, person, TODAY)) == 1
        assert bindings_of(session, person, TODAY + DAY) == ()
        with pytest.raises(UnitRefused, match="không còn hoạt động"):
            ask(session, person, unit, "a", "b", NOON + DAY)
        with pytest.raises(UnitRefused):
            ask(session, person, 99, "a", "b", NOON)


def test_people_are_listed_those_confirmed_first(engine: Engine) -> None:
    with transaction(engine) as session:
        unit, other = a_unit(session), a_unit(session, "Sở khác")
        first = asking(session, unit, "1").id
        second = acting(session, unit, "2").id
        third = asking(session, other, "3").id
        gone = asking(session, unit, "4")
        bindings.refuse(session, gone.id or 0, NOON)
        session.add(ChannelAccount(
            person_id=gone.person_id, channel="web", address="w", chat="", created_at=NOON,
            last_seen_at=NOON,
        ))  # fmt: skip
        assert [a.binding.id for a in bindings.bindings_of_unit(session, unit)] == [second, first]
        assert [a.binding.id for a in bindings.waiting(session)] == [first, third]
        assert [(a.binding.id, a.unit.id) for a in bindings.acting(session)] == [(second, unit)]


# --- invited ------------------------------------------------------------------------------------


def test_an_invitation_is_used_once_and_waits_to_be_confirmed(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        code = invite(session, unit, NOON, head=True, shared=True)
        typed = code.lower().replace("-", " ")
        assert find_invitation(session, typed, NOON) == Invitation(unit, "Sở Y tế", True, True)
        one, two = a_person(session, "1"), a_person(session, "2")
        binding = redeem(session, typed, one, "Người hỏi", "cán bộ", NOON)
        assert binding is not None
        assert (binding.head, binding.shared, binding.confirmed_at) == (True, True, None)
        assert find_invitation(session, code, NOON) is None
        assert redeem(session, code, two, "Người khác", "cán bộ", NOON) is None
        assert bindings_of(session, two, TODAY) == ()


def test_an_invitation_ends(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        code = invite(session, unit, NOON)
        assert find_invitation(session, code, NOON + VALID - DAY) is not None
        assert find_invitation(session, code, NOON + VALID) is None
        assert find_invitation(session, "xin chào", NOON) is None
        row = units.get_unit(session, unit)
        assert row is not None
        units.close_unit(session, row, TODAY, TODAY)
        assert find_invitation(session, code, NOON) is None
        assert redeem(session, code, a_person(session), "a", "b", NOON) is None


# --- handed over and merged ---------------------------------------------------------------------


def a_submission(person: int, unit: int, state: str, code: str) -> Submission:
    return Submission(
        code=code, form="bao-cao", form_version=1, person_id=person, unit_id=unit, answers={},
        state=state, created_at=NOON, updated_at=NOON,
    )  # fmt: skip


def test_whoever_takes_over_gets_what_is_undecided_of_that_unit(engine: Engine) -> None:
    with transaction(engine) as session:
        unit, other = a_unit(session), a_unit(session, "Sở khác")
        first, second = acting(session, unit, "1"), acting(session, unit, "2")
        mine, theirs = first.person_id, second.person_id
        states = (
            "pending",
            "received",
            "returned",
            "accepted",
            "answered",
            "withdrawn",
            "replaced",
        )
        session.add_all(a_submission(mine, unit, state, state) for state in states)
        session.add(a_submission(mine, other, "received", "elsewhere"))
        session.flush()
        assert bindings.hand_over(session, first.id or 0, second.id or 0, NOON, names_alone) == 3
        assert bindings.hand_over(session, first.id or 0, second.id or 0, NOON, names_alone) is None
    with transaction(engine) as session:
        moved = session.exec(select(Submission.code).where(Submission.person_id == theirs))
        assert sorted(moved) == ["pending", "received", "returned"]
        assert bindings_of(session, mine, TODAY) == ()


def test_only_a_confirmed_person_of_the_same_unit_takes_over(engine: Engine) -> None:
    with transaction(engine) as session:
        unit, other = a_unit(session), a_unit(session, "Sở khác")
        first, waits = acting(session, unit, "1"), asking(session, unit, "2")
        for to in (first.id, waits.id, acting(session, other, "3").id, 99):
            assert bindings.hand_over(session, first.id or 0, to or 0, NOON, names_alone) is None
        assert len(bindings_of(session, first.person_id, TODAY)) == 1


@pytest.mark.parametrize("there", ["", "waits", "acts", "ended"])
def test_people_of_a_merged_unit_act_for_its_successor(engine: Engine, there: str) -> None:
    with transaction(engine) as session:
        unit, successor = a_unit(session), a_unit(session, "Sở mới")
        binding = acting(session, unit, "1", head=True)
        person = binding.person_id
        if there:
            other = ask(session, person, successor, "Người hỏi", "cũ", NOON)
            if there == "acts":
                bindings.confirm(session, other.id or 0, "admin:1", NOON)
            if there == "ended":
                bindings.refuse(session, other.id or 0, NOON)
        waits = asking(session, unit, "2").person_id
        rows = [units.get_unit(session, id_) for id_ in (unit, successor)]
        assert rows[0] is not None
        assert rows[1] is not None
        units.merge_units(session, rows[0], rows[1], TODAY, TODAY, NOON)
    with transaction(engine) as session:
        [office] = bindings_of(session, person, TODAY)
        assert (office.unit_id, office.confirmed) == (successor, True)
        assert office.head is (there != "acts")
        [office] = bindings_of(session, waits, TODAY)
        assert (office.unit_id, office.confirmed) == (successor, False)
        assert bindings.bindings_of_unit(session, unit) == []


# --- decided, told, watched ---------------------------------------------------------------------


def test_a_decision_is_written_down_and_told(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        first, second = asking(session, unit, "1"), asking(session, unit, "2")
        third = asking(session, unit, "3")
        one, two, three = (b.id or 0 for b in (first, second, third))
        for id_ in (one, two):
            assert offices.confirm(session, id_, "admin:1", NOON) is not None
            assert offices.confirm(session, id_, "admin:1", NOON) is None
        assert offices.refuse(session, three, "person:7", NOON, contact=CONTACT) is not None
        assert offices.refuse(session, three, "person:7", NOON, contact=CONTACT) is None
        told = {"contact": CONTACT, "personal": names_alone}
        assert offices.hand_over(session, one, two, "admin:1", NOON, **told) == 0
        assert offices.hand_over(session, one, two, "admin:1", NOON, **told) is None
        assert offices.revoke(session, two, "admin:1", NOON, contact=CONTACT) is not None
        assert offices.revoke(session, two, "admin:1", NOON, contact=CONTACT) is None
    with transaction(engine) as session:
        done = [(e.actor, e.action, e.subject) for e in reversed(audit_entries(session, 0, 9))]
        assert done == [
            ("admin:1", "binding_confirmed", f"binding:{one}"),
            ("admin:1", "binding_confirmed", f"binding:{two}"),
            ("person:7", "binding_refused", f"binding:{three}"),
            ("admin:1", "binding_handed_over", f"binding:{one}"),
            ("admin:1", "binding_revoked", f"binding:{two}"),
        ]
        assert "Người hỏi" not in str([e.detail for e in audit_entries(session, 0, 9)])
        told = [(m.chat, m.text.split("Sở Y tế")[0].strip()) for m in session.exec(
            select(OutboundMessage).order_by(OutboundMessage.id)  # type: ignore[arg-type]
        )]  # fmt: skip
        assert told == [
            ("1", "Anh/chị đã được xác nhận thay mặt"),
            ("2", "Anh/chị đã được xác nhận thay mặt"),
            ("3", "Yêu cầu thay mặt"),
            ("1", "Anh/chị đã bàn giao việc của"),
            ("2", "Anh/chị nhận bàn giao việc của"),
            ("2", "Từ nay Anh/chị không còn thay mặt"),
        ]


def test_a_unit_that_loses_its_last_person_is_raised_until_it_has_one_again(
    engine: Engine,
) -> None:
    with transaction(engine) as session:
        unit, never = a_unit(session), a_unit(session, "Chưa từng có ai")
        first, second = acting(session, unit, "1"), acting(session, unit, "2")
        refused = asking(session, never, "3").id or 0
        offices.refuse(session, refused, "admin:1", NOON, contact=CONTACT)
        offices.revoke(session, first.id or 0, "admin:1", NOON, contact=CONTACT)
        assert (alerts(session), unreachable_units(session, TODAY)) == ([], [])
        offices.revoke(session, second.id or 0, "admin:1", NOON, contact=CONTACT)
        assert alerts(session) == [f"unit:{unit}"]
        assert [u.id for u in unreachable_units(session, TODAY)] == [unit]
        # Whoever is refused, and whoever is confirmed but cannot be reached, is no help.
        again = ask(session, first.person_id, unit, "a", "b", NOON)
        offices.refuse(session, again.id or 0, "admin:1", NOON, contact=CONTACT)
        assert alerts(session) == [f"unit:{unit}"]
        account = an_account(session, "telegram", "4")
        account.unreachable = "-213"
        mute = ask(session, account.person_id, unit, "a", "b", NOON)
        offices.confirm(session, mute.id or 0, "admin:1", NOON)
        assert alerts(session) == [f"unit:{unit}"]
        ask(session, first.person_id, unit, "a", "b", NOON)
        offices.confirm(session, again.id or 0, "admin:1", NOON)
        assert (alerts(session), unreachable_units(session, TODAY)) == ([], [])


def test_a_unit_whose_last_person_was_forgotten_is_raised(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        one, two = acting(session, unit, "1").person_id, acting(session, unit, "2").person_id
        forget(session, one, NOON, personal=names_alone)
        assert alerts(session) == []
        forget(session, two, NOON, personal=names_alone)
        assert alerts(session) == [f"unit:{unit}"]
        assert [u.id for u in unreachable_units(session, TODAY)] == [unit]
        assert session.exec(select(Binding)).all() == []


def test_the_heads_whom_a_message_finds_are_known(engine: Engine) -> None:
    with transaction(engine) as session:
        unit, other = a_unit(session), a_unit(session, "Sở khác")
        acting(session, unit, "1")
        asking(session, unit, "2", head=True)
        acting(session, other, "3", head=True)
        first, second, gone, mute, unwilling = (
            acting(session, unit, chat, head=True) for chat in "45678"
        )
        offices.revoke(session, gone.id or 0, "admin:1", NOON, contact=CONTACT)
        left = select(ChannelAccount).where(ChannelAccount.person_id == mute.person_id)
        session.exec(left).one().unreachable = "left"
        consents.agree(session, unwilling.person_id, "register", 1, NOON)
        consents.withdraw_consents(session, unwilling.person_id, NOON)
        session.flush()
        assert reached_heads(session, unit) == [first.person_id, second.person_id]


def test_a_unit_whose_people_left_their_channels_is_found(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = a_unit(session)
        person = acting(session, unit).person_id
        [account] = session.exec(
            select(ChannelAccount).where(ChannelAccount.person_id == person)
        ).all()
        account.unreachable = "blocked"
        session.flush()
        assert [u.id for u in unreachable_units(session, TODAY)] == [unit]
        [row] = unreachable_units(session, TODAY)
        units.close_unit(session, row, TODAY, TODAY)
        assert unreachable_units(session, TODAY) == []


# --- an officer who is to be the head -----------------------------------------------------------


def invited_as_head(session: Session) -> Binding:
    """An officer of a unit uses an invitation for its head."""
    unit = a_unit(session)
    officer = acting(session, unit)
    code = invite(session, unit, NOON, head=True)
    binding = redeem(session, code, officer.person_id, "Tên khác", "khác", NOON)
    assert binding is not None
    return binding


def test_an_officer_invited_as_head_stays_one_until_it_is_confirmed(engine: Engine) -> None:
    with transaction(engine) as session:
        binding = invited_as_head(session)
        person, id_ = binding.person_id, binding.id or 0
        plain = invite(session, binding.unit_id, NOON)
        assert redeem(session, plain, person, "Tên", "khác", NOON) is not None
    with transaction(engine) as session:
        [office] = bindings_of(session, person, TODAY)
        assert (office.head, office.confirmed, office.person_name) == (False, True, "Người hỏi")
        assert [one.binding.id for one in bindings.waiting(session)] == [id_]
        assert (bindings.count_waiting(session), bindings.count_acting(session)) == (
            1,
            {office.unit_id: 1},
        )
        assert offices.confirm(session, id_, "admin:3", NOON) is not None
        assert offices.confirm(session, id_, "admin:3", NOON) is None
    with transaction(engine) as session:
        [office] = bindings_of(session, person, TODAY)
        assert (office.head, office.confirmed) == (True, True)
        assert bindings.count_waiting(session) == 0


def test_an_officer_who_is_not_to_be_the_head_goes_on(engine: Engine) -> None:
    with transaction(engine) as session:
        binding = invited_as_head(session)
        person, id_ = binding.person_id, binding.id or 0
        assert offices.refuse(session, id_, "admin:3", NOON, contact=CONTACT) is not None
        assert offices.refuse(session, id_, "admin:3", NOON, contact=CONTACT) is None
    with transaction(engine) as session:
        [office] = bindings_of(session, person, TODAY)
        assert (office.head, office.confirmed) == (False, True)
        [told] = session.exec(select(OutboundMessage))
        assert told.text == say("units.head_refused", unit="Sở Y tế", contact=CONTACT)


def test_who_acts_no_more_does_not_wait_to_be_the_head(engine: Engine) -> None:
    with transaction(engine) as session:
        binding = invited_as_head(session)
        bindings.revoke(session, binding.id or 0, NOON)
        assert bindings.count_waiting(session) == 0
        assert bindings.confirm(session, binding.id or 0, "admin:1", NOON) is None
        again = ask(session, binding.person_id, binding.unit_id, "Tên", "cán bộ", NOON)
        bindings.confirm(session, again.id or 0, "admin:1", NOON)
        [office] = bindings_of(session, binding.person_id, TODAY)
        assert office.head is False


# --- what waited when units were merged ---------------------------------------------------------


def merge(session: Session, unit: int, into: int) -> None:
    rows = [units.get_unit(session, id_) for id_ in (unit, into)]
    assert rows[0] is not None
    assert rows[1] is not None
    offices.merge(session, rows[0], rows[1], TODAY, TODAY, NOON)


def states(session: Session) -> dict[str, str]:
    return {row.code: row.state for row in session.exec(select(Submission))}


def test_what_waited_for_a_merged_unit_counts_with_its_successor(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second, last = (a_unit(session, name) for name in ("Sở A", "Sở B", "Sở C"))
        binding = asking(session, first)
        elsewhere = a_unit(session, "Sở D")
        for unit, code in ((first, "MINE"), (elsewhere, "ELSEWHERE")):
            session.add(a_submission(binding.person_id, unit, "pending", code))
        session.flush()
        merge(session, first, second)
        merge(session, second, last)
        assert states(session)["MINE"] == "pending"  # nobody has confirmed it
        [waits] = bindings.waiting(session)
        offices.confirm(session, waits.binding.id or 0, "admin:1", NOON)
    with transaction(engine) as session:
        assert states(session) == {"MINE": "received", "ELSEWHERE": "pending"}


def test_who_acts_for_the_successor_already_need_not_be_confirmed_again(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = a_unit(session, "Sở A"), a_unit(session, "Sở B")
        binding = asking(session, first)
        session.add(a_submission(binding.person_id, first, "pending", "MINE"))
        there = ask(session, binding.person_id, second, "Người hỏi", "cán bộ", NOON)
        bindings.confirm(session, there.id or 0, "admin:1", NOON)
        merge(session, first, second)
    with transaction(engine) as session:
        assert states(session) == {"MINE": "received"}


# --- invitations that nobody has used -----------------------------------------------------------


def test_an_open_invitation_is_listed_and_can_be_withdrawn_once(engine: Engine) -> None:
    with transaction(engine) as session:
        unit, other = a_unit(session), a_unit(session, "Sở khác")
        late = invite(session, unit, NOON, 2 * DAY, head=True)
        early = invite(session, unit, NOON, DAY, shared=True)
        used = invite(session, unit, NOON)
        invite(session, unit, NOON - DAY, DAY)  # it is over
        invite(session, other, NOON)
        redeem(session, used, a_person(session), "Tên", "cán bộ", NOON)
    with transaction(engine) as session:
        one, two = open_invitations(session, unit, NOON)
        assert (one.until, one.head, one.shared) == (NOON + DAY, False, True)
        assert (two.until, two.head, two.shared) == (NOON + 2 * DAY, True, False)
        assert early not in str(one)
        assert not withdraw_invitation(session, other, one.id, NOON)
        assert withdraw_invitation(session, unit, one.id, NOON)
        assert not withdraw_invitation(session, unit, one.id, NOON)
        assert find_invitation(session, early, NOON) is None
        assert find_invitation(session, late, NOON) is not None
        assert [each.id for each in open_invitations(session, unit, NOON)] == [two.id]


# --- who no longer agrees -----------------------------------------------------------------------


def test_who_no_longer_agrees_does_not_count_for_the_unit(engine: Engine) -> None:
    def watched(session: Session) -> list[str]:
        session.flush()
        watch_reach(session, [unit], NOON)
        assert [each.id for each in unreachable_units(session, TODAY)] == (
            [unit] if alerts(session) else []
        )
        return alerts(session)

    with transaction(engine) as session:
        unit = a_unit(session)
        first, second = acting(session, unit, "1").person_id, acting(session, unit, "2").person_id
        assert watched(session) == []  # bound at the desk: nobody was asked
        for person in (first, second):
            consents.agree(session, person, "register", 1, NOON)
            consents.agree(session, person, "submit", 1, NOON)
        consents.withdraw_consents(session, first, NOON)
        assert watched(session) == []
        consents.withdraw_consents(session, second, NOON)
        assert watched(session) == [f"unit:{unit}"]
        consents.agree(session, first, "submit", 1, NOON)
        assert watched(session) == [f"unit:{unit}"]  # for sending only
        consents.agree(session, first, "register", 2, NOON)
        assert watched(session) == []
