"""What the check of the four criteria is answered with: the note, its files, and what to ask."""

from __future__ import annotations

from collections.abc import Mapping

from bot.assistance import Assistance
from bot.commands import slash
from bot.forms.criteria import note
from bot.forms.definition import Form, Where
from bot.forms.note_words import in_chat
from bot.messages import Button, Reply
from bot.texts import choices, say


def criteria_reply(
    form: Form, answers: Mapping[str, str], where: Where, assistance: Assistance
) -> Reply:
    """The note of a form that is filled in, with its files."""
    made = note(form, answers, assistance.now, where, assistance.paper, _who(assistance))
    files = assistance.note_files(made)
    text = in_chat(made, enclosed=bool(files))
    questions = zip(choices("criteria.asks"), choices("criteria.questions"), strict=True)
    buttons = (
        Button(say("commands.checklist"), slash("checklist")),
        *(Button(label, send) for label, send in questions),
    )
    return Reply("notice", text, "", text, "", buttons=buttons, enclosures=files)


def _who(assistance: Assistance) -> str:
    """Name and unit of an officer who is confirmed; nobody else is named."""
    known = assistance.registry.known()
    named = (known.get("person.name", ""), known.get("unit.name", ""))
    return ", ".join(filter(None, named)) if all(named) else ""
