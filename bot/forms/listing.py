"""The choices of a question as buttons: all of them, a page of many, or those that are meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.forms.definition import Choice, Field
from bot.forms.taps import sends
from bot.messages import Button
from bot.texts import say

#: Of what is offered besides a question's own choices: more are not read on a phone, and with
#: their numbers they still fit one message of the strictest platform.
_LISTED = 8


def listed(
    asked: Field, own: Sequence[Choice], at: str, near: Sequence[str], page: int
) -> tuple[tuple[Button, ...], str]:
    """What stands under a question as its answers, and what is said of a list that goes on.

    `own`: the question's own choices, which are always there; `near`: names or labels that may
    have been meant; `page`: from 1.
    """
    if asked.kind not in ("choice", "choices", "yes_no"):
        return tuple(Button(name, sends("ten", at, name)) for name in near), ""
    offered = [choice for choice in asked.choices if choice not in own]
    if near:
        meant = [choice for choice in offered if choice.label in near][:_LISTED]
        more = Button(say("form.list_again"), sends("xemthem", at, "1"))
        return (*_buttons(at, (*meant, *own)), more), ""
    if len(offered) <= _LISTED or asked.kind != "choice":
        return tuple(_buttons(at, asked.choices)), ""
    pages = -(-len(offered) // _LISTED)
    first = (min(max(page, 1), pages) - 1) * _LISTED
    shown = offered[first : first + _LISTED]
    last = first + len(shown)
    ends = last == len(offered)
    label = say("form.list_again" if ends else "form.list_more")
    more = Button(label, sends("xemthem", at, "1" if ends else str(last // _LISTED + 1)))
    told = say("form.listed", first=first + 1, last=last, count=len(offered))
    return (*_buttons(at, (*shown, *own)), more), told


def _buttons(at: str, choices: Sequence[Choice]) -> Iterator[Button]:
    return (Button(choice.label, sends("dien", at, choice.value)) for choice in choices)
