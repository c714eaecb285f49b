"""Whose assistant it is: its own papers first, those of others only for whoever names them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers import Outcome, kind_of, text_of
from bot.home import NOWHERE, Home
from bot.homes import ours, owner_of
from bot.texts import choices, say
from knowledge.organisations import load_organisations
from tests.talking import Talk
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
    IA_HDRAI,
    LOCAL,
    TODAY,
    assistant,
    documents_of,
    library,
)

NEW = Home("Sở Tư pháp tỉnh Cà Mau", "Cà Mau", "Ủy ban nhân dân tỉnh Cà Mau", "chị Lan")
SCHOOLS = Home("Sở GDĐT Hải Phòng", "thành phố Hải Phòng", "UBND thành phố Hải Phòng")
BELOW = Home("Phòng Tư pháp huyện Ia H'Drai", "huyện Ia H’Drai", "UBND huyện Ia H’Drai")
SAME_BODY = Home("Sở Giáo dục và Đào tạo tỉnh Cà Mau", "Cà Mau")


def ask(question: str, home: Home, unit: str | None = None) -> Outcome:
    return assistant().ask(question, today=TODAY, home=home, unit=unit)


@pytest.mark.parametrize(
    "question",
    [
        "Hạn nộp kế hoạch là ngày nào?",
        "han nop ke hoach nam 2023",
        "Hạn báo cáo kết quả?",
        "ai ký kế hoạch",
        "Kế hoạch của cơ quan mình giao cho ai?",
    ],
)
def test_an_office_without_papers_is_not_given_those_of_others(question: str) -> None:
    outcome = ask(question, NEW)
    assert kind_of(outcome) == "silent"
    assert text_of(outcome).startswith(say("silent.home", name=NEW.name))
    assert documents_of(outcome) <= {DECISION, DIRECTIVE}  # the nearest
    assert "chị Lan" in text_of(outcome)
    assert documents_of(ask(question, NOWHERE)) != documents_of(outcome)


def test_a_question_back_or_an_answer_never_comes_from_another_office() -> None:
    for question in ("Đơn vị nào chủ trì?", "Kinh phí lấy từ đâu?", "Hình thức truyền thông?"):
        assert not documents_of(ask(question, NEW)) & set(LOCAL)


@pytest.mark.parametrize(
    ("question", "home", "paper"),
    [
        ("Tiêu chí nào thì phải truyền thông?", NEW, DECISION),
        ("Hạn nộp kế hoạch của Sở GDĐT Hải Phòng năm 2023?", NEW, HAI_PHONG),
        ("Kinh phí ở huyện Ia H’Drai lấy từ đâu?", NEW, IA_HDRAI),
        ("Hạn nộp kế hoạch năm 2023 là ngày nào?", SCHOOLS, HAI_PHONG),
        ("Hạn gửi kế hoạch năm 2023 về Sở GDĐT?", SCHOOLS, HAI_PHONG),
        ("Kế hoạch giao phòng ban nào chủ trì?", BELOW, IA_HDRAI),
    ],
)
def test_national_papers_its_own_and_those_named_answer(
    question: str, home: Home, paper: str
) -> None:
    outcome = ask(question, home)
    assert kind_of(outcome) == "answer"
    assert paper in documents_of(outcome)


def test_a_body_of_the_same_name_elsewhere_is_not_the_office() -> None:
    outcome = ask("Hạn gửi kế hoạch năm 2023 về Sở GDĐT là ngày nào?", SAME_BODY)
    assert say("silent.home", name=SAME_BODY.name) in text_of(outcome)
    named = ask("Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?", SAME_BODY)
    assert documents_of(named) == {HAI_PHONG}


def test_the_unit_of_whoever_asks_goes_first() -> None:
    outcome = ask("Hạn nộp kế hoạch năm 2023?", NEW, unit="Trường THPT ở Hải Phòng")
    assert documents_of(outcome) == {HAI_PHONG}


def test_what_is_beside_the_subject_is_refused_as_ever() -> None:
    assert text_of(ask("thời tiết hôm nay thế nào", NEW)).startswith(say("silent.off_topic"))


@pytest.mark.parametrize("question", choices("suggestions_of_office"))
def test_what_an_office_suggests_is_answered(question: str) -> None:
    outcome = ask(question, NEW)
    assert kind_of(outcome) == "answer"
    assert documents_of(outcome) <= {DECISION, DIRECTIVE}


@pytest.mark.parametrize(
    ("home", "papers"),
    [
        (NEW, set()),
        (SAME_BODY, set()),
        (SCHOOLS, {HAI_PHONG, HAI_PHONG_2024}),
        (BELOW, {IA_HDRAI}),
        (replace(BELOW, superior=""), set()),
        (Home("Sở Tư pháp", "Hải Phòng"), set()),
        (Home("so gd&dt", "hai phong"), {HAI_PHONG, HAI_PHONG_2024}),
    ],
)
def test_papers_of_an_office_are_known_however_its_name_is_written(
    home: Home, papers: set[str]
) -> None:
    shipped = assistant()
    found = ours(home, library().documents, load_organisations(), shipped._places)
    assert found is not None
    assert found.papers == papers


def test_two_communes_of_one_province_are_two_offices() -> None:
    organisations, places = load_organisations(), assistant()._places
    one = owner_of("UBND huyện Ia H’Drai, tỉnh Kon Tum", "Kon Tum", organisations, places)
    other = owner_of("UBND huyện Đắk Hà, tỉnh Kon Tum", "Kon Tum", organisations, places)
    assert one != other
    assert one == owner_of("Ủy ban nhân dân huyện Ia H'Drai", "", organisations, places)


# --- how it introduces itself -------------------------------------------------------------------


def test_a_greeting_names_the_office() -> None:
    assert text_of(ask("xin chào", NEW)) == say("office.greeting", office=NEW.name)
    assert text_of(ask("xin chào", NOWHERE)) == say("greeting")
    samples = text_of(ask("xin chào", Home(samples=True)))
    assert samples == f"{say('greeting')} {say('office.samples')}"


@pytest.mark.parametrize("text", ["/start", "bắt đầu"])
def test_a_conversation_begins_with_whose_assistant_it_is(text: str) -> None:
    talk = Talk()
    talk.helper.home = NEW
    assert talk.say(text).reply.text == say("office.start", office=NEW.name)
    assert talk.reply.buttons
    talk.helper.home = Home(samples=True)
    assert talk.say(text).reply.text.endswith(say("office.samples"))


def test_a_link_goes_to_the_address_of_the_office() -> None:
    home = replace(NEW, public_url="https://troly.example.vn/lan")
    outcome = ask("Tiêu chí nào thì phải truyền thông?", home)
    assert "https://troly.example.vn/lan/documents/407-qd-ttg#" in text_of(outcome)
