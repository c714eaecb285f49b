"""What says who sent a record goes when they do, whatever the office has called it in its form."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from bot.forms.definition import FORMS
from service.admin.submission_views import row
from service.forms import reset_form, set_form
from service.personal_fields import personal_fields
from service.settings import Settings
from service.storage import bindings
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import Submission
from service.storage.submissions import RECORDS
from service.storage.unit_tables import Binding, Unit
from tests.builders import NOON, a_submission, some_settings
from tests.desk import an_account

_ADDED = """\
  - {id: lien_he, type: TYPE, name: Số liên hệ, question: "Gọi số nào ạ?", optional: true}
  - {id: hop_thu, type: email, name: Hộp thư, question: "Hộp thư nào ạ?", optional: true}
  - {id: nguoi_nop, type: person, name: Người nộp, question: "Ai nộp ạ?", optional: true}
  - {id: nguoi_duyet, type: person, stays: true, name: Người duyệt, question: "Ai duyệt ạ?"}
"""
ANSWERS = {
    "unit": "1",
    "title": "Kế hoạch năm 2026",
    "signatory": "Lê Thị Bình",
    "acting": "Trần Văn An",
    "lien_he": "0912345678",
    "hop_thu": "an@example.vn",
    "nguoi_nop": "Trần Văn An",
    "nguoi_duyet": "Phạm Văn Cường",
}
KEPT = {"unit", "title", "signatory", "nguoi_duyet"}


def edited(version: int, kind: str = "phone") -> str:
    """The form of plans with questions of the office, the first of this type."""
    shipped = (FORMS / "nop-ke-hoach.yaml").read_text("utf-8")
    # Written before a form could say that somebody whom the paper names stays.
    shipped = shipped.replace("    stays: true\n", "")
    return shipped.replace("version: 1", f"version: {version}") + _ADDED.replace("TYPE", kind)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return some_settings(tmp_path)


def a_plan(session: Session, person: int, version: int, state: str = "received") -> Submission:
    """A plan with an answer to every question of the office."""
    plan = a_submission(
        session, form="nop-ke-hoach", form_version=version, person_id=person, answers=ANSWERS
    )
    plan.state = state
    session.add(plan)
    session.flush()
    return plan


def left_of(engine: Engine, settings: Settings, version: int, state: str = "received") -> set[str]:
    """Which answers of a plan stay when its sender is erased."""
    with transaction(engine) as session:
        person = an_account(session, "fake", f"{version}-{state}").person_id
        plan = a_plan(session, person, version, state)
        forget(session, person, NOON, personal=personal_fields(settings))
        session.refresh(plan)
        assert plan.person_id is None
        return set(plan.answers)


@pytest.mark.parametrize("state", RECORDS)
def test_fields_of_the_office_go_by_their_type(
    engine: Engine, settings: Settings, state: str
) -> None:
    set_form(settings, edited(2))
    assert left_of(engine, settings, 2, state) == KEPT


def test_the_edition_counts_with_which_the_form_was_filled_in(
    engine: Engine, settings: Settings
) -> None:
    set_form(settings, edited(2))
    set_form(settings, edited(3, "text"))  # there it asks for something else
    assert left_of(engine, settings, 2) == KEPT
    assert left_of(engine, settings, 3) == KEPT | {"lien_he"}
    reset_form(settings, "nop-ke-hoach")
    assert left_of(engine, settings, 2) == KEPT
    assert left_of(engine, settings, 3) == KEPT | {"lien_he"}


def test_where_that_edition_is_gone_what_any_other_calls_personal_goes(
    engine: Engine, settings: Settings
) -> None:
    set_form(settings, edited(2))
    assert left_of(engine, settings, 7) == KEPT


def test_where_no_edition_of_the_office_can_be_read_the_names_go(
    engine: Engine, settings: Settings
) -> None:
    added = {"lien_he", "hop_thu", "nguoi_nop"}
    assert left_of(engine, settings, 2) == KEPT | added
    file = settings.data_dir / "overrides" / "forms" / "nop-ke-hoach.yaml"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff fields: [")
    assert left_of(engine, settings, 2) == KEPT | added
    assert personal_fields(settings)("da-bo", 1) == frozenset()  # a form that is no more


def test_whoever_goes_on_with_it_does_not_see_them(engine: Engine, settings: Settings) -> None:
    set_form(settings, edited(2))
    with transaction(engine) as session:
        unit = Unit(name="Phòng A", created_at=NOON)
        session.add(unit)
        session.flush()
        two = [an_account(session, "fake", chat).person_id for chat in "12"]
        both = [
            Binding(
                person_id=person, unit_id=unit.id or 0, name="N", post="P",
                asked_at=NOON, confirmed_at=NOON,
            )
            for person in two
        ]  # fmt: skip
        session.add_all(both)
        session.flush()
        plan = a_plan(session, two[0], 2, "returned")
        plan.unit_id = unit.id
        session.flush()
        personal = personal_fields(settings)
        one, other = (binding.id or 0 for binding in both)
        assert bindings.hand_over(session, one, other, NOON, personal) == 1
        session.refresh(plan)
        assert (plan.person_id, set(plan.answers)) == (two[1], KEPT)


def test_a_list_of_the_desk_does_not_begin_with_one(engine: Engine, settings: Settings) -> None:
    set_form(settings, edited(2))
    with transaction(engine) as session:
        person = an_account(session, "fake", "1").person_id
        plan = a_plan(session, person, 2)
        plan.answers = {"title": "Kế hoạch", "hop_thu": "mot.hop.thu.rat.dai@example.vn"}
        assert row(settings, plan, {}).about == "Kế hoạch"
