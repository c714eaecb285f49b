"""What would be answered otherwise if a paper that waits were published: asked, not guessed.

The office's own questions and those of the last month are put to two assistants: over the library
as it is, and over the same with the paper in its place. Nothing that answers people is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import JsonValue

from bot.evaluation import judge
from knowledge.documents import Document
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by, sees
from service import clock
from service.asking import Desk
from service.errors import CandidateRefused, ComparisonStopped
from service.library.candidates import open_paper
from service.library.duty_changes import duty_changes
from service.library.editions import current_edition, get_edition
from service.library.papers import library_of
from service.library.putting import MONTH, Put, questions, side_by_side, sort_of
from service.library.working import Kind, Task
from service.live import Answers, LiveAssistant
from service.storage import jobs
from service.storage.candidates import get_candidate
from service.storage.comparisons import Month, forget_changes, keep_changes, last_question
from service.storage.engine import transaction
from service.storage.library_tables import AnswerChange, Candidate

#: Whatever answers from papers, all of which may be read by whoever asks; what was opened before
#: it may be made use of.
Opens = Callable[[Library, Answers | None], Answers]

_AT_ONCE = 20  #: questions between two notes of how far it is


@dataclass(frozen=True, slots=True)
class Both:
    """What is asked, without and with the paper, and as whom."""

    before: Desk
    now: Desk
    today: date
    readers: Readers


def kind(opens: Opens) -> Kind:
    """How a job that compares is done; one that fails leaves the paper as it is."""
    return Kind(lambda task: compare(task, opens), lambda task, problem: None)


def argument_of(candidate: Candidate, edition: int) -> dict[str, JsonValue]:
    """What is compared: this paper as it stands now, with that edition."""
    return {"revision": candidate.revision, "edition": edition}


def compare(task: Task, opens: Opens) -> None:
    """Ask everything; one that was interrupted goes on where it was, if nothing has changed.

    Where the paper or the library changes meanwhile it begins anew; where the paper waits no more
    it is left.
    """
    while about := _standing(task):
        if any(task.result.get(name) != value for name, value in about.items()):
            _begin(task, about)
        paper, before, now = _papers(task, about)
        readers = readers_of(paper, before)
        today = date.fromisoformat(str(task.result["day"]))
        if "duties" not in task.result:
            with transaction(task.engine) as session:
                found = duty_changes(session, paper, before, now, today)
            asked_as: list[JsonValue] = [*sorted(readers)]
            task.note(duties=found, readers=asked_as, reading=_reading(paper, before))
        task.progress("open")
        old = opens(as_read(before, readers), None)
        new = opens(as_read(now, readers), old)
        both = Both(_desk(task, old), _desk(task, new), today, readers)
        if _ask_all(task, both, about):
            return


def _standing(task: Task) -> dict[str, JsonValue]:
    """What there is to compare now; nothing where the paper does not wait for a person."""
    with transaction(task.engine) as session:
        candidate = get_candidate(session, task.number)
        if candidate is None or not candidate.revision or candidate.state != "review":
            return {}
        if jobs.urgent(session, task.id):
            raise ComparisonStopped
    return argument_of(candidate, current_edition(task.settings).number)


def _papers(task: Task, about: dict[str, JsonValue]) -> tuple[Document, Library, Library]:
    """The paper as it stands, the library without and with it."""
    with transaction(task.engine) as session:
        candidate = get_candidate(session, task.number)
    if candidate is None:
        raise CandidateRefused
    paper = open_paper(task.settings, candidate)
    edition = get_edition(task.settings, int(str(about["edition"])))
    before = library_of(task.settings, edition)
    return paper, before, library_of(task.settings, edition, (paper,))


def _desk(task: Task, answers: Answers) -> Desk:
    """Answers as people get them, what the office has approved before what papers say."""
    return Desk(LiveAssistant(lambda: answers, lambda: 0), task.engine, task.settings)


def _begin(task: Task, about: dict[str, JsonValue]) -> None:
    """From the first question on; what was found of the paper before is of no use any more."""
    task.result.clear()
    with transaction(task.engine) as session:
        forget_changes(session, task.subject)
        since = clock.now(task.settings) - MONTH
        month: dict[str, JsonValue] = {
            "since": since.isoformat(),
            "last": last_question(session),
            "day": clock.today(task.settings).isoformat(),
        }
        task.result.update({**about, **month, "asked": 0, "counts": {}})
        jobs.keep_result(session, task.id, task.result)


def _ask_all(task: Task, both: Both, about: dict[str, JsonValue]) -> bool:
    """False where something has changed before all was asked."""
    since = datetime.fromisoformat(str(task.result["since"]))
    with transaction(task.engine) as session:
        put = questions(session, Month(since, int(str(task.result["last"]))))
    noted = task.result["counts"]
    counts = {str(k): int(str(v)) for k, v in noted.items()} if isinstance(noted, dict) else {}
    asked = int(str(task.result["asked"]))
    while asked < len(put):
        if _standing(task) != about:
            return False
        task.progress("ask", asked, len(put))
        found: list[AnswerChange] = []
        for one in put[asked : asked + _AT_ONCE]:
            found += _changes(task.id, one, both, counts)
        asked = min(asked + _AT_ONCE, len(put))
        task.result.update(asked=asked, counts=dict(counts))
        with transaction(task.engine) as session:  # both or neither: nothing is counted twice
            keep_changes(session, found)
            jobs.keep_result(session, task.id, task.result)
    task.progress("ask", len(put), len(put))
    task.note(total=len(put), own=sum(one.own is not None for one in put))
    return True


def _changes(job_id: int, put: Put, both: Both, counts: dict[str, int]) -> Iterator[AnswerChange]:
    """What became of one question, which is counted; nothing where it is answered as before."""
    row, before = put.to(both.before, both.today, both.readers)
    row_now, now = put.to(both.now, both.today, both.readers)
    before["text"], now["text"] = side_by_side(str(row["text"]), str(row_now["text"]))
    sort = sort_of(row, row_now)
    verdict = ""
    if put.own:
        right, right_now = not judge(put.own, row), not judge(put.own, row_now)
        verdict = "" if right == right_now else "right" if right_now else "wrong"
        _count(counts, "set_right_before", right)
        _count(counts, "set_right_now", right_now)
    _count(counts, sort)
    if verdict:
        _count(counts, verdict)
    if sort != "same":
        yield AnswerChange(
            job_id=job_id,
            sort=sort,
            verdict=verdict,
            own=put.own is not None,
            times=put.times,
            question=put.text,
            before=before,
            now=now,
        )


def _count(counts: dict[str, int], name: str, one: bool = True) -> None:
    counts[name] = counts.get(name, 0) + one


def readers_of(paper: Document, library: Library) -> Readers:
    """As whom to ask: as citizens where anything that they read changes, else as its readers."""
    changed = [paper, *(d for d in library.documents if d.id in (paper.id, *paper.supersedes))]
    if any(sees(document, PUBLIC) for document in changed):
        return PUBLIC
    return OFFICERS | frozenset(paper.audience)


def as_read(library: Library, readers: Readers) -> Library:
    """What these may read, as papers that are read by whoever asks: one assistant, one index."""
    return Library(
        tuple(
            replace(document, audience=tuple(PUBLIC))
            for document in seen_by(library, readers).documents
        )
    )


def _reading(paper: Document, library: Library) -> str:
    """Whether citizens gain or lose the paper: "gained", "lost" or ""."""
    before = any(d.id == paper.id and sees(d, PUBLIC) for d in library.documents)
    now = sees(paper, PUBLIC)
    return "" if before == now else "gained" if now else "lost"
