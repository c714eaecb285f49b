"""Two people fill in a form of all types of questions, whatever is done in whatever order.

Meanwhile what is offered changes, the form is edited, days pass, the program is started again.
`TROLY_EXAMPLES` says how many such stories are told; without it, few.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import TypeAdapter

from bot.filling import ask, go_on, start, take, take_files
from bot.forms.around import Around, fitted
from bot.forms.asking import Filled
from bot.forms.definition import Choice, Form, read_form
from bot.forms.engine import Progress, SentFile, current, fields_of, files_of, place, resume
from bot.forms.parsing import takes
from bot.standing import Conversation
from bot.texts import say

_MANY = int(os.environ.get("TROLY_EXAMPLES", "0"))

TEXT = """
id: thu
version: 1
title: Thử
intro: Vài câu.
fields:
  - {id: nguon, type: choice, source: units, name: Nguồn, question: "Nguồn nào?"}
  - {id: ai, type: person, needs: shared, name: Ai, question: "Ai gửi?", longest: 30}
  - id: loai
    type: choice
    name: Loại
    question: Loại nào?
    choices: [{value: co, label: Có, says: [phải]}, {value: khong, label: Không}]
  - id: viec
    type: choice
    source: duties
    name: Việc
    question: Việc nào?
    when: {loai: [co]}
    choices: [{value: khac, label: Việc khác, says: [khác]}]
  - {id: viec_khac, type: text, name: Việc khác, question: "Việc gì?", when: {viec: [khac]}}
  - id: muc
    type: choices
    name: Mục
    question: Những mục nào?
    choices: [{value: a, label: Mục một}, {value: b, label: Mục hai}, {value: c, label: Mục ba}]
  - {id: dong, type: yes_no, name: Đồng, question: "Có đồng thuận không?", optional: true}
  - {id: tep, type: files, name: Tệp, question: "Gửi tệp nào?", most: 3, early: true}
  - {id: so, type: document_number, name: Số, question: "Số hiệu?", default: file.number,
     optional: true, longest: 40}
  - {id: ngay, type: date, check: past, name: Ngày, question: "Ngày nào?", default: file.date}
  - {id: han, type: date, check: future, name: Hạn, question: "Hạn nào?", optional: true}
  - {id: nam, type: number, name: Năm, question: "Năm nào?", default: file.year}
  - {id: noi, type: unit, name: Nơi, question: "Đơn vị nào?", default: invite.unit}
  - {id: ten, type: person, name: Tên, question: "Tên gì?", default: person.name, optional: true}
  - {id: dien_thoai, type: phone, name: Điện thoại, question: "Số máy nào?", optional: true}
  - {id: thu_tu, type: email, name: Thư, question: "Thư nào?", optional: true}
  - {id: loi, type: text, name: Lời, question: "Lời nào?", longest: 40}
"""
#: As an owner edits it: other choices, a question less, one shorter, one that is needed now.
EDITED = (
    TEXT.replace("version: 1", "version: 2")
    .replace("{value: c, label: Mục ba}", "{value: d, label: Mục bốn}")
    .replace('  - {id: thu_tu, type: email, name: Thư, question: "Thư nào?", optional: true}\n', "")
    .replace('question: "Lời nào?", longest: 40', 'question: "Lời nào?", longest: 12')
    .replace('question: "Có đồng thuận không?", optional: true', 'question: "Có đồng thuận không?"')
    .replace("most: 3", "most: 2")
)
FORMS = (read_form(TEXT), read_form(EDITED))
PEOPLE = ("thứ nhất", "thứ hai")
UNITS = ("Trường Số Một", "Trường Số Hai", "Sở Số Ba")
OFFERED = tuple(Choice(f"v{n}", f"Lựa chọn {n}") for n in range(3))
SAID = (
    "co", "không", "khác", "Mục một", "1, 3", "2", "1", "hôm qua", "ngày mai", "20/9/2026", "2026",
    "12/KH-UBND", "Trường Số Một", "truong so", "0912 000 000", "a@b.vn", "Người Nào", "v1",
    "Lựa chọn 2", "", "?", "a" * 60, "/dien thu.loai co", "/dien thu.muc a", "/dien thu.nguon v0",
    "/dien x y", "bỏ qua", "quay lại", "/quaylai thu", "/quaylai thu.ngay", "xong", "sửa", "sửa 1",
    "sửa 3", "sửa 9", "sửa 99", "gửi", "/ten thu.noi Sở Số Ba", "hạn nộp kế hoạch là ngày nào?",
)  # fmt: skip
_STATE = TypeAdapter(Conversation)
_SOURCES = ("units", "duties")


class Filling(RuleBasedStateMachine):
    """Whatever is done."""

    def __init__(self) -> None:
        super().__init__()
        self.form, self.today = FORMS[0], date(2026, 11, 22)
        self.offered: dict[str, tuple[Choice, ...]] = dict.fromkeys(_SOURCES, OFFERED[:2])
        self.flags: frozenset[str] = frozenset()
        self.units: Sequence[str] = UNITS
        self.filled: list[Filled] = []
        self.tapped: set[str] = set()

    @initialize(invited=st.booleans())
    def begins(self, invited: bool) -> None:
        known = {"invite.unit": UNITS[0]} if invited else {}
        self.filled = [start(self.form, self._around(who), known) for who in range(2)]

    def _around(self, who: int) -> Around:
        def options(source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
            return self.offered[source]

        def units(name: str) -> tuple[str, ...]:
            exact = tuple(unit for unit in self.units if unit == name)
            return exact or tuple(unit for unit in self.units if name.lower()[:6] in unit.lower())

        known = {"person.name": f"Người {PEOPLE[who]}"}
        return Around(
            self.today, options=options, units=units, known=known, flags=lambda _: self.flags
        )

    # --- what people do -------------------------------------------------------------------------

    @rule(who=st.integers(0, 1), text=st.sampled_from(SAID))
    def says(self, who: int, text: str) -> None:
        self._take(who, text)

    @rule(who=st.integers(0, 1), number=st.integers(0, 99))
    def says_of_themselves(self, who: int, number: int) -> None:
        self._take(who, f"{PEOPLE[who]} {number}")

    @rule(who=st.integers(0, 1), place=st.integers(0, 9))
    def taps(self, who: int, place: int) -> None:
        buttons = self.filled[who].reply.buttons
        if buttons:
            send = buttons[place % len(buttons)].send
            self.tapped.add(send)
            self._take(who, send)

    @rule(who=st.integers(0, 1), data=st.data())
    def taps_an_old_button(self, who: int, data: st.DataObject) -> None:
        if self.tapped:
            self._take(who, data.draw(st.sampled_from(sorted(self.tapped))))

    @rule(
        who=st.integers(0, 1),
        letters=st.lists(st.sampled_from("abcd"), min_size=1, max_size=3),
        picture=st.booleans(),
        facts=st.fixed_dictionaries(
            {},
            optional={
                "number": st.sampled_from(("7/KH-UBND", "/KH-UBND")),
                "date": st.sampled_from(("2026-09-20", "2026-09", "2099-01-01")),
                "year": st.sampled_from(("2026", "năm nay")),
            },
        ),
    )
    def sends(self, who: int, letters: list[str], picture: bool, facts: dict[str, str]) -> None:
        files = [
            SentFile(f"{one}{who}" * 32, f"{PEOPLE[who]}-{one}", 9, "", picture) for one in letters
        ]
        before = self.filled[who]
        self.filled[who] = take_files(
            self.form, before.progress, files, facts, ("",), self._around(who)
        )
        assert not self.filled[who].sent

    def _take(self, who: int, text: str) -> None:
        before, around = self.filled[who].progress, self._around(who)
        stood = self._ready(who)
        filled = take(self.form, before, text, around)
        if filled is None:
            return  # a question: the form stays where it was
        if filled.sent:  # only what was looked at, whole
            form, progress = stood
            assert current(form, progress) is None
            assert filled.progress.answers == progress.answers
            self.filled[who] = start(self.form, around, {})
        else:
            self.filled[who] = filled

    # --- what happens meanwhile -----------------------------------------------------------------

    @rule(source=st.sampled_from(_SOURCES), kept=st.integers(0, 3))
    def something_else_is_offered(self, source: str, kept: int) -> None:
        self.offered[source] = OFFERED[:kept]

    @rule(shared=st.booleans())
    def the_account_is_shared(self, shared: bool) -> None:
        self.flags = frozenset(("shared",)) if shared else frozenset()

    @rule(kept=st.integers(1, 3))
    def units_end(self, kept: int) -> None:
        self.units = UNITS[:kept]

    @rule(form=st.sampled_from(FORMS))
    def the_form_is_edited(self, form: Form) -> None:
        self.form = form

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def the_program_is_started_again(self) -> None:
        for who, filled in enumerate(self.filled):
            state = Conversation(form=filled.progress, resting=(filled.progress,))
            back = _STATE.validate_json(_STATE.dump_json(state)).form
            assert back == filled.progress
            assert back is not None
            self.filled[who] = go_on(self.form, back, self._around(who))

    # --- what must hold -------------------------------------------------------------------------

    def _ready(self, who: int) -> tuple[Form, Progress]:
        filled = go_on(self.form, self.filled[who].progress, self._around(who))
        return fitted(self.form, filled.progress.answers, self._around(who)), filled.progress

    @invariant()
    def every_answer_will_do_and_its_question_is_asked(self) -> None:
        for who in range(len(self.filled)):
            form, progress = self._ready(who)
            asked = {field.id: field for field in fields_of(form, progress.answers)}
            for name, value in progress.answers.items():
                field = asked[name]
                assert takes(field, value) if value else field.optional, (name, value)
                if field.kind == "files":
                    assert len(files_of(progress, value)) == len(value.split())
            assert resume(form, progress) == progress

    @invariant()
    def a_question_is_asked_or_all_are_answered(self) -> None:
        for who in range(len(self.filled)):
            form, progress = self._ready(who)
            now, (number, count) = current(form, progress), place(form, progress)
            assert 1 <= number <= count <= len(form.fields)
            reply = ask(self.form, progress, self._around(who)).reply
            if now is None:
                wanted = {field.id for field in fields_of(form, progress.answers)}
                assert set(progress.answers) == wanted
                assert say("form.review") in reply.text
            else:
                assert now.id in {field.id for field in fields_of(form, progress.answers)}
                assert now.question in reply.text
                assert bool(progress.pending) <= (now.kind in ("files", "choices"))

    @invariant()
    def nothing_is_anothers(self) -> None:
        for who, filled in enumerate(self.filled):
            other = PEOPLE[1 - who]
            assert other not in str(filled.progress)
            assert other not in filled.reply.text


def test_a_file_that_comes_between_choices_is_no_choice() -> None:
    """Two choices are picked when the file comes: they stay picked, and it is the only file."""
    form, around = FORMS[0], Around(date(2026, 11, 22), options=lambda *_: OFFERED)
    filled = start(form, around, {})
    for text in ("v1", "khong", "/dien thu.muc a", "/dien thu.muc b"):
        taken = take(form, filled.progress, text, around)
        assert taken is not None
        filled = taken
    assert filled.progress.pending == ("a", "b")
    file = SentFile("f" * 64, "ke-hoach.pdf", 9, "application/pdf")
    after = take_files(form, filled.progress, [file], {}, ("",), around).progress
    assert after.pending == ("a", "b")
    assert after.answers["tep"] == file.sha256


def test_a_choice_that_was_picked_and_is_offered_no_more_is_let_go() -> None:
    around = Around(date(2026, 11, 22), options=lambda *_: OFFERED)
    filled = start(FORMS[0], around, {})
    for text in ("v1", "khong", "/dien thu.muc a", "/dien thu.muc c"):
        taken = take(FORMS[0], filled.progress, text, around)
        assert taken is not None
        filled = taken
    after = go_on(FORMS[1], filled.progress, around)
    assert after.progress.pending == ("a",)
    assert "Mục một" in after.reply.text


TestFilling = Filling.TestCase
TestFilling.settings = settings(
    max_examples=_MANY or 40,
    stateful_step_count=60 if _MANY else 25,
    deadline=None,
    # A long story is not made shorter: that may take longer than all others.
    phases=set(Phase) - ({Phase.shrink, Phase.explain} if _MANY else set()),
)
