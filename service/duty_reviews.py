"""Duties wait for a person: which are reviewed, rejected or waiting, and how that changes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from knowledge.documents import Document, Duty
from knowledge.library import Library
from knowledge.reading.inspect import duty_json
from service.errors import ServiceError
from service.storage.duty_reviews import (
    DutyKey,
    count_reviewed,
    keep_verdict,
    take_back_verdict,
    verdicts,
)

State = Literal["reviewed", "waiting", "rejected"]

#: "3" or "3-5", with either dash; not "-3", "3-" or "ba".
_RANGE = re.compile(r"([0-9]{1,6})(?:\s*[-–]\s*([0-9]{1,6}))?")


class ReviewRefused(ServiceError):
    """Chưa ghi được kết quả rà soát; Anh/chị vui lòng kiểm tra lại số thứ tự."""

    status = 422
    code = "review_refused"


@dataclass(frozen=True, slots=True)
class ListedDuty:
    """One duty of the library with its number in its paper (from 1) and where it stands."""

    document: Document
    number: int
    duty: Duty
    state: State

    @property
    def shipped(self) -> bool:
        """Whether it came reviewed with the product: its state is not the office's to change."""
        return self.duty.reviewed

    @property
    def key(self) -> DutyKey:
        """What its verdict is kept under."""
        return self.document.id, fingerprint(self.duty)


@dataclass(frozen=True, slots=True)
class Change:
    """One duty and the state it is to have."""

    listed: ListedDuty
    state: State


def fingerprint(duty: Duty) -> str:
    """SHA-256 of a duty as programs read it; the same duty in a new version keeps it."""
    shape = json.dumps(duty_json(duty), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(shape.encode("utf-8")).hexdigest()


def listed_duties(
    session: Session, library: Library, papers: Collection[str] | None = None
) -> tuple[ListedDuty, ...]:
    """Every duty of the library, or of some papers, with its state, by papers and clauses."""
    decided = verdicts(session, papers)
    return tuple(
        ListedDuty(document, number, duty, _state(document, duty, decided))
        for document in library.documents
        if papers is None or document.id in papers
        for number, duty in enumerate(document.duties, start=1)
    )


def papers_with_reviewed(session: Session, library: Library) -> dict[str, int]:
    """Papers of which there may be reviewed duties, and how many at most; quick for thousands."""
    decided = count_reviewed(session)
    counts = {
        document.id: sum(duty.reviewed for duty in document.duties) + decided.get(document.id, 0)
        for document in library.documents
    }
    return {id_: count for id_, count in counts.items() if count}


def numbers_in(text: str, last: int) -> tuple[int, ...]:
    """ "1,3-5" → (1, 3, 4, 5); raises ReviewRefused for anything else and beyond `last`."""
    found: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, end = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > end:
            raise ReviewRefused(
                f"Không hiểu “{text}”; Anh/chị vui lòng ghi số thứ tự như 1,3-5 (từ nhỏ đến lớn)."
            )
        if first < 1 or end > last:
            missing = first if first < 1 or first > last else end
            raise ReviewRefused(f"Không có nhiệm vụ số {missing}; văn bản có {last} nhiệm vụ.")
        found += range(first, end + 1)
    return tuple(dict.fromkeys(found))


def plan_changes(
    duties: Sequence[ListedDuty], asked: Mapping[State, str | None], *, accept_rest: bool = False
) -> tuple[Change, ...]:
    """What would change in a paper's `duties`; `asked` names numbers per state, as numbers_in.

    `accept_rest`: all others that wait are right. What is so already is left out. Raises
    ReviewRefused for shipped duties, unknown numbers and one duty asked to be two things.
    """
    wanted: dict[DutyKey, State] = {}
    for state, text in asked.items():
        for number in numbers_in(text, len(duties)) if text is not None else ():
            listed = duties[number - 1]
            if listed.shipped:
                raise ReviewRefused(
                    f"Nhiệm vụ số {number} thuộc văn bản đi kèm, đã được rà soát sẵn nên không đổi."
                )
            # Two duties that read the same have one verdict.
            if wanted.setdefault(listed.key, state) != state:
                raise ReviewRefused(f"Nhiệm vụ số {number} được nêu với hai kết quả khác nhau.")
    if accept_rest:
        wanted |= {
            d.key: "reviewed" for d in duties if d.state == "waiting" and d.key not in wanted
        }
    changes = (Change(listed, wanted.get(listed.key, listed.state)) for listed in duties)
    return tuple(change for change in changes if change.state != change.listed.state)


def apply_changes(session: Session, changes: Sequence[Change], at: datetime) -> None:
    """Keep what was decided."""
    for change in changes:
        if change.state == "waiting":
            take_back_verdict(session, change.listed.key)
        else:
            keep_verdict(session, change.listed.key, change.state, at)


def _state(document: Document, duty: Duty, decided: Mapping[DutyKey, State]) -> State:
    if duty.reviewed:
        return "reviewed"
    return decided.get((document.id, fingerprint(duty)), "waiting")
