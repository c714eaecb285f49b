"""Which units a paper means by the names that it prints."""

from __future__ import annotations

import pytest

from knowledge.organisations import load_organisations
from service.duties.assigning import meant_units
from service.storage.unit_tables import Unit
from tests.builders import NOON

UNITS = [
    Unit(name=name, kind=kind, created_at=NOON)
    for name, kind in (
        ("Phòng GDĐT huyện An Dương", "Phòng GDĐT"),
        ("Phòng GDĐT quận Lê Chân", "Phòng Giáo dục và Đào tạo"),
        ("Trường THPT Ngô Quyền", "Trường THPT"),
        ("Trung tâm GDTX Hải Phòng", "Đơn vị trực thuộc"),
        ("Văn phòng Sở", ""),
        ("Phòng Nội vụ", "Phòng"),
        ("Sở Xây dựng", "Sở"),
    )
]


@pytest.mark.parametrize(
    ("leads", "meant"),
    [
        (("Các Phòng GDĐT quận, huyện",), UNITS[:2]),
        (("các trường THPT", "đơn vị trực thuộc"), UNITS[2:4]),
        (("Văn phòng Sở",), UNITS[4:5]),
        (("Văn phòng",), UNITS[4:5]),
        (("Sở Tư pháp",), []),
        (("Phòng Tư pháp",), []),
        (("Các sở",), UNITS[6:]),
        ((), []),
    ],
)
def test_by_kind_and_by_name(leads: tuple[str, ...], meant: list[Unit]) -> None:
    assert meant_units(leads, UNITS, load_organisations()) == meant
