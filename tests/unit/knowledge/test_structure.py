"""structure.json: what was reviewed is loaded as it was, and a damaged file is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Clause, Document, Duty, Piece, When
from knowledge.duties import read_duties
from knowledge.errors import InvalidDocument
from knowledge.library import SHIPPED, load_document, load_library
from knowledge.reading.outline import read_clauses
from knowledge.structure import FILE, dumps, from_json, loads, to_json
from tests.builders import a_document

UNSEEN = sorted((Path(__file__).parents[2] / "papers_unseen").glob("*.txt"))
TEXT = "I. VIỆC\n\n1. **Giao** Phòng A  báo cáo Sở B trước ngày 15/6/2025.\n"
TOML = """\
id = "ke-hoach-thu"
short_title = "Kế hoạch thử"

[identity]
kind = "Kế hoạch"
date = "2025"

[validity]
status = "in_force"
reason = "chưa thấy văn bản thay thế"
"""


def again(clauses: tuple[Clause, ...], duties: tuple[Duty, ...], text: str) -> object:
    return loads(dumps(clauses, duties, text).encode("utf-8"), text)


@pytest.mark.parametrize("paper", load_library(SHIPPED).documents, ids=lambda paper: paper.id)
def test_a_shipped_paper_comes_back_as_it_was(paper: Document) -> None:
    assert again(paper.clauses, paper.duties, paper.text) == (paper.clauses, paper.duties)


@pytest.mark.parametrize("file", UNSEEN, ids=lambda file: file.stem)
def test_a_paper_as_it_was_read_comes_back(file: Path) -> None:
    text = file.read_bytes().decode("utf-8")
    clauses = read_clauses(text)
    duties = read_duties(text, clauses)
    assert again(clauses, duties, text) == (clauses, duties)


def test_what_a_person_has_changed_comes_back() -> None:
    piece = Piece("Giao Phòng A báo cáo Sở B.", 13, 20, bullet=False, row=True)
    clauses = (
        Clause("I", "I.", "Việc khác", "Lời riêng, không phải các mảnh ghép lại", 0, len(TEXT)),
        Clause("I.1", "1.", "", piece.text, 9, len(TEXT), "I", (piece,)),
    )
    when = When("trước ngày 15/6", "before", None, date(2025, 6, 14), date(2025, 6, 15), "FREQ=X")
    duties = (
        Duty("I.1", ("Phòng A", "Phòng B"), ("Sở C",), "Báo cáo", when, "Sở B", "Sở D", "q", True),
        Duty("I.1", (), (), "Khác", When(), None, None, ""),
    )
    assert again(clauses, duties, TEXT) == (clauses, duties)


def reviewed(folder: Path) -> Path:
    """A paper whose one duty was put right by hand."""
    made = folder / "3"
    made.mkdir()
    (made / "document.toml").write_text(TOML, "utf-8")
    (made / "text.txt").write_bytes(TEXT.encode("utf-8"))
    clauses = read_clauses(TEXT)
    (duty,) = read_duties(TEXT, clauses, year=2025)
    right = replace(duty, leads=("Phòng Z",), reviewed=True)
    (made / FILE).write_text(dumps(clauses, (right,), TEXT), "utf-8")
    return made


def test_a_paper_is_loaded_as_it_was_reviewed(tmp_path: Path) -> None:
    paper = load_document(reviewed(tmp_path), "ke-hoach-thu")
    assert paper.clauses == read_clauses(TEXT)
    assert [(duty.leads, duty.reviewed) for duty in paper.duties] == [(("Phòng Z",), True)]


def test_a_folder_that_is_not_called_as_its_paper_needs_the_id(tmp_path: Path) -> None:
    made = reviewed(tmp_path)
    with pytest.raises(InvalidDocument, match="3: id “ke-hoach-thu”"):
        load_document(made)
    with pytest.raises(InvalidDocument, match="khac: id “ke-hoach-thu”"):
        load_document(made, "khac")


def test_a_structure_of_another_text_is_refused(tmp_path: Path) -> None:
    made = reviewed(tmp_path)
    (made / "text.txt").write_bytes(TEXT.replace("15/6", "16/6").encode("utf-8"))
    with pytest.raises(InvalidDocument, match=r"ke-hoach-thu: structure\.json không phải của"):
        load_document(made, "ke-hoach-thu")


@pytest.mark.parametrize("stored", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000, b"{}"])
def test_a_file_that_is_no_structure_is_refused(stored: bytes, tmp_path: Path) -> None:
    made = reviewed(tmp_path)
    (made / FILE).write_bytes(stored)
    with pytest.raises(InvalidDocument, match=r"ke-hoach-thu: structure\.json bị hỏng"):
        load_document(made, "ke-hoach-thu")


Change = Callable[[Any], object]
DAMAGES: list[Change] = [
    lambda data: data.update(format=2),
    lambda data: data.pop("duties"),
    lambda data: data["clauses"].append(data["clauses"][0]),  # an address twice
    lambda data: data["clauses"].reverse(),  # a child before its parent
    lambda data: data["clauses"][0].update(span=[0, 100_000]),
    lambda data: data["clauses"][0].update(span=[5, 4]),
    lambda data: data["clauses"][0].update(heading=None),
    lambda data: data["clauses"][1]["pieces"][0].__setitem__(1, "20"),
    lambda data: data["clauses"][1]["pieces"][0].__setitem__(2, "list"),
    lambda data: data["clauses"][1].update(pieces=7),
    lambda data: data["duties"][0].update(address="IX"),
    lambda data: data["duties"][0].update(leads="Phòng A"),
    lambda data: data["duties"][0].update(reviewed="yes"),
    lambda data: data["duties"][0]["when"].update(kind="soon"),
    lambda data: data["duties"][0]["when"].update(end="2025-02-30"),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=map(str, range(len(DAMAGES))))
def test_a_structure_that_contradicts_itself_is_refused(damage: Change) -> None:
    clauses = read_clauses(TEXT)
    data = json.loads(json.dumps(to_json(clauses, read_duties(TEXT, clauses), TEXT)))
    from_json(data, TEXT)
    damage(data)
    with pytest.raises(InvalidDocument):
        from_json(data, TEXT)


def test_words_that_stand_in_the_text_are_not_stored_twice() -> None:
    paper = a_document()
    assert "Nâng cao nhận thức" not in dumps(paper.clauses, (), paper.text)
