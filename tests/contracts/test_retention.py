"""What goes with age: files nobody needs, comments that were answered, records after years."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.forms.engine import Progress
from bot.forms.engine import SentFile as FormFile
from bot.standing import Conversation, KeptFile
from service.storage.audit import audit_entries
from service.storage.engine import transaction
from service.storage.form_tables import Submission
from service.storage.people import person_key, save_conversation
from service.storage.people_tables import ConversationRow, StoredFile
from service.storage.retention import files_named, forget_old
from tests.builders import KEEPING, NOON, a_sent_file, a_submission
from tests.desk import an_account

SECOND = timedelta(seconds=1)


def a_person(session: Session, chat: str = "42") -> int:
    """Somebody who has written."""
    return an_account(session, "fake", chat).person_id


def a_file(session: Session, person: int, letter: str, at: datetime) -> None:
    """Somebody has sent a file; its hash is that letter over and over."""
    sent = a_sent_file(letter)
    session.add(
        StoredFile(
            person_id=person,
            sha256=sent.sha256,
            name=sent.name,
            media_type=sent.media_type,
            size=sent.size,
            received_at=at,
        )
    )


def draft(letter: str) -> Progress:
    """A form that was begun, with one file."""
    return Progress("bao-cao", 1, files=(FormFile(letter * 64, f"{letter}.pdf", 4),))


def sent(session: Session, code: str, form: str, state: str, at: datetime, letter: str) -> None:
    """A submission that has got there at that time, with one file."""
    row = a_submission(session, code, form=form, files=[a_sent_file(letter)], at=at)
    row.state = state
    session.add(row)


def codes(session: Session) -> set[str]:
    return set(session.exec(select(Submission.code)))


def forgotten(engine: Engine, at: datetime = NOON) -> str:
    """Let go of what is old; the letters of the files that may go."""
    with transaction(engine) as session:
        return "".join(sorted(name[0] for name in forget_old(session, KEEPING, at)))


def test_a_file_goes_unless_a_submission_or_a_form_begun_names_it(engine: Engine) -> None:
    old = NOON - KEEPING.files - SECOND
    with transaction(engine) as session:
        person, other = a_person(session), a_person(session, "43")
        for letter in "abcde":
            a_file(session, person, letter, old)
        a_file(session, person, "f", old + 2 * SECOND)
        a_file(session, person, "0", old)
        a_file(session, other, "0", NOON)  # and of late somebody else
        a_submission(session, files=[a_sent_file("a")])
        early = KeptFile("d.pdf", 4, sha256="d" * 64)
        state = Conversation(form=draft("b"), resting=(draft("c"),), early=(early,))
        save_conversation(session, person_key(person), state, 0, NOON)
    assert forgotten(engine) == "0e"
    with transaction(engine) as session:
        assert {name[0] for name in files_named(session)} == set("abcdf0")
        [again] = session.exec(select(StoredFile).where(StoredFile.sha256 == "0" * 64))
        assert again.received_at == NOON


def test_a_form_begun_is_kept_as_long_as_its_conversation(engine: Engine) -> None:
    old, last = NOON - KEEPING.files - SECOND, NOON - KEEPING.conversations
    with transaction(engine) as session:
        person = a_person(session)
        a_file(session, person, "a", old)
        save_conversation(session, person_key(person), Conversation(form=draft("a")), 0, last)
    assert forgotten(engine) == ""
    assert forgotten(engine, NOON + SECOND) == "a"
    with transaction(engine) as session:
        assert session.exec(select(ConversationRow)).all() == []
        assert files_named(session) == frozenset()


def test_comments_go_some_time_after_their_answer(engine: Engine) -> None:
    old = NOON - KEEPING.comments - SECOND
    with transaction(engine) as session:
        sent(session, "ANSWERED", "gop-y", "answered", old, "a")
        sent(session, "BACK", "phan-anh", "withdrawn", old, "b")
        sent(session, "YOUNG", "phan-anh", "answered", old + 2 * SECOND, "c")
        sent(session, "OPEN", "gop-y", "received", old, "d")
        sent(session, "RECORD", "bao-cao", "replaced", old, "e")
    assert forgotten(engine) == "ab"
    with transaction(engine) as session:
        assert codes(session) == {"YOUNG", "OPEN", "RECORD"}
        assert {name[0] for name in files_named(session)} == set("cde")
        [entry] = audit_entries(session, 0, 9)
        told = (entry.actor, entry.action, entry.subject, entry.detail)
        assert told == ("housekeeping", "comments_expired", "submissions", {"count": 2})


def test_records_go_after_years_whatever_became_of_them(engine: Engine) -> None:
    day = NOON.replace(year=NOON.year - KEEPING.records_years)
    with transaction(engine) as session:
        sent(session, "OLD", "nop-ke-hoach", "accepted", day - SECOND, "a")
        sent(session, "OPEN", "gop-y", "received", day - SECOND, "b")
        sent(session, "KEPT", "nop-ke-hoach", "accepted", day + SECOND, "b")
    assert forgotten(engine) == "ab"
    with transaction(engine) as session:
        assert codes(session) == {"KEPT"}
        assert {name[0] for name in files_named(session)} == {"b"}  # still named
        [entry] = audit_entries(session, 0, 9)
        assert (entry.action, entry.detail) == ("records_expired", {"count": 2})
    assert forgotten(engine) == ""
    with transaction(engine) as session:
        assert len(audit_entries(session, 0, 9)) == 1  # nothing went, nothing is written down


def test_an_earlier_version_that_goes_leaves_the_next_one(engine: Engine) -> None:
    old = NOON - KEEPING.comments - SECOND
    with transaction(engine) as session:
        first = a_submission(session, "FIRST", at=old)
        a_submission(session, "SECOND", at=old, previous=first.id)
    forgotten(engine)
    with transaction(engine) as session:
        [left] = session.exec(select(Submission))
        assert (left.code, left.previous_id) == ("SECOND", None)


def test_a_leap_day_has_its_term_too(engine: Engine) -> None:
    leap = datetime(2028, 2, 29, 5, tzinfo=NOON.tzinfo)
    before = leap.replace(year=2018, month=2, day=28)
    with transaction(engine) as session:
        sent(session, "OLD", "bao-cao", "accepted", before, "a")
        sent(session, "KEPT", "bao-cao", "accepted", leap.replace(year=2018, month=3, day=1), "b")
    assert forgotten(engine, leap) == "a"


def test_times_are_the_office_s_to_set(engine: Engine) -> None:
    short = replace(KEEPING, files=timedelta(days=1), messages=timedelta(days=1))
    with transaction(engine) as session:
        a_file(session, a_person(session), "a", NOON - timedelta(days=2))
    with transaction(engine) as session:
        assert forget_old(session, short, NOON) == {"a" * 64}
