"""An address for letters, given, proved and taken back in the chat, as people type it."""

from __future__ import annotations

import pytest

from bot.registry import Acting
from tests.builders import an_incoming
from tests.talking import FakeAssistance, FakeRegistry, Talk, labels

ADDRESS = "ten@donvi.gov.vn"


def talk(*, confirmed: bool = True, letters: str | None = "") -> tuple[Talk, FakeRegistry]:
    units = (Acting(7, "Trường THPT Ngô Quyền", "", False, False, confirmed),)
    registry = FakeRegistry(mine=units, letters=letters)
    return Talk(FakeAssistance(registry=registry)), registry


@pytest.mark.parametrize(
    "typed",
    [
        "nhận thư: ten@donvi.gov.vn",
        "nhan thu ten@donvi.gov.vn",
        "Cho tôi nhận thư nhắc: <ten@donvi.gov.vn> ạ",
        "Đăng ký nhận thư - ten@donvi.gov.vn.",
        "/nhanthu ten@donvi.gov.vn",
        "đổi địa chỉ thư: ten@donvi.gov.vn",
    ],
)
def test_an_address_is_given_in_any_spelling(typed: str) -> None:
    said, registry = talk()
    [reply] = said.say(typed).replies
    assert registry.asked_for == [ADDRESS]
    assert "t•••@donvi.gov.vn" in reply.text
    assert ADDRESS not in reply.text
    assert "đồng ý" in reply.text
    assert registry.letters == ""


@pytest.mark.parametrize(
    "typed", ["nhận thư: ten@donvi", "nhan thu @donvi.gov.vn", "nhận thư: tên@đv.vn"]
)
def test_a_wrong_address_is_said_to_be_one(typed: str) -> None:
    said, registry = talk()
    [reply] = said.say(typed).replies
    assert "chưa đúng dạng" in reply.text
    assert registry.asked_for == []


@pytest.mark.parametrize(
    "typed",
    ["địa chỉ thư của Sở là gì, ten@donvi.gov.vn phải không?", "ten@donvi.gov.vn", "gửi ten@a.vn"],
)
def test_another_message_with_an_address_asks_for_no_letters(typed: str) -> None:
    said, registry = talk()
    said.say(typed)
    assert registry.asked_for == []


@pytest.mark.parametrize(
    "typed", ["K7QM-2XRD", "k7qm-2xrd", "mã thư K7QM 2XRD", "thu: k7qm2xrd", "mã K7QM-2XRD"]
)
def test_the_code_is_typed_back(typed: str) -> None:
    said, registry = talk()
    said.say(f"nhận thư: {ADDRESS}")
    [reply] = said.say(typed).replies
    assert registry.letters == ADDRESS
    assert "t•••@donvi.gov.vn" in reply.text


def test_a_code_that_is_not_ones_own_is_what_else_it_may_be() -> None:
    said, registry = talk()
    said.say(f"nhận thư: {ADDRESS}")
    assert "mã mới" in said.say("mã thư K7QM-2XRE").replies[0].text
    assert registry.letters == ""
    said.say("K7QM-2XRE")  # a code to change channels, or none at all
    assert registry.letters == ""


def test_how_it_is_done_and_where_letters_go_now() -> None:
    said, registry = talk()
    assert "“nhận thư: ten@donvi.gov.vn”" in said.say("Nhận thư").replies[0].text
    registry.letters = "lan@truong.vn"
    told = said.say("nhan thu").replies[0].text
    assert "l•••@truong.vn" in told
    assert "lan@" not in told
    assert labels(said.replies[0]) == ["Ngừng nhận thư"]


@pytest.mark.parametrize("typed", ["ngừng nhận thư", "ngung nhan thu", "Tôi không nhận thư nữa ạ"])
def test_it_is_taken_back(typed: str) -> None:
    said, registry = talk(letters=ADDRESS)
    assert "Đã xóa địa chỉ thư" in said.say(typed).replies[0].text
    assert registry.letters == ""
    assert "không giữ địa chỉ" in said.say(typed).replies[0].text


def test_letters_are_for_officers_and_only_where_the_office_sends_any() -> None:
    said, registry = talk(confirmed=False)
    [reply] = said.say(f"nhận thư: {ADDRESS}").replies
    assert "đã được xác nhận" in reply.text
    assert labels(reply)
    assert registry.asked_for == []
    said, registry = talk(letters=None)
    assert "chưa gửi" in said.say(f"nhận thư: {ADDRESS}").replies[0].text
    assert "chưa gửi" in said.say("nhận thư").replies[0].text
    assert registry.asked_for == []


def test_too_many_codes_are_not_sent() -> None:
    said, _ = talk()
    said.say(f"nhận thư: {ADDRESS}")
    assert "ngày mai" in said.say(f"nhận thư: {ADDRESS}").replies[0].text


def test_no_address_is_taken_in_a_group() -> None:
    said, registry = talk()
    replies = said.hear(an_incoming(text=f"nhận thư: {ADDRESS}", group=True)).replies
    assert registry.asked_for == []
    assert ADDRESS not in replies[0].text
