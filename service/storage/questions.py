"""Keep what was asked and what was answered; the only SQL about questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import JsonValue
from sqlalchemy import func
from sqlmodel import Session, select

from service.storage.masking import mask, mask_same
from service.storage.tables import AskedQuestion


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was asked; whatever points at a person is masked when it is kept."""

    at: datetime
    channel: str
    question: str
    kind: str
    outcome: Mapping[str, JsonValue]  #: what was returned
    citations: list[JsonValue]
    milliseconds: float
    knowledge_version: str


def keep_question(session: Session, asked: Asked) -> None:
    """Store it without who asked."""
    masked = mask(asked.question)
    session.add(
        AskedQuestion(
            asked_at=asked.at,
            channel=asked.channel,
            question=masked.text,
            kind=asked.kind,
            outcome=cast(dict[str, JsonValue], mask_same(dict(asked.outcome), masked.taken)),
            citations=cast(list[JsonValue], mask_same(asked.citations, masked.taken)),
            milliseconds=asked.milliseconds,
            knowledge_version=asked.knowledge_version,
        )
    )


def count_questions(session: Session) -> int:
    """How many questions are kept."""
    return session.exec(select(func.count()).select_from(AskedQuestion)).one()
