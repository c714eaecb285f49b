"""The webhook: one after another per chat, with the secret, again until it is taken."""

from __future__ import annotations

import pytest

from tests.unit.fakes.calling import SOMEBODY, Receiver, Telegram


def texts(receiver: Receiver, count: int) -> list[str]:
    return [update["message"]["text"] for update in receiver.wait(count)]


def settled(telegram: Telegram) -> None:
    telegram.fake.wait_for(lambda: telegram.fake.pending() == 0)


def test_updates_come_with_the_secret(telegram: Telegram, receiver: Receiver) -> None:
    telegram.fake.says(SOMEBODY, "trước")
    telegram.call("setWebhook", url=receiver.url, secret_token="mat-khau_1")
    telegram.fake.says(SOMEBODY, "sau")
    assert texts(receiver, 2) == ["trước", "sau"]
    assert receiver.secrets == ["mat-khau_1"] * 2
    settled(telegram)
    info = telegram.call("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (receiver.url, 0)
    assert "last_error_message" not in info


@pytest.mark.parametrize("status", [500, 404, 302, 401])
def test_what_is_not_taken_comes_again(telegram: Telegram, receiver: Receiver, status: int) -> None:
    receiver.answers = lambda update: status if len(receiver.got) < 3 else 200
    telegram.call("setWebhook", url=receiver.url)
    telegram.fake.says(SOMEBODY, "một")
    telegram.fake.says(SOMEBODY, "hai")
    # The second waits until the first was taken: both belong to one chat.
    assert texts(receiver, 4) == ["một", "một", "một", "hai"]
    assert len({update["update_id"] for update in receiver.got[:3]}) == 1
    error = telegram.call("getWebhookInfo")["last_error_message"]
    assert error.startswith(f"Wrong response from the webhook: {status}")


def test_what_is_not_answered_in_time_comes_again(telegram: Telegram, receiver: Receiver) -> None:
    telegram.fake.webhook.timeout = 0.2
    receiver.answers = lambda update: 200 if len(receiver.got) > 1 else 0
    telegram.call("setWebhook", url=receiver.url)
    telegram.fake.says(SOMEBODY, "một")
    settled(telegram)
    assert len(receiver.wait(2)) >= 2
    assert len({update["update_id"] for update in receiver.got}) == 1
    assert telegram.call("getWebhookInfo")["last_error_message"] == "Read timeout expired"


def test_a_chat_that_is_stuck_holds_up_no_other(telegram: Telegram, receiver: Receiver) -> None:
    receiver.answers = lambda update: 500 if update["message"]["text"] == "hỏng" else 200
    telegram.call("setWebhook", url=receiver.url)
    telegram.fake.says(SOMEBODY, "hỏng")
    telegram.fake.says(SOMEBODY, "sau đó")
    telegram.fake.says(8, "người khác")
    telegram.fake.wait_for(lambda: telegram.fake.pending() == 2)
    heard = {update["message"]["text"] for update in receiver.wait(2)}
    assert heard == {"hỏng", "người khác"}
    telegram.call("deleteWebhook")
    waiting = [update["message"]["text"] for update in telegram.call("getUpdates")]
    assert waiting == ["hỏng", "sau đó"]


def test_what_nobody_hears_waits(telegram: Telegram, receiver: Receiver) -> None:
    telegram.call("setWebhook", url="http://127.0.0.1:9/")
    telegram.fake.says(SOMEBODY, "một")
    info = telegram.fake.webhook.info
    assert telegram.fake.wait_for(lambda: info().get("last_error_message")) == "Connection refused"
    telegram.call("setWebhook", url=receiver.url)
    assert texts(receiver, 1) == ["một"]
    settled(telegram)


def test_pending_updates_can_be_dropped(telegram: Telegram, receiver: Receiver) -> None:
    telegram.fake.says(SOMEBODY, "một")
    telegram.call("setWebhook", url=receiver.url, drop_pending_updates=True)
    telegram.fake.says(SOMEBODY, "hai")
    assert texts(receiver, 1) == ["hai"]
    telegram.call("deleteWebhook")
    telegram.fake.says(SOMEBODY, "ba")
    telegram.call("deleteWebhook", drop_pending_updates=True)
    assert telegram.call("getUpdates") == []


def test_a_webhook_that_is_set_again_goes_on(telegram: Telegram, receiver: Receiver) -> None:
    receiver.answers = lambda update: 503
    telegram.call("setWebhook", url=receiver.url)
    telegram.fake.says(SOMEBODY, "một")
    receiver.wait(2)
    receiver.answers = lambda update: 200
    telegram.call("setWebhook", url=receiver.url, allowed_updates=["message"])
    settled(telegram)
    assert len({update["update_id"] for update in receiver.got}) == 1
    assert telegram.call("getWebhookInfo")["allowed_updates"] == ["message"]


@pytest.mark.parametrize(
    ("url", "secret", "why"),
    [
        ("http://example.vn/", "", "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "https://example.vn:8000/",
            "",
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ("http://127.0.0.1:x/", "", "invalid webhook URL specified"),
        ("http://127.0.0.1/", "có dấu", "secret token contains unallowed characters"),
        ("http://127.0.0.1/", "a" * 257, "secret token is too long"),
    ],
)
def test_webhooks_that_are_refused(telegram: Telegram, url: str, secret: str, why: str) -> None:
    assert telegram.refused("setWebhook", url=url, secret_token=secret) == (
        400,
        f"Bad Request: {why}",
    )


def test_no_address_is_no_webhook(telegram: Telegram) -> None:
    assert telegram.call("setWebhook", url="") is True
    assert telegram.call("getWebhookInfo")["url"] == ""
