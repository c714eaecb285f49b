"""The fake as a server: its page, its control from another process, its restart."""

from __future__ import annotations

import base64
import re

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram, fake_telegram_process, running_fake_telegram
from tests.fakes.telegram.app import CONTROLS, PAGE
from tests.unit.fakes.calling import SOMEBODY, Receiver, Telegram

BUTTONS = '{"inline_keyboard": [[{"text": "Đúng", "callback_data": "v1:dung"}]]}'


def control(telegram: Telegram, control: str, /, **arguments: object) -> httpx.Response:
    return telegram.client.post(f"{telegram.address}/_control/{control}", json=arguments)


def test_another_process_can_do_what_people_do(telegram: Telegram) -> None:
    content = base64.b64encode("Điều 1".encode()).decode()
    control(telegram, "person", user=9, first_name="Người thử")
    assert control(telegram, "says", user=9, text="a").json()["result"] > 0
    control(telegram, "sends_file", user=9, content=content, name="a.txt")
    said, filed = (update["message"] for update in telegram.call("getUpdates"))
    assert said["from"]["first_name"] == "Người thử"
    got = control(telegram, "file", file_id=filed["document"]["file_id"]).json()["content"]
    assert base64.b64decode(got).decode() == "Điều 1"
    sent = telegram.call("sendMessage", chat_id=9, text="Chào", reply_markup=BUTTONS)
    tap = control(telegram, "taps", user=9, label="Đúng").json()["result"]
    telegram.call("answerCallbackQuery", callback_query_id=tap, text="Đã ghi")
    assert control(telegram, "tap", tap=tap).json()["result"]["notice"] == "Đã ghi"
    (row,) = control(telegram, "sent", chat=9).json()["result"]
    assert (row["text"], row["buttons"], row["message"]) == ("Chào", ["Đúng"], sent)
    assert control(telegram, "counters").json()["result"]["accepted"] == 1
    assert control(telegram, "calls", method="sendMessage").json()["result"][0]["code"] == 200
    history = telegram.client.get(f"{telegram.address}/_control/history?chat=9").json()["result"]
    assert [message.get("text") for message in history] == ["a", None, "Chào"]


def test_another_process_can_set_faults_and_limits(telegram: Telegram) -> None:
    telegram.fake.clock = lambda: 1.0
    control(telegram, "fault", method="sendMessage", kind="500")
    control(telegram, "limit", per_chat=1)
    codes = [telegram.post("sendMessage", chat_id=SOMEBODY, text="a").status_code for _ in "123"]
    assert codes == [500, 200, 429]
    assert control(telegram, "faults_given").json()["result"] == {"500": 1}


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("closed", {}, "is none of"),
        ("__init__", {}, "is none of"),
        ("says", {"user": 9}, "text"),
        ("says", {"user": 9, "text": ""}, "4096"),
        ("fault", {"method": "x", "kind": "explode"}, "cannot happen"),
        ("tap", {"tap": "1"}, "1"),
    ],
)
def test_what_cannot_be_asked(
    telegram: Telegram, name: str, arguments: dict[str, object], why: str
) -> None:
    answer = control(telegram, name, **arguments)
    assert answer.status_code == 400
    assert why in answer.json()["error"]


def test_every_control_is_there() -> None:
    assert [name for name in CONTROLS if not callable(getattr(FakeTelegram, name, None))] == []


def test_the_page_is_vietnamese_and_asks_for_nothing_outside(telegram: Telegram) -> None:
    answer = telegram.client.get(telegram.address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="vi">' in answer.text
    assert "://" not in PAGE.read_text("utf-8")
    called = set(re.findall(r'(?:control|act)\("(\w+)"|data-does="(\w+)"', answer.text))
    assert {first or second for first, second in called} <= CONTROLS


def test_waiting_has_an_end(telegram: Telegram) -> None:
    telegram.call("sendMessage", chat_id=SOMEBODY, text="Chào")
    with pytest.raises(TimeoutError, match="Chào"):
        telegram.fake.wait_sent(SOMEBODY, 2, timeout=0.01)


def test_a_server_that_stops_and_starts_goes_on(receiver: Receiver) -> None:
    with running_fake_telegram(resend_after=0.01) as (fake, base_url, _):
        port = int(base_url.split(":")[2].removesuffix("/bot"))
        httpx.post(f"{base_url}{fake.token}/setWebhook", data={"url": receiver.url})
    fake.says(SOMEBODY, "lúc nghỉ")
    assert receiver.got == []
    with running_fake_telegram(fake, port):
        assert receiver.wait(1)[0]["message"]["text"] == "lúc nghỉ"
        fake.wait_for(lambda: fake.pending() == 0)


def test_a_waiting_client_does_not_keep_the_server() -> None:
    with running_fake_telegram() as (fake, base_url, _), httpx.Client(trust_env=False) as client:
        fake.fault("getMe", "hang")
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"{base_url}{fake.token}/getMe", timeout=httpx.Timeout(20, read=0.1))


def test_a_process_of_its_own() -> None:
    with fake_telegram_process(token="408:khac") as (remote, base_url, file_url):
        number = remote.says(user=SOMEBODY, text="Chào")
        remote.sends_file(user=SOMEBODY, content=b"\0\1", name="a.bin")
        answer = httpx.get(f"{base_url}408:khac/getUpdates", trust_env=False).json()
        said, filed = (update["message"] for update in answer["result"])
        assert said["message_id"] == number
        file_id = filed["document"]["file_id"]
        assert remote.file(file_id=file_id) == b"\0\1"
        got = httpx.get(f"{base_url}408:khac/getFile?file_id={file_id}", trust_env=False).json()
        path = got["result"]["file_path"]
        assert httpx.get(f"{file_url}408:khac/{path}", trust_env=False).content == b"\0\1"
        assert remote.wait_for(remote.pending) == 2
        with pytest.raises(ValueError, match="4096"):
            remote.says(user=SOMEBODY, text="")
