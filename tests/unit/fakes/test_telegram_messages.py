"""What a bot may write, in the words of the server where it may not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.fakes.calling import SOMEBODY, Telegram

BUTTON = {"text": "Đúng", "callback_data": "v1:dung"}


def under(*buttons: object) -> dict[str, object]:
    return {"inline_keyboard": [list(buttons)]}


# Texts


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("", {}, "message text is empty"),
        (" \n ", {}, "message text is empty"),
        ("<b> </b>", {"parse_mode": "HTML"}, "message text is empty"),
        ("đ" * 4097, {}, "message is too long"),
        (f"<b>{'đ' * 4097}</b>", {"parse_mode": "html"}, "message is too long"),
        ("a", {"parse_mode": "Markdown"}, "unsupported parse_mode"),
        ("a", {"entities": "{"}, "can't parse entities JSON object"),
        ("a", {"entities": [{}]}, "can't parse entities: offset and length must be Numbers"),
        (
            "<b>a",
            {"parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
    ],
)
def test_a_text_that_is_refused(
    telegram: Telegram, text: str, more: dict[str, Any], why: str
) -> None:
    assert telegram.says(text, **more) == (400, f"Bad Request: {why}")
    assert telegram.fake.sent() == []


def test_the_limit_holds_for_what_is_left_of_the_markup(telegram: Telegram) -> None:
    text = f"<b>{'đ' * 4096}</b>"
    message = telegram.call("sendMessage", chat_id=SOMEBODY, text=text, parse_mode="HTML")
    assert message["text"] == "đ" * 4096
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


def test_white_space_around_a_text_goes(telegram: Telegram) -> None:
    text = " \n<b> Hạn</b> nộp \n"
    message = telegram.call("sendMessage", chat_id=SOMEBODY, text=text, parse_mode="HTML")
    assert message["text"] == "Hạn nộp"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 3}]


def test_more_than_a_hundred_entities_are_dropped(telegram: Telegram) -> None:
    text = "<b>a</b> " * 101
    message = telegram.call("sendMessage", chat_id=SOMEBODY, text=text, parse_mode="HTML")
    assert len(message["entities"]) == 100


# Keyboards


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        (
            {"inline_keyboard": [BUTTON]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            under("Đúng"),
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            under({"callback_data": "a"}),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (under(BUTTON | {"text": " "}), "inline keyboard button text must be non-empty"),
        (
            under({"text": "Đúng"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (under(BUTTON | {"callback_data": ""}), "BUTTON_DATA_INVALID"),
        (under(BUTTON | {"callback_data": "a" * 65}), "BUTTON_DATA_INVALID"),
        # Bytes, not letters: "đ" is two of them.
        (under(BUTTON | {"callback_data": "đ" * 33}), "BUTTON_DATA_INVALID"),
        (
            under({"text": "Xem", "url": "http://localhost:8000/x"}),
            "inline keyboard button URL 'http://localhost:8000/x' is invalid: Wrong HTTP URL",
        ),
        ({"inline_keyboard": [[BUTTON]] * 101}, "REPLY_MARKUP_TOO_LONG"),
    ],
)
def test_a_keyboard_that_is_refused(telegram: Telegram, markup: Any, why: str) -> None:
    assert telegram.says("a", reply_markup=markup) == (400, f"Bad Request: {why}")


def test_sixty_four_bytes_of_callback_data_are_taken(telegram: Telegram) -> None:
    markup = under({"text": "Đúng", "callback_data": "đ" * 32}, {"text": "b", "url": "a.vn"})
    telegram.call("sendMessage", chat_id=SOMEBODY, text="a", reply_markup=markup)
    assert telegram.fake.sent(SOMEBODY)[0].buttons == ["Đúng", "b"]


def test_other_keyboards_are_taken_and_not_shown(telegram: Telegram) -> None:
    markup = {"keyboard": [[{"text": "a"}]]}
    message = telegram.call("sendMessage", chat_id=SOMEBODY, text="a", reply_markup=markup)
    assert "reply_markup" not in message


# Replies


def test_a_reply_names_a_message_of_the_chat(telegram: Telegram) -> None:
    number = telegram.fake.says(SOMEBODY, "hạn nộp?")
    reply = {"message_id": number}
    message = telegram.call("sendMessage", chat_id=SOMEBODY, text="a", reply_parameters=reply)
    assert message["reply_to_message"]["text"] == "hạn nộp?"
    gone = {"message_id": 999}
    assert telegram.says("a", reply_parameters=gone) == (
        400,
        "Bad Request: message to be replied not found",
    )
    gone["allow_sending_without_reply"] = True
    message = telegram.call("sendMessage", chat_id=SOMEBODY, text="a", reply_parameters=gone)
    assert "reply_to_message" not in message


# Edits


def test_an_edit_changes_the_message(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=SOMEBODY, text="một", reply_markup=under(BUTTON))
    message = {"chat_id": SOMEBODY, "message_id": sent["message_id"]}
    edited = telegram.call("editMessageText", **message, text="<i>hai</i>", parse_mode="HTML")
    assert (edited["text"], edited["entities"][0]["type"]) == ("hai", "italic")
    assert "reply_markup" not in edited
    telegram.call("editMessageReplyMarkup", **message, reply_markup=under(BUTTON))
    (kept,) = telegram.fake.sent(SOMEBODY)
    assert (kept.text, kept.buttons, kept.edits, kept.raw) == ("hai", ["Đúng"], 2, "<i>hai</i>")


def test_edits_that_are_refused(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=SOMEBODY, text="một")["message_id"]
    theirs = telegram.fake.says(SOMEBODY, "hai")

    def refused(message_id: int, text: str) -> str:
        where = {"chat_id": SOMEBODY, "message_id": message_id}
        return telegram.refused("editMessageText", **where, text=text)[1]

    assert refused(sent, "một").startswith("Bad Request: message is not modified: ")
    assert refused(sent, "") == "Bad Request: message text is empty"
    assert refused(theirs, "ba") == "Bad Request: message can't be edited"
    assert refused(999, "ba") == "Bad Request: message to edit not found"


def test_a_message_can_be_deleted_once(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=SOMEBODY, text="một")["message_id"]
    assert telegram.call("deleteMessage", chat_id=SOMEBODY, message_id=sent) is True
    assert telegram.fake.sent(SOMEBODY)[0].deleted
    assert telegram.refused("deleteMessage", chat_id=SOMEBODY, message_id=sent)[0] == 400
