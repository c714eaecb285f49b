"""Units and contacts: names that mean one unit for ever, what they belong to, how they end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from service.errors import UnitRefused
from service.storage import units
from service.storage.contacts import contact_for, contacts, drop_contact, set_contact
from service.storage.engine import transaction
from service.storage.unit_tables import Unit
from tests.builders import NOON

TODAY = date(2026, 11, 21)
BLANK = {"kind": "", "parent_id": None, "plan": "", "contact": "", "head": ""}


def add(session: Session, name: str, **fields: object) -> Unit:
    return units.add_unit(session, name, NOON, **fields)  # type: ignore[arg-type]


# --- names --------------------------------------------------------------------------------------


def test_a_unit_is_kept_with_what_is_known_of_it(engine: Engine) -> None:
    with transaction(engine) as session:
        above = add(session, "Sở  Y tế ")
        add(session, "Trạm Y tế", kind="trạm", parent_id=above.id, plan="p", contact="c", head="h")
    with transaction(engine) as session:
        first, second = units.all_units(session)
        assert (first.name, second.name) == ("Sở Y tế", "Trạm Y tế")
        assert second.parent_id == first.id
        assert (second.kind, second.plan, second.contact, second.head) == ("trạm", "p", "c", "h")
        assert units.get_unit(session, second.id or 0) is second
        assert units.get_unit(session, 99) is None


@pytest.mark.parametrize("name", ["Sở Y tế", "sở y  tế", "SỞ Y TẾ", "Sở Y tế\u200b"])
def test_a_name_is_one_units(engine: Engine, name: str) -> None:
    with transaction(engine) as session:
        add(session, "Sở Y tế")
        with pytest.raises(UnitRefused, match="Đã có đơn vị"):
            add(session, name)
        add(session, "Sở Y té")  # another word


def test_of_many_who_add_a_unit_at_once_one_succeeds(engine: Engine) -> None:
    def add_one(_: int) -> bool:
        try:
            with transaction(engine) as session:
                add(session, "Sở Y tế")
        except UnitRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add_one, range(8))) == [False] * 7 + [True]


def test_a_unit_has_another_name_since_a_day_and_is_found_by_both(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = add(session, "Sở Kế hoạch và Đầu tư")
        units.rename_unit(session, unit, "Sở Tài chính", date(2025, 3, 1), TODAY)
    with transaction(engine) as session:
        found = units.find_unit(session, "sở kế hoạch và đầu tư")
        assert found is not None
        assert (found.id, found.name) == (unit.id, "Sở Tài chính")
        assert units.find_unit(session, "so tai chinh") is found
        [before] = units.names_of(session, unit.id or 0)
        assert (before.name, before.until) == ("Sở Kế hoạch và Đầu tư", date(2025, 3, 1))
        with pytest.raises(UnitRefused, match="là tên trước đây của đơn vị “Sở Tài chính”"):
            add(session, "Sở Kế hoạch và Đầu tư")
        other = add(session, "Sở Xây dựng")
        with pytest.raises(UnitRefused, match="là tên trước đây"):
            units.rename_unit(session, other, "Sở Kế hoạch và đầu tư", TODAY, TODAY)
        # Its own may come back.
        units.rename_unit(session, found, "Sở Kế hoạch và Đầu tư", TODAY, TODAY)
        assert [name.name for name in units.names_of(session, unit.id or 0)] == [
            "Sở Kế hoạch và Đầu tư", "Sở Tài chính",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "since", "why"),
    [
        ("", TODAY, "đang để trống"),
        ("x" * 201, TODAY, "200 ký tự"),
        ("Phòng A", TODAY, "giống tên đang dùng"),
        ("Phòng B", TODAY, "Đã có đơn vị"),
        ("Phòng C", TODAY + timedelta(days=1), "chưa tới"),
        ("Phòng C", date(2024, 12, 31), "từ ngày 1/1/2025"),
    ],
)
def test_a_wrong_new_name_is_refused_in_words(
    engine: Engine, name: str, since: date, why: str
) -> None:
    with transaction(engine) as session:
        unit = add(session, "Phòng cũ")
        units.rename_unit(session, unit, "Phòng A", date(2025, 1, 1), TODAY)
        add(session, "Phòng B")
        with pytest.raises(UnitRefused, match=why):
            units.rename_unit(session, unit, name, since, TODAY)
        assert unit.name == "Phòng A"


def test_a_slip_in_a_name_is_put_right_without_a_trace(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = add(session, "sở y tế")
        units.rename_unit(session, unit, "Sở Y tế", TODAY, TODAY)
        assert unit.name == "Sở Y tế"
        assert units.names_of(session, unit.id or 0) == []


def test_without_accents_a_name_is_found_where_it_means_one_unit(engine: Engine) -> None:
    with transaction(engine) as session:
        first = add(session, "Xã Tân Lập")
        assert units.find_unit(session, "xa tan lap") is first
        second = add(session, "Xã Tấn Lập")
        assert units.find_unit(session, "xa tan lap") is None
        assert units.find_unit(session, "xã tấn lập") is second
        assert units.find_unit(session, "") is None
        assert units.find_unit(session, "Xã khác") is None


# --- what it belongs to -------------------------------------------------------------------------


def test_changes_are_named_and_a_unit_is_never_above_itself(engine: Engine) -> None:
    with transaction(engine) as session:
        top = add(session, "Sở")
        middle = add(session, "Phòng", parent_id=top.id)
        low = add(session, "Trường", parent_id=middle.id)
        changed = units.change_unit(session, low, **{**BLANK, "head": "Hiệu trưởng"})
        assert set(changed) == {"parent_id", "head"}
        assert units.change_unit(session, low, **{**BLANK, "head": " Hiệu  trưởng"}) == ()
        units.change_unit(session, low, **{**BLANK, "parent_id": middle.id})
        for below in (top.id, middle.id, low.id):
            with pytest.raises(UnitRefused, match="trực thuộc chính đơn vị"):
                units.change_unit(session, top, **{**BLANK, "parent_id": below})
        with pytest.raises(UnitRefused, match="Chưa có đơn vị cấp trên"):
            units.change_unit(session, top, **{**BLANK, "parent_id": 99})
        with pytest.raises(UnitRefused, match="60 ký tự"):
            units.change_unit(session, top, **{**BLANK, "kind": "x" * 61})
        assert top.parent_id is None


# --- the end ------------------------------------------------------------------------------------


def test_a_unit_is_closed_from_a_day_on_and_opened_again(engine: Engine) -> None:
    with transaction(engine) as session:
        unit = add(session, "Phòng A")
        units.close_unit(session, unit, TODAY + timedelta(days=1), TODAY)
        assert units.is_open(unit, TODAY)
        assert not units.is_open(unit, TODAY + timedelta(days=1))
        units.close_unit(session, unit, TODAY, TODAY)  # the day was wrong
        with pytest.raises(UnitRefused, match="đã kết thúc"):
            units.close_unit(session, unit, TODAY, TODAY)
        assert units.reopen_unit(session, unit)
        assert not units.reopen_unit(session, unit)
        assert units.is_open(unit, TODAY)


def test_a_unit_is_merged_into_one_that_is_open(engine: Engine) -> None:
    since = date(2025, 7, 1)
    with transaction(engine) as session:
        one, two, three = (add(session, f"Xã {name}") for name in "ABC")
        for successor, day, why in (
            (one, since, "vào chính nó"),
            (two, TODAY + timedelta(days=1), "chưa tới"),
        ):
            with pytest.raises(UnitRefused, match=why):
                units.merge_units(session, one, successor, day, TODAY, NOON)
        units.merge_units(session, one, two, since, TODAY, NOON)
        assert (one.closed_on, one.merged_into_id) == (since, two.id)
        for unit, successor in ((one, three), (three, one)):
            with pytest.raises(UnitRefused, match="“Xã A” đã kết thúc"):
                units.merge_units(session, unit, successor, since, TODAY, NOON)


# --- contacts -----------------------------------------------------------------------------------


@pytest.fixture
def asked(engine: Engine) -> Callable[[str], str | None]:
    """Three bodies with contacts; whom one is sent to for the name of a body."""
    with transaction(engine) as session:
        set_contact(session, "Sở Giáo dục và Đào tạo Hải Phòng", "", "đầu mối 1")
        set_contact(session, "Thanh tra Sở", "Thanh tra thành phố", "đầu mối cũ")
        set_contact(session, "thanh tra  sở", "Thanh tra thành phố", "đầu mối 2")
        set_contact(session, "Trường THCS số 1 Bình Minh", "", "đầu mối 3")

    def ask(body: str) -> str | None:
        with transaction(engine) as session:
            found = contact_for(session, body)
            return found.reach if found else None

    return ask


@pytest.mark.parametrize(
    ("body", "reach"),
    [
        ("Sở Giáo dục và Đào tạo Hải Phòng", "đầu mối 1"),
        ("SO GIAO DUC VA DAO TAO HAI PHONG", "đầu mối 1"),
        ("Sở Giáo dục & Đào tạo Hải Phòng", "đầu mối 1"),
        ("Sở Giáo dụcvà Đào tạo Hải Phòng", "đầu mối 1"),
        ("Sở Giáo dục và Đào tạoo Hải Phòng", "đầu mối 1"),
        ("Sở Giáo dục và Đào tạo Hải Dương", None),
        ("Sở Giáo dục và Đào tạo", None),
        ("THANH TRA SỞ", "đầu mối 2"),
        ("Thanh tra Bộ", None),
        ("Trường THCS số 2 Bình Minh", None),
        ("", None),
    ],
)
def test_a_contact_is_found_for_a_body_and_for_no_other(
    asked: Callable[[str], str | None], body: str, reach: str | None
) -> None:
    assert asked(body) == reach


def test_two_bodies_that_read_alike_without_accents_are_told_apart(engine: Engine) -> None:
    with transaction(engine) as session:
        set_contact(session, "UBND xã Tân Lập", "", "một")
        second = set_contact(session, "UBND xã Tấn Lập", "", "hai")
        assert contact_for(session, "UBND xa Tan Lap") is None
        assert contact_for(session, "UBND xã Tấn Lập") is second


def test_contacts_are_listed_and_dropped(engine: Engine) -> None:
    with transaction(engine) as session:
        last, first = (set_contact(session, f"Sở {name}", "", "x") for name in "BA")
        assert contacts(session) == [first, last]
        assert drop_contact(session, first.id or 0)
        assert not drop_contact(session, first.id or 0)
        assert contacts(session) == [last]
        for body, reach in (("", "x"), ("Sở C", " "), ("Sở C", "x" * 301)):
            with pytest.raises(UnitRefused):
                set_contact(session, body, "", reach)
