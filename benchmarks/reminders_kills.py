"""A product of several processes that are killed -9: all at once, or one while others go on."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil
from sqlmodel import col, select

from benchmarks.channels_fakes import ZaloFake
from benchmarks.channels_product import Product, Running
from benchmarks.forms_office import progress
from benchmarks.reminders_people import ZALO
from service.storage.delivery_tables import ChannelState, OutboundMessage
from service.storage.engine import transaction

_BEAT = 5.0  #: seconds between two looks of a worker at what is due
_PATIENCE = 60.0  #: seconds until a worker runs
_ALL = 4  #: each so-many-th kill ends every process


@dataclass
class Killed:
    """What runs of a product, and what was in flight when it was killed."""

    product: Product
    zalo: ZaloFake
    chance: random.Random
    running: Running
    count: int = 0
    whole: int = 0
    consents: int = 0  #: how often a token was lost on its way, and a person had to consent anew
    begun: Counter[str] = field(default_factory=Counter)  #: messages in flight, by channel
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def kill(self, about: str) -> None:
        """At this moment; whoever is dead is started again."""
        worker = None if self.count % _ALL == 0 else self._worker()
        if worker is None:
            self.running.kill()
        else:
            worker.kill()
            worker.wait()
        found = self._in_flight(worker)
        self.count, self.whole = self.count + 1, self.whole + (worker is None)
        who = "mọi tiến trình" if worker is None else "một tiến trình"
        told = ", ".join(f"{way} {n}" for way, n in found.items())
        progress(f"{about}: kill -9 {who}, đang gửi dở: {told or 'không'}")
        if worker is None:
            self.running = self.product.serve()

    def wait_in_flight(self, seconds: float) -> None:
        """Until something is being sent, or it takes too long."""
        of = select(OutboundMessage.id).where(col(OutboundMessage.state) == "sending").limit(1)
        until = time.monotonic() + _BEAT + seconds
        with self.product.database() as engine:
            while time.monotonic() < until:
                with transaction(engine) as session:
                    if session.exec(of).first():
                        return
                time.sleep(0.02)

    def consent(self) -> None:
        """A kill between Zalo's word and its writing loses the token: a person must consent."""
        with self.product.database() as engine, transaction(engine) as session:
            of = select(ChannelState.stopped).where(col(ChannelState.channel) == ZALO)
            stopped = session.exec(of).first()
        if stopped == "zalo_consent":
            self.consents += 1
            progress("mã của Zalo mất vì kill -9 đúng lúc đổi mã: cấp quyền lại")
            self.product.settings["zalo_refresh_token"] = self.zalo.remote.mint()["refresh_token"]
            self.running.kill()
            self.running = self.product.serve()

    def _worker(self) -> psutil.Process | None:
        """One of the workers, as chance has it; they are started again by themselves."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            children = psutil.Process(self.running.process.pid).children()
            workers = [one for one in children if "worker" in _words(one)]
            if workers:
                return self.chance.choice(workers)
            time.sleep(0.1)
        raise TimeoutError("no worker runs")

    def _in_flight(self, worker: psutil.Process | None) -> Counter[str]:
        """Messages begun and not yet marked, of whoever was killed just now."""
        of_it = f":{worker.pid}:" if worker else ""
        of = select(OutboundMessage).where(col(OutboundMessage.state) == "sending")
        found: Counter[str] = Counter()
        with self.product.database() as engine, transaction(engine) as session:
            for one in session.exec(of):
                told = (one.id or 0, one.attempts)
                if of_it in (one.worker or "") and told not in self._seen:
                    self._seen.add(told)
                    found[one.channel] += 1
        self.begun += found
        return found


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
