"""After seven days Zalo takes no free words: the approved template goes out, over the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from service import clock
from service.channels import open_lines
from service.delivery.sending import Sender
from service.settings import Settings
from service.spending import spent
from service.storage.engine import transaction
from service.storage.people import account_for
from service.storage.people_tables import ChannelAccount
from tests.builders import an_incoming, some_settings
from tests.delivering import Office, running, threads, until
from tests.fakes.answers import FakeAnswers
from tests.fakes.told import of_office
from tests.fakes.zalo import FakeZalo, served
from tests.fakes.zalo_state import Param
from tests.owing import Owing

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


@pytest.mark.parametrize("length", [30, 200])
async def test_what_is_due_fills_a_template_of_the_office(
    tmp_path: Path, sqlite: Engine, answers: FakeAnswers, zalo: FakeZalo, length: int
) -> None:
    blanks = (
        Param("don_vi", max_length=length),
        Param("viec", max_length=length),
        Param("han", "DATE", 20),
        Param("ma", max_length=30),
        Param("so_viec", "NUMBER", 20),
    )
    zalo.template("102", "Nhắc việc của đơn vị", blanks)
    told = {**of_office(zalo), "zalo_template_reminder": "102", "telegram_token": None}
    first, last = date(2023, 9, 5), date(2023, 9, 19)
    office = Owing(sqlite, tmp_path, first, **told)
    unit = office.unit("Trường THPT Ngô Quyền", channel="zalo_oa")
    title = "Báo cáo kết quả thực hiện công tác truyền thông chính sách."
    owed = office.owes(unit, last, title=title)
    zalo.user("Trường THPT Ngô Quyền/0", last_interaction=0)
    with transaction(sqlite) as session:
        changed = {"last_seen_at": office.clock.now - timedelta(days=8)}
        session.execute(update(ChannelAccount).values(changed))
    office.remind()
    post = Office(office.settings, sqlite, answers)
    [line] = open_lines(office.settings, sqlite)
    with threads() as pool:
        async with running(Sender(post.desk, line.channel, "w", pool, 4).run):
            await until(lambda: not {"waiting", "sending"} & set(post.states()))
    assert line.close is not None
    await line.close()
    await line.channel.close()

    [sent] = zalo.sent("Trường THPT Ngô Quyền/0")
    task = "Báo cáo kết quả thực hiện côn…" if length == 30 else title.rstrip(".")
    assert dict(sent.data) == {
        "don_vi": "Trường THPT Ngô Quyền",
        "viec": task,
        "han": "19/09/2023",
        "ma": f"V{owed}",
        "so_viec": "1",
    }
    with transaction(sqlite) as session:
        assert spent(session, office.clock.now) == 200
