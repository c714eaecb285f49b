"""Forms within a conversation: agreed to, begun, gone on with, put aside, sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import Command, slash
from bot.filling import Filled, ask, go_on, opening, start, take, take_files, wants_figures
from bot.forms import criteria
from bot.forms.around import Around
from bot.forms.criteria_reply import criteria_reply
from bot.forms.definition import Form, Where
from bot.forms.engine import Progress, SentFile, files_of
from bot.messages import Button, Reply
from bot.registry import NOTICE, FilledForm, Record
from bot.standing import Asked, Conversation, KeptFile, Turned, notice, offering, worded
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
_EARLY = 20  #: files that are kept in mind before a form asks for them
_RESTING = 4  #: forms that somebody has begun besides the one at hand


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
    if _is_closed_to(form, assistance):
        return _officers_only(state, form)
    if form.purpose and not registry.agreed(form.purpose):
        state = replace(state, agreeing=Asked(form_id, known or {}), filling=False)
        purpose = say(f"consent.purpose_{form.purpose}")
        asked = notice(
            "consent.ask",
            ("form_agree", "form_decline"),
            purpose=purpose,
            contact=assistance.contact,
            version=NOTICE,
        )
        return offering(state, asked)
    return _opened(replace(state, agreeing=None), form, assistance, known or {})


def _is_closed_to(form: Form, assistance: Assistance) -> bool:
    return form.audience == "officer" and not assistance.registry.acting()


def _officers_only(state: Conversation, form: Form) -> Turned:
    return offering(state, notice("form.officers_only", ("register",), title=form.title))


def _opened(
    state: Conversation, form: Form, assistance: Assistance, known: Mapping[str, str]
) -> Turned:
    begun = [p for p in (state.form, *state.resting) if p is not None]
    saved = next((p for p in begun if p.form == form.id), None)
    others = tuple(p for p in begun if p.form != form.id)[:_RESTING]
    state = replace(state, resting=others)
    if saved and not known:
        before, filled = "", go_on(form, saved, around(assistance))
    else:
        before, filled = opening(form), start(form, around(assistance), known)
    if state.early and any(one.early for one in form.fields):
        early, state = state.early, replace(state, early=())
        filled = _with_files(form, filled.progress, early, assistance, before)
    return _filled(state, filled, assistance)


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
        filled = _with_files(form, progress, kept, assistance)
        state, told = _filled(state, filled, assistance)
        return state, (*refused, *told)
    state = replace(state, early=(*state.early, *kept)[-_EARLY:])
    receipts = [_receipt(file) for file in kept]
    last = replace(receipts[-1], buttons=notice("form.file_for", ("submit_plan",)).buttons)
    state, told = offering(state, *receipts[:-1], last)
    return state, (*refused, *told)


def _receipt(file: KeptFile) -> Reply:
    return notice("chat.file_kept", name=file.name, size=_size(file.size))


def _size(size: int) -> str:
    """ "20 KB", "1,5 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


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
    return ask(*_at(state, assistance), around(assistance))


def commanded(state: Conversation, command: Command, assistance: Assistance) -> Turned | None:
    """A command about forms; None when it is another."""
    if command in FORMS:
        return begin_form(state, FORMS[command], assistance)
    match command:
        case "form_agree" if state.agreeing:
            asked, form = state.agreeing, assistance.registry.form(state.agreeing.form)
            assistance.registry.agree(form.purpose)
            return _opened(replace(state, agreeing=None), form, assistance, asked.known)
        case "form_decline" if state.agreeing:
            return replace(state, agreeing=None, choosing=False), (notice("consent.declined"),)
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
    begun = [p for p in (state.form, *state.resting) if p is not None]
    if not begun:
        return state, (notice("form.none"),)
    progress, *others = begun
    form = assistance.registry.form(progress.form)
    state = replace(state, resting=tuple(others))
    return _filled(state, go_on(form, progress, around(assistance)), assistance)


def put_back(state: Conversation, record: Record, assistance: Assistance) -> Turned:
    """A record's answers as a draft again, to be corrected and sent once more."""
    form = assistance.registry.form(record.form)
    progress = Progress(
        form.id,
        form.version,
        dict(record.answers or {}),
        files=record.files,
        learned=tuple(record.answers or {}),
        previous=record.code,
    )
    begun = [p for p in (state.form, *state.resting) if p is not None and p.form != form.id]
    state = replace(state, resting=tuple(begun)[:_RESTING])
    filled = go_on(form, progress, around(assistance), say("form.correcting", code=record.code))
    return _filled(state, filled, assistance)


def _at(state: Conversation, assistance: Assistance) -> tuple[Form, Progress]:
    assert state.form is not None, "nothing is filled in without a form"
    return assistance.registry.form(state.form.form), state.form


def _filled(state: Conversation, filled: Filled, assistance: Assistance) -> Turned:
    if _is_closed_to(filled.form, assistance):  # they act for no unit since they began
        return _officers_only(replace(state, form=filled.progress, filling=False), filled.form)
    if filled.sent:
        return _sent(state, filled, assistance)
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
    record = assistance.registry.submit(whole)
    return offering(replace(over, last_code=record.code), _record_receipt(form, record))


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
