"""The lines of a clause that print what an answer states are the ones cited."""

from __future__ import annotations

from bot.answers import Answered
from tests.unit.bot.shipped import ask, read


def test_the_line_of_a_coordinator_that_is_stated_is_cited() -> None:
    found = ask(
        "Ai chủ trì truyền thông, nâng cao nhận thức theo kế hoạch của Sở KHĐT Lạng Sơn năm 2023?"
    )
    assert isinstance(found, Answered)
    assert "Phối hợp: " in found.lead
    assert {"II.1", "II.1.a", "II.1.b"} <= {s.address for s in found.sources}


def test_a_clause_headed_by_the_time_asked_for_states_it_in_other_words() -> None:
    found = ask("Huyện Ia H'Drai bắt đầu cho dân biết về dự thảo từ lúc nào?")
    assert isinstance(found, Answered)
    assert found.sources[0].address == "II.3"


def test_a_law_named_in_the_question_has_the_date_that_the_clause_prints() -> None:
    found = ask(
        "Trong kế hoạch của Sở KHĐT Lạng Sơn, Luật Tiếp cận thông tin được ghi ngày tháng nào?"
    )
    assert isinstance(found, Answered)
    assert "06/4/2016" in found.lead


def test_to_what_end_a_paper_was_made_is_told_by_its_aims() -> None:
    question = "Lập ra kế hoạch 2023 ở Sở Giáo dục Hải Phòng để làm gì?"
    assert "task" not in read(question).facets
    found = ask(question)
    assert isinstance(found, Answered)
    assert found.sources[0].address == "I.1"
