"""`troly pause` and `troly trial`: the two switches of the desk, from the server."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from service import clock
from service.commands.doors import doors_of
from service.commands.screen import out

if TYPE_CHECKING:
    from service.storage.switches import SwitchName


class State(StrEnum):
    """What a switch is turned to."""

    ON = "on"
    OFF = "off"


Turned = Annotated[State, typer.Argument(metavar="on|off", help="Bật (on) hoặc tắt (off).")]


def pause(context: typer.Context, state: Turned) -> None:
    """Tạm dừng (on) hoặc tiếp tục (off) trả lời tự động ở mọi kênh."""
    _turn(context, "paused", state)


def trial(context: typer.Context, state: Turned) -> None:
    """Chạy thử (on): chỉ trả lời người được mời; off: trả lời mọi người."""
    _turn(context, "trial", state)


def _turn(context: typer.Context, name: SwitchName, state: State) -> None:
    from service.admin.switches import change
    from service.admin.words import words
    from service.storage.engine import transaction
    from service.wiring import open_storage

    settings = doors_of(context).settings()
    engine = open_storage(settings)
    with transaction(engine) as session:
        change(session, name, state is State.ON, "command", clock.now(settings))
    engine.dispose()
    said = words()["channels"]["is_on" if state is State.ON else "is_off"]
    out().print(f"{words()['switches'][name]['name']}: {said}.", markup=False)
