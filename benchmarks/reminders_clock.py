"""The clock of a running product: it runs at a speed, and is set while processes read it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from service.clock import VIETNAM


@dataclass
class RunningClock:
    """What `TROLY_CLOCK` names."""

    file: Path
    _base: datetime = field(default_factory=lambda: datetime.now(UTC))
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _speed: float = 1.0

    @property
    def now(self) -> datetime:
        """As the product reads it."""
        return self._base + (datetime.now(UTC) - self._started) * self._speed

    @property
    def today(self) -> date:
        """In Việt Nam."""
        return self.now.astimezone(VIETNAM).date()

    def set(self, day: date, hour: int, minute: int = 0) -> None:
        """That time in Việt Nam; from then on as fast as any clock."""
        self._set(datetime.combine(day, time(hour, minute), VIETNAM), 1.0)

    def run(self, speed: float) -> None:
        """From now on so many times as fast."""
        self._set(self.now, speed)

    def _set(self, base: datetime, speed: float) -> None:
        self._base, self._started, self._speed = base, datetime.now(UTC), speed
        told = {"base": base.isoformat(), "started_at": self._started.isoformat(), "speed": speed}
        half = self.file.with_suffix(".half")
        half.write_text(json.dumps(told), "utf-8")
        os.replace(half, self.file)  # nobody reads half of it
