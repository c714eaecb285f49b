"""A form in a conversation: one question at a time, gone on with after whatever comes between.

What this says goes out as it is; where a conversation stands is `Progress` and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.assistance import Assistance
from bot.commands import Command, command_of, slash
from bot.forms.criteria_reply import criteria_reply
from bot.forms.definition import Field, Form, Where, load_form
from bot.forms.engine import (
    Progress,
    WrongAnswer,
    answer,
    back,
    begin,
    current,
    edit,
    fields_of,
    place,
    resume,
    shown,
    skip,
)
from bot.lexicon import says
from bot.messages import Button, Reply
from bot.texts import say
from knowledge.vietnamese import fold, syllables

#: What a tapped choice sends: it names the question, so that an old button answers no other one.
_TAPPED = re.compile(r"/dien (?P<field>[\w-]+) (?P<value>[\w-]+)")
_EDIT = re.compile(r"\s*/?\s*sua\s*(?:cau|muc|so)?\s*(?P<number>\d{1,2})\s*")
_SHORTEST_QUESTION = 5  #: syllables; "không biết nữa" is an answer that will not do


@dataclass(frozen=True, slots=True)
class Filled:
    """What a message has done to a form."""

    progress: Progress | None  #: None: the form is over
    reply: Reply


def start(form_id: str, saved: Progress | None, where: Where) -> Filled:
    """Begin, or go on with what was begun before."""
    form = load_form(form_id)
    if saved is None or saved.form != form_id:
        progress = begin(form)
        return Filled(progress, _ask(form, progress, where, f"{form.title}. {form.intro}"))
    progress = resume(form, saved)
    told = "form.resumed" if progress.version == saved.version else "form.changed"
    return Filled(progress, _ask(form, progress, where, say(told, title=form.title)))


def ask(progress: Progress, where: Where) -> Reply:
    """The question that somebody stands at, or the review."""
    return _ask(load_form(progress.form), progress, where)


def take(progress: Progress, text: str, where: Where, assistance: Assistance) -> Filled | None:
    """What the message does to the form; None when it is no answer but a question of its own."""
    form = load_form(progress.form)
    progress = resume(form, progress)
    try:
        command = command_of(text)
        if command == "form_submit" and current(form, progress) is None:
            return Filled(None, criteria_reply(form, progress.answers, where, assistance))
        moved = _step(form, progress, text, command)
        return Filled(moved, _ask(form, moved, where))
    except WrongAnswer:
        if _asks(text):
            return None
        return Filled(progress, _ask(form, progress, where, _wrong(form, progress, text)))


def _step(form: Form, progress: Progress, text: str, command: Command | None) -> Progress:
    """One step; raises WrongAnswer."""
    if command == "form_back":
        return back(form, progress)
    if command == "form_skip":
        return skip(form, progress)
    number = _EDIT.fullmatch(fold(text))
    if number and current(form, progress) is None:
        return edit(form, progress, int(number["number"]))
    tapped = _TAPPED.fullmatch(text)
    asked = current(form, progress)
    if tapped:
        if asked is None or asked.id != tapped["field"]:
            raise WrongAnswer
        return answer(form, progress, tapped["value"])
    if asked and asked.kind == "text" and text.rstrip().endswith("?"):
        raise WrongAnswer
    return answer(form, progress, text)


def _asks(text: str) -> bool:
    """Whether what answers nothing is a question to the papers."""
    if _TAPPED.fullmatch(text) or command_of(text):
        return False
    asking = says("asks", fold(text)) and len(syllables(text)) >= _SHORTEST_QUESTION
    return asking or text.rstrip().endswith("?")


def _wrong(form: Form, progress: Progress, text: str) -> str:
    asked = current(form, progress)
    if _TAPPED.fullmatch(text):
        return say("form.wrong_tap")
    if asked is None:
        return say("form.wrong_review")
    if asked.kind == "text":
        return say("form.wrong_text", longest=asked.longest, example=asked.example)
    return say("form.wrong_choice", example=asked.example or asked.choices[0].label)


def _ask(form: Form, progress: Progress, where: Where, before: str = "") -> Reply:
    asked = current(form, progress)
    if asked is None:
        return _review(form, progress, before)
    number, count = place(form, progress)
    lines = [before, say("form.question", number=number, count=count, question=asked.question)]
    lines += [asked.help, where(asked.clause) if asked.clause else ""]
    return _reply(lines, _buttons(asked, first=not progress.answers))


def _buttons(asked: Field, *, first: bool) -> tuple[Button, ...]:
    """At most five, as the strictest platform shows; the rest is typed."""
    offered = [Button(c.label, f"/dien {asked.id} {c.value}") for c in asked.choices]
    commands: list[Command] = ["form_skip"] if asked.optional else []
    commands += [] if first else ["form_back"]
    commands.append("form_save")
    return (*offered, *(Button(say(f"commands.{c}"), slash(c)) for c in commands))[:5]


def _review(form: Form, progress: Progress, before: str) -> Reply:
    asked = fields_of(form, progress.answers)
    told = [
        f"{number}. {one.name}: {shown(one, progress.answers[one.id]) or say('form.skipped')}"
        for number, one in enumerate(asked, 1)
    ]
    lines = [before, say("form.review"), *told, say("form.review_edit")]
    commands: tuple[Command, ...] = ("form_submit", "form_back", "form_save", "form_cancel")
    return _reply(lines, tuple(Button(say(f"commands.{c}"), slash(c)) for c in commands))


def _reply(lines: list[str], buttons: tuple[Button, ...]) -> Reply:
    text = "\n".join(filter(None, lines))
    return Reply("notice", text, "", text, "", buttons=buttons)
