"""Tables that are taken along from the desk or handed in there: in the background, once, and gone
after their time."""

from __future__ import annotations

import csv
import io
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.library import Library
from service.admin import exporting, importing
from service.admin.words import words
from service.housekeeping import look_after, sweep_tables, tidy
from service.library import working
from service.library.working import Kind, Task, serve_jobs, work_off
from service.privacy import clean_up, forget_again
from service.settings import Settings
from service.storage import jobs
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import Submission
from service.storage.library_tables import Job
from service.storage.units import add_unit, all_units
from service.table_files import exported_file, keep_import
from tests.builders import NOON, a_submission, names_alone
from tests.desk import TABLES, Clock, Officer, an_account, audited, signed_in

SAID = words()["jobs"]
UNITS = "Tên đơn vị;Loại\n" + "".join(f"Trường {n};trường\n" for n in range(30))

pytestmark = pytest.mark.usefixtures("clock")


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing of ours catches it."""


def killed(*_args: object, **_values: object) -> None:
    raise Killed


def job(engine: Engine, job_id: int = 1) -> Job:
    with transaction(engine) as session:
        found = jobs.get_job(session, job_id)
        assert found is not None
        return found


def cells(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def hand_in(officer: Officer, content: str = UNITS) -> None:
    """A table of units that waits."""
    answer = officer.client.post(
        "/admin/units/import",
        data={"csrf": officer.csrf},
        files={"file": ("don-vi.csv", content.encode())},
        follow_redirects=False,
    )
    assert answer.status_code == 303


def names(engine: Engine) -> list[str]:
    with transaction(engine) as session:
        return [unit.name for unit in all_units(session)]


def lying(settings: Settings) -> list[Path]:
    folders = (settings.exports_dir, settings.imports_dir)
    return [file for folder in folders if folder.is_dir() for file in folder.iterdir()]


@pytest.fixture
def killer(sqlite: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Killer:
    return Killer(sqlite, settings, monkeypatch)


class Killer:
    """Ends the process of the jobs where a function is called."""

    def __init__(self, engine: Engine, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self.engine, self.settings, self.patch = engine, settings, patch

    def at(self, module: object, name: str) -> None:
        with self.patch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(Killed):
                work_off(self.engine, self.settings, TABLES)
        with transaction(self.engine) as session:  # the next process finds that it is dead
            jobs.free_jobs(session, jobs.holders_of_jobs(session, datetime.now(UTC)))


# --- taken along --------------------------------------------------------------------------------


def test_a_table_waits_is_made_and_is_fetched(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        add_unit(session, "Sở Y tế", NOON)
    begun = owner.post("/admin/units/export")
    assert begun.headers["location"] == "/admin/jobs/1?done=begun"
    page = owner.get("/admin/jobs/1?done=begun").text
    assert SAID["steps"]["waiting"] in page
    assert '<meta http-equiv="refresh" content="2; url=/admin/jobs/1">' in page
    assert owner.get("/admin/jobs/1/file").headers["location"] == "/admin/jobs/1"
    with transaction(sqlite) as session:
        jobs.tell_progress(session, 1, "rows", 20, 60)
    assert "20/60" in owner.get("/admin/jobs/1").text
    page = owner.done(begun).text
    assert SAID["ready"].format(rows=1) in page
    assert "12:00 22/11/2026" in page  # until when it can be fetched
    assert 'http-equiv="refresh"' not in page
    assert 'aria-current="page">Đơn vị<' in page.replace("\n", "")
    assert '<a href="/admin/units">← Đơn vị</a>' in page
    table = owner.get("/admin/jobs/1/file")
    assert table.headers["Content-Disposition"] == 'attachment; filename="don-vi.csv"'
    assert cells(table.content)[1][0] == "Sở Y tế"


def test_the_way_back_leads_to_what_was_looked_for(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        a_submission(session, "A-1", answers={"t": "Học phí"})
        a_submission(session, "A-2")
    page = owner.get("/admin/submissions?q=hoc+phi&state=received").text
    assert '<input type="hidden" name="q" value="hoc phi">' in page
    begun = owner.post("/admin/submissions/export", q="hoc phi", state="received", unit="x")
    page = owner.done(begun).text
    assert 'href="/admin/submissions?state=received&amp;q=hoc+phi"' in page
    assert SAID["ready"].format(rows=1) in page


def test_many_submissions_are_read_in_parts(
    owner: Officer, sqlite: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = set()
    monkeypatch.setattr(exporting, "_AT_ONCE", 10)
    monkeypatch.setattr(working, "_TOLD", 0.0)

    def tell(_session: object, _job: int, step: str, done: int, total: int) -> None:
        told.add((step, done, total))

    with transaction(sqlite) as session:
        for number in range(25):
            a_submission(session, f"A-{number}", answers={f"f{number % 3}": "chữ"})
    monkeypatch.setattr(jobs, "tell_progress", tell)
    table = cells(owner.exported("/admin/submissions/export").content)
    assert [row[0] for row in table[1:]] == [f"A-{number}" for number in reversed(range(25))]
    assert table[0][7:] == ["f0", "f2", "f1"]  # as they come first
    assert all(row[7:].count("chữ") == 1 for row in table[1:])
    assert told == {
        ("gather", 0, 25), ("gather", 10, 25), ("gather", 20, 25),
        ("rows", 0, 25), ("rows", 10, 25), ("rows", 20, 25), ("rows", 25, 25),
    }  # fmt: skip


def test_whoever_presses_twice_is_shown_the_same(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    owner = signed_in(client, sqlite, settings)
    first = owner.post("/admin/submissions/export", q="a").headers["location"]
    assert owner.post("/admin/submissions/export", q="a").headers["location"] == first
    assert owner.post("/admin/submissions/export", q="b").headers["location"] != first
    receiver = signed_in(client, sqlite, settings, "receiver")
    assert receiver.post("/admin/submissions/export", q="a").headers["location"] != first
    assert len(audited(sqlite)) == 3


def test_a_table_is_whole_or_not_there(
    owner: Officer, sqlite: Engine, settings: Settings, killer: Killer
) -> None:
    with transaction(sqlite) as session:
        add_unit(session, "Sở Y tế", NOON)
    owner.post("/admin/units/export")
    killer.at(exporting, "_told")
    assert [file.name for file in lying(settings)] == [".1"]
    assert SAID["steps"]["rows"] not in owner.get("/admin/jobs/1/file").text
    killer.at(jobs, "finish_job")
    work_off(sqlite, settings, TABLES)
    assert [file.name for file in lying(settings)] == ["1"]
    assert len(cells(owner.get("/admin/jobs/1/file").content)) == 2


def test_nobody_else_on_the_machine_reads_a_table(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    owner.exported("/admin/units/export")
    hand_in(owner)
    for file in lying(settings):
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert len(lying(settings)) == 2


def test_a_table_goes_after_a_day_and_is_made_anew(
    owner: Officer, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    assert owner.exported("/admin/submissions/export", q="a b").status_code == 200
    file, now = exported_file(settings, 1), time.time()
    os.utime(file, (now, now - 86_300))
    sweep_tables(sqlite, settings)
    assert file.exists()
    os.utime(file, (now, now - 86_500))
    look_after(sqlite, settings, Library(()))
    assert not file.exists()
    for path in ("/admin/jobs/1", "/admin/jobs/1/file"):
        gone = owner.get(path)
        assert gone.status_code == (410 if path.endswith("file") else 200)
        assert SAID["gone"] in gone.text
        assert 'action="/admin/submissions/export"' in gone.text
        assert '<input type="hidden" name="q" value="a b">' in gone.text
    assert owner.exported("/admin/submissions/export", q="a b").status_code == 200
    clock.forward(timedelta(days=1))  # the file is there: nobody has swept
    assert exported_file(settings, 2).exists()
    signed = signed_in(owner.client, sqlite, settings, at=clock.now)
    assert signed.get("/admin/jobs/2/file").status_code == 410


def test_what_was_wanted_of_a_table_is_forgotten(
    owner: Officer, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    owner.exported("/admin/submissions/export", q="một người")
    with transaction(sqlite) as session:
        jobs.put_job(session, "read", "candidate:1", "admin:1", NOON)
        jobs.finish_job(session, 2, NOON)
    clock.forward(timedelta(days=31))
    again = signed_in(owner.client, sqlite, settings, at=clock.now)
    again.post("/admin/units/export")  # it waits: it stays
    tidy(sqlite, settings)
    with transaction(sqlite) as session:
        assert list(session.exec(select(Job.id).order_by(Job.id))) == [2, 3]  # type: ignore[arg-type]


def test_whoever_is_forgotten_is_in_no_table(
    owner: Officer, sqlite: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(sqlite) as session:
        person = an_account(session, "telegram", "12").person_id
        a_submission(session, "A-1", answers={"t": "của tôi"}, person_id=person, form="gop-y")
        a_submission(session, "A-2", answers={"t": "của người khác"}, form="gop-y")
    assert "của tôi" in owner.exported("/admin/submissions/export").text
    erased = list[int]()

    def erase(*args: object) -> list[Submission]:
        """Somebody asks to be forgotten while a table is being written."""
        found = read(*args)  # type: ignore[arg-type]
        if not erased:
            erased.append(person)
            with transaction(sqlite) as session:
                orphans = forget(session, person, NOON, personal=names_alone)
            clean_up(sqlite, settings, orphans)
        return found

    read = exporting.sent_with
    monkeypatch.setattr(exporting, "sent_with", erase)
    again = owner.exported("/admin/submissions/export", state="received")
    assert [row[0] for row in cells(again.content)] == [words()["submissions"]["code"], "A-2"]
    assert erased
    assert SAID["gone"] in owner.get("/admin/jobs/1/file").text
    forget_again(sqlite, settings)  # a start, after which nobody is forgotten
    assert owner.get("/admin/jobs/2/file").status_code == 200


# --- handed in ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "name", "taken"),
    [
        (importing, "read_units", 0),
        (importing, "import_units", 0),
        (importing, "record", 0),
        (importing, "keep_result", 0),
        (importing, "drop_import", 30),
        (jobs, "finish_job", 30),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_table_is_taken_once_wherever_the_process_is_killed(
    owner: Officer,
    sqlite: Engine,
    settings: Settings,
    killer: Killer,
    module: object,
    name: str,
    taken: int,
) -> None:
    hand_in(owner)
    killer.at(module, name)
    assert len(names(sqlite)) == taken  # all of it or nothing
    work_off(sqlite, settings, TABLES)
    assert len(set(names(sqlite))) == len(names(sqlite)) == 30
    page = owner.get("/admin/jobs/1").text
    assert "Đã thêm 30, cập nhật 0, giữ nguyên 0 đơn vị; bỏ qua 0 dòng." in page
    assert [action for _, action, _ in audited(sqlite)] == ["units_import_begun", "units_imported"]
    assert lying(settings) == []


def test_a_table_that_cannot_be_read_is_kept_by_nobody(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    hand_in(owner, "a,b")
    work_off(sqlite, settings, TABLES)
    page = owner.get("/admin/jobs/1").text
    assert words()["units"]["reasons"]["no_names"] in page
    assert SAID["hand_in_again"] in page
    assert lying(settings) == []


def test_a_file_that_waits_is_not_swept_away(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    hand_in(owner)
    keep_import(settings, b"of a server that was killed before it put down the job")
    for file in lying(settings):
        os.utime(file, (0, 0))
    sweep_tables(sqlite, settings)
    assert [file.name for file in lying(settings)] == [job(sqlite).argument["file"]]
    lying(settings)[0].unlink()
    work_off(sqlite, settings, TABLES)
    assert job(sqlite).state == "failed"
    assert "Chưa nhập được tệp này" in job(sqlite).problem


# --- beside the library's work ------------------------------------------------------------------


def test_tables_do_not_wait_for_the_work_of_the_library(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    """Nor do they stop it: a comparison gives way to what is published only."""
    seen = dict[str, bool]()

    def compare(task: Task) -> None:
        owner.post("/admin/units/export")
        with transaction(sqlite) as session:
            seen["stops"] = jobs.urgent(session, task.id)
        until(lambda: job(sqlite, 2).state == "done")
        seen["made"] = True

    with transaction(sqlite) as session:
        jobs.put_job(session, "compare", "candidate:1", "admin:1", NOON)
    kinds = {"compare": Kind(compare, lambda task, problem: None), **TABLES}
    serve_jobs(sqlite, settings, kinds, linger=0.0)
    assert seen == {"stops": False, "made": True}
    assert job(sqlite, 1).state == "done"
    assert not [thread for thread in threading.enumerate() if thread.name == "tables"]


def test_what_is_published_does_not_wait_for_a_table(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    owner.post("/admin/units/export")
    with transaction(sqlite) as session:
        jobs.put_job(session, "publish", "candidate:1", "admin:1", NOON)
    published = threading.Event()

    def long(_task: Task) -> None:
        assert published.wait(20)

    kinds = {
        "export": Kind(long, lambda task, problem: None),
        "publish": Kind(lambda task: published.set(), lambda task, problem: None),
    }
    serve_jobs(sqlite, settings, kinds, linger=0.0)
    assert [job(sqlite, number).state for number in (1, 2)] == ["done", "done"]


def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_table_alone_is_made_by_the_process(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    owner.post("/admin/figures/export")
    serve_jobs(sqlite, settings, TABLES, linger=0.0)
    assert owner.get("/admin/jobs/1/file").status_code == 200
