"""A form in a conversation: one question at a time, gone on with after whatever comes between.

What this says goes out as it is; where a conversation stands is `Progress` and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from bot.answers import shorten
from bot.commands import Command, command_of
from bot.forms.around import Around, fitted
from bot.forms.asking import Filled, asked_now, details_of, opening, ready, which, why_wrong
from bot.forms.definition import Form
from bot.forms.engine import (
    Progress,
    SentFile,
    add_files,
    answer,
    back,
    begin,
    close,
    current,
    edit,
    learn,
    pick,
    skip,
)
from bot.forms.parsing import WrongAnswer
from bot.lexicon import says
from bot.messages import Button, Reply
from bot.standing import worded
from bot.texts import choices, say
from knowledge.vietnamese import fold, syllables

#: What a tapped choice sends: it names the question, so that an old button answers no other one.
_TAPPED = re.compile(r"/dien (?P<field>\w+) (?P<value>[\w-]+)")
#: One of the names that may have been meant.
_NAMED = re.compile(r"/ten (?P<name>.+)")
#: "Bỏ qua" and "Gửi" name what they were shown for, so that a second tap does nothing more.
_SKIPS = re.compile(r"/boqua (?P<field>\w+)")
_SENDS = re.compile(r"/gui (?P<form>[\w-]+)")
#: What is to be taken as it is: "ghi: ai chịu trách nhiệm?"
_AS_IT_IS = re.compile(r"\s*ghi\s*:\s*(?P<text>.+)", re.IGNORECASE | re.DOTALL)
_EDIT = re.compile(r"\s*/?\s*sua\s*(?:cau|muc|so)?\s*(?P<number>\d{1,2})\s*")
_SHORTEST_QUESTION = 5  #: syllables; "không biết nữa" is an answer that will not do
#: "… gửi trước ngày nào", "có phải truyền thông không ạ": nobody types a question mark on a phone.
_ENDS_ASKING = re.compile(
    r"(?:\b(?:nao|gi|(?:o|tu|ve|den|cho) dau|(?:thang|ngay|quy|muc|tieu chi) may|(?:tai|vi|the) sao"
    r"|bao nhieu|bao gio|la ai)|^(?:co|da|phai)\b.* (?:khong|chua))(?: (?:a|vay|the|nhi|nhe|day))*$"
)
#: "Không có khó khăn gì", "chưa nhận được hướng dẫn nào" say something.
_DENIES = re.compile(r"\b(?:khong|chua|chang)\b.*\b(?:nao|gi|dau)\b")
_LONGEST_QUESTION = 40  #: syllables
_TAKES_NO = frozenset(("number", "yes_no", "choice"))  #: "không" answers these
_FIGURES = frozenset(("number", "document_number", "phone", "date"))


def start(form: Form, around: Around, known: Mapping[str, str]) -> Filled:
    """Begin with what is known."""
    progress = _learned(form, begin(form, known), around)
    details = details_of(fitted(form, progress.answers, around), progress)
    return asked_now(form, progress, around, opening(form), *details)


def go_on(form: Form, saved: Progress, around: Around, before: str = "") -> Filled:
    """With what was begun before."""
    told = "form.resumed" if saved.version == form.version else "form.changed"
    return asked_now(form, saved, around, before or say(told, title=form.title))


def ask(form: Form, progress: Progress, around: Around) -> Reply:
    """The question that somebody stands at, or the review, after something else was answered."""
    asked = current(*ready(form, progress, around))
    hint = say("form.as_it_is") if asked and asked.kind == "text" else ""
    return asked_now(form, progress, around, hint).reply


def wants_figures(form: Form, progress: Progress, around: Around) -> bool:
    """Whether a number that is typed now is an answer, and no choice from the list of buttons."""
    asked = current(*ready(form, progress, around))
    return asked is not None and asked.kind in _FIGURES


def take(form: Form, progress: Progress, text: str, around: Around) -> Filled | None:
    """What the message does to the form; None when it is no answer but a question of its own."""
    now, progress = ready(form, progress, around)
    command = command_of(text)
    asked = current(now, progress)
    tapped = _SENDS.fullmatch(text)
    here = tapped["form"] == form.id if tapped else command in ("form_submit", "form_done")
    if here and asked is None:
        return Filled(progress, worded(""), now, sent=True)
    if command == "form_edit" and asked is None:
        return Filled(progress, which(now, progress), now)
    try:
        moved = _step(now, progress, text, command, around)
        # What was answered may be what others wait for: the unit, whose duties are offered next.
        again = _learned(form, moved, around)
        details = details_of(fitted(form, again.answers, around), again, progress)
        return asked_now(form, again, around, *details)
    except WrongAnswer as wrong:
        if _asks(text):
            return None
        near = tuple(Button(name, f"/ten {name}") for name in wrong.near)
        return asked_now(form, progress, around, why_wrong(now, progress, wrong), near=near)


def take_files(
    form: Form,
    progress: Progress,
    files: Sequence[SentFile],
    facts: Mapping[str, str],
    said: Sequence[str],
    around: Around,
) -> Filled:
    """What files do to the form, whatever is asked just now; `said`: what is said with it."""
    now, progress = ready(form, progress, around)
    try:
        moved = add_files(now, progress, files, around, facts)
    except WrongAnswer as wrong:
        return asked_now(form, progress, around, *said, why_wrong(now, progress, wrong))
    told = say("form.files_taken", names="; ".join(shorten(one.name, 60) for one in files))
    return asked_now(form, moved, around, *said[:1], told, *said[1:])


def _learned(form: Form, progress: Progress, around: Around) -> Progress:
    """With what is known, and what is known because of that."""
    again = learn(fitted(form, progress.answers, around), progress, around)
    return again if again == progress else _learned(form, again, around)


def _step(
    form: Form, progress: Progress, text: str, command: Command | None, around: Around
) -> Progress:
    """One step; raises WrongAnswer."""
    asked = current(form, progress)
    if asked and asked.kind in ("choice", "yes_no") and not _TAPPED.fullmatch(text):
        # "Xong rồi" is a command, and here an answer.
        with suppress(WrongAnswer):
            return answer(form, progress, text, around)
    simple: Mapping[str, Callable[[], Progress]] = {
        "form_back": lambda: back(form, progress),
        "form_skip": lambda: skip(form, progress),
        "form_done": lambda: close(form, progress, around),
        "form_submit": lambda: close(form, progress, around),
    }
    if command is not None and command in simple:
        return simple[command]()
    if command == "form_edit":
        raise WrongAnswer("edit")
    if asked and asked.optional and asked.kind not in _TAKES_NO and _says_none(text):
        return skip(form, progress)
    if skipped := _SKIPS.fullmatch(text):
        if asked is None or asked.id != skipped["field"]:
            raise WrongAnswer("tap")
        return skip(form, progress)
    if _SENDS.fullmatch(text):
        raise WrongAnswer("tap")
    number = _EDIT.fullmatch(fold(text))
    if number and current(form, progress) is None:
        return edit(form, progress, int(number["number"]))
    if named := _NAMED.fullmatch(text):
        return answer(form, progress, named["name"], around)
    tapped = _TAPPED.fullmatch(text)
    if tapped:
        if asked is None or asked.id != tapped["field"]:
            raise WrongAnswer("tap")
        if asked.kind == "choices":
            return pick(form, progress, tapped["value"])
        return answer(form, progress, tapped["value"], around)
    if as_it_is := _AS_IT_IS.fullmatch(text):
        return answer(form, progress, as_it_is["text"], around)
    if asked and asked.kind == "text" and _is_question(text):
        raise WrongAnswer("text")
    return answer(form, progress, text, around)


def _says_none(text: str) -> bool:
    return syllables(text) in [syllables(said) for said in choices("form.nothing_says")]


def _is_question(text: str) -> bool:
    """A long text may end like a question and still be what was asked for: a comment, a reason."""
    words = syllables(text)
    if text.rstrip().endswith("?"):
        return len(words) <= _LONGEST_QUESTION
    short = _SHORTEST_QUESTION <= len(words) <= _LONGEST_QUESTION // 2
    said = " ".join(words)
    return short and bool(_ENDS_ASKING.search(said)) and not _DENIES.search(said)


def is_tap(text: str) -> bool:
    """Whether it is what a button of a form sends."""
    return any(tap.fullmatch(text) for tap in (_TAPPED, _SKIPS, _SENDS, _NAMED))


def _asks(text: str) -> bool:
    """Whether what answers nothing is a question to the papers."""
    if is_tap(text) or command_of(text):
        return False
    asking = says("asks", fold(text)) and len(syllables(text)) >= _SHORTEST_QUESTION
    return asking or text.rstrip().endswith("?")
