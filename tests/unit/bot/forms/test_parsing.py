"""What is an answer of each type of field, and what is not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms.around import Around
from bot.forms.definition import Choice, Field, Kind
from bot.forms.parsing import WrongAnswer, parse, shown, takes

UNITS = ("Trường THPT Ngô Quyền", "Phòng Giáo dục")
CHOICES = (
    Choice("web", "Trang web"),
    Choice("loa", "Loa truyền thanh", ("loa",)),
    Choice("hop", "Họp"),
)
AROUND = Around(
    date(2026, 11, 22),
    units=lambda name: tuple(u for u in UNITS if name.casefold() in u.casefold()),
)


def a_field(kind: Kind, **values: object) -> Field:
    return Field("f", kind, "Tên", "Hỏi?", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("choices", "trang web, họp", "web hop"),
        ("choices", "3, 1", "web hop"),
        ("choices", "loa và hop", "loa hop"),
        ("number", "1.250", "1250"),
        ("number", " 007 ", "7"),
        ("number", "không có", "0"),
        ("document_number", "12/KH-SGDĐT", "12/KH-SGDĐT"),
        ("document_number", "Số: 1745/KH-UBND", "1745/KH-UBND"),
        ("document_number", "07/2026/QĐ-UBND", "07/2026/QĐ-UBND"),
        ("phone", "0912 345 678", "0912345678"),
        ("phone", "+84 912.345.678", "0912345678"),
        ("email", "Lan.Anh@So.gov.vn", "lan.anh@so.gov.vn"),
        ("person", "Trần  Văn An", "Trần Văn An"),
        ("person", "H’Lan Niê", "H’Lan Niê"),
        ("unit", "ngô quyền", "Trường THPT Ngô Quyền"),
        ("date", "hôm qua", "2026-11-21"),
    ],
)
def test_an_answer(kind: Kind, said: str, kept: str) -> None:
    choices = CHOICES if kind == "choices" else ()
    assert parse(a_field(kind, choices=choices), said, AROUND) == kept
    assert takes(a_field(kind, choices=choices), kept)


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        ("choices", "báo giấy", "choice"),
        ("choices", "4", "choice"),
        ("number", "vài chục", "number"),
        ("number", "1,5", "number"),
        ("number", "-3", "number"),
        ("document_number", "mười hai", "document_number"),
        ("document_number", "/KH-SGDĐT", "document_number"),
        ("phone", "12345", "phone"),
        ("email", "lan@", "email"),
        ("person", "An", "person"),
        ("person", "Trần 2 An", "person"),
        ("unit", "bệnh viện", "unit"),
        ("unit", "n", "units"),
        ("files", "đây", "files"),
        ("text", "x" * 301, "text"),
        ("text", "  ", "text"),
    ],
)
def test_what_is_none(kind: Kind, said: str, why: str) -> None:
    choices = CHOICES if kind == "choices" else ()
    with pytest.raises(WrongAnswer) as wrong:
        parse(a_field(kind, choices=choices), said, AROUND)
    assert wrong.value.why == why
    assert len(wrong.value.near) == (2 if why == "units" else 0)


def test_a_day_is_checked_against_today() -> None:
    for said, check in (("mai", "past"), ("hôm qua", "future")):
        with pytest.raises(WrongAnswer) as wrong:
            parse(a_field("date", check=check), said, AROUND)
        assert wrong.value.why == check
    assert parse(a_field("date", check="past"), "nay", AROUND) == "2026-11-22"
    assert parse(a_field("date", check="future"), "nay", AROUND) == "2026-11-22"


def test_a_complaint_is_no_comment() -> None:
    field = a_field("text", refuses="complaint")
    with pytest.raises(WrongAnswer) as wrong:
        parse(field, "Tôi tố cáo ông chủ tịch xã nhận tiền", AROUND)
    assert wrong.value.why == "complaint"
    assert parse(field, "Mức thu nên thấp hơn", AROUND) == "Mức thu nên thấp hơn"


@pytest.mark.parametrize(
    ("kind", "kept", "words"),
    [
        ("date", "2026-09-20", "20/09/2026"),
        ("number", "2026", "2026"),
        ("number", "12500", "12.500"),
        ("choices", "web hop", "Trang web; Họp"),
        ("text", "như thế", "như thế"),
        ("text", "", ""),
    ],
)
def test_an_answer_in_words(kind: Kind, kept: str, words: str) -> None:
    assert shown(a_field(kind, choices=CHOICES if kind == "choices" else ()), kept) == words


KINDS: tuple[Kind, ...] = (
    "text", "choice", "choices", "yes_no", "date", "number", "unit", "document_number", "person",
    "phone", "email", "files",
)  # fmt: skip


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_whatever_is_written_is_an_answer_that_is_taken_again_or_none(
    kind: Kind, said: str
) -> None:
    field = a_field(kind, choices=CHOICES if kind in ("choice", "choices", "yes_no") else ())
    try:
        kept = parse(field, said, AROUND)
    except WrongAnswer:
        return
    assert takes(field, kept)
    assert isinstance(shown(field, kept), str)
