"""Keep what a person at the desk must look at; the only SQL about alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.storage.people_tables import Alert
from service.storage.upserts import insert_into

#: What can happen; the desk has words for each.
AlertKind = Literal[
    "channel_stopped",
    "clamd",
    "curated_lapsed",
    "event_parked",
    "form_unusable",
    "hand_off",
    "hand_off_waiting",
    "message_failed",
    "organisations_unusable",
    "paper_expired",
    "paper_expiring",
    "secret_file",
    "secret_text",
    "sign_in_locked",
    "spend_near",
    "spend_stopped",
    "unclear",
    "unit_unreached",
    "virus",
    "zalo_consent",
]


def raise_alert(session: Session, kind: AlertKind, source: str, detail: str, at: datetime) -> None:
    """Open an alert, or count the one that is open; `detail`: no secrets, nobody's words."""
    statement = insert_into(session, Alert).values(
        kind=kind,
        source=source,
        detail=detail,
        count=1,
        first_at=at,
        last_at=at,
        open_key=f"{kind}:{source}",
    )
    again = {"count": col(Alert.count) + 1, "last_at": at, "detail": detail}
    session.execute(statement.on_conflict_do_update(index_elements=["open_key"], set_=again))


def raised_since(session: Session, kind: AlertKind, source: str, since: datetime) -> bool:
    """Whether there has been such an alert since then, dealt with or not."""
    same = (col(Alert.kind) == kind, col(Alert.source) == source, col(Alert.last_at) >= since)
    return session.exec(select(Alert.id).where(*same).limit(1)).first() is not None


def open_alerts(session: Session, limit: int | None = None) -> list[Alert]:
    """What waits for a person, newest first; the newest `limit` of it where one is given."""
    waiting = select(Alert).where(col(Alert.resolved_at).is_(None)).limit(limit)

    return list(session.exec(waiting.order_by(col(Alert.last_at).desc(), col(Alert.id).desc())))


def count_alerts(session: Session) -> int:
    """How many wait for a person."""
    waiting = select(func.count()).select_from(Alert).where(col(Alert.resolved_at).is_(None))
    return session.exec(waiting).one()


def resolved_alerts(session: Session, limit: int) -> list[Alert]:
    """What was dealt with, the latest first."""
    done = select(Alert).where(col(Alert.resolved_at).is_not(None)).limit(limit)
    return list(session.exec(done.order_by(col(Alert.resolved_at).desc(), col(Alert.id).desc())))


def resolve_alert(session: Session, alert_id: int, at: datetime) -> bool:
    """Close it; False when it is not there or closed."""
    alert = session.get(Alert, alert_id)
    if alert is None or alert.resolved_at is not None:
        return False
    alert.resolved_at, alert.open_key = at, None
    session.add(alert)
    return True


def settle_alert(session: Session, kind: AlertKind, source: str, at: datetime) -> None:
    """Close the open one of this kind and source, since its cause is gone."""
    waiting = select(Alert).where(col(Alert.open_key) == f"{kind}:{source}")
    for alert in session.exec(waiting):
        alert.resolved_at, alert.open_key = at, None
        session.add(alert)


def open_sources(session: Session, kind: AlertKind) -> set[str]:
    """What open alerts of that kind are about."""
    waiting = select(Alert.source).where(col(Alert.kind) == kind, col(Alert.resolved_at).is_(None))
    return set(session.exec(waiting))
