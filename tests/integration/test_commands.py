"""`troly` as it is typed: ask, chat, serve, help and exit codes."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from bot.answers import Answered, Outcome
from service.cli import app
from service.commands.doors import Doors
from service.commands.serve import listen, where_to_click
from service.errors import InvalidSettings, PortTaken
from service.settings import Settings
from service.shapes import Question
from service.storage.engine import transaction
from service.storage.questions import count_questions
from tests.builders import some_settings
from tests.fakes.answers import LEAD, SOURCE, STATUS, FakeAnswers


def troly(
    settings: Settings,
    *arguments: str,
    answers: FakeAnswers | None = None,
    stdin: str | bytes | None = None,
) -> Result:
    """One command over a fake assistant."""
    fake = answers or FakeAnswers()
    doors = Doors(settings=lambda: settings, answering=lambda _settings, _steps: fake)
    return CliRunner().invoke(app, list(arguments), obj=doors, input=stdin)


def test_one_question_is_answered_in_words_and_kept(settings: Settings, sqlite: Engine) -> None:
    result = troly(settings, "ask", "Hạn nộp là ngày nào?")
    assert result.exit_code == 0
    assert result.stdout.startswith("Năm 2023 (đã hết hạn): trước ngày 20/9/2023")
    with transaction(sqlite) as session:
        assert count_questions(session) == 1


def test_one_question_as_json_is_the_line_of_the_contract(settings: Settings) -> None:
    result = troly(settings, "ask", "--json", "nào?", "--today", "2023-09-01", "--unit", "x")
    line = json.loads(result.stdout)
    assert list(line) == ["id", "kind", "text", "citations", "choices", "milliseconds"]
    assert line["choices"] == [{"label": "Hải Phòng", "send": "hạn nộp Hải Phòng"}]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask"], "Thiếu câu hỏi"),
        (["ask", "  "], "để trống"),
        (["ask", "x" * 2001], "2.000"),
        (["ask", "hạn", "--today", "hôm nay"], "YYYY-MM-DD"),
        (["ask", "--batch", "/no/such/file.jsonl"], "Không tìm thấy tệp"),
    ],
)
def test_wrong_input_is_a_sentence_and_exit_code_2(
    settings: Settings, arguments: list[str], says: str
) -> None:
    result = troly(settings, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


LINES = '{"id": 1, "question": "hạn nộp?"}\n{"id": 2}\n{"id": 3, "question": "thời tiết?"}\n'


@pytest.mark.parametrize("source", ["-", "", "file"])
def test_a_batch_comes_from_a_file_or_from_standard_input(
    tmp_path: Path, settings: Settings, source: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(LINES, "utf-8")
    arguments = ["ask", "--batch", *([str(file)] if source == "file" else [source] * bool(source))]
    result = troly(settings, *arguments, stdin=LINES)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, 2, 3]
    assert list(lines[1]) == ["id", "error"]
    assert [lines[0]["kind"], lines[2]["kind"]] == ["answer", "silent"]
    assert result.exit_code == 1
    assert result.stderr == ""  # no progress bar where nobody watches


def test_a_batch_without_a_bad_line_ends_well_and_is_not_kept(settings: Settings) -> None:
    result = troly(settings, "ask", "--batch", stdin='{"question": "hạn"}')
    assert result.exit_code == 0
    assert not settings.data_dir.exists()


def test_a_batch_survives_a_terminal_of_another_alphabet(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = troly(settings, "ask", "--batch", stdin='{"question": "hạn"}')
    assert "Hải Phòng" in result.stdout_bytes.decode("utf-8")


def test_a_conversation_with_numbers_more_and_an_end(settings: Settings, sqlite: Engine) -> None:
    answers = FakeAnswers()
    typed = "nào?\n1\n1\n\n/moi\nthời tiết?\n/thoat\n"
    result = troly(settings, "chat", answers=answers, stdin=typed)
    assert result.exit_code == 0, result.output
    assert [question.text for question, _ in answers.asked] == [
        "nào?",
        "hạn nộp Hải Phòng",  # the first "1" chose it; the second unfolded the rest
        "thời tiết?",
    ]
    assert [len(question.history) for question, _ in answers.asked] == [0, 2, 0]
    assert "1. Hải Phòng" in result.stdout
    assert "1. Xem thêm" in result.stdout
    assert "“…”" in result.stdout
    assert "Mục III.6 (Tổ chức thực hiện)" in result.stdout
    with transaction(sqlite) as session:
        assert count_questions(session) == 3


def test_a_number_that_is_no_choice_is_not_a_question(settings: Settings) -> None:
    answers = FakeAnswers()
    result = troly(settings, "chat", answers=answers, stdin="nào?\n7\n")
    assert "từ 1 đến 1" in result.stdout
    assert len(answers.asked) == 1


def test_a_place_that_the_answer_names_is_not_named_again(settings: Settings) -> None:
    place = f"{SOURCE.place}, {SOURCE.title}"
    named = Answered(f"{LEAD}\n— {place}", "", STATUS, (SOURCE,))
    result = troly(settings, "chat", answers=FakeAnswers(lambda _question: named), stdin="hạn?\n")
    assert result.stdout.count(place) == 1


def test_a_conversation_ends_with_the_input(settings: Settings) -> None:
    assert troly(settings, "chat", stdin="").exit_code == 0


def test_a_message_that_cannot_be_asked_does_not_end_the_conversation(settings: Settings) -> None:
    answers = FakeAnswers()
    result = troly(settings, "chat", answers=answers, stdin="x" * 2001 + "\nhạn?\n")
    assert "2.000 ký tự" in result.stdout
    assert len(answers.asked) == 1


def test_a_port_in_use_is_a_clear_sentence(settings: Settings) -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        result = troly(settings, "serve", "--port", str(port))
        assert result.exit_code == 1
        assert f"Không mở được cổng {port}" in result.stderr
        with pytest.raises(PortTaken):
            listen("127.0.0.1", port)
    assert not settings.data_dir.exists()  # nothing is prepared in vain


def test_a_port_that_was_freed_can_be_used_at_once() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
    listen("127.0.0.1", port).close()
    assert socket.AF_INET


@pytest.mark.parametrize(
    ("host", "public", "shown"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8000"),
        ("0.0.0.0", None, "http://127.0.0.1:8000"),
        ("::1", None, "http://[::1]:8000"),
        ("127.0.0.1", "https://hoidap.gov.vn/", "https://hoidap.gov.vn"),
    ],
)
def test_the_server_says_where_to_click(
    tmp_path: Path, host: str, public: str | None, shown: str
) -> None:
    settings = some_settings(tmp_path, public_url=public)
    assert f"Mở trình duyệt tại: {shown}\n" in where_to_click(settings, host, 8000)


def test_wrong_settings_are_exit_code_2() -> None:
    def wrong() -> Settings:
        raise InvalidSettings("TROLY_PORT: sai")

    result = CliRunner().invoke(app, ["index", "status"], obj=Doors(settings=wrong))
    assert (result.exit_code, result.stderr) == (2, "TROLY_PORT: sai\n")


def test_a_database_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, database_url="sqlite:////proc/none/troly.sqlite3")
    result = troly(settings, "ask", "hạn?")
    assert result.exit_code == 1
    assert "TROLY_DATABASE_URL" in result.stderr


@pytest.mark.parametrize("command", [["index", "build"], ["index", "rollback"]])
def test_a_data_folder_that_is_none_is_a_sentence(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "data"
    file.touch()
    result = CliRunner().invoke(app, command, obj=Doors(settings=lambda: some_settings(file)))
    assert result.exit_code == 1
    assert "TROLY_DATA_DIR" in result.stderr
    assert "Traceback" not in result.output


def test_a_fault_of_our_own_is_not_hidden(settings: Settings) -> None:
    def broken(_question: Question) -> Outcome:
        raise OSError("not the disk")

    result = troly(settings, "ask", "hạn?", answers=FakeAnswers(broken))
    assert isinstance(result.exception, OSError)


def test_a_model_that_cannot_be_fetched_is_a_sentence(settings: Settings) -> None:
    result = troly(settings, "index", "fetch-model", "not a/valid/name")
    assert result.exit_code == 1
    assert "Không tải được mô hình" in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["serve"],
        ["chat"],
        ["ask"],
        ["knowledge", "list"],
        ["knowledge", "inspect"],
        ["knowledge", "add"],
        ["knowledge", "remove"],
        ["index", "build"],
        ["index", "status"],
        ["index", "rollback"],
        ["index", "fetch-model"],
    ],
)
def test_every_command_explains_itself(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert len(result.stdout) > 100
