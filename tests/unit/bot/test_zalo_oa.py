"""Sending over Zalo OA: shapes, files, tokens, and what a lost answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    NotNow,
    Rejected,
    Silent,
    TooLarge,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.channels.rendering import carries
from bot.channels.zalo_messages import limits_of
from bot.channels.zalo_oa import Account, ZaloOA
from bot.messages import Attachment, Button, Enclosure, Outgoing, Template
from tests.builders import NOON

USER = "3000000000000000003"
PDF = Enclosure("Phiếu.pdf", "application/pdf", b"%PDF-1.7")
PNG = Enclosure("qr.png", "image/png", b"\x89PNG")
XLSX = Enclosure("Bảng.xlsx", "application/vnd.ms-excel", b"PK")

Answer = httpx.Response | Exception


def ok(**data: str) -> httpx.Response:
    """Zalo's yes."""
    return httpx.Response(200, json={"error": 0, "message": "Success", "data": data})


def no(code: int) -> httpx.Response:
    """Zalo's no, which is HTTP 200 as well."""
    return httpx.Response(200, json={"error": code, "message": "no"})


SENT = ok(message_id="m1", user_id=USER)


@dataclass
class FakeTokens:
    """Gives "access-1", then "access-2" …"""

    number: int = 1
    refused: list[str] = field(default_factory=list)

    async def current(self) -> str:
        """The one of now."""
        return f"access-{self.number}"

    async def instead_of(self, refused: str) -> str:
        """The next."""
        self.refused.append(refused)
        self.number += 1
        return f"access-{self.number}"


@dataclass
class Zalo:
    """Answers in turn, and remembers what it was asked."""

    answers: list[Answer]
    asked: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]

    def message(self) -> Any:
        """What the last call would have shown."""
        body = json.loads(self.asked[-1].content)
        assert body["recipient"] == {"user_id": USER}
        return body["message"]


def use(
    zalo: Zalo,
    work: Callable[[ZaloOA], Coroutine[Any, Any, Any]],
    *,
    tokens: FakeTokens | None = None,
    now: Callable[[], datetime] = lambda: NOON,
    proof_key: str | None = None,
) -> Any:
    """Do it with the channel, and let go of it."""

    async def run() -> Any:
        account = Account(
            "http://openapi.test", "http://business.test", ("zdn.vn",), 4000, proof_key
        )
        transport = httpx.MockTransport(zalo)
        channel = ZaloOA(account, tokens or FakeTokens(), now=now, transport=transport)
        try:
            return await work(channel)
        finally:
            await channel.close()

    return asyncio.run(run())


def send(zalo: Zalo, message: Outgoing, **how: Any) -> str:
    return use(zalo, lambda channel: channel.send(message), **how)


def asking(*answers: Answer) -> Zalo:
    return Zalo(list(answers))


# --- shapes -------------------------------------------------------------------------------------


def test_a_text_is_sent_composed() -> None:
    zalo = asking(SENT)
    decomposed = unicodedata.normalize("NFD", "Trước ngày 20/9")
    assert send(zalo, Outgoing(USER, decomposed)) == "m1"
    [request] = zalo.asked
    assert (request.method, str(request.url)) == ("POST", "http://openapi.test/v3.0/oa/message/cs")
    assert request.headers["access_token"] == "access-1"
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers
    assert "appsecret_proof" not in request.headers
    assert zalo.message() == {"text": "Trước ngày 20/9"}


def test_buttons_come_back_as_texts() -> None:
    zalo = asking(SENT)
    buttons = (Button("Hải Phòng", "Hạn nộp của Hải Phòng?"), Button("Xem thêm", "/xemthem"))
    send(zalo, Outgoing(USER, "Văn bản nào?", buttons))
    assert zalo.message() == {
        "text": "Văn bản nào?",
        "attachment": {
            "type": "template",
            "payload": {
                "buttons": [
                    {
                        "title": "Hải Phòng",
                        "type": "oa.query.show",
                        "payload": "Hạn nộp của Hải Phòng?",
                    },
                    {"title": "Xem thêm", "type": "oa.query.hide", "payload": "#troly1:/xemthem"},
                ]
            },
        },
    }


def test_calls_are_proved_where_the_console_demands_it() -> None:
    zalo = asking(SENT)
    send(zalo, Outgoing(USER, "a"), proof_key="app-secret")
    proof = hmac.new(b"app-secret", b"access-1", hashlib.sha256).hexdigest()
    assert zalo.asked[0].headers["appsecret_proof"] == proof


@pytest.mark.parametrize(("per_minute", "per_second"), [(4000, 66), (119, 1), (60, 1), (0, 0)])
def test_a_minute_never_holds_more_than_its_limit(per_minute: int, per_second: int) -> None:
    limits = limits_of(per_minute)
    assert limits.per_second == per_second
    assert (limits.text_length, limits.buttons, limits.resend) == (2000, 5, False)
    assert limits.window_hours == 168


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("enclosure", "path", "uploaded", "message"),
    [
        (
            PDF,
            "file",
            {"token": "t1"},
            {"attachment": {"type": "file", "payload": {"token": "t1"}}},
        ),
        (
            PNG,
            "image",
            {"attachment_id": "a1"},
            {
                "attachment": {
                    "type": "template",
                    "payload": {
                        "template_type": "media",
                        "elements": [{"media_type": "image", "attachment_id": "a1"}],
                    },
                }
            },
        ),
    ],
)
def test_a_file_is_uploaded_and_then_sent(
    enclosure: Enclosure, path: str, uploaded: dict[str, str], message: object
) -> None:
    zalo = asking(ok(**uploaded), SENT)
    assert send(zalo, Outgoing(USER, "", enclosure=enclosure)) == "m1"
    assert zalo.paths() == [f"/v2.0/oa/upload/{path}", "/v3.0/oa/message/cs"]
    upload = zalo.asked[0]
    assert upload.headers["content-type"].startswith("multipart/form-data")
    assert upload.headers["access_token"] == "access-1"
    assert b'name="file"' in upload.content
    assert f'filename="{enclosure.name}"'.encode() in upload.content
    assert enclosure.content in upload.content
    assert zalo.message() == message


def test_an_image_may_have_words() -> None:
    zalo = asking(ok(attachment_id="a1"), SENT)
    send(zalo, Outgoing(USER, "Mã QR", enclosure=PNG))
    assert zalo.message()["text"] == "Mã QR"


def test_words_beside_a_file_would_be_dropped_so_they_are_refused() -> None:
    with pytest.raises(Rejected, match="file_with_text"):
        send(asking(), Outgoing(USER, "Kèm theo", enclosure=PDF))


TOO_LARGE = [
    XLSX,
    Enclosure("a.zip", "application/zip", b"PK"),
    Enclosure("noi-dung", "text/plain", b"a"),
    Enclosure("a.pdf", "application/pdf", b"a" * 5_000_001),
    Enclosure("a.png", "image/png", b"a" * 1_000_001),
]


@pytest.mark.parametrize("enclosure", TOO_LARGE, ids=lambda e: f"{e.name} {len(e.content)}")
def test_what_zalo_does_not_take_is_refused_and_known_beforehand(enclosure: Enclosure) -> None:
    assert not carries(limits_of(4000), enclosure)
    with pytest.raises(Rejected, match="file_type"):
        send(asking(), Outgoing(USER, "", enclosure=enclosure))


def test_the_same_file_is_uploaded_once_until_zalo_forgets_it() -> None:
    zalo = asking(ok(token="t1"), SENT, SENT, ok(token="t2"), SENT)
    now = [NOON]

    async def thrice(channel: ZaloOA) -> None:
        for days in (0, 5, 2):
            now[0] += timedelta(days=days)
            await channel.send(Outgoing(USER, "", enclosure=PDF))

    use(zalo, thrice, now=lambda: now[0])
    sent = "/v3.0/oa/message/cs"
    assert zalo.paths() == ["/v2.0/oa/upload/file", sent, sent, "/v2.0/oa/upload/file", sent]


def test_a_file_that_zalo_has_lost_is_uploaded_again_once() -> None:
    zalo = asking(ok(token="t1"), no(-100), ok(token="t2"), SENT)
    assert send(zalo, Outgoing(USER, "", enclosure=PDF)) == "m1"
    assert zalo.message()["attachment"]["payload"] == {"token": "t2"}

    with pytest.raises(Rejected, match="-100"):
        send(
            asking(ok(token="t1"), no(-100), ok(token="t2"), no(-100)),
            Outgoing(USER, "", enclosure=PDF),
        )


def test_an_upload_whose_answer_is_lost_has_shown_nothing_to_anybody() -> None:
    for failure in (httpx.ReadTimeout("late"), httpx.Response(502, text="<h1>")):
        with pytest.raises(TryLater):
            send(asking(failure), Outgoing(USER, "", enclosure=PDF))


# --- verdicts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (no(-230), Silent),
        (no(-232), Silent),
        (no(-244), Unreachable),
        (no(-201), Rejected),
        (no(-204), ChannelDown),
        (no(-32), TryLater),
        # Certainly nothing has left this machine:
        (httpx.ConnectError("no route"), TryLater),
        (httpx.ConnectTimeout("no answer"), TryLater),
        (httpx.PoolTimeout("busy"), TryLater),
        (httpx.Response(429, text="slow down"), TryLater),
        # It may have arrived, so it is not sent again:
        (httpx.ReadTimeout("late"), Unclear),
        (httpx.WriteTimeout("late"), Unclear),
        (httpx.ReadError("cut"), Unclear),
        (httpx.RemoteProtocolError("cut"), Unclear),
        (httpx.Response(500, text="Internal Server Error"), Unclear),
        (httpx.Response(502, json={"oops": 1}), Unclear),
        (httpx.Response(200, text="<h1>Bad Gateway</h1>"), Unclear),
        (httpx.Response(200, content=b"\xff"), Unclear),
        (httpx.Response(200, json=[]), Unclear),
        (httpx.Response(200, json={"error": None}), Unclear),
    ],
)
def test_how_sending_fails(answer: Answer, error: type[DeliveryError]) -> None:
    zalo = asking(answer)
    with pytest.raises(DeliveryError) as failed:
        send(zalo, Outgoing(USER, "Chào Anh/chị"))
    assert type(failed.value) is error
    assert len(zalo.asked) == 1
    assert "access-1" not in str(failed.value)


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("late")])
def test_that_it_cannot_be_reached_is_said_as_of_every_channel(error: httpx.HTTPError) -> None:
    with pytest.raises(TryLater) as failed:
        send(asking(error), Outgoing(USER, "Chào Anh/chị"))
    assert failed.value.code == f"network: {type(error).__name__}"


def test_what_is_told_beside_a_yes_may_be_missing() -> None:
    assert send(asking(httpx.Response(200, json={"error": 0})), Outgoing(USER, "a")) == ""
    assert send(asking(httpx.Response(200, json={"error": "0"})), Outgoing(USER, "a")) == ""


@pytest.mark.parametrize("code", [-216, -220, -124])
def test_a_dead_token_is_replaced_once(code: int) -> None:
    zalo, tokens = asking(no(code), SENT), FakeTokens()
    assert send(zalo, Outgoing(USER, "a"), tokens=tokens) == "m1"
    assert tokens.refused == ["access-1"]
    assert [r.headers["access_token"] for r in zalo.asked] == ["access-1", "access-2"]

    again, tokens = asking(no(code), no(code)), FakeTokens()
    with pytest.raises(TryLater):
        send(again, Outgoing(USER, "a"), tokens=tokens)
    assert tokens.refused == ["access-1"]


def test_a_failure_without_a_reason_is_tried_once_more() -> None:
    assert send(asking(no(-200), SENT), Outgoing(USER, "a")) == "m1"
    zalo = asking(no(-200), no(-200))
    with pytest.raises(Rejected, match="-200"):
        send(zalo, Outgoing(USER, "a"))
    assert len(zalo.asked) == 2


def test_the_name_of_the_account_is_told() -> None:
    zalo = asking(ok(name="Sở Tư pháp", oaid="4000"))
    assert use(zalo, ZaloOA.about) == "Sở Tư pháp"
    assert (zalo.asked[0].method, zalo.paths()) == ("GET", ["/v2.0/oa/getoa"])
    with pytest.raises(TryLater):
        use(asking(httpx.ReadTimeout("late")), ZaloOA.about)


# --- files that come in -------------------------------------------------------------------------


def test_a_file_comes_from_zalo_only() -> None:
    async def fetch(channel: ZaloOA) -> bytes:
        return await channel.fetch(Attachment("a", "http://169.254.169.254/latest"), 100)

    zalo = asking()
    with pytest.raises(Rejected, match="host"):
        use(zalo, fetch)
    assert zalo.asked == []


def test_a_file_that_says_it_is_too_large_is_not_fetched() -> None:
    async def fetch(channel: ZaloOA) -> bytes:
        return await channel.fetch(Attachment("a", "https://f1.zdn.vn/a", size=101), 100)

    with pytest.raises(TooLarge):
        use(asking(), fetch)


# --- templates ----------------------------------------------------------------------------------

BLANKS: list[dict[str, Any]] = [
    {"name": "viec", "type": "STRING", "require": True, "maxLength": 20},
    {"name": "so", "type": "NUMBER", "require": False, "maxLength": "5"},
]
INFO = {"status": "ENABLE", "price": "120.0", "listParams": BLANKS}
DATA = {"viec": "Nộp báo cáo quý"}


def template(*answers: Answer, info: dict[str, Any] | None = None) -> Zalo:
    told = httpx.Response(200, json={"error": 0, "data": info or INFO})
    return asking(told, *answers)


def remind(zalo: Zalo, to: str, data: dict[str, str] = DATA, tracking_id: str = "d12-p3") -> str:
    message = Outgoing(to, "Nhắc việc", template=Template("77", data, tracking_id))
    return use(zalo, lambda channel: channel.send(message))


def test_a_template_goes_to_a_person_of_the_account() -> None:
    zalo = template(ok(message_id="z1"))
    assert remind(zalo, USER) == "z1"
    assert str(zalo.asked[0].url) == "http://business.test/template/info/v2?template_id=77"
    assert str(zalo.asked[1].url) == "http://openapi.test/v3.0/oa/message/template"
    assert json.loads(zalo.asked[1].content) == {
        "user_id": USER,
        "template_id": "77",
        "template_data": DATA,
    }


@pytest.mark.parametrize(
    "phone", ["0912345678", "+84912345678", "84912345678", "0912 345 678", "091.234.5678"]
)
def test_a_template_goes_to_a_phone(phone: str) -> None:
    zalo = template(ok(msg_id="z1", sent_time="1"))
    assert remind(zalo, phone) == "z1"
    assert str(zalo.asked[1].url) == "http://business.test/message/template"
    assert json.loads(zalo.asked[1].content) == {
        "phone": "84912345678",
        "tracking_id": "d12-p3",
        "template_id": "77",
        "template_data": DATA,
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "-1121"),
        ({"viec": ""}, "-1121"),
        ({"viec": "a", "so": "nhiều"}, "-1122"),
        ({"viec": "a", "so": "123456"}, "-1124"),
    ],
)
def test_what_zalo_would_refuse_is_not_sent(data: dict[str, str], code: str) -> None:
    zalo = template()
    with pytest.raises(Rejected, match=code):
        remind(zalo, USER, data)
    assert len(zalo.asked) == 1


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        ({"viec": "a" * 21}, {"viec": "a" * 19 + "…"}),
        ({"viec": "Nộp kế hoạch năm 2024"}, {"viec": "Nộp kế hoạch năm 20…"}),
        ({"viec": "a", "don_vi": "Trường A"}, {"viec": "a"}),
    ],
)
def test_a_template_is_told_what_it_asks_for_within_its_length(
    data: dict[str, str], sent: dict[str, str]
) -> None:
    zalo = template(ok(message_id="z1"))
    remind(zalo, USER, data)
    assert json.loads(zalo.asked[1].content)["template_data"] == sent


@pytest.mark.parametrize("data", [{"viec": "a" * 20, "so": "12,5"}, {"viec": "a", "so": ""}])
def test_what_zalo_takes_is_sent(data: dict[str, str]) -> None:
    assert remind(template(ok(message_id="z1")), USER, data) == "z1"


def test_a_template_that_is_not_approved_is_not_sent() -> None:
    with pytest.raises(Rejected, match="-131"):
        remind(template(info={**INFO, "status": "PENDING_REVIEW"}), USER)


@pytest.mark.parametrize("tracking_id", ["", "a" * 49, "việc 12", "a b"])
def test_an_id_that_zalo_would_refuse_is_not_sent(tracking_id: str) -> None:
    with pytest.raises(Rejected, match="tracking_id"):
        remind(asking(), USER, tracking_id=tracking_id)


def test_what_a_template_demands_is_read_once_an_hour() -> None:
    info = httpx.Response(200, json={"error": 0, "data": INFO})
    zalo = asking(info, ok(message_id="1"), ok(message_id="2"), info, ok(message_id="3"))
    now = [NOON]

    async def thrice(channel: ZaloOA) -> None:
        for minutes in (0, 59, 2):
            now[0] += timedelta(minutes=minutes)
            await channel.send(Outgoing(USER, "Nhắc việc", template=Template("77", DATA, "t")))

    use(zalo, thrice, now=lambda: now[0])
    assert [r.method for r in zalo.asked] == ["GET", "POST", "POST", "GET", "POST"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (no(-118), Unreachable),
        (no(-139), Unreachable),
        (no(-115), Rejected),  # no money left for templates: messages go on
        (no(-133), NotNow),
        (no(-249), Rejected),
        (httpx.ReadTimeout("late"), Unclear),
    ],
)
def test_how_a_template_fails(answer: Answer, error: type[DeliveryError]) -> None:
    with pytest.raises(DeliveryError) as failed:
        remind(template(answer), "0912345678")
    assert type(failed.value) is error


def test_when_the_template_cannot_be_read_nothing_was_sent() -> None:
    with pytest.raises(TryLater):
        remind(asking(httpx.ReadTimeout("late")), USER)
