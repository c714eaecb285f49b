"""What a person commands rather than asks, in any spelling."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from knowledge.vietnamese import fold

Command = Literal[
    "start",
    "help",
    "new",
    "more",
    "duties",
    "move",
    "erase",
    "erase_now",
    "keep",
    "officer",
    "group",
]

#: What a menu offers, in its order; platforms show at most five.
MENU: tuple[Command, ...] = ("help", "duties", "new", "move", "erase")

#: "/trogiup@troly_bot": in a group the name of the bot follows the command.
_SLASH = re.compile(r"/(?P<word>[a-z0-9_]+)(?:@\w+)?", re.IGNORECASE)
_BESIDE = re.compile(r"[^a-z0-9]")
#: "chuyển kênh K7M2-P9QX", "/start K7M2P9QX", "ma K7M2 P9QX".
_CODE = re.compile(
    r"\s*(?:/?start|/?chuyen\s*kenh|/?ma(?:\s+chuyen(?:\s+kenh)?)?)[\s:]+"
    r"(?P<code>[a-z0-9]{4}[\s-]?[a-z0-9]{4})\s*"
)
#: "K7M2-P9QX", and nothing else.
_BARE = re.compile(r"\s*(?P<code>[a-z0-9]{4}-[a-z0-9]{4})\s*")
#: "mã mời K7M2-P9QX".
_INVITATION = re.compile(r"\s*/?ma\s*moi[\s:]+(?P<code>[a-z0-9]{4}[\s-]?[a-z0-9]{4})\s*")


@cache
def _phrases() -> Mapping[str, Command]:
    told = tomllib.loads((Path(__file__).parent / "phrases.toml").read_text("utf-8"))["commands"]
    assert set(told) == set(get_args(Command))
    return {phrase: cast(Command, name) for name, phrases in told.items() for phrase in phrases}


def slash(command: Command) -> str:
    """The command as a menu sends it: "/trogiup"."""
    return "/" + next(phrase for phrase, name in _phrases().items() if name == command)


def command_of(text: str) -> Command | None:
    """The command that the whole message is; None when it is anything else."""
    typed = fold(text).strip()
    slashed = _SLASH.fullmatch(typed)
    return _phrases().get(_BESIDE.sub("", slashed["word"] if slashed else typed))


def move_code_of(text: str) -> str | None:
    """The code of another channel that the message carries, as it was printed."""
    return _code(_CODE, text) or _code(_BARE, text)


def invitation_of(text: str) -> str | None:
    """The invitation that the message carries, as it was printed."""
    return _code(_INVITATION, text) or _code(_BARE, text)


def _code(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.fullmatch(fold(text))
    if found is None:
        return None
    letters = re.sub(r"[\s-]", "", found["code"]).upper()
    return f"{letters[:4]}-{letters[4:]}"
