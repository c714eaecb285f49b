"""The controls of the fake Zalo: faults on demand, waiting, and the same as JSON for a proof."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.zalo import FakeZalo, served
from tests.fakes.zalo_clock import Clock, Meter
from tests.unit.fakes.zalo_setup import AN, NOON, Office, a_client, a_receiver, an_office


@pytest.fixture
def oa() -> Iterator[Office]:
    with an_office() as office:
        office.fake.says(AN, "xin chào")
        yield office


def control(oa: Office, verb: str, **given: object) -> httpx.Response:
    return oa.http.post(f"/_control/{verb}", json=given)


def test_an_error_on_demand_is_counted(oa: Office) -> None:
    oa.fake.fault("error", "message/cs", 2, code=-32)
    assert [oa.cs({"text": "a"})["error"] for _ in "123"] == [-32, -32, 0]
    assert oa.get("/v2.0/oa/getoa")["error"] == 0
    assert oa.fake.counters()["refused -32"] == 2


def test_a_fault_may_stay_until_cleared_and_concern_one_address(oa: Office) -> None:
    oa.fake.fault("error", "message/cs", None, code=-200)
    assert {oa.cs({"text": "a"})["error"] for _ in range(5)} == {-200}
    assert oa.get("/v2.0/oa/getoa")["error"] == 0
    oa.fake.clear_faults()
    assert oa.cs({"text": "a"})["error"] == 0


@pytest.mark.parametrize(("code", "status"), [(0, 500), (503, 503)])
def test_a_server_error(oa: Office, code: int, status: int) -> None:
    oa.fake.fault("http500", code=code)
    assert oa.http.get("/v2.0/oa/getoa").status_code == status
    assert oa.get("/v2.0/oa/getoa")["error"] == 0


@pytest.mark.parametrize(("code", "status"), [(0, 200), (502, 502)])
def test_a_page_instead_of_json(oa: Office, code: int, status: int) -> None:
    oa.fake.fault("html", code=code)
    answer = oa.http.get("/v2.0/oa/getoa")
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )


@pytest.mark.parametrize(
    ("kind", "error", "delivered"),
    [
        ("timeout", httpx.ReadTimeout, 0),
        ("timeout_after", httpx.ReadTimeout, 1),
        ("drop", httpx.RemoteProtocolError, 0),
        ("drop_after", httpx.RemoteProtocolError, 1),
    ],
)
def test_no_answer_with_and_without_delivery(
    oa: Office, kind: str, error: type[Exception], delivered: int
) -> None:
    oa.fake.fault(kind)  # type: ignore[arg-type]
    oa.http.timeout = httpx.Timeout(5, read=0.1)
    with pytest.raises(error):
        oa.cs({"text": "a"})
    oa.http.timeout = httpx.Timeout(5)
    oa.fake.wait_for(lambda: not oa.fake.faults.waiting)
    if delivered:
        oa.fake.wait_sent(AN)
    assert len(oa.fake.sent(AN)) == delivered
    assert oa.cs({"text": "b"})["error"] == 0


def test_a_slow_answer(oa: Office) -> None:
    oa.fake.fault("slow", seconds=0.05)
    assert oa.http.get("/v2.0/oa/getoa").elapsed.total_seconds() >= 0.05


def test_a_hanging_call_does_not_keep_the_server_from_stopping() -> None:
    with an_office() as oa:
        oa.fake.fault("timeout")
        failed = threading.Event()

        def call() -> None:
            with a_client(oa.fake.url, access_token="x") as http:
                try:
                    http.get("/v2.0/oa/getoa")
                except httpx.TransportError:
                    failed.set()

        caller = threading.Thread(target=call)
        caller.start()
        oa.fake.wait_for(lambda: not oa.fake.faults.waiting)
    caller.join(5)
    assert not caller.is_alive()


def test_waiting_for_what_is_sent(oa: Office) -> None:
    timer = threading.Timer(0.05, lambda: oa.cs({"text": "đây"}))
    timer.start()
    (line,) = oa.fake.wait_sent(AN)
    timer.join()
    assert line.text == "đây"
    with pytest.raises(TimeoutError):
        oa.fake.wait_sent(AN, 2, timeout=0.05)


def test_every_control_is_there_as_json(oa: Office) -> None:
    assert control(oa, "says", user=AN, text="qua JSON").json()["result"]
    button = {"title": "Mở", "type": "oa.query.hide", "payload": "#mo"}
    payload = {"buttons": [button]}
    oa.cs({"text": "Chọn:", "attachment": {"type": "template", "payload": payload}})
    (sent,) = control(oa, "wait_sent", chat=AN).json()["result"]
    assert sent["buttons"] == [button]
    assert control(oa, "taps", user=AN, label="Mở").json()["result"] == "#mo"
    content = base64.b64encode(b"%PDF").decode()
    assert control(oa, "sends_file", user=AN, name="a.pdf", content=content).status_code == 200
    lines = control(oa, "log", chat=AN).json()["result"]
    assert [line["text"] for line in lines] == ["xin chào", "qua JSON", "Chọn:", "#mo", ""]
    assert (lines[-1]["file"], lines[-1]["content"]) == ("a.pdf", 4)
    assert control(oa, "fault", kind="error", code=-32).status_code == 200
    assert oa.cs({"text": "a"})["error"] == -32
    assert control(oa, "advance", seconds=60).status_code == 200
    assert control(oa, "now").json()["result"] == NOON + 60
    blanks = [{"name": "name", "max_length": 5}]
    assert control(oa, "template", id="1", name="Nhắc", params=blanks).status_code == 200
    assert control(oa, "user", id=AN, phone="84900000001").json()["result"]["follower"] is False
    assert control(oa, "counters").json()["result"]["accepted"] == 1
    assert control(oa, "rules", per_minute=7).json()["result"]["per_minute"] == 7


@pytest.mark.parametrize(
    ("verb", "given", "status"),
    [
        ("wait_for", {}, 404),
        ("__init__", {}, 404),
        ("nothing", {}, 404),
        ("says", {"user": AN}, 400),
        ("taps", {"user": AN, "label": "x"}, 400),
        ("rules", {"no": 1}, 400),
        ("user", {"id": AN, "no": 1}, 400),
        ("wait_sent", {"timeout": 0.01}, 408),
    ],
)
def test_a_wrong_control_says_so(
    oa: Office, verb: str, given: dict[str, object], status: int
) -> None:
    answer = control(oa, verb, **given)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_webhook_is_registered_over_json_while_the_server_serves(oa: Office) -> None:
    with a_receiver() as hook:
        assert control(oa, "register_webhook", url=hook.url).json() == {"result": True}
        control(oa, "says", user=AN, text="a")
        assert control(oa, "settled").json() == {"result": True}
        assert hook.names == ["user_send_text"]


def test_the_page_is_vietnamese_and_needs_nothing_from_outside(oa: Office) -> None:
    page = oa.http.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Anh/chị" in page.text
    assert "innerHTML" not in page.text
    assert "http" not in page.text.replace("/^https?:/", "")
    assert " src=" not in page.text


def test_served_again_on_the_same_port_it_goes_on(oa: Office) -> None:
    fake = FakeZalo(now=lambda: NOON)
    token = fake.mint()["access_token"]
    for _ in range(2):
        port = int(fake.url.rpartition(":")[2] or 0) if fake.url else 0
        with served(fake, port), a_client(fake.url, access_token=token) as http:
            fake.says(AN, "xin chào")
            body = {"recipient": {"user_id": AN}, "message": {"text": "a"}}
            assert http.post("/v3.0/oa/message/cs", json=body).json()["error"] == 0
    assert len(fake.sent(AN)) == 2


def test_it_runs_alone_and_registers_a_webhook_that_starts_later() -> None:
    with a_receiver(statuses=[503]) as hook:
        command = [sys.executable, "-m", "tests.fakes.zalo", "--port", "0", "--app-id", "11"]
        command += ["--oa-secret", "s", "--webhook", hook.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            told = json.loads(process.stdout.readline())
            try:
                with a_client(told["url"], access_token=told["access_token"]) as http:
                    assert http.get("/v2.0/oa/getoa").json()["data"]["oaid"] == told["oa_id"]
                    for _ in range(100):
                        if http.post("/_control/webhook").json()["result"]["enabled"]:
                            break
                        threading.Event().wait(0.05)
                    http.post("/_control/says", json={"user": AN, "text": "a"})
                    http.post("/_control/settled")
            finally:
                process.terminate()
        assert hook.events[-1]["app_id"] == "11"


def test_a_meter_slides_and_remembers_the_most() -> None:
    meter = Meter(60)
    for at in (0.0, 10.0, 59.9):
        meter.add(at)
    assert (meter.count(60.0), meter.most) == (2, 3)


def test_a_clock_runs_as_fast_as_told() -> None:
    told = [100.0]
    clock = Clock(lambda: told[0], speed=60)
    told[0] += 2
    clock.advance(5)
    assert clock() == 100 + 120 + 5
