"""Thousands of numbers in one statement, as one value of it.

As a value each they would cost more than what the database does with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, func, literal, select, type_coerce
from sqlmodel import Session

from service.storage.upserts import dialect_of


def among(session: Session, column: Any, numbers: Iterable[int]) -> ColumnElement[bool]:
    """The condition that a column holds one of these numbers."""
    found: ColumnElement[bool] = column.in_(rows(session, [(one,) for one in numbers], 1))
    return found


def rows(session: Session, values: Sequence[tuple[int, ...]], width: int) -> Select[Any]:
    """A select of these rows of `width` numbers."""
    if dialect_of(session) == "sqlite":
        one = func.json_each(json.dumps(values)).table_valued("value").c.value
        return _select(func.json_extract(one, f"$[{place}]") for place in range(width))
    columns = zip(*values, strict=True) if values else ((),) * width
    arrays = (literal(list(column), ARRAY(Integer)) for column in columns)
    names = [f"n{place}" for place in range(width)]
    table = func.unnest(*arrays).table_valued(*names).render_derived()
    return _select(table.c[name] for name in names)


def _select(columns: Iterable[ColumnElement[Any]]) -> Select[Any]:
    return select().add_columns(*(type_coerce(column, Integer) for column in columns))
