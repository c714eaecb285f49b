"""What a person commands rather than asks, in any spelling."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from knowledge.vietnamese import collapse, fold

Command = Literal[
    "start",
    "help",
    "new",
    "more",
    "clause",
    "duties",
    "move",
    "erase",
    "erase_now",
    "keep",
    "officer",
    "officer_done",
    "group",
    "criteria",
    "register",
    "submit_plan",
    "report",
    "problem",
    "comment",
    "my_records",
    "unit_records",
    "unit_people",
    "my_data",
    "withdraw_consent",
    "withdraw_now",
    "unsubscribe",
    "subscribe",
    "checklist",
    "form_back",
    "form_skip",
    "form_done",
    "form_edit",
    "form_save",
    "form_cancel",
    "form_submit",
    "form_resume",
    "form_agree",
    "form_decline",
    "mail",
    "mail_stop",
    "update",
    "helpful",
    "unhelpful",
]

#: What moves within a form, and means something only there.
IN_FORM: frozenset[Command] = frozenset(
    ("form_back", "form_skip", "form_done", "form_edit", "form_submit")
)

#: What a menu offers, in its order; platforms show at most five.
MENU: tuple[Command, ...] = ("help", "duties", "submit_plan", "comment", "my_records")

#: "/trogiup@troly_bot": in a group the name of the bot follows the command.
_SLASH = re.compile(r"/(?P<word>[a-z0-9_]+)(?:@\w+)?", re.IGNORECASE)
_LONGEST_CODED = 60  #: characters of a message that carries a code
_MOST_WORDS = 12  #: a longer message is no command with some courtesy around it
_BESIDE = re.compile(r"[^a-z0-9]")
_EIGHT = r"(?P<code>[a-z0-9]{4}[\s-]?[a-z0-9]{4})[\s.]*"
#: Letters and digits: "mã định danh", "2023-2024" carry no code.
_MIXED = r"(?=\D*\d)(?=[^a-z]*[a-z])"
#: "chuyển kênh K7M2-P9QX", "/start K7M2P9QX", "ma K7M2 P9QX".
_CODE = re.compile(
    r"\s*(?:/?start|/?chuyen\s*kenh|/?ma(?:\s+chuyen(?:\s+kenh)?)?)[\s:]+"
    rf"{_MIXED}{_EIGHT}"
)
#: "K7M2-P9QX", and nothing else.
_BARE = re.compile(rf"\s*{_MIXED}(?P<code>[a-z0-9]{{4}}-[a-z0-9]{{4}})[\s.]*")
#: "mã mời K7M2-P9QX".
_INVITATION = re.compile(rf"\s*/?ma\s*moi[\s:]+{_EIGHT}")


@cache
def _told() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text("utf-8"))


@cache
def _phrases() -> Mapping[str, Command]:
    told = _told()["commands"]
    assert set(told) == set(get_args(Command))
    return {phrase: cast(Command, name) for name, phrases in told.items() for phrase in phrases}


def slash(command: Command) -> str:
    """The command as a menu sends it: "/trogiup"."""
    return "/" + next(phrase for phrase, name in _phrases().items() if name == command)


def command_of(text: str) -> Command | None:
    """The command that the whole message is; None when it is anything else."""
    typed = fold(text).strip()
    slashed = _SLASH.fullmatch(typed)
    if slashed:
        return _phrases().get(_BESIDE.sub("", slashed["word"]))
    words = _BESIDE.sub(" ", typed).split()
    cores = _cores(words) if len(words) <= _MOST_WORDS else ["".join(words)]
    return next((_phrases()[core] for core in cores if core in _phrases()), None)


def _cores(words: Sequence[str]) -> Iterator[str]:
    """The words run together, as they are and with ever less of the courtesy around them."""
    before = _polite(words, _told()["courtesy"]["before"])
    after = _polite(words[::-1], _told()["courtesy"]["after"])
    for start in range(before + 1):
        for end in range(len(words), max(start, len(words) - after - 1), -1):
            yield "".join(words[start:end])


def _polite(words: Sequence[str], polite: Sequence[str]) -> int:
    """How many of the first words only say please."""
    return next((n for n, word in enumerate(words) if word not in polite), len(words))


def move_code_of(text: str) -> str | None:
    """The code of another channel that the message carries, as it was printed."""
    return _code(_CODE, text) or _code(_BARE, text)


def invitation_of(text: str) -> str | None:
    """The invitation that the message carries, as it was printed."""
    return _code(_INVITATION, text) or _code(_BARE, text)


def _code(pattern: re.Pattern[str], text: str) -> str | None:
    typed = collapse(fold(text))
    # A long message is no code, and looking through one would take the patterns long.
    found = pattern.fullmatch(typed) if len(typed) <= _LONGEST_CODED else None
    if found is None:
        return None
    letters = re.sub(r"[\s-]", "", found["code"]).upper()
    return f"{letters[:4]}-{letters[4:]}"
