"""What papers say now against what was put on units by them: proposed, and followed when accepted.

Nothing is written down until somebody decides: what is proposed is reckoned from the library as it
is, and what was put aside is remembered by what it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlmodel import Session

from knowledge.documents import Document, Validity
from knowledge.library import Library
from service.clock import VIETNAM
from service.duties.assigning import Days, days_of, recipient_of, source_of
from service.duties.matching import best_pairs, likeness, words_alike
from service.duty_reviews import ListedDuty, fingerprint, listed_duties
from service.errors import AssignmentRefused
from service.storage.duty_tables import Obligation
from service.storage.obligations import Standing, dismissed, obligations_of_papers
from service.storage.papers import papers_of

#: The paper is gone, has lost its time, no longer states the duty, states it otherwise; or a
#: person has found that the duty was read wrongly.
Kind = Literal["no_paper", "expired", "gone", "rejected", "changed"]
#: What the paper states otherwise.
Part = Literal["day", "title", "leads", "recipient", "source"]

_SAME = 0.9  #: by which one that was put on units, too, is the same put on anew
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the paper states otherwise, in its words."""

    part: Part
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Change:
    """What the papers propose for one obligation."""

    obligation: Obligation
    standing: Standing
    kind: Kind
    fingerprint: str  #: of what is proposed: another change has another
    paper: Document | None
    listed: ListedDuty | None = None  #: the duty as it stands now
    differences: tuple[Difference, ...] = ()
    days: Days | None = None  #: the days that follow from it; None: they stay
    refused: str = ""  #: why it cannot be followed as it stands; "" when it can


def changes(session: Session, library: Library, today: date) -> tuple[Change, ...]:
    """What is proposed and was not put aside, in the order of papers."""
    owed = obligations_of_papers(session, today)
    papers = {one.document for one, _ in owed}
    known = Library(tuple(d for d in library.documents if d.id in papers))
    listed = listed_duties(session, known, papers)
    aside = dismissed(session)
    return tuple(
        change
        for paper in sorted(papers)
        for change in _of_paper(
            session,
            known.find(paper),
            [each for each in owed if each[0].document == paper],
            [each for each in listed if each.document.id == paper],
            today,
        )
        if (change.obligation.id, change.fingerprint) not in aside
    )


def _of_paper(
    session: Session,
    paper: Document | None,
    owed: Sequence[tuple[Obligation, Standing]],
    listed: Sequence[ListedDuty],
    today: date,
) -> Iterator[Change]:
    if paper is None:
        for of, standing in owed:
            versions = [one.version for one in papers_of(session, of.document)]
            yield Change(of, standing, "no_paper", _key("no_paper", of.document, *versions), None)
        return
    stated = {one.key[1]: one for one in listed}
    matched = _matched([of for of, _ in owed if of.fingerprint not in stated], listed, owed)
    for of, standing in owed:
        same = stated.get(of.fingerprint)
        if _is_over(of, standing, paper.validity, today):
            over = _key("expired", paper.validity.status, paper.validity.until)
            yield Change(of, standing, "expired", over, paper)
        elif same is not None and same.state == "rejected":
            yield Change(of, standing, "rejected", _key("rejected"), paper, same)
        elif same is None and of.fingerprint not in matched:
            text = hashlib.sha256(paper.text.encode()).hexdigest()
            yield Change(of, standing, "gone", _key("gone", text), paper)
        elif same is None:
            changed = _changed(of, standing, matched[of.fingerprint], today)
            if changed is not None:
                yield changed


def _matched(
    lost: Sequence[Obligation],
    listed: Sequence[ListedDuty],
    owed: Sequence[tuple[Obligation, Standing]],
) -> dict[str, ListedDuty]:
    """By the fingerprint of a duty that is no longer there: the one that stands for it now."""
    taken = {of.fingerprint for of, _ in owed}
    free = [one for one in listed if one.state != "rejected"]
    by_title = {of.fingerprint: of for of in lost}
    pairs = best_pairs(
        (_likeness(of, one, taken=one.key[1] in taken), key, number)
        for key, of in by_title.items()
        for number, one in enumerate(free)
    )
    return {key: free[number] for key, number in pairs.items()}


def _likeness(of: Obligation, listed: ListedDuty, *, taken: bool) -> float:
    """0 to 1.2; `taken`: it was put on units by itself: another duty, or the same put on anew."""
    same_place = of.address == listed.duty.address
    if taken:
        alike = words_alike(of.title, listed.duty.duty)
        return alike if same_place and alike >= _SAME else 0
    return likeness(of.title, listed.duty.duty, same_place=same_place)


def _changed(of: Obligation, standing: Standing, listed: ListedDuty, today: date) -> Change | None:
    """None where the paper words it otherwise, and means the same."""
    duty, refused, days = listed.duty, "", None
    stated: tuple[tuple[Part, str, str], ...] = (
        ("title", of.title, duty.duty),
        ("leads", of.leads, "; ".join(duty.leads)),
        ("recipient", of.recipient, recipient_of(duty)),
        ("source", of.source, source_of(listed)),
    )
    # What nobody has written down is not compared; what the paper is silent of is left.
    found = [Difference(*each) for each in stated if each[1] and each[2] and each[1] != each[2]]
    if not of.own_date and _states_other_days(of, standing, listed):
        found.insert(0, Difference("day", of.printed, duty.when.text or ""))
        try:
            days = days_of(listed, today, due=None, rule=None)
        except AssignmentRefused as why:
            refused = str(why)
    if not found:
        return None
    if listed.state != "reviewed":
        refused = str(AssignmentRefused("unreviewed"))
    key = _key("changed", fingerprint(duty), source_of(listed))
    return Change(
        of, standing, "changed", key, listed.document, listed, tuple(found), days, refused
    )


def _states_other_days(of: Obligation, standing: Standing, listed: ListedDuty) -> bool:
    when = listed.duty.when
    if of.rule or when.recurrence:
        return (of.rule or None) != when.recurrence
    last = None if when.kind == "continuous" else when.end
    return any(day != last for day in standing.due)


def _is_over(of: Obligation, standing: Standing, validity: Validity, today: date) -> bool:
    """Whether the paper counts no more, and units are still to do something by it.

    An office that has set a date of its own when the paper was over already has thought of it.
    """
    until = validity.until
    over = until < today if until else validity.status == "expired"
    if not over or not (of.rule or standing.ahead):
        return False
    since = until + _DAY if until else validity.recorded
    made = of.created_at.astimezone(VIETNAM).date()
    return not of.own_date or (since is not None and since > made)


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()
