"""Whether a file that came in is kept: it is checked, scanned and looked at before it is."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.standing import KeptFile
from bot.texts import say
from service.delivery.files import Received, check, media_type_of
from service.delivery.looking import look
from service.delivery.scanning import ScannerAway, has_virus
from service.settings import Settings
from service.storage.alerts import AlertKind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a file, and what the desk must know of it."""

    told: KeptFile
    alert: AlertKind | None = None
    scanned: bool = False  #: whether the antivirus program has answered


def judge(file: Received, settings: Settings, contact: str) -> Judged:
    """Keep it or refuse it with a sentence; `contact`: whom to turn to with what is secret."""
    told = check(file, settings.upload_limit_mb)
    if told.refusal or file.content is None:
        return Judged(told)
    if settings.clamd:
        try:
            infected = has_virus(settings.clamd, file.content)
        except ScannerAway as error:
            log.error("clamd did not look at a file: %s", error)
            return Judged(replace(told, refusal=say("chat.file_unscanned")), "clamd")
        if infected:
            return Judged(replace(told, refusal=say("chat.file_virus")), "virus", scanned=True)
    return replace(_looked_at(told, file.content, contact), scanned=bool(settings.clamd))


def _looked_at(told: KeptFile, content: bytes, contact: str) -> Judged:
    looked = look(content, told.name)
    if looked.secret:
        # Its name may tell as much as its content.
        refusal = say("chat.file_secret", contact=contact)
        return Judged(KeptFile(say("chat.file_hidden"), 0, refusal), "secret_file")
    if looked.refusal:
        return Judged(replace(told, refusal=say(f"chat.{looked.refusal}")))
    kept = replace(
        told,
        media_type=media_type_of(looked.kind),
        facts=looked.facts,
        warnings=looked.warnings,
        blurred=looked.blurred,
        picture=looked.picture,
    )
    return Judged(kept)
