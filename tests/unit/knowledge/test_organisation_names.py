"""Names of places and bodies in folded tokens, and the tokens themselves."""

from __future__ import annotations

import pytest

from knowledge.library import SHIPPED, load_library
from knowledge.organisations import Names, load_organisations, tokens_of

NAMES = Names([("Sở Tư pháp", ["stp"]), ("Tư pháp", []), ("Hải Phòng", ["hp"])])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("QĐ407/2023", ["qd", "407", "2023"]),
        ("ngày 20/9/2023, điểm a1b", ["ngay", "20/9/2023", "diem", "a", "1", "b"]),
        ("2.05%; 12ab34.5", ["2.05", "12", "ab", "34", "5"]),
        ("Ia H’Drai", ["ia", "h", "drai"]),
    ],
)
def test_letters_and_digits_stand_apart(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("giao so tu phap va tu phap", ["Sở Tư pháp", "Tư pháp"]),
        ("sotuphap", ["Sở Tư pháp"]),
        ("sotu phap", ["Sở Tư pháp"]),  # glued in part
        ("haiphong hp", ["Hải Phòng", "Hải Phòng"]),
        ("so phap", []),
    ],
)
def test_names_are_found_however_they_are_glued(said: str, names: list[str]) -> None:
    assert [found.name for found in NAMES.find(said.split())] == names


@pytest.mark.parametrize(
    ("said", "name"), [("hai phonh", "Hải Phòng"), ("haj phong", "Hải Phòng"), ("hai hong", None)]
)
def test_a_slip_stands_for_the_one_name_that_is_as_near(said: str, name: str | None) -> None:
    found = NAMES.near(said.split(), 0)
    assert (found.name if found else None) == name


def test_no_name_of_a_paper_is_passed_over() -> None:
    bodies = load_organisations().body_names
    for document in load_library(SHIPPED).documents:
        tokens = tokens_of(document.text)
        at, expected = 0, []
        while at < len(tokens):
            hit = bodies.at(tokens, at)
            expected += [hit] if hit else []
            at = hit.end if hit else at + 1
        assert bodies.find(tokens) == expected
