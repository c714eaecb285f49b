"""What forms ask of the service: read at once, written down only when the conversation is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from bot.forms.definition import Choice, Form
from bot.messages import Enclosure
from bot.owed import OwedDuty
from bot.registry import NOTICE, Acting, Candidate, FilledForm, Record
from bot.standing import within
from bot.who_owes import DutyOfUnits, Which
from knowledge.readers import Readers
from service import clock
from service.asking import Desk, contact_of
from service.delivery.joining import candidates, decide, request
from service.delivery.mailing import address_of, ask, confirm, is_known, may_ask, stop
from service.delivery.offering import offered
from service.delivery.owing import (
    calendar_of_owed,
    next_reminder,
    owed_duties,
    put_off_for,
    units_owing,
)
from service.delivery.paging import as_pages
from service.delivery.sent_records import (
    note_fetched,
    record_files,
    record_under,
    sent_records,
    unit_records,
)
from service.delivery.submitting import keep_filled, may_take_back, new_code, take_back
from service.delivery.writer import Writer
from service.forms import form_of
from service.library.candidates import File, receive
from service.library.fetching import link_in
from service.personal_data import read_personal_data, tell_personal_data
from service.storage import (
    bindings,
    consents,
    invitations,
    mailboxes,
    people,
    subscriptions,
    units,
)
from service.storage.admins import roles_of_person
from service.storage.policy_drafts import get_draft
from service.storage.reach import watch_reach
from service.unit_names import alike

Effect = Callable[[Session], None]

_KEEPERS = frozenset(("owner", "editor"))  #: roles of whoever keeps the library


class Registered:
    """For one person, while one message is answered."""

    def __init__(
        self,
        desk: Desk,
        person_id: int,
        at: datetime,
        effects: list[Effect],
        readers: Readers,
    ) -> None:
        """`effects`: what is to be written with the conversation; `readers`: what they may read."""
        self._desk, self._effects, self._readers = desk, effects, readers
        self._writer = Writer(desk.engine, person_id, at)
        self._agreed: set[str] = set()
        self._offered: dict[tuple[str, str], tuple[Choice, ...]] = {}  #: by source and unit

    def form(self, id_: str) -> Form:
        """A form as the office has it."""
        return form_of(self._desk.settings, id_)

    def acting(self) -> tuple[Acting, ...]:
        """The units that the person acts for or asks to."""
        return tuple(
            Acting(one.unit_id, one.name, one.plan, one.head, one.shared, one.confirmed)
            for one in self._writer.offices
        )

    def options(self, source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        """What a question offers besides its own choices."""
        key = (source, answers.get("unit", ""))
        if key not in self._offered:  # a form asks for it again and again
            documents = self._desk.assistant.library_for(self._readers).documents
            self._offered[key] = offered(source, answers, self._writer, documents)
        return self._offered[key]

    def units_like(self, name: str) -> tuple[str, ...]:
        """Names of open units that `name` may stand for, best first; one: it is that."""
        today = self._writer.today
        with self._writer.reading() as session:
            known = [u.name for u in units.open_units(session, today)]
        return alike(name, known)

    def known(self) -> Mapping[str, str]:
        """How the person named themselves for a unit; and the unit, once it is confirmed."""
        offices = self._writer.offices
        last = next((one for one in reversed(offices) if one.person_name), None)
        told = {"person.name": last.person_name, "person.post": last.post} if last else {}
        confirmed = [one for one in offices if one.confirmed]
        if len(confirmed) == 1:
            told |= {"unit.name": confirmed[0].name, "unit.plan": confirmed[0].plan}
        return told

    def flags(self, answers: Mapping[str, str]) -> frozenset[str]:
        """ "shared": several people use the account."""
        chosen = self._writer.chosen(answers)
        return frozenset(("shared",)) if chosen and chosen.shared else frozenset()

    def agreed(self, purpose: str) -> bool:
        """Whether the person agrees to it, under the notice as it is now."""
        if purpose in self._agreed:
            return True
        with self._writer.reading() as session:
            return consents.agreed(session, self._writer.person_id, purpose, NOTICE)

    def agree(self, purpose: str) -> None:
        """Keep that the person agrees."""
        self._agreed.add(purpose)
        self._effects.append(lambda s: self._agree(s, purpose))

    def _agree(self, session: Session, purpose: str) -> None:
        consents.agree(session, self._writer.person_id, purpose, NOTICE, self._writer.at)
        self._watch(session)

    def withdraw_consent(self) -> None:
        """The person agrees to nothing any more."""
        self._effects.append(self._withdraw_consent)

    def _withdraw_consent(self, session: Session) -> None:
        consents.withdraw_consents(session, self._writer.person_id, self._writer.at)
        mailboxes.drop_mailbox(session, self._writer.person_id)
        self._watch(session)

    def _watch(self, session: Session) -> None:
        """Whether their units still have somebody who may be written to."""
        theirs = bindings.units_of(session, self._writer.person_id)
        watch_reach(session, theirs, self._writer.at)

    def drop_files(self, hashes: Sequence[str]) -> None:
        """Files that the person sent and that are not to be kept; their bytes are swept."""
        self._effects.append(lambda s: people.drop_files(s, self._writer.person_id, hashes))

    def invited_to(self, code: str) -> str | None:
        """The unit that an invitation is for; None for a code that is not one."""
        with self._writer.reading() as session:
            found = invitations.find_invitation(session, code, self._writer.at)
        return found.name if found else None

    def register(self, filled: FilledForm) -> str:
        """Ask to act for a unit; the key of `register.…` that says what came of it."""
        told, effect = request(filled, self._writer)
        if effect:
            self._effects.append(effect)
        return told

    def submit(self, filled: FilledForm) -> Record:
        """Keep what was sent."""
        office = self._writer.chosen(filled.answers)
        pending = office is not None and not office.confirmed
        code = new_code()
        files = as_pages(self._desk.settings.received_dir, filled.files)
        self._effects.append(lambda s: keep_filled(s, self._writer, filled, code, files))
        return Record(
            code,
            filled.form.id,
            filled.form.title,
            "pending" if pending else "received",
            self._writer.at.astimezone(clock.VIETNAM),
            office.name if office else "",
        )

    def edits(self) -> bool:
        """Whether the person joined an account of the desk that keeps the library."""
        with self._writer.reading() as session:
            person, at = self._writer.person_id, self._writer.at
            return bool(_KEEPERS & roles_of_person(session, person, at))

    def hand_in(self, filled: FilledForm) -> None:
        """Kept for the desk with the conversation; read in the background."""
        settings = self._desk.settings
        pages = as_pages(settings.received_dir, filled.files)
        files = [File(one.name, (settings.received_dir / one.sha256).read_bytes()) for one in pages]
        source = filled.answers.get("source", "").strip()
        link = "" if files else link_in(source)
        by, at = f"person:{self._writer.person_id}", self._writer.at

        def taken(session: Session) -> None:
            receive(session, settings, files, by=by, at=at, origin="chat", source=source, link=link)

        self._effects.append(taken)

    def sent(self, *, of_units: bool = False) -> tuple[Record, ...]:
        """What the person has sent, or what was sent for the units that they head."""
        records = unit_records if of_units else sent_records
        with self._writer.reading() as session:
            return records(session, self._desk.settings, self._writer)

    def record(self, code: str) -> Record | None:
        """What was sent under this code, whole: by the person, or for a unit that they head."""
        with self._writer.reading() as session:
            return record_under(session, self._desk.settings, self._writer, code)

    def record_files(self, record: Record) -> tuple[Enclosure, ...]:
        """The files of a record that was looked up, as far as they are kept and can be sent."""
        files = record_files(self._desk.settings, record)
        if files and not record.own:
            self._effects.append(lambda s: note_fetched(s, self._writer, record))
        return files

    def withdraw(self, code: str) -> bool:
        """Take back what the person has sent; False when that is not possible any more."""
        with self._writer.reading() as session:
            possible = may_take_back(session, self._writer, code)
        if possible:
            self._effects.append(lambda s: take_back(s, self._writer, code))
        return possible

    def candidates(self) -> tuple[Candidate, ...]:
        """Who waits to be confirmed for the units that the person heads."""
        with self._writer.reading() as session:
            return candidates(session, self._writer)

    def decide(self, binding_id: int, *, confirmed: bool) -> bool:
        """Confirm or refuse one of the candidates; False when they wait no more."""
        if binding_id not in {one.binding_id for one in self.candidates()}:
            return False
        contact = contact_of(self._desk.settings)
        self._effects.append(
            lambda s: decide(s, self._writer, binding_id, contact, confirmed=confirmed)
        )
        return True

    def my_data(self) -> tuple[str, tuple[Enclosure, ...]]:
        """What is kept about the person: in words, and as files."""
        with self._writer.reading() as session:
            kept = read_personal_data(session, self._writer.person_id)
        kept = replace(kept, conversation=within(kept.conversation, self._readers))
        return tell_personal_data(self._desk.settings, kept)

    def mailbox(self) -> str | None:
        """Where letters go to the person, "" for nowhere; None where the office sends none."""
        if self._desk.settings.smtp_url is None:
            return None
        with self._writer.reading() as session:
            return mailboxes.mailbox_of(session, self._writer.person_id)

    def ask_mail(self, address: str) -> bool:
        """Send a code to it, by which it is proved; False when too many were sent today."""
        with self._writer.reading() as session:
            possible = may_ask(session, self._writer, address)
        if possible:
            self._effects.append(lambda s: ask(s, self._writer, address))
        return possible

    def confirm_mail(self, code: str) -> str | None:
        """Letters go where this code was sent, as the person agrees; None: it is not theirs."""
        with self._writer.reading() as session:
            address = address_of(session, self._writer, code)
        if address:
            self._effects.append(lambda s: confirm(s, self._writer, code, address))
        return address

    def stop_mail(self) -> bool:
        """Forget the address; False where there was none."""
        with self._writer.reading() as session:
            had = is_known(session, self._writer)
        self._effects.append(lambda s: stop(s, self._writer))
        return had

    def owed(self) -> tuple[OwedDuty, ...]:
        """What the units owe that the person was confirmed to act for, the nearest first."""
        with self._writer.reading() as session:
            return owed_duties(session, self._writer)

    def hear_news(self, *, on: bool) -> None:
        """Whether the person is told what the office says to everybody."""
        person, at = self._writer.person_id, self._writer.at
        if on:
            self._effects.append(lambda s: subscriptions.subscribe(s, person))
        else:
            self._effects.append(lambda s: subscriptions.unsubscribe(s, person, at))

    def follow(self, number: int, *, on: bool) -> bool:
        """Hear what is said of a draft, or no more; False where there is no such draft."""
        person, at = self._writer.person_id, self._writer.at
        if not on:
            self._effects.append(lambda s: subscriptions.unfollow(s, person, number))
            return True
        with self._writer.reading() as session:
            known = get_draft(session, number) is not None
        if known:
            self._effects.append(lambda s: subscriptions.follow(s, person, number, at))
        return known

    def put_off(self, duty_id: int, days: int) -> date:
        """Not to be reminded of one of these for so many days; the day of the next reminder."""
        with self._writer.reading() as session:
            day = next_reminder(session, self._desk.settings, self._writer, duty_id, days)
        self._effects.append(lambda s: put_off_for(s, self._writer, duty_id, day))
        return day

    def calendar(self, duty_ids: Sequence[int]) -> Enclosure:
        """Those of these that the units owe, as a file for a calendar."""
        with self._writer.reading() as session:
            return calendar_of_owed(session, self._writer, duty_ids)

    def units_owing(self, which: Which) -> tuple[DutyOfUnits, ...] | None:
        """How far all units are; None for whoever has no part in the work of the desk."""
        with self._writer.reading() as session:
            return units_owing(session, self._writer, which)
