"""Going through a form: which question is next, whether an answer will do, back, skip, edit.

Plain functions over values. `Progress` alone says where somebody stands; it may come from days ago
and from an earlier version of the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.forms.definition import Choice, Field, Form
from knowledge.vietnamese import collapse, compose, syllables


class WrongAnswer(ValueError):
    """What was written does not answer the question."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come."""

    form: str
    version: int
    #: Field → its answer, "" for one that was skipped; in the order of the form.
    answers: Mapping[str, str] = field(default_factory=dict)
    editing: str = ""  #: a field that is asked again from the review


def begin(form: Form) -> Progress:
    """Nothing is answered yet."""
    return Progress(form.id, form.version)


def resume(form: Form, progress: Progress) -> Progress:
    """The same under the form as it is now: answers that it still takes stay."""
    if progress.version == form.version:
        return progress
    good: dict[str, str] = {}
    for asked in form.fields:
        value = progress.answers.get(asked.id)
        if value is not None and ((asked.optional and not value) or _takes(asked, value)):
            good[asked.id] = value
    return Progress(form.id, form.version, _still_asked(form, good))


def fields_of(form: Form, answers: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields that are asked, given these answers."""
    return tuple(asked for asked in form.fields if _applies(asked, answers))


def current(form: Form, progress: Progress) -> Field | None:
    """The field that is asked now; None at the review."""
    if progress.editing:
        return form.field(progress.editing)
    asked = fields_of(form, progress.answers)
    return next((one for one in asked if one.id not in progress.answers), None)


def place(form: Form, progress: Progress) -> tuple[int, int]:
    """Which question it is, of how many at most, as far as can be seen: (3, 7)."""
    asked, now = fields_of(form, progress.answers), current(form, progress)
    open_ = (one for one in asked if one.id not in progress.answers)
    count = len(asked) + sum(_hanging_on(form, one) for one in open_)
    return (asked.index(now) + 1 if now else len(asked)), count


def answer(form: Form, progress: Progress, text: str) -> Progress:
    """One question further; raises WrongAnswer."""
    asked = current(form, progress)
    if asked is None:
        raise WrongAnswer
    return _with(form, progress, asked, parse(asked, text))


def skip(form: Form, progress: Progress) -> Progress:
    """The question stays without an answer; raises WrongAnswer where it needs one."""
    asked = current(form, progress)
    if asked is None or not asked.optional:
        raise WrongAnswer
    return _with(form, progress, asked, "")


def back(form: Form, progress: Progress) -> Progress:
    """The question before, or the review again; the same at the first question."""
    if progress.editing:
        return replace(progress, editing="")
    answered = [one for one in fields_of(form, progress.answers) if one.id in progress.answers]
    if not answered:
        return progress
    kept = {name: value for name, value in progress.answers.items() if name != answered[-1].id}
    return replace(progress, answers=kept)


def edit(form: Form, progress: Progress, number: int) -> Progress:
    """Ask the field with this number of the review again; raises WrongAnswer for no such one."""
    asked = fields_of(form, progress.answers)
    if current(form, progress) is not None or not 1 <= number <= len(asked):
        raise WrongAnswer
    return replace(progress, editing=asked[number - 1].id)


def parse(asked: Field, text: str) -> str:
    """The answer as it is kept; raises WrongAnswer."""
    said = collapse(compose(text))
    if asked.kind == "text":
        if not said or len(said) > asked.longest:
            raise WrongAnswer
        return said
    for choice in asked.choices:
        if syllables(said) in _spellings(choice):
            return choice.value
    raise WrongAnswer


def shown(asked: Field, value: str) -> str:
    """An answer in words."""
    return next((choice.label for choice in asked.choices if choice.value == value), value)


def _spellings(choice: Choice) -> list[list[str]]:
    return [syllables(said) for said in (choice.value, choice.label, *choice.says)]


def _applies(asked: Field, answers: Mapping[str, str]) -> bool:
    return asked.when is None or answers.get(asked.when.field) in asked.when.values


def _hanging_on(form: Form, asked: Field) -> int:
    """How many questions its answer may bring."""
    conditions = [one.when for one in form.fields if one.when and one.when.field == asked.id]
    brought = (sum(choice.value in when.values for when in conditions) for choice in asked.choices)
    return max(brought, default=0)


def _takes(asked: Field, value: str) -> bool:
    if asked.kind == "choice":
        return value in {choice.value for choice in asked.choices}
    return 0 < len(value) <= asked.longest


def _with(form: Form, progress: Progress, asked: Field, value: str) -> Progress:
    """With this answer, and without those to questions that are not asked any more."""
    kept = _still_asked(form, {**progress.answers, asked.id: value})
    return replace(progress, answers=kept, editing="")


def _still_asked(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """The answers to questions that are asked: a condition looks at answers that count itself."""
    kept: dict[str, str] = {}
    for one in form.fields:
        if one.id in given and _applies(one, kept):
            kept[one.id] = given[one.id]
    return kept
