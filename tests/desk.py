"""Accounts of the desk and browsers that are signed in, without waiting for Argon2."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from service.admin import exporting, importing
from service.admin.access import COOKIE, form_token
from service.admin.passwords import hash_password
from service.library.working import work_off
from service.settings import Settings
from service.storage.admins import Role, add_admin, find_admin, set_password_hash
from service.storage.engine import transaction
from service.storage.people_tables import AuditEntry, ChannelAccount, Person
from service.storage.sessions import open_session
from tests.auditing import fault, watched
from tests.builders import NOON

TABLES = {"export": exporting.KIND, "import": importing.KIND}
PASSWORD = "mưa rào tháng bảy"


class CheapHasher(PasswordHasher):
    """Argon2 at its weakest, and how often it has compared."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=8, parallelism=1)
        self.compared = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        """Count, and compare."""
        self.compared += 1
        return super().verify(hash, password)


@dataclass
class Clock:
    """The clock of the settings: it stands still until it is moved."""

    file: Path
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.forward(timedelta(0))

    def forward(self, time: timedelta) -> None:
        """That much later."""
        self.now += time
        stopped = {"started_at": datetime.now(UTC).isoformat(), "speed": 0}
        self.file.write_text(json.dumps({"base": self.now.isoformat(), **stopped}), "utf-8")


def an_admin(
    session: Session, name: str = "lan", role: Role = "owner", password: str | None = None
) -> int:
    """An account, with a password where one is given; its id."""
    admin = find_admin(session, name) or add_admin(session, name, role, NOON)
    assert admin is not None
    assert admin.id is not None
    if password is not None:
        set_password_hash(session, admin, hash_password(password))
    return admin.id


def an_account(session: Session, channel: str, chat: str, at: datetime = NOON) -> ChannelAccount:
    """Somebody who has written on that channel."""
    person = Person(created_at=at)
    session.add(person)
    session.flush()
    assert person.id is not None
    account = ChannelAccount(
        person_id=person.id,
        channel=channel,
        address=chat,
        chat=chat,
        created_at=at,
        last_seen_at=at,
    )
    session.add(account)
    session.flush()
    return account


@dataclass(frozen=True)
class Officer:
    """A browser in which somebody is signed in, and what its forms carry."""

    client: TestClient
    csrf: str
    admin_id: int

    def get(self, path: str) -> Response:
        """Open a page; a redirect is not followed."""
        return self.client.get(path, follow_redirects=False)

    def done(self, begun: Response) -> Response:
        """The page of the table that a button has begun, once it is made or read."""
        assert begun.status_code == 303, begun.text
        desk = self.client.app.state.desk  # type: ignore[attr-defined]
        work_off(desk.engine, desk.settings, TABLES)
        return self.get(begun.headers["location"].split("?")[0])

    def exported(self, path: str, **fields: str) -> Response:
        """The table that a button has made."""
        page = self.done(self.post(path, **fields))
        address = re.search(r'href="(/admin/jobs/[0-9]+/file)"', page.text)
        assert address, page.text
        return self.get(address[1])

    def post(self, path: str, **fields: str) -> Response:
        """Press a button of a page; a redirect is not followed, what is done is written down."""
        data = {"csrf": self.csrf, **fields}
        with watched(self.client.app.state.desk.engine) as seen:  # type: ignore[attr-defined]
            answer = self.client.post(path, data=data, follow_redirects=False)
        wrong = fault(path, seen)
        assert not wrong, wrong
        return answer


def signed_in(
    client: TestClient,
    engine: Engine,
    settings: Settings,
    role: Role = "owner",
    at: datetime = NOON,
) -> Officer:
    """Somebody of that role, named like it, signed in by this browser since `at`."""
    with transaction(engine) as session:
        admin_id = an_admin(session, role, role)
        token = open_session(session, admin_id, at)
    client.cookies.set(COOKIE, token, path="/admin")
    return Officer(client, form_token(settings, token), admin_id)


def audited(engine: Engine) -> list[tuple[str, str, str]]:
    """Actor, action and subject of all that was written down."""
    with transaction(engine) as session:
        rows = session.exec(select(AuditEntry)).all()
        return [(row.actor, row.action, row.subject) for row in rows]


def link_in(text: str) -> str:
    """The path of the one-time link that a page or a terminal shows."""
    found = re.search(r"/admin/link\?code=([\w-]{40,})", text)
    assert found, text
    return found[0]
