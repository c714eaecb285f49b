"""A reply as messages: within the limit of the channel, with nothing lost."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.base import Limits
from bot.channels.rendering import length, render, split
from bot.messages import Button, Enclosure, Reply, Source

TELEGRAM = Limits(text_length=4_096, buttons=8, button_label=64)
PLAIN = Limits(text_length=2_000, buttons=0)


def a_reply(lead: str = "Trước ngày 20/9/2023.", **changes: object) -> Reply:
    values: dict[str, object] = {
        "kind": "answer",
        "lead": lead,
        "more": "",
        "text": lead,
        "status": "",
    }
    return Reply(**{**values, **changes})  # type: ignore[arg-type]


def choices(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label, f"gửi {label}", f"1.1.{n}") for n, label in enumerate(labels))


# --- split --------------------------------------------------------------------------------------


def without_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


pieces_of_text = st.one_of(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyẾỆữ .,;!?…\n\t  "),
    st.sampled_from(["😀", "👨‍👩‍👧", "🇻🇳", "\u0301", "\u00a0", "\u2028"]),
    st.characters(exclude_categories=["Cs"]),
)
words = st.lists(pieces_of_text, max_size=300).map("".join)


@given(words, st.integers(2, 60))
@example("😀" * 50, 3)
@example("a" * 100, 7)
@example(unicodedata.normalize("NFD", "Điều chỉnh kế hoạch truyền thông " * 9), 20)
@example("\n\n\n", 5)
@example("a\n\n\n\nb", 2)
def test_no_piece_is_too_long_and_only_white_space_is_lost(text: str, longest: int) -> None:
    pieces = split(text, longest)
    assert all(0 < length(piece) <= longest for piece in pieces)
    assert without_space("".join(pieces)) == without_space(text)
    assert all(piece == piece.strip() for piece in pieces)


@given(words)
def test_what_fits_is_one_piece(text: str) -> None:
    assert split(text, max(length(text), 1)) == ((text.strip(),) if text.strip() else ())


@given(st.lists(st.text("abcdeăâ", min_size=1, max_size=9), min_size=1, max_size=80))
def test_a_word_that_fits_is_not_cut(found: list[str]) -> None:
    pieces = split(" ".join(found), 12)
    assert [word for piece in pieces for word in piece.split()] == found


@pytest.mark.parametrize(
    ("text", "longest", "pieces"),
    [
        ("Một đoạn.\n\nHai đoạn. Vẫn hai.", 24, ("Một đoạn.", "Hai đoạn. Vẫn hai.")),
        ("Một dòng\nhai dòng ba bốn", 18, ("Một dòng", "hai dòng ba bốn")),
        ("Một câu. Hai câu dài hơn.", 20, ("Một câu.", "Hai câu dài hơn.")),
        ("một hai ba bốn năm", 11, ("một hai ba", "bốn năm")),
        # A heading does not stand alone in its message:
        ("A\n\nmột hai ba bốn năm sáu", 20, ("A\n\nmột hai ba bốn", "năm sáu")),
        ("aaaaaaaaaa", 4, ("aaaa", "aaaa", "aa")),
        ("😀😀😀", 4, ("😀😀", "😀")),
        ("", 10, ()),
        ("  \n ", 10, ()),
        ("vừa đúng", 8, ("vừa đúng",)),
    ],
)
def test_a_text_is_cut_where_it_reads_best(text: str, longest: int, pieces: tuple[str]) -> None:
    assert split(text, longest) == pieces


def test_a_character_wider_than_the_limit_ends_too() -> None:
    assert split("😀😀", 1) == ("😀", "😀")


def test_length_counts_as_the_strictest_platform_does() -> None:
    assert [length(text) for text in ("", "ế", "😀", "a😀")] == [0, 1, 2, 3]


def test_a_long_text_is_split_in_no_time() -> None:
    assert len(split("từ " * 50_000, 4_096)) == 37


# --- render -------------------------------------------------------------------------------------


def test_a_short_reply_is_one_message_with_its_place_and_status() -> None:
    source = Source("hp", "Kế hoạch Hải Phòng", "III#2.6", "Mục III.6", "…", digest=False)
    reply = a_reply(sources=(source, source), status="Hết kỳ kế hoạch", more="dài hơn")
    [message] = render(reply, "chat", TELEGRAM)
    assert message.chat == "chat"
    assert message.text == (
        "Trước ngày 20/9/2023.\n— Mục III.6, Kế hoạch Hải Phòng\nHết kỳ kế hoạch"
    )


def test_buttons_stand_under_the_last_message() -> None:
    reply = a_reply("một câu. " * 700, buttons=choices("A", "B"))
    *before, last = render(reply, "chat", TELEGRAM)
    assert before
    assert all(message.buttons == () for message in before)
    assert [button.label for button in last.buttons] == ["A", "B"]


@pytest.mark.parametrize("limits", [PLAIN, Limits(text_length=2_000, buttons=2)])
def test_choices_are_a_numbered_list_where_buttons_are_missing(limits: Limits) -> None:
    [message] = render(a_reply(buttons=choices("Hải Phòng", "Hưng Yên", "Khác")), "chat", limits)
    assert message.buttons == ()
    assert message.text.endswith("nhắn số để chọn:\n1. Hải Phòng\n2. Hưng Yên\n3. Khác")


def test_as_many_buttons_as_the_channel_has_are_buttons() -> None:
    limits = Limits(text_length=2_000, buttons=2)
    [message] = render(a_reply(buttons=choices("A", "B")), "chat", limits)
    assert len(message.buttons) == 2
    assert "1." not in message.text


def test_a_long_label_is_cut_and_still_sends_all() -> None:
    label = "Kế hoạch của Sở Giáo dục và Đào tạo thành phố Hải Phòng về truyền thông chính sách"
    [button] = render(a_reply(buttons=choices(label)), "chat", TELEGRAM)[0].buttons
    assert len(button.label) <= 64
    assert button.label.endswith("…")
    assert (button.send, button.id) == (f"gửi {label}", "1.1.0")
    [message] = render(a_reply(buttons=choices(label)), "chat", PLAIN)
    assert label in message.text


def test_files_go_out_after_the_text() -> None:
    file = Enclosure("qr.png", "image/png", b"png")
    reply = a_reply("một câu. " * 700, enclosures=(file,), buttons=choices("A"))
    *texts, last = render(reply, "chat", TELEGRAM)
    assert (last.text, last.buttons, last.enclosure) == ("", (), file)
    assert all(message.enclosure is None for message in texts)
    assert texts[-1].buttons


@given(words, st.lists(words.filter(str.strip), max_size=9), st.integers(0, 8))
def test_every_message_fits_its_channel(lead: str, labels: list[str], buttons: int) -> None:
    limits = Limits(text_length=80, buttons=buttons, button_label=20)
    messages = render(a_reply(lead or "x", buttons=choices(*labels)), "chat", limits)
    assert all(length(message.text) <= 80 for message in messages)
    assert all(len(message.buttons) <= buttons for message in messages)
    assert all(len(b.label) <= 20 for message in messages for b in message.buttons)
    if len(labels) > buttons:
        shown = without_space("".join(message.text for message in messages))
        assert all(without_space(label) in shown for label in labels)


def test_rendering_changes_nothing_of_the_reply() -> None:
    reply = a_reply(buttons=choices("A"))
    assert render(reply, "chat", TELEGRAM) == render(replace(reply), "chat", TELEGRAM)


def test_what_is_spare_gives_room() -> None:
    spare = Button("Thêm vào lịch", "lịch", "0.lịch", spare=True)
    few, many = choices("1", "2"), choices(*"12345678")
    (shown,) = render(a_reply(buttons=(*few, spare)), "7", TELEGRAM)
    assert shown.buttons == (*few, spare)
    (shown,) = render(a_reply(buttons=(*many, spare)), "7", TELEGRAM)
    assert shown.buttons == many
    (numbered,) = render(a_reply(buttons=(*few, spare)), "7", PLAIN)
    assert numbered.text.endswith("1. 1\n2. 2")
