"""Values with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.messages import Incoming
from knowledge.documents import Document, Identity, Validity
from knowledge.reading.outline import read_clauses
from service.settings import Settings
from service.storage.codes import short_code
from service.storage.form_tables import Submission
from service.storage.questions import Asked
from service.storage.retention import Keeping
from service.storage.submissions import SentFile, keep_submission

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
#: How long an office keeps things that sets nothing.
KEEPING = Keeping(
    timedelta(days=30), timedelta(days=90), timedelta(days=180), timedelta(days=730), 10
)

TEXT = """KẾ HOẠCH
Truyền thông chính sách năm 2023

I. MỤC ĐÍCH
1. Nâng cao nhận thức của cán bộ, công chức.
2. Bảo đảm thiết thực, hiệu quả.
II. TỔ CHỨC THỰC HIỆN
1. Các trường gửi kế hoạch trước ngày 20/9/2023.
"""


def a_document(
    id_: str = "hai-phong-gddt-2023", *, text: str = TEXT, **changes: object
) -> Document:
    """A small plan with two parts."""
    values: dict[str, object] = {
        "id": id_,
        "identity": Identity(kind="Kế hoạch", number="/KH-SGDĐT", date="2023"),
        "text": text,
        "clauses": read_clauses(text),
        "duties": (),
        "validity": Validity("expired", "hết kỳ kế hoạch", until=date(2023, 12, 31)),
        "short_title": "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
    }
    return Document(**{**values, **changes})  # type: ignore[arg-type]


def some_settings(folder: Path, **changes: object) -> Settings:
    """Settings of a test: everything in `folder`, nothing from the environment or a `.env`."""
    values: dict[str, object] = {"env": "test", "data_dir": folder / "data"}
    return Settings(_env_file=None, **{**values, **changes})  # type: ignore[call-arg, arg-type]


def an_asked_question(question: str = "Hạn nộp là ngày nào?", **changes: object) -> Asked:
    """A question that was answered at noon."""
    values: dict[str, object] = {
        "at": NOON,
        "channel": "web",
        "question": question,
        "kind": "answer",
        "outcome": {"kind": "answer", "text": "trước ngày 20/9/2023"},
        "citations": [{"document": "hai-phong-gddt-2023", "address": "III#2.6"}],
        "milliseconds": 12.5,
        "knowledge_version": "000001-fake",
    }
    return Asked(**{**values, **changes})  # type: ignore[arg-type]


def an_incoming(
    text: str = "Hạn nộp là ngày nào?", event_id: str = "1", **changes: object
) -> Incoming:
    """A message that somebody sends on a channel of the tests."""
    values: dict[str, object] = {
        "channel": "fake",
        "event_id": event_id,
        "event": "text",
        "chat": "chat-42",
        "person": "42",
        "text": text,
    }
    return Incoming(**{**values, **changes})  # type: ignore[arg-type]


def a_sent_file(letter: str = "a") -> SentFile:
    """A file that was sent with a form: its hash is that letter over and over."""
    return SentFile(letter * 64, f"{letter}.pdf", "application/pdf", 4)


def a_submission(session: Session, code: str = "", **changes: object) -> Submission:
    """A comment that somebody whom nobody knows has sent at noon."""
    values: dict[str, object] = {
        "code": code or short_code(),
        "form": "gop-y",
        "form_version": 1,
        "person_id": None,
        "unit_id": None,
        "policy_id": None,
        "answers": {"words": "Đề nghị nêu rõ mức thu."},
        "files": (),
        "pending": False,
        "at": NOON,
        "previous": None,
    }
    return keep_submission(session, **{**values, **changes})  # type: ignore[arg-type]


def names_alone(form: str, version: int) -> frozenset[str]:
    """No answer of the form says who sent it but those that say so by their name."""
    return frozenset()
