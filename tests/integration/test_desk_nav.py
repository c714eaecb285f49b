"""How the pages of the desk are found: in groups, each page in one, only those of the role."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.admin.access import RULES
from service.admin.drawing import GROUPS
from service.admin.words import words
from service.settings import Settings
from service.storage.alerts import raise_alert
from service.storage.engine import transaction
from tests.builders import NOON
from tests.desk import signed_in

#: Pages that are reached from the head of each page, or by whoever is not signed in.
ELSEWHERE = {"sign-in", "link", "password", "second-step"}


def tabs(page: str) -> list[list[str]]:
    """The rows of links at the head of a page, as their addresses."""
    rows = re.findall(r'<nav class="wrap tabs[^"]*".*?</nav>', page, flags=re.DOTALL)
    return [
        [name or "today" for name in re.findall(r'href="/admin(?:/([a-z-]+))?"', row)]
        for row in rows
    ]


def test_every_page_is_in_one_group() -> None:
    pages = {r.split("/")[2] for r in RULES if re.fullmatch(r"GET /admin/[a-z-]+", r)} | {"today"}
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(pages - ELSEWHERE)
    assert set(words()["nav_groups"]) == set(GROUPS)
    assert set(words()["nav"]) == set(grouped)


@pytest.mark.usefixtures("clock")
def test_the_group_of_the_page_is_open(
    client: TestClient, sqlite: Engine, settings: Settings, tmp_path: Path
) -> None:
    owner = signed_in(client, sqlite, settings)
    firsts = [names[0] for names in GROUPS.values()]
    assert tabs(owner.get("/admin/policies").text) == [firsts, list(GROUPS["duties"])]
    assert tabs(owner.get("/admin/password").text) == [firsts]
    page = owner.get("/admin/policies").text
    assert page.count('aria-current="page"') == 1
    assert page.count('aria-current="true"') == 1


@pytest.mark.usefixtures("clock")
def test_a_role_finds_what_it_may_open(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    viewer = signed_in(client, sqlite, settings, "viewer")
    assert tabs(viewer.get("/admin/calendar").text) == [
        ["today", "calendar", "papers", "questions", "units", "channels"]
    ]
    assert tabs(viewer.get("/admin/questions").text)[1] == [
        "questions", "unanswered", "curated", "question-set", "drafts", "figures",
    ]  # fmt: skip


@pytest.mark.usefixtures("clock")
def test_what_waits_is_counted_from_everywhere(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    owner = signed_in(client, sqlite, settings)
    assert 'class="count"' not in owner.get("/admin/units").text
    with transaction(sqlite) as session:
        raise_alert(session, "channel_stopped", "zalo_oa", "Mã lỗi", NOON)
    assert '<span class="count">1<' in owner.get("/admin/units").text
