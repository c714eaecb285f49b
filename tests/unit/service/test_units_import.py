"""A table of units: read in any common form, bad rows named, taken twice without a change."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Engine

from service.settings import Settings
from service.spreadsheets import harmless, write_rows
from service.storage.engine import open_engine, transaction
from service.storage.units import add_unit, all_units, close_unit, find_unit, rename_unit
from service.units_checks import Row
from service.units_import import (
    COLUMNS,
    Report,
    export_units,
    import_units,
    read_units,
)
from service.units_reading import LARGEST, MOST_ROWS, NoTable
from tests.builders import NOON

TODAY = date(2026, 11, 21)
PLANS = {"hai-phong-gddt-2023"}
HEADER = "Tên đơn vị,Loại,Đơn vị cấp trên,Kế hoạch,Liên hệ,Thủ trưởng"
TITLES = dict(zip((*COLUMNS, "closed_on", "merged_into"), [*HEADER.split(","), "Đóng", "Vào"],
                  strict=True))  # fmt: skip


@pytest.fixture
def engine(settings: Settings, migrated: Path) -> Iterator[Engine]:
    """A database with our tables."""
    engine = open_engine(settings.storage_url)
    shutil.copy(migrated, str(engine.url.database))
    yield engine
    engine.dispose()


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def take(engine: Engine, content: bytes, name: str = "don-vi.csv") -> Report:
    rows = read_units(content, name).rows
    with transaction(engine) as session:
        return import_units(session, rows, PLANS, TODAY, NOON)


def counted(report: Report) -> tuple[int, int, int]:
    return report.added, report.changed, report.same


def faults(report: Report) -> list[tuple[int, str, str]]:
    return [(wrong.number, wrong.fault, wrong.value) for wrong in report.wrong]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# --- reading ------------------------------------------------------------------------------------

LINE = "Trường A;trường;Sở B;;Phòng 1;Nguyễn Văn A, hiệu trưởng"
ROW = Row(2, "Trường A", "trường", "Sở B", "", "Phòng 1", "Nguyễn Văn A, hiệu trưởng")


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER.replace(',', ';')}\n{LINE}".encode(),
        f"{HEADER.replace(',', ';')}\r\n{LINE}\r\n\r\n".encode("utf-8-sig"),
        f"{HEADER}\n{LINE.replace(';', '|').replace(',', '¤')}".replace("|", ",")
        .replace("Nguyễn Văn A¤ hiệu trưởng", '"Nguyễn Văn A, hiệu trưởng"')
        .encode(),
        f"{HEADER}\n{LINE}".replace(HEADER, HEADER.replace(",", "\t")).replace(";", "\t").encode(),
        f"{HEADER}\n{LINE}".replace(HEADER, HEADER.replace(",", "\t"))
        .replace(";", "\t")
        .encode("utf-16"),
    ],
    ids=["semicolon", "bom", "comma", "tab", "utf-16"],
)
def test_a_csv_is_read_in_every_common_form(content: bytes) -> None:
    assert read_units(content, "x.csv").rows == (ROW,)


def test_a_csv_of_an_old_windows_is_read() -> None:
    # Base letters whole, tones as marks of their own: what that code page can write.
    text = "Te\u0302n đơn vị;Liên hê\u0323\nSơ\u0309 Y tê\u0301;Pho\u0300ng 1"
    content = text.replace("ị", "i\u0323").replace("e\u0302", "ê").encode("cp1258")
    assert read_units(content, "x.csv").rows == (Row(2, "Sở Y tế", contact="Phòng 1"),)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("TÊN ĐƠN VỊ", "name"), ("ten don vi", "name"), ("Tên  đơn-vị:", "name"), ("Tên", "name"),
        ("LOẠI", "kind"), ("Đơn vị cấp trên", "parent"), ("Trực thuộc", "parent"),
        ("Kế hoạch", "plan"), ("ke_hoach", "plan"), ("Liên hệ", "contact"),
        ("Thủ trưởng / Người đứng đầu", "head"), ("người đứng đầu", "head"),
    ],
)  # fmt: skip
def test_columns_are_known_by_any_spelling(header: str, column: str) -> None:
    header = header if column == "name" else f"Đơn vị,{header}"
    line = "giá trị" if column == "name" else "X,giá trị"
    [row] = read_units(f"{header}\n{line}".encode(), "x.csv").rows
    assert getattr(row, column) == "giá trị"


def test_titles_above_and_columns_beside_do_not_matter() -> None:
    content = (
        "DANH SÁCH ĐƠN VỊ,,\n,,\nSTT,Tên đơn vị,Ghi chú,Loại\n1,Sở A,x,sở\n\n2,Sở B,,".encode()
    )
    found = read_units(content, "x.csv")
    assert found.rows == (Row(4, "Sở A", "sở"), Row(6, "Sở B"))
    assert found.ignored == ("STT", "Ghi chú")


def test_a_workbook_is_read_by_its_values() -> None:
    content = workbook(
        ("Danh sách",), HEADER_CELLS, ("Sở A", "sở", None, None, 241.0, date(2026, 1, 2)),
        (None,) * 6, ("=1+1", True),
    )  # fmt: skip
    rows = read_units(content, "x.xlsx").rows
    assert rows == (Row(3, "Sở A", "sở", contact="241", head="02/01/2026"),)
    assert read_units(content, "x.csv").rows == rows  # whatever its name says


HEADER_CELLS = tuple(HEADER.split(","))


def zipped(**parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return written.getvalue()


def poisoned(part: str, content: bytes) -> bytes:
    """A workbook one of whose parts was replaced."""
    written = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(workbook(HEADER_CELLS, ("Sở A",))))
    with good, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            bad.writestr(name, content if name == part else good.read(name))
    return written.getvalue()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"x" * (LARGEST + 1), "x.csv", "too_large"),
        (b"", "x.csv", "no_names"),
        (b"a,b\n1,2", "x.csv", "no_names"),
        ("\n".join(["Tên đơn vị", *map(str, range(MOST_ROWS))]).encode(), "x.csv", "too_many"),
        (workbook(("Tên",), *((f"{n}",) for n in range(MOST_ROWS))), "x.xlsx", "too_many"),
        (b"T\xc3\xaan \x8d\xff", "x.csv", "encoding"),
        (b"Ten\n\0", "x.csv", "no_table"),
        (b'Ten\n"' + b"x" * 140_000, "x.csv", "damaged"),
        (b"%PDF-1.7", "x.pdf", "no_table"),
        (b"PK\x03\x04 nonsense", "x.xlsx", "damaged"),
        (zipped(a=b"x"), "x.xlsx", "no_table"),
        (zipped(a=b"0" * (8 << 20)), "x.xlsx", "damaged"),
        (poisoned("xl/workbook.xml", BOMB), "x.xlsx", "damaged"),
        (poisoned("xl/worksheets/sheet1.xml", BOMB), "x.xlsx", "damaged"),
        (poisoned("xl/workbook.xml", b"<workbook/>"), "x.xlsx", "damaged"),
    ],
    ids=[
        "too large", "empty", "no names", "rows", "rows of a workbook", "encoding", "zero",
        "open cell", "pdf", "no zip", "other zip", "bomb", "entities", "entities in a sheet",
        "no sheet",
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_the_reason(
    content: bytes, name: str, reason: str
) -> None:
    with pytest.raises(NoTable) as refused:
        read_units(content, name)
    assert refused.value.reason == reason


# --- taken --------------------------------------------------------------------------------------


def test_a_table_is_taken_and_taken_again_changes_nothing(engine: Engine) -> None:
    content = table(
        "Trường A,trường,Sở B,hai-phong-gddt-2023,Phòng 1,Hiệu trưởng",
        "Sở B,sở,,,,",  # below the unit that belongs to it
    )
    assert counted(take(engine, content)) == (2, 0, 0)
    assert counted(take(engine, content)) == (0, 0, 2)
    with transaction(engine) as session:
        above, below = all_units(session)
        assert (below.name, below.parent_id, below.head) == ("Trường A", above.id, "Hiệu trưởng")


def test_an_empty_cell_leaves_what_is_known(engine: Engine) -> None:
    with transaction(engine) as session:
        add_unit(session, "Sở A", NOON, kind="sở", contact="Phòng 1", head="Giám đốc")
    assert counted(take(engine, table("SỞ A,,,,Phòng 2,"))) == (0, 1, 0)
    with transaction(engine) as session:
        [unit] = all_units(session)
        assert (unit.name, unit.kind, unit.contact, unit.head) == (
            "Sở A", "sở", "Phòng 2", "Giám đốc",
        )  # fmt: skip


def test_bad_rows_are_named_and_left_out(engine: Engine) -> None:
    with transaction(engine) as session:
        renamed = add_unit(session, "Sở cũ", NOON)
        rename_unit(session, renamed, "Sở mới", TODAY, TODAY)
        close_unit(session, add_unit(session, "Sở đóng", NOON), TODAY, TODAY)
    report = take(
        engine,
        table(
            "Sở A,sở,,,,",  # 2
            ",sở,,,,",
            f"Sở dài,{'x' * 61},,,,",
            "sở  a,,,,,",
            "Sở cũ,,,,,",
            "Sở đóng,,,,,",
            "Phòng 1,,Không có,,,",
            "Phòng 2,,Phòng 1,,,",
            "Vòng 1,,Vòng 2,,,",
            "Vòng 2,,Vòng 1,,,",
            "Dưới vòng,,Vòng 1,,,",
            "Mình,,Mình,,,",
            "Sở khác,,,la-lung,,",
            "Phòng 3,,Sở cũ,,,",  # a name of before still says which unit
        ),
    )
    assert faults(report) == [
        (3, "no_name", ""),
        (4, "too_long", "60"),
        (5, "twice", "2"),
        (6, "before", "Sở mới"),
        (7, "closed", ""),
        (8, "no_parent", "Không có"),
        (9, "bad_parent", "8"),
        (10, "cycle", "Vòng 2"),
        (11, "cycle", "Vòng 1"),
        (12, "bad_parent", "10"),
        (13, "cycle", "Mình"),
        (14, "no_plan", "la-lung"),
    ]
    assert counted(report) == (2, 0, 0)
    with transaction(engine) as session:
        assert [unit.name for unit in all_units(session)] == [
            "Phòng 3",
            "Sở A",
            "Sở đóng",
            "Sở mới",
        ]
        below = find_unit(session, "Phòng 3")
        assert below is not None
        assert below.parent_id == renamed.id


def test_a_row_makes_no_circle_with_what_is_known(engine: Engine) -> None:
    assert counted(take(engine, table("A,,,,,", "B,,A,,,", "C,,B,,,"))) == (3, 0, 0)
    assert faults(take(engine, table("A,,C,,,"))) == [(2, "cycle", "C")]
    # Turned around within one table it is none.
    assert counted(take(engine, table("B,,C,,,", "C,,A,,,"))) == (0, 2, 0)


# --- written out --------------------------------------------------------------------------------


def test_what_is_written_out_can_be_taken_in_again(engine: Engine) -> None:
    with transaction(engine) as session:
        above = add_unit(session, '=HYPERLINK("x")', NOON, contact="+84 1", head="@x, 'y'")
        add_unit(session, "Sở A; B", NOON, kind="-", parent_id=above.id)
        close_unit(session, add_unit(session, "Sở đóng", NOON), TODAY, TODAY)
        every = all_units(session)
        text = io.StringIO(newline="")
        write_rows(text, export_units(every, TITLES))
    written = text.getvalue()
    cells = [cell for line in csv.reader(io.StringIO(written, newline="")) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'+84 1" in cells
    report = take(engine, written.encode("utf-8-sig"))
    assert counted(report) == (0, 0, 2)
    assert faults(report) == [(4, "closed", "")]


@given(st.text(max_size=20))
def test_no_cell_is_worked_out_by_a_spreadsheet(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert harmless(cell).removeprefix("'") in (cell, cell.removeprefix("'"))
