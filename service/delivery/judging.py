"""Whether a file that came in is kept: it is checked, scanned and looked at before it is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.standing import KeptFile
from bot.texts import say
from service.delivery.files import Received, check, media_type_of, store, true_name
from service.delivery.looking import look
from service.delivery.scanning import ScannerAway, has_virus
from service.settings import Settings
from service.storage.alerts import AlertKind, raise_alert, settle_alert
from service.storage.people_tables import ChannelAccount

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of files, and what the desk must know of them."""

    told: tuple[KeptFile, ...] = ()  #: one for each; those that are kept have their SHA-256
    alerts: tuple[AlertKind, ...] = ()
    scanned: bool = False  #: whether the antivirus program has answered


def judge_all(files: Sequence[Received], settings: Settings, contact: str) -> Judged:
    """Keep each file or refuse it with a sentence; `contact`: whom to turn to with a secret.

    The bytes of what is kept are written here, and those of nothing else anywhere.
    """
    judged = judge(files, settings, contact)
    kept = (_stored(file, told, settings) for file, told in zip(files, judged.told, strict=True))
    return replace(judged, told=tuple(kept))


def judge(files: Sequence[Received], settings: Settings, contact: str) -> Judged:
    """The same without keeping any."""
    judged = [_judge(file, settings, contact) for file in files]
    alerts = tuple(one.alert for one in judged if one.alert)
    told = tuple(one.told for one in judged)
    return Judged(told, alerts, any(one.scanned for one in judged))


def alert_desk(
    session: Session,
    account: ChannelAccount,
    alerts: Sequence[AlertKind],
    at: datetime,
    *,
    scanned: bool,
) -> None:
    """Open what the desk must look at; it names the account, neither words nor files."""
    if scanned:
        settle_alert(session, "clamd", "clamd", at)
    for kind in alerts:
        source = "clamd" if kind == "clamd" else f"account:{account.id}"
        raise_alert(session, kind, source, say(f"alerts.{kind}"), at)


@dataclass(frozen=True, slots=True)
class _One:
    """What becomes of one file."""

    told: KeptFile
    alert: AlertKind | None = None
    scanned: bool = False


def _judge(file: Received, settings: Settings, contact: str) -> _One:
    told = check(file, settings.upload_limit_mb)
    if told.refusal or file.content is None:
        return _One(told)
    if settings.clamd:
        try:
            infected = has_virus(settings.clamd, file.content)
        except ScannerAway as error:
            log.error("clamd did not look at a file: %s", error)
            return _One(replace(told, refusal=say("chat.file_unscanned")), "clamd")
        if infected:
            return _One(replace(told, refusal=say("chat.file_virus")), "virus", scanned=True)
    return replace(_looked_at(told, file.content, contact), scanned=bool(settings.clamd))


def _looked_at(told: KeptFile, content: bytes, contact: str) -> _One:
    looked = look(content, told.name)
    if looked.secret:
        # Its name may tell as much as its content.
        refusal = say("chat.file_secret", contact=contact)
        return _One(KeptFile(say("chat.file_hidden"), 0, refusal), "secret_file")
    if looked.refusal:
        return _One(replace(told, refusal=say(f"chat.{looked.refusal}")))
    kept = replace(
        told,
        name=true_name(told.name, looked.kind),
        media_type=media_type_of(looked.kind),
        facts=looked.facts,
        warnings=looked.warnings,
        blurred=looked.blurred,
        picture=looked.picture,
    )
    return _One(kept)


def _stored(file: Received, told: KeptFile, settings: Settings) -> KeptFile:
    if told.refusal or file.content is None:
        return told
    return replace(told, sha256=store(settings.received_dir, file.content))
