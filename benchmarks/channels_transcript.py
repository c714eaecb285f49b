"""One conversation over every channel, and over a Bot API server that we do not know."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.prove import Figure
from tests.integration.all_channels import (
    CHANNELS,
    OTHER_TURNS,
    TURNS,
    everybody,
    in_front_of_another_server,
)
from tests.integration.talkers import Talker, play

_NAMES = dict(
    zip(
        CHANNELS,
        ("Telegram (webhook)", "Telegram (polling)", "Zalo OA", "Zalo Bot", "web", "cửa sổ lệnh"),
        strict=True,
    )
)


def one_transcript() -> Iterable[Figure]:
    """One transcript over Telegram (polling, webhook), Zalo OA, Zalo Bot, the web, the terminal."""
    with tempfile.TemporaryDirectory() as home, everybody(Path(home)) as talkers:
        for channel in CHANNELS:
            yield _played(f"kịch bản trên {_NAMES[channel]}", TURNS, talkers[channel])


def another_server() -> Iterable[Figure]:
    """/start, a question, a button and hostile text against a small, foreign Bot API server."""
    with (
        tempfile.TemporaryDirectory() as home,
        in_front_of_another_server(Path(home)) as talker,
    ):
        yield _played("máy chủ Bot API khác", OTHER_TURNS, talker)


def _played(what: str, turns: Iterable[dict[str, object]], talker: Talker) -> Figure:
    turns = tuple(turns)
    try:
        play(turns, talker)
    except AssertionError as error:
        return Figure(what, str(error)[:200], f"{len(turns)} lượt", False)
    return Figure(what, f"{len(turns)} lượt", f"{len(turns)} lượt", True)
