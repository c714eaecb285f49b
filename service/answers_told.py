"""What somebody answered to a form, by the names of its questions and choices, not their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from bot.forms.definition import Field, Form, known_forms
from bot.forms.engine import shown
from bot.texts import say
from service.forms import form_of
from service.settings import Settings
from service.storage.form_tables import Submission
from service.storage.submissions import LABEL


@dataclass(frozen=True, slots=True)
class Told:
    """One answer."""

    field: str  #: its id
    name: str
    value: str


def told(settings: Settings, submission: Submission) -> tuple[Told, ...]:
    """The answers in the order of the form; last those to fields that it has no more."""
    form, answers = known_form(settings, submission.form), submission.answers
    fields = {field.id: field for field in form.fields} if form else {}
    ids = [
        *(id_ for id_ in fields if id_ in answers),
        *(id_ for id_ in answers if id_ not in fields),
    ]
    # The unit stands beside its answers, and a label is told in the place of what it names.
    return tuple(
        _told(id_, fields.get(id_), answers.get(f"{id_}{LABEL}", answers[id_]))
        for id_ in ids
        if not id_.endswith(LABEL) and (id_ not in fields or fields[id_].source != "units")
    )


def known_form(settings: Settings, id_: str) -> Form | None:
    """The form as it is now; None for one that is gone."""
    return form_of(settings, id_) if id_ in known_forms() else None


def _told(id_: str, field: Field | None, value: JsonValue) -> Told:
    return Told(id_, field.name if field else id_, _in_words(field, value))


def _in_words(field: Field | None, value: JsonValue) -> str:
    if isinstance(value, str):
        return shown(field, value) if field else value
    if isinstance(value, list):
        return ", ".join(_in_words(field, one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_in_words(field, one)}" for name, one in value.items())
    if isinstance(value, bool):
        return say("form.yes" if value else "form.no")
    return "" if value is None else str(value)
