"""How many questions a second are answered over Telegram without limits, beside a bare bot."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from benchmarks.channels_fakes import TelegramFake, running, telegram, wait_until
from benchmarks.channels_product import installed, scaled
from benchmarks.channels_questions import questions, talk
from benchmarks.prove import Figure

_PEOPLE, _EACH = 200, 12
_LEAST, _LEAST_SHARE = 40, 0.35
_LIFTED = {
    "telegram_per_second": "0",
    "telegram_per_chat_seconds": "0",
    "person_rate_limit": "1000000",
}


def questions_per_second() -> Iterable[Figure]:
    """Limits lifted on both sides: questions answered per second over Telegram, and a bare echo."""
    with telegram() as fake:
        fake.remote.limit(overall=None, per_chat=None, per_group=None)
        before = _echo(fake)
        with installed(**fake.settings, **_LIFTED) as product:
            product.serve()
            asked, ours = _rate(fake)
        echo = (before + _echo(fake)) / 2
    share = ours / echo
    told = f"{asked} câu, {len(questions())} khác nhau"
    yield Figure(f"trả lời mỗi giây, Telegram, SQLite ({told})", f"{ours:.1f}",
                 f"≥ {_LEAST}", ours >= _LEAST)  # fmt: skip
    yield Figure("bot echo trần của python-telegram-bot", f"{echo:.1f}/s", "", True)
    yield Figure("so với bot echo", f"{share:.0%}", f"≥ {_LEAST_SHARE:.0%}", share >= _LEAST_SHARE)


def _echo(fake: TelegramFake) -> float:
    base = fake.settings["telegram_base_url"]
    command = [sys.executable, "-m", "benchmarks.channels_echo", "407:prove", base]
    with running(command):
        return _rate(fake)[1]


def _rate(fake: TelegramFake) -> tuple[int, float]:
    """Questions that were answered, and how many in a second, by the clock of the fake."""
    remote = fake.remote
    remote.reset()
    remote.says(user=1, text=talk(1)[0])  # until this one is answered, it is still starting
    wait_until(lambda: remote.counters()["accepted"], 60, 0.1)
    people = scaled(_PEOPLE, 20)
    began = time.monotonic()
    for turn in range(_EACH):
        for person in range(people):
            remote.says(user=1000 + person, text=talk(person, _EACH)[turn])
    asked = people * _EACH
    wait_until(lambda: remote.counters()["accepted"] > asked, 600)
    sent = remote.sent()
    answered = len(sent) - 1
    return answered, answered / (sent[-1]["at"] - began)
