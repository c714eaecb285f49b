"""The forms as the office has them: its own file where it has put one, else the one that ships."""

from __future__ import annotations

import logging
from functools import lru_cache

from bot.forms.definition import Form, FormError, load_form, read_form
from service.settings import Settings

log = logging.getLogger(__name__)

_LARGEST = 200_000  #: bytes


def form_of(settings: Settings, id_: str) -> Form:
    """The form; an override that cannot be used is told to the log and left aside."""
    file = settings.data_dir / "overrides" / "forms" / f"{id_}.yaml"
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        return load_form(id_)
    return _read(str(file), stamp, id_)


def check_override(text: str, id_: str) -> Form:
    """The form that a file for `id_` says; raises FormError with what is wrong.

    What the program needs must stay: the same questions may be worded anew, left out where they
    may be skipped, and others added.
    """
    if len(text.encode()) > _LARGEST:
        raise FormError("too long")
    form, shipped = read_form(text), load_form(id_)
    if form.id != id_:
        raise FormError(f"id must be {id_}")
    for name in ("audience", "ends", "purpose"):
        if getattr(form, name) != getattr(shipped, name):
            raise FormError(f"{name} must be {getattr(shipped, name)!r}")
    for field in shipped.fields:
        own = form.field(field.id)
        needed = not field.optional and field.when is None
        if own is None and (needed or field.source or field.needs):
            raise FormError(f"{field.id}: this question is needed")
        if own and (own.kind, own.source, own.needs) != (field.kind, field.source, field.needs):
            raise FormError(f"{field.id}: type, source and needs must stay")
    return form


@lru_cache(64)
def _read(file: str, stamp: int, id_: str) -> Form:
    """`stamp`: when the file was changed, so that a change is seen."""
    try:
        with open(file, encoding="utf-8") as opened:
            return check_override(opened.read(_LARGEST + 1), id_)
    except (OSError, UnicodeDecodeError, FormError) as error:
        log.error("the form %s of the office is not used: %s", id_, error)
        return load_form(id_)
