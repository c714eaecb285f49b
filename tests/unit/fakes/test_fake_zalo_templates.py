"""The fake Zalo's template messages: approved words with blanks, by person or by phone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.zalo_state import Param
from tests.unit.fakes.zalo_setup import AN, NOON, Office, a_receiver, an_office

HOUR = 3600.0
PHONE, STRANGER = "84900000001", "84900000009"
DATA = {"name": "An", "count": "3", "due": "20/09/2026"}
BY_UID, BY_PHONE = "/v3.0/oa/message/template", "/message/template"


@pytest.fixture
def oa() -> Iterator[Office]:
    with an_office() as office:
        office.fake.user(AN, phone=PHONE)
        office.fake.template(
            "101",
            "Nhắc hạn báo cáo",
            (
                Param("name", max_length=10),
                Param("count", "NUMBER", 3),
                Param("due", "DATE", 10),
                Param("note", require=False),
            ),
        )
        yield office


def by_phone(oa: Office, **changes: Any) -> dict[str, Any]:
    body = {"phone": PHONE, "template_id": "101", "template_data": DATA, "tracking_id": "t-1"}
    return oa.post(BY_PHONE, body | changes)


def by_uid(oa: Office, **changes: Any) -> dict[str, Any]:
    return oa.post(BY_UID, {"user_id": AN, "template_id": "101", "template_data": DATA} | changes)


def test_by_phone_the_answer_is_in_strings(oa: Office) -> None:
    data = by_phone(oa)["data"]
    assert data.keys() == {"msg_id", "sent_time", "sending_mode", "quota"}
    assert data["sent_time"] == str(int(NOON * 1000))
    assert data["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
    (line,) = oa.fake.sent(AN)
    assert (line.kind, dict(line.data)) == ("template", DATA)
    assert line.text.startswith("Nhắc hạn báo cáo\nname: An")


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        (PHONE, 0),
        (f"+{PHONE}", 0),
        ("0900000001", -108),
        ("900000001", -108),
        ("840900000001", -108),
        ("8490000000", -108),
        (84900000001, 0),  # a number is read as well
        ("", -108),
        (STRANGER, -118),  # nobody in Zalo has it
    ],
)
def test_phones_begin_with_84(oa: Office, phone: Any, code: int) -> None:
    assert by_phone(oa, phone=phone)["error"] == code


@pytest.mark.parametrize("send", [by_phone, by_uid])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (DATA | {"note": "a"}, 0),
        (DATA | {"name": ""}, -1121),
        ({"name": "An"}, -1121),
        (None, -1121),
        (DATA | {"count": "ba"}, -1122),
        (DATA | {"count": 3}, -1122),
        (DATA | {"due": "2026-09-20"}, -1122),
        (DATA | {"other": "a"}, -1122),
        (DATA | {"name": "a" * 10}, 0),
        (DATA | {"name": "a" * 11}, -1124),
    ],
)
def test_blanks_are_filled_as_the_list_says(oa: Office, send: Any, data: Any, code: int) -> None:
    assert send(oa, template_data=data)["error"] == code
    assert len(oa.fake.sent(AN)) == (code == 0)


@pytest.mark.parametrize("send", [by_phone, by_uid])
def test_only_approved_templates_go_out(oa: Office, send: Any) -> None:
    oa.fake.template("102", "Chờ duyệt", status="PENDING_REVIEW")
    assert send(oa, template_id="102", template_data={})["error"] == -131
    assert send(oa, template_id="999")["error"] == -109
    assert send(oa, template_id=None)["error"] == -109


def test_by_uid_the_window_of_seven_days_does_not_count(oa: Office) -> None:
    oa.fake.user(AN, last_interaction=NOON - 100 * 86400)
    assert oa.cs({"text": "a"})["error"] == -230
    data = by_uid(oa)["data"]
    assert oa.fake.sent(AN)[0].id == data["message_id"]


def test_some_templates_go_by_phone_only(oa: Office) -> None:
    oa.fake.template("103", "Mã OTP", by_uid=False)
    assert by_uid(oa, template_id="103", template_data={})["error"] == -249
    assert by_phone(oa, template_id="103", template_data={})["error"] == 0


def test_people_may_refuse_templates_and_not_messages(oa: Office) -> None:
    oa.fake.says(AN, "xin chào")
    oa.fake.flag(AN, -139, "phone")
    oa.fake.flag(AN, -217, "template")
    assert [by_phone(oa)["error"], by_uid(oa)["error"], oa.cs({"text": "a"})["error"]] == [
        -139,
        -217,
        0,
    ]
    assert by_uid(oa, user_id="nobody")["error"] == -201


@pytest.mark.parametrize(
    ("hours_after_noon", "code"), [(9.99, 0), (10, -133), (12, -133), (17.99, -133), (18, 0)]
)
def test_by_phone_nothing_goes_out_between_22_and_6(
    oa: Office, hours_after_noon: float, code: int
) -> None:
    oa.fake.advance(hours_after_noon * HOUR)
    assert by_phone(oa)["error"] == code
    assert by_uid(oa)["error"] == 0
    oa.fake.template("104", "Khẩn", at_night=True)
    assert by_phone(oa, template_id="104", template_data={})["error"] == 0


def test_the_quota_of_the_day_is_told_used_up_and_new_in_the_morning(oa: Office) -> None:
    oa.fake.rules(daily_templates=1)
    assert oa.get("/message/quota")["data"] == {"dailyQuota": "1", "remainingQuota": "1"}
    assert by_phone(oa)["data"]["quota"]["remainingQuota"] == "0"
    assert by_phone(oa)["error"] == -144
    assert by_uid(oa)["error"] == 0
    oa.fake.advance(20 * HOUR)
    assert by_phone(oa)["error"] == 0


@pytest.mark.parametrize(
    ("tracking", "code"),
    [("a" * 48, 0), ("a" * 49, -201), ("a b", -201), ("ạ", -201), ("", 0)],
)
def test_a_tracking_id_is_short_and_plain(oa: Office, tracking: str, code: int) -> None:
    assert by_phone(oa, tracking_id=tracking)["error"] == code


def test_development_mode_is_for_administrators(oa: Office) -> None:
    assert by_phone(oa, mode="development")["error"] == -127
    oa.fake.user(AN, admin=True)
    assert by_phone(oa, mode="development")["error"] == 0
    assert by_phone(oa, mode="test")["error"] == -201


def test_by_hash_of_the_phone(oa: Office) -> None:
    hashed = hashlib.sha256(PHONE.encode()).hexdigest()
    body = {"phone": hashed, "template_id": "101", "template_data": DATA}
    assert oa.post(f"{BY_PHONE}/hashphone", body)["error"] == 0
    assert oa.post(f"{BY_PHONE}/hashphone", body | {"phone": PHONE})["error"] == -108
    other = hashlib.sha256(STRANGER.encode()).hexdigest()
    assert oa.post(f"{BY_PHONE}/hashphone", body | {"phone": other})["error"] == -118


def test_the_status_goes_from_sent_to_delivered(oa: Office) -> None:
    id_ = by_phone(oa)["data"]["msg_id"]

    def status(**changes: str) -> int:
        asked = {"message_id": id_, "phone": PHONE} | changes
        return oa.get("/message/status", **asked)["data"]["status"]

    assert status() == 0
    oa.fake.advance(2)
    assert status() == 1
    assert status(message_id="x") == -1
    assert status(phone=STRANGER) == -1


def test_templates_can_be_looked_up(oa: Office) -> None:
    info = oa.get("/template/info/v2", template_id="101")["data"]
    assert (info["templateId"], info["status"], info["price"]) == ("101", "ENABLE", "120.0")
    assert info["listParams"][1] == {
        "name": "count",
        "type": "NUMBER",
        "require": True,
        "maxLength": 3,
        "minLength": 1,
        "acceptNull": False,
    }
    assert oa.get("/template/info/v2", template_id="999")["error"] == -109
    (listed,) = oa.get("/template/all")["data"]
    assert listed["templateName"] == "Nhắc hạn báo cáo"


@pytest.mark.parametrize("path", ["/message/quota", "/template/all"])
def test_a_bad_token_has_its_own_number_on_the_business_host(oa: Office, path: str) -> None:
    oa.http.headers["access_token"] = "x"
    assert oa.get(path)["error"] == -124
    assert by_uid(oa)["error"] == -216


def test_templates_do_not_count_towards_the_rate(oa: Office) -> None:
    oa.fake.rules(per_minute=0)
    assert [by_phone(oa)["error"], by_uid(oa)["error"]] == [0, 0]
    assert oa.get("/v2.0/oa/getoa")["error"] == -32


def test_delivery_is_told_later_in_a_shape_of_its_own(oa: Office) -> None:
    oa.fake.rules(arrives_after=600)
    with a_receiver() as hook:
        assert oa.fake.register_webhook(hook.url)
        id_ = by_phone(oa)["data"]["msg_id"]
        uid = by_uid(oa, user_id=AN)["data"]["message_id"]
        oa.fake.settled()
        assert hook.names == ["oa_send_template"]
        oa.fake.advance(600)
        oa.fake.wait_for(lambda: len(hook.events) == 3)
    headers, _ = hook.got[-2]
    assert headers["x-zevent-server"] == "ZNS"
    phone, person = hook.events[1:]
    if phone["recipient"]["id"] == AN:
        phone, person = person, phone
    assert phone["event_name"] == person["event_name"] == "user_received_message"
    assert phone["sender"] == {"id": oa.fake.zalo.oa_id}
    assert phone["recipient"] == {"id": PHONE}
    assert (phone["message"]["msg_id"], phone["message"]["tracking_id"]) == (id_, "t-1")
    assert phone["message"]["delivery_time"] == str(int((NOON + 600) * 1000))
    assert person["message"]["msg_id"] == uid
