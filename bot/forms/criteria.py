"""The note that the check of the four criteria ends with: what was told, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.forms.definition import Clause, Form, Where
from bot.forms.engine import fields_of, shown
from bot.texts import say

FORM = "tieu-chi-407"
_YES, _NO = "co", "khong"
#: What an advice rests on.
_CLAUSES = {
    "met": Clause("407-qd-ttg", "III.4"),
    "not_met": Clause("407-qd-ttg", "III.7"),
    "unknown": Clause("407-qd-ttg", "III.2"),
}
#: Fields that are no criteria.
_ABOUT = ("draft", "plan")


def verdict(form: Form, answers: Mapping[str, str]) -> str:
    """ "met", "not_met" or "unknown": what was told, never whether the duty is there."""
    told = [answers.get(one.id) for one in fields_of(form, answers) if one.id not in _ABOUT]
    if all(value == _YES for value in told):
        return "met"
    return "not_met" if _NO in told else "unknown"


def note(form: Form, answers: Mapping[str, str], today: date, where: Where) -> str:
    """The note of reference, to be read in a chat."""
    found = verdict(form, answers)
    criteria = [one for one in fields_of(form, answers) if one.id not in _ABOUT]
    plan = form.field("plan")
    assert plan is not None, "the form that ships has it"
    return say(
        "criteria.note",
        draft=answers.get("draft") or say("criteria.no_name"),
        plan=shown(plan, answers["plan"]),
        answers="\n".join(f"• {one.name}: {shown(one, answers[one.id])}" for one in criteria),
        verdict=say(f"criteria.{found}"),
        advice=f"{say(f'criteria.advice_{found}')}\n{where(_CLAUSES[found])}".rstrip(),
        day=f"{today:%d/%m/%Y}",
    )
