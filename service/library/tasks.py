"""The jobs of the library: read what was handed in, publish it, go back to an earlier edition."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from bot.texts import say
from service import clock
from service.asking import contact_of
from service.delivery.files import Received, store
from service.delivery.judging import judge
from service.duty_reviews import fingerprint
from service.errors import PaperRefused
from service.library import candidates as on_their_way
from service.library.candidates import File
from service.library.editions import current_edition
from service.library.fetching import fetch
from service.library.papers import library_of
from service.library.publishing import (
    By,
    Part,
    Prepare,
    Shelf,
    leave_out,
    publish,
    remove,
    restore,
)
from service.library.reading import read_parts, words_of
from service.library.working import Kind, Kinds, Task
from service.storage import candidates
from service.storage.audit import record
from service.storage.duty_reviews import keep_verdict
from service.storage.engine import transaction
from service.storage.library_tables import Candidate

#: Builds what is needed to answer from a library, telling steps as it goes.
Preparing = Callable[[Task], Prepare]


def kinds(preparing: Preparing) -> Kinds:
    """What is done for each kind of job, and when it fails."""
    return {
        "read": Kind(_read, _unreadable),
        "publish": Kind(lambda task: _publish(task, preparing(task)), _unpublished),
        "remove": Kind(lambda task: _remove(task, preparing(task)), _nothing),
        "restore": Kind(lambda task: _restore(task, preparing(task)), _nothing),
        "leave_out": Kind(lambda task: _leave_out(task, preparing(task)), _nothing),
    }


def _read(task: Task) -> None:
    """Into the first revision; whatever is read again begins from the files."""
    settings, at = task.settings, clock.now(task.settings)
    with transaction(task.engine) as session:
        candidate = candidates.get_candidate(session, task.number)
        if candidate is None or candidate.state != "reading":
            return  # dropped meanwhile, or read by a process that was killed before it said so
        files, source = _files(candidate), candidate.source
        revised = candidate.document_id or None
        audience = tuple(map(str, candidate.audience))
    parts = []
    for number, row in enumerate(files, 1):
        task.progress("read", number, len(files))
        file = _fetched(task, row["link"]) if "link" in row else _kept(task, row)
        parts.append((file.name, words_of(file.name, file.data, settings, task.progress)))
    task.progress("understand")
    library, today = library_of(settings), clock.today(settings)
    read = read_parts(parts, library, today, source=source, audience=audience, id_=revised)
    with transaction(task.engine) as session:
        candidate = candidates.get_candidate(session, task.number)
        if candidate is None or candidate.state != "reading":
            return
        told = list(read.warnings)
        on_their_way.save_paper(session, settings, candidate, read.paper, at, warnings=told)
        candidates.move_candidate(session, task.number, ("reading",), "review", at)


def _kept(task: Task, row: Mapping[str, str]) -> File:
    return File(row["name"], (task.settings.uploads_dir / row["sha256"]).read_bytes())


def _fetched(task: Task, link: str) -> File:
    """The file behind a link, judged like one that is handed in, and kept."""
    settings = task.settings
    file = fetch(link, settings.upload_limit_mb << 20)
    [told] = judge([Received(file.name, "", file.data)], settings, contact_of(settings)).told
    if told.refusal:
        raise PaperRefused(f"{told.name}: {told.refusal}")
    file = File(told.name, file.data)
    store(settings.uploads_dir, file.data)
    with transaction(task.engine) as session:
        candidates.name_files(session, task.number, [{"name": file.name, "sha256": file.sha256}])
    return file


def _unreadable(task: Task, problem: str) -> None:
    """A paper that must not be kept is not: its files go with the refusal."""
    with transaction(task.engine) as session:
        at = clock.now(task.settings)
        candidates.move_candidate(session, task.number, ("reading",), "failed", at, problem)
        candidate = candidates.get_candidate(session, task.number)
    if candidate and problem == say("papers.secret"):
        for row in _files(candidate):
            (task.settings.uploads_dir / row.get("sha256", "-")).unlink(missing_ok=True)


def _publish(task: Task, prepare: Prepare) -> None:
    """Take the paper into the library as it stands; a killed publishing is gone on with."""
    settings, at = task.settings, clock.now(task.settings)
    with transaction(task.engine) as session:
        candidate = candidates.get_candidate(session, task.number)
        if candidate is None or candidate.state != "publishing":
            return
        paper = on_their_way.open_paper(settings, candidate)
        first = next(iter(_files(candidate)), {})
        name, sha256 = first.get("name", candidate.file_name), first.get("sha256", "")
        known = task.result.get("versions")
        versions = known if isinstance(known, dict) else None
    task.progress("index")
    shelf = Shelf(settings, task.engine, prepare)
    edition = publish(
        shelf,
        [Part(paper, name, sha256)],
        By(task.by, at),
        versions={id_: int(str(n)) for id_, n in versions.items()} if versions else None,
        kept=lambda chosen: task.note(versions=dict(chosen)),
    )
    with transaction(task.engine) as session:
        candidates.published(session, task.number, edition.number, at)
        for duty in paper.duties:
            if duty.reviewed:
                keep_verdict(session, (paper.id, fingerprint(duty)), "reviewed", at)
        record(
            session,
            task.by,
            "paper_published",
            f"paper:{paper.id}",
            at,
            {"version": edition.papers[paper.id], "edition": edition.number},
        )
    task.note(edition=edition.number)


def _unpublished(task: Task, problem: str) -> None:
    with transaction(task.engine) as session:
        at = clock.now(task.settings)
        candidates.move_candidate(session, task.number, ("publishing",), "review", at, problem)


def _remove(task: Task, prepare: Prepare) -> None:
    """Take a paper of the office out; nothing where that was done before a crash."""
    id_ = task.subject.partition(":")[2]
    if id_ in current_edition(task.settings).papers:
        task.progress("index")
        edition = remove(Shelf(task.settings, task.engine, prepare), id_, _by(task))
        task.note(edition=edition.number)
    _tell(task, "paper_removed", task.subject, {})


def _restore(task: Task, prepare: Prepare) -> None:
    """The library as it was in an earlier edition."""
    task.progress("index")
    edition = restore(Shelf(task.settings, task.engine, prepare), task.number, _by(task))
    task.note(edition=edition.number)
    _tell(task, "edition_restored", f"edition:{edition.number}", {"as": task.number})


def _leave_out(task: Task, prepare: Prepare) -> None:
    """Papers that ship, not used any more, or used again."""
    ids = task.argument.get("papers")
    task.progress("index")
    shelf = Shelf(task.settings, task.engine, prepare)
    edition = leave_out(shelf, tuple(map(str, ids if isinstance(ids, list) else ())), _by(task))
    task.note(edition=edition.number)
    _tell(task, "samples_left_out" if edition.left_out else "samples_taken_in", "library", {})


def _by(task: Task) -> By:
    return By(task.by, clock.now(task.settings))


def _tell(task: Task, action: str, subject: str, detail: Mapping[str, JsonValue]) -> None:
    with transaction(task.engine) as session:
        told = {**detail, "edition": current_edition(task.settings).number}
        record(session, task.by, action, subject, clock.now(task.settings), told)


def _nothing(_task: Task, _problem: str) -> None:
    """Nothing waits for it: the library is as it was."""


def _files(candidate: Candidate) -> list[dict[str, str]]:
    """What was handed in, in order: "name", and "sha256" or "link"."""
    rows = (row for row in candidate.files if isinstance(row, dict))
    return [{key: str(value) for key, value in row.items()} for row in rows]
