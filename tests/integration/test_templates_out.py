"""After seven days Zalo takes no free words: the approved template goes out, over the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service import clock
from service.channels import open_lines
from service.delivery.sending import Sender
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.people import account_for
from tests.builders import an_incoming, some_settings
from tests.delivering import Office, running, threads, until
from tests.fakes.answers import FakeAnswers
from tests.fakes.told import of_office
from tests.fakes.zalo import FakeZalo, served
from tests.fakes.zalo_state import Param

pytestmark = pytest.mark.anyio

AN, BINH = "3000000000000000003", "3000000000000000004"
TEMPLATE = {"id": "101", "data": {"viec": "Nộp báo cáo", "han": "20/12/2026"}}


@pytest.fixture
def zalo() -> Iterator[FakeZalo]:
    with served(FakeZalo()) as fake:
        fake.template("101", "Nhắc việc", (Param("viec"), Param("han", "DATE", 10)))
        yield fake


@pytest.fixture
def settings(tmp_path: Path, zalo: FakeZalo) -> Settings:
    return some_settings(tmp_path, **of_office(zalo))


async def test_a_reminder_reaches_who_has_been_silent_for_a_week(
    settings: Settings, sqlite: Engine, answers: FakeAnswers, zalo: FakeZalo
) -> None:
    office = Office(settings, sqlite, answers)
    for person, days in ((AN, 8), (BINH, 1)):
        wrote = clock.now(settings) - timedelta(days=days)
        zalo.user(person, last_interaction=wrote.timestamp())
        with transaction(sqlite) as session:
            incoming = an_incoming(channel="zalo_oa", person=person, chat=person)
            account_for(session, incoming, wrote)
        office.write("Nhắc việc: nộp báo cáo", person, "zalo_oa", template=TEMPLATE)
    [line] = open_lines(settings, sqlite)
    with threads() as pool:
        async with running(Sender(office.desk, line.channel, "w", pool, 4).run):
            await until(lambda: not {"waiting", "sending"} & set(office.states()))
    assert line.close is not None
    await line.close()
    await line.channel.close()

    [silent], [recent] = zalo.sent(AN), zalo.sent(BINH)
    assert (silent.kind, dict(silent.data)) == ("template", TEMPLATE["data"])
    assert (recent.kind, recent.text) == ("text", "Nhắc việc: nộp báo cáo")
    assert office.states() == ["sent", "sent"]
