"""The clauses and duties of a paper as they were reviewed: structure.json beside text.txt.

A paper that has one is not read anew from its text. Spans point into the text that the file names
by its SHA-256; the words of a piece are stored only where they differ from what the span holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast, get_args

from knowledge.documents import Clause, Duty, Piece, When, WhenKind
from knowledge.errors import InvalidDocument

FILE = "structure.json"
FORMAT = 1

_KINDS = frozenset(get_args(WhenKind))
_FLAGS = {"": (False, False), "bullet": (True, False), "row": (True, True), "cells": (False, True)}
_NAMES = {flags: name for name, flags in _FLAGS.items()}
_DAYS = ("start", "end", "before")

Structure = tuple[tuple[Clause, ...], tuple[Duty, ...]]


def to_json(clauses: Sequence[Clause], duties: Sequence[Duty], text: str) -> dict[str, object]:
    """What `from_json` reads back equal; `text` is the whole text that the spans point into."""
    return {
        "format": FORMAT,
        "text": _digest(text),
        "clauses": [_clause_row(clause, text) for clause in clauses],
        "duties": [_duty_row(duty) for duty in duties],
    }


def from_json(data: object, text: str) -> Structure:
    """The clauses and duties of `text`.

    Raises InvalidDocument when the file is damaged, belongs to another text, or contradicts itself.
    """
    try:
        table = _table(data)
        if table["format"] != FORMAT:
            raise ValueError(f"format {table['format']}")
        if table["text"] != _digest(text):
            raise InvalidDocument(f"{FILE} không phải của text.txt này.")
        clauses = tuple(_clauses(_list(table["clauses"]), text))
        duties = tuple(_duty(_table(row)) for row in _list(table["duties"]))
        known = {clause.address for clause in clauses}
        stray = next((duty.address for duty in duties if duty.address not in known), None)
        if stray is not None:
            raise ValueError(f"address {stray}")
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidDocument(f"{FILE} bị hỏng ({error}).") from error
    return clauses, duties


def dumps(clauses: Sequence[Clause], duties: Sequence[Duty], text: str) -> str:
    """The file's words, to be written as UTF-8."""
    return json.dumps(to_json(clauses, duties, text), ensure_ascii=False)


def loads(stored: bytes, text: str) -> Structure:
    """What `dumps` wrote; raises InvalidDocument."""
    try:
        data = json.loads(stored)
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(f"{FILE} bị hỏng ({error}).") from error
    return from_json(data, text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _clause_row(clause: Clause, text: str) -> dict[str, object]:
    row: dict[str, object] = {
        "address": clause.address,
        "label": clause.label,
        "heading": clause.heading,
        "span": [clause.start, clause.end],
        "pieces": [_piece_row(piece, text) for piece in clause.pieces],
    }
    if clause.parent is not None:
        row["parent"] = clause.parent
    if clause.text != _joined(clause.pieces):
        row["text"] = clause.text
    return row


def _piece_row(piece: Piece, text: str) -> list[object]:
    row: list[object] = [piece.start, piece.end, _NAMES[piece.bullet, piece.row]]
    return row if text[piece.start : piece.end] == piece.text else [*row, piece.text]


def _duty_row(duty: Duty) -> dict[str, object]:
    when: dict[str, object] = {"kind": duty.when.kind}
    said = {"text": duty.when.text, "recurrence": duty.when.recurrence}
    when |= {key: value for key, value in said.items() if value is not None}
    days: dict[str, date | None] = {key: getattr(duty.when, key) for key in _DAYS}
    when |= {key: day.isoformat() for key, day in days.items() if day is not None}
    if duty.when.by_hand:
        when["by_hand"] = True
    return {
        "address": duty.address,
        "leads": list(duty.leads),
        "coordinates": list(duty.coordinates),
        "duty": duty.duty,
        "when": when,
        "recipient": duty.recipient,
        "via": duty.via,
        "quote": duty.quote,
        "reviewed": duty.reviewed,
    }


def _clauses(rows: list[object], text: str) -> Iterator[Clause]:
    """Parents stand before their children, and no address twice."""
    known: set[str] = set()
    for each in rows:
        row = _table(each)
        address, parent = _text(row["address"]), _optional(row.get("parent"))
        if not address or address in known or (parent is not None and parent not in known):
            raise ValueError(f"address {address}")
        known.add(address)
        start, end = _span(row["span"], len(text))
        pieces = tuple(_piece(_list(piece), text) for piece in _list(row["pieces"]))
        own = _text(row["text"]) if "text" in row else _joined(pieces)
        label, heading = _text(row["label"]), _text(row["heading"])
        yield Clause(address, label, heading, own, start, end, parent, pieces)


def _piece(row: list[object], text: str) -> Piece:
    start, end = _span(row[:2], len(text))
    name, *words = row[2:]
    bullet, cells = _FLAGS[_text(name)]
    said = _text(words[0]) if words else text[start:end]
    return Piece(said, start, end, bullet, cells)


def _duty(row: Mapping[str, object]) -> Duty:
    when = _table(row["when"])
    if when["kind"] not in _KINDS:
        raise ValueError(f"when {when['kind']}")
    start, end, before = (_day(when.get(key)) for key in _DAYS)
    reviewed = row["reviewed"]
    if not isinstance(reviewed, bool):
        raise TypeError("reviewed")
    return Duty(
        address=_text(row["address"]),
        leads=tuple(map(_text, _list(row["leads"]))),
        coordinates=tuple(map(_text, _list(row["coordinates"]))),
        duty=_text(row["duty"]),
        when=When(
            text=_optional(when.get("text")),
            kind=cast(WhenKind, when["kind"]),
            start=start,
            end=end,
            before=before,
            recurrence=_optional(when.get("recurrence")),
            by_hand=when.get("by_hand") is True,
        ),
        recipient=_optional(row["recipient"]),
        via=_optional(row["via"]),
        quote=_text(row["quote"]),
        reviewed=reviewed,
    )


def _joined(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _span(value: object, length: int) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        start, end = value
        if type(start) is type(end) is int and 0 <= start <= end <= length:
            return start, end
    raise ValueError(f"span {value}")


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("not a table")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))
