"""The fake Zalo's webhook: probe, signature over bytes, retries, echoes, doubles and disorder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator

import pytest

from tests.fakes.zalo_events import as_bytes, signature
from tests.fakes.zalo_office import APP, OA_SECRET
from tests.unit.fakes.zalo_setup import AN, BINH, NOON, Office, Receiver, a_receiver, an_office

WORDS = "Hạn nộp báo cáo ở Hải Phòng là ngày nào?"


@pytest.fixture
def oa() -> Iterator[Office]:
    with an_office() as office:
        yield office


@pytest.fixture
def hook(oa: Office) -> Iterator[Receiver]:
    with a_receiver() as receiver:
        assert oa.fake.register_webhook(receiver.url)
        receiver.got.clear()
        yield receiver


def test_registration_posts_an_empty_unsigned_probe(oa: Office) -> None:
    with a_receiver() as hook:
        assert oa.fake.register_webhook(hook.url)
    ((headers, body),) = hook.got
    assert body == b"{}"
    assert "x-zevent-signature" not in headers
    assert headers["content-type"] == "application/json"


def test_without_200_to_the_probe_nothing_is_registered(oa: Office) -> None:
    with a_receiver(always=403) as hook:
        assert not oa.fake.register_webhook(hook.url)
        oa.fake.says(AN, WORDS)
    assert not oa.fake.register_webhook(hook.url)  # nobody listens there any more
    assert not oa.fake.register_webhook("no address")
    assert oa.fake.webhook() == {
        "url": None, "enabled": False, "lost": 1, "pending": 0, "retries_waiting": 0
    }  # fmt: skip


def test_the_signature_of_a_known_event() -> None:
    """Worked out by hand: printf '%s' 1{"a":"ạ"}1790000000000s | sha256sum"""
    body = '{"a":"ạ"}'.encode()
    expected = hashlib.sha256(b'1{"a":"\xe1\xba\xa1"}1790000000000s').hexdigest()
    assert signature("1", body, "1790000000000", "s") == expected
    assert expected == "40ac7b8f5432b85604ded7e9d9fa492e01c3c4fe3dfc57214d90f6d3baa104bf"


@pytest.mark.parametrize(
    "other",
    [
        b'{"a": "\xe1\xba\xa1"}',  # written again with a space
        b'{"a":"\\u1ea1"}',  # written again in ASCII
        '{"a":"a\u0323"}'.encode(),  # decomposed
    ],
)
def test_the_signature_is_that_of_the_bytes(other: bytes) -> None:
    right = signature("1", '{"a":"ạ"}'.encode(), "1790000000000", "s")
    assert signature("1", other, "1790000000000", "s") != right


def test_events_are_signed_over_raw_utf8(oa: Office, hook: Receiver) -> None:
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    ((headers, body),) = hook.got
    assert WORDS.encode() in body
    stamp = json.loads(body)["timestamp"]
    assert stamp == str(int(NOON * 1000))
    plain = APP.encode() + body + stamp.encode() + OA_SECRET.encode()
    assert headers["x-zevent-signature"] == f"mac={hashlib.sha256(plain).hexdigest()}"
    assert "num_retry" not in headers


def test_the_prefix_of_the_signature_can_be_left_out(oa: Office, hook: Receiver) -> None:
    oa.fake.rules(mac_prefix=False)
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    assert len(hook.got[0][0]["x-zevent-signature"]) == 64


def test_a_body_is_compact_and_not_escaped() -> None:
    assert as_bytes({"a": "ạ", "b": 1}) == b'{"a":"\xe1\xba\xa1","b":1}'


def test_a_refused_event_comes_again_with_the_same_body_at_the_documented_times(
    oa: Office, hook: Receiver
) -> None:
    hook.always = 500
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    for number, after in enumerate((30, 300, 900, 1800, 3600), 1):
        oa.fake.advance(after - 1 - (oa.fake.now() - NOON))
        looks = oa.fake.timeline.looks
        oa.fake.wait_for(lambda n=looks: oa.fake.timeline.looks > n + 1)
        assert len(hook.got) == number  # nothing was due yet
        oa.fake.advance(1)
        oa.fake.wait_for(lambda n=number: len(oa.fake.deliveries()) == n + 1)
    assert len({body for _, body in hook.got}) == 1
    assert len({headers["x-zevent-signature"] for headers, _ in hook.got}) == 1
    assert [headers.get("num_retry") for headers, _ in hook.got] == [None, *"12345"]
    assert [each["at"] - NOON for each in oa.fake.deliveries()] == [0, 30, 300, 900, 1800, 3600]


def test_after_the_fifth_failed_retry_the_webhook_is_off_until_registered_again(
    oa: Office, hook: Receiver
) -> None:
    hook.always = 500
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    oa.fake.advance(3599)
    oa.fake.wait_for(lambda: len(oa.fake.deliveries()) == 5)
    assert oa.fake.webhook()["enabled"]
    oa.fake.says(BINH, "còn được gửi")
    oa.fake.advance(1)
    oa.fake.wait_for(lambda: not oa.fake.webhook()["enabled"])
    oa.fake.settled()
    before = len(hook.got)
    hook.always = 200
    oa.fake.says(AN, "mất")
    oa.fake.advance(3600)
    oa.fake.wait_for(lambda: not oa.fake.webhook()["retries_waiting"])
    assert len(hook.got) == before
    assert oa.fake.webhook()["lost"] == 2  # the new one, and the retry of the other
    assert oa.fake.register_webhook(hook.url)
    oa.fake.says(AN, "lại được gửi")
    oa.fake.settled()
    assert hook.events[-1]["message"]["text"] == "lại được gửi"


def test_once_accepted_an_event_does_not_come_again(oa: Office, hook: Receiver) -> None:
    hook.statuses = [503, 503]
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    oa.fake.advance(7200)
    oa.fake.wait_for(lambda: len(oa.fake.deliveries()) == 3)
    assert [each["status"] for each in oa.fake.deliveries()] == [503, 503, 200]
    assert oa.fake.webhook()["retries_waiting"] == 0


def test_a_failing_event_does_not_hold_up_the_next(oa: Office, hook: Receiver) -> None:
    hook.statuses = [500]
    oa.fake.says(AN, "một")
    oa.fake.says(AN, "hai")
    oa.fake.settled()
    assert [each["status"] for each in oa.fake.deliveries()] == [500, 200]


def test_an_answer_after_the_deadline_is_none(oa: Office, hook: Receiver) -> None:
    assert oa.fake.postman.deadline == 2.0
    oa.fake.rules(deadline=0.05)
    hook.slow = 0.3
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    (attempt,) = oa.fake.deliveries()
    assert attempt["status"] is None
    assert oa.fake.webhook()["retries_waiting"] == 1


def test_a_closed_port_is_retried(oa: Office) -> None:
    with a_receiver() as hook:
        oa.fake.register_webhook(hook.url)
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    assert oa.fake.deliveries()[0]["status"] is None
    assert oa.fake.webhook()["retries_waiting"] == 1


def test_whether_a_bad_status_is_retried_is_left_open(oa: Office, hook: Receiver) -> None:
    oa.fake.rules(retry_statuses=False)
    hook.statuses = [500]
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    assert oa.fake.webhook()["retries_waiting"] == 0


def test_the_times_of_the_retries_can_be_shortened(oa: Office, hook: Receiver) -> None:
    oa.fake.rules(retries=[0, 0])
    hook.always = 500
    oa.fake.says(AN, WORDS)
    oa.fake.wait_for(lambda: not oa.fake.webhook()["enabled"])
    assert [each["retry"] for each in oa.fake.deliveries()] == [0, 1, 2]


def test_an_accelerated_clock_brings_the_retries_by_itself() -> None:
    with an_office(now=time.time, speed=36_000) as oa, a_receiver() as hook:
        oa.fake.register_webhook(hook.url)
        hook.always = 500
        oa.fake.says(AN, WORDS)
        oa.fake.wait_for(lambda: not oa.fake.webhook()["enabled"])
        assert [each["retry"] for each in oa.fake.deliveries()] == [0, 1, 2, 3, 4, 5]


def test_events_of_one_person_come_in_order(oa: Office, hook: Receiver) -> None:
    for number in range(30):
        oa.fake.says(AN, str(number))
        oa.fake.says(BINH, str(number))
    oa.fake.settled()
    for user in (AN, BINH):
        texts = [e["message"]["text"] for e in hook.events if e["sender"]["id"] == user]
        assert texts == [str(number) for number in range(30)]


def test_events_can_be_doubled(oa: Office, hook: Receiver) -> None:
    oa.fake.shuffle(doubled=1.0)
    oa.fake.says(AN, WORDS)
    oa.fake.settled()
    first, second = hook.got
    assert first[1] == second[1]
    assert "num_retry" not in second[0]


def test_events_can_be_overtaken(oa: Office, hook: Receiver) -> None:
    oa.fake.shuffle(swapped=1.0)
    for text in ("một", "hai", "ba"):
        oa.fake.says(AN, text)
    oa.fake.settled()
    assert [event["message"]["text"] for event in hook.events] == ["hai", "một", "ba"]
    assert oa.fake.webhook()["pending"] == 0


def test_a_share_of_the_events_is_doubled_or_overtaken_and_none_is_lost(
    oa: Office, hook: Receiver
) -> None:
    oa.fake.shuffle(doubled=0.3, swapped=0.3, seed=1)
    for number in range(60):
        oa.fake.says(AN, str(number))
    oa.fake.settled()
    texts = [event["message"]["text"] for event in hook.events]
    assert set(texts) == {str(number) for number in range(60)}
    assert 60 < len(texts) < 100
    assert texts != sorted(texts, key=int)
    oa.fake.shuffle()
    hook.got.clear()
    oa.fake.says(AN, "rồi lại đúng")
    oa.fake.settled()
    assert len(hook.got) == 1


def test_a_restart_forgets_nothing_and_carries_the_retries_on(oa: Office, hook: Receiver) -> None:
    from tests.fakes.zalo import FakeZalo, served

    fake = FakeZalo(now=lambda: NOON)
    with served(fake):
        fake.register_webhook(hook.url)
        hook.statuses = [200, 500]
        fake.says(AN, "một")
        fake.says(AN, "hai")
        fake.settled()
        port = int(fake.url.rpartition(":")[2])
    with pytest.raises(RuntimeError, match="not being served"):
        fake.says(AN, "ba")
    with served(fake, port):
        fake.advance(30)
        fake.wait_for(lambda: len(fake.deliveries()) == 3)
    assert [each["status"] for each in fake.deliveries()] == [200, 500, 200]
