"""A form at hand within a conversation: what is written and sent to it, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import Command, slash
from bot.filling import ask, go_on, is_choice, place, take, take_files, wants_figures, written
from bot.forms.around import Around, closed, fitted
from bot.forms.asking import Filled
from bot.forms.criteria_reply import criteria_reply
from bot.forms.definition import Form, Where
from bot.forms.engine import Progress, SentFile, current, fields_of, files_of
from bot.forms.taps import tap_of
from bot.messages import Button, Reply
from bot.registry import OPEN_STATES, FilledForm, Record
from bot.standing import Conversation, KeptFile, Turned, notice, offering, size_of, worded
from bot.texts import say

_GIVEN = frozenset(("unit", "draft"))  #: questions that are answered before anything is asked
_EARLY = 20  #: files that are kept in mind before a form asks for them
_FOR_FILES: tuple[Command, ...] = ("submit_plan", "report")  #: what a file may be meant for


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


def why_not(form: Form, answers: Mapping[str, str], assistance: Assistance) -> Reply | None:
    """Why nobody can fill in the form now, however far they were: for no unit, about no draft."""
    if form.audience == "officer" and not assistance.registry.acting():
        return notice("form.officers_only", ("register",), title=form.title)
    if form.audience == "editor" and not assistance.registry.edits():
        return notice("form.editors_only", title=form.title)
    why = closed(form, answers, around(assistance))
    return worded(why) if why else None


def answer_form(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """What was written to a form; None when it is a question of its own."""
    form, progress = _at(state, assistance)
    near = around(assistance)
    if shut := why_not(form, progress.answers, assistance):
        kept = written(form, progress, text, near)
        return None if kept is None else _shut(state, kept, shut)
    tap = tap_of(text)
    if tap and tap.verb == "luulamsau" and tap.at == place(form, progress, near):
        return put_aside(state)
    filled = take(form, progress, text, near)
    return None if filled is None else filled_in(state, form, filled, assistance)


def put_aside(state: Conversation) -> Turned:
    """The form rests until the person goes on with it."""
    told = "form.saved" if state.form else "form.none"
    return replace(state, filling=False, choosing=False), (notice(told),)


def _shut(state: Conversation, kept: Progress, shut: Reply) -> Turned:
    """The form rests as it is: the person may be confirmed anew, the draft opened again."""
    text = f"{shut.text}\n{say('form.paused')}" if has_answers(kept) else shut.text
    shut = replace(shut, lead=text, text=text)
    return offering(replace(state, form=kept, filling=False), shut)


def has_answers(saved: Progress) -> bool:
    """Whether something was answered in it that another beginning would throw away."""
    return any(name not in _GIVEN for name in saved.answers)


def takes_figures(state: Conversation, text: str, assistance: Assistance) -> bool:
    """Whether the number that was typed answers the form rather than choosing a button."""
    if not state.filling or not text.strip().isdecimal():
        return False
    return wants_figures(*_at(state, assistance), around(assistance))


def answers_choice(state: Conversation, text: str, assistance: Assistance) -> bool:
    """Whether it says one of the choices of the form's question: "xin lùi hạn ạ"."""
    return state.filling and is_choice(*_at(state, assistance), text, around(assistance))


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
        state, asked = beside_form(state, assistance) if state.filling else (state, ())
        return state, (*refused, *asked)
    if state.filling and state.form:
        form, progress = _at(state, assistance)
        shut = why_not(form, progress.answers, assistance)
        if shut or _asks_later(form, progress, assistance):
            state = replace(state, early=(*state.early, *kept)[-_EARLY:])
            names = "; ".join(file.name for file in kept)
            state, asked = beside_form(state, assistance)
            return state, (*refused, notice("form.files_later", names=names), *asked)
        filled = with_files(form, progress, kept, assistance)
        state, told = filled_in(state, form, filled, assistance)
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


def with_files(
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


def beside_form(state: Conversation, assistance: Assistance) -> Turned:
    """The question that the form stands at, once more."""
    form, progress = _at(state, assistance)
    if shut := why_not(form, progress.answers, assistance):
        return offering(state, shut)
    asked = ask(form, progress, around(assistance))
    return offering(replace(state, form=asked.progress), asked.reply)


def _at(state: Conversation, assistance: Assistance) -> tuple[Form, Progress]:
    assert state.form is not None, "nothing is filled in without a form"
    return assistance.registry.form(state.form.form), state.form


def filled_in(state: Conversation, form: Form, filled: Filled, assistance: Assistance) -> Turned:
    """The conversation after something was done to the form."""
    if shut := why_not(form, filled.progress.answers, assistance):
        kept = state.form if state.form and state.form.form == form.id else filled.progress
        return _shut(state, kept, shut)
    if filled.sent:
        return _sent(state, form, filled, assistance)
    asked = current(filled.form, filled.progress)
    if state.early and asked and asked.kind == "files" and asked.early:
        early, state = state.early, replace(state, early=())
        filled = with_files(form, filled.progress, early, assistance)
    return offering(replace(state, form=filled.progress, filling=True), filled.reply)


def _sent(state: Conversation, form: Form, filled: Filled, assistance: Assistance) -> Turned:
    progress = filled.progress
    over = replace(state, form=None, filling=False, choosing=False)
    if form.ends == "note":
        reply = criteria_reply(form, progress.answers, where(assistance), assistance)
        return offering(over, reply)
    value = next((progress.answers.get(f.id, "") for f in form.fields if f.kind == "files"), "")
    files = files_of(progress, value)
    whole = FilledForm(filled.form, progress.answers, files, progress.known, progress.previous)
    if form.ends == "registration":
        told = assistance.registry.register(whole)
        return over, (notice(f"register.{told}", unit=progress.answers.get("unit", "")),)
    if form.ends == "paper":
        if not files and "://" not in progress.answers.get("source", ""):
            asked = go_on(form, progress, around(assistance), say("form.nothing_to_read"))
            return filled_in(state, form, asked, assistance)
        assistance.registry.hand_in(whole)
        return offering(over, notice("form.paper_taken"))
    corrected = own_record(progress.previous, assistance)
    if progress.previous and (corrected is None or corrected.state not in OPEN_STATES):
        again = replace(progress, previous="")
        told = say("form.decided", code=progress.previous)
        return filled_in(state, form, go_on(form, again, around(assistance), told), assistance)
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
