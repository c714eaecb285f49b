"""Calls sent at set times whatever becomes of them, by a process that does nothing else."""

from __future__ import annotations

import asyncio
import gc
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from tests.browser.product import ROOT
from tests.fakes.zalo_events import Envelopes, as_bytes, signature
from tests.fakes.zalo_wire import Wire

OA = "4000000000000000004"
_LEAD = 1.0  #: seconds until the first call
_PATIENCE = 30.0  #: seconds until an answer counts as none


@dataclass(frozen=True, slots=True)
class Shot:
    """One POST and when it is due."""

    name: str
    at: float  #: seconds after the beginning
    path: str
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """What came of one; `took` counts from the moment it was due."""

    name: str
    due: float  #: seconds since 1970
    slip: float  #: seconds by which the sender itself was late
    took: float
    status: int | None  #: None: no answer


def fire(address: str, shots: Iterable[Shot]) -> Sequence[Hit]:
    """Send them all from a process of its own; in the order in which they were answered."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as plan:
        json.dump([asdict(shot) for shot in shots], plan)
        plan.flush()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.channels_load", address, plan.name],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    return [Hit(**hit) for hit in json.loads(done.stdout)]


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@contextmanager
def stolen_time() -> Iterator[list[float]]:
    """The share of this machine's time that its host gave to others, once the block has ended.

    On a virtual machine it shows in every tail, and is no doing of the product. Linux only.
    """
    stolen: list[float] = []
    before = psutil.cpu_times()
    yield stolen
    after = psutil.cpu_times()
    taken = getattr(after, "steal", 0.0) - getattr(before, "steal", 0.0)
    stolen.append(taken / (sum(after) - sum(before)))


@dataclass(frozen=True, slots=True)
class ZaloEvents:
    """Events of one OA as its webhook brings them, signed."""

    app_id: str
    oa_secret: str

    def said(self, at: float, user: str, text: str, id_: str) -> Shot:
        """A person wrote; due `at` seconds after the beginning."""
        now = str(int(time.time() * 1000))
        message = {"msg_id": id_, "text": text}
        shapes = Envelopes(self.app_id, OA)
        body = as_bytes(shapes.from_user(user, "user_send_text", now, message))
        return Shot(id_, at, "/webhooks/zalo", body.decode(), self.signed(body, now))

    def signed(self, body: bytes, timestamp: str) -> Mapping[str, str]:
        """The headers of a call with this body."""
        mac = signature(self.app_id, body, timestamp, self.oa_secret)
        return {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={mac}"}


async def _fire(address: str, plan: Sequence[Shot]) -> Sequence[Hit]:
    hits: list[Hit] = []
    wire = Wire()
    clock, wall = time.monotonic() + _LEAD, time.time() + _LEAD

    async def send(shot: Shot, body: bytes) -> None:
        due = clock + shot.at
        slip, status = time.monotonic() - due, None
        try:
            async with asyncio.timeout(_PATIENCE):
                status = await wire.post(address + shot.path, body, shot.headers)
        except (OSError, EOFError, ValueError):
            pass  # no answer
        hits.append(Hit(shot.name, wall + shot.at, slip, time.monotonic() - due, status))

    bodies = [shot.body.encode() for shot in plan]
    async with asyncio.TaskGroup() as sending:
        for shot, body in zip(plan, bodies, strict=True):
            await asyncio.sleep(max(0.0, clock + shot.at - time.monotonic()))
            sending.create_task(send(shot, body))
    await wire.close()
    return hits


def main(address: str, plan: str) -> None:
    """Send the plan of a file; print what came of each call."""
    shots = [Shot(**shot) for shot in json.loads(Path(plan).read_text("utf-8"))]
    gc.freeze()
    gc.disable()  # its pauses would count as the product's
    hits = asyncio.run(_fire(address, sorted(shots, key=lambda shot: shot.at)))
    sys.stdout.write(json.dumps([asdict(hit) for hit in hits]))


if __name__ == "__main__":
    main(*sys.argv[1:])
