"""A scan that is handed in as a paper: its words, and which of them a person must compare."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import EmptyDocument
from service.delivery import ocr
from service.library.reading import words_of
from tests.builders import some_settings
from tests.fakes import tesseract
from tests.pictures import a_page, encoded

TEXT = "KẾ HOẠCH\nsố 12/KH-STP\n\n1. Rà soát trước ngày 2O/9/2026.\n2. Tổng hợp."


@pytest.fixture
def scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a tesseract may be put."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ocr._speaks_vietnamese.cache_clear()
    return tmp_path


def read(folder: Path) -> tuple[str, tuple[str, ...]]:
    picture = encoded(a_page((300, 400)))
    found = words_of("quet.jpg", picture, some_settings(folder), lambda *_: None)
    return found.text, found.warnings


def test_lines_and_paragraphs_come_as_they_stand_on_the_page(scanner: Path) -> None:
    tesseract.install(scanner, TEXT)
    text, warnings = read(scanner)
    assert text == TEXT + "\n\f"
    assert len(warnings) == 1  # that it is a scan


def test_words_that_the_program_is_not_sure_of_are_named_with_their_page(scanner: Path) -> None:
    tesseract.install(scanner, TEXT, unsure=("soát", "2O/9/2026.", "2."))
    _, warnings = read(scanner)
    assert warnings[1] == (
        "Trang 1 của bản quét có 3 chữ nhận dạng chưa chắc, như “2O/9/2026.”, “2.”, “soát”; "
        "Anh/chị vui lòng đối chiếu."
    )


def test_a_page_of_which_nothing_is_sure_names_a_few(scanner: Path) -> None:
    words = " ".join(f"chữ{n}" for n in range(50))
    tesseract.install(scanner, words, unsure=tuple(words.split()))
    _, warnings = read(scanner)
    assert "có 50 chữ" in warnings[1]
    assert warnings[1].count("“") == 8


@pytest.mark.parametrize("broken", ["", "level\tpage\n5\t1\n", "không phải bảng\n5\t1\t1"])
def test_a_table_that_says_nothing_is_an_empty_page(scanner: Path, broken: str) -> None:
    tesseract.install(scanner, TEXT)
    (scanner / "table").write_text(broken, "utf-8")
    with pytest.raises(EmptyDocument):
        read(scanner)
