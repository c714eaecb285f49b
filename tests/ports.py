"""A port for a server that is a process of its own and cannot be handed a socket."""

from __future__ import annotations

import random
import socket

#: Below those that systems give to whoever asks for any port or just connects: between here and
#: the start of the server nobody comes upon it, however many tests run beside this one.
_OURS = range(20_000, 32_000)


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    while True:
        port = random.SystemRandom().choice(_OURS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
