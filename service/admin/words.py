"""The sentences of the desk, and instants as it writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from service.clock import VIETNAM
from service.routes.page_views import sentences


@cache
def words() -> Mapping[str, Any]:
    """`admin:` of texts.vi.yaml."""
    return sentences("admin")


def moment(at: datetime | None) -> str:
    """ "14:05 21/11/2026" in Việt Nam; "chưa có" for what never happened."""
    if at is None:
        return str(words()["never"])
    there = at.astimezone(VIETNAM)
    return f"{there:%H:%M} {there.day}/{there.month}/{there.year}"
