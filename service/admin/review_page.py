"""The page of a paper that waits: its source beside its clauses and duties, and its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import Response

from knowledge.documents import Clause
from service import clock
from service.admin.drawing import draw
from service.admin.review_forms import (
    AUDIENCES,
    KINDS,
    LONGEST,
    STATUSES,
    Fields,
    TypedDuty,
    TypedPaper,
    duty_as_typed,
    paper_as_typed,
)
from service.admin.review_views import (
    PER_PAGE,
    choose,
    page_of,
    papers_to_supersede,
    rows_of,
    source,
    tree,
    typed_lines,
    warnings_of,
    when_words,
)
from service.library import candidates as on_their_way
from service.library.papers import library_of
from service.routes.desk import desk_of
from service.storage.engine import transaction
from service.storage.library_tables import Candidate
from service.storage.units import open_units


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a paper is looked at, and what came back from a form."""

    at: str = ""  #: address of the chosen clause
    duty: int = 0  #: number of the chosen duty in the paper; 0 for none, -1 for a new one
    page: int = 0  #: of the tree; 0: where the chosen clause stands
    only: str = ""  #: "duties": only clauses that state some
    error: str = ""
    fields: Fields = field(default_factory=dict)  #: of the form that was refused
    of_duty: TypedDuty | None = None
    of_paper: TypedPaper | None = None
    status: int = 422


def shown(
    at: str = "",
    duty: Annotated[int, Query(ge=-1, lt=2**31)] = 0,
    page: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    only: str = "",
) -> Shown:
    """What the address of the page asks for."""
    return Shown(at=at, duty=duty, page=page, only="duties" if only == "duties" else "")


def review_page(request: Request, candidate: Candidate, look: Shown) -> Response:
    """The page of a candidate in review."""
    desk = desk_of(request)
    paper = on_their_way.open_paper(desk.settings, candidate)
    library = library_of(desk.settings)
    before = library.find(paper.id)
    duty = paper.duties[look.duty - 1] if 0 < look.duty <= len(paper.duties) else None
    chosen = choose(paper, look.at or (duty.address if duty else ""))
    if chosen and duty and duty.address != chosen.clause.address:
        duty = None
    listed = rows_of(paper, look.only == "duties")
    page = look.page or page_of(listed, chosen.clause.address if chosen else "")
    first = (page - 1) * PER_PAGE
    with transaction(desk.engine) as session:
        units = [(f"{u.id}", u.name) for u in open_units(session, clock.today(desk.settings))]
    typed = look.of_paper or paper_as_typed(paper)
    new = look.duty == -1 and chosen is not None
    return draw(
        request,
        "admin_review.html",
        "papers",
        status=look.status if look.error else 200,
        candidate=candidate,
        paper=paper,
        look=look,
        error=look.error,
        lost=typed_lines(look.fields) if look.status == 409 else [],
        warnings=list(warnings_of(paper, candidate.warnings)),
        source=source(paper.text, chosen.clause if chosen else None, duty.quote if duty else ""),
        rows=tree(paper, listed[first : first + PER_PAGE]),
        newer=review_address(candidate.id, page=page - 1, only=look.only) if page > 1 else "",
        older=review_address(candidate.id, page=page + 1, only=look.only)
        if len(listed) > first + PER_PAGE
        else "",
        chosen=chosen,
        number=look.duty if duty else -1 if new else 0,
        duty=look.of_duty
        or (
            duty_as_typed(duty) if duty else _blank_duty(chosen.clause) if chosen and new else None
        ),
        understood=when_words(duty.when) if duty else "",
        right=bool(duty and duty.reviewed),
        ticked=sum(each.reviewed for each in paper.duties),
        known=before.short_title if before else "",
        typed=typed,
        units=[*units, *((u, u) for u in typed.units if u not in dict(units))],
        others=papers_to_supersede(paper, library),
        statuses=STATUSES,
        audiences=AUDIENCES,
        kinds=KINDS,
        longest=LONGEST,
        link=lambda **asked: review_address(candidate.id, **asked),
    )


def _blank_duty(clause: Clause) -> TypedDuty:
    """A new duty of a clause begins with its first paragraph."""
    words_ = clause.pieces[0].text if clause.pieces else clause.heading
    return TypedDuty(address=clause.address, duty=words_, quote=words_, kind="none")


def review_address(candidate_id: int | None, **asked: object) -> str:
    """Its address, with what is looked at; what is empty is left out."""
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"/admin/candidates/{candidate_id}" + (f"?{said}" if said else "")
