"""Folders as papers: what is read, what is refused and in which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.documents import DigestEntry
from knowledge.errors import CitationNotFound, InvalidDocument
from knowledge.library import SHIPPED, load_document, load_library

PLAN = """\
id = "ke-hoach-thu"
short_title = "Kế hoạch thử"
years = [2024, 2025]
implements = ["407-qd-ttg"]
audience = ["officers", "units:phong-a"]
source = "Tự soạn"

[identity]
kind = "Kế hoạch"
number = "/KH-ABC"
date = "2024-02"

[validity]
status = "expired"
reason = "hết kỳ kế hoạch"
until = 2025-12-31
recorded = 2026-11-21

[[notes]]
slip = "Hung Yên"
note = "Bản gốc in như vậy."
"""
TEXT = "Hung Yên, năm 2024\r\n\r\nI. VIỆC\r\n\r\n1. Giao Phòng A báo cáo Sở B trước ngày 15/6.\r\n"
DIGEST = """\
id = "ke-hoach-thu"
short_title = "Bản tóm lược thử"
digest = true

[identity]

[validity]
status = "in_force"
reason = "chưa thấy văn bản thay thế"

[sources]
S1 = "Báo A"

[[entries]]
address = "I.1"
sources = ["S1"]
confidence = "inferred"
numbered = false
"""


def folder(where: Path, toml: str = PLAN, text: str = TEXT, name: str = "ke-hoach-thu") -> Path:
    made = where / name
    made.mkdir(parents=True)
    (made / "document.toml").write_text(toml, "utf-8")
    (made / "text.txt").write_bytes(text.encode("utf-8"))
    return made


def test_a_paper_as_it_was_written_down(tmp_path: Path) -> None:
    paper = load_document(folder(tmp_path))
    assert (paper.id, paper.short_title, paper.version) == ("ke-hoach-thu", "Kế hoạch thử", 1)
    assert paper.text == TEXT, "stored byte for byte"
    assert paper.identity.number == "/KH-ABC"
    assert paper.identity.signatory is None
    assert paper.years == (2024, 2025)
    assert paper.audience == ("officers", "units:phong-a")
    assert paper.validity.until == date(2025, 12, 31)
    assert paper.notes == (("Hung Yên", "Bản gốc in như vậy."),)
    assert [clause.address for clause in paper.clauses] == ["head", "I", "I.1"]


def test_a_date_without_a_year_takes_the_papers(tmp_path: Path) -> None:
    (duty,) = load_document(folder(tmp_path)).duties
    assert duty.when.before == date(2024, 6, 15)
    assert not duty.reviewed, "an added paper waits for a person"


def test_a_digest_has_sources_and_no_duties(tmp_path: Path) -> None:
    paper = load_document(folder(tmp_path, DIGEST))
    assert paper.digest
    assert paper.duties == ()
    assert paper.entries == (DigestEntry("I.1", ("S1",), "inferred", numbered=False),)
    assert paper.sources == (("S1", "Báo A"),)


def test_a_later_folder_supersedes(tmp_path: Path) -> None:
    folder(tmp_path / "shipped", DIGEST)
    folder(tmp_path / "shipped", PLAN.replace("ke-hoach-thu", "kh-2"), name="kh-2")
    folder(tmp_path / "office", PLAN)
    library = load_library(tmp_path / "shipped", tmp_path / "office", tmp_path / "missing")
    assert [paper.id for paper in library.documents] == ["ke-hoach-thu", "kh-2"]
    assert not library.get("ke-hoach-thu").digest
    assert "kh-2" in library
    assert "kh-3" not in library
    with pytest.raises(CitationNotFound, match="kh-3"):
        library.get("kh-3")


def test_shipped_duties_are_reviewed() -> None:
    library = load_library(SHIPPED)
    duties = [duty for paper in library.documents for duty in paper.duties]
    assert len(duties) >= 50
    assert all(duty.reviewed for duty in duties)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('short_title = "Kế hoạch thử"\n', "", "thiếu short_title"),
        ('short_title = "Kế hoạch thử"', 'short_title = " "', "short_title phải là chữ"),
        ('id = "ke-hoach-thu"', 'id = "../thu"', "id = “../thu” không đúng mẫu"),
        ('id = "ke-hoach-thu"', 'id = "khac"', "phải trùng tên thư mục"),
        ("years = [2024, 2025]", "years = [2025, 2024]", "years phải là"),
        ("years = [2024, 2025]", "yeers = [2024, 2025]", "không hiểu khóa yeers"),
        ('date = "2024-02"', 'date = "02/2024"', "identity.date = “02/2024”"),
        ('date = "2024-02"', 'date = "2024-13"', "không có thật"),
        ('status = "expired"', 'status = "het"', "validity.status = “het”"),
        ("until = 2025-12-31", 'until = "2025"', "until phải là ngày"),
        ('reason = "hết kỳ kế hoạch"\n', "", "thiếu reason"),
        ('slip = "Hung Yên"', 'slip = "Hưng Yên"', "“Hưng Yên” không có trong text.txt"),
        ('"units:phong-a"', '"ai cũng được"', "audience = “ai cũng được”"),
        ('implements = ["407-qd-ttg"]', 'implements = "407"', "implements phải là danh sách"),
        ("[validity]", "[validty]", "validty"),
        ("[identity]", "[[identity]]", "thiếu phần \\[identity\\]"),
        ("id =", "id", "không đọc được"),
        ('source = "Tự soạn"', "digest = true", "phải có \\[\\[entries\\]\\]"),
        ('source = "Tự soạn"', 'digest = "yes"', "digest phải là true hoặc false"),
        ('source = "Tự soạn"', "version = 0", "version phải là số nguyên dương"),
        ('source = "Tự soạn"', "scanned = [[0, 999999]]", "scanned phải là các đoạn"),
        ('source = "Tự soạn"', "scanned = [[4, 9], [8, 9]]", "scanned phải là các đoạn"),
        ('source = "Tự soạn"', "scanned = true", "scanned phải là các đoạn"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in PLAN
    made = folder(tmp_path, PLAN.replace(old, new, 1))
    with pytest.raises(InvalidDocument, match=words):
        load_document(made)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('address = "I.1"', 'address = "IX"', "mục IX không có trong text.txt"),
        ('sources = ["S1"]', 'sources = ["S2"]', "thiếu nguồn S2"),
        ('sources = ["S1"]', "sources = []", "thiếu nguồn"),
        ('confidence = "inferred"', 'confidence = "sure"', "confidence = “sure”"),
        ("digest = true\n", "", "chỉ bản tóm lược"),
    ],
)
def test_a_mistake_in_a_digest_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in DIGEST
    made = folder(tmp_path, DIGEST.replace(old, new, 1))
    with pytest.raises(InvalidDocument, match=words):
        load_document(made)


def test_missing_and_undecodable_files_are_named(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (made / "text.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidDocument, match="không đọc được"):
        load_document(made)
    (made / "text.txt").unlink()
    with pytest.raises(InvalidDocument, match=r"thiếu tệp text\.txt"):
        load_document(made)
