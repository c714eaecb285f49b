"""The units that are searched: folded syllables and pairs of neighbours."""

from __future__ import annotations

from itertools import pairwise

from knowledge.vietnamese import syllables

PAIR = "_"  #: joins two neighbouring syllables: "chinh_sach"


def tokens(text: str) -> list[str]:
    """Folded syllables and numbers of `text`; leading zeros dropped, so that 05/9 is 5/9."""
    return [_number(token) if token[0].isdigit() else token for token in syllables(text)]


def terms(text: str) -> list[str]:
    """Folded syllables of `text` followed by its adjacent pairs: "chính sách" has chinh_sach."""
    return with_pairs(tokens(text))


def with_pairs(units: list[str]) -> list[str]:
    """The units, then each two neighbours joined."""
    pairs = [f"{left}{PAIR}{right}" for left, right in pairwise(units)]
    return units + pairs


def _number(token: str) -> str:
    """Without leading zeros: "06/2023" is "6/2023"; the decimal "2.05" keeps its zero."""
    return "/".join(
        (part.lstrip("0") or "0") if part.isdigit() else part for part in token.split("/")
    )
