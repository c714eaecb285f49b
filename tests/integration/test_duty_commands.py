"""`troly duties` as it is typed: the list, the review by options and one by one, new versions."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from service.cli import app
from service.commands.doors import Doors
from service.library.papers import library_of
from service.library.publishing import Shelf
from service.papers import add_papers, read_paper, remove_paper
from service.settings import Settings

SHIPPED = "hai-phong-gddt-2023"
ADDED = "12-kh-stp"
PLAN = """UBND TỈNH HÀ NAM
SỞ TƯ PHÁP
Số: 12/KH-STP
Hà Nam, ngày 15 tháng 01 năm 2024

KẾ HOẠCH
Truyền thông chính sách năm 2024 của Sở Tư pháp Hà Nam

I. MỤC ĐÍCH
1. Nâng cao nhận thức.
II. TỔ CHỨC THỰC HIỆN
1. Phòng Xây dựng văn bản chủ trì, phối hợp với Văn phòng Sở gửi kế hoạch về Sở trước ngày 20/9/2024.
2. Văn phòng Sở chủ trì gửi báo cáo kết quả trước ngày 10/12/2024.
3. Phòng Phổ biến pháp luật chủ trì đăng tải dự thảo chính sách trên Trang thông tin điện tử.

GIÁM ĐỐC
Nguyễn Văn A
"""  # noqa: E501 – a paragraph is one line


class Typed(io.BytesIO):
    """What a person types in a terminal."""

    def isatty(self) -> bool:
        return True


#: Reviews a paper at a terminal: settings, id of the paper, what is typed → what is shown.
Review = Callable[[Settings, str, str], str]


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Review:
    """A review one by one."""

    def run(settings: Settings, document: str, typed: str) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Typed(typed.encode()), "utf-8"))
        doors = Doors(settings=lambda: settings)
        app(["duties", "review", document], obj=doors, standalone_mode=False)
        return capsys.readouterr().out

    return run


def troly(settings: Settings, *arguments: str) -> Result:
    """One command, with these settings."""
    doors = Doors(settings=lambda: settings)
    return CliRunner().invoke(app, ["duties", *arguments], obj=doors)


def rows(settings: Settings, *arguments: str) -> list[dict[str, object]]:
    """`duties list --json`."""
    result = troly(settings, "list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def states(settings: Settings) -> list[object]:
    """The state of each duty of the added paper."""
    return [row["state"] for row in rows(settings, "--document", ADDED)]


def add(settings: Settings, engine: Engine, folder: Path, text: str = PLAN) -> None:
    """Put the plan on the shelf; nothing here searches it."""
    file = folder / "plan.txt"
    file.write_text(text, "utf-8")
    shelf = Shelf(settings, engine, prepare=lambda library: None)
    add_papers(shelf, library_of(settings), [read_paper(settings, file)])


@pytest.fixture
def added(settings: Settings, sqlite: Engine, tmp_path: Path) -> Settings:
    """A library with a paper of the office, three duties in it."""
    add(settings, sqlite, tmp_path)
    assert states(settings) == ["waiting"] * 3
    return settings


def test_every_duty_is_listed_with_its_state(added: Settings) -> None:
    found = rows(added)
    counts = Counter((row["document"] == ADDED, row["state"]) for row in found)
    duties = sum(len(document.duties) for document in library_of(added).documents)
    assert counts == {(True, "waiting"): 3, (False, "reviewed"): duties - 3}
    assert list(found[0]) == [
        "document", "number", "address", "leads", "coordinates", "duty", "when", "recipient",
        "via", "quote", "state", "reviewed",
    ]  # fmt: skip
    of_one = [row["number"] for row in found if row["document"] == SHIPPED]
    assert of_one == list(range(1, len(of_one) + 1))
    assert all(row["reviewed"] == (row["state"] == "reviewed") for row in found)


def test_the_list_is_of_one_paper_or_of_what_waits(added: Settings) -> None:
    assert {row["document"] for row in rows(added, "--document", SHIPPED)} == {SHIPPED}
    assert {row["document"] for row in rows(added, "--waiting")} == {ADDED}
    assert rows(added, "--waiting", "--document", SHIPPED) == []


def test_the_list_for_people_says_what_programs_read(added: Settings) -> None:
    result = troly(added, "list", "--document", ADDED)
    assert result.exit_code == 0
    assert "Kế hoạch 12/KH-STP của Sở Tư pháp Hà Nam (12-kh-stp): 3 nhiệm vụ" in result.stdout
    assert "2. Mục II.2 (Tổ chức thực hiện) [II.2] – chờ rà soát" in result.stdout
    assert "trước ngày 10/12/2024 → đến hết 9/12/2024" in result.stdout
    assert "3 nhiệm vụ: 0 đã rà soát, 3 chờ rà soát, 0 loại." in result.stdout
    assert f"troly duties review {ADDED}" in result.stdout
    assert all(line == line.rstrip() for line in result.stdout.splitlines())


def test_options_decide_and_what_changed_is_printed(added: Settings) -> None:
    result = troly(added, "review", ADDED, "--accept", "1,3", "--reject", "2")
    assert result.exit_code == 0, result.output
    assert states(added) == ["reviewed", "rejected", "reviewed"]
    assert "1. [II.1]" in result.stdout
    assert result.stdout.count("chờ rà soát → đã rà soát") == 2
    assert "chờ rà soát → loại" in result.stdout
    again = troly(added, "review", ADDED, "--accept", "1")
    assert "Không có gì thay đổi." in again.stdout
    undone = troly(added, "review", ADDED, "--undo", "1-2")
    assert "đã rà soát → chờ rà soát" in undone.stdout
    assert "loại → chờ rà soát" in undone.stdout
    assert states(added) == ["waiting", "waiting", "reviewed"]


def test_all_leaves_out_what_is_named(added: Settings) -> None:
    assert troly(added, "review", ADDED, "--all", "--reject", "3").exit_code == 0
    assert states(added) == ["reviewed", "reviewed", "rejected"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["list", "--document", "khong-co"], "Không có văn bản khong-co"),
        (["review", "khong-co", "--all"], "Không có văn bản khong-co"),
        (["review", ADDED, "--accept", "1,9"], "Không có nhiệm vụ số 9; văn bản có 3 nhiệm vụ."),
        (["review", ADDED, "--accept", "1", "--reject", "x"], "Không hiểu “x”"),
        (["review", ADDED, "--accept", "1-2", "--undo", "2"], "hai kết quả khác nhau"),
        (["review", ADDED, "--accept", ""], "Không hiểu “”"),
        (["review", SHIPPED, "--reject", "1"], "đi kèm"),
        (["review", SHIPPED, "--undo", "1"], "đi kèm"),
        (["review", ADDED], "trong cửa sổ lệnh"),  # the input is no terminal
    ],
)
def test_wrong_input_is_a_sentence_and_changes_nothing(
    added: Settings, arguments: list[str], says: str
) -> None:
    result = troly(added, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
    assert states(added) == ["waiting"] * 3


def test_one_by_one_each_answer_is_kept_at_once(added: Settings, review: Review) -> None:
    # "đ" is what a Vietnamese keyboard makes of "dd"; "x" is asked again.
    shown = review(added, ADDED, "Đ\nx\ns\nl\n")
    assert states(added) == ["reviewed", "waiting", "rejected"]
    assert shown.count("d = đúng, l = loại, s = để sau, q = nghỉ") == 4
    assert "Nguyên văn: “Phòng Xây dựng văn bản chủ trì" in shown
    assert "Qua:        không ghi" in shown  # what is missing is to be checked too
    assert "3 nhiệm vụ: 1 đã rà soát, 1 chờ rà soát, 1 loại." in shown


@pytest.mark.parametrize("typed", ["d\nq\n", "d\n"])
def test_one_by_one_can_stop_and_go_on(added: Settings, review: Review, typed: str) -> None:
    review(added, ADDED, typed)
    assert states(added) == ["reviewed", "waiting", "waiting"]
    assert "Mục II.1 " not in review(added, ADDED, "l\nl\n")
    assert states(added) == ["reviewed", "rejected", "rejected"]


def test_where_nothing_waits_nothing_is_asked(added: Settings, review: Review) -> None:
    for document in (SHIPPED, "407-qd-ttg"):
        shown = review(added, document, "l\n")
        assert shown == f"Văn bản {document} không có nhiệm vụ nào chờ rà soát.\n"


def test_a_new_version_keeps_the_verdicts_on_what_is_the_same(
    added: Settings, sqlite: Engine, tmp_path: Path
) -> None:
    troly(added, "review", ADDED, "--accept", "1-2", "--reject", "3")
    add(added, sqlite, tmp_path, PLAN.replace("10/12/2024", "15/12/2024"))
    assert states(added) == ["reviewed", "waiting", "rejected"]
    add(added, sqlite, tmp_path)
    assert states(added) == ["reviewed", "reviewed", "rejected"]


def test_a_paper_that_comes_back_has_its_verdicts(
    added: Settings, sqlite: Engine, tmp_path: Path
) -> None:
    troly(added, "review", ADDED, "--all")
    remove_paper(Shelf(added, sqlite, prepare=lambda library: None), ADDED)
    assert troly(added, "list", "--document", ADDED).exit_code == 2
    add(added, sqlite, tmp_path)
    assert states(added) == ["reviewed"] * 3


@pytest.mark.parametrize("command", [["list"], ["review"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    result = CliRunner().invoke(app, ["duties", *command, "--help"])
    assert result.exit_code == 0
    assert "rà soát" in result.stdout
