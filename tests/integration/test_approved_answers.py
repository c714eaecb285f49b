"""An approved answer is given wherever that very question is asked, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.answers import Silent
from bot.approved import Quoted
from bot.messages import Turn
from knowledge.library import Library
from service.approved import tell_of_late
from service.asking import tell
from service.settings import Settings
from service.shapes import Question, read_question
from service.storage.alerts import open_alerts, resolve_alert
from service.storage.curated import Written, add_curated, approve_curated
from service.storage.engine import transaction
from tests.builders import NOON
from tests.delivering import Office
from tests.fakes.answers import ANSWERED, SILENT, FakeAnswers

ASKED = "Lệ phí cấp thẻ là bao nhiêu?"
TODAY = date(2026, 11, 21)
WRITTEN = Written(
    questions=(ASKED,),
    text="Không thu lệ phí.",
    quoted=(Quoted("hai-phong-gddt-2023", "II.1", "trước ngày 20/9/2023"),),
    audience=("public",),
    review_on=TODAY + timedelta(days=90),
)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def written(sqlite: Engine) -> Written:
    """One that is approved."""
    approve(sqlite, WRITTEN)
    return WRITTEN


def approve(engine: Engine, written: Written) -> None:
    """From now on it is said."""
    with transaction(engine) as session:
        approve_curated(session, add_curated(session, written, NOON), TODAY, NOON)


def test_it_is_given_to_programs_in_the_shape_of_an_answer(
    client: TestClient, written: Written
) -> None:
    said = client.post("/api/ask", json={"question": "le phi cap the bao nhieu a"}).json()
    assert said["kind"] == "answer"
    assert said["text"].startswith("Không thu lệ phí.\n")
    assert "đã được cơ quan duyệt, rà soát đến ngày 19/02/2027" in said["text"]
    assert said["choices"] == []
    [cited] = said["citations"]
    assert cited == {
        "document": "hai-phong-gddt-2023",
        "title": "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
        "address": "II.1",
        "quote": "trước ngày 20/9/2023",
        "digest": False,
    }
    other = client.post("/api/ask", json={"question": "Lệ phí cấp thẻ năm 2024 là bao nhiêu?"})
    assert other.json()["kind"] == "silent"


def test_it_is_given_in_a_chat(office: Office, written: Written) -> None:
    told = tell(office.desk, read_question(ASKED)).told
    assert told.kind == told.reply.kind == "answer"
    assert told.reply.sources[0].address == "II.1"


def test_after_what_was_said_before_it_may_be_another_question(
    office: Office, answers: FakeAnswers, written: Written
) -> None:
    after = read_question(ASKED, [Turn("user", "Kế hoạch của Lạng Sơn?")])
    assert tell(office.desk, after).told.reply.lead.startswith("Không thu")  # it changes nothing
    answers.decide = lambda question: ANSWERED if question.history else SILENT
    assert tell(office.desk, after).told.reply.lead == ANSWERED.lead
    answers.decide = lambda question: ANSWERED if question.unit else SILENT
    assert tell(office.desk, read_question(ASKED, unit="Trường A")).told.reply.lead == ANSWERED.lead


@pytest.mark.parametrize(
    "refused", [Silent("Không lưu.", "x", private=True), Silent("Chào Anh/chị.", "")]
)
def test_it_takes_no_refusals_place(
    office: Office, answers: FakeAnswers, written: Written, refused: Silent
) -> None:
    answers.decide = lambda _question: refused
    assert tell(office.desk, read_question(ASKED)).told.reply.lead == refused.lead


def test_readers_are_told_what_they_may_read(office: Office, sqlite: Engine) -> None:
    approve(sqlite, replace(WRITTEN, audience=("officers",)))
    question: Question = read_question(ASKED)
    assert tell(office.desk, question).told.kind == "silent"
    told = tell(office.desk, question, frozenset({"public", "officers"})).told
    assert told.kind == "answer"


def test_its_link_leads_to_the_first_clause(
    settings: Settings, sqlite: Engine, answers: FakeAnswers, written: Written
) -> None:
    office = Office(settings.model_copy(update={"public_url": "https://x.vn"}), sqlite, answers)
    lead = tell(office.desk, read_question(ASKED)).told.reply.lead
    assert lead.endswith("https://x.vn/documents/hai-phong-gddt-2023#II.1")


def alerts(engine: Engine) -> list[tuple[str, str]]:
    """What the desk is told of, and of which answer."""
    with transaction(engine) as session:
        return [(alert.source, alert.detail) for alert in open_alerts(session)]


def test_the_desk_is_told_once_of_an_answer_that_has_lost_its_clause(
    office: Office, sqlite: Engine, answers: FakeAnswers, written: Written
) -> None:
    tell(office.desk, read_question(ASKED))
    assert alerts(sqlite) == []
    answers.library = Library(())
    for _ in range(2):
        assert tell(office.desk, read_question(ASKED)).told.kind == "silent"
    [(source, detail)] = alerts(sqlite)
    assert source == "curated:1"
    assert "không còn đúng như đã trích" in detail
    with transaction(sqlite) as session:
        [alert] = open_alerts(session)
        assert alert.count == 1
        resolve_alert(session, alert.id or 0, NOON)
    tell(office.desk, read_question(ASKED))
    assert alerts(sqlite) == []


def test_the_desk_is_told_once_of_an_answer_past_its_day(
    settings: Settings, sqlite: Engine, written: Written
) -> None:
    later = TODAY + timedelta(days=91)
    with transaction(sqlite) as session:
        tell_of_late(session, written.review_on, NOON)
        assert open_alerts(session) == []
        tell_of_late(session, later, NOON)
        tell_of_late(session, later, NOON)
        [alert] = open_alerts(session)
        assert (alert.source, alert.count) == ("curated:1", 1)
        assert "Đã quá ngày rà soát 19/02/2027" in alert.detail
