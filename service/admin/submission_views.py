"""What people sent, ready to draw: forms, fields and choices by their names, not their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.answers import shorten
from service.admin.words import moment, words
from service.answers_told import known_form, told
from service.personal_fields import personal_in
from service.settings import Settings
from service.shapes import clean
from service.storage.form_tables import Submission
from service.storage.submission_lists import Wanted
from service.storage.submissions_left import PERSONAL

_BEGINNING = 100  #: characters of an answer in a list
_LONGEST_WORDS = 100
_LARGEST_ID = 2**31  #: no database counts further


@dataclass(frozen=True, slots=True)
class Row:
    """One submission in a list."""

    id: int | None
    code: str
    form: str
    about: str  #: the beginning of the longest answer; nothing that says who sent it
    unit: str  #: "" of a citizen
    state: str  #: a key of `submissions.states`
    sent: str


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """What the parts of an address ask for; what makes no sense there is not asked."""
    said = {name: clean(value) for name, value in asked.items()}
    state = said.get("state", "")
    return Wanted(
        form=said.get("form", ""),
        state=state if state in words()["submissions"]["states"] else "",
        unit_id=id_of(said.get("unit", "")),
        policy_id=id_of(said.get("draft", "")),
        words=said.get("q", "")[:_LONGEST_WORDS],
    )


def asked_of(wanted: Wanted) -> dict[str, str]:
    """The same as parts of an address."""
    parts = {
        "form": wanted.form,
        "state": wanted.state,
        "unit": str(wanted.unit_id or ""),
        "draft": str(wanted.policy_id or ""),
        "q": wanted.words,
    }
    return {name: value for name, value in parts.items() if value}


def id_of(text: str) -> int | None:
    """The number of a row, where it is one."""
    digits = text.isascii() and text.isdecimal() and len(text) < 11
    return int(text) if digits and 0 < int(text) < _LARGEST_ID else None


def form_title(settings: Settings, id_: str) -> str:
    """What the office calls a form; the id of one that is not there any more."""
    form = known_form(settings, id_)
    return form.title if form else id_


def row(settings: Settings, submission: Submission, units: Mapping[int, str]) -> Row:
    """A submission as a line of a list."""
    return Row(
        id=submission.id,
        code=submission.code,
        form=form_title(settings, submission.form),
        about=_about(settings, submission),
        unit=units.get(submission.unit_id or 0, ""),
        state=submission.state,
        sent=moment(submission.created_at),
    )


@dataclass(slots=True)
class Columns:
    """Of a table for a spreadsheet: one per question, found by looking through all that go in."""

    forms: set[str] = field(default_factory=set)
    names: dict[tuple[str, str], str] = field(default_factory=dict)  #: of form and field

    def see(self, settings: Settings, submission: Submission) -> None:
        """What is answered there has a column."""
        self.forms.add(submission.form)
        asked = {(submission.form, each.field): each.name for each in told(settings, submission)}
        self.names |= asked


def heading(settings: Settings, columns: Columns) -> list[str]:
    """The first line of the table."""
    said = words()["submissions"]
    fixed = (said[name] for name in ("code", "form", "unit", "state", "sent", "decided", "reply"))
    names = (
        f"{form_title(settings, key[0])}: {name}" if len(columns.forms) > 1 else name
        for key, name in columns.names.items()
    )
    return [*fixed, *names]


def line(
    settings: Settings, submission: Submission, units: Mapping[int, str], columns: Columns
) -> list[str]:
    """One submission as a line of the table."""
    answers = {(submission.form, each.field): each.value for each in told(settings, submission)}
    return [
        submission.code,
        form_title(settings, submission.form),
        units.get(submission.unit_id or 0, ""),
        words()["submissions"]["states"].get(submission.state, submission.state),
        moment(submission.created_at),
        moment(submission.decided_at) if submission.decided_at else "",
        submission.reply,
        *(answers.get(key, "") for key in columns.names),
    ]


def _about(settings: Settings, submission: Submission) -> str:
    form = known_form(settings, submission.form)
    hidden = PERSONAL | personal_in(form) if form else PERSONAL
    texts = (each.value for each in told(settings, submission) if each.field not in hidden)
    return shorten(max(texts, key=len, default=""), _BEGINNING)
