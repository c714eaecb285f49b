"""Turn the pages of a long list from row to row: one far back costs what the first one does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Protocol, TypeVar

from fastapi import Query

#: The number of a row beside which a page begins.
RowNumber = Annotated[int | None, Query(ge=1, lt=2**31)]


class Numbered(Protocol):
    """A row of a table whose numbers grow."""

    id: int | None


Row = TypeVar("Row", bound=Numbered)


def turned(
    read: Callable[[int | None, int | None], Sequence[Row]],
    per_page: int,
    before: int | None,
    after: int | None,
) -> tuple[Sequence[Row], int | None, int | None]:
    """The rows of a page, and the numbers after and before which the next pages lie.

    `read` gives one row more than a page has, the newest first: those before a number, the ones
    next after it, or the first of all. None: there is no page on that side.
    """
    if after is not None and before is None:
        rows = read(None, after)
        if len(rows) > per_page:  # the first of them, the newest, belongs to the page before
            rows = rows[1:]
            return rows, rows[0].id, rows[-1].id
        before = None  # all that is newer fits: that is the first page
    rows = read(before, None)
    older = rows[per_page - 1].id if len(rows) > per_page else None
    rows = rows[:per_page]
    return rows, rows[0].id if before is not None and rows else None, older
