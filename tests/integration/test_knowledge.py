"""Papers in and out, end to end: file → child process → library → index → answer, and back."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from index.build import current
from index.errors import IndexDamaged
from knowledge.library import SHIPPED, Library
from service.cli import app
from service.commands.doors import Doors
from service.library.editions import current_edition, history, paper_folder
from service.library.papers import library_of
from service.library.publishing import Shelf
from service.papers import add_papers, read_paper, remove_paper
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.papers import papers_of
from service.wiring import open_live, open_work
from tests.builders import some_settings
from tests.papers import docx_bytes, paragraph

DECISION = """THỦ TƯỚNG CHÍNH PHỦ
Số: 407/QĐ-TTg
Hà Nội, ngày 30 tháng 3 năm 2022

QUYẾT ĐỊNH
Phê duyệt Đề án truyền thông chính sách

Điều 1. Phê duyệt Đề án kèm theo Quyết định này.
Điều 2. Quyết định này có hiệu lực thi hành kể từ ngày ký ban hành.
Điều 3. Bộ Tư pháp chủ trì theo dõi việc nuôi cá cảnh trong công sở.

THỦ TƯỚNG
Phạm Văn B
"""
PLAN = """UBND TỈNH HÀ NAM
SỞ TƯ PHÁP
Số: 12/KH-STP
Hà Nam, ngày 15 tháng 01 năm 2024

KẾ HOẠCH
Truyền thông chính sách năm 2024 của Sở Tư pháp Hà Nam

I. MỤC ĐÍCH
1. Nâng cao nhận thức.
II. TỔ CHỨC THỰC HIỆN
1. Phòng Xây dựng văn bản gửi báo cáo trước ngày 10/12/2024.

GIÁM ĐỐC
Nguyễn Văn A
"""


def troly(settings: Settings, *arguments: str | Path, stdin: str | None = None) -> Result:
    """One command, with these settings."""
    doors = Doors(settings=lambda: settings)
    return CliRunner().invoke(app, [str(a) for a in arguments], obj=doors, input=stdin)


def write(folder: Path, name: str, text: str) -> Path:
    """A file to hand in; a `.docx` is a real one."""
    file = folder / name
    if file.suffix == ".docx":
        file.write_bytes(docx_bytes("".join(paragraph(line) for line in text.split("\n"))))
    else:
        file.write_text(text, "utf-8")
    return file


def kept(settings: Settings) -> set[str]:
    """Every paper and upload that is kept; drafts and leftovers would show here too."""
    uploads = settings.uploads_dir
    found = {path.name for path in uploads.iterdir()} if uploads.is_dir() else set()
    found |= {path.name for path in settings.data_dir.glob("staging-*")}
    return found | current_edition(settings).papers.keys()


def listed(settings: Settings) -> dict[str, dict[str, object]]:
    """`knowledge list`, by id."""
    rows = json.loads(troly(settings, "knowledge", "list", "--json").stdout)
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize("name", ["407.docx", "407.txt"])
def test_an_official_text_takes_the_place_of_the_digest_and_a_restart_keeps_it(
    tmp_path: Path, settings: Settings, name: str
) -> None:
    assert listed(settings)["407-qd-ttg"]["digest"] is True
    result = troly(settings, "knowledge", "add", write(tmp_path, name, DECISION))
    assert result.exit_code == 0, result.output
    assert "mã 407-qd-ttg" in result.stdout
    assert "Thay cho: Quyết định 407/QĐ-TTg (bản tóm lược)" in result.stdout

    paper = library_of(settings).get("407-qd-ttg")
    assert (paper.digest, paper.short_title) == (False, "Quyết định 407/QĐ-TTg")
    assert paper.validity.status == "in_force"  # what was reviewed of the digest stays true
    assert [c.address for c in paper.clauses if c.address.isdigit()] == ["1", "2", "3"]

    asked = troly(settings, "ask", "--json", "Ai theo dõi việc nuôi cá cảnh trong công sở?")
    line = json.loads(asked.stdout)
    assert line["citations"][0]["address"] == "3", line
    assert line["citations"][0]["digest"] is False
    assert "nuôi cá cảnh" in line["citations"][0]["quote"]


def test_taking_it_off_brings_the_digest_back(tmp_path: Path, settings: Settings) -> None:
    troly(settings, "knowledge", "add", write(tmp_path, "407.txt", DECISION))
    result = troly(settings, "knowledge", "remove", "407-qd-ttg")
    assert result.exit_code == 0, result.output
    assert listed(settings)["407-qd-ttg"]["digest"] is True
    assert not current_edition(settings).papers


@pytest.mark.parametrize(
    ("id_", "says"), [("407-qd-ttg", "đi kèm phần mềm"), ("khong-co", "Không có văn bản")]
)
def test_what_was_not_added_cannot_be_taken_off(settings: Settings, id_: str, says: str) -> None:
    result = troly(settings, "knowledge", "remove", id_)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_plan_is_named_described_and_kept_with_its_file(
    tmp_path: Path, settings: Settings
) -> None:
    file = write(tmp_path, "KH 2024.txt", PLAN)
    assert troly(settings, "knowledge", "add", file).exit_code == 0
    paper = library_of(settings).get("12-kh-stp")
    assert paper.short_title == "Kế hoạch 12/KH-STP của Sở Tư pháp Hà Nam"
    assert (paper.years, paper.validity.until) == ((2024, 2024), date(2024, 12, 31))
    assert paper.validity.status == "expired"
    assert paper.text == PLAN
    uploads = list(settings.uploads_dir.iterdir())
    assert [upload.read_text("utf-8") for upload in uploads] == [PLAN]


def test_the_same_file_again_changes_nothing(tmp_path: Path, settings: Settings) -> None:
    file = write(tmp_path, "kh.txt", PLAN)
    troly(settings, "knowledge", "add", file)
    before = current(settings.index_dir)
    result = troly(settings, "knowledge", "add", file)
    assert (result.exit_code, "không đổi" in result.stdout) == (0, True)
    assert current(settings.index_dir) == before


def test_a_corrected_file_is_the_next_version(
    tmp_path: Path, settings: Settings, sqlite: Engine
) -> None:
    troly(settings, "knowledge", "add", write(tmp_path, "kh.txt", PLAN))
    corrected = PLAN.replace("10/12/2024", "15/12/2024")
    troly(settings, "knowledge", "add", write(tmp_path, "kh sua.txt", corrected))
    assert "15/12/2024" in library_of(settings).get("12-kh-stp").text
    with transaction(sqlite) as session:
        first, second = papers_of(session, "12-kh-stp")
        assert (first.version, second.version) == (1, 2)
        assert first.superseded_at is not None
        assert second.superseded_at is None


def test_another_office_with_the_same_number_is_another_paper(
    tmp_path: Path, settings: Settings
) -> None:
    troly(settings, "knowledge", "add", write(tmp_path, "a.txt", PLAN))
    other = PLAN.replace("SỞ TƯ PHÁP", "SỞ TÀI CHÍNH").replace("Sở Tư pháp", "Sở Tài chính")
    assert troly(settings, "knowledge", "add", write(tmp_path, "b.txt", other)).exit_code == 0
    assert {"12-kh-stp", "12-kh-stp-so-tai-chinh-2024"} <= listed(settings).keys()


def test_the_office_may_choose_id_and_title(tmp_path: Path, settings: Settings) -> None:
    file = write(tmp_path, "a.txt", PLAN)
    chosen = ("--id", "ke-hoach-ha-nam", "--title", "Kế hoạch  Hà Nam")
    assert troly(settings, "knowledge", "add", file, *chosen).exit_code == 0
    assert listed(settings)["ke-hoach-ha-nam"]["title"] == "Kế hoạch Hà Nam"


@pytest.mark.parametrize("id_", ["../x", "Có Dấu", "a--b", "", "-a", "a" * 101, "a/b"])
def test_an_id_that_is_no_folder_name_is_refused(
    tmp_path: Path, settings: Settings, id_: str
) -> None:
    file = write(tmp_path, "a.txt", PLAN)
    result = troly(settings, "knowledge", "add", file, f"--id={id_}")
    assert (result.exit_code, kept(settings)) == (2, set())


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"", "không có chữ"),
        ("a.exe", b"MZ", "chưa đọc được"),
        ("a.docx", b"PK\x03\x04 broken", "hỏng"),
        ("a.pdf", b"%PDF-1.7 broken", ""),
        ("missing.txt", None, "Không tìm thấy"),
    ],
)
def test_a_refused_file_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, settings: Settings, name: str, data: bytes | None, says: str
) -> None:
    file = tmp_path / name
    if data is not None:
        file.write_bytes(data)
    for command in ("add", "inspect"):
        result = troly(settings, "knowledge", command, file)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert says in result.stderr
        assert result.stderr.startswith(f"{name}: ")
        assert len(result.stderr.splitlines()) == 1
    assert kept(settings) == set()


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, upload_limit_mb=1)
    file = write(tmp_path, "a.txt", PLAN + "x" * (1 << 20))
    result = troly(settings, "knowledge", "add", file)
    assert result.exit_code == 2
    assert "1 MB" in result.stderr


def test_several_files_are_taken_or_refused_one_by_one(tmp_path: Path, settings: Settings) -> None:
    good, bad = write(tmp_path, "a.txt", PLAN), write(tmp_path, "b.exe", "x")
    result = troly(settings, "knowledge", "add", bad, good)
    assert result.exit_code == 1
    assert "b.exe" in result.stderr
    assert "12-kh-stp" in listed(settings)


def fails(_library: Library) -> None:
    """An index that cannot be built."""
    raise IndexDamaged


def idle(_library: Library) -> None:
    """Nothing here is searched."""


def test_nothing_answers_otherwise_when_the_index_or_the_database_fails(
    tmp_path: Path, settings: Settings, sqlite: Engine
) -> None:
    read = read_paper(settings, write(tmp_path, "a.txt", PLAN))
    with pytest.raises(IndexDamaged):
        add_papers(Shelf(settings, sqlite, fails), library_of(settings), [read])
    assert "12-kh-stp" not in library_of(settings)
    assert current_edition(settings).number == 0
    with transaction(sqlite) as session:
        assert papers_of(session, "12-kh-stp") == []


def test_a_failed_new_version_leaves_the_old_one(
    tmp_path: Path, settings: Settings, sqlite: Engine
) -> None:
    shelf = Shelf(settings, sqlite, idle)
    first = read_paper(settings, write(tmp_path, "a.txt", PLAN))
    add_papers(shelf, library_of(settings), [first])
    before = current_edition(settings)

    changed = read_paper(settings, write(tmp_path, "a.txt", PLAN.replace("10/12", "11/12")))
    failing = Shelf(settings, sqlite, fails)
    with pytest.raises(IndexDamaged):
        add_papers(failing, library_of(settings), [changed])
    with pytest.raises(IndexDamaged):
        remove_paper(failing, "12-kh-stp")
    assert current_edition(settings) == before
    assert "10/12/2024" in library_of(settings).get("12-kh-stp").text
    # What was left of it is in nobody's way.
    add_papers(shelf, library_of(settings), [changed])
    assert "11/12/2024" in library_of(settings).get("12-kh-stp").text


def test_several_papers_are_one_edition(tmp_path: Path, settings: Settings) -> None:
    other = write(tmp_path, "b.txt", PLAN.replace("12/KH-STP", "13/KH-STP"))
    troly(settings, "knowledge", "add", write(tmp_path, "a.txt", PLAN), other)
    assert current_edition(settings).number == 1
    assert {"12-kh-stp", "13-kh-stp"} <= listed(settings).keys()


def test_papers_from_before_there_were_editions_become_the_first(
    tmp_path: Path, settings: Settings, sqlite: Engine
) -> None:
    shelf = Shelf(settings, sqlite, idle)
    add_papers(shelf, library_of(settings), [read_paper(settings, write(tmp_path, "a.txt", PLAN))])
    old = settings.data_dir / "library" / "12-kh-stp"
    old.parent.mkdir()
    shutil.copytree(paper_folder(settings, "12-kh-stp", 1), old)
    shutil.rmtree(settings.data_dir / "editions")
    shutil.rmtree(settings.data_dir / "papers")

    assert "12-kh-stp" in library_of(settings)
    assert not old.parent.exists()
    other = write(tmp_path, "b.txt", PLAN.replace("12/KH-STP", "13/KH-STP"))
    add_papers(shelf, library_of(settings), [read_paper(settings, other)])
    assert {"12-kh-stp", "13-kh-stp"} <= {d.id for d in library_of(settings).documents}
    assert [edition.what for edition in history(settings)] == ["published", "first", "first"]


def test_a_running_server_sees_what_was_added(tmp_path: Path, settings: Settings) -> None:
    live = open_live(settings)
    first = live.current()
    assert live.current() is first or live.current() is live.current()
    troly(settings, "knowledge", "add", write(tmp_path, "a.txt", PLAN))
    assert "12-kh-stp" in live.library
    troly(settings, "knowledge", "remove", "12-kh-stp")
    assert "12-kh-stp" not in live.library


def test_a_worker_is_put_together_from_the_settings(settings: Settings) -> None:
    work = open_work(settings)
    try:
        assert list(work.post.limits) == ["web"]
    finally:
        work.post.desk.engine.dispose()


def test_inspect_prints_the_contract(settings: Settings) -> None:
    file = SHIPPED / "hai-phong-gddt-2023" / "text.txt"
    found = json.loads(troly(settings, "knowledge", "inspect", "--json", file).stdout)
    assert list(found) == ["identity", "clauses", "duties", "warnings"]
    assert "III#2.6" in {clause["address"] for clause in found["clauses"]}
    assert not settings.data_dir.exists()
    shown = troly(settings, "knowledge", "inspect", file)
    assert shown.exit_code == 0
    assert "III#2.6" in shown.stdout


def test_the_index_can_go_back_until_the_library_changes(
    tmp_path: Path, settings: Settings
) -> None:
    assert troly(settings, "index", "build").exit_code == 0
    first = current(settings.index_dir)
    assert troly(settings, "index", "rollback").exit_code == 1  # there is nothing to go back to
    troly(settings, "knowledge", "add", write(tmp_path, "a.txt", PLAN))
    assert troly(settings, "index", "rollback").exit_code == 0
    # It survives a start, and says so.
    assert troly(settings, "ask", "tiêu chí?").exit_code == 0
    assert current(settings.index_dir) == first
    assert "do người quản trị chọn" in troly(settings, "index", "status").stdout
    other = PLAN.replace("12/KH-STP", "13/KH-STP")
    troly(settings, "knowledge", "add", write(tmp_path, "b.txt", other))
    asked = troly(settings, "index", "status").stdout
    assert "khác với kho" not in asked


def test_an_index_of_papers_that_are_gone_is_not_gone_back_to(
    tmp_path: Path, settings: Settings
) -> None:
    troly(settings, "knowledge", "add", write(tmp_path, "a.txt", PLAN))
    troly(settings, "knowledge", "remove", "12-kh-stp")
    before = current(settings.index_dir)
    result = troly(settings, "index", "rollback")
    assert result.exit_code == 1
    assert "không còn khớp" in result.stderr
    assert current(settings.index_dir) == before
