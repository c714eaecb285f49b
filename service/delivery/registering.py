"""What forms ask of the service: read at once, written down only when the conversation is saved."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from rapidfuzz import fuzz
from sqlmodel import Session

from bot.forms.definition import Choice, Form
from bot.forms.engine import SentFile
from bot.messages import Enclosure
from bot.registry import NOTICE, Acting, Candidate, FilledForm, Record
from knowledge.vietnamese import fold
from service import clock, offices
from service.asking import Desk, contact_of
from service.delivery.offering import body_choices, draft_choices, duty_choices
from service.delivery.paging import as_pages
from service.errors import Overtaken, SubmissionRefused, UnitRefused
from service.forms import form_of
from service.personal_data import personal_data
from service.storage import bindings, consents, invitations, people, submissions, units
from service.storage.codes import ALPHABET
from service.storage.engine import transaction
from service.storage.form_tables import Submission
from service.storage.reach import watch_reach
from service.storage.submissions import LABEL, OFFICIAL, OPEN
from service.storage.units import with_merged

_ALIKE, _LEAD, _NEAR = 90, 5, 60  #: of 100; how sure a name must be, and how far ahead
_OFFERED = 4  #: names that may have been meant

Effect = Callable[[Session], None]


class Registered:
    """For one person, while one message is answered."""

    def __init__(self, desk: Desk, person_id: int, at: datetime, effects: list[Effect]) -> None:
        """`effects`: what is to be written with the conversation."""
        self._desk, self._person_id, self._at, self._effects = desk, person_id, at, effects
        self._today = at.astimezone(clock.VIETNAM).date()
        self._acting: tuple[bindings.Office, ...] | None = None
        self._agreed: set[str] = set()
        self._offered: dict[tuple[str, str], tuple[Choice, ...]] = {}  #: by source and unit

    def form(self, id_: str) -> Form:
        """A form as the office has it."""
        return form_of(self._desk.settings, id_)

    def acting(self) -> tuple[Acting, ...]:
        """The units that the person acts for or asks to."""
        return tuple(
            Acting(one.unit_id, one.name, one.plan, one.head, one.shared, one.confirmed)
            for one in self._offices()
        )

    def _offices(self) -> tuple[bindings.Office, ...]:
        if self._acting is None:
            with self._reading() as session:
                self._acting = bindings.bindings_of(session, self._person_id, self._today)
        return self._acting

    def options(self, source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        """What a question offers besides its own choices."""
        key = (source, answers.get("unit", ""))
        if key not in self._offered:  # a form asks for it again and again
            self._offered[key] = self._options(source, answers)
        return self._offered[key]

    def _options(self, source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        match source:
            case "units":
                return tuple(Choice(str(one.unit_id), one.name) for one in self._offices())
            case "duties":
                return self._duties(answers)
            case "drafts":
                with self._reading() as session:
                    return draft_choices(session, self._today)
            case "bodies":
                with self._reading() as session:
                    return body_choices(session)
            case _:
                return ()

    def _duties(self, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        """Those of the plan of the chosen unit; nothing of a unit for whoever is not confirmed."""
        chosen = self._chosen(answers)
        if chosen is None or not chosen.confirmed or not chosen.plan:
            return ()
        papers = self._desk.assistant.library.documents
        paper = next((one for one in papers if one.id == chosen.plan), None)
        return duty_choices(paper) if paper else ()

    def _chosen(self, answers: Mapping[str, str]) -> bindings.Office | None:
        unit = answers.get("unit", "")
        return next((one for one in self._offices() if str(one.unit_id) == unit), None)

    def units_like(self, name: str) -> tuple[str, ...]:
        """Names of open units that `name` may stand for, best first; one: it is that."""
        with self._reading() as session:
            known = [u.name for u in units.all_units(session) if units.is_open(u, self._today)]
        return alike(name, known)

    def known(self) -> Mapping[str, str]:
        """How the person named themselves for a unit; and the unit, once it is confirmed."""
        offices = self._offices()
        last = next((one for one in reversed(offices) if one.person_name), None)
        told = {"person.name": last.person_name, "person.post": last.post} if last else {}
        confirmed = [one for one in offices if one.confirmed]
        if len(confirmed) == 1:
            told |= {"unit.name": confirmed[0].name, "unit.plan": confirmed[0].plan}
        return told

    def flags(self, answers: Mapping[str, str]) -> frozenset[str]:
        """ "shared": several people use the account."""
        chosen = self._chosen(answers)
        return frozenset(("shared",)) if chosen and chosen.shared else frozenset()

    def agreed(self, purpose: str) -> bool:
        """Whether the person agrees to it, under the notice as it is now."""
        if purpose in self._agreed:
            return True
        with self._reading() as session:
            return consents.agreed(session, self._person_id, purpose, NOTICE)

    def agree(self, purpose: str) -> None:
        """Keep that the person agrees."""
        self._agreed.add(purpose)
        self._effects.append(lambda s: self._agree(s, purpose))

    def _agree(self, session: Session, purpose: str) -> None:
        consents.agree(session, self._person_id, purpose, NOTICE, self._at)
        self._watch(session)

    def withdraw_consent(self) -> None:
        """The person agrees to nothing any more."""
        self._effects.append(self._withdraw_consent)

    def _withdraw_consent(self, session: Session) -> None:
        consents.withdraw_consents(session, self._person_id, self._at)
        self._watch(session)

    def _watch(self, session: Session) -> None:
        """Whether their units still have somebody who may be written to."""
        watch_reach(session, bindings.units_of(session, self._person_id), self._at)

    def drop_files(self, hashes: Sequence[str]) -> None:
        """Files that the person sent and that are not to be kept; their bytes are swept."""
        self._effects.append(lambda s: people.drop_files(s, self._person_id, hashes))

    def invited_to(self, code: str) -> str | None:
        """The unit that an invitation is for; None for a code that is not one."""
        with self._reading() as session:
            found = invitations.find_invitation(session, code, self._at)
        return found.name if found else None

    def register(self, filled: FilledForm) -> str:
        """Ask to act for a unit; the key of `register.…` that says what came of it."""
        name, post = filled.answers["person"], filled.answers["post"]
        unit, code = filled.answers["unit"], filled.known.get("invite.code", "")
        with self._reading() as session:
            wanted = units.find_unit(session, unit)
            invitation = invitations.find_invitation(session, code, self._at) if code else None
        if wanted is None or wanted.id is None or not units.is_open(wanted, self._today):
            return "no_unit"
        wanted_id = wanted.id
        there = next((one for one in self._offices() if one.unit_id == wanted_id), None)
        if there and not code:
            return "again" if there.confirmed else "waiting"
        if invitation and invitation.unit_id == wanted_id:
            self._effects.append(lambda s: self._redeem(s, code, name, post))
        elif code and filled.known.get("invite.unit") == unit:
            return "code_used"
        else:
            self._effects.append(lambda s: self._ask(s, wanted_id, name, post))
        return "asked"

    def _redeem(self, session: Session, code: str, name: str, post: str) -> None:
        if invitations.redeem(session, code, self._person_id, name, post, self._at) is None:
            raise Overtaken

    def _ask(self, session: Session, unit_id: int, name: str, post: str) -> None:
        try:
            bindings.ask(session, self._person_id, unit_id, name, post, self._at)
        except UnitRefused as refused:
            raise Overtaken from refused

    def submit(self, filled: FilledForm) -> Record:
        """Keep what was sent."""
        office = self._chosen(filled.answers)
        pending = office is not None and not office.confirmed
        code = new_code()
        files = as_pages(self._desk.settings.received_dir, filled.files)
        self._effects.append(lambda s: self._keep(s, filled, code, files))
        return Record(
            code,
            filled.form.id,
            filled.form.title,
            "pending" if pending else "received",
            self._at.astimezone(clock.VIETNAM),
            office.name if office else "",
        )

    def _keep(
        self, session: Session, filled: FilledForm, code: str, files: Sequence[SentFile]
    ) -> None:
        """Who may act for the unit is looked at once more: it may have ended a moment ago."""
        answers = dict(filled.answers)
        office = None
        if filled.form.audience == "officer":
            now = bindings.bindings_of(session, self._person_id, self._today)
            office = next((o for o in now if str(o.unit_id) == answers.get("unit")), None)
            if office is None:
                raise Overtaken
        before = submissions.find_sent(session, filled.previous) if filled.previous else None
        if before and not self._is_own(session, before):
            before = None
        if before and office and before.unit_id not in with_merged(session, office.unit_id):
            before = None  # what was sent for another unit stays as it is
        try:
            self._write(session, filled, code, files, office, before)
        except SubmissionRefused as refused:  # decided a moment ago
            raise Overtaken from refused

    def _write(
        self,
        session: Session,
        filled: FilledForm,
        code: str,
        files: Sequence[SentFile],
        office: bindings.Office | None,
        before: Submission | None,
    ) -> None:
        answers = dict(filled.answers)
        draft = answers.get("draft", "")
        submissions.keep_submission(
            session,
            code=code,
            form=filled.form.id,
            form_version=filled.form.version,
            person_id=self._person_id,
            unit_id=office.unit_id if office else None,
            policy_id=int(draft) if draft.isdecimal() else None,
            answers={**answers, **self._in_words(filled, answers)},
            files=[
                submissions.SentFile(one.sha256, one.name, one.media_type, one.size)
                for one in files
            ],
            pending=office is not None and not office.confirmed,
            at=self._at,
            previous=before.id if before else None,
        )

    def _in_words(self, filled: FilledForm, answers: Mapping[str, str]) -> dict[str, str]:
        """What was chosen from what was offered then, which may not be offered later."""
        return {
            f"{field.id}{LABEL}": choice.label
            for field in filled.form.fields
            if field.source and field.source != "units"
            for choice in field.choices
            if choice.value == answers.get(field.id)
        }

    def sent(self, *, of_units: bool = False) -> tuple[Record, ...]:
        """What the person has sent, or what was sent for the units that they head."""
        with self._reading() as session:
            if not of_units:
                rows = submissions.sent_by(session, self._person_id)
                mine = self._units(session)
                return tuple(
                    self._record(session, row, own=True)
                    for row in rows
                    if row.unit_id is None or row.unit_id in mine
                )
            return tuple(
                self._record(session, row, own=row.person_id == self._person_id)
                for unit_id in self._headed()
                for row in submissions.sent_for(session, unit_id)
                if row.state != "pending"
            )

    def _units(self, session: Session) -> frozenset[int]:
        """The units that the person acts for or asks to now, and those that became part of them."""
        return frozenset(
            id_ for office in self._offices() for id_ in with_merged(session, office.unit_id)
        )

    def _is_own(self, session: Session, row: Submission | None) -> bool:
        """Whether the person sent it, and still acts for the unit for which it was sent."""
        if row is None or row.person_id != self._person_id:
            return False
        return row.unit_id is None or row.unit_id in self._units(session)

    def _record(self, session: Session, row: Submission, *, own: bool) -> Record:
        assert row.id is not None, "rows that were read have an id"
        unit = units.get_unit(session, row.unit_id) if row.unit_id else None
        form = self.form(row.form)
        answers = files = None
        if own:
            answers = {f.id: str(row.answers[f.id]) for f in form.fields if f.id in row.answers}
            files = tuple(
                SentFile(one.sha256, one.name, one.size, one.media_type)
                for one in submissions.files_of(session, row.id)
            )
            answers |= {
                f.id: " ".join(one.sha256 for one in files)
                for f in form.fields
                if f.kind == "files" and f.id in answers and files
            }
        return Record(
            row.code,
            row.form,
            form.title,
            row.state,
            row.created_at.astimezone(clock.VIETNAM),
            unit.name if unit else "",
            row.reply,
            answers=answers,
            files=files or (),
            stays=row.form in OFFICIAL and row.state in submissions.RECORDS,
        )

    def withdraw(self, code: str) -> bool:
        """Take back what the person has sent; False when that is not possible any more."""
        with self._reading() as session:
            row = submissions.find_sent(session, code)
            if row is None or not self._is_own(session, row) or row.state not in OPEN:
                return False
        self._effects.append(lambda s: self._withdraw(s, code))
        return True

    def _withdraw(self, session: Session, code: str) -> None:
        row = submissions.find_sent(session, code)
        try:
            if row is None or not self._is_own(session, row):
                raise Overtaken
            submissions.withdraw(session, row, self._at)
        except SubmissionRefused as refused:
            raise Overtaken from refused

    def candidates(self) -> tuple[Candidate, ...]:
        """Who waits to be confirmed for the units that the person heads."""
        headed = self._headed()
        with self._reading() as session:
            return tuple(
                Candidate(one.binding.id or 0, one.binding.name, one.binding.post, one.unit.name)
                for one in bindings.waiting(session)
                if one.binding.unit_id in headed
            )

    def _headed(self) -> tuple[int, ...]:
        return tuple(o.unit_id for o in self._offices() if o.head and o.confirmed)

    def decide(self, binding_id: int, *, confirmed: bool) -> bool:
        """Confirm or refuse one of the candidates; False when they wait no more."""
        if binding_id not in {one.binding_id for one in self.candidates()}:
            return False
        self._effects.append(lambda s: self._decide(s, binding_id, confirmed=confirmed))
        return True

    def _decide(self, session: Session, binding_id: int, *, confirmed: bool) -> None:
        by, at = f"person:{self._person_id}", self._at
        contact = contact_of(self._desk.settings)
        if confirmed:
            decided = offices.confirm(session, binding_id, by, at)
        else:
            decided = offices.refuse(session, binding_id, by, at, contact=contact)
        if decided is None:
            raise Overtaken

    def my_data(self) -> tuple[str, tuple[Enclosure, ...]]:
        """What is kept about the person: in words, and as a file."""
        with self._reading() as session:
            return personal_data(session, self._person_id)

    def _reading(self) -> AbstractContextManager[Session]:
        return transaction(self._desk.engine)


def alike(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Which of the known names was meant: one that is sure, else those that come near."""
    wanted = fold(name)
    exact = tuple(one for one in known if fold(one) == wanted)
    if len(exact) == 1:
        return exact
    scored = sorted(((fuzz.WRatio(wanted, fold(n)), n) for n in known), reverse=True)
    near = [(score, n) for score, n in scored[:_OFFERED] if score >= _NEAR]
    if not near:
        return ()
    ahead = near[0][0] - near[1][0] if len(near) > 1 else 100
    if fuzz.ratio(wanted, fold(near[0][1])) >= _ALIKE and ahead >= _LEAD:
        return (near[0][1],)
    # One that is not sure is offered with another: who is asked looks before choosing.
    return tuple(n for _, n in (near if len(near) > 1 else scored[:2]))


def new_code() -> str:
    """ "HS-7K2M9": what a person quotes to an officer; it opens nothing by itself."""
    return "HS-" + "".join(secrets.choice(ALPHABET) for _ in range(5))
