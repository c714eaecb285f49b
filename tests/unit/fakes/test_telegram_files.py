"""Files out and in: uploads with their limits, and what can be fetched."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.fakes.calling import SOMEBODY, Telegram

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def upload(
    telegram: Telegram, method: str, content: bytes, name: str = "Kế hoạch.pdf", **more: str
) -> httpx.Response:
    field = method.removeprefix("send").lower()
    return telegram.client.post(
        f"{telegram.base_url}{telegram.fake.token}/{method}",
        data={"chat_id": str(SOMEBODY)} | more,
        files={field: (name, content, "application/pdf")},
    )


def test_a_document_keeps_its_vietnamese_name(telegram: Telegram) -> None:
    answer = upload(telegram, "sendDocument", b"%PDF-1.7", caption="Anh/chị <xem>")
    document = answer.json()["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("Kế hoạch.pdf", 8)
    (sent,) = telegram.fake.sent(SOMEBODY)
    assert (sent.text, sent.content) == ("Anh/chị <xem>", b"%PDF-1.7")
    again = telegram.call("sendDocument", chat_id=SOMEBODY, document=document["file_id"])
    assert again["document"] == document


@pytest.mark.parametrize(
    ("method", "content", "code", "why"),
    [
        ("sendDocument", b"", 400, "Bad Request: file must be non-empty"),
        ("sendDocument", b"a" * (50 * 2**20 + 1), 413, "Request Entity Too Large"),
        ("sendPhoto", PNG + b"0" * 10 * 2**20, 400, "Bad Request: photo is too big"),
        ("sendPhoto", b"%PDF-1.7", 400, "Bad Request: IMAGE_PROCESS_FAILED"),
    ],
)
def test_files_that_are_refused(
    telegram: Telegram, method: str, content: bytes, code: int, why: str
) -> None:
    answer = upload(telegram, method, content)
    assert (answer.status_code, answer.json()["description"]) == (code, why)


def test_a_body_beyond_all_measure_is_refused(telegram: Telegram) -> None:
    url = f"{telegram.base_url}{telegram.fake.token}/sendMessage"
    headers = {"Content-Type": "application/json"}
    answer = telegram.client.post(url, content=b" " * (52 << 20), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "there is no document in the request"),
        ({"document": "attach://a"}, "there is no document in the request"),
        ({"document": "khong-co"}, "wrong file identifier/HTTP URL specified"),
        ({"document": "https://example.vn/a.pdf"}, "failed to get HTTP URL content"),
    ],
)
def test_a_file_must_be_there(telegram: Telegram, fields: dict[str, str], why: str) -> None:
    assert telegram.refused("sendDocument", chat_id=SOMEBODY, **fields) == (
        400,
        f"Bad Request: {why}",
    )


def test_a_caption_is_shorter_than_a_text(telegram: Telegram) -> None:
    photo = upload(telegram, "sendPhoto", PNG, "anh.png", caption="đ" * 1024)
    assert photo.json()["result"]["photo"][0]["file_size"] == len(PNG)
    too_long = upload(telegram, "sendPhoto", PNG, "anh.png", caption="đ" * 1025)
    assert too_long.json()["description"] == "Bad Request: message caption is too long"
    message = {"chat_id": SOMEBODY, "message_id": photo.json()["result"]["message_id"]}
    assert telegram.call("editMessageCaption", **message, caption="a")["caption"] == "a"
    assert telegram.refused("editMessageText", **message, text="a")[0] == 400


def test_a_file_is_fetched_by_its_path(telegram: Telegram) -> None:
    telegram.fake.sends_file(SOMEBODY, b"%PDF-1.7", "Kế hoạch.pdf")
    (update,) = telegram.call("getUpdates")
    file = telegram.call("getFile", file_id=update["message"]["document"]["file_id"])
    token = telegram.fake.token.replace(":", "%3A")
    answer = telegram.client.get(f"{telegram.file_url}{token}/{file['file_path']}")
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    for wrong in (f"{token}/documents/x", f"407:khac/{file['file_path']}"):
        assert telegram.client.get(f"{telegram.file_url}{wrong}").status_code == 404


def test_only_twenty_megabytes_can_be_fetched(telegram: Telegram) -> None:
    for size in (20 << 20, (20 << 20) + 1):
        telegram.fake.sends_file(SOMEBODY, b"-", "a.pdf", size=size)
    small, big = (u["message"]["document"]["file_id"] for u in telegram.call("getUpdates"))
    assert telegram.call("getFile", file_id=small)["file_size"] == 20 << 20
    assert telegram.refused("getFile", file_id=big) == (400, "Bad Request: file is too big")
    assert telegram.refused("getFile", file_id="khong-co")[0] == 400
