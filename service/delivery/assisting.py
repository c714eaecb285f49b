"""What a conversation asks of the service, gathered: written down only when it is saved."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import segno
from sqlmodel import Session

from bot.assistance import Ended
from bot.forms.criteria import CriteriaNote
from bot.messages import Enclosure, Reply, Turn
from bot.registry import Registry
from bot.standing import Conversation
from bot.whole_clauses import source_line, whole_clause
from knowledge.documents import Document
from knowledge.errors import CitationNotFound
from knowledge.readers import Readers
from service import clock
from service.asking import Desk, Timed, asked_of, contact_of, is_of_papers, tell
from service.delivery.handing_over import ask_officer, hours_told, leave, what_ends
from service.delivery.registering import Registered
from service.duties.wording import calendar_of
from service.errors import Overtaken
from service.office import home_of, letterhead_of
from service.personal_fields import personal_fields
from service.shapes import LONGEST_QUESTION, clean, read_question, reply_json
from service.storage.codes import find_code, renew_code, short_code, use_code
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.feedback import keep_vote
from service.storage.grouping import leave_group
from service.storage.office import Office
from service.storage.people import join_person, load_conversation, person_key
from service.storage.people_tables import ChannelAccount
from service.storage.questions import keep_question

_CODE_LIFE = timedelta(minutes=10)

Effect = Callable[[Session], None]


class Assisting:
    """Answers from the papers at once; everything else becomes an effect of the transaction."""

    def __init__(
        self,
        desk: Desk,
        office: Office | None,
        account: ChannelAccount,
        channel: str,
        at: datetime,
        readers: Readers,
        before: int = 0,
    ) -> None:
        """`desk`: with the settings as the `office` has filled them in; `readers`: which papers the
        person may read where this is answered; `before`: the number of the question that this
        conversation asked last."""
        self.readers = readers
        self.contact = contact_of(desk.settings)
        self.home = home_of(office, desk.assistant.library_for(readers))
        self.links = desk.settings.public_url is not None
        self.now = at.astimezone(clock.VIETNAM)
        self.today = self.now.date()
        self.person_id = account.person_id  #: whose conversation it is in the end
        self.joined: int | None = None  #: version of the conversation that was taken over
        self.effects: list[Effect] = []
        self.asked: int | None = None  #: number of the question that was kept, once it is
        self.erases = False  #: whether the person is forgotten by this very message
        self.erased: list[str] = []  #: files whose bytes are to go after the transaction
        self.registry: Registry = Registered(desk, account.person_id, at, self.effects, readers)
        self._desk, self._account, self._channel, self._at = desk, account, channel, at
        self._before = before
        self._letterhead = letterhead_of(office)

    def answer(self, text: str, history: Sequence[Turn], *, kept: bool = True) -> Reply:
        """From the papers; the question is `kept` without who asked."""
        question = read_question(clean(text)[:LONGEST_QUESTION] or "?", history)
        timed = tell(self._desk, question, self.readers)
        reply = timed.told.reply
        if kept and not reply.private:
            self.effects.append(lambda session: self._keep(session, question.text, timed))
        return reply

    def _keep(self, session: Session, question: str, timed: Timed) -> None:
        outcome = reply_json(timed.told.reply)
        asked = asked_of(self._desk, question, self._channel, timed, outcome)
        if timed.told.kind == "clarify":
            asked = replace(asked, unanswered="clarify")  # until it is gone on with
        elif timed.told.kind == "answer" and self._before:
            leave_group(session, self._before, "clarify")
        number = keep_question(session, asked)
        self.asked = number if is_of_papers(timed) else None

    def clause(self, document: str, address: str) -> str:
        """The whole of it."""
        return self._told(whole_clause, document, address)

    def place(self, document: str, address: str) -> str:
        """Where it stands."""
        return self._told(source_line, document, address)

    def _told(self, say_it: Callable[[Document, str], str], document: str, address: str) -> str:
        """From the papers that the person may read; "" where there is no such clause."""
        try:
            paper = self.paper(document)
            return say_it(paper, address) if paper else ""
        except CitationNotFound:
            return ""

    def paper(self, document: str) -> Document | None:
        """One that the person may read."""
        library = self._desk.assistant.library_for(self.readers)
        return library.get(document) if document in library else None

    def move_code(self) -> str:
        """A new code; the one before it counts no more."""
        code, until = short_code(), self._at + _CODE_LIFE
        person = self.person_id
        self.effects.append(lambda s: renew_code(s, "move", code, until, person))
        return code

    def join(self, code: str) -> Conversation | None:
        """The conversation of whoever made the code, from now on this person's."""
        with transaction(self._desk.engine) as session:
            found = find_code(session, "move", code, self._at)
            if found is None or found.person_id is None:
                return None
            person = found.person_id
            conversation, self.joined = load_conversation(session, person_key(person))
        self.person_id = person
        self.effects.append(lambda session: self._join(session, code, person))
        return conversation

    def _join(self, session: Session, code: str, person_id: int) -> None:
        if use_code(session, "move", code, self._at) is None:
            raise Overtaken
        if person_id != self._account.person_id:
            join_person(session, _id(self._account.id), person_id)

    def vote(self, question: int, *, helpful: bool, comment: str) -> None:
        """Beside the question, which names nobody."""

        def keep(session: Session) -> None:
            keep_vote(session, question, helpful=helpful, comment=comment, at=self._at)

        self.effects.append(keep)

    def hand_off(self) -> str:
        """The account waits at the desk."""
        account_id = _id(self._account.id)
        self.effects.append(lambda s: ask_officer(s, account_id, self._at))
        with transaction(self._desk.engine) as session:
            calendar = calendar_of(session)
        return hours_told(self._desk.settings, self._at, calendar)

    def end_hand_off(self) -> Ended:
        """Nobody waits or talks any more."""
        account_id = _id(self._account.id)
        with transaction(self._desk.engine) as session:
            hand_off_id, ended = what_ends(session, self._account, self._at)
        if ended != "absent":
            self.effects.append(lambda s: leave(s, account_id, hand_off_id, self._at))
        return ended

    def erase(self) -> None:
        """Everything about this person."""
        person, self.erases = self.person_id, True
        self.effects.append(lambda s: self._forget(s, person))

    def _forget(self, session: Session, person_id: int) -> None:
        personal = personal_fields(self._desk.settings)
        self.erased += forget(session, person_id, self._at, personal=personal)

    def enclosures(self, text: str) -> tuple[Enclosure, ...]:
        """The QR of our public address; none where there is no address."""
        url = self._desk.settings.public_url
        if not url:
            return ()
        picture = io.BytesIO()
        segno.make(url).save(picture, kind="png", scale=8, border=4)
        return (Enclosure("hoi-tro-ly.png", "image/png", picture.getvalue()),)

    def note_files(self, note: CriteriaNote) -> tuple[Enclosure, ...]:
        """DOCX and PDF."""
        # What writes them takes half a second to load: few conversations come here.
        from service.reference_note import note_files

        return note_files(note, self._letterhead)


def _id(value: int | None) -> int:
    assert value is not None, "rows that were read have an id"
    return value
