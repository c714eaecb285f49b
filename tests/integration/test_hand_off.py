"""Somebody asks for an officer: what the officer reads at the desk, and what the person is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from bot.messages import Attachment
from bot.texts import say
from service.admin.words import words
from service.delivery.files import Received
from service.delivery.handing_over import mind, take_over
from service.delivery.handling import takes_files
from service.errors import Overtaken
from service.settings import Settings
from service.storage import hand_offs
from service.storage.alerts import open_alerts
from service.storage.assignments import set_office_day
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import HandOff, HandOffMessage
from service.storage.hand_offs import messages_of, open_hand_offs
from service.storage.inbox import incoming_of
from service.storage.people import find_account
from service.storage.switches import turn
from tests.builders import NOON, names_alone
from tests.desk import Clock, Officer, an_admin
from tests.integration.talks import Talks

pytestmark = pytest.mark.usefixtures("clock", "hasher")

ZALO = "3000000000000000407"


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    """People who write."""
    return Talks(sqlite, settings)


def test_an_officer_reads_who_waits_and_what_was_asked_without_numbers(
    talks: Talks, owner: Officer
) -> None:
    talks.say("hạn nộp? tôi 0912 345 678", ZALO, channel="zalo_oa")
    talks.say("gap can bo", ZALO, channel="zalo_oa")
    page = owner.get("/admin/alerts").text
    assert words()["alert_kinds"]["hand_off"] in page
    assert "Nơi phát sinh: người hỏi số 1" in page
    assert "Kênh: Zalo OA" in page
    assert f"{words()['asker']['address']}: {ZALO}" in page
    assert "“hạn nộp? tôi [điện thoại]”" in page
    assert words()["asker"]["by_hand"] in page


def test_where_the_desk_cannot_answer_it_says_so(talks: Talks, owner: Officer) -> None:
    [told] = talks.say("/gapcanbo")
    assert "vui lòng liên hệ cán bộ phụ trách" in told
    page = owner.get("/admin/alerts").text
    assert words()["asker"]["at_desk"] in page
    assert words()["asker"]["asked"] not in page  # nothing was asked


def test_of_somebody_who_was_forgotten_only_the_number_is_left(
    talks: Talks, owner: Officer, sqlite: Engine
) -> None:
    talks.say("hạn nộp?", ZALO, channel="zalo_oa")
    talks.say("gap can bo", ZALO, channel="zalo_oa")
    with transaction(sqlite) as session:
        account = find_account(session, "zalo_oa", ZALO)
        assert account is not None
        forget(session, account.person_id, NOON, personal=names_alone)
    page = owner.get("/admin/alerts").text
    assert "người hỏi số 1" in page
    assert ZALO not in page
    assert "hạn nộp" not in page


def test_the_alert_is_settled_when_an_officer_answers_by_hand(
    talks: Talks, owner: Officer, sqlite: Engine
) -> None:
    for person in (ZALO, "9"):
        talks.say("gap can bo", person, channel="zalo_oa")
    talks.tell(event="operator", person=ZALO, channel="zalo_oa")
    with transaction(sqlite) as session:
        assert [alert.source for alert in open_alerts(session)] == ["account:2"]


@pytest.mark.parametrize("event", ["voice", "sticker", "location", "contact", "unknown"])
def test_what_is_not_understood_can_be_passed_to_an_officer(
    talks: Talks, owner: Officer, event: str
) -> None:
    [told] = talks.tell(event=event)
    [button] = told.buttons
    assert isinstance(button, dict)
    assert button["label"] == "Gửi cho cán bộ"
    talks.tell(event="press", button=button["id"])
    assert words()["alert_kinds"]["hand_off"] in owner.get("/admin/alerts").text


# --- when officers work -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (timedelta(), "bây giờ ngoài giờ, cán bộ sẽ trả lời từ 07:30 ngày 23/11"),  # a Saturday
        (timedelta(days=1, hours=20), "thứ Hai đến thứ Sáu, trừ ngày lễ. Nếu"),  # Monday at 8
        (timedelta(days=2, hours=20), "từ 07:30 ngày 25/11"),  # a holiday
    ],
)
def test_who_asks_is_told_when_officers_work(
    talks: Talks, clock: Clock, later: timedelta, told: str
) -> None:
    clock.forward(later)
    [said] = talks.say("gặp cán bộ")
    assert "Cán bộ làm việc 07:30–11:30, 13:30–17:00" in said
    assert told in said


@pytest.mark.parametrize(
    ("day", "working", "told"),
    [
        (date(2026, 11, 23), False, "từ 07:30 ngày 25/11"),  # the 24th is a holiday
        (date(2026, 11, 21), True, "từ 13:30 ngày 21/11"),  # a Saturday that is made up for
    ],
)
def test_the_days_of_the_office_count(
    talks: Talks, sqlite: Engine, day: date, working: bool, told: str
) -> None:
    with transaction(sqlite) as session:
        set_office_day(session, day, "", working=working)
    [said] = talks.say("gặp cán bộ")
    assert told in said


# --- until somebody comes -----------------------------------------------------------------------


def test_until_it_is_taken_the_assistant_answers_and_keeps_no_word_for_officers(
    talks: Talks, sqlite: Engine
) -> None:
    talks.say("gặp cán bộ")
    [told] = talks.say("hạn nộp?")
    assert "trước ngày 20/9/2023" in told
    talks.say("gap can bo")
    with transaction(sqlite) as session:
        assert len(session.exec(select(HandOff)).all()) == 1
        assert session.exec(select(HandOffMessage)).all() == []


def test_who_needs_nobody_any_more_takes_it_back(talks: Talks, sqlite: Engine) -> None:
    talks.say("gặp cán bộ")
    assert talks.say("kết thúc") == [say("chat.officer_recalled")]
    assert talks.say("kết thúc") == [say("chat.officer_absent")]
    with transaction(sqlite) as session:
        assert open_hand_offs(session) == []
        assert open_alerts(session) == []


def test_after_hours_of_work_somebody_is_reminded_once(
    talks: Talks, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    talks.say("gặp cán bộ")
    clock.forward(timedelta(days=1, hours=23, minutes=29))  # Monday, 11:29: all but a minute
    mind(sqlite, settings)
    assert talks.waiting("telegram")[1:] == []
    clock.forward(timedelta(minutes=1))
    for _ in range(3):
        mind(sqlite, settings)
    [reminder] = talks.waiting("telegram")[1:]
    assert reminder.text == say("chat.officer_waits", contact=say("contact"))
    with transaction(sqlite) as session:
        assert [alert.kind for alert in open_alerts(session)] == ["hand_off_waiting", "hand_off"]
        [waiting] = open_hand_offs(session)
        take_over(session, settings, waiting.id or 0, an_admin(session, "lan"), clock.now)
    with transaction(sqlite) as session:
        assert open_alerts(session) == []


def test_nobody_waits_on_a_day_on_which_the_office_is_closed(
    talks: Talks, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    with transaction(sqlite) as session:
        set_office_day(session, date(2026, 11, 23), "", working=False)
    talks.say("gặp cán bộ")
    for days, reminders in ((1, 0), (3, 1)):  # Monday; Wednesday, since Tuesday is a holiday
        clock.now = NOON
        clock.forward(timedelta(days=days, hours=23, minutes=30))
        mind(sqlite, settings)
        assert len(talks.waiting("telegram")[1:]) == reminders


# --- while an officer is there ------------------------------------------------------------------


@pytest.fixture
def talking(talks: Talks, sqlite: Engine, settings: Settings) -> Callable[[], list[str]]:
    """An officer has taken the talk with "7"; gives what both have said, as the desk reads it."""
    talks.say("hạn nộp?")
    talks.say("gặp cán bộ")
    with transaction(sqlite) as session:
        [waiting] = open_hand_offs(session)
        assert waiting.id is not None
        assert take_over(session, settings, waiting.id, an_admin(session, "lan"), NOON)
    id_ = waiting.id

    def said() -> list[str]:
        with transaction(sqlite) as session:
            return [f"{m.by}: {m.text}" for m in messages_of(session, id_)]

    return said


def taken_told(settings: Settings) -> str:
    days = settings.keep_hand_offs_days
    return f"{say('chat.officer_came')} {say('chat.officer_reads', days=days)}"


def test_the_officer_hears_and_the_assistant_is_silent(
    talks: Talks, talking: Callable[[], list[str]], settings: Settings
) -> None:
    assert talks.waiting("telegram")[-1].text == taken_told(settings)
    asked = len(talks.answers.asked)
    assert talks.say("còn gửi cho ai ạ?") == []
    assert talks.say("việc của tôi") == []  # a command of ours is not meant for us now
    assert talks.tell(event="sticker") == []
    assert talks.tell(event="start") == []
    assert len(talks.answers.asked) == asked
    assert talking() == [
        "person: còn gửi cho ai ạ?",
        "person: việc của tôi",
        f"person: {say('chat.sent_other')}",
    ]
    assert "trước ngày" in talks.say("hạn nộp?", "8")[0]  # others are answered


def test_a_file_is_named_and_neither_fetched_nor_kept(
    talks: Talks, talking: Callable[[], list[str]], settings: Settings, sqlite: Engine
) -> None:
    files = (Attachment("giấy.pdf", "id"), Attachment("", "id"))
    event_id = talks.keep(event="file", text="đây ạ", attachments=files)
    with transaction(sqlite) as session:
        incoming = incoming_of(session.get_one(InboundEvent, event_id))
    assert not takes_files(talks.post, incoming, event_id)
    assert talks.answer(event_id, (Received("giấy.pdf", "", b"%PDF-1.7"),)) == []
    named = (say("chat.sent_file", name=name) for name in ("giấy.pdf", say("chat.file_name")))
    assert talking() == ["person: " + "\n".join(("đây ạ", *named))]
    assert not settings.received_dir.exists()


def test_a_secret_is_answered_and_told_to_nobody(
    talks: Talks, talking: Callable[[], list[str]]
) -> None:
    [told] = talks.tell(event="secret")
    assert "dấu chỉ độ mật" in told.text
    assert talking() == []


def test_everything_can_be_erased_and_only_when_it_is_confirmed(
    talks: Talks, talking: Callable[[], list[str]], sqlite: Engine
) -> None:
    assert "Anh/chị xác nhận xóa?" in talks.say("xóa dữ liệu")[0]
    assert talks.say("thôi ạ") == [say("chat.kept")]
    assert talks.say("thôi ạ") == []  # said to the officer
    talks.say("xóa dữ liệu")
    assert talks.say("khoan đã") == []
    assert talks.say("1") == []  # what was offered before the officer was spoken to
    assert talking() == ["person: thôi ạ", "person: khoan đã", "person: 1"]
    talks.say("xóa dữ liệu")
    assert talks.say("1") == [say("chat.erased")]
    with transaction(sqlite) as session:
        assert session.exec(select(HandOff)).all() == []
        assert session.exec(select(HandOffMessage)).all() == []


def test_a_button_from_before_is_said_to_the_officer(
    talks: Talks, sqlite: Engine, settings: Settings
) -> None:
    [asked] = talks.tell(event="voice")
    [button] = asked.buttons
    assert isinstance(button, dict)
    talks.say("gặp cán bộ")
    with transaction(sqlite) as session:
        [waiting] = open_hand_offs(session)
        take_over(session, settings, waiting.id or 0, an_admin(session, "lan"), NOON)
    assert talks.tell(event="press", button=button["id"]) == []
    with transaction(sqlite) as session:
        assert [m.text for m in messages_of(session, waiting.id or 0)] == ["Gửi cho cán bộ"]


def test_the_person_ends_it_and_both_see_it(
    talks: Talks, talking: Callable[[], list[str]], sqlite: Engine
) -> None:
    assert talks.say("Kết thúc ạ") == [say("chat.officer_left")]
    assert talking() == ["person: Kết thúc ạ"]
    with transaction(sqlite) as session:
        assert open_hand_offs(session) == []
    assert "trước ngày" in talks.say("hạn nộp?")[0]


def test_after_a_while_without_a_word_the_assistant_answers_and_says_so_once(
    talks: Talks, talking: Callable[[], list[str]], clock: Clock, sqlite: Engine, settings: Settings
) -> None:
    clock.forward(timedelta(minutes=59))
    assert talks.say("còn ai không ạ?") == []
    clock.forward(timedelta(minutes=59))  # that word made it longer
    assert talks.say("alo") == []
    clock.forward(timedelta(minutes=60))
    back, answer = talks.say("hạn nộp?")
    assert back == say("chat.officer_left")
    assert "trước ngày" in answer
    mind(sqlite, settings)
    assert len(talks.say("hạn nộp?")) == 1
    assert talking() == ["person: còn ai không ạ?", "person: alo"]


def test_who_ends_what_has_fallen_silent_is_told_once(
    talks: Talks, talking: Callable[[], list[str]], clock: Clock
) -> None:
    clock.forward(timedelta(minutes=60))
    assert talks.say("kết thúc") == [say("chat.officer_left")]
    assert talking() == []


def test_what_fell_silent_is_closed_in_time_and_said_so_once(
    talks: Talks, talking: Callable[[], list[str]], clock: Clock, sqlite: Engine, settings: Settings
) -> None:
    clock.forward(timedelta(minutes=60))
    before = len(talks.waiting("telegram"))
    for _ in range(3):
        mind(sqlite, settings)
    [told] = talks.waiting("telegram")[before:]
    assert told.text == say("chat.officer_left")
    assert len(talks.say("hạn nộp?")) == 1


def test_words_to_an_officer_who_has_just_left_are_answered(
    talks: Talks, talking: Callable[[], list[str]], sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The talk ends between the look at it and the writing: the message is tried again."""
    monkeypatch.setattr(hand_offs, "hear", lambda *_: False)
    with pytest.raises(Overtaken):
        talks.say("còn đó không ạ?")
    assert talking() == []


def test_while_answers_are_paused_people_still_talk(
    talks: Talks, talking: Callable[[], list[str]], sqlite: Engine, clock: Clock
) -> None:
    with transaction(sqlite) as session:
        turn(session, "paused", True, NOON)
    assert talks.say("còn đó không ạ?") == []
    assert talking() == ["person: còn đó không ạ?"]
    clock.forward(timedelta(minutes=60))
    assert "tạm dừng" in talks.say("hạn nộp?")[0]  # it is not said that the assistant is back


# --- answered by hand on Zalo -------------------------------------------------------------------


def test_an_answer_by_hand_takes_what_waits(
    talks: Talks, owner: Officer, sqlite: Engine, clock: Clock
) -> None:
    talks.say("gap can bo", ZALO, channel="zalo_oa")
    talks.tell(event="operator", person=ZALO, channel="zalo_oa")
    assert talks.waiting("zalo_oa")[-1].text == say("chat.officer_came")
    told = len(talks.waiting("zalo_oa"))
    talks.tell(event="operator", person=ZALO, channel="zalo_oa")
    assert len(talks.waiting("zalo_oa")) == told  # said once
    assert talks.say("vâng", ZALO, channel="zalo_oa") == []
    with transaction(sqlite) as session:
        [taken] = open_hand_offs(session)
        assert (taken.taken_at, taken.taken_by) == (clock.now, None)
    page = owner.get(f"/admin/inbox/{taken.id}").text
    assert words()["inbox"]["taken_by_hand"] in page
    assert words()["inbox"]["by_hand"] in page
    assert "vâng" in page
    clock.forward(timedelta(minutes=30))
    back, _answer = talks.say("hạn nộp?", ZALO, channel="zalo_oa")
    assert back == say("chat.officer_left")


def test_nobody_asked_and_an_officer_writes_by_hand(talks: Talks, sqlite: Engine) -> None:
    talks.tell(event="operator", person=ZALO, channel="zalo_oa")
    assert talks.say("hạn nộp?", ZALO, channel="zalo_oa") == []
    with transaction(sqlite) as session:
        assert session.exec(select(HandOff)).all() == []  # so nothing is kept of it
    assert talks.say("kết thúc", ZALO, channel="zalo_oa") == [say("chat.officer_left")]
    assert talks.say("hạn nộp?", ZALO, channel="zalo_oa") != []
