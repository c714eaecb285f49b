"""What people send: versions, decisions of which one counts, and what stays of the forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from service.errors import SubmissionRefused
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import HandOff, Submission
from service.storage.people_tables import StoredFile
from service.storage.retention import files_named
from service.storage.submission_lists import (
    Wanted,
    count_received,
    count_sent,
    newest_sent,
    sending_units,
)
from service.storage.submissions import (
    DECIDED_FROM,
    Decision,
    State,
    decide,
    files_of,
    find_sent,
    get_sent,
    history,
    keep_submission,
    release,
    sender_of,
    sent_by,
    sent_for,
    withdraw,
)
from service.storage.unit_tables import Binding, Unit
from tests.builders import NOON, a_sent_file, a_submission, names_alone
from tests.desk import an_account

LATER = NOON + timedelta(minutes=5)
STATES: tuple[State, ...] = (
    "pending", "received", "accepted", "returned", "answered", "withdrawn", "replaced",
)  # fmt: skip


def a_person(session: Session, chat: str = "42") -> int:
    """Somebody who has written."""
    return an_account(session, "fake", chat).person_id


def a_unit(session: Session, name: str = "Phòng A") -> int:
    """An office."""
    unit = Unit(name=name, created_at=NOON)
    session.add(unit)
    session.flush()
    assert unit.id is not None
    return unit.id


def in_state(session: Session, state: State, **changes: object) -> Submission:
    """A submission that has got there."""
    row = a_submission(session, **changes)
    row.state = state
    session.add(row)
    session.flush()
    return row


def codes(rows: Sequence[Submission]) -> list[str]:
    return [row.code for row in rows]


# --- sent ---------------------------------------------------------------------------------------


def test_what_is_sent_is_found_again_with_its_files_in_order(engine: Engine) -> None:
    with transaction(engine) as session:
        person, unit = a_person(session), a_unit(session)
        sent = keep_submission(
            session,
            code="K7QM-2XRD",
            form="nop-ke-hoach",
            form_version=3,
            person_id=person,
            unit_id=unit,
            policy_id=None,
            answers={"title": "Kế hoạch năm 2026", "parts": ["a", "b"]},
            files=[a_sent_file("b"), a_sent_file("a")],
            pending=True,
            at=NOON,
            previous=None,
        )
    with transaction(engine) as session:
        found = find_sent(session, " k7qm-2xrd ")
        assert found is not None
        assert found.id == sent.id
        assert (found.state, found.form_version, found.created_at) == ("pending", 3, NOON)
        assert found.answers == {"title": "Kế hoạch năm 2026", "parts": ["a", "b"]}
        files = files_of(session, found.id or 0)
        assert [(f.position, f.sha256[0], f.name) for f in files] == [
            (1, "b", "b.pdf"),
            (2, "a", "a.pdf"),
        ]
        assert find_sent(session, "K7QM") is None
        assert codes(sent_by(session, person)) == codes(sent_for(session, unit)) == [found.code]
        assert sent_by(session, person + 1) == sent_for(session, unit + 1) == []
        assert get_sent(session, 99) is None


def test_a_newer_version_replaces_the_one_before_it(engine: Engine) -> None:
    with transaction(engine) as session:
        person = a_person(session)
        first = in_state(session, "returned", person_id=person)
        second = a_submission(session, person_id=person, previous=first.id, at=LATER)
        third = a_submission(session, person_id=person, previous=second.id, at=LATER)
        other = a_submission(session)
        assert (first.state, first.updated_at, second.state) == ("replaced", LATER, "replaced")
    with transaction(engine) as session:
        versions = [third.code, second.code, first.code]
        for each in (first, second, third):
            assert codes(history(session, each)) == versions
        assert codes(history(session, other)) == [other.code]
        assert codes(sent_by(session, person)) == versions


def test_two_newer_versions_of_the_same_follow_each_other(engine: Engine) -> None:
    """Two colleagues correct the same plan: the one who is later replaces the earlier one's."""
    with transaction(engine) as session:
        first = a_submission(session)

    def correct(_: int) -> None:
        with transaction(engine) as session:
            a_submission(session, previous=first.id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(correct, range(4)))
    with transaction(engine) as session:
        versions = history(session, first)
        assert [v.state for v in versions] == ["received", *["replaced"] * 4]


def test_what_was_taken_back_stays_so_when_it_is_sent_anew(engine: Engine) -> None:
    with transaction(engine) as session:
        first = in_state(session, "withdrawn")
        second = a_submission(session, previous=first.id)
        assert (first.state, second.previous_id) == ("withdrawn", first.id)


def test_a_version_that_was_erased_meanwhile_is_none_before_it(engine: Engine) -> None:
    with transaction(engine) as session:
        assert a_submission(session, previous=99).previous_id is None


def test_only_what_is_open_is_taken_back(engine: Engine) -> None:
    with transaction(engine) as session:
        all_ = {state: in_state(session, state) for state in STATES}
    with transaction(engine) as session:
        for state in ("pending", "received", "returned"):
            back = withdraw(session, all_.pop(state), LATER)
            assert (back.state, back.updated_at) == ("withdrawn", LATER)
        for state, sent in all_.items():
            with pytest.raises(SubmissionRefused) as refused:
                withdraw(session, sent, LATER)
            assert refused.value.why == state


def test_what_waited_for_a_person_is_received_once_they_are_confirmed(engine: Engine) -> None:
    with transaction(engine) as session:
        person, other = a_person(session), a_person(session, "43")
        unit, elsewhere = a_unit(session), a_unit(session, "Phòng B")
        mine = [in_state(session, "pending", person_id=person, unit_id=unit) for _ in range(2)]
        in_state(session, "pending", person_id=person, unit_id=elsewhere)
        in_state(session, "pending", person_id=other, unit_id=unit)
        in_state(session, "withdrawn", person_id=person, unit_id=unit)
    with transaction(engine) as session:
        released = release(session, person, {unit}, LATER)
        assert codes(released) == codes(mine)
        assert {(r.state, r.updated_at) for r in released} == {("received", LATER)}
        assert count_received(session) == 2
        assert release(session, person, {unit}, LATER) == []


# --- decided ------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", list(DECIDED_FROM))
def test_it_is_decided_only_where_that_makes_sense(engine: Engine, decision: Decision) -> None:
    sensible = {"received", "accepted"} if decision == "answered" else {"received"}
    with transaction(engine) as session:
        ids = {state: in_state(session, state).id or 0 for state in STATES}
    for state, id_ in ids.items():
        with transaction(engine) as session:
            if state in sensible:
                done = decide(session, id_, decision, " Cảm ơn. ", "admin:3", LATER)
                assert (done.state, done.reply) == (decision, "Cảm ơn.")
                assert (done.decided_by, done.decided_at) == ("admin:3", LATER)
            else:
                with pytest.raises(SubmissionRefused) as refused:
                    decide(session, id_, decision, "Cảm ơn.", "admin:3", LATER)
                assert refused.value.why == state
    with transaction(engine) as session:
        for state, id_ in ids.items():
            kept = session.get_one(Submission, id_)
            assert kept.state == (decision if state in sensible else state)
            assert kept.reply == ("Cảm ơn." if state in sensible else "")


@pytest.mark.parametrize("decision", ["returned", "answered"])
def test_a_return_needs_a_reason_and_an_answer_words(engine: Engine, decision: Decision) -> None:
    with transaction(engine) as session:
        sent = a_submission(session)
        with pytest.raises(SubmissionRefused) as refused:
            decide(session, sent.id or 0, decision, " \n", "admin:3", LATER)
        assert refused.value.why == "empty"
        session.refresh(sent)
        assert sent.state == "received"


def test_an_official_record_is_not_answered(engine: Engine) -> None:
    with transaction(engine) as session:
        plan = a_submission(session, form="nop-ke-hoach")
        with pytest.raises(SubmissionRefused):
            decide(session, plan.id or 0, "answered", "Cảm ơn.", "admin:3", LATER)
        with pytest.raises(SubmissionRefused) as refused:
            decide(session, 99, "accepted", "", "admin:3", LATER)
        assert refused.value.why == "gone"


def test_of_many_officers_at_once_one_decides(engine: Engine) -> None:
    with transaction(engine) as session:
        sent = a_submission(session)

    def press(officer: int) -> str:
        decision: Decision = "accepted" if officer % 2 else "returned"
        try:
            with transaction(engine) as session:
                decide(session, sent.id or 0, decision, "lý do", f"admin:{officer}", LATER)
        except SubmissionRefused as refused:
            return refused.why
        return "mine"

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(press, range(6)))
    assert said.count("mine") == 1
    with transaction(engine) as session:
        decided = session.get_one(Submission, sent.id)
        assert decided.decided_by == f"admin:{said.index('mine')}"
        assert set(said) == {"mine", decided.state}


# --- looked for ---------------------------------------------------------------------------------


@pytest.fixture
def several(engine: Engine) -> tuple[int, int]:
    """Five of two forms and two units; returns the units."""
    with transaction(engine) as session:
        a, b = a_unit(session, "Sở B"), a_unit(session, "Phòng A")
        a_unit(session, "Trường C")
        plan = {"form": "nop-ke-hoach", "unit_id": a}
        a_submission(session, "K1", **plan, answers={"title": "Kế hoạch Truyền thông"})
        in_state(session, "accepted", code="K2", form="nop-ke-hoach", unit_id=b)
        a_submission(session, "G3", form="gop-y", answers={"words": "Góp ý về kế hoạch"})
        in_state(session, "withdrawn", code="G4", form="gop-y")
        in_state(session, "replaced", code="K5", **plan)
    return a, b


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["G3", "K2", "K1"]),  # what was taken back or replaced is asked for by name
        (Wanted(form="nop-ke-hoach"), ["K2", "K1"]),
        (Wanted(state="withdrawn"), ["G4"]),
        (Wanted(form="nop-ke-hoach", state="replaced"), ["K5"]),
        (Wanted(unit_id=1), ["K1"]),
        (Wanted(words="KE HOACH"), ["G3", "K1"]),
        (Wanted(words="kế hoạch truyền"), ["K1"]),
        (Wanted(words="g3"), ["G3"]),
        (Wanted(words="%"), []),
        (Wanted(unit_id=99), []),
        (Wanted(policy_id=99), []),
    ],
    ids=str,
)
def test_they_are_found_newest_first(
    engine: Engine, several: tuple[int, int], wanted: Wanted, found: list[str]
) -> None:
    with transaction(engine) as session:
        assert codes(newest_sent(session, wanted)) == found
        assert codes(newest_sent(session, wanted, 1, 1)) == found[1:2]
        assert codes(newest_sent(session, wanted, 0, 2)) == found[:2]


def test_they_are_counted_by_form_and_state(engine: Engine, several: tuple[int, int]) -> None:
    with transaction(engine) as session:
        assert count_sent(session) == {
            ("nop-ke-hoach", "received"): 1,
            ("nop-ke-hoach", "accepted"): 1,
            ("nop-ke-hoach", "replaced"): 1,
            ("gop-y", "received"): 1,
            ("gop-y", "withdrawn"): 1,
        }
        assert count_received(session) == 2
        assert list(sending_units(session).items()) == [
            (several[1], "Phòng A"),
            (several[0], "Sở B"),
        ]


def test_who_acts_for_a_unit_is_named_while_they_are_known(engine: Engine) -> None:
    with transaction(engine) as session:
        person, unit = a_person(session), a_unit(session)
        session.add(
            Binding(person_id=person, unit_id=unit, name="N", post="văn thư", asked_at=NOON)
        )
        plan = a_submission(session, form="bao-cao", person_id=person, unit_id=unit)
        comment = a_submission(session, form="gop-y", person_id=person)
        bound = sender_of(session, plan)
        assert bound is not None
        assert bound.post == "văn thư"
        assert sender_of(session, comment) is None
        forget(session, person, NOON, personal=names_alone)
        session.refresh(plan)
        assert sender_of(session, plan) is None


# --- forgotten ----------------------------------------------------------------------------------

TOLD = {"title": "Báo cáo", "person": "N", "phone": "0912", "email": "n@x.vn", "acting": "N"}


def test_of_the_forgotten_only_official_records_stay_without_them(engine: Engine) -> None:
    forms = ("nop-ke-hoach", "bao-cao", "phan-anh", "gop-y", "another")
    with transaction(engine) as session:
        person, unit = a_person(session), a_unit(session)
        whose = {"person_id": person, "unit_id": unit, "answers": TOLD}
        ids = {
            (form, state): in_state(session, state, form=form, **whose).id
            for form in forms
            for state in STATES
        }
        forget(session, person, NOON, personal=names_alone)
    kept = ("received", "accepted", "replaced")
    with transaction(engine) as session:
        for (form, state), id_ in ids.items():
            row = session.get(Submission, id_)
            stays = form in ("nop-ke-hoach", "bao-cao") and state in kept
            assert (row is not None) is stays, (form, state)
            if row is not None:
                assert (row.person_id, row.unit_id, row.state) == (None, unit, state)
                assert row.answers == {"title": "Báo cáo"}


def test_bytes_stay_while_somebody_names_them(engine: Engine) -> None:
    with transaction(engine) as session:
        person, other = a_person(session), a_person(session, "43")
        a_submission(
            session, form="gop-y", person_id=person, files=[a_sent_file(n) for n in "abcd"]
        )
        a_submission(session, form="gop-y", person_id=other, files=[a_sent_file("b")])
        a_submission(session, form="bao-cao", person_id=person, files=[a_sent_file("e")])
        for whose, name in ((person, "a"), (person, "b"), (person, "e"), (other, "c")):
            session.add(
                StoredFile(
                    person_id=whose, sha256=name * 64, name=name, media_type="", size=1,
                    received_at=NOON,
                )
            )  # fmt: skip
    with transaction(engine) as session:
        # b: a comment of the other; c: a file of the other; e: a record that stays.
        assert forget(session, person, NOON, personal=names_alone) == ["a" * 64, "d" * 64]
    with transaction(engine) as session:
        assert files_named(session) == {letter * 64 for letter in "bce"}
        [comment] = sent_by(session, other)
        assert [f.name for f in files_of(session, comment.id or 0)] == ["b.pdf"]


def test_a_version_whose_sender_is_forgotten_leaves_the_next_one_whole(engine: Engine) -> None:
    with transaction(engine) as session:
        person = a_person(session)
        first = in_state(session, "withdrawn", form="bao-cao", person_id=person)
        second = a_submission(session, form="bao-cao", previous=first.id)
        forget(session, person, NOON, personal=names_alone)
    with transaction(engine) as session:
        [only] = history(session, session.get_one(Submission, second.id))
        assert (only.code, only.previous_id) == (second.code, None)


def test_a_hand_off_goes_with_the_person(engine: Engine) -> None:
    with transaction(engine) as session:
        account = an_account(session, "fake", "42")
        session.add(HandOff(account_id=account.id or 0, opened_at=NOON, last_at=NOON))
        session.flush()
        forget(session, account.person_id, NOON, personal=names_alone)
    with transaction(engine) as session:
        assert session.exec(select(HandOff)).all() == []
