"""What can work from here: every verdict from values, nothing is looked up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.channel_checks import examine_channels
from service.doctor import (
    ChannelFacts,
    Facts,
    Finding,
    Index,
    Machine,
    Probe,
    Readers,
    Stored,
    TokenFacts,
    examine_machine,
)
from tests.builders import NOON, some_settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZALO = {"zalo_app_id": "1", "zalo_app_secret": "a", "zalo_oa_secret_key": "b"}
BOT = {"zalo_bot_token": "1:x"}
LETTERS = {"smtp_url": "smtp://lan%40a.vn:p@mail"}
TELEGRAM = {"telegram_token": "1:x"}
CALLED = {"telegram_token": "1:x", "telegram_mode": "webhook", "telegram_secret": "abc"}
PUBLIC = {"public_url": "https://hoi-dap.example.gov.vn"}
YOUNG = TokenFacts(NOON - HOUR, NOON + DAY)


def facts(**changes: object) -> Facts:
    return replace(Facts(NOON, NOON, Stored(token=YOUNG)), **changes)  # type: ignore[arg-type]


def fared(channel: str, **row: object) -> Facts:
    """Facts in which one channel has a row."""
    channels = {channel: ChannelFacts(**row)}  # type: ignore[arg-type]
    return facts(stored=Stored(token=YOUNG, channels=channels))


def judged(folder: Path, subject: str, given: Facts, **values: object) -> Finding:
    settings = some_settings(folder, **values)
    findings = (*examine_channels(settings, given), *examine_machine(settings, given))
    [finding] = [finding for finding in findings if finding.subject == subject]
    return finding


# --- from where a channel can work --------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "values", "state", "todo"),
    [
        ("web", {}, "ok", None),
        ("web", PUBLIC, "ok", None),
        ("web", {"public_url": "http://a.gov.vn"}, "warning", "chưa dùng https"),
        ("widget", {}, "off", "đặt TROLY_WIDGET_ORIGINS"),
        ("widget", {"widget_origins": "https://a.vn"}, "broken", "đặt TROLY_PUBLIC_URL"),
        ("widget", {"widget_origins": "https://a.vn", **PUBLIC}, "ok", None),
        ("zalo_oa", {}, "off", "đặt TROLY_ZALO_APP_ID"),
        ("zalo_oa", ZALO, "broken", "đặt TROLY_PUBLIC_URL"),
        ("zalo_oa", {**ZALO, **PUBLIC}, "ok", None),
        ("zalo_oa", {**ZALO, "public_url": "http://a.gov.vn"}, "broken", "bắt đầu bằng https"),
        (
            "zalo_oa",
            {**ZALO, "public_url": "https://a.gov.vn:8443"},
            "broken",
            "không được ghi cổng",
        ),
        ("zalo_oa", {**ZALO, "public_url": "https://10.0.0.5"}, "broken", "địa chỉ nội bộ"),
        ("zalo_oa", {**ZALO, "public_url": "https://localhost"}, "broken", "địa chỉ nội bộ"),
        ("zalo_oa", {**ZALO, "public_url": "https://maychu"}, "broken", "địa chỉ nội bộ"),
        # A stand-in on this machine calls any address.
        (
            "zalo_oa",
            {**ZALO, "zalo_openapi_url": "http://127.0.0.1:1"},
            "broken",
            "để nhận webhook",
        ),
        (
            "zalo_oa",
            {**ZALO, "zalo_openapi_url": "http://127.0.0.1:1", "public_url": "http://127.0.0.1:2"},
            "ok",
            None,
        ),
        ("zalo_bot", {}, "off", "đặt TROLY_ZALO_BOT_TOKEN"),
        ("zalo_bot", BOT, "ok", None),  # polling: outgoing connections are enough
        (
            "zalo_bot",
            {
                **BOT,
                "zalo_bot_mode": "webhook",
                "zalo_bot_secret": "12345678",
                "public_url": "http://a.gov.vn",
            },
            "broken",
            "bắt đầu bằng https",
        ),
        ("email", {}, "off", "đặt TROLY_SMTP_URL"),
        ("email", LETTERS, "ok", None),
        ("telegram", {}, "off", "đặt TROLY_TELEGRAM_TOKEN"),
        ("telegram", TELEGRAM, "ok", None),
        ("telegram", {**CALLED, **PUBLIC}, "ok", None),
        ("telegram", {**CALLED, "public_url": "https://a.gov.vn:8443"}, "ok", None),
        ("telegram", {**CALLED, "public_url": "https://a.gov.vn:9000"}, "broken", "8443"),
        (
            "telegram",
            {**CALLED, "public_url": "http://127.0.0.1:1", "telegram_base_url": "http://h:1/bot"},
            "warning",
            "TROLY_TELEGRAM_FILE_URL",
        ),
    ],
)
def test_a_channel_works_or_says_what_it_lacks(
    tmp_path: Path, subject: str, values: dict[str, object], state: str, todo: str | None
) -> None:
    finding = judged(tmp_path, subject, facts(), **values)
    assert finding.state == state
    if todo is None:
        assert finding.todo == ()
    else:
        assert any(todo in line for line in finding.todo)


def test_a_channel_that_is_off_says_all_that_it_would_need(tmp_path: Path) -> None:
    needed = " ".join(judged(tmp_path, "zalo_oa", facts()).todo)
    assert "TROLY_ZALO_OA_SECRET_KEY" in needed
    assert "TROLY_PUBLIC_URL" in needed


# --- how it has fared ---------------------------------------------------------------------------


def test_a_channel_without_events_asks_for_a_try(tmp_path: Path) -> None:
    assert (
        "chưa nhận tin nào: hãy nhắn thử" in judged(tmp_path, "telegram", facts(), **TELEGRAM).says
    )


def test_the_last_event_is_told_in_the_time_of_here(tmp_path: Path) -> None:
    given = fared("telegram", last_event_at=NOON - HOUR)
    assert "tin gần nhất: 11:00 21/11/2026" in judged(tmp_path, "telegram", given, **TELEGRAM).says


@pytest.mark.parametrize(("days", "state"), [(2, "ok"), (4, "warning")])
def test_a_webhook_that_is_silent_for_days_may_be_switched_off(
    tmp_path: Path, days: int, state: str
) -> None:
    given = fared("zalo_oa", last_event_at=NOON - days * DAY)
    assert judged(tmp_path, "zalo_oa", given, **ZALO, **PUBLIC).state == state
    # Nobody switches polling off: silence says nothing.
    given = fared("zalo_bot", last_event_at=NOON - days * DAY)
    assert judged(tmp_path, "zalo_bot", given, **BOT).state == "ok"


@pytest.mark.parametrize(
    ("why", "todo"),
    [("zalo_consent", "chạy troly zalo authorize"), ("-204", "đã ngừng gửi (-204)")],
)
def test_a_channel_that_was_stopped_does_not_work(tmp_path: Path, why: str, todo: str) -> None:
    finding = judged(tmp_path, "zalo_oa", fared("zalo_oa", stopped=why), **ZALO, **PUBLIC)
    assert finding.state == "broken"
    assert todo in finding.todo[0]


def test_a_mail_server_that_refuses_is_told(tmp_path: Path) -> None:
    assert "gửi thư từ lan@a.vn" in judged(tmp_path, "email", facts(), **LETTERS).says
    given = facts(probes={"email": Probe(False, "máy chủ thư không nhận (535)")})
    finding = judged(tmp_path, "email", given, **LETTERS)
    assert (finding.state, finding.todo) == ("broken", ("máy chủ thư không nhận (535)",))
    stopped = judged(tmp_path, "email", fared("email", stopped="535"), **LETTERS)
    assert stopped.state == "broken"


def test_only_a_recent_error_is_told(tmp_path: Path) -> None:
    for age, state in ((HOUR, "warning"), (2 * DAY, "ok")):
        given = fared("telegram", last_error="TimedOut", last_error_at=NOON - age)
        assert judged(tmp_path, "telegram", given, **TELEGRAM).state == state


@pytest.mark.parametrize(
    ("token", "state", "todo"),
    [
        (None, "broken", "chưa có token: chạy troly zalo authorize"),
        (TokenFacts(NOON - HOUR, NOON + HOUR), "ok", ""),
        (TokenFacts(NOON - 26 * HOUR, NOON - HOUR), "warning", "worker có chạy không?"),
        (TokenFacts(NOON - 3 * DAY, NOON + HOUR), "warning", "worker có chạy không?"),
        (TokenFacts(NOON - 91 * DAY, NOON - 90 * DAY), "broken", "troly zalo authorize"),
    ],
)
def test_the_age_of_the_token_is_judged(
    tmp_path: Path, token: TokenFacts | None, state: str, todo: str
) -> None:
    given = facts(stored=Stored(token=token))
    finding = judged(tmp_path, "zalo_oa", given, **ZALO, **PUBLIC)
    assert finding.state == state
    assert todo in " ".join(finding.todo)


def test_the_first_token_of_the_settings_is_enough_to_begin(tmp_path: Path) -> None:
    given = facts(stored=Stored())
    values = {**ZALO, **PUBLIC, "zalo_refresh_token": "r"}
    assert judged(tmp_path, "zalo_oa", given, **values).state == "ok"


def test_what_a_platform_answered_counts(tmp_path: Path) -> None:
    given = facts(probes={"telegram": Probe(False, "máy chủ từ chối token (mã 401)")})
    finding = judged(tmp_path, "telegram", given, **TELEGRAM)
    assert (finding.state, finding.todo) == ("broken", ("máy chủ từ chối token (mã 401)",))
    given = facts(probes={"telegram": Probe(True, "đã gọi được: thu_bot")})
    assert "đã gọi được: thu_bot" in judged(tmp_path, "telegram", given, **TELEGRAM).says


def test_our_own_address_may_not_answer_from_inside(tmp_path: Path) -> None:
    given = facts(probes={"address": Probe(False, "không trả lời")})
    assert judged(tmp_path, "web", given, **PUBLIC).state == "warning"


# --- the machine --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "state"), [(None, "warning"), (NOON - HOUR, "warning"), (NOON, "ok")]
)
def test_a_worker_leaves_signs_of_life(tmp_path: Path, seen: datetime | None, state: str) -> None:
    given = fared("worker", last_event_at=seen)
    assert judged(tmp_path, "worker", given, **TELEGRAM).state == state
    assert judged(tmp_path, "worker", given).state == "ok"  # the web alone needs none


@pytest.mark.parametrize(
    ("stored", "todo"),
    [
        (Stored(paused=True), "đang tạm dừng"),
        (Stored(trial=True), "đang chạy thử"),
        (Stored(alerts=3), "có 3 cảnh báo chưa xử lý"),
    ],
)
def test_what_people_have_switched_or_must_see_is_told(
    tmp_path: Path, stored: Stored, todo: str
) -> None:
    finding = judged(tmp_path, "desk", facts(stored=stored))
    assert finding.state == "warning"
    assert todo in finding.todo[0]
    assert judged(tmp_path, "desk", facts()).state == "ok"


@pytest.mark.parametrize(
    ("subject", "changes", "state"),
    [
        ("database", {"stored": Stored()}, "ok"),
        ("database", {"stored": Stored(is_new=True)}, "ok"),
        ("database", {"stored": Stored(is_current=False)}, "warning"),
        ("database", {"stored": Stored(problem="OperationalError")}, "broken"),
        ("index", {"index": Index(entries=10)}, "ok"),
        ("index", {"index": Index()}, "ok"),
        ("index", {"index": Index(entries=10, matches=False)}, "warning"),
        ("index", {"index": Index(problem="Không có mô hình.")}, "broken"),
        ("data", {"machine": Machine()}, "ok"),
        ("data", {"machine": Machine(data_exists=False)}, "ok"),
        ("data", {"machine": Machine(data_writable=False)}, "broken"),
        ("data", {"machine": Machine(data_open_to_others=True)}, "warning"),
        ("disk", {"machine": Machine(free_bytes=3 << 30)}, "ok"),
        ("disk", {"machine": Machine(free_bytes=1 << 30)}, "warning"),
        ("disk", {"machine": Machine(free_bytes=1 << 20)}, "broken"),
        ("secret_key", {"machine": Machine()}, "ok"),
        ("secret_key", {"machine": Machine(key_kept=True)}, "ok"),
        ("secret_key", {"machine": Machine(key_kept=True, key_open_to_others=True)}, "warning"),
        ("clock", {"real": datetime(2024, 1, 1, tzinfo=UTC)}, "broken"),
        ("clock", {"probes": {"telegram": Probe(True, "", NOON + HOUR)}}, "warning"),
        ("clock", {"probes": {"telegram": Probe(True, "", NOON)}}, "ok"),
    ],
)
def test_the_machine_is_judged(
    tmp_path: Path, subject: str, changes: dict[str, object], state: str
) -> None:
    finding = judged(tmp_path, subject, facts(**changes))
    assert finding.state == state
    assert bool(finding.todo) == (state != "ok")


def test_a_clock_that_went_back_is_seen(tmp_path: Path) -> None:
    finding = judged(tmp_path, "clock", fared("web", last_event_at=NOON + HOUR))
    assert "đồng hồ đã lùi lại" in finding.todo[0]
    # The worker's signs of life are told by the machine's clock, not by the service's.
    assert judged(tmp_path, "clock", fared("worker", last_event_at=NOON + HOUR)).state == "ok"


def test_a_false_clock_is_named(tmp_path: Path) -> None:
    assert "TROLY_CLOCK" in judged(tmp_path, "clock", facts(), clock=tmp_path / "c").todo[0]


# --- what looks at files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "values", "readers", "state", "says"),
    [
        ("clamd", {}, {}, "off", "không được quét"),
        ("clamd", {"clamd": "127.0.0.1:3310"}, {"clamd_answers": True}, "ok", "trả lời tại"),
        ("clamd", {"clamd": "127.0.0.1:3310"}, {}, "broken", "mọi tệp bị từ chối"),
        ("tesseract", {}, {}, "off", "chưa cài"),
        ("tesseract", {}, {"tesseract_installed": True}, "off", "thiếu dữ liệu tiếng Việt"),
        ("tesseract", {}, {"reads_vietnamese": True}, "ok", "đọc được chữ Việt"),
    ],
)
def test_programs_that_look_at_files_are_mentioned(
    tmp_path: Path,
    subject: str,
    values: dict[str, str],
    readers: dict[str, bool],
    state: str,
    says: str,
) -> None:
    finding = judged(tmp_path, subject, facts(readers=Readers(**readers)), **values)
    assert finding.state == state
    assert says in finding.says[0]
