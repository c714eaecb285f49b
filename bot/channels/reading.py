"""Careful reading of JSON that others wrote: nothing here raises, whatever is in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from bot.channels.base import JsonValue

Object = Mapping[str, JsonValue]

_LARGEST = 1 << 63  #: no id and no size of a platform needs more bits


def as_object(value: JsonValue) -> Object:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_objects(value: JsonValue) -> tuple[Object, ...]:
    """The objects of a list; () when it is none."""
    listed = value if isinstance(value, list) else ()
    return tuple(item for item in listed if isinstance(item, dict))


def as_text(value: JsonValue) -> str:
    """`value` composed (NFC) if it is a string, else ""; JSON can hold half a letter, text not."""
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode("utf-8"))


def as_number(value: JsonValue) -> int | None:
    """`value` if it is a whole number of sane size (in JSON, true is none)."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -_LARGEST <= value < _LARGEST else None


def as_size(value: JsonValue) -> int | None:
    """A number of bytes; None when it is not told."""
    size = as_number(value)
    return size if size is not None and size >= 0 else None


def as_key(value: JsonValue) -> str:
    """An id, which platforms write as a number or as a string; "" when it is neither."""
    number = as_number(value)
    return as_text(value) if number is None else str(number)
