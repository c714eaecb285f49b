"""What officers do at their desk and what befalls the product, step by step, for transcripts.

A step is written as `does: officer`; each is a function on the database and the data folder of one
product, whether it runs in this process or in another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

import bot.forms
from bot.registry import NOTICE
from service import clock, offices
from service.delivery import handing_over
from service.settings import Settings
from service.storage import (
    bindings,
    consents,
    contacts,
    hand_offs,
    invitations,
    policy_drafts,
    submissions,
    units,
)
from service.storage.codes import keep_code, short_code
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from service.storage.form_tables import PolicyDraft, Submission
from service.storage.people_tables import ChannelAccount, StoredFile
from tests.desk import an_admin

#: One unit follows a paper that sets times, the other follows none.
SCHOOL, PLAN = "Trường THPT Ngô Quyền", "hai-phong-gddt-2023"
BUREAU = "Phòng Giáo dục thường xuyên"
NAME, POST = "Trần Văn An", "Chuyên viên"
#: What turns may name as "{draft}" and "{other}", once it was opened.
DRAFTS = {
    "draft": "Nghị quyết quy định mức thu học phí",
    "other": "Nghị quyết hỗ trợ học sinh miền núi",
}
BODIES = {"Phòng Tư pháp": "Sở Tư pháp", "Phòng Nội vụ": "Sở Nội vụ"}
LASTING = ("pending", "received", "returned", "accepted", "answered")


@dataclass
class House:
    """One product, seen by whoever works there; the person is who wrote last on the channel."""

    settings: Settings  #: with the folder, the database and the clock of the product
    channel: str
    engine: Callable[[], Engine]  #: of the moment: a restart opens another
    restarts: Callable[[], None] = lambda: None
    told: dict[str, str] = field(default_factory=dict)  #: what steps may name: "{draft}"

    def does(self, step: str) -> None:
        """One step by its name; some take words: "officer says: …", "edit form: gop-y"."""
        name, _, rest = step.partition(":")
        if name == "restart":
            self.restarts()
        elif name == "three days":
            self._forward(timedelta(days=3))
        elif name == "edit form":
            self._edit(rest.strip())
        elif name == "form as shipped":
            self._file(rest.strip()).unlink(missing_ok=True)
        else:
            with transaction(self.engine()) as session:
                STEPS[name](self, session, rest.strip())

    def tidy(self) -> None:
        """As the next scenario must find it."""
        for file in self._file("x").parent.glob("*.yaml"):
            file.unlink()
        self.told.clear()

    def keeps(self) -> Mapping[str, int]:
        """How many records and files of the person there are."""
        with transaction(self.engine()) as session:
            person = self.person(session)
            sent = select(Submission).where(col(Submission.person_id) == person)
            files = select(StoredFile).where(col(StoredFile.person_id) == person)
            return {
                "records": sum(row.state in LASTING for row in session.exec(sent)),
                "files": len(session.exec(files).all()),
            }

    def answered(self) -> int:
        """How many messages of the channel the product is done with."""
        with transaction(self.engine()) as session:
            done = select(func.count()).select_from(InboundEvent)
            mine = (col(InboundEvent.channel) == self.channel, col(InboundEvent.state) == "done")
            return session.exec(done.where(*mine)).one()

    @property
    def at(self) -> datetime:
        """What time it is there."""
        return clock.now(self.settings)

    def account(self, session: Session) -> ChannelAccount:
        """The person's account on the channel."""
        mine = select(ChannelAccount).where(col(ChannelAccount.channel) == self.channel)
        found = session.exec(mine.order_by(col(ChannelAccount.id).desc())).first()
        assert found is not None, f"nobody has written on {self.channel}"
        return found

    def person(self, session: Session) -> int:
        """Who writes."""
        return self.account(session).person_id

    def _forward(self, time: timedelta) -> None:
        assert self.settings.clock is not None, "the product has a clock of its own"
        told = json.loads(self.settings.clock.read_text("utf-8"))
        told |= {"base": (self.at + time).isoformat(), "started_at": datetime.now(UTC).isoformat()}
        beside = self.settings.clock.with_suffix(".new")
        beside.write_text(json.dumps(told), "utf-8")
        beside.replace(self.settings.clock)  # the product reads it at every moment

    def _file(self, form: str) -> Path:
        return self.settings.data_dir / "overrides" / "forms" / f"{form}.yaml"

    def _edit(self, form: str) -> None:
        """The same questions under another title, in another version."""
        shipped = (Path(bot.forms.__path__[0]) / f"{form}.yaml").read_text("utf-8")
        edited = re.sub(r"(?m)^version: 1$", "version: 2", shipped)
        edited = re.sub(r"(?m)^(title: .*)$", r"\1 (bản mới)", edited)
        self._file(form).parent.mkdir(parents=True, exist_ok=True)
        self._file(form).write_text(edited, "utf-8")


def _unit(house: House, session: Session, name: str = SCHOOL) -> int:
    found = units.find_unit(session, name)
    plan = PLAN if name == SCHOOL else ""
    found = found or units.add_unit(session, name, house.at, plan=plan)
    assert found.id is not None
    return found.id


def _asks(house: House, session: Session, unit: str = SCHOOL, **terms: bool) -> int:
    person, unit_id = house.person(session), _unit(house, session, unit)
    asked = bindings.ask(session, person, unit_id, NAME, POST, house.at, **terms)
    assert asked.id is not None
    return asked.id


def _confirmed(house: House, session: Session, unit: str = SCHOOL, **terms: bool) -> None:
    bindings.confirm(session, _asks(house, session, unit, **terms), "admin:1", house.at)


def _agreed(house: House, session: Session) -> None:
    for purpose in ("register", "submit", "comment"):
        consents.agree(session, house.person(session), purpose, NOTICE, house.at)


def _confirm(house: House, session: Session) -> None:
    """What the person asks for is granted; they are told."""
    person = house.person(session)
    for one in bindings.waiting(session):
        if one.binding.person_id == person and one.binding.id is not None:
            offices.confirm(session, one.binding.id, "admin:1", house.at)


def _invite(house: House, session: Session, *, head: bool = False) -> None:
    code = invitations.invite(session, _unit(house, session), house.at, head=head)
    house.told["invitation"] = code


def _draft(house: House, session: Session, name: str) -> PolicyDraft:
    title = DRAFTS[name]
    known = select(PolicyDraft).where(col(PolicyDraft.title) == title)
    draft = session.exec(known).first()
    if draft is None:
        said = policy_drafts.Drafted(title, "Mức thu theo vùng, theo cấp học.", "Sở Tài chính")
        draft = policy_drafts.add_draft(session, said, house.at)
    house.told[name] = str(draft.id)
    return draft


def _open_draft(house: House, session: Session, name: str = "draft") -> None:
    policy_drafts.reopen_draft(session, _draft(house, session, name))


def _close_draft(house: House, session: Session, name: str = "draft") -> None:
    policy_drafts.close_draft(session, _draft(house, session, name), house.at)


def _hand_off(house: House, session: Session) -> int:
    found = hand_offs.open_of(session, house.account(session).id or 0)
    assert found is not None, "nobody has asked for an officer"
    assert found.id is not None
    return found.id


def _take(house: House, session: Session) -> None:
    admin, talk = an_admin(session), _hand_off(house, session)
    assert handing_over.take_over(session, house.settings, talk, admin, house.at)


def _says(house: House, session: Session, text: str) -> None:
    admin, talk = an_admin(session), _hand_off(house, session)
    assert handing_over.speak(session, house.settings, talk, admin, text, house.at)


def _ends(house: House, session: Session) -> None:
    talk = _hand_off(house, session)
    assert handing_over.dismiss(session, house.settings, talk, house.at)


def _returned(house: House, session: Session, reply: str) -> None:
    """The office wants the last one mended."""
    last = submissions.sent_by(session, house.person(session))[0]
    submissions.decide(session, last.id or 0, "returned", reply, "admin:1", house.at)


#: Steps on the database, each with the words after the colon.
STEPS: Mapping[str, Callable[[House, Session, str], object]] = {
    "agreed": lambda house, session, _: _agreed(house, session),
    "units": lambda house, session, _: (
        _unit(house, session), _unit(house, session, BUREAU),
    ),
    "officer": lambda house, session, _: _confirmed(house, session),
    "officer of the bureau": lambda house, session, _: _confirmed(house, session, BUREAU),
    "officer pending": lambda house, session, _: _asks(house, session),
    "keeper": lambda house, session, _: keep_code(
        session, "test", short_code(), house.at + timedelta(days=30), uses=0,
        admin_id=an_admin(session, "bien-tap", "editor"), person_id=house.person(session),
    ),
    "head": lambda house, session, _: _confirmed(house, session, head=True),
    "shared": lambda house, session, _: _confirmed(house, session, shared=True),
    "revoke": lambda house, session, _: [
        offices.revoke(session, one.binding.id or 0, "admin:1", house.at, contact="")
        for one in bindings.acting(session)
        if one.binding.person_id == house.person(session)
    ],
    "confirm": lambda house, session, _: _confirm(house, session),
    "invite": lambda house, session, _: _invite(house, session),
    "draft open": lambda house, session, _: _open_draft(house, session),
    "draft closed": lambda house, session, _: _close_draft(house, session),
    "other draft open": lambda house, session, _: _open_draft(house, session, "other"),
    "other draft closed": lambda house, session, _: _close_draft(house, session, "other"),
    "contact": lambda house, session, _: [
        contacts.set_contact(session, body, now, "0225 000 000") for body, now in BODIES.items()
    ],
    "take hand-off": lambda house, session, _: _take(house, session),
    "officer says": _says,
    "end hand-off": lambda house, session, _: _ends(house, session),
    "returned": _returned,
}  # fmt: skip
