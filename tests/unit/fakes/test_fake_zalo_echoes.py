"""The fake Zalo tells the webhook of every message of the OA: sent, received, seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.zalo_office import OA
from tests.unit.fakes.zalo_setup import AN, Office, Receiver, a_receiver, an_office

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


def test_each_accepted_message_is_echoed_as_sent_received_and_seen(
    oa: Office, hook: Receiver
) -> None:
    oa.fake.says(AN, WORDS)
    id_ = oa.cs({"text": "Trước ngày 20/9."})["data"]["message_id"]
    oa.cs({"text": "quá dài" * 1000})
    oa.fake.settled()
    assert hook.names == [
        "user_send_text",
        "oa_send_text",
        "user_received_message",
        "user_seen_message",
    ]
    sent, received, seen = hook.events[1:]
    for event in (sent, received, seen):
        assert event["sender"] == {"id": OA}
        assert event["recipient"] == {"id": AN}
    assert sent["message"] == {"msg_id": id_, "text": "Trước ngày 20/9."}
    assert received["message"]["msg_id"] == id_
    assert seen["message"]["msg_ids"] == [id_]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("image", {"elements": [{"media_type": "image", "url": "https://a.vn/a.png"}]}),
        (
            "gif",
            {
                "elements": [
                    {"media_type": "gif", "url": "https://a.vn/a.gif", "width": 1, "height": 1}
                ]
            },
        ),
        ("sticker", {"elements": [{"media_type": "sticker", "attachment_id": "0abc"}]}),
        ("list", {"template_type": "list", "elements": [{"title": "a", "subtitle": "b"}]}),
        (
            "template",
            {
                "template_type": "request_user_info",
                "elements": [{"title": "a", "image_url": "https://a.vn/a.png"}],
            },
        ),
    ],
)
def test_the_echo_is_named_after_the_kind(
    oa: Office, hook: Receiver, kind: str, payload: dict[str, object]
) -> None:
    oa.fake.says(AN, WORDS)
    attachment = {"type": "template", "payload": {"template_type": "media", **payload}}
    assert oa.cs({"attachment": attachment})["error"] == 0
    oa.fake.settled()
    assert hook.names[1] == f"oa_send_{kind}"


def test_a_file_is_echoed_as_one(oa: Office, hook: Receiver) -> None:
    oa.fake.says(AN, WORDS)
    token = oa.upload("file", "a.pdf", b"%PDF-1.7")["data"]["token"]
    oa.cs({"attachment": {"type": "file", "payload": {"token": token}}})
    oa.fake.settled()
    assert hook.names[1] == "oa_send_file"


def test_echoes_can_be_left_out_under_load(oa: Office, hook: Receiver) -> None:
    oa.fake.rules(echoes=False)
    oa.fake.says(AN, WORDS)
    oa.cs({"text": "a"})
    oa.fake.settled()
    assert hook.names == ["user_send_text"]
