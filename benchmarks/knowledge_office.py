"""An office after a busy year: questions by the million, what came of them, duties, talks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert

from benchmarks.questions import exam
from knowledge.library import Library
from service.duty_reviews import fingerprint
from service.storage.asked_tables import (
    CuratedAnswer,
    CuratedQuestion,
    GroupedQuestion,
    QuestionFeedback,
    QuestionGroup,
    SetQuestion,
    WrongClause,
)
from service.storage.audiences import Audience, as_kept
from service.storage.base import UNHELD, Table
from service.storage.broadcast_tables import Broadcast, BroadcastSend
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, Notice, NoticeAttempt, Obligation, Reminder
from service.storage.engine import migrate, migration_config
from service.storage.form_tables import HandOff, HandOffMessage, PolicyDraft, Submission
from service.storage.people_tables import Alert, AuditEntry, ChannelAccount, Person
from service.storage.tables import AskedQuestion, DutyReview
from service.storage.unit_tables import Binding, Unit

_UNITS, _DUTIES, _EACH, _SENT, _TALKS = 200, 6, 100, 3_000, 200
_MESSAGES, _NOTED, _NOTICES, _ALERTS = 20_000, 20_000, 10_000, 300
_SET, _CURATED = 300, 300  #: the office's own questions and answers
_OF_GROUP, _VOTED = 5, 20  #: questions of a group; one of so many has a vote
_KINDS = ("answer",) * 14 + ("silent",) * 4 + ("clarify",) * 2
_CHANNELS = ("web",) * 6 + ("zalo_oa",) * 9 + ("telegram",) * 3 + ("zalo_bot", "api")
_AT_ONCE = 5_000
_PAPER = "hai-phong-gddt-2023"
_YEAR, _DAY = timedelta(days=365), timedelta(days=1)

Row = Mapping[str, Any]
_OFFICERS = as_kept(Audience("officers"))


def fill_questions(engine: Engine, count: int, now: datetime) -> None:
    """An empty database with so many questions of the last year, from before they were counted.

    Then the tables move up: what is to be counted is counted by the migration.
    """
    step = ScriptDirectory.from_config(migration_config()).get_revision("0014")
    migrate(engine, str(step.down_revision))
    _write(engine, AskedQuestion, _questions(count, now))
    migrate(engine)


def fill_desk(engine: Engine, count: int, now: datetime) -> None:
    """What people said of `count` questions, those that nobody answered, the office's own."""
    groups = max(1, count // _OF_GROUP // _OF_GROUP)
    tables: list[tuple[type[Table], Iterable[Row]]] = [
        (QuestionGroup, (
            {"fingerprint": f"{n:032}", "label": f"Câu hỏi chưa ai trả lời số {n}",
             "state": ("open", "open", "open", "answered", "not_ours")[n % 5],
             "asked": 1 + n % 40, "last_at": now - n % 365 * _DAY} for n in range(groups))),
        (GroupedQuestion, (
            {"question_id": 1 + n * _OF_GROUP, "group_id": 1 + n % groups,
             "reason": ("silent", "clarify", "unhelpful")[n % 3]}
            for n in range(count // _OF_GROUP))),
        (QuestionFeedback, (
            {"question_id": 1 + n * _VOTED, "helpful": n % 4 > 0, "comment": "Chưa rõ" * (n % 2),
             "at": now} for n in range(count // _VOTED))),
        (WrongClause, (
            {"question_id": 1 + n * 100 * _VOTED, "at": now}
            for n in range(count // (100 * _VOTED)))),
        (SetQuestion, (
            {"name": f"vp-{n}", "question": f"Hạn gửi kế hoạch số {n} là ngày nào?",
             "expected": "answer", "kind": "deadline", "document": _PAPER, "address": "II.1",
             "must_contain": [], "history": [], "unit": "", "source": "desk", "changed_at": now}
            for n in range(_SET))),
        (CuratedAnswer, (
            {"text": f"Các trường gửi kế hoạch trước hạn số {n}. " * 9,
             "citations": [{"document": _PAPER, "address": "II.1", "quote": ""}],
             "version": 1, "audience": ["public"], "review_on": (now + (n - 30) * _DAY).date(),
             "state": ("approved", "approved", "draft", "retired")[n % 4],
             "approved_on": now.date(), "revision": n, "changed_at": now}
            for n in range(_CURATED))),
        (CuratedQuestion, (
            {"answer_id": 1 + n % _CURATED, "question": f"Câu hỏi đã có trả lời số {n}"}
            for n in range(3 * _CURATED))),
    ]  # fmt: skip
    for table, rows in tables:
        _write(engine, table, iter(rows))


def review_duties(engine: Engine, library: Library, now: datetime) -> None:
    """Somebody has found every duty of the library right."""
    _write(engine, DutyReview, (
        {"document_id": id_, "fingerprint": key, "verdict": "reviewed", "reviewed_at": now}
        for id_, key in dict.fromkeys(
            (paper.id, fingerprint(duty)) for paper in library.documents for duty in paper.duties)
    ))  # fmt: skip


def _questions(count: int, now: datetime) -> Iterator[Row]:
    """Those of the examination over and over, each with a number of its own."""
    chance = random.Random(407)
    texts = [question.text for question in exam()]
    clauses = [(f"van-ban-{n % 300}", f"{'I' * (1 + n % 3)}.{n % 17}") for n in range(4_000)]
    for number in range(count):
        kind = chance.choice(_KINDS)
        # A few clauses are cited often, most of them seldom.
        cited = [clauses[int(4_000 * chance.random() ** 3)] for _ in range(chance.randint(1, 3))]
        citations = [{"document": d, "address": a, "quote": "x" * 200} for d, a in cited]
        text = f"{chance.choice(texts)} {number}"
        yield {
            "asked_at": now - _YEAR * (1 - (number + 1) / count),
            "channel": chance.choice(_CHANNELS),
            "question": text,
            "kind": kind,
            "outcome": {"kind": kind, "text": f"Trả lời: {text} " * 6, "choices": []},
            "citations": citations if kind == "answer" else [],
            "milliseconds": round(chance.lognormvariate(3, 0.7), 1),
            "knowledge_version": "000001-bench",
        }


def fill_office(engine: Engine, now: datetime) -> None:
    """Units with an officer each, what they owe and have sent, talks, messages, the trail."""
    for table, rows in _office(now):
        _write(engine, table, iter(rows))


def _office(now: datetime) -> Iterator[tuple[type[Table], Iterable[Row]]]:
    today, duties = now.date(), _DUTIES * _EACH
    yield from (
        (Unit, (
            {"name": f"Trường THPT số {n}", "kind": ("Trường THPT", "Xã")[n % 2], "plan": "",
             "contact": "", "head": "", "created_at": now} for n in range(_UNITS))),
        (Person, ({"created_at": now, "invited": False} for _ in range(2 * _UNITS))),
        (ChannelAccount, (
            {"person_id": n, "channel": "telegram", "address": str(n), "chat": str(n),
             "created_at": now, "last_seen_at": now} for n in range(1, 2 * _UNITS + 1))),
        (Binding, (
            {"person_id": n, "unit_id": n, "name": f"Người {n}", "post": "Chuyên viên",
             "head": n % 9 == 0, "head_asked": False, "shared": False, "asked_at": now,
             "confirmed_at": now if n % 10 else None, "confirmed_by": ""}
            for n in range(1, _UNITS + 1))),
        (Obligation, (
            {"document": _PAPER, "address": "III#2.6", "fingerprint": f"{n:064}",
             "title": "Báo cáo kết quả thực hiện công tác truyền thông", "source": "Mục III.6",
             "recipient": "Sở GDĐT", "confirmer": "", "leads": "", "printed": "", "own_date": True,
             "before": False, "rule": "", "form": "bao-cao", "policy": {}, "created_at": now,
             "created_by": "command"} for n in range(_DUTIES))),
        (Assignment, (
            {"obligation_id": 1 + n % _DUTIES, "unit_id": 1 + n // _DUTIES,
             "due_on": today + (n % 60 - 20) * _DAY, "last_day": today + (n % 60 - 20) * _DAY,
             "since": today - 30 * _DAY, "next_on": today + _DAY, "ended_by": ""}
            for n in range(duties))),
        (PolicyDraft, (
            {"title": f"Dự thảo {n}", "summary": "Tóm tắt", "lead": "Phòng A", "link": "",
             "opened_at": now} for n in range(20))),
        (Submission, (
            {"code": f"B{n:05}", "form": ("bao-cao", "nop-ke-hoach", "gop-y")[n % 3],
             "form_version": 1, "person_id": 1 + n % _UNITS, "unit_id": 1 + n % _UNITS,
             "policy_id": 1 + n % 20 if n % 3 == 2 else None,
             "assignment_id": 1 + n % duties if n % 3 == 0 else None, "settles": n % 3 == 0,
             "answers": {"noi_dung": "Nội dung " * 20}, "reply": "", "decided_by": "",
             "state": ("received", "accepted", "returned")[n % 3], "created_at": now - n * _DAY / 9,
             "updated_at": now - n * _DAY / 9} for n in range(_SENT))),
        (HandOff, (
            {"account_id": 1 + n, "opened_at": now - n * _DAY / 7, "last_at": now - n * _DAY / 7,
             "ended_at": now if n % 4 else None} for n in range(_TALKS))),
        (HandOffMessage, (
            {"hand_off_id": 1 + n % _TALKS, "by": "person", "text": "Xin hỏi " * 9, "at": now}
            for n in range(10 * _TALKS))),
        (OutboundMessage, (
            {"channel": ("telegram", "zalo_oa", "web")[n % 3], "chat": str(n), "lane": f"x:{n}",
             "text": "Xin chào", "buttons": [], "enclosure": {}, "template": {}, "drawn": {},
             "state": ("sent", "sent", "failed")[n % 3], "created_at": now, "due_at": now,
             "held_until": UNHELD, "attempts": 1} for n in range(_MESSAGES))),
        (Notice, (
            {"person_id": 1 + n % _UNITS, "day": today - (n % 60) * _DAY, "written_at": now,
             "state": ("told", "told", "unreached")[n % 3], "reason": ""}
            for n in range(_NOTICES))),
        (NoticeAttempt, (
            {"notice_id": 1 + n, "channel": "telegram", "at": now, "outcome": "told"}
            for n in range(_NOTICES))),
        (Reminder, (
            {"assignment_id": 1 + n % duties, "person_id": 1 + n // 60 % _UNITS,
             "day": today - (n % 60) * _DAY, "planned_on": today - (n % 60) * _DAY,
             "kind": "before", "state": "told", "notice_id": 1 + n} for n in range(_NOTICES))),
        (Broadcast, (
            {"text": "Thông báo " * 30, "link": "", "file": {}, "audience": _OFFICERS,
             "urgent": False, "state": "done", "laid_to": 400, "laid": True, "created_at": now,
             "created_by": "admin:1", "ended_at": now} for _ in range(40))),
        (BroadcastSend, (
            {"broadcast_id": 1 + n // 400, "person_id": 1 + n % 400,
             "state": ("told", "told", "unreached")[n % 3], "route": "telegram", "tried": "",
             "number": 1, "reason": ""} for n in range(40 * 400))),
        (Alert, (
            {"kind": "channel_stopped", "source": f"zalo_oa:{n}", "detail": "Mã lỗi -216.",
             "count": 1, "first_at": now, "last_at": now, "resolved_at": now if n > 30 else None,
             "open_key": None if n > 30 else f"key {n}"} for n in range(_ALERTS))),
        (AuditEntry, (
            {"at": now, "actor": "admin:1", "action": "alert_resolved", "subject": f"alert:{n}",
             "detail": {}} for n in range(_NOTED))),
    )  # fmt: skip


def settle(engine: Engine) -> None:
    """What PostgreSQL does by itself after a while: it learns how its tables are filled."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _write(engine: Engine, table: type[Table], rows: Iterator[Row]) -> None:
    """Many rows, some at a time."""
    while some := list(islice(rows, _AT_ONCE)):
        with engine.begin() as connection:
            connection.execute(insert(table), [dict(row) for row in some])
