"""`troly evaluate` as it is typed: figures, parts, another index, the report, wrong files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.evaluation import read_questions
from index.build import status
from knowledge.library import Library
from service.cli import app
from service.commands.doors import Doors
from service.indexing import build_index, nothing
from service.library.papers import library_of
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.office import Office, set_office
from service.storage.question_set import import_set
from service.wiring import open_storage
from tests.builders import NOON, some_settings

DEADLINE = "Hạn gửi kế hoạch truyền thông chính sách năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
RIGHT = {
    "id": "q1",
    "question": DEADLINE,
    "expected": "answer",
    "document": "hai-phong-gddt-2023",
    "address": "III#2.6",
    "must_contain": ["20/9/2023"],
    "kind": "hạn nộp",
}
#: Its answer is not what this line expects: wrong, and said with confidence.
WRONG = {"id": "q2", "question": DEADLINE, "expected": "silent", "kind": "<b>sai</b>"}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped library with its index, and one before it that lacks a paper."""
    settings = some_settings(tmp_path_factory.mktemp("evaluate"))
    library = library_of(settings)
    less = Library(tuple(d for d in library.documents if d.id != "hai-phong-gddt-2023"))
    build_index(settings, less, nothing)
    build_index(settings, library, nothing)
    return settings


def evaluate(settings: Settings, *arguments: str | Path) -> Result:
    """One run."""
    doors = Doors(settings=lambda: settings)
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], obj=doors)


def write(folder: Path, *lines: object) -> Path:
    """A question file; a string is a line as it is."""
    file = folder / "cau-hoi.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts), "utf-8")
    return file


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A question that is answered right and one that is not."""
    return write(tmp_path, RIGHT, WRONG)


def test_every_spelling_is_asked_and_counted(indexed: Settings, questions: Path) -> None:
    result = evaluate(indexed, questions)
    assert result.exit_code == 0, result.output
    told = " ".join(result.stdout.split())
    assert "Tất cả 6 50,0%" in told
    for name in ("như viết", "không dấu", "nửa dấu"):
        assert f"{name} 2 50,0%" in told
    assert "trả lời 3 100,0%" in told
    assert "<b>sai</b> 3 0,0%" in told
    assert "Câu trích không nguyên văn: 0." in told
    assert result.stdout.count("q2 [<b>sai</b>, ") == 3
    assert "Lẽ ra phải nói là văn bản không nêu, trợ lý lại trả lời" in told
    assert result.stderr == ""  # no progress bar where nobody watches


def test_failures_can_be_left_out(indexed: Settings, questions: Path) -> None:
    assert "q2 [" not in evaluate(indexed, questions, "--no-failures").stdout


def test_the_parts_are_the_whole(indexed: Settings, tmp_path: Path) -> None:
    file = write(tmp_path, *({**RIGHT, "question": f"{DEADLINE} {n}"} for n in range(6)))
    asked = []
    for part in ("all", "development", "set-aside"):
        result = evaluate(indexed, file, "--no-failures", "--part", part)
        [line] = [line for line in result.stdout.splitlines() if line.startswith("Tất cả")]
        asked.append(int(line.split()[2]))
    assert asked[0] == asked[1] + asked[2] == 18
    assert min(asked) > 0


def test_another_index_shows_what_changes(
    indexed: Settings, questions: Path, tmp_path: Path
) -> None:
    kept = status(indexed.index_dir)
    assert kept.current is not None
    assert kept.previous is not None
    page = tmp_path / "bao-cao.html"
    result = evaluate(indexed, questions, "--against", kept.previous.name, "--html", page)
    assert result.exit_code == 0, result.output
    assert "Câu trả lời thay đổi so với chỉ mục kia: 6." in result.stdout
    html = page.read_text("utf-8")
    assert "6 lượt có câu trả lời khác: 3 lượt từ sai thành đúng" in html
    same = evaluate(indexed, questions, "--against", kept.current.name)
    assert "Câu trả lời thay đổi so với chỉ mục kia: 0." in same.stdout


def test_the_report_is_written_and_stands_alone(
    indexed: Settings, questions: Path, tmp_path: Path
) -> None:
    page = tmp_path / "bao-cao.html"
    with transaction(open_storage(indexed)) as session:
        set_office(session, Office("Sở Tư pháp tỉnh Cà Mau", "Cà Mau"), NOON)
    result = evaluate(indexed, questions, "--html", page, "--today", "2023-09-01")
    assert f"Đã ghi báo cáo {page}." in result.stdout
    html = page.read_text("utf-8")
    assert '<p class="office">Sở Tư pháp tỉnh Cà Mau</p>' in html
    assert "Chấm ngày 1/9/2023 · 2 câu hỏi · 3 cách gõ mỗi câu · 6 lượt hỏi" in html
    assert "&lt;b&gt;sai&lt;/b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("không phải JSON", "cau-hoi.jsonl:2: dòng này không phải là một đối tượng JSON."),
        ("[1]", "cau-hoi.jsonl:2: dòng này chưa đúng mẫu"),
        ({"id": "x", "question": "hạn?"}, "cau-hoi.jsonl:2: thiếu “expected”."),
        ({**RIGHT, "expected": "maybe"}, "cau-hoi.jsonl:2: dòng này chưa đúng mẫu"),
        ({**RIGHT, "question": " "}, "cau-hoi.jsonl:2: dòng này chưa đúng mẫu"),
        ({**RIGHT, "today": "hôm nay"}, "cau-hoi.jsonl:2: dòng này chưa đúng mẫu"),
    ],
)
def test_a_bad_line_is_named(settings: Settings, tmp_path: Path, line: object, says: str) -> None:
    result = evaluate(settings, write(tmp_path, RIGHT, line))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert not settings.data_dir.exists()  # refused before anything is opened


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["khong-co.jsonl"], "Không tìm thấy tệp khong-co.jsonl."),
        (["."], "Không đọc được ."),
        (["cau-hoi.jsonl", "--part", "half"], "--part phải là một trong: all, development"),
        (["cau-hoi.jsonl", "--today", "hôm nay"], "YYYY-MM-DD"),
        (["cau-hoi.jsonl", "--html", "khong-co/bao-cao.html"], "Không ghi được báo cáo"),
        (["cau-hoi.jsonl", "--html", "."], "Không ghi được báo cáo"),
        (["trong.jsonl"], "Không có câu hỏi nào để chấm."),
        (["latin.jsonl"], "latin.jsonl không phải là tệp chữ UTF-8"),
        ([], "Không có câu hỏi nào để chấm."),  # there is no tests/questions here
    ],
)
def test_wrong_input_is_a_sentence_and_exit_code_2(
    settings: Settings,
    questions: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(questions.parent)
    Path("trong.jsonl").write_text("\n\n", "utf-8")
    Path("latin.jsonl").write_bytes('{"id": "hạn"}'.encode("utf-16"))
    result = evaluate(settings, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["000009-00000000", "..", ""])
def test_an_index_that_is_not_there_is_named(indexed: Settings, questions: Path, name: str) -> None:
    kept = status(indexed.index_dir)
    result = evaluate(indexed, questions, "--against", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Không có chỉ mục {name}; hiện có: " in result.stderr
    for each in (kept.current, kept.previous):
        assert each is not None
        assert each.name in result.stderr


def test_an_index_that_is_broken_is_refused(indexed: Settings, questions: Path) -> None:
    previous = status(indexed.index_dir).previous
    assert previous is not None
    entries = indexed.index_dir / previous.name / "entries.json"
    whole = entries.read_bytes()
    entries.write_bytes(b"[]")
    try:
        result = evaluate(indexed, questions, "--against", previous.name)
    finally:
        entries.write_bytes(whole)
    assert result.exit_code == 2
    assert f"Không so được với chỉ mục {previous.name}: Chỉ mục bị hỏng" in result.stderr


def test_the_command_explains_itself() -> None:
    result = CliRunner().invoke(app, ["evaluate", "--help"])
    assert result.exit_code == 0
    assert "must_contain" in result.stdout


def test_the_offices_own_set_is_asked(indexed: Settings, questions: Path) -> None:
    refused = evaluate(indexed, "--set")
    assert refused.exit_code == 2
    assert "Bộ câu hỏi của cơ quan đang trống" in refused.output
    engine = open_storage(indexed)
    with transaction(engine) as session:
        import_set(session, read_questions(questions)[:1], NOON)
    engine.dispose()
    result = evaluate(indexed, "--set", "--no-failures")
    assert "Tất cả 3 100,0%" in " ".join(result.stdout.split())
    assert "chọn một trong hai" in evaluate(indexed, questions, "--set").output
