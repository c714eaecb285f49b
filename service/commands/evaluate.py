"""`troly evaluate`: how well questions with known answers are answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.markup import escape
from rich.table import Table

from service import clock
from service.commands.doors import doors_of
from service.commands.screen import WRONG_INPUT, complain, counting, out, working
from service.settings import Settings

if TYPE_CHECKING:
    from bot.evaluation import BadQuestions, Judged, Question
    from service.report_figures import Figures

#: Where the questions lie in a checkout of the product.
_QUESTIONS = Path("tests") / "questions"
_COLUMNS = ("confident", "refused", "unanswerable", "clause")  #: beside those every row has
_NAMES, _SHARE, _INTERVAL = 24, 8, 15  #: columns of the terminal
_LISTED = 200  #: failures listed at most
_SHOWN = 160  #: characters of an answer that is listed


def evaluate(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="TỆP…", help="Tệp JSON Lines; bỏ trống: tests/questions/*.jsonl."),
    ] = None,
    part: Annotated[
        str, typer.Option(help="all, development hoặc set-aside (một phần ba, chia theo mã băm).")
    ] = "all",
    against: Annotated[
        str | None,
        typer.Option(metavar="CHỈ_MỤC", help="Chỉ mục để so: tên trong `troly index status`."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="TỆP", help="Ghi báo cáo cho người quản trị.")
    ] = None,
    failures: Annotated[bool, typer.Option(help="Liệt kê câu trả lời sai.")] = True,
    today: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Tra cứu như vào ngày này.")
    ] = None,
    own: Annotated[
        bool, typer.Option("--set", help="Hỏi bộ câu hỏi của cơ quan, ghi ở bàn làm việc.")
    ] = False,
) -> None:
    """Hỏi từng câu theo ba cách gõ (như viết, không dấu, nửa dấu) và chấm từng câu trả lời.

    Mỗi dòng của tệp có `id`, `question`, `expected` (answer, clarify, silent) và, khi cần,
    `document`, `address`, `must_contain`, `kind`, `history`, `unit`, `today`.
    """
    settings = doors_of(context).settings()
    day = _day(today) or clock.today(settings)
    questions = _questions(files, part, _own_set(settings, files) if own else None)
    if html is not None and (html.is_dir() or not html.parent.is_dir()):
        _refuse(f"Không ghi được báo cáo {html}; Anh/chị vui lòng chọn một tệp khác.")
    judged, before = _ask(settings, questions, day, against)
    _print_figures(judged)
    if failures:
        _print_failures(judged)
    if before is not None:
        _print_changes(before, judged)
    if html is not None:
        from service.reporting import evaluation_page

        page = evaluation_page(judged, day, before, _letterhead(settings))
        html.write_text(page, "utf-8")
        out().print(f"\nĐã ghi báo cáo {html}.", markup=False)


def _letterhead(settings: Settings) -> tuple[str, ...]:
    """What the office has on top of what it prints."""
    from service.office import letterhead_of
    from service.storage.engine import transaction
    from service.storage.office import office_of
    from service.wiring import open_storage

    with transaction(open_storage(settings)) as session:
        return letterhead_of(office_of(session))


def _refuse(sentence: str) -> NoReturn:
    complain(sentence)
    raise typer.Exit(WRONG_INPUT)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        _refuse("--today phải viết dạng YYYY-MM-DD, ví dụ 2026-11-21.")


def _own_set(settings: Settings, files: Sequence[Path] | None) -> tuple[Question, ...]:
    """The questions that the office has entered at its desk."""
    from service.storage.engine import transaction
    from service.storage.question_set import question_set
    from service.wiring import open_storage

    if files:
        _refuse("Anh/chị chọn một trong hai: tệp câu hỏi, hoặc --set.")
    with transaction(open_storage(settings)) as session:
        found = question_set(session)
    if not found:
        _refuse(
            "Bộ câu hỏi của cơ quan đang trống; Anh/chị thêm ở bàn làm việc, trang “Bộ câu hỏi”."
        )
    return found


def _questions(
    files: Sequence[Path] | None, part: str, own: Sequence[Question] | None
) -> list[Question]:
    """What is to be asked; ends the command where a file cannot be used."""
    from bot.evaluation import PARTS, part_of

    if part not in PARTS:
        _refuse(f"--part phải là một trong: {', '.join(PARTS)}.")
    if own is None:
        paths = list(files or sorted(_QUESTIONS.glob("*.jsonl")))
        own = [question for path in paths for question in _read(path)]
    questions = part_of(own, part)
    if not questions:
        _refuse("Không có câu hỏi nào để chấm.")
    return questions


def _read(path: Path) -> list[Question]:
    from bot.evaluation import BadQuestions, read_questions

    try:
        return read_questions(path)
    except BadQuestions as error:
        _refuse(f"Không dùng được bộ câu hỏi: {_in_words(error)}")
    except FileNotFoundError:
        _refuse(f"Không tìm thấy tệp {path}.")
    except OSError as error:
        _refuse(f"Không đọc được {path} ({error.strerror}).")
    except UnicodeDecodeError:
        _refuse(f"Không dùng được bộ câu hỏi: {path.name} không phải là tệp chữ UTF-8.")


def _in_words(error: BadQuestions) -> str:
    """ "cau-hoi.jsonl:3: thiếu “expected”"."""
    place, _, reason = str(error).partition(": ")
    match error.__cause__:
        case json.JSONDecodeError():
            return f"{place}: dòng này không phải là một đối tượng JSON."
        case KeyError(args=(key,)):
            return f"{place}: thiếu “{key}”."
    return f"{place}: dòng này chưa đúng mẫu ({reason})."


def _ask(
    settings: Settings, questions: Sequence[Question], day: date, against: str | None
) -> tuple[list[Judged], list[Judged] | None]:
    """The answers, and those over the index to compare with."""
    from bot.evaluation import SPELLINGS, ask_all
    from index.errors import SearchError
    from service.wiring import open_answering, open_over_index

    with working("Mở kho văn bản") as step:
        assistant, other = open_answering(settings, step).assistant, None
        if against is not None:
            _check_name(settings, against)
            try:
                other = open_over_index(settings, against)
            except SearchError as error:
                _refuse(f"Không so được với chỉ mục {against}: {error}")
    total = len(questions) * len(SPELLINGS) * (2 if other else 1)
    with counting("Chấm", total) as step:
        judged = ask_all(assistant, questions, day, progress=lambda: step("asked"))
        before = ask_all(other, questions, day, progress=lambda: step("asked")) if other else None
    return judged, before


def _check_name(settings: Settings, against: str) -> None:
    from index.build import status

    kept = status(settings.index_dir)
    names = [each.name for each in (kept.current, kept.previous) if each]
    if against not in names:
        _refuse(f"Không có chỉ mục {against}; hiện có: {', '.join(names)}.")


def _print_figures(judged: Sequence[Judged]) -> None:
    from bot.evaluation import tally
    from service.report_figures import figures, tables, texts, times

    words, console = texts(), out()
    for title, rows in [("", [figures(words["all"], tally(judged))]), *tables(judged)]:
        console.print(_table(title, rows))
    quotes = sum(not j.verbatim for j in judged)
    console.print(f"{words['verbatim']}: {quotes}. {times(judged)}", markup=False)


def _table(title: str, rows: Sequence[Figures]) -> Table:
    """One group's figures; equal widths, so that all stand under the names over the first."""
    from service.report_figures import texts

    words = texts()
    named = words["figures"]
    table = Table(box=None, pad_edge=False, collapse_padding=True, show_header=not title)
    table.title, table.title_justify = f"\n{escape(title)}" if title else None, "left"
    table.add_column(width=_NAMES, overflow="fold")
    names = [words["column_asked"], named["right"]["name"], words["column_interval"]]
    for name in (*names, *(named[key]["name"] for key in _COLUMNS)):
        table.add_column(name, justify="right", width=_INTERVAL if name == names[2] else _SHARE)
    for row in rows:
        shares = [getattr(row, key) for key in _COLUMNS]
        table.add_row(escape(row.name), row.asked, row.right, row.interval, *shares)
    return table


def _print_failures(judged: Sequence[Judged]) -> None:
    from service.reporting import reason_of

    console = out()
    wrong = [j for j in judged if j.wrong]
    for one in wrong[:_LISTED]:
        console.print(
            f"\n{_name(one)}\n  {reason_of(one)}\n  {_short(str(one.row['text']))}", markup=False
        )
    if len(wrong) > _LISTED:
        console.print(f"\n… và {len(wrong) - _LISTED} câu nữa.", markup=False)


def _print_changes(before: Sequence[Judged], after: Sequence[Judged]) -> None:
    from bot.evaluation import changes

    console = out()
    found = changes(before, after)
    console.print(f"\nCâu trả lời thay đổi so với chỉ mục kia: {len(found)}.", markup=False)
    for old, new in found[:_LISTED]:
        console.print(
            f"\n{_name(new)}\n"
            f"  kia:  {_verdict(old)} {_short(str(old.row['text']))}\n"
            f"  nay:  {_verdict(new)} {_short(str(new.row['text']))}",
            markup=False,
        )


def _name(judged: Judged) -> str:
    from service.report_figures import kind_in_words, texts

    question = judged.question
    spelling = texts()["spellings"][judged.spelling]
    return f"{question.id} [{kind_in_words(question.kind)}, {spelling}] {question.text}"


def _verdict(judged: Judged) -> str:
    return "✗" if judged.wrong else "✓"


def _short(text: str) -> str:
    line = " / ".join(text.split("\n"))
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + "…"
