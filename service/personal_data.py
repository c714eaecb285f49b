"""What is kept about a person, for that person: in words for the chat, and whole as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from bot.messages import Enclosure
from bot.texts import say
from service import clock
from service.storage import bindings, consents, submissions
from service.storage.people import files_of, find_accounts, load_conversation, person_key

_NAME = "du-lieu-cua-toi.json"


def personal_data(session: Session, person_id: int) -> tuple[str, tuple[Enclosure, ...]]:
    """The sentences, and a file of JSON with all of it."""
    whole = _whole(session, person_id)
    counts = {name: len(rows) for name, rows in whole.items() if isinstance(rows, list)}
    channels = ", ".join(sorted({a.channel for a in find_accounts(session, person_id)}))
    text = say("my_data.told", channels=channels, **counts)
    content = json.dumps(whole, ensure_ascii=False, indent=2).encode()
    return text, (Enclosure(_NAME, "application/json", content),)


def _whole(session: Session, person_id: int) -> Mapping[str, JsonValue]:
    state, _ = load_conversation(session, person_key(person_id))
    return {
        "accounts": [
            {"channel": a.channel, "address": a.address, "last_seen": _told(a.last_seen_at)}
            for a in find_accounts(session, person_id)
        ],
        "units": [
            {
                "unit": unit,
                "name": row.name,
                "post": row.post,
                "asked": _told(row.asked_at),
                "confirmed": _told(row.confirmed_at),
                "ended": _told(row.ended_at),
            }
            for row, unit in bindings.all_of(session, person_id)
        ],
        "consents": [
            {
                "purpose": row.purpose,
                "notice": row.notice,
                "given": _told(row.given_at),
                "withdrawn": _told(row.withdrawn_at),
            }
            for row in consents.consents_of(session, person_id)
        ],
        "submissions": [
            {
                "code": row.code,
                "form": row.form,
                "state": row.state,
                "sent": _told(row.created_at),
                "answers": row.answers,
                "reply": row.reply,
            }
            for row in submissions.sent_by(session, person_id)
        ],
        "drafts": [{"form": d.form, "answers": dict(d.answers)} for d in state.begun],
        "files": [
            {"name": row.name, "bytes": row.size, "received": _told(row.received_at)}
            for row in files_of(session, person_id)
        ],
        "messages": [{"role": turn.role, "text": turn.content} for turn in state.turns],
    }


def _told(at: datetime | None) -> str | None:
    return at.astimezone(clock.VIETNAM).isoformat(timespec="seconds") if at else None
