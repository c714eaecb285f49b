"""A paper that is not for everybody is told to whoever may read it, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from bot.messages import Incoming
from bot.texts import say
from knowledge.library import Library
from knowledge.readers import OFFICERS as OFFICERS_READ
from knowledge.readers import PUBLIC, Readers
from service.answering import Answering
from service.asking import ask
from service.delivery.answering import answer_now
from service.live import Told
from service.settings import Settings
from service.shapes import Question
from service.storage import units
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.people import load_conversation, person_key
from service.storage.tables import AskedQuestion
from tests.closed_papers import (
    ANSWER,
    ANSWER_UNIT,
    ASK_OFFICERS,
    ASK_UNIT,
    OF_OFFICERS,
    OF_UNIT,
    answering,
    with_closed,
)
from tests.integration.inside import Inside, InsideTalker
from tests.integration.offices import BUREAU, PLAN, SCHOOL, House
from tests.unit.bot import shipped

CHANNELS = ("web", "zalo_oa", "zalo_bot", "telegram", "console")
SCHOOL_ID = 1  #: the first unit that an office enters


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    return answering(with_closed(tmp_path_factory.mktemp("papers"), SCHOOL_ID))


@pytest.fixture
def product(settings: Settings, sqlite: Engine, shared: Answering) -> Iterator[Inside]:
    running = Inside(settings, shared)
    yield running
    running.stop()


def officer(product: Inside, channel: str, unit: str = "officer") -> tuple[InsideTalker, House]:
    """Somebody confirmed for the school, or for the bureau, who has said hello."""
    person, house = product.person(channel), product.house(channel)
    person.says("/start")
    house.does("units")  # the school first: it has the id that its paper names
    house.does(unit)
    return person, house


def heard(person: InsideTalker, *questions: str) -> str:
    """What is said to these, and only to these."""
    before = len(person.heard())
    for question in questions:
        person.says(question)
    return "\n".join(person.heard()[before:])


def telling(said: str, marks: Sequence[str] = (*OF_OFFICERS, *OF_UNIT)) -> list[str]:
    """What in it tells on papers that are closed."""
    return [mark for mark in marks if mark.casefold() in said.casefold()]


NOSY = (
    ASK_OFFICERS,
    ASK_UNIT,
    "Kế hoạch của huyện Mù Cang Trại nói gì?",
    "Có những kế hoạch nào của năm 2026?",
    "Ai ký kế hoạch kiểm kê?",
    "kiem ke hop phan rom",
    "kiểm kê hộp phấm rôm thì ai làm",
    "So sánh hạn báo cáo của các kế hoạch",
    "hạn gửi báo cáo kiểm kê năm 2026",
    "còn hạn báo cáo thì sao?",
    "Xem thêm",
    "Xem cả điều",
    "soạn tin gửi nhóm",
    "việc của tôi",
    "dữ liệu của tôi",
    "bảng kiểm nội dung",
    "trợ giúp",
)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_citizen_hears_nothing_of_it(product: Inside, channel: str) -> None:
    said = heard(product.person(channel), "/start", *NOSY)
    # What was asked in so many words may be said again: that no such paper is there.
    said = said.replace("Mù Cang Trại", "")
    assert telling(said) == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_officer_is_answered_with_the_clause(product: Inside, channel: str) -> None:
    person, _ = officer(product, channel)
    said = heard(person, ASK_OFFICERS)
    assert ANSWER in said
    assert "Mục II.1" in said
    assert say("commands.clause") in said
    whole = heard(person, "Xem cả điều")
    assert "4719 hộp phấn rôm" in whole
    assert "/documents/" not in said + whole  # no page shows it


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_for_a_unit_is_for_that_unit_alone(product: Inside, channel: str) -> None:
    school, _ = officer(product, channel)
    assert ANSWER_UNIT in heard(school, ASK_UNIT)
    bureau, _ = officer(product, channel, "officer of the bureau")
    assert ANSWER in heard(bureau, ASK_OFFICERS)
    assert telling(heard(bureau, ASK_UNIT), OF_UNIT) == []


def test_a_unit_reads_what_was_for_one_that_became_part_of_it(product: Inside) -> None:
    person, house = officer(product, "telegram", "officer of the bureau")
    assert telling(heard(person, ASK_UNIT), OF_UNIT) == []
    with transaction(house.engine()) as session:
        school, bureau = (units.find_unit(session, name) for name in (SCHOOL, BUREAU))
        assert school is not None
        assert bureau is not None
        school.merged_into_id, school.closed_on = bureau.id, house.at.date()
        session.add(school)
    assert ANSWER_UNIT in heard(person, ASK_UNIT)


@pytest.mark.parametrize("channel", CHANNELS)
def test_whoever_waits_to_be_confirmed_is_a_citizen(product: Inside, channel: str) -> None:
    person, house = officer(product, channel, "officer pending")
    assert telling(heard(person, ASK_OFFICERS, ASK_UNIT)) == []
    house.does("confirm")
    assert ANSWER in heard(person, ASK_OFFICERS)


AFTERWARDS = (
    "Xem thêm",
    "Xem cả điều",
    "soạn tin gửi nhóm",
    "còn hạn báo cáo thì sao?",
    "ai làm việc đó?",
    "dữ liệu của tôi",
    ASK_OFFICERS,
    "1",
)


#: Each of them as the first message after it, and all of them everywhere.
FIRST = [("telegram", first) for first in AFTERWARDS] + [(one, AFTERWARDS[0]) for one in CHANNELS]


@pytest.mark.parametrize(("channel", "first"), FIRST)
def test_whoever_acts_no_more_sees_no_more(product: Inside, channel: str, first: str) -> None:
    person, house = officer(product, channel)
    assert ANSWER in heard(person, ASK_OFFICERS)
    house.does("revoke")
    assert telling(heard(person, first)) == []
    assert telling(heard(person, *AFTERWARDS)) == []
    with transaction(house.engine()) as session:
        state, _ = load_conversation(session, person_key(house.person(session)))
    assert telling(str(state)) == []


@pytest.mark.parametrize("channel", ["web", "zalo_oa", "telegram"])
def test_an_old_button_shows_no_more(product: Inside, channel: str) -> None:
    person, house = officer(product, channel)
    heard(person, ASK_OFFICERS)
    house.does("revoke")
    before = len(person.heard())
    person.taps(say("commands.clause"))
    said = "\n".join(person.heard()[before:])
    assert say("chat.old_button") in said
    assert telling(said) == []


def test_a_closed_answer_is_not_made_ready_for_a_group(product: Inside) -> None:
    person, _ = officer(product, "zalo_bot")
    assert heard(person, ASK_OFFICERS, "soạn tin gửi nhóm").endswith(say("chat.not_to_pass_on"))
    open_ = "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
    assert "20/9/2023" in heard(person, open_, "soạn tin gửi nhóm").rpartition("TRA CỨU")[2]


def test_an_answer_is_kept_with_the_knowledge_that_it_comes_from(product: Inside) -> None:
    person, house = officer(product, "telegram")
    heard(person, ASK_OFFICERS)
    heard(product.person("telegram"), ASK_OFFICERS)
    with transaction(house.engine()) as session:
        rows = session.exec(select(AskedQuestion).order_by(col(AskedQuestion.id))).all()
    assert [row.knowledge_version for row in rows[-2:]] == ["0-of 9", "0-of 7"]


def test_who_ceases_to_act_while_they_are_answered_is_answered_as_a_citizen(
    settings: Settings, sqlite: Engine, shared: Answering
) -> None:
    @dataclass
    class Slow:
        """Takes so long that the office revokes meanwhile."""

        library: Library
        version: str = ""
        meanwhile: Callable[[], object] = lambda: None

        def library_for(self, readers: Readers) -> Library:
            return shared.library_for(readers)

        def tell(self, question: Question, today: date, readers: Readers = PUBLIC) -> Told:
            told = shared.tell(question, today, readers)
            self.meanwhile()
            return told

    slow = Slow(shared.library)
    product = Inside(settings, slow)
    person, house = officer(product, "telegram")
    slow.meanwhile = lambda: house.does("revoke")
    said = heard(person, ASK_OFFICERS)
    assert said
    assert telling(said) == []
    product.stop()


def test_a_program_asks_as_those_that_it_may_read_for(product: Inside) -> None:
    question = Question(ASK_OFFICERS)
    assert telling(str(ask(product.post.desk, question, "api", 1))) == []
    told = ask(product.post.desk, question, "api", 1, OFFICERS_READ)
    assert ANSWER in str(told["text"])
    assert ANSWER_UNIT not in str(ask(product.post.desk, Question(ASK_UNIT), "api", 1))


def shelved(settings: Settings, closed: str, audience: str) -> Inside:
    """The papers that ship, one of them for these alone."""
    papers = (
        replace(one, audience=(audience,)) if one.id == closed else one
        for one in shipped.library().documents
    )
    return Inside(settings, answering(Library(tuple(papers))))


@pytest.mark.usefixtures("sqlite")
def test_checklists_and_notes_tell_of_no_closed_paper(settings: Settings) -> None:
    """Where the Decision itself is for officers, what is written from it is, too."""
    product = shelved(settings, shipped.DECISION, "officers")
    asked, decision = ("bảng kiểm nội dung", "kiểm tra tiêu chí"), "Quyết định 407/QĐ-TTg (bản"
    citizen = heard(product.person("telegram"), *asked)
    assert say("checklist.none") in citizen
    assert decision not in citizen
    person, _ = officer(product, "telegram")
    assert decision in heard(person, *asked)
    product.stop()


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(("audience", "offered"), [("officers", True), ("units:99", False)])
def test_a_form_offers_the_duties_of_a_paper_to_whoever_may_read_it(
    settings: Settings, audience: str, offered: bool
) -> None:
    product = shelved(settings, PLAN, audience)
    person, house = officer(product, "telegram")
    house.does("agreed")
    assert ("Báo cáo kết quả thực hiện công tác" in heard(person, "báo cáo")) is offered
    product.stop()


def test_in_a_group_an_officer_is_a_citizen(product: Inside) -> None:
    person, _ = officer(product, "telegram")
    assert ANSWER in heard(person, ASK_OFFICERS)
    group = Incoming("telegram", "in-group", "text", "-500", person.user, ASK_OFFICERS, group=True)
    answer_now(product.post, group)
    with transaction(product.post.desk.engine) as session:
        said = session.exec(select(OutboundMessage).where(OutboundMessage.chat == "-500")).all()
    assert said
    assert telling("\n".join(message.text for message in said)) == []
