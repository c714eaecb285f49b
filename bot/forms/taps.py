"""What the buttons of a form send.

Each names the question that it was shown for: tapped on an old message or on another device, while
the form stands elsewhere, it does nothing there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from bot.forms.definition import Form
from bot.forms.engine import Progress, current

Verb = Literal[
    "dien",  # a choice, by its value
    "ten",  # one of the names that may have been meant
    "xemthem",  # more of the choices, by the number of their page
    "boqua",
    "xong",
    "quaylai",
    "luulamsau",
    "suacau",  # an answer of the review, by its number
    "gui",
]
_TAP = re.compile(rf"/(?P<verb>{'|'.join(get_args(Verb))}) (?P<at>\S+)(?: (?P<value>.+))?", re.S)


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that was tapped."""

    verb: Verb
    at: str  #: the place that it was shown for, as `place_of` names it
    value: str = ""


def place_of(form: Form, progress: Progress) -> str:
    """Where somebody stands: "bao-cao.duty" at a question, "bao-cao" at the review."""
    asked = current(form, progress)
    return f"{form.id}.{asked.id}" if asked else form.id


def sends(verb: Verb, at: str, value: str = "") -> str:
    """What a button shown at a place sends."""
    return f"/{verb} {at} {value}".rstrip()


def tap_of(text: str) -> Tap | None:
    """The tap that a message is; None for what was typed."""
    found = _TAP.fullmatch(text)
    return Tap(cast(Verb, found["verb"]), found["at"], found["value"] or "") if found else None
