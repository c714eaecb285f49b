"""A table begins its way: a job is put down, that is written down, and its page is opened."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back
from service.delivery.files import plain_name
from service.routes.desk import desk_of
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.jobs import add_job, open_job
from service.table_files import keep_import

JOBS = "/admin/jobs"
_EXPORTED: Mapping[str, str] = {
    "submissions": "submissions_exported",
    "units": "units_exported",
    "figures": "figures_exported",
    "question_set": "set_exported",
}
_IMPORT_BEGUN: Mapping[str, str] = {
    "units": "units_import_begun",
    "question_set": "set_import_begun",
}


def begin_export(
    request: Request, subject: str, asked: Mapping[str, str] | None = None
) -> Response:
    """Have a table made; whoever presses twice is shown the one that is being made."""
    desk, who, wanted = desk_of(request), visitor_of(request).actor, {**(asked or {})}
    with transaction(desk.engine) as session:
        job = open_job(session, "export", subject, who, wanted)
        if job is None:
            at = clock.now(desk.settings)
            job = add_job(session, "export", subject, who, at, wanted)
            record(session, who, _EXPORTED[subject], subject, at, {"job": job.id})
        address = f"{JOBS}/{job.id}"
    request.app.state.start_jobs()
    return back(address, "begun")


def begin_import(request: Request, subject: str, content: bytes, file_name: str) -> Response:
    """Keep a table that was handed in, and have it read."""
    desk, who = desk_of(request), visitor_of(request).actor
    kept, at = keep_import(desk.settings, content), clock.now(desk.settings)
    argument = {"file": kept, "name": plain_name(file_name)}
    with transaction(desk.engine) as session:
        job = add_job(session, "import", subject, who, at, argument)
        record(session, who, _IMPORT_BEGUN[subject], subject, at, {"job": job.id})
        address = f"{JOBS}/{job.id}"
    request.app.state.start_jobs()
    return back(address, "begun")
