"""What would be answered otherwise if a paper that waits were published: asked, not guessed.

The office's own questions and those of the last month are put to two assistants: over the library
as it is, and over the same with the paper in its place. Nothing that answers people is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from pydantic import JsonValue
from sqlmodel import Session

from bot.answers import Outcome, as_row, shorten, to_reply
from bot.evaluation import Question, judge
from bot.messages import Turn
from knowledge.documents import Document
from knowledge.library import Library
from service import clock
from service.errors import CandidateRefused, ComparisonStopped
from service.library.candidates import open_paper
from service.library.duty_changes import duty_changes
from service.library.editions import current_edition, get_edition
from service.library.papers import library_of
from service.library.working import Kind, Task
from service.storage import jobs
from service.storage.candidates import get_candidate
from service.storage.comparisons import (
    Month,
    forget_changes,
    keep_changes,
    last_question,
    said,
)
from service.storage.engine import transaction
from service.storage.library_tables import AnswerChange, Candidate


class Asks(Protocol):
    """What is asked: the assistant, or a fake of it."""

    def ask(
        self, text: str, *, today: date, history: Sequence[Turn] = (), unit: str | None = None
    ) -> Outcome:
        """The answer to one question."""
        ...


#: An assistant over papers, all of which may be read by whoever asks it.
Opens = Callable[[Library], Asks]

_MONTH = timedelta(days=30)
_MOST = 2_000  #: questions of the month
_AT_ONCE = 20  #: questions between two notes of how far it is
_LINES, _LETTERS = 4, 400  #: of an answer that are kept
_PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Put:
    """One question as it is put to both."""

    text: str
    times: int  #: in the month
    own: Question | None = None  #: of the office's set

    def to(self, assistant: Asks, today: date) -> tuple[dict[str, Any], dict[str, JsonValue]]:
        """The answer as programs read it, and the beginning of it for people."""
        own = self.own
        outcome = assistant.ask(
            self.text,
            today=own.today if own and own.today else today,
            history=own.history if own else (),
            unit=own.unit if own else None,
        )
        sources = to_reply(outcome).sources
        row = as_row(outcome)
        cited = f"{sources[0].place}, {sources[0].title}" if sources else ""
        shown: dict[str, JsonValue] = {
            "kind": str(row["kind"]),
            "text": beginning(str(row["text"])),
            "cited": cited,
        }
        return row, shown


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
        old, new = opens(seen_by(before, readers)), opens(seen_by(now, readers))
        if _ask_all(task, _questions(task), old, new, today, about):
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


def _begin(task: Task, about: dict[str, JsonValue]) -> None:
    """From the first question on; what was found of the paper before is of no use any more."""
    task.result.clear()
    with transaction(task.engine) as session:
        forget_changes(session, task.subject)
        since = clock.now(task.settings) - _MONTH
        month: dict[str, JsonValue] = {
            "since": since.isoformat(),
            "last": last_question(session),
            "day": clock.today(task.settings).isoformat(),
        }
        task.result.update({**about, **month, "asked": 0, "counts": {}})
        jobs.keep_result(session, task.id, task.result)


def _ask_all(
    task: Task,
    put: Sequence[Put],
    old: Asks,
    new: Asks,
    today: date,
    about: dict[str, JsonValue],
) -> bool:
    """False where something has changed before all was asked."""
    noted = task.result["counts"]
    counts = {str(k): int(str(v)) for k, v in noted.items()} if isinstance(noted, dict) else {}
    asked = int(str(task.result["asked"]))
    while asked < len(put):
        if _standing(task) != about:
            return False
        task.progress("ask", asked, len(put))
        found: list[AnswerChange] = []
        for one in put[asked : asked + _AT_ONCE]:
            found += _changes(task.id, one, old, new, today, counts)
        asked = min(asked + _AT_ONCE, len(put))
        task.result.update(asked=asked, counts=dict(counts))
        with transaction(task.engine) as session:  # both or neither: nothing is counted twice
            keep_changes(session, found)
            jobs.keep_result(session, task.id, task.result)
    task.progress("ask", len(put), len(put))
    task.note(total=len(put), own=sum(one.own is not None for one in put))
    return True


def _changes(
    job_id: int,
    put: Put,
    old: Asks,
    new: Asks,
    today: date,
    counts: dict[str, int],
) -> Iterator[AnswerChange]:
    """What became of one question, which is counted; nothing where it is answered as before."""
    (row, before), (row_now, now) = put.to(old, today), put.to(new, today)
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


def sort_of(before: dict[str, Any], now: dict[str, Any]) -> str:
    """gained, lost, changed, or same: two answers that read the same and cite the same."""
    answered, answers = before["kind"] == "answer", now["kind"] == "answer"
    if answered != answers:
        return "gained" if answers else "lost"
    return "same" if before == now else "changed"


def beginning(text: str) -> str:
    """The first lines of an answer."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    shown = shorten("\n".join(lines[:_LINES]), _LETTERS)
    return shown if shown.endswith("…") or len(lines) <= _LINES else f"{shown}\n…"


def readers_of(paper: Document, library: Library) -> frozenset[str]:
    """As whom to ask: as citizens where anything that they read changes, else as its readers."""
    changed = [paper, *(d for d in library.documents if d.id in (paper.id, *paper.supersedes))]
    if any(_PUBLIC in document.audience for document in changed):
        return frozenset((_PUBLIC,))
    return frozenset((_PUBLIC, "officers", *paper.audience))


def seen_by(library: Library, readers: frozenset[str]) -> Library:
    """What these may read, as papers that are read by whoever asks."""
    return Library(
        tuple(
            replace(document, audience=(_PUBLIC,))
            for document in library.documents
            if not readers.isdisjoint(document.audience)
        )
    )


def _reading(paper: Document, library: Library) -> str:
    """Whether citizens gain or lose the paper: "gained", "lost" or ""."""
    before = any(d.id == paper.id and _PUBLIC in d.audience for d in library.documents)
    now = _PUBLIC in paper.audience
    return "" if before == now else "gained" if now else "lost"


def _questions(task: Task) -> list[Put]:
    """The same each time it is called for one comparison: set first, then the month's."""
    since = datetime.fromisoformat(str(task.result["since"]))
    month = Month(since, int(str(task.result["last"])))
    with transaction(task.engine) as session:
        own, often = question_set(session), month.questions(session, _MOST)
    times = {said(each.text): each.times for each in often}
    # One with a history or a unit is another question than the same words alone.
    plain = {said(q.text) for q in own if not q.history and not q.unit}
    return [
        *(Put(q.text, times.get(said(q.text), 0), q) for q in own),
        *(Put(each.text, each.times) for each in often if said(each.text) not in plain),
    ]


def question_set(session: Session) -> tuple[Question, ...]:
    """The office's own questions with what is right."""
    return ()
