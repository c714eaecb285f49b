"""What no platform sends: events with something wrong in them, the same in every run."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.channels_doors import Door

#: Written as they are: JSON can say them, Python's writer cannot.
_RAW = (
    *("1e999", "-1e999", "1" + "0" * 400, "9" * 5000, "-0", "1E-999", "NaN"),
    "[" * 900 + "]" * 900,
)
_STRINGS = (
    *("", " ", "0", "-1", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "a\ud83d", "\ufeff"),
    *("\u202e\u2066đảo\u200b", "a" + "\u0301" * 600, "ạ" * 9_000, "👍" * 3_000, "x" * 300_000),
    *("'; DROP TABLE person; --", "<b>&amp;*_`[x](y)", "{{7*7}}", "%s%n", "../../../etc/passwd"),
    *("http://127.0.0.1:1/", "http://[::1", "file:///etc/passwd", "https://" + "a." * 400 + "vn"),
    *("٣٤", "１２", "²", "NaN", "null", "true", "#troly.", "#troly.x.y", "/start " + "z" * 500),
    *("xóa dữ liệu", "/xoa", "ma chuyen kenh", "9" * 30, "1" * 400),
)
_OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1 << 31, 1 << 53, 1 << 63, -(1 << 63) - 1, 10**30, 0.5, 1e308),
    *([], {}, [[]], [None], [{}], {"": None}, {"id": {}}, ["a"] * 2_000, {"\x00": "\ud800"}),
)
_MARK = "@raw@"


def malformed(door: Door, count: int, seed: int = 407) -> Iterator[bytes]:
    """So many bodies."""
    dice = random.Random(f"{seed} {door.channel}")
    for number in range(count):
        made = dice.random()
        if made < 0.06:
            yield _written(_anything(dice, 6), dice)
            continue
        event = door.numbered(dice.choice(door.kinds), number)
        for _ in range(dice.choice((1, 1, 1, 2, 4))):
            event = _spoilt(event, dice)
        body = _written(event, dice)
        yield _torn(body, dice) if made < 0.12 else body


def _spoilt(event: Any, dice: random.Random) -> Any:
    """With one field of any depth changed, left out, doubled or added."""
    event = copy.deepcopy(event)
    places = list(_places(event))
    if not places:
        return _anything(dice, 3)
    holder, key = dice.choice(places)
    match dice.randrange(8):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[dice.choice(_STRINGS[:10])] = _value(dice)
        case 2:
            holder[key] = [holder[key]]
        case 3:
            holder[key] = {"id": holder[key]}
        case 4:
            holder[key] = copy.deepcopy(dice.choice(places)[0])
        case _:
            holder[key] = _value(dice)
    return event


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every field: what holds it, and its key or number there."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _value(dice: random.Random) -> Any:
    kind = dice.random()
    if kind < 0.5:
        return dice.choice(_STRINGS)
    if kind < 0.85:
        return dice.choice(_OTHERS)
    return _MARK + dice.choice(_RAW) if kind < 0.95 else _anything(dice, 4)


def _anything(dice: random.Random, depth: int) -> Any:
    kind = dice.random() if depth else 0.0
    if kind < 0.3:
        return _value(dice) if depth else dice.choice(_OTHERS)
    if kind < 0.35:  # deeper than any event, now and then deeper than is read
        deep: Any = None
        for _ in range(dice.choice((10, 36, 41, 60))):
            deep = [deep] if dice.random() < 0.5 else {"message": deep}
        return deep
    if kind < 0.65:
        return [_anything(dice, depth - 1) for _ in range(dice.randrange(4))]
    names = ("message", "id", "from", "chat", "event_name", "sender", "update_id", "", "\ud800")
    return {dice.choice(names): _anything(dice, depth - 1) for _ in range(dice.randrange(5))}


def _written(value: Any, dice: random.Random) -> bytes:
    """As JSON: with escapes, or in UTF-8 where even half letters are written as they are."""
    escaped = dice.random() < 0.7
    text = json.dumps(value, ensure_ascii=escaped)
    for raw in _RAW:
        text = text.replace(f'"{_MARK}{raw}"', raw)
    return text.encode("utf-8", "surrogatepass")


def _torn(body: bytes, dice: random.Random) -> bytes:
    """Cut, doubled, or with a byte changed."""
    place = dice.randrange(len(body))
    changed = body[:place] + dice.randbytes(1) + body[place + 1 :]
    return dice.choice((body[:place], body + body, changed, b"\xef\xbb\xbf" + body, b""))
