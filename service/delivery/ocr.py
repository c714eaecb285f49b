"""Words on pictures, by `tesseract`, where it is installed with its Vietnamese data."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Sequence
from functools import cache

_LANGUAGE = "vie"
_ASKING = 10.0  #: seconds
#: One thread each: several people send pictures at once, and it is faster so. Nothing else of our
#: environment is its business.
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1"}


def is_installed() -> bool:
    """Whether the program is there, with its Vietnamese data or without."""
    return shutil.which("tesseract") is not None


def can_read() -> bool:
    """Whether words on pictures can be read on this machine."""
    program = shutil.which("tesseract")
    return program is not None and _speaks_vietnamese(program)


def words_on(pages: Sequence[bytes], seconds: float) -> str:
    """The words on pictures that we made ourselves, as far as the time goes; "" for none."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    deadline = time.monotonic() + seconds
    found = []
    for page in pages:
        left = deadline - time.monotonic()
        words = (
            _run([program, "stdin", "stdout", "-l", _LANGUAGE], page, left) if left > 0 else None
        )
        if words is None:
            break
        found.append(words)
    return "\n".join(found)


@cache
def _speaks_vietnamese(program: str) -> bool:
    return _LANGUAGE in (_run([program, "--list-langs"], b"", _ASKING) or "").split()


def _run(command: Sequence[str], given: bytes, seconds: float) -> str | None:
    """What the program writes; None when it fails or takes too long."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=seconds, env=_ENVIRONMENT
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
