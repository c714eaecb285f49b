"""The office's own bodies and places: over those that ship, checked whole, kept beside."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from bot.status import status_line
from knowledge.organisations import (
    Body,
    Organisations,
    Place,
    Status,
    tokens_of,
    typed_tokens,
    with_own,
)
from service.errors import OrganisationRefused
from service.organisation_checks import MOST_ALIASES, faults_of
from service.organisations import (
    organisations_of,
    organisations_stamp,
    own_of,
    recorded_on,
    reset_entry,
    set_entry,
    shipped,
)
from service.settings import Settings
from tests.builders import a_document, some_settings

TODAY = date(2026, 11, 22)
LAW = "Luật số 72/2025/QH15"
GONE = Status("Phòng A không còn từ 01/7/2025", LAW, date(2025, 7, 1), TODAY)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty data folder."""
    return some_settings(tmp_path)


def body(name: str = "Ban Tiếp công dân", *aliases: str, status: Status | None = None) -> Body:
    return Body(name, aliases, "other", (status,) if status else ())


def place(name: str, *aliases: str) -> Place:
    return Place(name, aliases)


def named(table: Organisations, text: str) -> list[str]:
    """Places found in a question."""
    tokens = tokens_of(text)
    found = table.place_names.find(tokens, fuzzy=True, typed=typed_tokens(text))
    return [each.name for each in found]


def refusal(settings: Settings, entry: Body | Place) -> str:
    before = organisations_of(settings)
    with pytest.raises(OrganisationRefused) as refused:
        set_entry(settings, entry, TODAY)
    assert organisations_of(settings) == before
    return str(refused.value)


def test_a_new_body_is_named_at_once_and_every_version_is_kept(settings: Settings) -> None:
    assert organisations_of(settings) is shipped()
    before = organisations_stamp(settings)
    assert set_entry(settings, body(), TODAY) == 1
    assert organisations_stamp(settings) != before
    assert set_entry(settings, body("Ban Tiếp công dân", "btcd"), TODAY) == 2
    table = organisations_of(settings)
    assert [f.name for f in table.body_names.find(tokens_of("gửi BTCD"))] == ["Ban Tiếp công dân"]
    assert len(table.bodies) == len(shipped().bodies) + 1
    kept = {file.name for file in (settings.data_dir / "overrides").glob("*.toml")}
    assert kept == {"organisations.toml", "organisations.v1.toml"}
    assert reset_entry(settings, "body", "Ban Tiếp công dân", TODAY)
    assert not reset_entry(settings, "body", "Ban Tiếp công dân", TODAY)
    assert organisations_of(settings) == shipped()
    assert own_of(settings).version == 3


def test_an_entry_that_ships_is_replaced_and_taken_back(settings: Settings) -> None:
    ships = shipped().body("Sở Tư pháp")
    assert ships is not None
    set_entry(settings, replace(ships, aliases=(*ships.aliases, "stp tỉnh nhà")), TODAY)
    changed = organisations_of(settings).body("Sở Tư pháp")
    assert changed is not None
    assert changed.aliases == (*ships.aliases, "stp tinh nha")
    assert changed.kind == ships.kind
    assert [b.name for b in organisations_of(settings).bodies] == [b.name for b in shipped().bodies]
    reset_entry(settings, "body", "Sở Tư pháp", TODAY)
    assert organisations_of(settings).body("Sở Tư pháp") == ships


def test_what_is_written_is_read_back(settings: Settings) -> None:
    status = replace(GONE, issued=date(2025, 6, 16), successor="Sở Tư pháp")
    entry = body('Phòng "A" \\ B', "phong a b\x7f", status=status)
    set_entry(settings, entry, TODAY)
    assert own_of(settings).entries == Organisations((entry,), (), {})


@pytest.mark.parametrize("entry", [*shipped().bodies, *shipped().places], ids=lambda e: e.name)
def test_every_entry_that_ships_could_be_saved_as_it_is(entry: Body | Place) -> None:
    assert faults_of(entry, shipped(), TODAY) == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (body(""), "ghi tên"),
        (body("407"), "không có chữ"),
        (body("B" + "a" * 200), "dài quá 200"),
        (body("Ban A", "x" * 101), "dài quá 100"),
        (body("Ban A", *(f"ban a{n}" for n in range(MOST_ALIASES + 1))), "Nhiều hơn"),
        (body("Ban A", "phòng"), "tiếng thông thường"),
        (body("Ban A", "SGDĐT"), "Sở Giáo dục và Đào tạo"),
        (body("Ban A", "Hải Phòng"), "Hải Phòng"),
        (body("SGDĐT"), "Sở Giáo dục và Đào tạo"),
        (place("sở tư pháp"), "Sở Tư pháp"),
        (place("Xã Mới", "hai phong"), "Hải Phòng"),
        (body(status=replace(GONE, basis="theo chủ trương")), "căn cứ"),
        (body(status=replace(GONE, basis="")), "căn cứ"),
        (body(status=replace(GONE, issued=date(2030, 1, 1))), "chưa đến"),
        (body(status=replace(GONE, note="rất dài " * 12)), "dài quá"),
        (body(status=replace(GONE, successor="Sở Không Có")), "Chưa có “Sở Không Có”"),
        (body(status=replace(GONE, successor="Ban Tiếp công dân")), "phải là nơi khác"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    settings: Settings, entry: Body | Place, says: str
) -> None:
    assert says in refusal(settings, entry)


def test_successors_that_go_in_a_circle_are_refused(settings: Settings) -> None:
    set_entry(settings, body("Ban Mới A"), TODAY)
    set_entry(settings, body("Ban Mới B", status=replace(GONE, successor="Ban Mới A")), TODAY)
    told = refusal(settings, body("Ban Mới A", status=replace(GONE, successor="Ban Mới B")))
    assert "Ban Mới A → Ban Mới B → Ban Mới A" in told


def test_a_successor_that_others_name_is_not_dropped(settings: Settings) -> None:
    set_entry(settings, body("Ban Mới A"), TODAY)
    set_entry(settings, body("Ban Mới B", status=replace(GONE, successor="Ban Mới A")), TODAY)
    with pytest.raises(OrganisationRefused, match="Ban Mới B: Chưa có “Ban Mới A”"):
        reset_entry(settings, "body", "Ban Mới A", TODAY)


def test_a_file_that_cannot_be_used_is_left_aside_and_not_written_over(settings: Settings) -> None:
    set_entry(settings, body(), TODAY)
    file = settings.data_dir / "overrides" / "organisations.toml"
    for broken in (
        "[[body",
        "[[body]]\nkind = 'x'\n",
        '[[body]]\nname = "Ban"\naliases = ["sgd"]\n',
    ):
        file.write_text(broken, "utf-8")
        assert own_of(settings).fault
        assert organisations_of(settings) == shipped()
        with pytest.raises(OrganisationRefused):
            set_entry(settings, body("Ban Khác"), TODAY)
        assert file.read_text("utf-8") == broken


def test_brackets_without_end_are_a_fault_and_no_crash(settings: Settings) -> None:
    file = settings.data_dir / "overrides" / "organisations.toml"
    file.parent.mkdir(parents=True)
    file.write_text("a = " + "[" * 100_000, "utf-8")
    assert own_of(settings).fault
    assert organisations_of(settings) == shipped()


def test_a_file_that_may_be_read_again_is_used_again(settings: Settings) -> None:
    set_entry(settings, body(), TODAY)
    before = organisations_stamp(settings)
    file = settings.data_dir / "overrides" / "organisations.toml"
    written = file.stat()
    file.chmod(0o600)
    os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert organisations_stamp(settings) != before


def test_a_save_that_is_killed_leaves_the_entries_in_use(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_entry(settings, body(), TODAY)
    before = organisations_of(settings)
    replaced = os.replace
    for kill_at in (1, 2):
        left = count(1)

        def killed(source: Path, target: Path, at: int = kill_at, n: count[int] = left) -> None:
            if next(n) == at:
                raise KeyboardInterrupt
            replaced(source, target)

        monkeypatch.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            set_entry(settings, body("Ban Khác"), TODAY)
        monkeypatch.setattr(os, "replace", replaced)
        assert organisations_of(settings) == before
    assert set_entry(settings, body("Ban Khác"), TODAY) > 1
    assert len(own_of(settings).entries.bodies) == 2


def test_a_status_keeps_its_day_until_it_changes() -> None:
    assert recorded_on(replace(GONE, recorded=None), (GONE,), date(2027, 1, 1)) == GONE
    changed = replace(GONE, basis="Luật số 1/2027/QH15")
    assert recorded_on(changed, (GONE,), date(2027, 1, 1)).recorded == date(2027, 1, 1)


# --- what follows in answers ----------------------------------------------------------------------


def test_a_place_is_never_taken_for_one_that_is_written_alike() -> None:
    own = Organisations((), (place("Long Thành"), place("Long Thạnh"), place("Long Thanhh")), {})
    table = with_own(shipped(), own)
    assert named(table, "kế hoạch của Long Thạnh") == ["Long Thạnh"]
    assert named(table, "kế hoạch của Long Thành") == ["Long Thành"]
    # A slip that two places are as near to names neither.
    alike = with_own(shipped(), Organisations((), (place("Tan Hoangg"), place("Tan Hoangk")), {}))
    assert named(alike, "xã tan hoangx") == []
    assert named(table, "hai phonh") == ["Hải Phòng"]


def test_a_successor_is_named_with_its_paper_and_followed_to_the_living_one() -> None:
    first = body(
        "Ban Cũ", status=Status("Ban Cũ không còn", LAW, date(2024, 1, 1), successor="Ban Hai")
    )
    second = body(
        "Ban Hai", status=Status("Ban Hai không còn", LAW, date(2027, 1, 1), successor="Ban Ba")
    )
    table = Organisations((first, second, body("Ban Ba")), (), {})

    def line(day: date) -> str:
        return status_line((a_document(),), "Ban Cũ chủ trì", table, day)

    assert "Ban Cũ không còn, nay là Ban Hai (Luật 72/2025/QH15)" in line(TODAY)
    assert "nay là Ban Ba (" in line(date(2027, 1, 2))
    longer = replace(first, status=(replace(first.status[0], successor="Ban " + "Dài " * 20),))
    told = status_line((), "Ban Cũ", Organisations((longer,), (), {}), TODAY)
    assert told == f"Ban Cũ không còn (Luật 72/2025/QH15); tra cứu ngày {TODAY:%d/%m/%Y}"
