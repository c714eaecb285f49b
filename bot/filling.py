"""A form in a conversation: one question at a time, gone on with after whatever comes between.

What this says goes out as it is; where a conversation stands is `Progress` and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.answers import shorten
from bot.commands import command_of
from bot.forms.around import Around, fitted
from bot.forms.asking import (
    Filled,
    asked_now,
    details_of,
    opening,
    ready,
    stand,
    which,
    why_wrong,
)
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
    fields_of,
    learn,
    pick,
    skip,
)
from bot.forms.gone import as_seen
from bot.forms.parsing import WrongAnswer, says_choice
from bot.forms.spoken import says_none, to_mend
from bot.forms.taps import Tap, place_of, tap_of
from bot.lexicon import says
from bot.standing import worded
from bot.texts import say
from knowledge.vietnamese import fold, syllables

#: What is to be taken as it is: "ghi: ai chịu trách nhiệm?"
_AS_IT_IS = re.compile(r"\s*ghi\s*:\s*(?P<text>.+)", re.IGNORECASE | re.DOTALL)
_LONGEST_PAGE = 4  #: digits of a page or an answer that a button names
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


def ask(form: Form, progress: Progress, around: Around) -> Filled:
    """The question that somebody stands at, or the review, after something else was answered."""
    asked = current(*ready(form, progress, around))
    hint = say("form.as_it_is") if asked and asked.kind == "text" else ""
    return asked_now(form, progress, around, hint)


def wants_figures(form: Form, progress: Progress, around: Around) -> bool:
    """Whether a number that is typed now is an answer, and no choice from the list of buttons."""
    asked = current(*ready(form, progress, around))
    return asked is not None and asked.kind in _FIGURES


def place(form: Form, progress: Progress, around: Around) -> str:
    """Where somebody stands, as the buttons shown there name it."""
    return place_of(*ready(form, progress, around))


def is_choice(form: Form, progress: Progress, text: str, around: Around) -> bool:
    """Whether it says one of the choices of the open question, though it be a command elsewhere."""
    asked = current(*ready(form, progress, around))
    if asked is None or asked.kind not in ("choice", "yes_no"):
        return False
    return any(says_choice(choice, text) for choice in asked.choices)


def take(form: Form, progress: Progress, text: str, around: Around) -> Filled | None:
    """What the message does to the form; None when it is no answer but a question of its own."""
    now, stood, over = stand(form, progress, around)
    tap, command = tap_of(text), command_of(text)
    here = tap is None or tap.at == place_of(now, stood)
    if over and (tap is None or not here):
        # They have not seen yet that they stand elsewhere: it was meant for where they stood.
        kept = written(form, progress, text, around)
        return None if kept is None else asked_now(form, kept, around)
    asked = current(now, stood)
    closes = tap.verb in ("gui", "xong") if tap else command in ("form_submit", "form_done")
    if closes and here and asked is None:
        return Filled(stood, worded(""), now, sent=True)
    if command == "form_edit" and asked is None:
        return Filled(stood, which(now, stood), now)
    if tap and here and tap.verb == "xemthem" and tap.value.isdecimal():
        return asked_now(form, stood, around, page=int(tap.value[:_LONGEST_PAGE]))
    try:
        moved = _tapped(now, stood, tap, around) if tap else _step(now, stood, text, around)
        # What was answered may be what others wait for: the unit, whose duties are offered next.
        again = _learned(form, moved, around)
        details = details_of(fitted(form, again.answers, around), again, stood)
        return asked_now(form, again, around, *details)
    except WrongAnswer as wrong:
        if _asks(text):
            return None
        return asked_now(form, stood, around, why_wrong(now, stood, wrong), near=wrong.near)


def written(form: Form, progress: Progress, text: str, around: Around) -> Progress | None:
    """With what was written to a question that cannot be answered now: a choice before it is over.

    What is no answer there changes nothing; None for a question to the papers.
    """
    tap = tap_of(text)
    if command_of(text) or (tap and tap.verb not in ("dien", "ten", "boqua")):
        return progress
    seen, stood = as_seen(form, progress, around)
    try:
        moved = _tapped(seen, stood, tap, around) if tap else _step(seen, stood, text, around)
    except WrongAnswer:
        return None if _asks(text) else progress
    return replace(stood, answers=moved.answers, pending=moved.pending, learned=moved.learned)


def take_files(
    form: Form,
    progress: Progress,
    files: Sequence[SentFile],
    facts: Mapping[str, str],
    said: Sequence[str],
    around: Around,
) -> Filled:
    """What files do to the form, whatever is asked just now; `said`: what is said with it."""
    now, progress, over = stand(form, progress, around)
    try:
        moved = add_files(now, progress, files, around, facts)
    except WrongAnswer as wrong:
        return asked_now(form, progress, around, *said, why_wrong(now, progress, wrong), *over)
    told = say("form.files_taken", names="; ".join(shorten(one.name, 60) for one in files))
    return asked_now(form, moved, around, *said[:1], told, *said[1:], *over)


def _learned(form: Form, progress: Progress, around: Around) -> Progress:
    """With what is known, and what is known because of that."""
    again = learn(fitted(form, progress.answers, around), progress, around)
    return again if again == progress else _learned(form, again, around)


def _tapped(form: Form, progress: Progress, tap: Tap, around: Around) -> Progress:
    """What a button does; raises WrongAnswer, too for one that was shown elsewhere."""
    if tap.at != place_of(form, progress):
        raise WrongAnswer("tap")
    asked = current(form, progress)
    match tap.verb:
        case "dien" if asked and asked.kind == "choices":
            return pick(form, progress, tap.value)
        case "dien" | "ten":
            return answer(form, progress, tap.value, around)
        case "boqua":
            return skip(form, progress)
        case "xong":
            return close(form, progress, around)
        case "quaylai":
            return back(form, progress)
        case "suacau" if tap.value.isdecimal():
            return edit(form, progress, int(tap.value[:_LONGEST_PAGE]))
        case _:
            raise WrongAnswer("tap")


def _step(form: Form, progress: Progress, text: str, around: Around) -> Progress:
    """One step by what was typed; raises WrongAnswer."""
    asked, command = current(form, progress), command_of(text)
    if asked and asked.kind in ("choice", "yes_no"):
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
    if asked and asked.optional and asked.kind not in _TAKES_NO and says_none(text):
        return skip(form, progress)
    number = to_mend(text, fields_of(form, progress.answers)) if asked is None else None
    if number is not None:
        return edit(form, progress, number)
    if as_it_is := _AS_IT_IS.fullmatch(text):
        return answer(form, progress, as_it_is["text"], around)
    if asked and asked.kind == "text" and _is_question(text):
        raise WrongAnswer("text")
    return answer(form, progress, text, around)


def _is_question(text: str) -> bool:
    """A long text may end like a question and still be what was asked for: a comment, a reason."""
    words = syllables(text)
    if text.rstrip().endswith("?"):
        return len(words) <= _LONGEST_QUESTION
    short = _SHORTEST_QUESTION <= len(words) <= _LONGEST_QUESTION // 2
    said = " ".join(words)
    return short and bool(_ENDS_ASKING.search(said)) and not _DENIES.search(said)


def _asks(text: str) -> bool:
    """Whether what answers nothing is a question to the papers."""
    if tap_of(text) or command_of(text):
        return False
    asking = says("asks", fold(text)) and len(syllables(text)) >= _SHORTEST_QUESTION
    return asking or text.rstrip().endswith("?")
