"""What is owed as a file of a calendar: lines as RFC 5545 has them, whatever stands in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.owed import OwedDuty
from service.clock import VIETNAM
from service.duties.calendar_file import Event, calendar_file, event_of
from service.storage.duty_tables import Obligation

AT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
LAST = date(2026, 12, 9)
DUTY = OwedDuty(
    id=12,
    unit="Trường THPT Ngô Quyền",
    unit_id=7,
    title="Báo cáo kết quả truyền thông chính sách; gửi số liệu, phụ lục.",
    source="Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2026",
    printed="trước ngày 10/12/2026",
    own_date=False,
    recipient="Sở GDĐT",
    form="bao-cao",
    last_day=LAST,
    working_day=date(2026, 12, 8),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def an_obligation(at: datetime = AT) -> Obligation:
    return Obligation(id=3, title="", source="", form="", policy={}, created_at=at, created_by="")


def lines_of(file: bytes) -> list[str]:
    """The lines as they were before they were folded."""
    return file.decode().removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def told(line: str) -> str:
    """A value as a reader of the file has it."""
    value = line.partition(":")[2]
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def test_one_day_with_what_is_known_of_it() -> None:
    assert lines_of(calendar_file([event_of(an_obligation(), DUTY)], AT)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//troly//troly//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event_of(an_obligation(), DUTY).uid}",
        "DTSTAMP:20261121T073000Z",
        "SEQUENCE:217409400",
        "DTSTART;VALUE=DATE:20261209",
        "DTEND;VALUE=DATE:20261210",
        r"SUMMARY:Báo cáo kết quả truyền thông chính sách\; gửi số liệu\, phụ lục",
        r"DESCRIPTION:Trường THPT Ngô Quyền: Báo cáo kết quả truyền thông chính sách\; gửi số liệu"
        r"\, phụ lục\nHạn: trước ngày 10/12/2026 (hết thứ Tư 09/12/2026).\nNgày làm việc cuối: thứ"
        r" Ba 08/12/2026.\nGửi về: Sở GDĐT.\nCăn cứ: Mục III.6 (Tổ chức thực hiện)\, Kế hoạch năm "
        r"2026. Mã việc: V12.",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P1DT16H",  # 8 in the morning, two days before
        r"DESCRIPTION:Báo cáo kết quả truyền thông chính sách\; gửi số liệu\, phụ lục",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_new_date_takes_the_place_of_the_old_one() -> None:
    first = event_of(an_obligation(), DUTY)
    moved = replace(DUTY, last_day=date(2027, 1, 5))
    later = event_of(an_obligation(), moved)
    assert (later.uid, later.day) == (first.uid, date(2027, 1, 5))
    numbers = [
        int(line.partition(":")[2])
        for at in (AT, AT + timedelta(seconds=1))
        for line in lines_of(calendar_file([first], at))
        if line.startswith("SEQUENCE:")
    ]
    assert numbers[0] < numbers[1]


def test_another_duty_and_another_office_have_names_of_their_own() -> None:
    other = replace(DUTY, id=13)
    elsewhere = an_obligation(AT + timedelta(microseconds=1))
    names = {
        event_of(an_obligation(), DUTY).uid,
        event_of(an_obligation(), other).uid,
        event_of(elsewhere, DUTY).uid,
    }
    assert len(names) == 3
    assert event_of(an_obligation(AT.astimezone(VIETNAM)), DUTY).uid in names


def test_several_are_one_file() -> None:
    events = [Event(f"{n}@troly", LAST, "Việc", "") for n in range(3)]
    lines = lines_of(calendar_file(events, AT))
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 3
    assert lines.count("BEGIN:VCALENDAR") == 1


@pytest.mark.parametrize("at", [datetime(2019, 1, 1, tzinfo=UTC), datetime(2088, 1, 1, tzinfo=UTC)])
def test_the_number_of_a_version_is_one_that_every_calendar_reads(at: datetime) -> None:
    (number,) = [
        int(line.partition(":")[2])
        for line in lines_of(calendar_file([Event("1@troly", LAST, "", "")], at))
        if line.startswith("SEQUENCE:")
    ]
    assert 0 <= number < 2**31


@given(texts, texts)
def test_no_text_breaks_a_file(summary: str, description: str) -> None:
    file = calendar_file([Event("1@troly", LAST, summary, description)], AT)
    raw = file.split(b"\r\n")
    assert raw.pop() == b""
    for line in raw:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no letter is cut in two
    lines = lines_of(file)
    assert len(lines) == 21
    for given_, name in ((summary, "SUMMARY:"), (description, "DESCRIPTION:")):
        (first, *_) = [told(line) for line in lines if line.startswith(name)]
        seen = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in first)
        assert first == seen
        kept = "".join(sign for sign in given_ if sign.isprintable() and sign != " ")
        assert first.replace(" ", "").replace("\n", "") == kept
