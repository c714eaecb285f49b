"""Every scenario of every form over the running product, in front of fakes of the platforms."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from benchmarks.channels_product import SCALE, Product, installed, scaled
from service import clock
from service.settings import Settings
from service.storage.engine import open_engine
from tests.fakes import zalo
from tests.fakes.telegram.running import running_fake_telegram
from tests.fakes.told import of_office, of_telegram
from tests.fakes.zalo_office import FakeZalo
from tests.integration.all_channels import PATIENT, SECRET, START, somebody_new
from tests.integration.offices import House
from tests.integration.talkers import OnTelegram, OnWeb, OnZalo, Talker, play
from tests.transcripts import CHANNELS, Scenario, scenarios

_SHOWN = 300  #: characters of what went wrong
_PATIENCE = 30.0  #: seconds until a reply counts as missing


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one scenario on one channel."""

    form: str
    scenario: str
    channel: str
    ok: bool
    why: str  #: "" where it went through


def play_all(progress: Callable[[str], object]) -> list[Played]:
    """All of them on all their channels, each by a person who has never written.

    `progress` is told a line for each. With a smaller scale some are left out, evenly.
    """
    return play_these(chosen(scenarios()), progress)


def chosen(every: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """As many as the scale says, spread over all forms."""
    step = len(every) / scaled(len(every)) if SCALE < 1 else 1.0
    return tuple(every[int(place * step)] for place in range(int(len(every) / step)))


def play_these(
    these: Sequence[Scenario],
    progress: Callable[[str], object],
    channels: Sequence[str] = CHANNELS,
) -> list[Played]:
    """Some scenarios over some channels of one product."""
    played: list[Played] = []
    todo = [(one, channel) for channel in channels for one in these if channel in one.channels]
    with _product() as (product, talkers):
        for scenario, channel in todo:
            began = time.monotonic()
            played.append(_played(product, scenario, channel, talkers[channel]))
            last, took = played[-1], time.monotonic() - began
            told = "đạt" if last.ok else f"KHÔNG ĐẠT: {last.why}"
            progress(
                f"{len(played)}/{len(todo)} {last.form}/{last.scenario} {channel} "
                f"{took:.1f} s: {told}"
            )
    return played


def _played(product: _Restarted, scenario: Scenario, channel: str, talker: Talker) -> Played:
    person = somebody_new(talker)
    house = product.house(channel)
    try:
        play((START, *scenario.turns), person, house, _PATIENCE)
    except Exception as error:  # whatever it was, the others are still played
        why = " ".join(f"{type(error).__name__}: {error}".split())[:_SHOWN]
        return Played(scenario.form, scenario.name, channel, False, why)
    finally:
        house.tidy()
    return Played(scenario.form, scenario.name, channel, True, "")


class _Restarted:
    """A product that is killed and started again on the same folder and port."""

    def __init__(self, product: Product, settings: Settings) -> None:
        self._product, self._settings = product, settings
        self._running = product.serve()
        self._engine = open_engine(settings.storage_url)

    def house(self, channel: str) -> House:
        """Whoever works there."""
        return House(self._settings, channel, lambda: self._engine, self._restart)

    def _restart(self) -> None:
        self._running.kill()
        self._running = self._product.serve()

    def close(self) -> None:
        """Let go of its database."""
        self._engine.dispose()


@contextmanager
def _product() -> Iterator[tuple[_Restarted, dict[str, Talker]]]:
    """The product as installed, with the web, Zalo OA and Telegram, and a clock that can jump."""
    with ExitStack() as stack:
        enter = stack.enter_context
        product = enter(installed())
        told = product.data / "clock.json"
        now = datetime.now(UTC).isoformat()
        told.write_text(json.dumps({"base": now, "started_at": now}))
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None, env="test", data_dir=product.data, clock=told
        )
        telegram, base, files = enter(running_fake_telegram(limits=PATIENT))
        oa = enter(zalo.served(FakeZalo(now=lambda: clock.now(settings).timestamp())))
        product.settings.update(
            env="test",
            clock=str(told),
            public_url=product.address,
            person_rate_limit="1000",
            **of_telegram(telegram.token, base, files),
            telegram_mode="webhook",
            telegram_secret=SECRET,
            telegram_per_chat_seconds="0",
            **of_office(oa),
        )
        restarted = _Restarted(product, settings)
        stack.callback(restarted.close)
        assert oa.register_webhook(f"{product.address}/webhooks/zalo")
        client = enter(httpx.Client(base_url=product.address, timeout=30))
        yield (
            restarted,
            {"web": OnWeb(client), "zalo_oa": OnZalo(oa), "telegram": OnTelegram(telegram)},
        )
