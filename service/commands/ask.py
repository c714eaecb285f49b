"""`troly ask`: one question, or many from a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from pydantic import JsonValue

from service import clock
from service.commands.doors import doors_of, open_desk
from service.commands.screen import SOME_FAILED, WRONG_INPUT, complain, counting, out, working
from service.errors import ServiceError

Line = Mapping[str, JsonValue]


def ask(
    context: typer.Context,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="CÂU_HỎI|TỆP",
            help="Câu hỏi; với --batch là tệp JSON Lines (bỏ trống hoặc “-”: đọc đầu vào chuẩn).",
        ),
    ] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Đọc nhiều câu hỏi, mỗi dòng một đối tượng JSON.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="In câu trả lời thành một dòng JSON.")
    ] = False,
    unit: Annotated[str | None, typer.Option(help="Đơn vị của người hỏi.")] = None,
    today: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Tra cứu như vào ngày này.")
    ] = None,
) -> None:
    """Hỏi một câu và nhận điều khoản trả lời.

    Với --batch, mỗi dòng vào có `question` (và tùy ý `id`, `history`, `unit`, `today`); mỗi dòng
    ra là một câu trả lời, đúng thứ tự. Dòng sai cho `{"id", "error"}` và mã thoát cuối cùng là 1.
    Câu hỏi đọc bằng --batch không được lưu lại; câu hỏi lẻ thì có, không kèm người hỏi.
    """
    day = _day(today)
    if batch:
        raise typer.Exit(_ask_many(context, question or "-", unit, day))
    if question is None:
        complain('Thiếu câu hỏi. Ví dụ: troly ask "Hạn gửi kế hoạch năm 2023 là ngày nào?"')
        raise typer.Exit(WRONG_INPUT)
    _ask_one(context, question, as_json, unit, day)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        complain("--today phải viết dạng YYYY-MM-DD, ví dụ 2026-11-21.")
        raise typer.Exit(WRONG_INPUT) from None


def _ask_one(
    context: typer.Context, text: str, as_json: bool, unit: str | None, day: date | None
) -> None:
    from service.asking import ask as answer
    from service.shapes import clean, read_question

    doors = doors_of(context)
    settings = doors.settings()
    try:
        question = read_question(clean(text), None, unit, day)
    except ServiceError as error:
        complain(str(error))
        raise typer.Exit(WRONG_INPUT) from None
    with working("Mở kho văn bản") as step:
        desk = open_desk(doors, settings, step)
    line = answer(desk, question, "console")
    if as_json:
        _write(line)
    else:
        _show(line)


def _ask_many(context: typer.Context, source: str, unit: str | None, day: date | None) -> int:
    from service.commands.batch import answer_lines

    doors = doors_of(context)
    settings = doors.settings()
    with working("Mở kho văn bản") as step:
        answers = doors.answering(settings, step)
    failed = False
    with _opened(source) as (lines, total), counting("Trả lời", total) as step:
        for line in answer_lines(lines, answers, day or clock.today(settings), unit):
            failed = failed or "error" in line
            _write(line)
            step("answered")
    return SOME_FAILED if failed else 0


@contextmanager
def _opened(source: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """The lines of a file with their count, or of standard input without."""
    if source == "-":
        yield sys.stdin.buffer, None
        return
    path = Path(source)
    if not path.is_file():
        complain(f"Không tìm thấy tệp {source}.")
        raise typer.Exit(WRONG_INPUT)
    with path.open("rb") as file:
        total = sum(1 for _line in file)
        file.seek(0)
        yield file, total


def _write(line: Line) -> None:
    # Bytes: a terminal set to another alphabet must not stop a script.
    typer.echo(json.dumps(line, ensure_ascii=False).encode("utf-8"))
    sys.stdout.flush()


def _show(line: Line) -> None:
    console = out()
    console.print(str(line["text"]), markup=False)
    choices = line["choices"]
    for number, choice in enumerate(choices if isinstance(choices, list) else [], start=1):
        if isinstance(choice, dict):
            console.print(f"  {number}. {choice['label']}", markup=False)
