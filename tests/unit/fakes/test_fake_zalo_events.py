"""The fake Zalo's events have the documented shapes, whatever people do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.zalo_office import APP, OA, FakeZalo
from tests.fakes.zalo_people import OFFICER
from tests.unit.fakes.zalo_setup import AN, NOON, Office, Receiver, a_receiver, an_office

STAMP = str(int(NOON * 1000))


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Office, Receiver]]:
    with an_office() as office, a_receiver() as receiver:
        assert office.fake.register_webhook(receiver.url)
        yield office, receiver


@pytest.fixture
def oa(place: tuple[Office, Receiver]) -> Office:
    place[1].got.clear()
    return place[0]


@pytest.fixture
def hook(place: tuple[Office, Receiver]) -> Receiver:
    return place[1]


def heard(oa: Office, hook: Receiver) -> dict[str, Any]:
    """The one event that came."""
    oa.fake.settled()
    (event,) = hook.events
    return event


def attachment(event: dict[str, Any]) -> dict[str, Any]:
    """The payload of the only attachment."""
    (found,) = event["message"]["attachments"]
    assert event["event_name"] == f"user_send_{found['type']}"
    return found["payload"]


def test_a_text_has_the_whole_envelope_and_no_name(oa: Office, hook: Receiver) -> None:
    id_ = oa.fake.says(AN, "xin chào", quote="m0")
    event = heard(oa, hook)
    assert int(event.pop("user_id_by_app")) > 2**53
    assert event == {
        "app_id": APP,
        "event_name": "user_send_text",
        "sender": {"id": AN},
        "recipient": {"id": OA},
        "message": {"msg_id": id_, "text": "xin chào", "quote_msg_id": "m0"},
        "timestamp": STAMP,
    }


def test_a_press_is_a_text_like_any_other(oa: Office, hook: Receiver) -> None:
    oa.fake.says(AN, "xin chào")
    button = {"title": "Xem", "type": "oa.query.show", "payload": "#xem:1"}
    payload = {"buttons": [button]}
    oa.cs({"text": "Chọn:", "attachment": {"type": "template", "payload": payload}})
    oa.fake.settled()
    hook.got.clear()
    oa.fake.taps(AN, "Xem")
    event = heard(oa, hook)
    assert event["event_name"] == "user_send_text"
    assert event["message"].keys() == {"msg_id", "text"}
    assert event["message"]["text"] == "#xem:1"


def test_a_file(oa: Office, hook: Receiver) -> None:
    oa.fake.sends_file(AN, "góp ý.docx", b"PK\x03\x04")
    told = attachment(heard(oa, hook))
    assert oa.http.get(told.pop("url")).content == b"PK\x03\x04"
    checksum = hashlib.md5(b"PK\x03\x04").hexdigest()
    assert told == {"name": "góp ý.docx", "size": "4", "checksum": checksum, "type": "docx"}


def test_a_file_may_lie_about_itself(oa: Office, hook: Receiver) -> None:
    lies = {"size": "9", "url": "http://169.254.169.254/", "name": "../a.exe", "checksum": ""}
    oa.fake.sends_file(AN, "a.pdf", b"a", payload=lies)
    assert attachment(heard(oa, hook)).items() >= lies.items()


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
def test_pictures_and_sound(oa: Office, hook: Receiver, kind: str) -> None:
    oa.fake.sends_file(AN, "a.bin", b"abc", kind=kind, text="Chú thích")
    event = heard(oa, hook)
    told = attachment(event)
    assert event["message"]["text"] == "Chú thích"
    assert oa.http.get(told["url"]).content == b"abc"
    assert ("thumbnail" in told) == (kind != "audio")


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("sticker", {"id", "url"}),
        ("gif", {"url"}),
        ("location", {"coordinates"}),
        ("link", {"url", "title", "thumbnail", "description"}),
        ("business_card", {"description", "thumbnail"}),
    ],
)
def test_other_kinds(oa: Office, hook: Receiver, kind: str, keys: set[str]) -> None:
    oa.fake.sends(AN, kind)
    assert attachment(heard(oa, hook)).keys() == keys


def test_a_place_is_told_in_strings(oa: Office, hook: Receiver) -> None:
    oa.fake.sends(AN, "location")
    assert attachment(heard(oa, hook))["coordinates"] == {
        "latitude": "20.9449",
        "longitude": "106.6834",
    }


@pytest.mark.parametrize(
    ("act", "name"), [(FakeZalo.follows, "follow"), (FakeZalo.unfollows, "unfollow")]
)
def test_following_is_flat(
    oa: Office, hook: Receiver, act: Callable[[FakeZalo, str], None], name: str
) -> None:
    act(oa.fake, AN)
    event = heard(oa, hook)
    assert int(event.pop("user_id_by_app")) > 2**53
    assert event == {
        "app_id": APP,
        "oa_id": OA,
        "event_name": name,
        "source": "oa_profile",
        "follower": {"id": AN},
        "timestamp": STAMP,
    }
    assert oa.fake.user(AN).follower == (name == "follow")


def test_opening_the_chat_is_flat(oa: Office, hook: Receiver) -> None:
    oa.fake.opens_chat(AN)
    event = heard(oa, hook)
    assert (event["event_name"], event["user_id"]) == ("user_click_chatnow", AN)
    assert "sender" not in event


def test_contact_details(oa: Office, hook: Receiver) -> None:
    oa.fake.submits_info(AN, name="An", phone="84900000000")
    event = heard(oa, hook)
    assert event["event_name"] == "user_submit_info"
    assert event["info"] == {"name": "An", "phone": "84900000000"}
    assert event["message"].keys() == {"msg_id"}


def test_withdrawal(oa: Office, hook: Receiver) -> None:
    oa.fake.withdraws(AN)
    event = heard(oa, hook)
    assert (event["event_name"], event["sender"]) == ("user_withdraw", {"id": AN})


def test_an_officer_who_answers_by_hand_is_named(oa: Office, hook: Receiver) -> None:
    id_ = oa.fake.officer_replies(AN, "Tôi xin trả lời trực tiếp.")
    oa.fake.settled()
    sent = hook.events[0]
    assert sent["event_name"] == "oa_send_text"
    assert sent["sender"] == {"id": OA, "admin_id": OFFICER}
    assert sent["recipient"] == {"id": AN}
    assert sent["message"]["msg_id"] == id_
    assert hook.events[1]["sender"] == {"id": OA}
    assert [line.id for line in oa.fake.sent(AN)].count(id_) == 0  # not by the bot


def test_visitors_of_a_website_have_no_account(oa: Office, hook: Receiver) -> None:
    oa.fake.anonymous_says("visitor", "xin chào")
    event = heard(oa, hook)
    assert event["event_name"] == "anonymous_send_text"
    assert "user_id_by_app" not in event
    assert "visitor" not in oa.fake.zalo.users


def test_any_other_event(oa: Office, hook: Receiver) -> None:
    oa.fake.event(AN, "user_reacted_message", {"msg_id": "m1", "react_icon": "/-heart"})
    event = heard(oa, hook)
    assert event["event_name"] == "user_reacted_message"
    hook.got.clear()
    oa.fake.event(AN, "never_heard_of", oaId=OA, timestamp=1790000000000)
    event = heard(oa, hook)
    assert (event["event_name"], event["oaId"]) == ("never_heard_of", OA)
    assert event["timestamp"] == 1790000000000  # a number, for once


def test_received_and_seen_are_no_interaction(oa: Office, hook: Receiver) -> None:
    """A person who only reads does not reopen the window."""
    oa.fake.says(AN, "xin chào")
    oa.fake.user(AN, last_interaction=NOON - 3600)
    oa.cs({"text": "a"})
    oa.fake.settled()
    assert "user_seen_message" in hook.names
    assert oa.fake.user(AN).last_interaction == NOON - 3600
