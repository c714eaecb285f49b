"""Which unit somebody means who types its name from memory."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from knowledge.vietnamese import fold

_ALIKE, _LEAD, _NEAR = 90, 5, 60  #: of 100; how sure a name must be, and how far ahead
_OFFERED = 4  #: names that may have been meant


def alike(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Which of the known names was meant: one that is sure, else those that come near."""
    wanted = fold(name)
    exact = tuple(one for one in known if fold(one) == wanted)
    if len(exact) == 1:
        return exact
    scored = sorted(((fuzz.WRatio(wanted, fold(n)), n) for n in known), reverse=True)
    near = [(score, n) for score, n in scored[:_OFFERED] if score >= _NEAR]
    if not near:
        return ()
    ahead = near[0][0] - near[1][0] if len(near) > 1 else 100
    if fuzz.ratio(wanted, fold(near[0][1])) >= _ALIKE and ahead >= _LEAD:
        return (near[0][1],)
    # One that is not sure is offered with another: who is asked looks before choosing.
    return tuple(n for _, n in (near if len(near) > 1 else scored[:2]))
