"""The transcripts of forms: which there are, for which forms and channels, and their turns.

tests/conversations/forms/<form>/<scenario>.yaml holds the turns of one form. In the folder `each`
a file holds `forms` (what each of them fills into the braces of the turns) and `turns`. Either may
name `channels`, where a channel cannot do what it is about. `plays` stands for several turns, a
list that the form fills in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "conversations" / "forms"
#: Where every scenario is played; the straight ones over all channels of the running product.
CHANNELS = ("web", "zalo_oa", "telegram")
STRAIGHT = "straight"

Turns = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One transcript of one form."""

    form: str
    name: str
    turns: Turns
    channels: tuple[str, ...] = CHANNELS


def scenarios() -> tuple[Scenario, ...]:
    """All of them, by form and name."""
    found = [s for file in sorted(FOLDER.glob("*/*.yaml")) for s in _read(file)]
    return tuple(sorted(found, key=lambda s: (s.form, s.name)))


def straight() -> Mapping[str, Turns]:
    """The one of each form that goes straight through."""
    return {s.form: s.turns for s in scenarios() if s.name == STRAIGHT}


def _read(file: Path) -> Sequence[Scenario]:
    told = yaml.safe_load(file.read_text("utf-8"))
    if isinstance(told, list):
        return (Scenario(file.parent.name, file.stem, told),)
    channels = tuple(told.get("channels", CHANNELS))
    forms: Mapping[str, Mapping[str, str]] = told.get("forms", {file.parent.name: {}})
    return [
        Scenario(form, file.stem, _turns(told["turns"], {"form": form, **words}), channels)
        for form, words in forms.items()
    ]


def _turns(turns: Turns, words: Mapping[str, Any]) -> Turns:
    """With the words, and with several turns where one stands for them."""
    filled = [_filled(turn, words) for turn in turns]
    return [one for turn in filled for one in turn.get("plays", [turn])]


def _filled(value: Any, words: Mapping[str, Any]) -> Any:
    """With the words in the braces; a whole value may be a list."""
    if isinstance(value, str):
        alone = re.fullmatch(r"{(\w+)}", value)
        if alone and alone[1] in words:
            return words[alone[1]]
        return re.sub(r"{(\w+)}", lambda found: str(words.get(found[1], found[0])), value)
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if isinstance(value, dict):
        return {name: _filled(one, words) for name, one in value.items()}
    return value
