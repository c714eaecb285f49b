"""One fake Telegram for all tests of a module, as good as new for each; and a bot's webhook."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.http_server import serving
from tests.fakes.telegram import running_fake_telegram
from tests.unit.fakes.calling import SOMEBODY, Receiver, Telegram


@pytest.fixture(scope="module")
def served() -> Iterator[Telegram]:
    """The fake of a module."""
    with (
        running_fake_telegram(resend_after=0.01) as (fake, base_url, file_url),
        httpx.Client(trust_env=False, timeout=20) as client,
    ):
        yield Telegram(fake, base_url, file_url, client)


@pytest.fixture
def telegram(served: Telegram) -> Telegram:
    """The same, with nobody in it but somebody who wrote already; no limits."""
    served.fake.clear_faults()
    served.call("deleteWebhook")
    served.fake.reset()
    served.fake.limit(overall=None, per_chat=None, per_group=None)
    served.fake.webhook.timeout = 20.0
    served.fake.clock = time.monotonic
    served.fake.reads_groups = True
    served.call("getUpdates", allowed_updates=[])
    served.fake.says(SOMEBODY, "xin chào")
    served.fake.updates.clear()
    return served


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook on this machine."""
    found = Receiver()
    with serving(found) as address:
        found.url = f"{address}/webhooks/telegram"
        yield found
