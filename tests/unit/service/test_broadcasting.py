"""What is typed for a broadcast, read or refused in words; and how it looks on each channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.texts import say
from service.admin.broadcasting import (
    BroadcastFault,
    Choices,
    Typed,
    read_time,
    read_written,
)
from service.admin.words import words
from service.broadcasts.wording import compose, excess
from service.channel_limits import channel_limits
from service.settings import Settings
from service.storage.audiences import Audience, as_kept, audience_of
from service.storage.broadcasts import Written
from tests.builders import some_settings

FAULTS = words()["broadcasts"]["faults"]
CHOICES = Choices(["Trường THPT", "Xã"], {3: "Báo cáo"}, {12: "GOPY 12"})
TYPED = Typed("Mời dự tập huấn.")
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  #: 10:00 in Việt Nam
FILE = {"name": "a.xlsx", "media_type": "x/y", "sha256": "a" * 64, "size": 4_000_000}
PDF = {**FILE, "name": "a.pdf", "media_type": "application/pdf"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With every channel."""
    return some_settings(
        tmp_path, telegram_token="1:a", zalo_bot_token="1:b", zalo_app_id="1",
        zalo_app_secret="s", zalo_oa_secret_key="k", public_url="https://troly.example.vn",
    )  # fmt: skip


def written(text: str = "Mời dự.", link: str = "", **changes: object) -> Written:
    told: dict[str, object] = {"file": {}, "audience": as_kept(Audience("officers"))}
    return Written(text, link, **{**told, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"text": " \n "}, "no_text"),
        ({"text": "a" * 1_501}, "long"),
        ({"link": "troly.example"}, "link"),
        ({"link": "https://a.example/" + "a" * 300}, "long"),
        ({"who": "kinds"}, "no_kind"),
        ({"who": "kinds", "kinds": ("Sở",)}, "no_kind"),
        ({"kinds": ("Xã",)}, "kinds_unused"),
        ({"who": "late", "obligation": "4"}, "no_audience"),
        ({"who": "followers", "draft": "13"}, "no_audience"),
        ({"who": "everybody"}, "no_audience"),
    ],
)
def test_what_is_wrong_is_said(settings: Settings, changes: dict[str, object], key: str) -> None:
    with pytest.raises(BroadcastFault) as raised:
        read_written(settings, replace(TYPED, **changes), {}, CHOICES)  # type: ignore[arg-type]
    assert str(raised.value).startswith(FAULTS[key].split("{")[0])


@pytest.mark.parametrize(
    ("changes", "audience"),
    [
        ({}, Audience("officers")),
        ({"who": "kinds", "kinds": ("Xã", "Sở")}, Audience("kinds", ("Xã",))),
        ({"who": "late"}, Audience("late")),
        ({"who": "late", "obligation": "3"}, Audience("late", obligation=3)),
        ({"who": "followers", "draft": "12"}, Audience("followers", draft=12)),
    ],
)
def test_for_whom(settings: Settings, changes: dict[str, object], audience: Audience) -> None:
    read = read_written(settings, replace(TYPED, **changes), {}, CHOICES)  # type: ignore[arg-type]
    assert audience_of(read.audience) == audience


@pytest.mark.parametrize(
    ("day", "hour", "urgent", "when"),
    [
        ("", "", False, AT),
        ("", "14:30", False, datetime(2026, 11, 23, 7, 30, tzinfo=UTC)),
        ("24/11/2026", "8h", False, datetime(2026, 11, 24, 1, 0, tzinfo=UTC)),
        ("2026-11-24", "6:00", False, datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        ("24/11/2026", "05.59", True, datetime(2026, 11, 23, 22, 59, tzinfo=UTC)),
        ("", "23h15", True, datetime(2026, 11, 23, 16, 15, tzinfo=UTC)),
    ],
)
def test_when(day: str, hour: str, urgent: bool, when: datetime) -> None:
    assert read_time(day, hour, AT, urgent=urgent) == when


@pytest.mark.parametrize(
    ("day", "hour", "key"),
    [
        ("31/11/2026", "8:00", "day"),
        ("mai", "8:00", "day"),
        ("24/11/2026", "", "hour"),
        ("24/11/2026", "25:00", "hour"),
        ("24/11/2026", "sáng", "hour"),
        ("23/11/2026", "9:59", "past"),
        ("25/11/2027", "8:00", "far"),
        ("24/11/2026", "20:00", "night"),
        ("24/11/2026", "5:59", "night"),
    ],
)
def test_a_time_that_is_none(day: str, hour: str, key: str) -> None:
    with pytest.raises(BroadcastFault) as raised:
        read_time(day, hour, AT, urgent=False)
    assert str(raised.value) == FAULTS[key]


def test_now_is_refused_at_night_unless_it_is_urgent() -> None:
    night = AT.replace(hour=14)  # 21:00
    with pytest.raises(BroadcastFault):
        read_time("", "", night, urgent=False)
    assert read_time("", "", night, urgent=True) == night


def test_each_channel_carries_it_as_it_can(settings: Settings) -> None:
    limits = channel_limits(settings)
    assert set(limits) == {"web", "telegram", "zalo_oa", "zalo_bot"}
    sheet = {name: compose(settings, of, written(file=FILE)) for name, of in limits.items()}
    assert {name: one.file for name, one in sheet.items()} == {
        "web": "attached", "telegram": "attached", "zalo_oa": "linked", "zalo_bot": "linked",
    }  # fmt: skip
    assert "https://troly.example.vn/files/" in sheet["zalo_oa"].text
    assert {name: one.messages for name, one in sheet.items()}["telegram"] == 2
    paper = {name: compose(settings, of, written(file=PDF)).file for name, of in limits.items()}
    assert paper["zalo_oa"] == "attached"
    large = written(file={**PDF, "size": 5_000_001})
    assert compose(settings, limits["zalo_oa"], large).file == "linked"
    assert {name for name, one in sheet.items() if one.buttons} == {"web", "telegram", "zalo_oa"}
    assert say("news.stop_typed") in sheet["zalo_bot"].text


def test_without_a_public_address_no_link_leaves_the_machine(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, zalo_bot_token="1:b")
    composed = compose(settings, channel_limits(settings)["zalo_bot"], written(file=FILE))
    assert composed.file == "named"
    assert "a.xlsx" in composed.text
    assert "http" not in composed.text


def test_it_is_one_message_everywhere_or_refused(settings: Settings) -> None:
    of = channel_limits(settings)["zalo_bot"]
    link = "https://a.example/" + "b" * 280
    fits = written("a" * 1_400, link)
    assert excess(settings, of, fits) == 0
    name = "Báo cáo kết quả thực hiện công tác truyền thông chính sách năm.xlsx"
    with pytest.raises(BroadcastFault, match="ký tự"):
        read_written(
            settings, replace(TYPED, text="a" * 1_500, link=link), {**FILE, "name": name}, CHOICES
        )
