"""Lists of papers where there are many: a page at a time, looked through by words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from knowledge.library import SHIPPED, Library, load_document
from service.admin.words import words
from service.library.papers import library_of
from service.routes.pages import texts
from service.settings import Settings
from tests.builders import some_settings
from tests.desk import Clock, Officer, signed_in
from tests.fakes.answers import FakeAnswers

PAPERS = 60
SAID = words()["assignments"]
CARD = re.compile(r'<h2><a href="/documents/([^"]+)"')
BESIDE = re.compile(r'<li><a href="/documents/([^"]+)"')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With a clock that stands still."""
    return some_settings(tmp_path, clock=Clock(tmp_path / "clock.json").file)


@pytest.fixture
def answers(settings: Settings) -> FakeAnswers:
    """Over sixty papers with a dozen duties each, beside those that ship."""
    paper = load_document(SHIPPED / "hai-phong-gddt-2023")
    duties = tuple(replace(duty, reviewed=True) for duty in paper.duties)
    many = (
        replace(paper, id=f"ke-hoach-{n:02}", short_title=f"Kế hoạch thứ {n:02}", duties=duties)
        for n in range(PAPERS)
    )
    return FakeAnswers(library=Library((*library_of(settings).documents, *many)))


def test_the_library_is_shown_a_page_at_a_time(client: TestClient, answers: FakeAnswers) -> None:
    seen: list[str] = []
    address = "/documents"
    while address:
        page = client.get(address).text
        seen += CARD.findall(page)
        later = re.search(rf'href="([^"]+)">{texts()["documents"]["later"]}', page)
        address = later[1].replace("&amp;", "&") if later else ""
    papers = [paper.id for paper in answers.library.documents]
    assert seen == [*papers[-PAPERS:], *papers[:-PAPERS]]  # the office's own before those that ship
    assert len(CARD.findall(client.get("/documents").text)) == 50


def test_the_library_is_looked_through_without_accents(client: TestClient) -> None:
    assert CARD.findall(client.get("/documents?q=ke hoach thu 41").text) == ["ke-hoach-41"]
    nothing = client.get("/documents?q=khong co gi").text
    assert texts()["documents"]["none_found"] in nothing
    assert 'value="khong co gi"' in nothing


def test_a_few_papers_stand_beside_the_chat_the_offices_own_first(client: TestClient) -> None:
    beside = BESIDE.findall(client.get("/").text)
    assert beside == [f"ke-hoach-{n:02}" for n in range(12)]


def test_of_many_duties_those_of_one_paper_are_listed(client: TestClient, sqlite: Engine,
                                                      settings: Settings) -> None:  # fmt: skip
    editor: Officer = signed_in(client, sqlite, settings, "editor")
    first = editor.get("/admin/assignments").text
    assert '<option value="ke-hoach-41">Kế hoạch thứ 41</option>' in first
    assert SAID["duty"] not in first  # no duty can be chosen before a paper is
    page = editor.get("/admin/assignments?paper=ke-hoach-41").text
    duties = re.findall(r'<option value="([^"]+ \d+)"', page)
    assert duties
    assert {duty.split()[0] for duty in duties} == {"ke-hoach-41"}
    form = editor.get(f"/admin/assignments/new?duty={duties[0]}")
    assert form.status_code == 200
    assert SAID["duty"] not in editor.get("/admin/assignments?paper=khong-co").text
