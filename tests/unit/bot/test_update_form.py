"""Whoever keeps the library sends papers for it in a chat: "cập nhật"."""

from __future__ import annotations

import pytest

from bot.standing import KeptFile
from tests.builders import an_incoming
from tests.talking import FakeAssistance, FakeRegistry, Talk

FILE = KeptFile("ke-hoach.docx", 1200, sha256="a" * 64, media_type="application/msword")


def a_talk(*, keeper: bool = True) -> Talk:
    return Talk(FakeAssistance(registry=FakeRegistry(keeper=keeper)))


def handed_in(talk: Talk) -> list[tuple[list[str], str]]:
    return [
        ([file.name for file in filled.files], filled.answers.get("source", ""))
        for filled in talk.helper.registry.handed_in
    ]


@pytest.mark.parametrize("typed", ["cập nhật", "cap nhat van ban", "/capnhat"])
def test_a_file_that_was_sent_first_is_handed_in(typed: str) -> None:
    talk = a_talk().hear(an_incoming("", event="file"), [FILE])
    talk.say(typed, "xong", "bỏ qua", "gửi")
    assert handed_in(talk) == [(["ke-hoach.docx"], "")]
    assert "chờ" in talk.reply.text or "công bố" in talk.reply.text


def test_a_link_alone_is_handed_in() -> None:
    talk = a_talk().say("cập nhật", "https://example.vn/12-kh.pdf", "bỏ qua", "gửi")
    assert handed_in(talk) == [([], "https://example.vn/12-kh.pdf")]


def test_without_a_file_or_a_link_nothing_is_handed_in() -> None:
    talk = a_talk().say("cập nhật", "bỏ qua", "bỏ qua", "gửi")
    assert handed_in(talk) == []
    assert "Chưa có tệp hay liên kết" in talk.reply.text
    assert talk.state.filling  # what was begun is gone on with


def test_nobody_else_may() -> None:
    talk = a_talk(keeper=False).say("cập nhật")
    assert "người biên tập kho" in talk.reply.text
    assert not talk.state.filling
