"""Tables that are taken along from the desk, made in the background: row by row, into a file.

They hold what people have told of themselves: whoever is forgotten while one is being made is not
in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO, TypeVar

from bot.question_lines import line_of
from service import clock
from service.admin.figure_views import each_day, table
from service.admin.submission_views import Columns, heading, line, wanted_of
from service.admin.words import words
from service.library.working import Kind, Task
from service.spreadsheets import ENCODING, write_rows
from service.storage.engine import transaction
from service.storage.erasures import count_erasures
from service.storage.question_set import question_set
from service.storage.submission_lists import (
    Wanted,
    count_wanted,
    folded_words,
    has_words,
    sending_units,
    sent_before,
    sent_with,
)
from service.storage.units import all_units
from service.table_files import TakenAway, drop_unfinished, writing
from service.units_import import export_units

_AT_ONCE = 500  #: submissions that are read together

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Table:
    """How one kind of table is made."""

    name: str  #: of the file, with a place for the day
    write: Callable[[Task, TextIO], int]  #: says how many rows there are
    media_type: str = "text/csv"
    encoding: str = ENCODING


def export(task: Task) -> None:
    """Make the table, anew where somebody was forgotten meanwhile; it lies there whole or not."""
    made = _TABLES[task.subject]
    today = clock.today(task.settings)
    while True:
        erased = _erased(task)
        try:
            with writing(task.settings, task.id, made.encoding) as file:
                rows = made.write(task, file)
                if _erased(task) != erased:
                    raise TakenAway
        except TakenAway:
            continue
        name = made.name.format(day=today.isoformat())
        task.note(rows=rows, name=name, media_type=made.media_type)
        return


def _erased(task: Task) -> int:
    with transaction(task.engine) as session:
        return count_erasures(session)


def _submissions(task: Task, file: TextIO) -> int:
    """Looked through twice: what was asked in any of them says which columns there are."""
    wanted = wanted_of({name: str(value) for name, value in task.argument.items()})
    columns = Columns()
    ids = list(_looked_through(task, wanted, columns))
    with transaction(task.engine) as session:
        units = sending_units(session)
    write_rows(file, [heading(task.settings, columns)])
    rows = 0
    for start in range(0, len(ids), _AT_ONCE):
        task.progress("rows", start, len(ids))
        with transaction(task.engine) as session:
            part = sent_with(session, ids[start : start + _AT_ONCE])
        write_rows(file, (line(task.settings, one, units, columns) for one in part))
        rows += len(part)
    task.progress("rows", len(ids), len(ids))
    return rows


def _looked_through(task: Task, wanted: Wanted, columns: Columns) -> Iterator[int]:
    """The numbers of those that are wanted, newest first; what they answer gets its columns."""
    words_, looked, before = folded_words(wanted), 0, None
    with transaction(task.engine) as session:
        total = count_wanted(session, wanted)
    while True:
        task.progress("gather", looked, max(looked, total))
        with transaction(task.engine) as session:
            part = sent_before(session, wanted, before, _AT_ONCE)
        for one in part:
            before = one.id
            if has_words(one, words_) and one.id is not None:
                columns.see(task.settings, one)
                yield one.id
        looked += len(part)
        if len(part) < _AT_ONCE:
            return


def _units(task: Task, file: TextIO) -> int:
    with transaction(task.engine) as session:
        every = all_units(session)
    rows = export_units(every, words()["units"]["columns"])
    write_rows(file, [next(rows)])
    write_rows(file, _told(task, rows, every))
    return len(every)


def _figures(task: Task, file: TextIO) -> int:
    with transaction(task.engine) as session:
        days = each_day(session, str(task.argument.get("period")), clock.today(task.settings))
    rows = table(days)
    write_rows(file, [next(rows)])
    write_rows(file, _told(task, rows, days))
    return len(days)


def _question_set(task: Task, file: TextIO) -> int:
    with transaction(task.engine) as session:
        questions = question_set(session)
    file.writelines(f"{line_of(one)}\n" for one in _told(task, questions, questions))
    return len(questions)


def _told(task: Task, rows: Iterable[T], all_: Collection[object]) -> Iterator[T]:
    """The rows, with how far it is."""
    for done, row in enumerate(rows):
        task.progress("rows", done, len(all_))
        yield row
    task.progress("rows", len(all_), len(all_))


_TABLES: Mapping[str, _Table] = {
    "submissions": _Table("ho-so-da-nhan.csv", _submissions),
    "units": _Table("don-vi.csv", _units),
    "figures": _Table("so-lieu-{day}.csv", _figures),
    "question_set": _Table("bo-cau-hoi.jsonl", _question_set, "application/x-ndjson", "utf-8"),
}
KIND = Kind(export, lambda task, _problem: drop_unfinished(task.settings, task.id))
