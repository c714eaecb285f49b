"""One duty that was put on units: where it stands, how it is reminded of, who receives it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.owed import day_in_words
from knowledge.vietnamese import collapse
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.policy_forms import (
    LONGEST,
    PolicyFault,
    TypedPolicy,
    days_told,
    in_words,
    read_policy,
    typed_of,
)
from service.admin.repeats import rule_in_words
from service.admin.words import words
from service.duties.costs import round_cost
from service.duties.policies import as_json, default_policy, policy_of
from service.duties.wording import calendar_of
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.shapes import clean
from service.spending import dong
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.obligations import (
    get_obligation,
    set_policy,
    set_receivers,
    standing_of,
)

_LONGEST_BODY = 300  #: characters of whom it goes to
_OTHER_DAYS = 12  #: last days that are named beside the next

Text = Annotated[str, Form()]

router = APIRouter()


@router.get("/admin/obligations/{obligation_id}")
def page(request: Request, obligation_id: RowId) -> Response:
    """All that is known of it."""
    return _page(request, obligation_id)


@router.post("/admin/obligations/{obligation_id}")
def change(
    request: Request, obligation_id: RowId, recipient: Text = "", confirmer: Text = ""
) -> Response:
    """To whom it is reported, and who confirms it."""
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    told = collapse(clean(recipient)), collapse(clean(confirmer))
    if max(map(len, told)) > _LONGEST_BODY:
        error = words()["obligations"]["long"].format(longest=_LONGEST_BODY)
        return _page(request, obligation_id, error=error, receivers=told)
    with transaction(desk.engine) as session:
        of = get_obligation(session, obligation_id)
        if of is None:
            return not_found(request)
        changed = (of.recipient, of.confirmer) != told
        if changed:
            set_receivers(session, obligation_id, *told)
            record(session, who, "receivers_changed", f"obligation:{obligation_id}", at)
    return back(f"/admin/obligations/{obligation_id}", "turned" if changed else "already")


@router.post("/admin/obligations/{obligation_id}/policy")
def policy(
    request: Request,
    obligation_id: RowId,
    before: Text = "",
    late: Text = "",
    escalate: Text = "",
    heads: Text = "as_set",
    announce: Text = "",
    do: Annotated[Literal["show", "save", "default"], Form()] = "show",
) -> Response:
    """Show what a policy would tell on which days, keep it, or go back to the office's own."""
    desk = desk_of(request)
    who, at, today = visitor_of(request).actor, clock.now(desk.settings), clock.today(desk.settings)
    typed = TypedPolicy(before, late, escalate, heads, announce)
    try:
        wanted = {} if do == "default" else as_json(read_policy(typed))
    except PolicyFault as wrong:
        return _page(request, obligation_id, typed, error=str(wrong))
    if do == "show":
        return _page(request, obligation_id, typed)
    with transaction(desk.engine) as session:
        of = get_obligation(session, obligation_id)
        if of is None:
            return not_found(request)
        changed = of.policy != wanted
        if changed:
            set_policy(session, obligation_id, wanted, today)
            subject = f"obligation:{obligation_id}"
            record(session, who, "policy_set" if wanted else "policy_dropped", subject, at)
    return back(f"/admin/obligations/{obligation_id}", "turned" if changed else "already")


def _page(
    request: Request,
    obligation_id: int,
    typed: TypedPolicy | None = None,
    *,
    error: str = "",
    receivers: tuple[str, str] | None = None,
) -> Response:
    """`typed`: a policy that is not kept, but shown; with an error, as it was typed."""
    desk = desk_of(request)
    today, default = clock.today(desk.settings), default_policy(desk.settings)
    with transaction(desk.engine) as session:
        of = get_obligation(session, obligation_id)
        if of is None:
            return not_found(request)
        standing, calendar = standing_of(session, obligation_id, today), calendar_of(session)
        cost = round_cost(session, desk.settings, obligation_id, clock.now(desk.settings))
    kept = policy_of(of.policy, default)
    shown = read_policy(typed) if typed and not error else kept
    day = standing.next_day or (standing.days[-1] if standing.days else None)
    working = calendar.on_or_before(day) if day else None
    days = days_told(day, shown, calendar, today) if day else []
    others = [day_in_words(each) for each in standing.days if each != day]
    return draw(
        request,
        "admin_obligation.html",
        "assignments",
        status=422 if error else 200,
        of=of,
        rule=rule_in_words(of.rule),
        standing=standing,
        day=day_in_words(day) if day else "",
        working_day=day_in_words(working) if working and working != day else "",
        other_days=others[:_OTHER_DAYS],
        receivers=receivers or (of.recipient, of.confirmer),
        longest_body=_LONGEST_BODY,
        policy=list(in_words(kept, desk.settings)),
        own=bool(of.policy),
        fields=typed or typed_of(kept),
        previewed=typed is not None and not error,
        days=days,
        cost=_cost(cost * sum(not one.over for one in days)),
        longest=LONGEST,
        error=error,
    )


def _cost(sum_: int) -> str:
    said = words()["obligations"]
    return str(said["cost"].format(sum=dong(sum_)) if sum_ else said["no_cost"])
