"""What questions of forms offer from the database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from knowledge.documents import Duty, When
from service.delivery.offering import body_choices, duty_choices
from service.settings import Settings
from service.storage.contacts import set_contact
from service.storage.engine import transaction
from service.storage.policy_drafts import Drafted, add_draft
from tests.builders import NOON, a_document
from tests.integration.talks import Talks

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize("number", [1, 20])
def test_every_open_draft_may_be_commented_by_its_number(
    sqlite: Engine, settings: Settings, number: int
) -> None:
    with transaction(sqlite) as session:
        for n in range(1, 21):
            add_draft(session, Drafted(f"Nghị quyết {n}", f"Tóm tắt {n}", "Sở Tài chính"), NOON)
    talks = Talks(sqlite, settings)
    talks.say(f"gopy {number}")
    [told] = talks.say("đồng ý")
    assert f"Tóm tắt {number}\n" in told


def test_every_duty_with_a_time_is_offered_however_many_there_are() -> None:
    due, undated = When("01/12", "day"), When()
    duties = tuple(
        Duty(f"II.{n}", ("Phòng",), (), f"Gửi báo cáo số {n}", when, None, None, "")
        for n in range(30)
        for when in (due, undated)
    )
    labels = [choice.label for choice in duty_choices(replace(a_document(), duties=duties))]
    assert labels == [f"Gửi báo cáo số {n} (01/12)" for n in range(30)]


def test_every_body_with_a_contact_is_offered(sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        for n in range(30):
            set_contact(session, f"Phòng Tư pháp huyện Số {n}", "", "0225 000 000")
        assert len(body_choices(session)) == 30
