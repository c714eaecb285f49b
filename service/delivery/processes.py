"""The name of a process that works, and whether the process of such a name is dead for certain."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from service.storage.engine import transaction
from service.storage.held import holders, let_go


def new_name() -> str:
    """Where it runs, its number there, and what tells it from one that had that number before."""
    return f"{_where()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Whether it ran where we run, and runs no more; False whenever that cannot be known."""
    where, _, rest = name.partition(":")
    number = rest.partition(":")[0]
    if where != _where() or where.startswith("?") or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it is there, and another user's
    return False


def free_the_dead(engine: Engine) -> None:
    """Go on at once with what a process that was killed here had begun."""
    real = datetime.now(UTC)
    with transaction(engine) as session:
        dead = [name for name in holders(session, real) if is_dead(name)]
        if dead:
            let_go(session, dead, real)


@cache
def _where() -> str:
    """This boot of this machine, and the room in it where process numbers mean the same."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        room = Path("/proc/self/ns/pid").readlink()
    except OSError:  # not Linux
        return "?" + socket.gethostname()[:29]
    told = f"{boot} {room} {socket.gethostname()}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]
