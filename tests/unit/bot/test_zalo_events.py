"""The events of Zalo as the vocabulary of all channels."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import JsonValue
from bot.channels.zalo_events import read_event
from bot.channels.zalo_payloads import carried, is_shown, payload
from bot.commands import MENU, slash
from bot.messages import Attachment, Button, Event, Incoming

USER, OA, AT = "3000000000000000003", "4000000000000000004", "1790000000000"


def said(name: str, message: JsonValue, **more: JsonValue) -> dict[str, JsonValue]:
    """A person did something in the chat."""
    return {
        "app_id": "1000",
        "user_id_by_app": "2000",
        "event_name": name,
        "sender": {"id": USER},
        "recipient": {"id": OA},
        "message": message,
        "timestamp": AT,
        **more,
    }


def echoed(name: str, **sender: JsonValue) -> dict[str, JsonValue]:
    """The OA wrote: sender and recipient change places."""
    event = said(name, {"msg_id": "m1", "text": "Chào Anh/chị"})
    return {**event, "sender": {"id": OA, **sender}, "recipient": {"id": USER}}


def attached(name: str, *payloads: JsonValue, text: str = "") -> dict[str, JsonValue]:
    files: list[JsonValue] = [{"type": "x", "payload": each} for each in payloads]
    return said(name, {"msg_id": "m1", "text": text, "attachments": files})


def flat(name: str, **who: JsonValue) -> dict[str, JsonValue]:
    """Without sender and recipient."""
    return {"event_name": name, "oa_id": OA, "app_id": "1000", "timestamp": AT, **who}


PLACE = {"coordinates": {"latitude": "10.7", "longitude": "106.6"}}
CARD = {"description": '{"phone":"84900000000"}'}


@pytest.mark.parametrize(
    ("body", "event", "text"),
    [
        (said("user_send_text", {"msg_id": "m1", "text": " Hạn nộp? "}), "text", "Hạn nộp?"),
        (said("user_send_text", {"msg_id": "m1"}), "text", ""),
        (said("user_send_text", {"msg_id": "m1", "text": "#troly1:/xemthem"}), "text", "/xemthem"),
        (said("user_send_text", {"msg_id": "m1", "text": "#hashtag"}), "text", "#hashtag"),
        # Half a letter and a zero, which no database keeps, and letters in pieces.
        (said("user_send_text", {"msg_id": "m1", "text": "a\ud83d\x00"}), "text", "a\ufffd\ufffd"),
        (
            said("user_send_text", {"msg_id": "m1", "text": unicodedata.normalize("NFD", "Điều")}),
            "text",
            "Điều",
        ),
        (
            attached("user_send_link", {"url": "https://a.vn", "title": "A"}, text="Xem"),
            "text",
            "Xem\nhttps://a.vn",
        ),
        (
            attached("user_send_link", {"url": "https://a.vn"}, text="Xem https://a.vn nhé"),
            "text",
            "Xem https://a.vn nhé",
        ),
        (attached("user_send_audio", {"url": "http://f1.zdn.vn/x"}), "voice", ""),
        (attached("user_send_video", {"url": "http://f1.zdn.vn/x"}), "voice", ""),
        (attached("user_send_gif", {"url": "http://f1.zdn.vn/x"}), "sticker", ""),
        (attached("user_send_sticker", {"id": "1", "url": "http://f1.zdn.vn/x"}), "sticker", ""),
        # Where somebody is, and whose card it is, is nothing to be kept.
        (attached("user_send_location", PLACE, text="x"), "location", ""),
        (attached("user_send_business_card", CARD, text="x"), "contact", ""),
        (said("user_submit_info", {"msg_id": "m1"}, info={"phone": "84900000000"}), "contact", ""),
        (flat("follow", follower={"id": USER}, source="qr"), "start", ""),
        (flat("unfollow", follower={"id": USER}), "left", ""),
        (flat("user_click_chatnow", user_id=USER), "returned", ""),
        (flat("user_withdraw", user_id=USER), "withdrawn", ""),
        (flat("user_withdraw", follower={"id": USER}), "withdrawn", ""),
        (said("user_withdraw", None), "withdrawn", ""),
        ({**flat("user_withdraw", user_id=USER), "sender": {"id": OA}}, "withdrawn", ""),
        # What a person may send some day deserves a sentence.
        (said("user_send_poll", {"msg_id": "m1"}), "unknown", ""),
        (attached("user_send_image"), "unknown", ""),
        (attached("user_send_file", {"url": 7}), "unknown", ""),
        # Only somebody at the console of the OA has an id of an administrator.
        (echoed("oa_send_text", admin_id="5000"), "operator", ""),
        (echoed("oa_send_image", admin_id=5000), "operator", ""),
        (echoed("oa_send_something_new", admin_id="5000"), "operator", ""),
    ],
)
def test_an_event_is_read(body: dict[str, JsonValue], event: Event, text: str) -> None:
    incoming = read_event(body)
    assert incoming is not None
    assert (incoming.event, incoming.text) == (event, text)
    assert (incoming.channel, incoming.chat, incoming.person) == ("zalo_oa", USER, USER)
    assert not incoming.group


@pytest.mark.parametrize(
    "body",
    [
        echoed("oa_send_text"),  # our own
        echoed("oa_send_text", admin_id=""),
        echoed("oa_send_text", admin_id="0"),
        echoed("oa_send_text", admin_id=None),
        echoed("oa_send_group_text", admin_id="5000"),
        said("user_received_message", {"msg_id": "m1"}),
        said("user_seen_message", {"msg_ids": ["m1"]}),
        said("user_reacted_message", {"msg_id": "m1", "react_icon": "/-heart"}),
        said("anonymous_send_text", {"msg_id": "m1", "text": "x", "conversation_id": "c"}),
        said("anonymous_send_file", {"msg_id": "m1"}),
        said("user_send_group_text", {"msg_id": "m1", "text": "x"}),
        flat("create_group", user_id=USER),
        flat("add_user_to_tag", user_id=USER),
        flat("change_oa_daily_quota", oaId=OA),
        flat("something_new", user_id=USER),
        flat("follow"),
        flat("follow", follower={"id": ""}),
        flat("follow", follower={"id": "a b"}),
        flat("follow", follower={"id": "9" * 61}),
        flat("follow", follower={"id": True}),
        flat("follow", user_id_by_app=USER),  # another name space
        said("", {}),
        {},
        [],
        None,
        "user_send_text",
    ],
)
def test_what_concerns_nobody_is_not_kept(body: JsonValue) -> None:
    assert read_event(body) is None


def test_a_file_is_described() -> None:
    file = {
        "url": "https://f1.file.example.zdn.vn/x",
        "name": "Góp ý.docx",
        "size": "20480",
        "checksum": "0f",
        "type": "docx",
    }
    read = read_event(attached("user_send_file", file, text="Kế hoạch của trường"))
    assert read is not None
    assert read.event == "file"
    assert read.text == "Kế hoạch của trường"
    assert read.attachments == (
        Attachment("Góp ý.docx", "https://f1.file.example.zdn.vn/x", 20480),
    )


@pytest.mark.parametrize("size", ["many", -1, "9" * 16, None, True, 1.5])
def test_a_size_that_is_none_is_not_told(size: JsonValue) -> None:
    read = read_event(attached("user_send_file", {"url": "http://a", "size": size}))
    assert read is not None
    assert read.attachments[0].size is None


def test_several_images_are_one_event() -> None:
    read = read_event(attached("user_send_image", {"url": "http://a"}, {}, {"url": "http://b"}))
    assert read is not None
    assert [file.source for file in read.attachments] == ["http://a", "http://b"]


def identity(body: JsonValue) -> str:
    read = read_event(body)
    assert read is not None
    return read.event_id


def test_the_same_event_has_the_same_id_and_another_has_not() -> None:
    assert identity(said("user_send_text", {"msg_id": "m1", "text": "a"})) == "m1"
    followed = identity(flat("follow", follower={"id": USER}))
    assert followed == identity(flat("follow", follower={"id": USER}))
    as_number = {**flat("follow", follower={"id": int(USER)}), "timestamp": int(AT)}
    assert identity(as_number) == followed
    others = [
        identity(flat("unfollow", follower={"id": USER})),
        identity(flat("follow", follower={"id": "3000000000000000009"})),
        identity({**flat("follow", follower={"id": USER}), "timestamp": AT[::-1]}),
        # An id that no column holds is none.
        identity(said("user_send_text", {"msg_id": "m" * 121})),
    ]
    assert len({followed, *others}) == 5
    assert not any(USER in one for one in (followed, *others))  # it outlives an erasure


# --- buttons ------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=900), st.text(min_size=1, max_size=20))
def test_a_button_comes_back_as_what_it_sends(send: str, label: str) -> None:
    assert carried(payload(Button(label, send))) == send


@given(st.text(max_size=3000), st.text(min_size=1, max_size=100))
def test_no_button_carries_more_than_zalo_takes(send: str, label: str) -> None:
    assert len(payload(Button(label, send))) <= 1000


@pytest.mark.parametrize("send", ["Hạn nộp là khi nào? (theo Kế hoạch 12)", "1", "Sở Tư pháp"])
def test_a_sentence_is_carried_as_it_is_and_shown(send: str) -> None:
    assert is_shown(send)
    assert payload(Button("x", send)) == send


@pytest.mark.parametrize("send", [*map(slash, MENU), "xem thêm", "Gặp cán bộ", "/la", "#troly1:a"])
def test_a_command_is_carried_unseen(send: str) -> None:
    assert not is_shown(send)
    assert payload(Button("x", send)) == f"#troly1:{send}"


def test_what_is_too_long_to_be_carried_is_named_by_its_label() -> None:
    assert payload(Button("Kế hoạch 12", "a" * 1001)) == "Kế hoạch 12"


def test_a_button_of_another_version_is_told_to_be_old() -> None:
    read = read_event(said("user_send_text", {"msg_id": "m1", "text": "#troly0:xyz"}))
    assert read == Incoming("zalo_oa", "m1", "press", USER, USER, button="#troly0:xyz")
