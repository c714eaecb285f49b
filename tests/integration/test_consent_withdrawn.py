"""An officer who takes their consent back: what was sent stays, the desk learns of the unit."""

from __future__ import annotations

from sqlalchemy import Engine

from bot.registry import NOTICE
from service.settings import Settings
from service.storage import bindings, consents
from service.storage.alerts import open_alerts
from service.storage.engine import transaction
from service.storage.people import person_of
from service.storage.submissions import find_sent
from service.storage.units import add_unit
from tests.builders import NOON, a_submission
from tests.integration.talks import Talks


def test_the_unit_is_watched_and_what_was_sent_stays(sqlite: Engine, settings: Settings) -> None:
    def alerts() -> list[str]:
        with transaction(sqlite) as session:
            return [alert.kind for alert in open_alerts(session)]

    talks = Talks(sqlite, settings)
    talks.say("xin chào")
    with transaction(sqlite) as session:
        person = person_of(session, "telegram", "7")
        assert person is not None
        unit = add_unit(session, "Sở Y tế", NOON).id or 0
        bound = bindings.ask(session, person, unit, "Người hỏi", "cán bộ", NOON)
        bindings.confirm(session, bound.id or 0, "admin:1", NOON)
        consents.agree(session, person, "register", NOTICE, NOON)
        a_submission(session, "HS-AAAAA", person_id=person, unit_id=unit, pending=True)
    talks.say("rút đồng ý")
    assert alerts() == []
    talks.say("1")
    assert alerts() == ["unit_unreached"]
    with transaction(sqlite) as session:
        kept = find_sent(session, "HS-AAAAA")
        assert kept is not None
        assert (kept.state, kept.person_id) == ("pending", person)
    talks.say("đăng ký")
    talks.say("đồng ý")
    assert alerts() == []
