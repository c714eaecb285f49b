"""Going through a form: the order of questions, back, skip, edit, and what an edit of it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.forms.around import Around
from bot.forms.definition import Form, FormError, read_form
from bot.forms.engine import (
    Progress,
    WrongAnswer,
    answer,
    back,
    begin,
    current,
    edit,
    fields_of,
    parse,
    place,
    resume,
    shown,
    skip,
)

TEXT = """
id: thu
version: 1
title: Thử
intro: Vài câu.
fields:
  - {id: ten, type: text, name: Tên, question: "Tên gì?", example: An, optional: true, longest: 20}
  - id: loai
    type: choice
    name: Loại
    question: Loại nào?
    choices:
      - {value: co, label: Có, says: [phải, đúng rồi]}
      - {value: khong, label: Không}
  - id: them
    type: choice
    name: Thêm
    question: Thêm gì?
    when: {loai: [co]}
    choices: [{value: a, label: Thứ nhất}, {value: b, label: Thứ hai}]
  - {id: sau, type: text, name: Sau, question: "Sau đó?", when: {them: [b]}, longest: 20}
  - {id: cuoi, type: text, name: Cuối, question: "Còn gì?", longest: 20}
"""
FORM = read_form(TEXT)
AROUND = Around(date(2026, 11, 22))


def at(progress: Progress, form: Form = FORM) -> str | None:
    asked = current(form, progress)
    return asked.id if asked else None


def played(*answers: str) -> Progress:
    progress = begin(FORM)
    for text in answers:
        progress = answer(FORM, progress, text, AROUND)
    return progress


def test_questions_come_in_order_and_only_where_they_apply() -> None:
    assert at(begin(FORM)) == "ten"
    assert at(played("An", "không")) == "cuoi"
    assert at(played("An", "có")) == "them"
    assert at(played("An", "có", "thứ nhất")) == "cuoi"
    assert at(played("An", "có", "thứ hai")) == "sau"
    assert at(played("An", "không", "hết")) is None


def test_the_count_sees_one_question_ahead() -> None:
    assert place(FORM, begin(FORM)) == (1, 4)
    assert place(FORM, played("An")) == (2, 4)
    assert place(FORM, played("An", "không")) == (3, 3)
    assert place(FORM, played("An", "có")) == (3, 5)  # what hangs on what hangs is not seen yet
    assert place(FORM, played("An", "có", "thứ nhất")) == (4, 4)


@pytest.mark.parametrize("said", ["có", "CO", " Có. ", "phải", "dung roi", "co"])
def test_a_choice_is_known_in_any_spelling(said: str) -> None:
    field = FORM.field("loai")
    assert field is not None
    assert parse(field, said, AROUND) == "co"
    assert shown(field, "co") == "Có"


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [((), ""), ((), "   "), ((), "a" * 21), (("An",), "có lẽ"), (("An",), "1")],
)
def test_a_wrong_answer_changes_nothing(answers: tuple[str, ...], wrong: str) -> None:
    with pytest.raises(WrongAnswer):
        answer(FORM, played(*answers), wrong, AROUND)


def test_only_what_may_be_skipped_is() -> None:
    skipped = skip(FORM, begin(FORM))
    assert (at(skipped), skipped.answers) == ("loai", {"ten": ""})
    with pytest.raises(WrongAnswer):
        skip(FORM, skipped)


def test_back_asks_the_question_before_again() -> None:
    progress = played("An", "có", "thứ hai")
    assert [at(progress := back(FORM, progress)) for _ in range(4)] == [
        "them",
        "loai",
        "ten",
        "ten",
    ]


def test_an_answer_may_be_mended_from_the_review_and_takes_others_with_it() -> None:
    progress = edit(FORM, played("An", "có", "thứ hai", "xyz", "hết"), 2)
    assert at(progress) == "loai"
    assert at(back(FORM, progress)) is None
    mended = answer(FORM, progress, "không", AROUND)
    assert at(mended) is None
    assert mended.answers == {"ten": "An", "loai": "khong", "cuoi": "hết"}


@pytest.mark.parametrize("number", [0, 6, 99])
def test_there_is_nothing_to_mend_under_another_number(number: int) -> None:
    with pytest.raises(WrongAnswer):
        edit(FORM, played("An", "có", "thứ hai", "xyz", "hết"), number)
    with pytest.raises(WrongAnswer):
        edit(FORM, begin(FORM), 1)


def test_after_an_edit_of_the_form_what_it_still_takes_stays() -> None:
    edited = read_form(
        TEXT.replace("version: 1", "version: 2")
        .replace("{value: a, label: Thứ nhất}", "{value: c, label: Thứ ba}")
        .replace("longest: 20}\n  - id: loai", "longest: 3}\n  - id: loai")
    )
    before = played("Trần An", "có", "thứ nhất", "hết")
    after = resume(edited, before)
    assert after.answers == {"loai": "co", "cuoi": "hết"}
    assert (after.version, at(after, edited)) == (2, "ten")
    assert resume(FORM, before) == before


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "id: a",
        TEXT.replace("id: loai", "id: ten"),
        TEXT.replace("type: text", "type: colour", 1),
        TEXT.replace("when: {them: [b]}", "when: {cuoi: [b]}"),
        TEXT.replace("when: {them: [b]}", "when: {them: [z]}"),
        TEXT.replace("question: Loại nào?", "questions: Loại nào?"),
        TEXT.replace("type: choice", "type: text", 1),
        TEXT.split("fields:", maxsplit=1)[0] + "fields: []",
    ],
)
def test_a_file_that_is_no_form_is_refused(broken: str) -> None:
    with pytest.raises(FormError):
        read_form(broken)


class Filling(RuleBasedStateMachine):
    """Whatever is done in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = begin(FORM)

    @rule(text=st.sampled_from(["An", "có", "không", "thứ nhất", "thứ hai", "", "a" * 30, "?"]))
    def says(self, text: str) -> None:
        self._tries(lambda: answer(FORM, self.progress, text, AROUND))

    @rule()
    def skips(self) -> None:
        self._tries(lambda: skip(FORM, self.progress))

    @rule()
    def goes_back(self) -> None:
        self.progress = back(FORM, self.progress)

    @precondition(lambda self: current(FORM, self.progress) is None)
    @rule(number=st.integers(0, 6))
    def edits(self, number: int) -> None:
        self._tries(lambda: edit(FORM, self.progress, number))

    @rule()
    def comes_back_days_later(self) -> None:
        kept = replace(self.progress, version=0)
        self.progress = resume(FORM, kept)

    def _tries(self, step: object) -> None:
        assert callable(step)
        before = self.progress
        try:
            self.progress = step()
        except WrongAnswer:
            assert self.progress == before

    @invariant()
    def only_good_answers_to_questions_that_are_asked(self) -> None:
        asked = {field.id: field for field in fields_of(FORM, self.progress.answers)}
        for name, value in self.progress.answers.items():
            field = asked[name]
            assert value == parse(field, value, AROUND) if value else field.optional

    @invariant()
    def a_question_is_asked_or_all_are_answered(self) -> None:
        now = current(FORM, self.progress)
        number, count = place(FORM, self.progress)
        assert 1 <= number <= count
        if now is None:
            wanted = {field.id for field in fields_of(FORM, self.progress.answers)}
            assert set(self.progress.answers) == wanted


TestFilling = Filling.TestCase


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    for progress in (begin(FORM), played("An")):
        try:
            after = answer(FORM, progress, text, AROUND)
        except WrongAnswer:
            continue
        assert len(after.answers) == len(progress.answers) + 1
