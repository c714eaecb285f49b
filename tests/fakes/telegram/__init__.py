"""A Telegram Bot API on this machine: as strict as the real one, with faults on demand."""

from tests.fakes.telegram.control import FakeTelegram
from tests.fakes.telegram.limits import Counters, Limits
from tests.fakes.telegram.running import (
    RemoteTelegram,
    fake_telegram_process,
    running_fake_telegram,
)
from tests.fakes.telegram.world import Sent

__all__ = [
    "Counters",
    "FakeTelegram",
    "Limits",
    "RemoteTelegram",
    "Sent",
    "fake_telegram_process",
    "running_fake_telegram",
]
