"""Something in the background: how far it is, what came of it, and the table that was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from pydantic import JsonValue

from service import clock
from service.admin.access import may_follow, may_follow_all, visitor_of
from service.admin.begun import JOBS
from service.admin.drawing import address_of, draw
from service.admin.words import words
from service.asking import Desk
from service.errors import Forbidden
from service.report_figures import thousands
from service.routes.desk import RowId, desk_of
from service.routes.page_views import Link
from service.routes.pages import not_found
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.jobs import TABLES, get_job
from service.storage.library_tables import Job
from service.table_files import KEPT, exported_file

#: The page that a table belongs to.
_PAGES: Mapping[str, str] = {
    "submissions": "submissions",
    "units": "units",
    "figures": "figures",
    "question_set": "question-set",
}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a table that was handed in, ready to draw."""

    said: str
    ignored: str
    wrong: tuple[tuple[int, str, str], ...]  #: number of the row, name, what is wrong


@router.get(JOBS + "/{job_id}")
def job_page(request: Request, job_id: RowId) -> Response:
    """How far it is, and what came of it."""
    job = _job(request, job_id)
    return _page(request, job) if job else not_found(request)


@router.get(JOBS + "/{job_id}/file")
def fetch(request: Request, job_id: RowId) -> Response:
    """The table that was made; its page, where it is not there yet or not any more."""
    job, desk = _job(request, job_id), desk_of(request)
    if job is None or job.kind != "export":
        return not_found(request)
    if job.state != "done":
        return RedirectResponse(f"{JOBS}/{job_id}", status_code=303)
    if not _is_kept(desk, job):
        return _page(request, job, status=410)
    with transaction(desk.engine) as session:
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        detail = {"job": job_id, "rows": job.result["rows"]}
        record(session, who, "table_fetched", job.subject, at, detail)
    return FileResponse(
        exported_file(desk.settings, job_id),
        media_type=str(job.result["media_type"]),
        filename=str(job.result["name"]),
    )


def _job(request: Request, job_id: int) -> Job | None:
    """The job, for whoever may know of it; raises Forbidden for everybody else.

    Also where there is none of that number: numbers cannot be counted.
    """
    visitor = visitor_of(request)
    with transaction(desk_of(request).engine) as session:
        job = get_job(session, job_id)
    may = may_follow(visitor, job.kind, job.subject) if job else may_follow_all(visitor)
    if not may:
        raise Forbidden(words()["forbidden"]["role"])
    return job


def _page(request: Request, job: Job, status: int = 200) -> Response:
    running = job.state in ("waiting", "running")
    if running:
        request.app.state.start_jobs()  # whoever did it may have been killed
    if job.kind not in TABLES:
        return draw(request, "admin_job.html", "papers", job=job, running=running)
    here = _PAGES[job.subject]
    asked = {name: str(value) for name, value in job.argument.items()}
    exports = job.kind == "export"
    return draw(
        request,
        "admin_table_job.html",
        here,
        status=status,
        job=job,
        running=running,
        title=words()["jobs"]["tables"][f"{job.kind}_{job.subject}"],
        origin=Link(words()["nav"][here], _with(address_of(here), asked if exports else {})),
        exports=exports,
        again=f"{address_of(here)}/export",
        asked=asked,
        kept=exports and _is_kept(desk_of(request), job),
        rows=thousands(int(str(job.result.get("rows", 0)))),
        until=job.finished_at + KEPT if job.finished_at else None,
        taken=_taken(job) if job.kind == "import" and job.state == "done" else None,
    )


def _is_kept(desk: Desk, job: Job) -> bool:
    """Whether its table is there and its time not over."""
    if job.state != "done" or job.finished_at is None or job.id is None:
        return False
    in_time = clock.now(desk.settings) < job.finished_at + KEPT
    return in_time and exported_file(desk.settings, job.id).is_file()


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(asked)}" if asked else address


def _taken(job: Job) -> Taken:
    said, result = words()[job.subject], job.result
    counts = {name: result[name] for name in ("added", "changed", "same")}
    wrong = cast(Sequence[Sequence[JsonValue]], result.get("wrong") or ())
    ignored = ", ".join(map(str, cast(Sequence[JsonValue], result.get("ignored") or ())))
    return Taken(
        said=said["taken"].format(**counts, wrong=len(wrong)),
        ignored=said["ignored"].format(names=ignored) if ignored else "",
        wrong=tuple(_wrong(each, str(result.get("example", ""))) for each in wrong),
    )


def _wrong(each: Sequence[JsonValue], example: str) -> tuple[int, str, str]:
    number, name, fault, value = each
    said = words()["units"]["faults"][str(fault)].format(value=value, example=example)
    return int(str(number)), str(name), said
