"""Tables that were handed in at the desk, read in the background: each is taken once.

What became of it is kept in the transaction that takes it: killed before, nothing was taken; killed
after, nothing is taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple

from pydantic import JsonValue
from sqlalchemy.exc import IntegrityError

from service import clock
from service.admin.set_file import SetFault, read_set
from service.admin.unit_views import plans_of
from service.admin.words import words
from service.errors import TableRefused
from service.library.papers import library_of
from service.library.working import Kind, Task
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.jobs import keep_result
from service.storage.question_set import import_set
from service.table_files import drop_import, read_import
from service.units_checks import Wrong
from service.units_import import Report, import_units, read_units
from service.units_reading import NoTable

_LONGEST = 200  #: characters of a wrong cell that are kept to name it


def take_in(task: Task) -> None:
    """Read the file and take what it says; nothing where that was done before a crash."""
    if "added" not in task.result:
        content = read_import(task.settings, str(task.argument["file"]))
        if content is None:
            raise TableRefused
        task.progress("table")
        _TAKE[task.subject](task, content)
    _drop(task)


def _units(task: Task, content: bytes) -> None:
    """Good rows are taken, the report names the others."""
    said = words()["units"]
    try:
        table = read_units(content, str(task.argument["name"]))
        plans = [id_ for id_, _ in plans_of(library_of(task.settings))]
        at, today = clock.now(task.settings), clock.today(task.settings)
        task.progress("lines", 0, len(table.rows))
        with transaction(task.engine) as session:
            report = import_units(session, table.rows, plans, today, at)
            counts = {"added": report.added, "changed": report.changed, "wrong": len(report.wrong)}
            record(session, task.by, "units_imported", "units", at, counts)
            keep_result(session, task.id, _told(report, table.ignored, plans))
    except NoTable as refusal:
        raise TableRefused(said["reasons"][refusal.reason]) from refusal
    except IntegrityError as error:  # somebody has added one of these units at the same moment
        raise TableRefused(said["overtaken"]) from error
    task.progress("lines", len(table.rows), len(table.rows))


def _told(report: Report, ignored: Sequence[str], plans: Sequence[str]) -> dict[str, JsonValue]:
    return {
        "added": report.added,
        "changed": report.changed,
        "same": report.same,
        "wrong": [_kept(each) for each in report.wrong],
        "ignored": [name[:_LONGEST] for name in ignored],
        "example": plans[0] if plans else "",
    }


def _kept(wrong: Wrong) -> list[JsonValue]:
    return [each[:_LONGEST] if isinstance(each, str) else each for each in astuple(wrong)]


def _question_set(task: Task, content: bytes) -> None:
    """All of the file, or nothing."""
    try:
        questions = read_set(content)
    except SetFault as fault:
        raise TableRefused(str(fault)) from fault
    at = clock.now(task.settings)
    task.progress("lines", 0, len(questions))
    with transaction(task.engine) as session:
        told = import_set(session, questions, at)
        counts: dict[str, JsonValue] = {"added": told.added, "changed": told.changed}
        if told.added or told.changed:
            record(session, task.by, "set_imported", "question_set", at, counts)
        keep_result(session, task.id, {**counts, "same": told.same})
    task.progress("lines", len(questions), len(questions))


def _drop(task: Task) -> None:
    drop_import(task.settings, str(task.argument["file"]))


_TAKE: Mapping[str, Callable[[Task, bytes], None]] = {
    "units": _units,
    "question_set": _question_set,
}
KIND = Kind(take_in, lambda task, _problem: _drop(task))
