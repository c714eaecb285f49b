"""Who sees a paper: everybody, officers, the people of a unit."""

from __future__ import annotations

import pytest

from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by, sees
from tests.builders import a_document

UNIT = OFFICERS | {"units:12"}


@pytest.mark.parametrize(
    ("audience", "readers", "seen"),
    [
        (("public",), PUBLIC, True),
        (("public",), UNIT, True),
        (("officers",), PUBLIC, False),
        (("officers",), OFFICERS, True),
        (("units:12",), OFFICERS, False),
        (("units:12",), UNIT, True),
        (("units:1",), UNIT, False),
        (("officers", "units:12"), OFFICERS, True),
        (("officers", "units:12"), frozenset(("units:12",)), True),
        ((), UNIT, False),
    ],
)
def test_a_paper_is_seen_by_whoever_shares_an_audience(
    audience: tuple[str, ...], readers: Readers, seen: bool
) -> None:
    assert sees(a_document(audience=audience), readers) is seen


def test_what_is_seen_of_a_library_keeps_its_order() -> None:
    closed, first, last = (
        a_document(id_, audience=(name,))
        for id_, name in (("b", "officers"), ("c", "public"), ("a", "public"))
    )
    library = Library((closed, first, last))
    assert seen_by(library, PUBLIC).documents == (first, last)
    assert seen_by(library, OFFICERS) is library
    assert seen_by(Library((closed,)), PUBLIC).documents == ()
