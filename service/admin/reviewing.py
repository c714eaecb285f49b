"""A paper that waits, put right by hand: its clauses, its duties, what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import JsonValue
from sqlmodel import Session

from knowledge import correcting
from knowledge.documents import Clause, Document, Duty, When
from knowledge.duty_correcting import add_duty, change_duty, drop_duty, tick_duties
from knowledge.errors import CorrectionRefused
from knowledge.respelling import respell
from knowledge.structure import Structure
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back
from service.admin.review_forms import (
    ReviewFault,
    TypedDuty,
    TypedPaper,
    fault,
    read_duty,
    read_label,
    read_misread,
    read_paper,
    read_words,
)
from service.admin.review_page import Shown, review_address, review_page
from service.admin.words import words
from service.delivery.marks import bears_mark
from service.errors import CandidateRefused
from service.library import candidates as on_their_way
from service.library.papers import library_of
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.storage.audit import record
from service.storage.candidates import get_candidate
from service.storage.engine import transaction

_PATH = "/admin/candidates/{candidate_id}"

Typed = Annotated[str, Form()]
Many = Annotated[tuple[str, ...], Form()]
Number = Annotated[int, Form(ge=0, lt=2**31)]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Corrected:
    """A paper after a correction, and what to look at then."""

    paper: Document
    at: str = ""
    duty: int = 0


#: Makes one correction; raises CorrectionRefused or ReviewFault.
Correction = Callable[[Document], Corrected]


@router.post(_PATH + "/clauses")
def correct_clause(
    request: Request,
    candidate_id: RowId,
    revision: Number = 0,
    do: Typed = "",
    at: Typed = "",
    label: Typed = "",
    heading: Typed = "",
    into: Typed = "",
    piece: Number = 0,
    level: Typed = "same",
    first_words: Typed = "",
    wrong: Typed = "",
    right: Typed = "",
) -> Response:
    """Merge, split, renumber or move a clause, set its heading, put a misread word of it right."""

    def correct(paper: Document) -> Corrected:
        if do == "respell":
            return Corrected(_respelt(paper, at, wrong, right), at)
        before, text = (paper.clauses, paper.duties), paper.text
        start = next((c.start for c in paper.clauses if c.address == at), 0)
        after: Structure
        match do:
            case "merge":
                after = correcting.merge(text, before, at, into or None)
            case "split":
                below: correcting.Level = "below" if level == "below" else "same"
                said, from_ = read_label(label), read_words(first_words)
                after = correcting.split(text, before, at, piece, said, below, from_)
                start = _new_start(before[0], after[0], start)
            case "renumber":
                after = correcting.renumber(text, before, at, read_label(label))
            case "indent":
                after = correcting.indent(text, before, at)
            case "outdent":
                after = correcting.outdent(text, before, at)
            case "heading":
                after = correcting.set_heading(text, before, at, read_words(heading))
            case _:
                raise fault("again")
        return Corrected(_with(paper, after), _standing_at(after[0], start))

    typed = {"label": label, "heading": heading, "first_words": first_words}
    typed |= {"wrong": wrong, "right": right}
    look = Shown(at=at, fields=typed)
    return _correct(request, candidate_id, revision, f"clause_{do}", at, correct, look)


@router.post(_PATH + "/duties")
def correct_duty(
    request: Request,
    candidate_id: RowId,
    revision: Number = 0,
    do: Typed = "",
    number: Annotated[int, Form(ge=-1, lt=2**31)] = 0,
    at: Typed = "",
    address: Typed = "",
    duty: Typed = "",
    leads: Typed = "",
    coordinates: Typed = "",
    when: Typed = "",
    first: Typed = "",
    last: Typed = "",
    kind: Typed = "",
    recipient: Typed = "",
    via: Typed = "",
    quote: Typed = "",
) -> Response:
    """Change, add, drop or tick a duty."""
    typed = TypedDuty(
        address, duty, leads, coordinates, when, first, last, kind, recipient, via, quote
    )

    def correct(paper: Document) -> Corrected:
        before = (paper.clauses, paper.duties)
        year = int(paper.identity.date[:4]) if paper.identity.date else None
        index = number - 1
        if do in ("save", "right", "drop", "untick") and not 0 <= index < len(paper.duties):
            raise CorrectionRefused("no_duty")
        match do:
            case "save" | "right":
                said = read_duty(typed, before[1][index], year)
                said = replace(said, reviewed=do == "right")
                after = change_duty(paper.text, before, index, said)
            case "add":
                new = read_duty(typed, Duty(at, (), (), "", When(), None, None, ""), year)
                after, index = add_duty(paper.text, before, replace(new, reviewed=True))
            case "drop":
                return Corrected(_with(paper, drop_duty(before, index)), at)
            case "untick":
                after = tick_duties(before, [index], right=False)
            case "tick_clause":
                here = [n for n, each in enumerate(before[1]) if each.address == at]
                return Corrected(_with(paper, tick_duties(before, here)), at)
            case "tick_all":
                return Corrected(_with(paper, tick_duties(before, range(len(before[1])))), at)
            case _:
                raise fault("again")
        return Corrected(_with(paper, after), after[1][index].address)

    look = Shown(at=at, duty=number, fields=asdict(typed), of_duty=typed if duty or when else None)
    return _correct(request, candidate_id, revision, f"duty_{do}", address or at, correct, look)


@router.post(_PATH + "/paper")
def correct_paper(
    request: Request,
    candidate_id: RowId,
    revision: Number = 0,
    kind: Typed = "",
    number: Typed = "",
    issuer: Typed = "",
    place: Typed = "",
    date: Typed = "",
    signatory: Typed = "",
    signatory_title: Typed = "",
    title: Typed = "",
    short_title: Typed = "",
    first_year: Typed = "",
    last_year: Typed = "",
    status: Typed = "",
    until: Typed = "",
    reason: Typed = "",
    basis: Typed = "",
    audience: Typed = "",
    implements: Typed = "",
    units: Many = (),
    supersedes: Many = (),
) -> Response:
    """What the paper says of itself, until when it counts, who may read it."""
    typed = TypedPaper(
        kind, number, issuer, place, date, signatory, signatory_title, title, short_title,
        first_year, last_year, status, until, reason, basis, audience, implements, units,
        supersedes,
    )  # fmt: skip
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, candidate_id)
        named = candidate is not None and candidate.origin == "paper"

    def correct(paper: Document) -> Corrected:
        library, today = library_of(desk.settings), clock.today(desk.settings)
        return Corrected(read_paper(typed, paper, library, today, named=named))

    texts = {each.name: getattr(typed, each.name) for each in fields(typed)}
    told = {name: value for name, value in texts.items() if isinstance(value, str)}
    look = Shown(fields=told, of_paper=typed)
    return _correct(request, candidate_id, revision, "paper", "", correct, look)


@router.post(_PATH + "/undo")
def undo(request: Request, candidate_id: RowId, revision: Number = 0) -> Response:
    """As it was before the last correction."""
    desk = desk_of(request)
    try:
        with transaction(desk.engine) as session:
            candidate = get_candidate(session, candidate_id)
            if candidate is None:
                return not_found(request)
            if candidate.state != "review" or candidate.revision != revision:
                raise CandidateRefused
            at = clock.now(desk.settings)
            undone = on_their_way.undo(session, desk.settings, candidate, at)
            if undone:
                _note(request, session, candidate_id, "undo", "")
    except CandidateRefused:
        return back(review_address(candidate_id), "already")
    return back(review_address(candidate_id), "undone" if undone else "nothing_to_undo")


def _correct(
    request: Request,
    candidate_id: int,
    revision: int,
    what: str,
    address: str,
    correct: Correction,
    look: Shown,
) -> Response:
    """One correction, kept and written down; where it is refused, what was typed comes back."""
    desk = desk_of(request)
    try:
        with transaction(desk.engine) as session:
            candidate = get_candidate(session, candidate_id)
            if candidate is None:
                return not_found(request)
            if candidate.state != "review":
                return back(review_address(candidate_id), "already")
            if candidate.revision != revision:
                raise CandidateRefused
            paper = on_their_way.open_paper(desk.settings, candidate)
            corrected = correct(paper)
            if corrected.paper != paper:
                at = clock.now(desk.settings)
                on_their_way.save_paper(
                    session, desk.settings, candidate, corrected.paper, at, revision=revision
                )
                _note(request, session, candidate_id, what, address)
    except CorrectionRefused as refusal:
        return _refused(request, candidate_id, look, words()["review"]["faults"][refusal.why])
    except ReviewFault as wrong:
        return _refused(request, candidate_id, look, str(wrong))
    except CandidateRefused:
        overtaken = words()["review"]["faults"]["overtaken"]
        # What stands under that number now may be another one: nothing typed is put into its form.
        alone = replace(look, duty=0, of_duty=None, of_paper=None, status=409)
        return _refused(request, candidate_id, alone, overtaken)
    done = "corrected" if corrected.paper != paper else "same"
    asked = urlencode({"at": corrected.at, "done": done} if corrected.at else {"done": done})
    return RedirectResponse(f"{review_address(candidate_id)}?{asked}", status_code=303)


def _refused(request: Request, candidate_id: int, look: Shown, why: str) -> Response:
    with transaction(desk_of(request).engine) as session:
        candidate = get_candidate(session, candidate_id)
    if candidate is None or candidate.state != "review":
        return back(review_address(candidate_id), "already")
    return review_page(request, candidate, replace(look, error=why))


def _note(request: Request, session: Session, candidate_id: int, what: str, address: str) -> None:
    """One row of the audit trail: what kind of correction, at which clause."""
    at = clock.now(desk_of(request).settings)
    told: dict[str, JsonValue] = {"what": what, "address": address} if address else {"what": what}
    who, subject = visitor_of(request).actor, f"candidate:{candidate_id}"
    record(session, who, "candidate_corrected", subject, at, told)


def _respelt(paper: Document, address: str, wrong: str, right: str) -> Document:
    """What bears a mark of secrecy is not kept, also where the mark had only been misread."""
    after = respell(paper, address, *read_misread(wrong, right))
    if after.text != paper.text and bears_mark(after.text, scanned=True):
        raise fault("secret")
    return after


def _with(paper: Document, after: Structure) -> Document:
    return replace(paper, clauses=after[0], duties=after[1])


def _standing_at(clauses: tuple[Clause, ...], start: int) -> str:
    """The clause that begins there, or the innermost one that has taken it in."""
    around = [clause for clause in clauses if clause.start <= start < max(clause.end, start + 1)]
    exact = [clause for clause in around if clause.start == start]
    return (exact or around)[-1].address if around else ""


def _new_start(before: tuple[Clause, ...], after: tuple[Clause, ...], otherwise: int) -> int:
    known = {(clause.start, clause.label) for clause in before}
    fresh = (clause.start for clause in after if (clause.start, clause.label) not in known)
    return next(fresh, otherwise)
