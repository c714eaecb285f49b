"""Going through a form: which question is next, whether an answer will do, back, skip, edit.

Plain functions over values. `Progress` alone says where somebody stands; it may come from days ago
and from an earlier version of the form. The form given is `fitted` to what is offered now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.forms.around import Around
from bot.forms.definition import CHOOSING, Field, Form
from bot.forms.parsing import WrongAnswer, parse, shown, takes

__all__ = ["WrongAnswer", "parse", "shown"]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that belongs to a form; its bytes are kept under their SHA-256."""

    sha256: str
    name: str
    size: int  #: bytes
    media_type: str = ""
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come."""

    form: str
    version: int
    #: Field → its answer, "" for one that was skipped; in the order of the form. That of a field
    #: of files is their SHA-256s, with a space between them.
    answers: Mapping[str, str] = field(default_factory=dict)
    editing: str = ""  #: a field that is asked again from the review
    pending: tuple[str, ...] = ()  #: pages or choices so far, of an answer not yet closed
    files: tuple[SentFile, ...] = ()
    #: What is known and may fill a field in: from a file, an invitation, the person.
    known: Mapping[str, str] = field(default_factory=dict)
    learned: tuple[str, ...] = ()  #: fields that were filled in so
    previous: str = ""  #: the code of the record that this one corrects


def begin(form: Form, known: Mapping[str, str] | None = None) -> Progress:
    """Nothing is answered yet; `known` may fill in some of it."""
    return Progress(form.id, form.version, known=dict(known or {}))


def resume(form: Form, progress: Progress) -> Progress:
    """The same under the form as it is now: answers that it still takes stay."""
    good: dict[str, str] = {}
    for asked in form.fields:
        value = progress.answers.get(asked.id)
        if value is not None and ((asked.optional and not value) or takes(asked, value)):
            good[asked.id] = value
    kept = _still_asked(form, good)
    there = form.field(progress.editing)
    editing = progress.editing if there and there.id in kept else ""
    asked_now = current(form, replace(progress, answers=kept, editing=editing))
    pending = tuple(one for one in progress.pending if one in _gathered(asked_now, progress))
    return replace(progress, version=form.version, answers=kept, editing=editing, pending=pending)


def _gathered(asked: Field | None, progress: Progress) -> frozenset[str]:
    """What may be pending at this question: its choices as they are now, or files."""
    if asked is None:
        return frozenset()
    if asked.kind == "choices":
        return frozenset(choice.value for choice in asked.choices)
    return frozenset(one.sha256 for one in progress.files if asked.kind == "files")


def learn(form: Form, progress: Progress, around: Around) -> Progress:
    """Fill in what is known, each field once: who goes back to it is asked.

    What has only one choice is known, too; but not while an earlier choice was open, for what is
    offered may hang on it: the duties on the unit.
    """
    known = {**around.known, **progress.known}
    answers, learned = dict(progress.answers), list(progress.learned)
    waits = False
    for asked in form.fields:
        if asked.id in answers or not _applies(asked, answers):
            continue
        if asked.id in learned or (asked.source and waits):
            waits = waits or bool(asked.source)
            continue
        waits = waits or bool(asked.source)
        value = _known(asked, known, around)
        if value:
            answers[asked.id] = value
            learned.append(asked.id)
    return replace(progress, answers=_still_asked(form, answers), learned=tuple(learned))


def _known(asked: Field, known: Mapping[str, str], around: Around) -> str:
    if asked.source and len(asked.choices) == 1:
        return asked.choices[0].value
    told = known.get(asked.default, "") if asked.default else ""
    if told and asked.kind in CHOOSING and takes(asked, told):
        return told  # by its value, which as typed words might be the place of another
    try:
        return parse(asked, told, around) if told else ""
    except WrongAnswer:
        return ""


def fields_of(form: Form, answers: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields that are asked, given these answers."""
    return tuple(asked for asked in form.fields if _applies(asked, answers))


def current(form: Form, progress: Progress) -> Field | None:
    """The field that is asked now; None at the review."""
    if progress.editing:
        return form.field(progress.editing)
    asked = fields_of(form, progress.answers)
    return next((one for one in asked if one.id not in progress.answers), None)


def place(form: Form, progress: Progress) -> tuple[int, int]:
    """Which question it is, of how many at most, as far as can be seen: (3, 7)."""
    asked, now = fields_of(form, progress.answers), current(form, progress)
    open_ = (one for one in asked if one.id not in progress.answers)
    count = len(asked) + sum(_hanging_on(form, one) for one in open_)
    return (asked.index(now) + 1 if now else len(asked)), count


def answer(form: Form, progress: Progress, text: str, around: Around) -> Progress:
    """One question further; raises WrongAnswer."""
    asked = current(form, progress)
    if asked is None:
        raise WrongAnswer("review")
    return _with(form, progress, asked, parse(asked, text, around))


def pick(form: Form, progress: Progress, value: str) -> Progress:
    """One of several choices more, or one less when it was picked; raises WrongAnswer."""
    asked = current(form, progress)
    if asked is None or asked.kind != "choices" or not takes(asked, value):
        raise WrongAnswer("tap")
    picked = set(progress.pending) ^ {value}
    in_order = tuple(c.value for c in asked.choices if c.value in picked)
    return replace(progress, pending=in_order)


def add_files(
    form: Form,
    progress: Progress,
    files: Sequence[SentFile],
    around: Around,
    facts: Mapping[str, str],
) -> Progress:
    """Take what was sent, at its question or before or after it; raises WrongAnswer.

    Pages that were photographed come one by one: their question is closed by `close`. A paper is
    an answer at once, and what it says fills in other fields.
    """
    wanted = next((one for one in fields_of(form, progress.answers) if one.kind == "files"), None)
    if wanted is None:
        raise WrongAnswer("no_files")
    # What is pending may be choices of the question that is asked just now.
    pages = progress.pending if current(form, progress) == wanted else ()
    had = pages or tuple(progress.answers.get(wanted.id, "").split())
    if progress.editing == wanted.id and not pages:
        had = ()  # sent anew
    new = tuple(dict.fromkeys(one.sha256 for one in files if one.sha256 not in had))
    if len(had) + len(new) > wanted.most:
        raise WrongAnswer("too_many")
    known_files = {one.sha256: one for one in (*progress.files, *files)}
    progress = replace(
        progress,
        files=tuple(known_files.values()),
        known={**progress.known, **{f"file.{name}": value for name, value in facts.items()}},
    )
    asked, value = current(form, progress), (*had, *new)
    paging = all(known_files[one].picture for one in value) and wanted.most > 1
    if asked == wanted and paging:
        return replace(progress, pending=value)
    kept = {**progress.answers, wanted.id: " ".join(value)}
    editing = "" if asked == wanted else progress.editing
    pending = () if asked == wanted else progress.pending
    progress = replace(progress, answers=_still_asked(form, kept), editing=editing, pending=pending)
    return learn(form, progress, around)


def close(form: Form, progress: Progress, around: Around) -> Progress:
    """ "Xong": what was gathered is the answer; raises WrongAnswer when nothing was."""
    asked = current(form, progress)
    if asked is None or asked.kind not in ("files", "choices"):
        raise WrongAnswer("nothing_to_close")
    if progress.editing and not progress.pending:
        return replace(progress, editing="")
    if not progress.pending:
        raise WrongAnswer(asked.kind)
    closed = _with(form, progress, asked, " ".join(progress.pending))
    return learn(form, closed, around)


def skip(form: Form, progress: Progress) -> Progress:
    """The question stays without an answer; raises WrongAnswer where it needs one."""
    asked = current(form, progress)
    if asked is None:
        raise WrongAnswer("review")
    if not asked.optional:
        raise WrongAnswer("needed")
    return _with(form, progress, asked, "")


def back(form: Form, progress: Progress) -> Progress:
    """The question before, or the review again; the same at the first question."""
    if progress.editing:
        return replace(progress, editing="", pending=())
    answered = [one for one in fields_of(form, progress.answers) if one.id in progress.answers]
    if not answered or progress.pending:
        return replace(progress, pending=())
    kept = {name: value for name, value in progress.answers.items() if name != answered[-1].id}
    return replace(progress, answers=kept)


def edit(form: Form, progress: Progress, number: int) -> Progress:
    """Ask the field with this number of the review again; raises WrongAnswer for no such one."""
    asked = fields_of(form, progress.answers)
    if current(form, progress) is not None or not 1 <= number <= len(asked):
        raise WrongAnswer("review")
    return replace(progress, editing=asked[number - 1].id, pending=())


def files_of(progress: Progress, value: str) -> tuple[SentFile, ...]:
    """The files that an answer names, in their order."""
    known = {one.sha256: one for one in progress.files}
    return tuple(known[one] for one in value.split() if one in known)


def _applies(asked: Field, answers: Mapping[str, str]) -> bool:
    return asked.when is None or answers.get(asked.when.field) in asked.when.values


def _hanging_on(form: Form, asked: Field) -> int:
    """How many questions its answer may bring."""
    conditions = [one.when for one in form.fields if one.when and one.when.field == asked.id]
    brought = (sum(choice.value in when.values for when in conditions) for choice in asked.choices)
    return max(brought, default=0)


def _with(form: Form, progress: Progress, asked: Field, value: str) -> Progress:
    """With this answer, and without those to questions that are not asked any more."""
    kept = _still_asked(form, {**progress.answers, asked.id: value})
    learned = tuple(dict.fromkeys((*progress.learned, asked.id)))  # not to be filled in again
    return replace(progress, answers=kept, editing="", pending=(), learned=learned)


def _still_asked(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """The answers to questions that are asked: a condition looks at answers that count itself."""
    kept: dict[str, str] = {}
    for one in form.fields:
        if one.id in given and _applies(one, kept):
            kept[one.id] = given[one.id]
    return kept
