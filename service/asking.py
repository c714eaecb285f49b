"""Answer one question for a channel and keep it: found or asked and stored, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy import Engine

from bot.texts import say
from knowledge.readers import PUBLIC, Readers
from service import clock
from service.live import LiveAssistant, Told
from service.settings import Settings
from service.shapes import Question, answer_line, reply_json
from service.storage.engine import transaction
from service.storage.questions import Asked, keep_question

Line = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to answer: the assistant, the database, the settings."""

    assistant: LiveAssistant
    engine: Engine
    settings: Settings


@dataclass(frozen=True, slots=True)
class Timed:
    """One answer, what knowledge it came from and how long it took."""

    told: Told
    version: str
    milliseconds: float


def tell(desk: Desk, question: Question, readers: Readers = PUBLIC) -> Timed:
    """Answer from what these may read, without keeping anything."""
    began = time.perf_counter()
    answers = desk.assistant.current()
    told = answers.tell(question, clock.today(desk.settings), readers)
    version = told.version or answers.version
    return Timed(told, version, (time.perf_counter() - began) * 1000)


def ask(
    desk: Desk,
    question: Question,
    channel: str,
    id_: str | int | None = None,
    readers: Readers = PUBLIC,
) -> Line:
    """The contract's line for one question; `id_` may name a person: it is echoed and not kept."""
    timed = tell(desk, question, readers)
    if not timed.told.reply.private:
        with transaction(desk.engine) as session:
            keep_question(session, asked_of(desk, question.text, channel, timed, timed.told.row))
    return answer_line(id_, timed.told.row, timed.milliseconds)


def ask_reply(desk: Desk, question: Question, channel: str) -> Line:
    """A chat's reply to a question that stands alone, asked by nobody who is known."""
    timed = tell(desk, question)
    keep(desk, question, channel, timed)
    return reply_json(timed.told.reply)


def keep(desk: Desk, question: Question, channel: str, timed: Timed) -> None:
    """Keep a question that `tell` answered, unless it must not be kept."""
    if timed.told.reply.private:
        return
    with transaction(desk.engine) as session:
        outcome = reply_json(timed.told.reply)
        keep_question(session, asked_of(desk, question.text, channel, timed, outcome))


def asked_of(
    desk: Desk,
    question: str,
    channel: str,
    timed: Timed,
    outcome: Mapping[str, JsonValue],
) -> Asked:
    """What is kept of an answered question."""
    citations = timed.told.row["citations"]
    return Asked(
        at=clock.now(desk.settings),
        channel=channel,
        question=question,
        kind=timed.told.kind,
        outcome=outcome,
        citations=citations if isinstance(citations, list) else [],
        milliseconds=round(timed.milliseconds, 1),
        knowledge_version=timed.version,
    )


def contact_of(settings: Settings) -> str:
    """How to reach a person, in words."""
    return settings.contact or say("contact")
