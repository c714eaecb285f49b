"""What questions of forms offer from the database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from service.settings import Settings
from service.storage.engine import transaction
from service.storage.policy_drafts import Drafted, add_draft
from tests.builders import NOON
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
