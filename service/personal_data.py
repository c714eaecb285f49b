"""What is kept about a person, for that person: in words for the chat, and whole as files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from bot.messages import Enclosure
from bot.standing import Conversation
from bot.texts import say
from service import clock
from service.asking import contact_of
from service.personal_files import LARGEST, Owned, Packed, pack
from service.settings import Settings
from service.storage import bindings, consents, hand_offs, submissions
from service.storage.form_tables import Submission, SubmissionFile
from service.storage.people import files_of, find_accounts, load_conversation, person_key
from service.storage.people_tables import MAIL, ChannelAccount

_NAME = "du-lieu-cua-toi.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept about one person, as it was read; files by their hash and no bytes yet."""

    accounts: Sequence[ChannelAccount]
    conversation: Conversation
    sent: Sequence[tuple[Submission, Sequence[Owned]]]
    stored: Sequence[tuple[Owned, datetime]]  #: files, and when they came
    rest: Mapping[str, JsonValue]

    def files(self) -> Iterable[Owned]:
        """Those of forms that were sent or begun in front."""
        for _, files in self.sent:
            yield from files
        for draft in self.conversation.begun:
            yield from (Owned(f.sha256, f.name, f.media_type, f.size) for f in draft.files)
        for early in self.conversation.early:
            yield Owned(early.sha256, early.name, early.media_type, early.size)
        yield from (file for file, _ in self.stored)


def read_personal_data(session: Session, person_id: int) -> Kept:
    """Theirs and nobody else's."""
    conversation, _ = load_conversation(session, person_key(person_id))
    return Kept(
        accounts=find_accounts(session, person_id),
        conversation=conversation,
        sent=[
            (row, [Owned(f.sha256, f.name, f.media_type, f.size) for f in _files(session, row)])
            for row in submissions.sent_by(session, person_id)
        ],
        stored=[
            (Owned(f.sha256, f.name, f.media_type, f.size), f.received_at)
            for f in files_of(session, person_id)
        ],
        rest={
            "units": _units(session, person_id),
            "consents": _consents(session, person_id),
            "talks": _talks(session, person_id),
        },
    )


def tell_personal_data(settings: Settings, kept: Kept) -> tuple[str, tuple[Enclosure, ...]]:
    """The sentences; a file of JSON with all of it, and an archive of the files where there are."""
    packed = pack(settings, kept.files())
    whole = _whole(kept, packed)
    counts = {name: len(rows) for name, rows in whole.items() if isinstance(rows, list)}
    channels = ", ".join(sorted({account.channel for account in kept.accounts}))
    lines = [say("my_data.told", channels=channels, **counts)]
    if packed.left_out:
        way = "my_data.files_by_link" if all(packed.left_out.values()) else "my_data.files_by_hand"
        count, most = len(packed.left_out), LARGEST // 1_000_000
        lines.append(say(way, count=count, most=most, contact=contact_of(settings)))
    lines.append(say("my_data.ways"))
    content = json.dumps(whole, ensure_ascii=False, indent=2).encode()
    told = Enclosure(_NAME, "application/json", content)
    return "\n".join(lines), (told, packed.archive) if packed.archive else (told,)


def _whole(kept: Kept, packed: Packed) -> dict[str, JsonValue]:
    came = {file.sha256: _told(at) for file, at in reversed(kept.stored)}
    files = {file.sha256: file for file in reversed(list(kept.files()))}
    return {
        "accounts": [
            {
                "channel": a.channel,
                "address": a.chat if a.channel == MAIL else a.address,
                "last_seen": _told(a.last_seen_at),
            }
            for a in kept.accounts
        ],
        **kept.rest,
        "submissions": [
            {
                "code": row.code,
                "form": row.form,
                "state": row.state,
                "sent": _told(row.created_at),
                "answers": row.answers,
                "reply": row.reply,
                "files": [_file(file, packed) for file in sent],
            }
            for row, sent in kept.sent
        ],
        "drafts": [
            {
                "form": draft.form,
                "answers": dict(draft.answers),
                "files": [_file(files[one.sha256], packed) for one in draft.files],
            }
            for draft in kept.conversation.begun
        ],
        "files": [
            {**_file(file, packed), "received": came.get(sha256)}
            for sha256, file in reversed(files.items())
        ],
        "messages": [{"role": turn.role, "text": turn.content} for turn in kept.conversation.turns],
    }


def _file(file: Owned, packed: Packed) -> dict[str, JsonValue]:
    """`in_archive`: its place there; `link`: where else it is fetched, for a week."""
    return {
        "name": file.name,
        "bytes": file.size,
        "sha256": file.sha256,
        "in_archive": packed.inside.get(file.sha256),
        "link": packed.left_out.get(file.sha256) or None,
        "kept": file.sha256 in packed.inside or file.sha256 in packed.left_out,
    }


def _files(session: Session, row: Submission) -> Sequence[SubmissionFile]:
    assert row.id is not None, "rows that were read have an id"
    return submissions.files_of(session, row.id)


def _units(session: Session, person_id: int) -> list[JsonValue]:
    return [
        {
            "unit": unit,
            "name": row.name,
            "post": row.post,
            "asked": _told(row.asked_at),
            "confirmed": _told(row.confirmed_at),
            "ended": _told(row.ended_at),
        }
        for row, unit in bindings.all_of(session, person_id)
    ]


def _consents(session: Session, person_id: int) -> list[JsonValue]:
    return [
        {
            "purpose": row.purpose,
            "notice": row.notice,
            "given": _told(row.given_at),
            "withdrawn": _told(row.withdrawn_at),
        }
        for row in consents.consents_of(session, person_id)
    ]


def _talks(session: Session, person_id: int) -> list[JsonValue]:
    """With an officer, who is called so and no more, as in the chat."""
    return [
        {
            "asked": _told(talk.opened_at),
            "begun": _told(talk.taken_at),
            "ended": _told(talk.ended_at),
            "said": [
                {"by": one.by, "text": one.text, "at": _told(one.at)}
                for one in hand_offs.messages_of(session, talk.id or 0)
            ],
        }
        for talk in hand_offs.talks_of(session, person_id)
    ]


def _told(at: datetime | None) -> str | None:
    return at.astimezone(clock.VIETNAM).isoformat(timespec="seconds") if at else None
