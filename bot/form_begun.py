"""Forms that are begun: asked for, agreed to, gone on with, put aside, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import Command
from bot.filling import go_on, start
from bot.form_talk import (
    around,
    filled_in,
    has_answers,
    own_record,
    put_aside,
    why_not,
    with_files,
)
from bot.forms import criteria
from bot.forms.asking import opening
from bot.forms.definition import Form
from bot.forms.engine import Progress, fields_of
from bot.forms.taps import Tap
from bot.messages import Reply
from bot.owed import PLAN_FORM, REPORT_FORM
from bot.registry import NOTICE, Record
from bot.standing import Asked, Conversation, Turned, notice, offering
from bot.texts import say

#: The command that begins a form → the form.
FORMS: Mapping[Command, str] = {
    "criteria": criteria.FORM,
    "register": "dang-ky",
    "submit_plan": PLAN_FORM,
    "report": REPORT_FORM,
    "problem": "phan-anh",
    "comment": "gop-y",
    "update": "cap-nhat",
}
_RESTING = 6  #: forms that somebody has begun besides the one at hand


def begin_form(
    state: Conversation,
    form_id: str,
    assistance: Assistance,
    known: Mapping[str, str] | None = None,
) -> Turned:
    """Ask the first question, or what must come before: who the person is, whether they agree."""
    registry = assistance.registry
    form = registry.form(form_id)
    if shut := why_not(form, {}, assistance):
        return offering(state, shut)
    if form.purpose and not registry.agreed(form.purpose):
        return _asked_to_agree(state, form, assistance, known or {})
    return _opened(replace(state, agreeing=None), form, assistance, known or {})


def _asked_to_agree(
    state: Conversation, form: Form, assistance: Assistance, known: Mapping[str, str]
) -> Turned:
    asked = notice(
        "consent.ask",
        ("form_agree", "form_decline"),
        purpose=say(f"consent.purpose_{form.purpose}"),
        contact=assistance.contact,
        version=NOTICE,
    )
    return offering(replace(state, agreeing=Asked(form.id, known), filling=False), asked)


def _opened(
    state: Conversation, form: Form, assistance: Assistance, known: Mapping[str, str]
) -> Turned:
    saved = next((p for p in state.begun if p.form == form.id), None)
    state = replace(state, resting=_besides(form, state))
    same = saved is not None and all(saved.known.get(name) == known[name] for name in known)
    if saved and same:
        before, filled = "", go_on(form, saved, around(assistance))
    elif saved and has_answers(saved):
        # Nothing that was written is thrown away: the first is sent or given up before another.
        told = say("form.begun_before", title=form.title)
        before, filled = "", go_on(form, saved, around(assistance), told)
    else:
        before, filled = opening(form), start(form, around(assistance), known)
    shown = fields_of(filled.form, filled.progress.answers)
    if state.early and any(one.early for one in shown):
        early, state = state.early, replace(state, early=())
        filled = with_files(form, filled.progress, early, assistance, before)
    return filled_in(state, form, filled, assistance)


def _besides(form: Form, state: Conversation) -> tuple[Progress, ...]:
    """The other forms that were begun, which rest while this one is filled in."""
    return tuple(p for p in state.begun if p.form != form.id)[:_RESTING]


def commanded(state: Conversation, command: Command, assistance: Assistance) -> Turned | None:
    """A command about forms; None when it is another."""
    if command in FORMS:
        return begin_form(state, FORMS[command], assistance)
    match command:
        case "form_agree" if state.agreeing:
            asked, form = state.agreeing, assistance.registry.form(state.agreeing.form)
            assistance.registry.agree(form.purpose)
            if record := own_record(asked.known.get("correct", ""), assistance):
                return put_back(replace(state, agreeing=None), record, assistance)
            return _opened(replace(state, agreeing=None), form, assistance, asked.known)
        case "form_decline" | "form_cancel" if state.agreeing:
            assistance.registry.drop_files([file.sha256 for file in state.early])
            state = replace(state, agreeing=None, early=(), choosing=False)
            return state, (notice("consent.declined"),)
        case "form_resume":
            return _resumed(state, assistance)
        case "form_save":
            return put_aside(state)
        case "form_cancel":
            told = "form.cancelled" if state.form else "form.none"
            return replace(state, form=None, filling=False, choosing=False), (notice(told),)
        case "form_submit" | "form_done" if state.last_code and not state.form:
            return state, (notice("form.sent_already", code=state.last_code),)
        case _ if command.startswith("form_"):
            return state, (notice("form.paused" if state.form else "form.none"),)
        case _:
            return None


def not_at_hand(state: Conversation, tap: Tap, assistance: Assistance) -> Reply:
    """What is said to a button of a form while none is filled in."""
    form = tap.at.partition(".")[0]
    sent = own_record(state.last_code, assistance)
    if sent and sent.form == form and form not in {one.form for one in state.begun}:
        return notice("form.sent_already", code=sent.code)
    return notice("form.paused" if state.begun else "form.none")


def _resumed(state: Conversation, assistance: Assistance) -> Turned:
    if not state.begun:
        return state, (notice("form.none"),)
    progress, *others = state.begun
    form = assistance.registry.form(progress.form)
    state = replace(state, form=progress, resting=tuple(others))
    return filled_in(state, form, go_on(form, progress, around(assistance)), assistance)


def put_back(state: Conversation, record: Record, assistance: Assistance) -> Turned:
    """A record's answers as a draft again, to be corrected and sent once more."""
    form = assistance.registry.form(record.form)
    if form.purpose and not assistance.registry.agreed(form.purpose):
        return _asked_to_agree(state, form, assistance, {"correct": record.code})
    saved = next((p for p in state.begun if p.form == form.id and p.previous != record.code), None)
    state = replace(state, resting=_besides(form, state))
    if saved and has_answers(saved):
        told = say("form.begun_before", title=form.title)
        filled = go_on(form, saved, around(assistance), told)
        return filled_in(replace(state, form=saved), form, filled, assistance)
    progress = Progress(
        form.id,
        form.version,
        dict(record.answers),
        files=record.files,
        learned=tuple(record.answers),
        previous=record.code,
    )
    filled = go_on(form, progress, around(assistance), say("form.correcting", code=record.code))
    return filled_in(state, form, filled, assistance)
