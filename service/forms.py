"""The forms as the office has them: its own file where it has put one, else the one that ships."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlmodel import Session

from bot.forms.definition import FORMS, Form, FormError, known_forms, load_form, read_form
from bot.texts import say
from service.form_faults import LARGEST, Fault, faults_of
from service.settings import Settings
from service.storage.alerts import raise_alert, settle_alert
from service.storage.channel_states import take_turn

log = logging.getLogger(__name__)

#: Whose form is in use: the one that ships, the office's, the one that ships since the office's
#: cannot be used.
Origin = Literal["shipped", "own", "unusable"]


class FormRefused(FormError):
    """A file that does not become the office's form; says line by line why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{one.line}: {one.says}" for one in faults))


@dataclass(frozen=True, slots=True)
class Used:
    """A form that is in use."""

    form: Form
    origin: Origin
    file: Path  #: where it is read


def form_of(settings: Settings, id_: str) -> Form:
    """The form; an override that cannot be used is told to the log and left aside."""
    return used(settings, id_).form


def used(settings: Settings, id_: str) -> Used:
    """The form that is in use, and whose it is; a change of the file is seen at once."""
    file, shipped = _file(settings, id_), FORMS / f"{id_}.yaml"
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        return Used(load_form(id_), "shipped", shipped)
    own = _read(str(file), stamp, id_)
    return Used(own, "own", file) if own else Used(load_form(id_), "unusable", shipped)


def check_override(text: str, id_: str) -> Form:
    """The form that a file for `id_` says; raises FormRefused with all that is wrong."""
    form = _checked(text)
    if form.id != id_:
        raise FormRefused((Fault(1, f"“id” phải là “{id_}”."),))
    return form


def set_form(settings: Settings, text: str) -> Form:
    """Use the file from now on, in every process; the one before it is kept beside it.

    Raises FormRefused: for what is wrong with it, and for a `version` that is not above all that
    there have been.
    """
    form = _checked(text)
    highest = max(_versions(settings, form.id))
    if form.version <= highest:
        numbered = enumerate(text.splitlines(), 1)
        line = next((number for number, told in numbered if told.startswith("version")), 1)
        raise FormRefused((Fault(line, f"“version” phải lớn hơn {highest}."),))
    _put_aside(settings, form.id)
    file = _file(settings, form.id)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.parent / f".{uuid4().hex}"
    beside.write_text(text, "utf-8")
    os.replace(beside, file)
    return form


def reset_form(settings: Settings, id_: str) -> bool:
    """The form that ships again, the office's kept beside it; False where it is in use already."""
    if not _file(settings, id_).exists():
        return False
    _put_aside(settings, id_)
    return True


def editions(settings: Settings, id_: str) -> Iterator[Form]:
    """Every edition that can be read: the one that ships, the office's, those kept beside it."""
    yield load_form(id_)
    for file in (_file(settings, id_), *_kept(settings, id_)):
        try:
            yield read_form(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, FormError):
            continue


def watch_forms(session: Session, settings: Settings, at: datetime) -> None:
    """An alert for each file that cannot be used, once for each time that it was changed."""
    for id_ in sorted(known_forms()):
        if used(settings, id_).origin != "unusable":
            settle_alert(session, "form_unusable", f"form:{id_}", at)
            continue
        stamp = int(_file(settings, id_).stat().st_mtime)
        if take_turn(session, "form_unusable", f"{id_}:{stamp}", at):
            detail = say("alerts.form_unusable", form=id_)
            raise_alert(session, "form_unusable", f"form:{id_}", detail, at)


def _checked(text: str) -> Form:
    """What the file says; raises FormRefused with all that is wrong."""
    if faults := faults_of(text):
        raise FormRefused(faults)
    return read_form(text)


def _file(settings: Settings, id_: str) -> Path:
    return settings.data_dir / "overrides" / "forms" / f"{id_}.yaml"


def _versions(settings: Settings, id_: str) -> Iterator[int]:
    """All that there have been."""
    yield load_form(id_).version
    yield form_of(settings, id_).version
    for kept in _kept(settings, id_):
        if found := re.fullmatch(rf"{re.escape(id_)}\.v(\d+)(?:-.*)?\.yaml", kept.name):
            yield int(found[1])


def _kept(settings: Settings, id_: str) -> Iterator[Path]:
    """The files of the office that were in use before."""
    yield from sorted(_file(settings, id_).parent.glob(f"{id_}.v*.yaml"))


def _put_aside(settings: Settings, id_: str) -> None:
    """Keep the office's file under its version; one that could not be used, under the time."""
    file = _file(settings, id_)
    if not file.exists():
        return
    now = used(settings, id_)
    stamp = file.stat().st_mtime_ns
    name = f"v{now.form.version}" if now.origin == "own" else f"unusable-{stamp}"
    kept = file.with_name(f"{id_}.{name}.yaml")
    if kept.exists():  # the same version was put there by hand once more
        kept = file.with_name(f"{id_}.{name}-{stamp}.yaml")
    os.replace(file, kept)


@lru_cache(64)
def _read(file: str, stamp: int, id_: str) -> Form | None:
    """`stamp`: when the file was changed, so that a change is seen."""
    try:
        with open(file, encoding="utf-8") as opened:
            return check_override(opened.read(LARGEST + 1), id_)
    except (OSError, UnicodeDecodeError, FormError) as error:
        log.error("the form %s of the office is not used: %s", id_, error)
        return None
