"""Who does what, with whom, by when, reporting to whom: read from the clauses of a paper."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.documents import Clause, Duty


def read_duties(
    text: str, clauses: Sequence[Clause], *, year: int | None = None
) -> tuple[Duty, ...]:
    """The duties a paper states; `year` is the paper's own, for dates printed without one."""
    return ()
