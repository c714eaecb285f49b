"""How a command reaches the world; tests hand in other doors through Typer's context object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from service.commands.screen import Steps
from service.settings import Settings, load_settings

if TYPE_CHECKING:
    # `--help` must not wait for the database and the index to be imported.
    from service.asking import Desk
    from service.live import Answers
    from service.probes import Answer


def _answering(settings: Settings, progress: Steps) -> Answers:
    from service.wiring import open_answering

    return open_answering(settings, progress)


def _online(url: str, headers: Mapping[str, str]) -> Answer:
    from service.probes import ask

    return ask(url, headers)


@dataclass(frozen=True, slots=True)
class Doors:
    """Where settings come from, how an assistant is opened, how the network is asked."""

    settings: Callable[[], Settings] = load_settings
    answering: Callable[[Settings, Steps], Answers] = _answering
    online: Callable[[str, Mapping[str, str]], Answer] = _online
    #: The folder of the program's own sources, with its tests beside it.
    sources: Path = Path(__file__).parents[2]


def doors_of(context: typer.Context) -> Doors:
    """The doors of this run."""
    return context.obj if isinstance(context.obj, Doors) else Doors()


def open_desk(doors: Doors, settings: Settings, progress: Steps) -> Desk:
    """An assistant that answers and keeps what it was asked."""
    from service.asking import Desk
    from service.live import LiveAssistant
    from service.wiring import open_storage

    answers = doors.answering(settings, progress)
    assistant = LiveAssistant(load=lambda: answers, stamp=lambda: 0)
    return Desk(assistant, open_storage(settings), settings)
