"""What goes wrong on demand, and what the person has received meanwhile."""

from __future__ import annotations

import socket

import httpx
import pytest

from tests.fakes.telegram.faults import Fault, Faults
from tests.unit.fakes.calling import SOMEBODY, Receiver, Telegram


def send(telegram: Telegram, text: str = "a") -> httpx.Response:
    return telegram.post("sendMessage", chat_id=SOMEBODY, text=text)


def received(telegram: Telegram) -> list[str]:
    return [sent.text for sent in telegram.fake.sent(SOMEBODY)]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("429", "Too Many Requests: retry after 3"),
        ("403", "Forbidden: bot was blocked by the user"),
        ("500", "Internal Server Error"),
        ("401", "Unauthorized"),
    ],
)
def test_a_status_on_demand(telegram: Telegram, kind: str, why: str) -> None:
    telegram.fake.fault("sendMessage", kind, retry_after=3)
    answer = send(telegram)
    assert (answer.status_code, answer.json()["description"]) == (int(kind), why)
    assert (kind == "429") == ("parameters" in answer.json())
    assert send(telegram, "b").status_code == 200
    assert received(telegram) == ["b"]
    assert telegram.fake.faults_given() == {kind: 1}
    assert telegram.fake.counters().refused_429 == 0


def test_a_bad_gateway_does_not_speak_json(telegram: Telegram) -> None:
    telegram.fake.fault("sendMessage", "502")
    answer = send(telegram)
    assert (answer.status_code, answer.text[:6]) == (502, "<html>")


@pytest.mark.parametrize(("kind", "reached"), [("drop", []), ("deliver_then_drop", ["a"])])
def test_a_connection_that_is_cut(telegram: Telegram, kind: str, reached: list[str]) -> None:
    telegram.fake.fault("sendMessage", kind)
    with pytest.raises(httpx.RemoteProtocolError):
        send(telegram)
    assert received(telegram) == reached
    assert telegram.fake.calls("sendMessage")[0].code == 0
    assert send(telegram, "b").status_code == 200


@pytest.mark.parametrize(("kind", "reached"), [("hang", []), ("deliver_then_hang", ["a"])])
def test_a_call_without_an_answer(telegram: Telegram, kind: str, reached: list[str]) -> None:
    telegram.fake.fault("sendMessage", kind)
    port = int(telegram.address.rpartition(":")[2])
    path = f"/bot{telegram.fake.token}/sendMessage?chat_id={SOMEBODY}&text=a"
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        (call,) = telegram.fake.wait_for(lambda: telegram.fake.calls("sendMessage"))
        line.setblocking(False)
        with pytest.raises(BlockingIOError):
            line.recv(1)
    assert (call.code, received(telegram)) == (0, reached)
    assert send(telegram, "b").status_code == 200


def test_a_slow_answer(telegram: Telegram) -> None:
    url = f"{telegram.base_url}{telegram.fake.token}/getMe"
    telegram.fake.fault("getMe", "slow", seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        telegram.client.get(url, timeout=httpx.Timeout(20, read=0.2))
    telegram.fake.fault("getMe", "slow", seconds=0.001)
    assert telegram.client.get(url).status_code == 200


def test_faults_last_as_long_as_they_are_asked_to() -> None:
    faults = Faults()
    faults.add(Fault("sendMessage", "500", times=2))
    assert [bool(faults.take("sendmessage", 7)) for _ in range(4)] == [True, True, False, False]
    faults.add(Fault("*", "500", times=None, every=3))
    assert [bool(faults.take("getme", None)) for _ in range(6)] == [False, False, True] * 2
    assert faults.take("updates", 7) is None
    faults.clear()
    faults.add(Fault("sendMessage", "500", chat=8))
    assert [bool(faults.take("sendmessage", chat)) for chat in (7, None, 8, 8)] == [
        False, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "kind"),
    [("sendMessage", "explode"), ("updates", "500"), ("sendMessage", "reorder"), ("*", "5000")],
)
def test_faults_that_cannot_be(method: str, kind: str) -> None:
    with pytest.raises(ValueError, match="cannot happen"):
        Faults().add(Fault(method, kind))


def test_a_download_can_fail(telegram: Telegram) -> None:
    telegram.fake.sends_file(SOMEBODY, b"%PDF", "a.pdf")
    (update,) = telegram.call("getUpdates")
    file = telegram.call("getFile", file_id=update["message"]["document"]["file_id"])
    url = f"{telegram.file_url}{telegram.fake.token}/{file['file_path']}"
    for kind in ("500", "drop"):
        telegram.fake.fault("file", kind)
    assert telegram.client.get(url).status_code == 500
    with pytest.raises(httpx.RemoteProtocolError):
        telegram.client.get(url)
    assert telegram.client.get(url).content == b"%PDF"


def test_an_update_comes_twice(telegram: Telegram) -> None:
    telegram.fake.fault("updates", "duplicate")
    telegram.fake.says(SOMEBODY, "một")
    telegram.fake.says(SOMEBODY, "hai")
    updates = telegram.call("getUpdates")
    assert [update["message"]["text"] for update in updates] == ["một", "một", "hai"]
    assert updates[0] == updates[1]
    telegram.call("getUpdates", offset=updates[2]["update_id"])
    assert telegram.fake.pending() == 1


def test_an_update_is_overtaken_by_the_next_of_its_chat(telegram: Telegram) -> None:
    telegram.fake.fault("updates", "reorder", chat=SOMEBODY)
    telegram.fake.says(SOMEBODY, "một")
    telegram.fake.says(8, "người khác")
    telegram.fake.says(SOMEBODY, "hai")
    updates = telegram.call("getUpdates")
    assert [u["message"]["text"] for u in updates] == ["người khác", "hai", "một"]
    assert updates[1]["update_id"] > updates[2]["update_id"]


def test_an_overtaken_update_is_not_lost(telegram: Telegram) -> None:
    """Confirming the later number before the earlier one was given out does not confirm both."""
    telegram.fake.fault("updates", "reorder")
    telegram.fake.says(SOMEBODY, "một")
    (other,) = [telegram.fake.update({"poll": {}}, lane=8)]
    assert telegram.call("getUpdates", offset=other + 1) == []
    telegram.fake.says(SOMEBODY, "hai")
    updates = telegram.call("getUpdates", offset=other + 1)
    assert [u["message"]["text"] for u in updates] == ["hai", "một"]
    assert telegram.call("getUpdates", offset=other + 2) == []


def test_without_a_successor_it_comes_late(telegram: Telegram) -> None:
    telegram.fake.fault("updates", "reorder")
    telegram.fake.says(SOMEBODY, "một")
    assert telegram.fake.pending() == 0
    (update,) = telegram.call("getUpdates", timeout=10)
    assert update["message"]["text"] == "một"


def test_a_webhook_gets_copies_and_late_ones_too(telegram: Telegram, receiver: Receiver) -> None:
    telegram.call("setWebhook", url=receiver.url)
    telegram.fake.fault("updates", "duplicate", times=None)
    telegram.fake.fault("updates", "reorder", times=None, every=2)
    for text in ("một", "hai", "ba"):
        telegram.fake.says(SOMEBODY, text)
    got = [update["message"]["text"] for update in receiver.wait(6)]
    assert got == ["một", "một", "ba", "ba", "hai", "hai"]
