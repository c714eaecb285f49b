"""The page of figures and its table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.admin.words import words
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.questions import keep_question
from tests.builders import NOON, an_asked_question
from tests.desk import Officer, signed_in

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def viewer(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Figures are for everybody at the desk."""
    return signed_in(client, sqlite, settings, "viewer")


@pytest.fixture
def asked(sqlite: Engine) -> None:
    """Three questions today, one nine days ago, one half a year ago."""
    evil = [{"document": "<b>x", "address": "I"}]
    told = {"document": "hai-phong-gddt-2023", "address": "II.1"}
    with transaction(sqlite) as session:
        for milliseconds in (11, 95):
            keep_question(session, an_asked_question(milliseconds=milliseconds, citations=[told]))
        keep_question(session, an_asked_question(kind="silent", channel="zalo_oa", citations=[]))
        for days in (9, 180):
            at = NOON - timedelta(days=days)
            keep_question(session, an_asked_question(kind="clarify", at=at, citations=evil))


def tiles(page: str) -> list[str]:
    """The numbers at the head of the page."""
    found = re.findall(r"<dd>(.*?)</dd>", page[page.index('class="tiles"') :])
    return [re.sub(r"<[^>]+>", "", each) for each in found]


def rows(page: str) -> list[list[str]]:
    """The rows of all tables, without marks."""
    found = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, flags=re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in found)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?period=week", ["3", "2 66,7%", "0", "1", "100 ms"]),
        ("", ["4", "2 50,0%", "1", "1", "100 ms"]),
        ("?period=quarter", ["4", "2 50,0%", "1", "1", "100 ms"]),
        ("?period=year", ["5", "2 40,0%", "2", "1", "100 ms"]),
        ("?period=%27x", ["4", "2 50,0%", "1", "1", "100 ms"]),
    ],
)
def test_a_period_is_chosen(viewer: Officer, query: str, shown: list[str]) -> None:
    page = viewer.get(f"/admin/figures{query}")
    assert page.status_code == 200
    assert tiles(page.text) == shown
    assert page.text.count('aria-current="page"') == 2  # the tab and the period


@pytest.mark.usefixtures("asked")
def test_charts_have_their_tables_beside_them(viewer: Officer) -> None:
    page = viewer.get("/admin/figures?period=week").text
    assert page.count('<svg viewBox="0 0 70.0 100"') == 2
    assert len(re.findall(r'class="room"', page)) == 14
    assert "21/11. Đã trả lời: 2, Đã hỏi lại: 0, Văn bản không nêu: 1" in page
    told = rows(page)
    assert told[0] == ["21/11", "3", "2", "0", "1"]
    assert told[6] == ["15/11", "0", "0", "0", "0"]
    assert told[7] == ["21/11", "15 ms", "100 ms"]
    assert told[8] == ["20/11", "–", "–"]
    assert ["Trang web", "2", "2", "0", "0", "100,0%"] in told
    assert ["Zalo OA", "1", "0", "0", "1", "0,0%"] in told
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for named in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(named.split()) <= set(ids)


@pytest.mark.usefixtures("asked")
def test_the_clauses_cited_most_lead_to_their_page(viewer: Officer) -> None:
    page = viewer.get("/admin/figures").text
    assert 'href="/documents/hai-phong-gddt-2023#II.1"' in page
    assert "I, &lt;b&gt;x" in page
    assert "<b>x" not in page
    assert rows(page)[-2][1] == "2"
    assert rows(page)[-1][1] == "1"


def test_without_a_question_the_page_says_so(viewer: Officer) -> None:
    page = viewer.get("/admin/figures?period=year").text
    assert words()["figures"]["empty"] in page
    assert "<table" not in page


@pytest.mark.usefixtures("asked")
def test_the_table_for_a_spreadsheet_has_every_day(viewer: Officer) -> None:
    answer = viewer.exported("/admin/figures/export", period="quarter")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="so-lieu-2026-11-21.csv"' in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0][:2] == ["Ngày", "Câu hỏi"]
    assert len(table) == 1 + 91
    assert table[-1] == ["2026-11-21", "3", "2", "0", "1", "15", "100"]
    assert table[-2] == ["2026-11-20", "0", "0", "0", "0", "", ""]
    assert table[-10] == ["2026-11-12", "1", "0", "1", "0", "15", "15"]
    assert len(viewer.exported("/admin/figures/export", period="x").text.splitlines()) == 31
