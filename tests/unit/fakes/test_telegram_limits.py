"""Limits are counted in windows that slide, not in seconds of the clock on the wall."""

from __future__ import annotations

from tests.fakes.telegram.limits import Counters, Limits, Traffic
from tests.unit.fakes.calling import SOMEBODY, Telegram

GROUP = -55


def test_thirty_a_second_overall() -> None:
    traffic = Traffic(Limits())
    assert [traffic.admit(chat, 0.6 + chat / 100) for chat in range(1, 31)] == [0] * 30
    # A second of the clock begins at 1.0, the sliding one is still full.
    assert traffic.admit(31, 1.2) == 1
    assert traffic.admit(31, 1.6) == 1
    assert traffic.admit(31, 1.611) == 0
    assert traffic.counters() == Counters(0, 31, 2, 30)


def test_one_a_second_in_a_private_chat() -> None:
    traffic = Traffic(Limits())
    assert traffic.admit(7, 10.0) == 0
    assert traffic.admit(7, 10.99) == 1
    assert traffic.admit(8, 10.99) == 0
    assert traffic.admit(7, 11.0) == 0


def test_twenty_a_minute_in_a_group() -> None:
    traffic = Traffic(Limits())
    assert [traffic.admit(GROUP, float(at)) for at in range(20)] == [0] * 20
    assert traffic.admit(GROUP, 20.0) == 40
    assert traffic.admit(GROUP, 59.5) == 1
    assert traffic.admit(GROUP, 60.0) == 0


def test_what_is_refused_does_not_count() -> None:
    traffic = Traffic(Limits(overall=1))
    traffic.admit(1, 0.0)
    assert [traffic.admit(2, 0.5), traffic.admit(2, 0.9), traffic.admit(2, 1.0)] == [1, 1, 0]


def test_each_limit_can_be_switched_off() -> None:
    traffic = Traffic(Limits(overall=None, per_chat=None, per_group=None))
    assert {traffic.admit(chat, 1.0) for chat in (7, GROUP) for _ in range(100)} == {0}
    assert traffic.counters().busiest_second == 200


def test_a_refusal_says_how_long_to_wait(telegram: Telegram) -> None:
    now = [100.0]
    telegram.fake.clock = lambda: now[0]
    telegram.fake.limit(overall=30, per_chat=1, per_group=2)
    telegram.call("sendMessage", chat_id=SOMEBODY, text="một")
    answer = telegram.post("sendMessage", chat_id=SOMEBODY, text="hai")
    assert (answer.status_code, answer.json()) == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        },
    )
    now[0] += 1
    telegram.call("sendMessage", chat_id=SOMEBODY, text="hai")
    assert [sent.text for sent in telegram.fake.sent(SOMEBODY)] == ["một", "hai"]
    counters = telegram.fake.counters()
    assert (counters.accepted, counters.refused_429, counters.busiest_second) == (2, 1, 1)


def test_a_group_waits_for_its_minute(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, GROUP)
    telegram.fake.clock = lambda: 5.0
    telegram.fake.limit(per_group=2)
    for text in ("một", "hai"):
        telegram.call("sendMessage", chat_id=GROUP, text=text)
    answer = telegram.post("sendMessage", chat_id=GROUP, text="ba")
    assert answer.json()["parameters"] == {"retry_after": 60}


def test_what_is_wrong_anyway_is_not_counted(telegram: Telegram) -> None:
    telegram.fake.clock = lambda: 5.0
    telegram.fake.limit(per_chat=1)
    telegram.says("")
    telegram.call("sendMessage", chat_id=SOMEBODY, text="một")
    telegram.call("sendChatAction", chat_id=SOMEBODY, action="typing")
