"""Tables of tasks: a row is one duty, however its cells are broken, and never a sentence too."""

from __future__ import annotations

import pytest

from knowledge.documents import Duty
from knowledge.reading.inspect import inspect_text
from knowledge.reading.tables import columns, header_at, row_cells

_HEAD = "KẾ HOẠCH\nTruyền thông năm 2025\n\nI. NHIỆM VỤ\n"
_TITLES = "STT\tNội dung\tĐơn vị chủ trì\tPhối hợp\tThời gian\n"


def rows(table: str, before: str = _HEAD, after: str = "") -> list[tuple[str, tuple[str, ...]]]:
    return [(duty.duty, duty.leads) for duty in duties(before + table + after)]


def duties(text: str) -> tuple[Duty, ...]:
    return inspect_text(text).duties


@pytest.mark.parametrize(
    ("lines", "names", "height"),
    [
        (["STT | Việc | Bộ phận | Hạn"], ["number", "task", "leads", "due"], 1),
        (["TT\tViệc\tĐơn vị", "chủ trì\tThời", "gian", "1\ta\tb\tc"], None, 3),
        (["Việc | Đơn vị | Thời", "gian", "Họp | Phòng A | 5/6"], ["task", "leads", "when"], 2),
        (["| TT | Việc | Giao | | Hạn |", "| | | Chủ trì | Phối hợp | |"], None, 1),
        (["Đơn vị | Nhiệm vụ"], ["leads", "task"], 1),
    ],
)
def test_a_header_may_stand_in_several_lines(
    lines: list[str], names: list[str] | None, height: int
) -> None:
    found = header_at(lines)
    assert found is not None
    assert found[1] == height
    assert names is None or found[0] == names


def test_headings_stand_below_what_they_share() -> None:
    header = "| TT | Việc | Thực hiện | | Hạn |\n| | | Chủ trì | Phối hợp | |"
    assert columns(header) == ["number", "task", "leads", "coordinates", "due"]


def test_prose_is_no_header() -> None:
    assert header_at(["Kế hoạch này được gửi các đơn vị để thực hiện nhiệm vụ."]) is None
    assert columns("Nơi nhận:\tTM. ỦY BAN NHÂN DÂN") is None


def test_a_row_goes_on_below() -> None:
    header = ["number", "task", "leads", "when"]
    assert row_cells("1\tHọp\ndân\tPhòng\nA\t5/6", header)[1:] == ["Họp\ndân", "Phòng\nA", "5/6"]
    beside = "| 1 | Họp | Phòng | 5/6 |\n| | dân | A | |"
    assert row_cells(beside, header) == ["1", "Họp dân", "Phòng A", "5/6"]
    assert row_cells("Họp dân cả xã\tPhòng A\t5/6", header)[0] == ""


def test_rows_are_read_once_and_groups_never() -> None:
    table = (
        _TITLES
        + "A\tChuẩn bị\t\t\t\n1\tLập danh\nmục\tPhòng\nTư pháp\t\tTrước ngày\n05/3/2025\n"
        + _TITLES
        + "B\tThực hiện\n2\tHọp dân\tCác thôn\tKhông\tTrước ngày\n05/4/2025\n"
        + "II. KINH PHÍ\nTừ ngân sách."
    )
    found = [("Lập danh mục", ("Phòng Tư pháp",)), ("Họp dân", ("Các thôn",))]
    assert rows(table) == found
    lead_in = "UBND xã giao nhiệm vụ theo bảng sau:\n"
    assert rows(lead_in + table) == found
    assert rows(lead_in.replace(":", ".") + table) == found
    assert [duty.when.kind for duty in duties(_HEAD + table)] == ["before", "before"]


def test_a_group_may_name_the_lead_of_its_rows() -> None:
    table = "TT | Nhiệm vụ | Thời gian\nI | Phòng Tư pháp |\n1 | Họp | Tháng 3/2025\n"
    assert rows(table) == [("Họp", ("Phòng Tư pháp",))]


def test_a_day_may_stand_in_another_cell() -> None:
    table = "TT | Việc | Đơn vị | Thời gian | Sản phẩm\n"
    table += "1 | Tổng hợp ý kiến | Phòng A | | Báo cáo gửi Sở B trước ngày 10/12/2025\n"
    (duty,) = duties(_HEAD + table)
    assert (duty.when.kind, duty.recipient) == ("before", "Sở B")


@pytest.mark.parametrize("title", ["PHỤ LỤC\nPhân công\n", "Phụ lục 1\n", "BẢNG VIỆC\n", ""])
def test_a_table_after_the_signature_is_an_annex(title: str) -> None:
    tail = "\nNơi nhận:\n- Như trên;\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n(Đã ký)\n\n"
    table = _TITLES + "1\tHọp dân\tCác thôn\t\tTháng 3/2025\n"
    before = _HEAD + "1. Giao Phòng A lập sổ." + tail
    assert rows(title + table, before) == [("lập sổ.", ("Phòng A",)), ("Họp dân", ("Các thôn",))]


def test_two_columns_of_a_signature_are_no_row() -> None:
    table = "Nội dung | Đơn vị | Thời gian\nHọp dân | Các thôn | Tháng 3/2025\n"
    tail = "Nơi nhận: | TM. ỦY BAN NHÂN DÂN | CHỦ TỊCH\n- Sở A; | Phòng B | (Đã ký)\n"
    assert rows(table, after=tail) == [("Họp dân", ("Các thôn",))]


def test_a_row_without_a_number_may_begin_with_a_broken_cell() -> None:
    table = "Nội dung\tĐơn vị\tThời gian\nHọp dân lấy\ný kiến\tCác thôn\tTháng 3/2025\n"
    table += "Phát loa về\ndự thảo\tCông chức Văn hóa\tHằng tuần\n"
    assert [task for task, _ in rows(table)] == ["Họp dân lấy ý kiến", "Phát loa về dự thảo"]
