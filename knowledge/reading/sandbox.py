"""Run a parser over outside bytes in a child process that cannot hurt the service.

The child sets its own limits before it is given a single outside byte: processor time, address
space, no file content written, few open files, no further processes. The bytes go in over one
pipe, the answer comes back over another, and nothing touches the disk, so nothing is left behind
however the child ends. Limits are the kernel's (POSIX); where a limit is unknown it is skipped.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

_ROOT = str(Path(__file__).resolve().parents[2])
# -I: no environment, no user site, no current folder; so the path to our packages is handed over.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from knowledge.reading.sandbox import child; child()"
)
_OPEN_FILES = 32
_OUT_OF_MEMORY = 77  # exit code of our own child, told apart from Python's 1 and 2
_LATE = {-signal.SIGXCPU, -signal.SIGALRM}

Reason = Literal["time", "memory", "output", "crash"]
#: What a child runs, named "module:function": takes the bytes and the argument, gives the answer.
Handler = Callable[[bytes, str], bytes]


@dataclass(frozen=True, slots=True)
class Cage:
    """What one child may use: wall-clock and CPU seconds, address space and answer in bytes."""

    seconds: float
    memory: int
    output: int
    threads: bool = False  #: for decoders that cannot do without; processes are then free, too


class ChildStopped(Exception):
    """The child ended without an answer; `reason` says which limit it met, or "crash"."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def run(handler: str, argument: str, data: bytes, cage: Cage) -> bytes:
    """The answer of `handler` ("module:function") over `data`; raises ChildStopped."""
    head = {"handler": handler, "argument": argument, "size": len(data)}
    head |= {"seconds": cage.seconds, "memory": cage.memory, "threads": cage.threads}
    message = json.dumps(head).encode("ascii") + b"\n" + data
    deadline = time.monotonic() + cage.seconds
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env={},
        start_new_session=True,  # a process group of its own, killed whole
    )
    try:
        answer = _exchange(process, message, deadline, cage.output)
    finally:
        code = _end(process)
    if not answer:
        raise ChildStopped(_reason(code))
    return answer


def _exchange(
    process: subprocess.Popen[bytes], message: bytes, deadline: float, most: int
) -> bytes:
    """Feed the child and collect its answer at the same time, so neither side can block."""
    assert process.stdin is not None
    assert process.stdout is not None
    unsent, answer = memoryview(message), bytearray()
    with selectors.DefaultSelector() as selector:
        for pipe, event in (
            (process.stdin, selectors.EVENT_WRITE),
            (process.stdout, selectors.EVENT_READ),
        ):
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, event)
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                if key.fileobj is process.stdout:
                    chunk = os.read(process.stdout.fileno(), 1 << 16)
                    if not chunk:
                        return bytes(answer)
                    answer += chunk
                    if len(answer) > most:
                        raise ChildStopped("output")
                else:
                    unsent = _send(process.stdin, unsent)
                    if not unsent:
                        selector.unregister(process.stdin)
                        process.stdin.close()
    raise ChildStopped("time")


def _send(pipe: IO[bytes], unsent: memoryview) -> memoryview:
    """What is still to be sent; nothing once the child has closed its end."""
    try:
        return unsent[os.write(pipe.fileno(), unsent[: 1 << 16]) :]
    except BlockingIOError:
        return unsent
    except BrokenPipeError:
        return unsent[:0]


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill whatever is left of the group and reap it; the exit status of the child."""
    # The leader is not reaped yet, so its group id cannot belong to anybody else.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    return process.wait()


def _reason(code: int) -> Reason:
    if code in _LATE:
        return "time"
    return "memory" if code in (_OUT_OF_MEMORY, -signal.SIGKILL) else "crash"


def child() -> None:
    """The child's whole life: confine itself, read, answer, leave. Never returns."""
    answer_pipe = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # stray prints of a library are no answer
    try:
        head = json.loads(sys.stdin.buffer.readline())
        _confine(head["seconds"], head["memory"], threads=head["threads"])
        data = sys.stdin.buffer.read(head["size"])
        if len(data) != head["size"]:  # the parent is gone
            os._exit(1)
        module, _, function = head["handler"].partition(":")
        handler: Handler = getattr(importlib.import_module(module), function)
        answer = memoryview(handler(data, head["argument"]))
        while answer:
            answer = answer[os.write(answer_pipe, answer) :]
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except BaseException:
        os._exit(1)
    # Not sys.exit: closing what a damaged file left half open is one more chance to crash.
    os._exit(0)


def _confine(seconds: float, memory: int, *, threads: bool) -> None:
    """Lower every limit for good; a hard limit cannot be raised again."""
    whole = math.ceil(seconds)
    limits = {
        "RLIMIT_CPU": whole,
        "RLIMIT_AS": memory,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": _OPEN_FILES,
    }
    if not threads:  # the kernel counts a thread as a process
        limits["RLIMIT_NPROC"] = 0
    for name, value in limits.items():
        which = getattr(resource, name, None)
        if which is None:
            continue
        _, hard = resource.getrlimit(which)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (most, most))
    signal.alarm(whole + 2)  # ends the child even when the parent was killed
    os.nice(5)  # the service answers people first
