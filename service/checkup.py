"""Look up what `troly doctor` judges: the database, the index, the data folder. Changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from index.errors import SearchError
from knowledge.errors import KnowledgeError
from service import clock
from service.delivery import ocr, scanning
from service.doctor import ChannelFacts, Facts, Index, Machine, Readers, Stored, TokenFacts
from service.indexing import index_state
from service.probes import Ask, probe_all
from service.settings import Settings
from service.storage.alerts import open_alerts
from service.storage.channel_board import channel_states, token_age
from service.storage.channel_tokens import read_pair
from service.storage.engine import is_current, open_engine, transaction
from service.storage.switches import is_on

_PING = 3.0  #: seconds


def look_up(settings: Settings, ask: Ask | None = None) -> Facts:
    """All facts; platforms are called only where `ask` is given."""
    stored, token = _stored(settings)
    facts = Facts(clock.now(settings), datetime.now(UTC), stored, _index(settings))
    probes = probe_all(settings, token, ask) if ask else {}
    machine, readers = _machine(settings.data_dir), _readers(settings)
    return replace(facts, machine=machine, readers=readers, probes=probes)


def _readers(settings: Settings) -> Readers:
    return Readers(
        clamd_answers=bool(settings.clamd) and scanning.is_there(settings.clamd or "", _PING),
        tesseract_installed=ocr.is_installed(),
        reads_vietnamese=ocr.can_read(),
    )


def _stored(settings: Settings) -> tuple[Stored, str | None]:
    """What the database says, and the token that is in use."""
    file = settings.storage_url.removeprefix("sqlite:///")
    if file != settings.storage_url and not Path(file).exists():
        return Stored(is_new=True), None  # opening it would make it
    try:
        engine = open_engine(settings.storage_url)
        try:
            if not is_current(engine):
                return Stored(is_current=False), None
            with transaction(engine) as session:
                return _rows(session, f"zalo_oa:{settings.zalo_app_id}")
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        return Stored(problem=type(error).__name__), None


def _rows(session: Session, account: str) -> tuple[Stored, str | None]:
    age = token_age(session, account)
    stored = Stored(
        channels=_channels(session),
        token=TokenFacts(age.refreshed_at, age.expires_at) if age else None,
        paused=is_on(session, "paused"),
        trial=is_on(session, "trial"),
        alerts=len(open_alerts(session)),
    )
    pair = read_pair(session, account)
    return stored, pair.access if pair else None


def _channels(session: Session) -> Mapping[str, ChannelFacts]:
    return {
        name: ChannelFacts(row.last_event_at, row.last_error, row.last_error_at, row.stopped)
        for name, row in channel_states(session).items()
    }


def _index(settings: Settings) -> Index:
    from service.library.papers import library_of

    try:
        state = index_state(settings, library_of(settings))
    except (SearchError, KnowledgeError) as error:
        return Index(problem=str(error))
    except OSError as error:
        return Index(problem=f"không đọc được ({error.strerror})")
    used = state.status.current
    return Index(entries=used.entries if used else None, matches=state.matches)


def _machine(folder: Path) -> Machine:
    there = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    key = folder / "secret.key"
    return Machine(
        data_exists=folder.is_dir(),
        data_writable=there.is_dir() and os.access(there, os.W_OK | os.X_OK),
        data_open_to_others=folder.is_dir() and _open_to_others(folder),
        free_bytes=shutil.disk_usage(there).free,
        key_kept=key.is_file(),
        key_open_to_others=key.is_file() and _open_to_others(key),
    )


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXO | stat.S_IRGRP * path.is_file()))
