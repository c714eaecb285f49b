"""What was chosen and is offered no more: a draft whose time is over, a unit that somebody left.

Its question is asked again. Whatever else was written stays, even what was written to a question
that waits until that one is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.answers import shorten
from bot.forms.around import Around, fitted
from bot.forms.definition import Choice, Field, Form
from bot.forms.engine import Progress, current, fields_of, resume
from bot.texts import say

_SHOWN = 200  #: characters of an answer


def gone(now: Form, before: Progress, after: Progress) -> tuple[Field, ...]:
    """The questions of `now` whose choice counts no more in `after`."""
    return tuple(
        asked
        for asked in fields_of(now, after.answers)
        if asked.source and before.answers.get(asked.id) and asked.id not in after.answers
    )


def told(now: Form, before: Progress, after: Progress) -> list[str]:
    """That such choices are over, and what was written and stays; nothing where there are none."""
    fields = gone(now, before, after)
    lines = [
        # Filled in by hand: an office may write braces of its own.
        (one.gone or say("form.gone", name=one.name)).replace("{answer}", before.answers[one.id])
        for one in fields
    ]
    kept = [one for one in fields_of(now, after.answers) if one.kind == "text" and fields]
    lines += [
        say("form.gone_kept", name=one.name, text=shorten(after.answers[one.id], _SHOWN))
        for one in kept
        if after.answers.get(one.id)
    ]
    return lines


def as_seen(form: Form, progress: Progress, around: Around) -> tuple[Form, Progress]:
    """Where the person stood before: what they chose is still offered."""

    def options(source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        offered = around.options(source, answers)
        asked = [one for one in form.fields if one.source == source]
        there = {choice.value for choice in (*offered, *(c for one in asked for c in one.choices))}
        chosen = {progress.answers.get(one.id, "") for one in asked} - there - {""}
        return (*offered, *(Choice(value, value) for value in sorted(chosen)))

    seen = fitted(form, progress.answers, replace(around, options=options))
    return seen, resume(seen, progress)


def put_by(form: Form, progress: Progress, around: Around) -> Progress:
    """With what was gathered for a question as its answer, since another one comes before it."""
    seen, progress = as_seen(form, progress, around)
    asked = current(seen, progress)
    if asked is None or not progress.pending:
        return replace(progress, editing="")
    answers = {**progress.answers, asked.id: " ".join(progress.pending)}
    return replace(progress, answers=answers, editing="", pending=())
