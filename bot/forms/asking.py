"""What a form says: its question with what is offered, or the review of all answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers import shorten
from bot.commands import Command, slash
from bot.forms.around import Around, fitted
from bot.forms.definition import CHOOSING, Field, Form
from bot.forms.engine import Progress, current, fields_of, files_of, place, resume
from bot.forms.gone import gone, put_by
from bot.forms.gone import told as told_of_gone
from bot.forms.listing import listed
from bot.forms.parsing import WrongAnswer, parse, shown
from bot.forms.taps import Verb, place_of, sends
from bot.messages import Button, Reply
from bot.standing import worded
from bot.texts import say

_BUTTONS = 5  #: as the strictest platform shows; where there are more, all become a list
_SHOWN = 200  #: characters of one answer in the review


@dataclass(frozen=True, slots=True)
class Filled:
    """What a message has done to a form."""

    progress: Progress
    reply: Reply
    form: Form  #: as it was asked
    sent: bool = False  #: the person has sent it: `reply` says nothing yet


def opening(form: Form) -> str:
    """What is said when it begins."""
    return f"{form.title}. {form.intro}"


def ready(form: Form, progress: Progress, around: Around) -> tuple[Form, Progress]:
    """The form with what is offered now, and the answers that it still takes."""
    now = fitted(form, progress.answers, around)
    kept = resume(now, progress)
    if kept.answers != progress.answers:  # what hung on an answer that went is not offered either
        now = fitted(form, kept.answers, around)
        kept = resume(now, kept)
    return now, kept


def asked_now(
    form: Form,
    progress: Progress,
    around: Around,
    *before: str,
    near: Sequence[str] = (),
    page: int = 1,
) -> Filled:
    """The question that is open, or the review.

    `before`: what is said first; `near`: names or labels that may have been meant; `page`: of
    choices that are too many for one message, from 1.
    """
    now, stood, over = stand(form, progress, around)
    before = (*before, *over)
    asked = current(now, stood)
    if asked is None:
        return Filled(stood, _review(now, stood, around, before), now)
    number, count = place(now, stood)
    lines = [*before, say("form.question", number=number, count=count, question=asked.question)]
    lines += [asked.help, around.where(asked.clause) if asked.clause else ""]
    lines += _so_far(asked, stood)
    own = next((one.choices for one in form.fields if one.id == asked.id), ())
    offered, told = listed(asked, own, place_of(now, stood), near, page)
    buttons = (*offered, *_moves(asked, stood, place_of(now, stood), len(offered)))
    return Filled(stood, _reply([*lines, told], buttons), now)


def stand(form: Form, progress: Progress, around: Around) -> tuple[Form, Progress, list[str]]:
    """Where somebody stands now, and what is said where a choice of theirs is over."""
    now, stood = ready(form, progress, around)
    if gone(now, progress, stood):
        progress = put_by(form, progress, around)
        now, stood = ready(form, progress, around)
    return now, stood, told_of_gone(now, progress, stood)


def why_wrong(form: Form, progress: Progress, wrong: WrongAnswer) -> str:
    """Why an answer will not do, with an example."""
    asked = current(form, progress)
    example = asked.example if asked else ""
    if asked and not example and asked.choices:
        example = asked.choices[0].label
    why = wrong.why or "choice"
    return say(
        f"form.wrong_{why}",
        longest=asked.longest if asked else 0,
        example=example,
        submit=_submit_label(form),
    )


def _so_far(asked: Field, progress: Progress) -> list[str]:
    """What was gathered for a question that is not closed yet."""
    if not progress.pending:
        return []
    if asked.kind == "files":
        names = [one.name for one in files_of(progress, " ".join(progress.pending))]
        return [say("form.pages_so_far", count=len(names))]
    picked = {c.value: c.label for c in asked.choices}
    return [say("form.picked", labels="; ".join(picked[one] for one in progress.pending))]


def _moves(asked: Field, progress: Progress, at: str, offered: int) -> tuple[Button, ...]:
    """What may be done at any question; `offered`: how many choices stand before it."""
    named: list[tuple[Verb, Command]] = [("xong", "form_done")] if progress.pending else []
    skips = asked.optional and not progress.pending
    named += [("boqua", "form_skip")] if skips else []
    needed = offered + skips
    named += [("quaylai", "form_back")] if progress.answers or progress.pending else []
    named.append(("luulamsau", "form_save"))
    buttons = tuple(Button(say(f"commands.{command}"), sends(verb, at)) for verb, command in named)
    return buttons[: max(_BUTTONS, needed + 1) - offered] if asked.kind in CHOOSING else buttons


def details_of(form: Form, progress: Progress, before: Progress | None = None) -> tuple[str, ...]:
    """What is told about choices that were just made."""
    had = before.answers if before else {}
    return tuple(
        choice.detail
        for asked in form.fields
        for choice in asked.choices
        if choice.detail
        and progress.answers.get(asked.id) == choice.value
        and had.get(asked.id) != choice.value
    )


def _review(form: Form, progress: Progress, around: Around, before: Sequence[str]) -> Reply:
    asked = fields_of(form, progress.answers)
    told = [
        f"{number}. {one.name}: {_told(one, progress, around)}"
        for number, one in enumerate(asked, 1)
    ]
    lines = [*before, say("form.review"), *told, say("form.review_edit")]
    # Not to be given up by a number that was meant for the list above: whoever wants to says so.
    buttons = (
        Button(_submit_label(form), sends("gui", form.id)),
        Button(say("commands.form_edit"), slash("form_edit")),
        Button(say("commands.form_back"), sends("quaylai", form.id)),
        Button(say("commands.form_save"), sends("luulamsau", form.id)),
    )
    return _reply(lines, buttons)


def _told(asked: Field, progress: Progress, around: Around) -> str:
    value = progress.answers[asked.id]
    if asked.kind == "files":
        names = [one.name for one in files_of(progress, value)]
        return shorten("; ".join(names), _SHOWN) if names else say("form.skipped")
    words = shorten(shown(asked, value), _SHOWN) or say("form.skipped")
    return say("form.read", value=words) if _was_read(asked, progress, around) else words


def _was_read(asked: Field, progress: Progress, around: Around) -> bool:
    """Whether the answer is what a file says, which the person should look at."""
    told = progress.known.get(asked.default, "") if asked.default.startswith("file.") else ""
    try:
        return bool(told) and parse(asked, told, around) == progress.answers[asked.id]
    except WrongAnswer:
        return False


def which(form: Form, progress: Progress) -> Reply:
    """Which answer is to be mended."""
    asked = fields_of(form, progress.answers)
    buttons = tuple(
        Button(one.name, sends("suacau", form.id, str(number)))
        for number, one in enumerate(asked, 1)
    )
    return _reply([say("form.which")], buttons)


def _submit_label(form: Form) -> str:
    return form.submit or say("commands.form_submit")


def _reply(lines: Sequence[str], buttons: Sequence[Button]) -> Reply:
    return worded("\n".join(filter(None, lines)), buttons)
