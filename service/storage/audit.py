"""Write down what was done; the only SQL about the audit trail, and none of it changes a row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session, col, select

from service.storage.people_tables import AuditEntry


def record(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    detail: Mapping[str, JsonValue] | None = None,
) -> None:
    """`actor`: "admin:3", "command", "person:12"; personal fields only as "changed"."""
    entry = AuditEntry(
        at=at, actor=actor, action=action, subject=subject, detail=dict(detail or {})
    )
    session.add(entry)


def audit_entries(session: Session, offset: int, limit: int) -> list[AuditEntry]:
    """What was done, the latest first."""
    newest = select(AuditEntry).order_by(col(AuditEntry.id).desc())
    return list(session.exec(newest.offset(offset).limit(limit)))
