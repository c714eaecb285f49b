"""Answer one question for a channel and keep it: found or asked and stored, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from pydantic import JsonValue
from sqlalchemy import Engine

from bot.answers import as_row, kind_of, to_reply
from bot.approved import fault_of, outcome_of
from bot.texts import say
from knowledge.citations import anchor
from knowledge.library import Library
from knowledge.readers import PUBLIC, Readers
from service import clock
from service.approved import ApprovedAnswers, tell_of_fallen
from service.live import Answers, LiveAssistant, Told
from service.office import home_of
from service.organisations import organisations_of
from service.settings import Settings
from service.shapes import Question, answer_line, reply_json
from service.storage.engine import transaction
from service.storage.office import office_of
from service.storage.questions import Asked, keep_question
from service.votes import vote_token

Line = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to answer: the assistant, the database, the settings, the office's answers."""

    assistant: LiveAssistant
    engine: Engine
    settings: Settings
    approved: ApprovedAnswers = field(default_factory=ApprovedAnswers)


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
    with transaction(desk.engine) as session:
        home = home_of(office_of(session), answers.library_for(readers))
    question = replace(question, home=home)
    told = answers.tell(question, clock.today(desk.settings), readers)
    version = told.version or answers.version
    told = _approved(desk, answers, question, told, readers) or told
    return Timed(told, version, (time.perf_counter() - began) * 1000)


def _approved(
    desk: Desk, answers: Answers, question: Question, told: Told, readers: Readers
) -> Told | None:
    """What the office has approved for this very question; None: what the papers say goes out.

    Nothing takes the place of a word of the assistant about itself, or of a refusal.
    """
    if told.reply.private or (told.kind == "silent" and not told.reply.status):
        return None
    today = clock.today(desk.settings)
    library, day = answers.library_for(readers), question.today or today
    found = desk.approved.find(desk.engine, library, question.text, day, readers)
    if found is None:
        _mind_fallen(desk, library, question.text)
    if found is None or _leans(answers, question, told, today, readers):
        return None
    public, first = desk.settings.public_url, found.quoted[0]
    url = f"{public}/documents/{first.document}#{anchor(first.address)}" if public else ""
    outcome = outcome_of(found, library, day, organisations_of(desk.settings), url)
    row = cast(dict[str, JsonValue], as_row(outcome))
    return Told(kind_of(outcome), row, to_reply(outcome))


def _mind_fallen(desk: Desk, library: Library, text: str) -> None:
    """Tell the desk when what should have answered this has lost a clause."""
    for one in desk.approved.answering(desk.engine, text):
        if any(fault_of(quoted, library, one.audience) for quoted in one.quoted):
            with transaction(desk.engine) as session:
                tell_of_fallen(session, one.id, clock.now(desk.settings))


def _leans(answers: Answers, question: Question, told: Told, today: date, readers: Readers) -> bool:
    """Whether the question means something else alone than after what was said before it."""
    if not question.history and not question.unit:
        return False
    alone = replace(question, history=(), unit=None)
    return answers.tell(alone, today, readers).row != told.row


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
    number, told = keep(desk, question, channel, timed), reply_json(timed.told.reply)
    if number and timed.told.kind != "clarify" and is_of_papers(timed):
        told["vote"] = vote_token(desk.settings, number)
    return told


def keep(desk: Desk, question: Question, channel: str, timed: Timed) -> int | None:
    """Keep a question that `tell` answered; its number, or None when it must not be kept."""
    if timed.told.reply.private:
        return None
    with transaction(desk.engine) as session:
        outcome = reply_json(timed.told.reply)
        return keep_question(session, asked_of(desk, question.text, channel, timed, outcome))


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
        unanswered="silent" if timed.told.kind == "silent" and is_of_papers(timed) else None,
    )


def is_of_papers(timed: Timed) -> bool:
    """Whether papers were asked: a greeting, or what belongs elsewhere, has no line of status."""
    return timed.told.kind != "silent" or bool(timed.told.reply.status)


def contact_of(settings: Settings) -> str:
    """How to reach a person, in words."""
    return settings.contact or say("contact")
