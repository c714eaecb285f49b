"""A browser in which somebody of the office is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from playwright.sync_api import Page
from sqlalchemy import Engine

from service.admin.access import COOKIE
from service.storage.admins import Role
from service.storage.engine import transaction
from service.storage.sessions import open_session
from tests.desk import an_admin


def signed_in_page(
    open_page: Callable[..., Page],
    storage: Engine,
    name: str,
    width: str,
    role: Role = "owner",
) -> Page:
    """Without a password: those may be tried so often a minute only."""
    with transaction(storage) as session:
        token = open_session(session, an_admin(session, name, role), datetime.now(UTC))
    page = open_page("/admin/sign-in", width)
    # Where the product puts it: signing out and in again must not leave two of them.
    place = {"domain": urlsplit(page.url).hostname or "", "path": "/admin"}
    page.context.add_cookies([{"name": COOKIE, "value": token, **place}])
    return page
