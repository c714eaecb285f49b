"""The answers that the office has approved, as every process knows them within a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from threading import Lock

from sqlalchemy import Engine
from sqlmodel import Session

from bot.approved import Approved, fault_of, may_be_said
from bot.paraphrase import same_key, same_marks
from bot.texts import say
from knowledge.library import Library
from service.storage.alerts import AlertKind, raise_alert, raised_since
from service.storage.asked_tables import CuratedAnswer
from service.storage.curated import approved_answers, get_curated, late_answers, stamp
from service.storage.engine import transaction

_LAPSED: AlertKind = "curated_lapsed"
_LOOKED = 1.0  #: seconds for which what was looked up stands

#: By what somebody asks: (a way to ask it, the answer).
_ByKey = Mapping[str, Sequence[tuple[str, Approved]]]


def tell_of_late(session: Session, today: date, at: datetime) -> None:
    """Tell the desk, once, of each answer that is said no more because its day is over."""
    for row in late_answers(session, today):
        _tell(session, row, say("alerts.curated_late", day=f"{row.review_on:%d/%m/%Y}"), at)


def tell_of_fallen(session: Session, answer_id: int, at: datetime) -> None:
    """Tell the desk, once, of an answer that was asked for and has lost a clause."""
    row = get_curated(session, answer_id)
    if row is not None and row.state == "approved":
        _tell(session, row, say("alerts.curated_fallen"), at)


def _tell(session: Session, row: CuratedAnswer, detail: str, at: datetime) -> None:
    source = f"curated:{row.id}"
    if not raised_since(session, _LAPSED, source, row.changed_at):
        raise_alert(session, _LAPSED, source, detail, at)


class ApprovedAnswers:
    """What is in the table now; looked up again when something has changed there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._looked: float | None = None
        self._stamp: tuple[int, int] | None = None
        self._by_key: _ByKey = {}
        self._all: tuple[Approved, ...] = ()

    def find(
        self, engine: Engine, library: Library, question: str, today: date, readers: frozenset[str]
    ) -> Approved | None:
        """The answer to this very question that these readers may be given that day.

        What is for fewer goes before what is for everybody.
        """
        found = [
            approved
            for approved in self.answering(engine, question)
            if may_be_said(approved, library, today, readers)
        ]
        return min(found, key=lambda one: "public" in one.audience, default=None)

    def answering(self, engine: Engine, question: str) -> list[Approved]:
        """All that answer this very question, whether they stand or not."""
        self._look(engine)
        if not self._by_key:
            return []
        found = self._by_key.get(same_key(question), ())
        return [approved for asked, approved in found if same_marks(asked, question)]

    def fallen(self, engine: Engine, library: Library) -> list[int]:
        """Numbers of those with a clause that no longer stands as it was quoted."""
        self._look(engine)
        return [
            one.id
            for one in self._all
            if any(fault_of(quoted, library, one.audience) for quoted in one.quoted)
        ]

    def _look(self, engine: Engine) -> None:
        now = self._clock()
        if self._looked is not None and 0 <= now - self._looked < _LOOKED:
            return
        with self._lock, transaction(engine) as session:
            newest = stamp(session)
            if newest != self._stamp:
                self._all = tuple(approved_answers(session))
                by_key: dict[str, list[tuple[str, Approved]]] = {}
                for approved in self._all:
                    for asked in approved.questions:
                        by_key.setdefault(same_key(asked), []).append((asked, approved))
                by_key.pop("", None)
                self._by_key, self._stamp = by_key, newest
            self._looked = now
