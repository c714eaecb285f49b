"""Where words and meaning choose different clauses, and where only words are shared."""

from __future__ import annotations

from bot.answers import Answered
from tests.unit.bot.shipped import Silent, ask

NATION = "Theo Quyết định 407, ai đôn đốc các địa phương thực hiện Đề án ở cấp trung ương?"


def test_a_clause_that_means_as_much_is_cited_beside_the_one_with_the_words() -> None:
    told = ask(NATION)
    assert isinstance(told, Answered)
    assert {s.address for s in told.sources} == {"VI.7", "V.1"}


def test_a_clause_that_means_much_less_is_not_cited() -> None:
    told = ask("Ai giúp việc đôn đốc năm 2025 theo Quyết định 407?")
    assert isinstance(told, Answered)
    assert {s.address for s in told.sources} == {"VI.7"}


def test_shared_words_alone_do_not_answer() -> None:
    """ "Mặt trận Tổ quốc Việt Nam" has two of the words."""
    assert isinstance(ask("Tỉ số trận Việt Nam đá với Thái tối qua?"), Silent)
