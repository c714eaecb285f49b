"""What people sent, ready to draw: forms, fields and choices by their names, not their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.answers import shorten
from service.admin.words import moment, words
from service.answers_told import known_form, told
from service.personal_fields import personal_in
from service.settings import Settings
from service.storage.form_tables import Submission
from service.storage.submissions_left import PERSONAL

_BEGINNING = 100  #: characters of an answer in a list


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


def table(
    settings: Settings, submissions: Sequence[Submission], units: Mapping[int, str]
) -> Iterator[list[str]]:
    """All of it for a spreadsheet: a heading, then one line each with a column per question."""
    said = words()["submissions"]
    answers = [
        {(one.form, each.field): each for each in told(settings, one)} for one in submissions
    ]
    columns = {key: each.name for by_key in answers for key, each in by_key.items()}
    several = len({one.form for one in submissions}) > 1
    names = (
        f"{form_title(settings, key[0])}: {name}" if several else name
        for key, name in columns.items()
    )
    heading = (said[name] for name in ("code", "form", "unit", "state", "sent", "decided", "reply"))
    yield [*heading, *names]
    for one, by_key in zip(submissions, answers, strict=True):
        line = row(settings, one, units)
        decided = moment(one.decided_at) if one.decided_at else ""
        state = said["states"].get(line.state, line.state)
        fixed = [line.code, line.form, line.unit, state, line.sent, decided, one.reply]
        yield [*fixed, *(by_key[key].value if key in by_key else "" for key in columns)]


def _about(settings: Settings, submission: Submission) -> str:
    form = known_form(settings, submission.form)
    hidden = PERSONAL | personal_in(form) if form else PERSONAL
    texts = (each.value for each in told(settings, submission) if each.field not in hidden)
    return shorten(max(texts, key=len, default=""), _BEGINNING)
