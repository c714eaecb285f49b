"""Forms within a conversation: agreed to, begun, gone on with, put aside, sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import Command, slash
from bot.filling import Filled, ask, go_on, opening, start, take, take_files, wants_figures
from bot.forms import criteria
from bot.forms.around import Around, closed, fitted
from bot.forms.criteria_reply import criteria_reply
from bot.forms.definition import Form, Where
from bot.forms.engine import Progress, SentFile, current, fields_of, files_of
from bot.messages import Button, Reply
from bot.registry import NOTICE, OPEN_STATES, FilledForm, Record
from bot.standing import (
    Asked,
    Conversation,
    KeptFile,
    Turned,
    notice,
    offering,
    size_of,
    worded,
)
from bot.texts import say

#: The command that begins a form → the form.
FORMS: Mapping[Command, str] = {
    "criteria": criteria.FORM,
    "register": "dang-ky",
    "submit_plan": "nop-ke-hoach",
    "report": "bao-cao",
    "problem": "phan-anh",
    "comment": "gop-y",
}
_GIVEN = frozenset(("unit", "draft"))  #: questions that are answered before anything is asked
_EARLY = 20  #: files that are kept in mind before a form asks for them
_FOR_FILES: tuple[Command, ...] = ("submit_plan", "report")  #: what a file may be meant for
_RESTING = 6  #: forms that somebody has begun besides the one at hand


def around(assistance: Assistance) -> Around:
    """What a form is filled in with, for this person today."""
    registry = assistance.registry
    return Around(
        assistance.today,
        where(assistance),
        registry.options,
        registry.units_like,
        registry.known(),
        registry.flags,
    )


def where(assistance: Assistance) -> Where:
    """How people are told where a clause stands."""
    return lambda clause: assistance.place(clause.document, clause.address)


def begin_form(
    state: Conversation,
    form_id: str,
    assistance: Assistance,
    known: Mapping[str, str] | None = None,
) -> Turned:
    """Ask the first question, or what must come before: who the person is, whether they agree."""
    registry = assistance.registry
    form = registry.form(form_id)
    why_not = _why_not(form, {}, assistance)
    if why_not:
        return offering(state, why_not)
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


def _why_not(form: Form, answers: Mapping[str, str], assistance: Assistance) -> Reply | None:
    """Why nobody can fill in the form now, however far they were: for no unit, about no draft."""
    if form.audience == "officer" and not assistance.registry.acting():
        return notice("form.officers_only", ("register",), title=form.title)
    why = closed(form, answers, around(assistance))
    return worded(why) if why else None


def _opened(
    state: Conversation, form: Form, assistance: Assistance, known: Mapping[str, str]
) -> Turned:
    saved = next((p for p in state.begun if p.form == form.id), None)
    state = replace(state, resting=_besides(form, state))
    same = saved is not None and all(saved.known.get(name) == known[name] for name in known)
    if saved and same:
        before, filled = "", go_on(form, saved, around(assistance))
    elif saved and _has_answers(saved):
        # Nothing that was written is thrown away: the first is sent or given up before another.
        told = say("form.begun_before", title=form.title)
        before, filled = "", go_on(form, saved, around(assistance), told)
    else:
        before, filled = opening(form), start(form, around(assistance), known)
    shown = fields_of(filled.form, filled.progress.answers)
    if state.early and any(one.early for one in shown):
        early, state = state.early, replace(state, early=())
        filled = _with_files(form, filled.progress, early, assistance, before)
    return _filled(state, filled, assistance)


def _besides(form: Form, state: Conversation) -> tuple[Progress, ...]:
    """The other forms that were begun, which rest while this one is filled in."""
    return tuple(p for p in state.begun if p.form != form.id)[:_RESTING]


def _has_answers(saved: Progress) -> bool:
    """Whether something was answered in it that another beginning would throw away."""
    return any(name not in _GIVEN for name in saved.answers)


def answer_form(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """What was written to a form; None when it is a question of its own."""
    form, progress = _at(state, assistance)
    filled = take(form, progress, text, around(assistance))
    return None if filled is None else _filled(state, filled, assistance)


def takes_figures(state: Conversation, text: str, assistance: Assistance) -> bool:
    """Whether the number that was typed answers the form rather than choosing a button."""
    if not state.filling or not text.strip().isdecimal():
        return False
    return wants_figures(*_at(state, assistance), around(assistance))


def files_for_form(
    state: Conversation, files: Sequence[KeptFile], assistance: Assistance
) -> Turned:
    """Files that were sent: into the form, or kept for the one that may follow."""
    refused = tuple(
        notice("chat.file_refused", name=file.name, reason=file.refusal)
        for file in files
        if file.refusal
    )
    kept = tuple(file for file in files if not file.refusal)
    if not kept:
        return state, refused
    if state.filling and state.form:
        form, progress = _at(state, assistance)
        if _asks_later(form, progress, assistance):
            state = replace(state, early=(*state.early, *kept)[-_EARLY:])
            names = "; ".join(file.name for file in kept)
            state, asked = offering(state, beside_form(state, assistance))
            return state, (*refused, notice("form.files_later", names=names), *asked)
        filled = _with_files(form, progress, kept, assistance)
        state, told = _filled(state, filled, assistance)
        return state, (*refused, *told)
    state = replace(state, early=(*state.early, *kept)[-_EARLY:])
    receipts = [_receipt(file) for file in kept]
    buttons = tuple(Button(say(f"commands.{name}"), slash(name)) for name in _FOR_FILES)
    state, told = offering(state, *receipts[:-1], replace(receipts[-1], buttons=buttons))
    return state, (*refused, *told)


def _asks_later(form: Form, progress: Progress, assistance: Assistance) -> bool:
    """Whether files are asked for behind a question that is still open."""
    now = fitted(form, progress.answers, around(assistance))
    asked = fields_of(now, progress.answers)
    later = any(one.kind == "files" for one in now.fields)
    open_ = current(now, progress) is not None
    return open_ and later and not any(one.kind == "files" for one in asked)


def _receipt(file: KeptFile) -> Reply:
    return notice("chat.file_kept", name=file.name, size=size_of(file.size))


def _with_files(
    form: Form,
    progress: Progress,
    files: Sequence[KeptFile],
    assistance: Assistance,
    before: str = "",
) -> Filled:
    sent = [SentFile(f.sha256, f.name, f.size, f.media_type, f.picture) for f in files]
    facts = {name: value for file in files for name, value in file.facts.items()}
    warned = dict.fromkeys(key for file in files for key in file.warnings)
    remarks = [say(f"reading.{key}") for key in warned]
    remarks += [say("reading.blurred", name=file.name) for file in files if file.blurred]
    return take_files(form, progress, sent, facts, (before, *remarks), around(assistance))


def beside_form(state: Conversation, assistance: Assistance) -> Reply:
    """The question that the form stands at, once more."""
    form, progress = _at(state, assistance)
    why_not = _why_not(form, progress.answers, assistance)
    return why_not or ask(form, progress, around(assistance))


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
            told = "form.saved" if state.form else "form.none"
            return replace(state, filling=False, choosing=False), (notice(told),)
        case "form_cancel":
            told = "form.cancelled" if state.form else "form.none"
            return replace(state, form=None, filling=False, choosing=False), (notice(told),)
        case "form_submit" | "form_done" if state.last_code and not state.form:
            return state, (notice("form.sent_already", code=state.last_code),)
        case _ if command.startswith("form_"):
            return state, (notice("form.paused" if state.form else "form.none"),)
        case _:
            return None


def _resumed(state: Conversation, assistance: Assistance) -> Turned:
    if not state.begun:
        return state, (notice("form.none"),)
    progress, *others = state.begun
    form = assistance.registry.form(progress.form)
    state = replace(state, form=progress, resting=tuple(others))
    return _filled(state, go_on(form, progress, around(assistance)), assistance)


def put_back(state: Conversation, record: Record, assistance: Assistance) -> Turned:
    """A record's answers as a draft again, to be corrected and sent once more."""
    form = assistance.registry.form(record.form)
    if form.purpose and not assistance.registry.agreed(form.purpose):
        return _asked_to_agree(state, form, assistance, {"correct": record.code})
    saved = next((p for p in state.begun if p.form == form.id and p.previous != record.code), None)
    state = replace(state, resting=_besides(form, state))
    if saved and _has_answers(saved):
        told = say("form.begun_before", title=form.title)
        filled = go_on(form, saved, around(assistance), told)
        return _filled(replace(state, form=saved), filled, assistance)
    progress = Progress(
        form.id,
        form.version,
        dict(record.answers),
        files=record.files,
        learned=tuple(record.answers),
        previous=record.code,
    )
    filled = go_on(form, progress, around(assistance), say("form.correcting", code=record.code))
    return _filled(state, filled, assistance)


def _at(state: Conversation, assistance: Assistance) -> tuple[Form, Progress]:
    assert state.form is not None, "nothing is filled in without a form"
    return assistance.registry.form(state.form.form), state.form


def _filled(state: Conversation, filled: Filled, assistance: Assistance) -> Turned:
    form = assistance.registry.form(filled.form.id)
    if why_not := _why_not(form, filled.progress.answers, assistance):
        # As it was before: the person may be confirmed anew, the draft opened again.
        kept = state.form if state.form and state.form.form == form.id else filled.progress
        return offering(replace(state, form=kept, filling=False), why_not)
    if filled.sent:
        return _sent(state, filled, assistance)
    asked = current(filled.form, filled.progress)
    if state.early and asked and asked.kind == "files" and asked.early:
        early, state = state.early, replace(state, early=())
        filled = _with_files(form, filled.progress, early, assistance)
    return offering(replace(state, form=filled.progress, filling=True), filled.reply)


def _sent(state: Conversation, filled: Filled, assistance: Assistance) -> Turned:
    form, progress = filled.form, filled.progress
    over = replace(state, form=None, filling=False, choosing=False)
    if form.ends == "note":
        reply = criteria_reply(form, progress.answers, where(assistance), assistance)
        return offering(over, reply)
    value = next((progress.answers.get(f.id, "") for f in form.fields if f.kind == "files"), "")
    whole = FilledForm(
        form, progress.answers, files_of(progress, value), progress.known, progress.previous
    )
    if form.ends == "registration":
        told = assistance.registry.register(whole)
        return over, (notice(f"register.{told}", unit=progress.answers.get("unit", "")),)
    corrected = own_record(progress.previous, assistance)
    if progress.previous and (corrected is None or corrected.state not in OPEN_STATES):
        again = replace(progress, previous="")
        told = say("form.decided", code=progress.previous)
        asked = go_on(assistance.registry.form(form.id), again, around(assistance), told)
        return _filled(state, asked, assistance)
    record = assistance.registry.submit(whole)
    return offering(replace(over, last_code=record.code), _record_receipt(form, record))


def own_record(code: str, assistance: Assistance) -> Record | None:
    """What the person has sent under this code; None of another's, however much they may see."""
    record = assistance.registry.record(code) if code else None
    return record if record and record.own else None


def _record_receipt(form: Form, record: Record) -> Reply:
    told = "form.receipt_pending" if record.state == "pending" else "form.receipt"
    lines = [
        say(told, title=form.title, code=record.code, at=_moment(record)),
        say("form.receipt_unit", unit=record.unit) if record.unit else "",
        form.receipt,
        say("form.receipt_after"),
    ]
    buttons = (Button(say("commands.my_records"), slash("my_records")),)
    return worded("\n".join(filter(None, lines)), buttons)


def _moment(record: Record) -> str:
    return f"{record.sent_at:%H:%M %d/%m/%Y}"
