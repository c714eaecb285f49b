"""Which answers of a form say who sent it, by the type of their fields in the form as it was."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from bot.forms.definition import Form, Kind, known_forms, load_form
from service.forms import editions
from service.settings import Settings
from service.storage.submissions_left import Personal

_KINDS: frozenset[Kind] = frozenset(("person", "phone", "email"))


def personal_fields(settings: Settings) -> Personal:
    """By form and version, looked up once each.

    Where the edition with which a form was filled in cannot be read any more, a field counts that
    is personal in any that can; where none can, only what storage knows by its name goes.
    """

    @cache
    def of(id_: str, version: int) -> frozenset[str]:
        if id_ not in known_forms():
            return frozenset()
        every = tuple(editions(settings, id_))
        filled = [form for form in every if form.version == version]
        return _personal(filled or every, load_form(id_))

    return of


def personal_in(form: Form) -> frozenset[str]:
    """Those of one edition."""
    return _personal((form,), load_form(form.id))


def _personal(forms: Iterable[Form], shipped: Form) -> frozenset[str]:
    # The office's own edition may be older than the mark of a field that ships.
    lasting = {field.id for field in shipped.fields if field.stays}
    return frozenset(
        field.id
        for form in forms
        for field in form.fields
        if field.kind in _KINDS and not field.stays and field.id not in lasting
    )
