"""What a form is filled in with besides what is written: the day, what is known, what is offered.

Sources of choices: "units" (those the person acts for), "duties" (of the chosen unit's plan),
"drafts" (open for comment), "bodies" (to whom difficulties go).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.forms.definition import Choice, Clause, Field, Form, Where

Options = Callable[[str, Mapping[str, str]], tuple[Choice, ...]]


def _nowhere(_: Clause) -> str:
    return ""


def _nothing(_source: str, _answers: Mapping[str, str]) -> tuple[Choice, ...]:
    return ()


def _no_unit(_: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Around:
    """Given anew for each message."""

    today: date
    where: Where = _nowhere
    options: Options = _nothing  #: source and answers so far → what is offered
    #: A name as typed → the names of offices that it may stand for, best first; one: it is that.
    units: Callable[[str], tuple[str, ...]] = _no_unit
    #: What is known of the person, by the names that `default` uses.
    known: Mapping[str, str] = field(default_factory=dict)
    #: Answers so far → what is so, by the names that `needs` uses.
    flags: Callable[[Mapping[str, str]], frozenset[str]] = lambda _: frozenset()


def fitted(form: Form, answers: Mapping[str, str], around: Around) -> Form:
    """The form with what is offered now; questions that nothing is offered for are left out."""
    flags = around.flags(answers)
    fields = (_fitted(one, answers, around) for one in form.fields if one.needs in {"", *flags})
    return replace(form, fields=tuple(one for one in fields if one is not None))


def _fitted(one: Field, answers: Mapping[str, str], around: Around) -> Field | None:
    if not one.source:
        return one
    offered = (*around.options(one.source, answers), *one.choices)
    return replace(one, choices=offered) if offered else None


def closed(form: Form, answers: Mapping[str, str], around: Around) -> str:
    """Why the form cannot be filled in now, in words; "" when it can."""
    return next(
        (
            one.closed
            for one in form.fields
            if one.closed and not (one.choices or around.options(one.source, answers))
        ),
        "",
    )
