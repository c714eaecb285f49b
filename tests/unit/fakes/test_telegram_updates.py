"""What people do reaches the bot: by polling, each update until it is confirmed."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from tests.fakes.telegram.updates import FIRST_ID
from tests.unit.fakes.calling import SOMEBODY, Telegram

GROUP = -1_000_000_000_005
ASK = {"inline_keyboard": [[{"text": "Đúng", "callback_data": "v1:dung"}]]}


def only(telegram: Telegram, kind: str) -> Any:
    """The content of the one update that waits."""
    (update,) = telegram.call("getUpdates")
    assert set(update) == {"update_id", kind}
    return update[kind]


# Polling


def test_updates_are_given_until_they_are_confirmed(telegram: Telegram) -> None:
    for text in ("một", "hai", "ba"):
        telegram.fake.says(SOMEBODY, text)
    first = telegram.call("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["một", "hai"]
    assert telegram.call("getUpdates", limit=2) == first
    (last,) = telegram.call("getUpdates", offset=first[-1]["update_id"] + 1)
    assert last["message"]["text"] == "ba"
    assert last["update_id"] == first[0]["update_id"] + 2 > FIRST_ID
    assert telegram.call("getUpdates", offset=last["update_id"] + 1) == []
    assert telegram.fake.pending() == 0


def test_a_negative_offset_leaves_only_the_last(telegram: Telegram) -> None:
    for text in ("một", "hai"):
        telegram.fake.says(SOMEBODY, text)
    (last,) = telegram.call("getUpdates", offset=-1)
    assert last["message"]["text"] == "hai"
    assert telegram.fake.pending() == 1


class Poll(Thread):
    """A long poll in a thread of its own."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__()
        self.telegram = telegram
        self.start()

    def run(self) -> None:
        self.answer = self.telegram.post("getUpdates", timeout=30)

    def result(self) -> Any:
        self.join(20)
        return self.answer.json()


def wait_until_one_polls(telegram: Telegram) -> None:
    telegram.fake.wait_for(lambda: telegram.fake.polling)


def test_a_long_poll_ends_when_something_happens(telegram: Telegram) -> None:
    poll = Poll(telegram)
    wait_until_one_polls(telegram)
    telegram.fake.says(SOMEBODY, "hạn nộp?")
    (update,) = poll.result()["result"]
    assert update["message"]["text"] == "hạn nộp?"


def test_of_two_pollers_the_newer_one_wins(telegram: Telegram) -> None:
    older = Poll(telegram)
    wait_until_one_polls(telegram)
    newer = Poll(telegram)
    assert older.result()["error_code"] == 409
    assert "only one bot instance" in older.result()["description"]
    telegram.fake.says(SOMEBODY, "hạn nộp?")
    assert len(newer.result()["result"]) == 1


def test_a_webhook_ends_polling(telegram: Telegram) -> None:
    poll = Poll(telegram)
    wait_until_one_polls(telegram)
    telegram.call("setWebhook", url="http://127.0.0.1:9/")
    assert poll.result()["description"] == "Conflict: terminated by setWebhook request"
    code, why = telegram.refused("getUpdates")
    assert (code, why[:40]) == (409, "Conflict: can't use getUpdates method wh")
    telegram.call("deleteWebhook")
    assert telegram.call("getUpdates") == []


def test_the_bot_chooses_what_it_hears_of(telegram: Telegram) -> None:
    telegram.call("getUpdates", allowed_updates=["callback_query"])
    telegram.fake.says(SOMEBODY, "a")
    assert telegram.call("getUpdates") == []  # what was chosen stays
    telegram.call("getUpdates", allowed_updates=[])
    telegram.fake.says(SOMEBODY, "b")
    assert only(telegram, "message")["text"] == "b"
    assert telegram.refused("getUpdates", allowed_updates="message")[0] == 400


# What people do


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("hạn nộp?", None),
        ("/start abc", [("bot_command", 0, 6)]),
        ("😀 /hoi@troly_thu_bot hạn", [("bot_command", 3, 18)]),
        ("@troly_thu_bot hạn nộp?", [("mention", 0, 14)]),
        ("https://example.vn/hoi a@b.vn và/hoặc", None),
    ],
)
def test_commands_and_mentions_are_marked(
    telegram: Telegram, text: str, entities: list[tuple[str, int, int]] | None
) -> None:
    telegram.fake.says(SOMEBODY, text)
    message = only(telegram, "message")
    assert (message["text"], message["from"]["id"]) == (text, SOMEBODY)
    assert message["chat"] == {"id": SOMEBODY, "type": "private", "first_name": "Người 7"}
    found = message.get("entities")
    assert entities == (found and [(e["type"], e["offset"], e["length"]) for e in found])


def test_a_deep_link_starts_the_bot(telegram: Telegram) -> None:
    telegram.fake.starts(SOMEBODY, "ma-1_A")
    assert only(telegram, "message")["text"] == "/start ma-1_A"
    for wrong in ("đ", "a b", "a" * 65):
        with pytest.raises(ValueError, match="deep link"):
            telegram.fake.starts(SOMEBODY, wrong)


def test_a_person_has_a_name(telegram: Telegram) -> None:
    telegram.fake.person(SOMEBODY, "Người thử", "nguoi_thu")
    telegram.fake.says(SOMEBODY, "a")
    message = only(telegram, "message")
    assert message["from"]["username"] == message["chat"]["username"] == "nguoi_thu"


def test_nobody_can_write_too_much_or_nothing(telegram: Telegram) -> None:
    for text in ("", " ", "a" * 4097):
        with pytest.raises(ValueError, match="4096"):
            telegram.fake.says(SOMEBODY, text)


def test_a_tap_comes_back_and_is_answered(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=SOMEBODY, text="Đúng không ạ?", reply_markup=ASK)
    tap = telegram.fake.taps(SOMEBODY, "Đúng")
    query = only(telegram, "callback_query")
    assert (query["id"], query["data"], query["from"]["id"]) == (tap, "v1:dung", SOMEBODY)
    assert query["message"] == sent
    assert not telegram.fake.tap(tap).answered
    telegram.call("answerCallbackQuery", callback_query_id=tap, text="Đã ghi", show_alert=True)
    answered = telegram.fake.tap(tap)
    assert (answered.answered, answered.notice, answered.alert) == (True, "Đã ghi", True)


def test_taps_that_cannot_be_answered(telegram: Telegram) -> None:
    now = [0.0]
    telegram.fake.clock = lambda: now[0]
    telegram.call("sendMessage", chat_id=SOMEBODY, text="a", reply_markup=ASK)
    tap = telegram.fake.taps(SOMEBODY, "Đúng")
    long = telegram.refused("answerCallbackQuery", callback_query_id=tap, text="đ" * 201)
    assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
    gone = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert telegram.refused("answerCallbackQuery", callback_query_id="1") == (400, gone)
    now[0] += telegram.fake.callback_age + 1
    assert telegram.refused("answerCallbackQuery", callback_query_id=tap) == (400, gone)


def test_only_buttons_that_are_there_can_be_tapped(telegram: Telegram) -> None:
    link = {"text": "Xem", "url": "https://example.vn/"}
    telegram.call(
        "sendMessage", chat_id=SOMEBODY, text="a", reply_markup={"inline_keyboard": [[link]]}
    )
    with pytest.raises(ValueError, match="no button 'Đúng'"):
        telegram.fake.taps(SOMEBODY, "Đúng")
    with pytest.raises(ValueError, match="tells the bot nothing"):
        telegram.fake.taps(SOMEBODY, "Xem")


def test_a_button_of_long_ago_can_be_tapped(telegram: Telegram) -> None:
    old = telegram.call("sendMessage", chat_id=SOMEBODY, text="a", reply_markup=ASK)
    telegram.call("sendMessage", chat_id=SOMEBODY, text="b")
    telegram.fake.taps(SOMEBODY, message_id=old["message_id"], data="v0:cũ", too_old=True)
    query = only(telegram, "callback_query")
    assert (query["data"], query["message"]["date"]) == ("v0:cũ", 0)
    assert "text" not in query["message"]


def test_an_edited_message_comes_under_another_name(telegram: Telegram) -> None:
    number = telegram.fake.says(SOMEBODY, "hạn nộp")
    telegram.fake.updates.clear()
    telegram.fake.edits(SOMEBODY, number, "/hoi hạn nộp")
    message = only(telegram, "edited_message")
    assert (message["message_id"], message["text"]) == (number, "/hoi hạn nộp")
    assert message["edit_date"] >= message["date"]
    with pytest.raises(ValueError, match="no such message"):
        telegram.fake.edits(SOMEBODY, 999, "a")


@pytest.mark.parametrize("kind", ["voice", "sticker", "location", "contact"])
def test_other_kinds_of_message(telegram: Telegram, kind: str) -> None:
    telegram.fake.sends(SOMEBODY, kind)
    assert only(telegram, "message")[kind]
    with pytest.raises(ValueError, match="none of"):
        telegram.fake.sends(SOMEBODY, "dance")


def test_a_photo_comes_in_sizes(telegram: Telegram) -> None:
    telegram.fake.sends_photo(SOMEBODY, b"\xff\xd8\xff", "Công văn")
    message = only(telegram, "message")
    assert (message["caption"], len(message["photo"])) == ("Công văn", 2)


def test_blocking_and_unblocking_is_told(telegram: Telegram) -> None:
    telegram.fake.blocks(SOMEBODY)
    change = only(telegram, "my_chat_member")
    assert change["old_chat_member"]["status"] == "member"
    assert change["new_chat_member"]["status"] == "kicked"
    with pytest.raises(ValueError, match="nothing can be written"):
        telegram.fake.says(SOMEBODY, "a")


# Groups


def test_in_a_group_the_bot_reads_all_or_what_is_for_it(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, GROUP, "Tổ công tác")
    telegram.fake.updates.clear()
    mine = telegram.call("sendMessage", chat_id=GROUP, text="Dạ")["message_id"]

    def heard() -> list[str]:
        telegram.fake.updates.clear()
        telegram.fake.says(SOMEBODY, "mai họp nhé", GROUP)
        telegram.fake.says(SOMEBODY, "@troly_thu_bot hạn nộp?", GROUP)
        telegram.fake.says(SOMEBODY, "/hoi", GROUP)
        telegram.fake.says(SOMEBODY, "thế còn quý II?", GROUP, reply_to=mine)
        return [update["message"]["text"] for update in telegram.call("getUpdates")]

    all_of_it = heard()
    assert all_of_it[0] == "mai họp nhé"
    telegram.fake.reads_groups = False
    assert heard() == all_of_it[1:]


def test_a_reply_in_a_group_carries_what_it_answers(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, GROUP)
    telegram.fake.updates.clear()
    mine = telegram.call("sendMessage", chat_id=GROUP, text="Dạ")["message_id"]
    telegram.fake.says(SOMEBODY, "cảm ơn", GROUP, reply_to=mine)
    message = only(telegram, "message")
    assert message["reply_to_message"]["from"]["is_bot"]
    assert message["chat"]["type"] == "supergroup"


def test_a_group_moves(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, -5)
    telegram.fake.updates.clear()
    new = telegram.fake.migrates(-5)
    away, here = (update["message"] for update in telegram.call("getUpdates"))
    assert (away["chat"]["id"], away["migrate_to_chat_id"]) == (-5, new)
    assert (here["chat"]["id"], here["migrate_from_chat_id"]) == (new, -5)


def test_an_update_of_any_shape(telegram: Telegram) -> None:
    number = telegram.fake.update({"telepathy": {"thought": "?"}})
    assert telegram.call("getUpdates") == [{"update_id": number, "telepathy": {"thought": "?"}}]
