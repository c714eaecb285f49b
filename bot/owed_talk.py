"""What a unit owes, in the conversation: listed, opened, answered, put off."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import slash
from bot.form_begun import begin_form
from bot.messages import Button
from bot.offers import standing
from bot.owed import ANSWERS, OwedDuty, day_in_words, listing, told
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
_FORM = "bao-cao"
_OUTCOMES = {"done": "xong", "submit": "xong", "other_way": "duong-khac", "postpone": "lui-han"}
_MOST_DAYS = 60
_WHOLE = 3  #: duties that are told with all that is known of them
_WAITS = {"tomorrow": 1, "in_three_days": 3, "in_a_week": 7}


def named(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that names a duty by its code; None for any other."""
    found = _NAMED.fullmatch(_typed(text)) if len(text) <= _LONGEST else None
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
        return offering(state, listing(duties))
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
    if later := _LATER.fullmatch(what):
        return _put_off(state, duty, later["days"], assistance)
    answer = next((name for name, said in _SAID.items() if said.fullmatch(what)), None)
    if answer is None:
        return offering(state, told([duty], assistance.today))
    known = {"owed.unit": str(duty.unit_id), "owed.duty": f"a{duty.id}"}
    if answer == "submit" and duty.form != _FORM:
        return begin_form(state, duty.form, assistance, known)
    return begin_form(state, _FORM, assistance, {**known, "owed.outcome": _OUTCOMES[answer]})


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
