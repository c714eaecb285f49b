"""What a unit owes, in the conversation: listed, opened, answered, put off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import slash
from bot.form_begun import begin_form
from bot.messages import Button, Reply
from bot.offers import standing
from bot.owed import (
    ANSWERS,
    BY_ANOTHER_WAY,
    FINISHED,
    IN_CALENDAR,
    LATER,
    REPORT_FORM,
    OwedDuty,
    day_in_words,
    listing,
    of_calendar,
    told,
)
from bot.standing import Conversation, Turned, notice, offering, worded
from bot.texts import say
from knowledge.vietnamese import collapse, fold

_LONGEST = 120  #: characters of a message that asks for one's own list
#: "V12", "v12 da nop", "việc V12 nhắc sau 3 ngày".
_NAMED = re.compile(r"/?(?:viec\s+)?v\s?(?P<id>\d{1,9})(?:[\s:,-]+(?P<what>[a-z].*?))?[\s.]*")
_LATER = re.compile(r"nhac(?: lai)?(?: sau)?(?: (?P<days>\d{1,2})(?: ngay)?)?")
_SAID = {
    "done": re.compile(r"(?:da )?(?:nop|gui|xong|lam xong|hoan thanh)(?: roi)?"),
    "submit": re.compile(r"(?:nop|gui)(?: ngay| luon)"),
    "other_way": re.compile(r"(?:da )?(?:nop |gui )?(?:bang |qua )?duong khac"),
    "postpone": re.compile(r"(?:xin )?(?:lui|gia) han"),
}
#: Whose: "trường tôi", "đơn vị mình", "tôi còn"; and what is asked of it.
_MINE = re.compile(r"\b(?:toi|minh|chung toi|em|don vi|truong|phong|so|xa|phuong|co quan)\b")
_OWED = re.compile(
    r"\bcon (?:phai |no |thieu |viec |bao cao |ke hoach )|\bchua (?:nop|gui|bao cao) (?:gi|viec)"
    r"|\bphai (?:nop|gui|lam) (?:gi|viec gi|nhung gi)\b.*\b(?:nua|con|toi)\b"
    r"|^(?:han|thoi han|ngay|lich)(?: nop| gui| bao cao)* (?:cua |ben )?"
    r"(?:(?:truong|don vi|phong|so|xa|phuong|co quan) )?(?:toi|minh|em)\b"
    r"|\b(?:truong|don vi|phong|so|xa|phuong|co quan) (?:toi|minh|em|chung toi)\b.*"
    r"\b(?:con|no|sap den han|tre han|qua han|den han)\b"
)
_PLAIN = 10  #: syllables: whoever says more and acts for no unit asks the papers …
_OF_PAPERS = re.compile(r"\d|\b(?:theo|van ban|cong van|chi thi|quyet dinh)\b")  #: … or names one
_WHERE = r"vao lich(?: (?:cua )?(?:dien thoai|may|toi))?"
_INTO = r"(?:them|dua|luu|ghi)"
#: "thêm vào lịch" behind a code, "thêm V12 vào lịch", "thêm việc của tôi vào lịch".
_CALENDAR = re.compile(rf"(?:(?:{_INTO} )?{_WHERE}|lich)")
_ONE = re.compile(rf"/?{_INTO} (?:viec |han )?v\s?(?P<id>\d{{1,9}}) {_WHERE}")
_ALL = re.compile(
    rf"/?{_INTO} (?:tat ca |het |cac )*(?:viec|han)(?: nop)?"
    rf"(?: cua (?:(?:truong|don vi) )?(?:toi|minh|em))? {_WHERE}"
)
_OUTCOMES = {
    "done": FINISHED,
    "submit": FINISHED,
    "other_way": BY_ANOTHER_WAY,
    "postpone": LATER,
}
_MOST_DAYS = 60
_WHOLE = 3  #: duties that are told with all that is known of them
_WAITS = {"tomorrow": 1, "in_three_days": 3, "in_a_week": 7}


def named(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that names a duty by its code, or all for a calendar; None for any other."""
    typed = _typed(text) if len(text) <= _LONGEST else ""
    if _ALL.fullmatch(typed):
        return _all_in_calendar(state, assistance)
    if into := _ONE.fullmatch(typed):
        return _named(state, int(into["id"]), fold(IN_CALENDAR), assistance)
    found = _NAMED.fullmatch(typed)
    return _named(state, int(found["id"]), found["what"] or "", assistance) if found else None


def asked_about(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """The same, or a question for what is still owed; None for any other."""
    if about := named(state, text, assistance):
        return about
    # Within a form such words are an answer.
    typed = "" if state.filling or len(text) > _LONGEST else _typed(text)
    if not (_MINE.search(typed) and _OWED.search(typed)):
        return None
    if not _acts(assistance) and (len(typed.split()) > _PLAIN or _OF_PAPERS.search(typed)):
        return None
    return listed(state, assistance)


def listed(state: Conversation, assistance: Assistance) -> Turned:
    """What the units of the person owe; whoever acts for none learns how to."""
    if not _acts(assistance):
        return _unbound(state, assistance)
    duties = assistance.registry.owed()
    if not duties:
        asked = notice("remind.nothing", question=say("chat.which_unit"))
        return replace(state, awaits_unit=True, choosing=False), (asked,)
    if len(duties) > _WHOLE:
        return offering(state, listing(duties, assistance.today))
    return offering(state, told(duties, assistance.today, say("remind.mine")))


def _unbound(state: Conversation, assistance: Assistance) -> Turned:
    """Nothing is known of a unit of theirs; what the papers give to one may still be looked up."""
    waiting = assistance.registry.acting()
    told = (
        say("chat.unconfirmed", unit=waiting[0].name) if waiting else say("chat.unbound"),
        say("chat.unbound_papers", question=say("chat.which_unit")),
    )
    buttons = () if waiting else (Button(say("commands.register"), slash("register")),)
    return offering(replace(state, awaits_unit=True), worded("\n".join(told), buttons))


def _typed(text: str) -> str:
    return collapse(fold(text)).strip(" ?.!")


def _acts(assistance: Assistance) -> bool:
    return any(unit.confirmed for unit in assistance.registry.acting())


def _named(state: Conversation, id_: int, what: str, assistance: Assistance) -> Turned | None:
    duty = next((one for one in assistance.registry.owed() if one.id == id_), None)
    if duty is None:
        return (state, (notice("remind.unknown", id=id_),)) if _acts(assistance) else None
    if not what:
        return offering(state, told([duty], assistance.today))
    if _CALENDAR.fullmatch(what):
        return _in_calendar(state, duty, assistance)
    if later := _LATER.fullmatch(what):
        return _put_off(state, duty, later["days"], assistance)
    answer = next((name for name, said in _SAID.items() if said.fullmatch(what)), None)
    if answer is None:
        return offering(state, told([duty], assistance.today))
    known = {"owed.unit": str(duty.unit_id), "owed.duty": f"a{duty.id}"}
    if answer == "submit" and duty.form != REPORT_FORM:
        return begin_form(state, duty.form, assistance, known)
    return begin_form(state, REPORT_FORM, assistance, {**known, "owed.outcome": _OUTCOMES[answer]})


def _put_off(state: Conversation, duty: OwedDuty, days: str, assistance: Assistance) -> Turned:
    if not days or not 1 <= int(days) <= _MOST_DAYS:
        buttons = [
            standing(Button(say(f"remind.{name}"), f"V{duty.id} {ANSWERS['later']} {count}"))
            for name, count in _WAITS.items()
        ]
        return offering(state, worded(say("remind.put_off_ask", id=duty.id), buttons))
    day = assistance.registry.put_off(duty.id, int(days))
    said = say("remind.put_off", id=duty.id, day=day_in_words(day))
    return replace(state, choosing=False), (worded(said),)


def _in_calendar(state: Conversation, duty: OwedDuty, assistance: Assistance) -> Turned:
    last = day_in_words(duty.last_day)
    if duty.last_day < assistance.today:
        return state, (notice("remind.too_late_for_calendar", id=duty.id, last=last),)
    title = of_calendar(duty)[0]
    told = worded(say("remind.calendar", id=duty.id, title=title, last=last))
    return _with_file(state, told, [duty], assistance)


def _all_in_calendar(state: Conversation, assistance: Assistance) -> Turned:
    if not _acts(assistance):
        return _unbound(state, assistance)
    ahead = [one for one in assistance.registry.owed() if one.last_day >= assistance.today]
    if not ahead:
        return state, (notice("remind.nothing_ahead"),)
    told = say("remind.calendar_of_all", count=len(ahead), first=day_in_words(ahead[0].last_day))
    return _with_file(state, worded(told), ahead, assistance)


def _with_file(
    state: Conversation, told: Reply, duties: Sequence[OwedDuty], assistance: Assistance
) -> Turned:
    file = assistance.registry.calendar([duty.id for duty in duties])
    return replace(state, choosing=False), (replace(told, enclosures=(file,)),)
