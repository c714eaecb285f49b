"""What the fake Zalo lets an OA write, to whom, when, and how fast."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.fakes.zalo_setup import AN, BINH, NOON, Office, an_office

HOUR = 3600.0
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
QUERY = {"title": "Chi tiết", "type": "oa.query.hide", "payload": "#xem:1"}


@pytest.fixture
def oa() -> Iterator[Office]:
    with an_office() as office:
        office.fake.says(AN, "xin chào")
        yield office


def with_buttons(*buttons: Any, text: Any = "Chọn:", **payload: Any) -> dict[str, Any]:
    attachment = {"type": "template", "payload": {"buttons": list(buttons), **payload}}
    return {"text": text, "attachment": attachment}


def media(**element: Any) -> dict[str, Any]:
    payload = {"template_type": "media", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def templated(kind: str, *elements: Any) -> dict[str, Any]:
    payload = {"template_type": kind, "elements": list(elements)}
    return {"attachment": {"type": "template", "payload": payload}}


def test_text_arrives_and_the_answer_has_its_documented_parts(oa: Office) -> None:
    answer = oa.cs({"text": "Trước ngày 20/9/2023."})
    assert answer["data"].keys() == {"message_id", "user_id", "sent_time", "quota"}
    assert answer["data"]["user_id"] == AN
    assert answer["data"]["sent_time"] == str(int(NOON * 1000))
    assert answer["data"]["quota"] == {"quota_type": "reply"}
    (line,) = oa.fake.sent(AN)
    assert (line.text, line.id) == ("Trước ngày 20/9/2023.", answer["data"]["message_id"])
    assert oa.fake.counters()["accepted"] == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "ả" * 2000}, 0),
        ({"text": "ả" * 2001}, -210),
        # Composed before it is counted:
        ({"text": unicodedata.normalize("NFD", "ả" * 2000)}, 0),
        ({"text": unicodedata.normalize("NFD", "ả" * 2001)}, -210),
        ({"text": ""}, -201),
        ({"text": " \n"}, -201),
        ({"text": 5}, -201),
        ({}, -201),
        ("xin chào", -201),
        ({"text": "a", "parse_mode": "html"}, -201),
        ({"text": "a", "quote_message_id": "m1"}, 0),
        ({"text": "a", "quote_message_id": 1}, -201),
        ({"text": "a", "attachment": {"type": "image"}}, -201),
        ({"text": "a", "attachment": {"type": "video", "payload": {}}}, -201),
        (with_buttons(*[QUERY] * 5), 0),
        (with_buttons(*[QUERY] * 5, template_type="button"), 0),
        (with_buttons(*[QUERY] * 6), -210),
        (with_buttons(), -201),
        (with_buttons("Chi tiết"), -201),
        (with_buttons(QUERY, text=""), -201),
        (with_buttons({**QUERY, "title": "a" * 100}), 0),
        (with_buttons({**QUERY, "title": "a" * 101}), -210),
        (with_buttons({**QUERY, "title": ""}), -201),
        (with_buttons({**QUERY, "payload": "#" * 1000}), 0),
        (with_buttons({**QUERY, "payload": "#" * 1001}), -210),
        (with_buttons({**QUERY, "type": "oa.query.show"}), 0),
        (with_buttons({**QUERY, "type": "callback"}), -201),
        (with_buttons({**QUERY, "payload": {"a": 1}}), -201),
        (with_buttons({**QUERY, "type": "oa.open.url", "payload": {"url": "https://a.vn"}}), 0),
        (with_buttons({**QUERY, "type": "oa.open.url", "payload": "https://a.vn"}), -201),
        (with_buttons({**QUERY, "type": "oa.open.url", "payload": {"url": "a.vn"}}), -201),
        (with_buttons({**QUERY, "type": "oa.open.phone", "payload": {"phone_code": "84"}}), 0),
        (with_buttons({**QUERY, "type": "oa.open.phone", "payload": {}}), -201),
        (
            with_buttons(
                {**QUERY, "type": "oa.open.sms", "payload": {"content": "a", "phone_code": "84"}}
            ),
            0,
        ),
        (with_buttons({**QUERY, "type": "oa.open.sms", "payload": {"content": "a"}}), -201),
        (media(media_type="image", url="https://a.vn/a.png"), 0),
        ({**media(media_type="image", url="https://a.vn/a.png"), "text": "Chú thích"}, 0),
        (media(media_type="image", url="https://a.vn/a.png", attachment_id="1"), -201),
        (media(media_type="image"), -201),
        (media(media_type="image", attachment_id="never uploaded"), -100),
        (media(media_type="video", url="https://a.vn/a.mp4"), -201),
        (media(media_type="gif", url="https://a.vn/a.gif", width=1, height=1), 0),
        (media(media_type="gif", url="https://a.vn/a.gif"), -201),
        (media(media_type="sticker", attachment_id="0abc"), 0),
        (templated("media"), -201),
        (templated("media", *[{"media_type": "image", "url": "https://a.vn/a.png"}] * 2), -210),
        (templated("list", {"title": "a", "subtitle": "b"}, {"title": "c"}), 0),
        (templated("list", {"title": "a"}), -201),
        (templated("list", *[{"title": "a", "subtitle": "b"}] * 6), -210),
        (
            templated(
                "request_user_info",
                {"title": "a", "subtitle": "b", "image_url": "https://a.vn/a.png"},
            ),
            0,
        ),
        (templated("request_user_info", {"title": "a" * 101}), -210),
        (templated("transaction_order", {"title": "a"}), -233),
        ({"attachment": {"type": "file", "payload": {"token": "never uploaded"}}}, -100),
        ({"text": "a", "attachment": {"type": "file", "payload": {"token": "x"}}}, -201),
    ],
)  # fmt: skip
def test_rules_for_the_content(oa: Office, message: Any, code: int) -> None:
    assert oa.cs(message)["error"] == code
    assert len(oa.fake.sent(AN)) == (code == 0)


def test_an_upload_can_be_sent_for_seven_days(oa: Office) -> None:
    image = oa.upload("image", "a.png", PNG)["data"]["attachment_id"]
    token = oa.upload("file", "Kế hoạch.pdf", b"%PDF-1.4")["data"]["token"]
    picture = media(media_type="image", attachment_id=image)
    file = {"attachment": {"type": "file", "payload": {"token": token}}}
    assert [oa.cs(picture)["error"], oa.cs(file)["error"]] == [0, 0]
    assert [(line.file, line.content) for line in oa.fake.sent(AN)] == [
        ("a.png", PNG),
        ("Kế hoạch.pdf", b"%PDF-1.4"),
    ]
    assert oa.cs(media(media_type="image", attachment_id=token))["error"] == -100
    oa.fake.advance(7 * 24 * HOUR)
    oa.http.headers["access_token"] = oa.fake.mint()["access_token"]
    oa.fake.says(AN, "còn đây")
    assert [oa.cs(picture)["error"], oa.cs(file)["error"]] == [-100, -100]


@pytest.mark.parametrize(
    ("hours", "code", "quota"),
    [
        (0, 0, "reply"),
        (48, 0, "reply"),
        (48.01, 0, "sub_quota"),
        (7 * 24, 0, "sub_quota"),
        (7 * 24.01, -230, None),
    ],
)
def test_windows_since_the_person_last_wrote(
    oa: Office, hours: float, code: int, quota: str | None
) -> None:
    oa.fake.advance(hours * HOUR)
    oa.http.headers["access_token"] = oa.fake.mint()["access_token"]
    answer = oa.cs({"text": "nhắc việc"})
    assert answer["error"] == code
    assert answer.get("data", {}).get("quota", {}).get("quota_type") == quota


def test_when_the_free_messages_of_the_package_are_gone_they_are_bought(oa: Office) -> None:
    oa.fake.rules(free_of_charge=1)
    oa.fake.user(AN, last_interaction=NOON - 72 * HOUR)
    kinds = [oa.cs({"text": "a"})["data"]["quota"]["quota_type"] for _ in "12"]
    assert kinds == ["sub_quota", "purchase_quota"]


@pytest.mark.parametrize("act", ["follows", "opens_chat"])
def test_following_and_opening_the_chat_are_interactions(oa: Office, act: str) -> None:
    oa.fake.user(BINH)
    assert oa.cs({"text": "a"}, BINH)["error"] == -230
    getattr(oa.fake, act)(BINH)
    assert oa.cs({"text": "a"}, BINH)["error"] == 0


def test_pressing_a_link_is_an_interaction_and_says_nothing(oa: Office) -> None:
    oa.cs(with_buttons({"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://a.vn"}}))
    oa.fake.advance(20 * HOUR)
    assert oa.fake.taps(AN, "Mở") == {"url": "https://a.vn"}
    assert oa.fake.user(AN).last_interaction == NOON + 20 * HOUR
    assert [line.by for line in oa.fake.log(AN)] == ["user", "bot"]


def test_a_press_posts_the_payload_as_the_words_of_the_person(oa: Office) -> None:
    oa.cs(with_buttons(QUERY))
    old = oa.cs(with_buttons({**QUERY, "title": "Sửa", "payload": "#sua"}))["data"]["message_id"]
    assert oa.fake.taps(AN, "Sửa") == "#sua"
    assert oa.fake.log(AN)[-1].text == "#sua"
    with pytest.raises(LookupError, match="offered: Sửa"):
        oa.fake.taps(AN, "Chi tiết")
    oa.cs({"text": "không có nút"})
    with pytest.raises(LookupError):
        oa.fake.taps(AN, "Sửa")
    assert oa.fake.taps(AN, "Sửa", old) == "#sua"  # old buttons stay for ever


@pytest.mark.parametrize("user", ["nobody", 3000000000000000003, None, ""])
def test_the_recipient_is_a_string_that_the_oa_knows(oa: Office, user: Any) -> None:
    assert oa.cs({"text": "a"}, user)["error"] == -201


@pytest.mark.parametrize("code", [-213, -217, -218, -227, -244])
def test_a_person_may_be_closed_to_the_oa(oa: Office, code: int) -> None:
    oa.fake.says(BINH, "chào")
    oa.fake.flag(AN, code)
    assert oa.cs({"text": "a"})["error"] == code
    assert oa.cs({"text": "a"}, BINH)["error"] == 0
    oa.fake.flag(AN)
    assert oa.cs({"text": "a"})["error"] == 0
    assert oa.fake.counters()[f"refused {code}"] == 1


def test_more_than_the_rate_of_a_minute_is_refused_and_the_window_slides(oa: Office) -> None:
    oa.fake.rules(per_minute=2)
    answers = [oa.cs({"text": "a"}) for _ in range(3)]
    assert [answer["error"] for answer in answers] == [0, 0, -32]
    assert oa.get("/v2.0/oa/getoa")["error"] == -32  # one bucket for the whole OA API
    oa.fake.advance(59.9)
    assert oa.cs({"text": "a"})["error"] == -32
    oa.fake.advance(0.2)
    assert oa.cs({"text": "a"})["error"] == 0
    assert oa.fake.counters()["most requests in a minute"] == 2
    assert oa.fake.counters()["most sent in a second"] == 2


def test_the_rate_is_told_in_headers(oa: Office) -> None:
    headers = oa.http.get("/v2.0/oa/getoa").headers
    assert headers["X-RateLimit-Limit"] == "4000"
    assert headers["X-RateLimit-Remain"] == "3999"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"not json", "application/json"),
        (b"[]", "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "application/json"),
        (b"{}", "text/plain"),
    ],
)
def test_a_bad_body_is_a_number_too(oa: Office, content: bytes, kind: str) -> None:
    answer = oa.http.post("/v3.0/oa/message/cs", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (200, -201)
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "path", ["/v3.0/oa/message", "/v3.0/oa/message/transaction", "/v3.0/oa/message/promotion"]
)
def test_closed_and_unknown_addresses(oa: Office, path: str) -> None:
    assert oa.post(path, {"recipient": {"user_id": AN}})["error"] == 404


def test_of_the_old_messages_only_reactions_are_left(oa: Office) -> None:
    answer = oa.post("/v2.0/oa/message", {"recipient": {"user_id": AN}, "message": {"text": "a"}})
    assert answer["error"] == -240
    said = oa.fake.says(AN, "cảm ơn")
    action = {"react_icon": "/-heart", "react_message_id": said}
    body = {"recipient": {"user_id": AN}, "sender_action": action}
    assert oa.post("/v2.0/oa/message", body)["error"] == 0
    action["react_message_id"] = "never said"
    assert oa.post("/v2.0/oa/message", body)["error"] == -201


def test_the_proof_of_the_secret_can_be_required(oa: Office) -> None:
    oa.fake.rules(require_proof=True)
    assert oa.cs({"text": "a"})["error"] == -242
    token, secret = oa.http.headers["access_token"], oa.fake.zalo.secret
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    oa.http.headers["appsecret_proof"] = proof
    assert oa.cs({"text": "a"})["error"] == 0
