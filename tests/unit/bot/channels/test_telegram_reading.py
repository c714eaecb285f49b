"""Updates of Telegram, kind or hostile, in the words of all channels."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_updates import BotAccount, read_update
from bot.messages import Attachment, Incoming
from tests.unit.bot.channels.hostile_json import TEXTS, json_with

BOT = BotAccount(777, "troly_bot")
AN = {"id": 5, "is_bot": False, "first_name": "An", "last_name": "Lê"}
OTHER_BOT = {"id": 9, "is_bot": True, "first_name": "Máy"}
PRIVATE = {"id": 5, "type": "private", "first_name": "An"}
GROUP = {"id": -100, "type": "supergroup", "title": "Tổ truyền thông"}


def a_message(chat: Any = PRIVATE, sender: Any = AN, **fields: Any) -> Incoming:
    message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, **fields}
    return read_update({"update_id": 10, "message": message}, BOT)


def in_group(**fields: Any) -> Incoming:
    return a_message(GROUP, **fields)


def of(incoming: Incoming) -> tuple[str, str]:
    return incoming.event, incoming.text


# --- messages in private ------------------------------------------------------------------------


def test_a_text_is_told_with_all_that_is_known_of_it() -> None:
    assert a_message(text="Hạn nộp?") == Incoming(
        "telegram", "10", "text", "5", "5", text="Hạn nộp?", name="An Lê"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", ("start", "")),
        ("/start K7M2P9QX", ("start", "K7M2P9QX")),
        ("/START@Troly_Bot  K7M2P9QX ", ("start", "K7M2P9QX")),
        # Other commands stay as they were typed: `bot.commands` reads them.
        ("/trogiup", ("text", "/trogiup")),
        ("/trogiup@troly_bot", ("text", "/trogiup@troly_bot")),
        # No command at all:
        ("/starting", ("text", "/starting")),
        ("start", ("text", "start")),
        ("/srv/an/start", ("text", "/srv/an/start")),
        ("gõ /start", ("text", "gõ /start")),
        ("@troly_bot hạn nộp?", ("text", "@troly_bot hạn nộp?")),
        ("", ("text", "")),
    ],
)
def test_commands(text: str, expected: tuple[str, str]) -> None:
    assert of(a_message(text=text)) == expected


def test_letters_are_composed() -> None:
    assert a_message(text=unicodedata.normalize("NFD", "Điều kiện")).text == "Điều kiện"


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"voice": {"file_id": "a"}}, "voice"),
        ({"audio": {"file_id": "a"}}, "voice"),
        ({"video": {"file_id": "a"}}, "voice"),
        ({"video_note": {"file_id": "a"}}, "voice"),
        ({"sticker": {"file_id": "a"}}, "sticker"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "sticker"),
        # Telegram repeats an animation as a document, for old clients.
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}, "sticker"),
        ({"location": {"latitude": 20.8, "longitude": 106.6}}, "location"),
        ({"venue": {"title": "Chợ"}, "location": {"latitude": 1}}, "location"),
        ({"contact": {"phone_number": "0"}}, "contact"),
        ({"poll": {"id": "1"}}, "unknown"),
        ({"story": {"id": 1}}, "unknown"),
        # What Telegram itself remarks wants no reply, nor does what is not invented yet.
        ({"pinned_message": {"text": "x"}}, "ignored"),
        ({"new_chat_members": [AN]}, "ignored"),
        ({"message_auto_delete_timer_changed": {}}, "ignored"),
        ({"telepathy": {"text": "x"}}, "ignored"),
        ({}, "ignored"),
    ],
)
def test_kinds_of_messages(fields: dict[str, Any], event: str) -> None:
    assert a_message(**fields).event == event


def test_a_document_comes_with_its_caption() -> None:
    told = a_message(
        caption="Kế hoạch của xã",
        document={
            "file_id": "D1",
            "file_name": "Kế hoạch.pdf",
            "file_size": 2048,
            "mime_type": "application/pdf",
        },
    )
    assert of(told) == ("file", "Kế hoạch của xã")
    assert told.attachments == (Attachment("Kế hoạch.pdf", "D1", 2048, "application/pdf"),)


def test_of_a_photo_the_largest_is_taken() -> None:
    sizes = [
        {"file_id": "S", "width": 90, "height": 60, "file_size": 900},
        {"file_id": "L", "width": 900, "height": 600, "file_size": 90_000},
        {"file_id": "M", "width": 300, "height": 200},
        "no size at all",
    ]
    assert a_message(photo=sizes).attachments == (Attachment("", "L", 90_000, "image/jpeg"),)


@pytest.mark.parametrize(
    "fields",
    [{"document": {}}, {"document": "x"}, {"photo": []}, {"photo": None}, {"photo": [{}]}],
)
def test_a_file_that_nobody_can_fetch_is_unknown(fields: dict[str, Any]) -> None:
    assert (a_message(**fields).event, a_message(**fields).attachments) == ("unknown", ())


@pytest.mark.parametrize(
    ("told", "size"), [(7, 7), (-1, None), ("7", None), (True, None), (1 << 70, None)]
)
def test_a_size_is_a_number_of_bytes(told: object, size: int | None) -> None:
    (attachment,) = a_message(document={"file_id": "D", "file_size": told}).attachments
    assert attachment.size == size


# --- groups -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "@troly_bot hạn nộp?"}, "hạn nộp?"),
        ({"text": "@Troly_Bot: hạn nộp?"}, "hạn nộp?"),
        ({"text": "Cho hỏi @troly_bot hạn nộp?"}, "Cho hỏi hạn nộp?"),
        ({"text": "@troly_bot"}, ""),
        ({"text": "hạn nộp?", "reply_to_message": {"from": {"id": 777, "is_bot": True}}}, None),
        ({"text": "/trogiup"}, None),
        ({"text": "/trogiup@troly_bot"}, None),
        # Offsets are in UTF-16: the emoji is two.
        (
            {
                "text": "😀 Trợ lý hạn nộp?",
                "entities": [
                    {"type": "text_mention", "offset": 3, "length": 6, "user": {"id": 777}}
                ],
            },
            "😀  hạn nộp?",
        ),
    ],
)
def test_what_addresses_us_in_a_group(fields: dict[str, Any], text: str | None) -> None:
    told = in_group(**fields)
    assert (told.group, told.addressed, told.event) == (True, True, "text")
    assert told.text == (fields["text"] if text is None else text)
    assert (told.chat, told.person) == ("-100", "5")


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "hạn nộp?"},
        {"text": "@troly_bot2 hạn nộp?"},
        {"text": "@troly hạn nộp?"},
        {"text": "viết cho an@troly_bot.vn"},
        {"text": "xem t.me/@troly_bot"},
        {"text": "/trogiup@may_khac_bot"},
        {"text": "gõ /trogiup"},
        {"text": "/srv/an"},
        {"text": "hạn?", "reply_to_message": {"from": {"id": 5}}},
        {
            "text": "An ơi",
            "entities": [{"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 5}}],
        },
        {"text": "An ơi", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
    ],
)
def test_what_is_said_in_a_group_to_others(fields: dict[str, Any]) -> None:
    assert not in_group(**fields).addressed


def test_in_a_group_start_may_name_us() -> None:
    assert of(in_group(text="/start@troly_bot abc")) == ("start", "abc")
    assert not in_group(text="/start@may_khac_bot abc").addressed


def test_a_file_in_a_group_is_addressed_in_its_caption() -> None:
    told = in_group(document={"file_id": "D"}, caption="@troly_bot góp ý")
    assert (told.addressed, told.text) == (True, "góp ý")
    assert not in_group(document={"file_id": "D"}, caption="góp ý").addressed


def test_before_we_know_our_name_only_replies_and_commands_are_for_us() -> None:
    def said(text: str) -> bool:
        message = {"chat": GROUP, "from": AN, "text": text}
        return read_update({"update_id": 1, "message": message}, BotAccount(777)).addressed

    assert not said("@troly_bot hạn nộp?")
    assert not said("@ hạn nộp?")
    assert said("/trogiup")


def test_a_server_that_does_not_tell_the_kind_of_chat() -> None:
    assert not a_message({"id": 5}, text="x").group
    assert a_message({"id": -5}, text="x").group


@pytest.mark.parametrize(
    ("chat", "sender", "fields"),
    [
        (PRIVATE, OTHER_BOT, {"text": "x"}),
        (PRIVATE, None, {"text": "x"}),
        (PRIVATE, {"id": "5"}, {"text": "x"}),
        (PRIVATE, {"id": True}, {"text": "x"}),
        ({"id": -1, "type": "channel"}, AN, {"text": "x"}),
        ({"type": "private"}, AN, {"text": "x"}),
        ([], AN, {"text": "x"}),
        (GROUP, AN, {"text": "@troly_bot x", "sender_chat": {"id": -200, "type": "channel"}}),
        (GROUP, AN, {"migrate_from_chat_id": -100}),
    ],
)
def test_whom_we_do_not_answer(chat: Any, sender: Any, fields: dict[str, Any]) -> None:
    assert a_message(chat, sender, **fields).event == "ignored"


def test_a_group_moves() -> None:
    told = in_group(migrate_to_chat_id=-100200)
    assert (told.event, told.chat, told.text) == ("migrated", "-100", "-100200")
    assert in_group(migrate_to_chat_id="x").event == "ignored"


# --- what is no message -------------------------------------------------------------------------


def a_press(**changes: Any) -> Incoming:
    message = {"message_id": 1, "date": 1, "chat": PRIVATE}
    query = {"id": "Q", "from": AN, "message": message, "data": "1.2.0", **changes}
    return read_update({"update_id": 10, "callback_query": query}, BOT)


def test_a_tap() -> None:
    told = a_press()
    assert (told.event, told.button, told.receipt, told.chat) == ("press", "1.2.0", "Q", "5")
    assert a_press(message={"chat": GROUP}).group
    # A message too old to be told has a chat all the same.
    assert a_press(message={"chat": PRIVATE, "message_id": 1, "date": 0}).event == "press"
    assert a_press(data=None).button == ""


@pytest.mark.parametrize("changes", [{"message": None}, {"from": None}, {"id": 7}, {"id": ""}])
def test_a_tap_that_leads_nowhere(changes: dict[str, Any]) -> None:
    assert a_press(**changes).event == "ignored"


@pytest.mark.parametrize(
    ("status", "chat", "event"),
    [
        ("kicked", PRIVATE, "left"),
        ("member", PRIVATE, "returned"),
        ("administrator", PRIVATE, "ignored"),
        ("kicked", GROUP, "ignored"),
        (["kicked"], PRIVATE, "ignored"),
    ],
)
def test_blocked_and_taken_back(status: Any, chat: Any, event: str) -> None:
    change = {"chat": chat, "from": AN, "new_chat_member": {"status": status}}
    assert read_update({"update_id": 1, "my_chat_member": change}, BOT).event == event


@pytest.mark.parametrize(
    "kind",
    [
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_message",
        "inline_query",
        "poll",
        "poll_answer",
        "message_reaction",
        "chat_member",
        "chat_join_request",
        "invented_tomorrow",
    ],
)
def test_other_updates_are_ignored_under_their_number(kind: str) -> None:
    message = {"message_id": 1, "chat": PRIVATE, "from": AN, "text": "x"}
    told = read_update({"update_id": 3, kind: message}, BOT)
    assert (told.event, told.event_id) == ("ignored", "3")


@pytest.mark.parametrize("number", [None, "3", 3.0, True, 1 << 70, [3]])
def test_an_update_without_a_number_has_no_key(number: Any) -> None:
    message = {"chat": PRIVATE, "from": AN, "text": "x"}
    assert read_update({"update_id": number, "message": message}, BOT).event_id == ""


# --- hostile ------------------------------------------------------------------------------------

KEYS = (
    *("update_id", "message", "callback_query", "my_chat_member", "chat", "from", "id", "type"),
    *("is_bot", "first_name", "text", "caption", "entities", "offset", "length", "user", "data"),
    *("photo", "document", "file_id", "file_size", "width", "migrate_to_chat_id"),
    *("new_chat_member", "status", "reply_to_message", "first_name", "venue"),
)


def is_well_formed(told: Incoming) -> None:
    assert isinstance(told.event_id, str)
    assert told.event == "ignored" or (told.chat and (told.person or told.event == "migrated"))
    assert told.event != "file" or all(a.source for a in told.attachments)
    for text in (told.text, told.name, told.button, told.receipt):
        assert text.encode("utf-8").decode("utf-8") == unicodedata.normalize("NFC", text)


@given(json_with(KEYS, ("private", "group", "kicked", "text_mention", 777, 5)))
def test_no_json_breaks_the_reading(update: Any) -> None:
    is_well_formed(read_update(update, BOT))


@given(
    st.fixed_dictionaries(
        {},
        optional={key: json_with(KEYS, (777, "text_mention"), 4) for key in KEYS[4:]},
    ),
    st.sampled_from(["message", "callback_query", "my_chat_member"]),
    st.sampled_from([PRIVATE, GROUP]),
)
def test_no_message_of_a_person_breaks_the_reading(
    fields: dict[str, Any], kind: str, chat: Any
) -> None:
    message = {**fields, "chat": chat, "from": AN}
    is_well_formed(read_update({"update_id": 1, kind: message}, BOT))


@given(TEXTS, st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), max_size=3))
def test_no_place_in_a_text_breaks_the_reading(text: str, places: list[tuple[int, int]]) -> None:
    entities = [
        {"type": "text_mention", "offset": o, "length": n, "user": {"id": 777}} for o, n in places
    ]
    is_well_formed(in_group(text=text, entities=entities))
