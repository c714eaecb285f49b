"""Particulars that papers seldom tell: who holds a post, what holds unless, a share of what."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.lexicon import says
from bot.outcomes import Asked
from bot.texts import say
from bot.views import View, fixed_part
from knowledge.citations import find_numbers
from knowledge.organisations import tokens_of
from knowledge.vietnamese import fold

#: A difficulty, and whom somebody who has one tells of it.
_DIFFICULTY = re.compile(r"\b(?:kho khan|vuong|truc trac|tro ngai)\b")
_WHOM = re.compile(
    r"\b(?:bao|phan anh|goi|hoi|kien nghi|lien he|gui|noi)(?: \w+){0,3}"
    r" (?:ai|dau|(?:bo phan|dau moi|noi|co quan|phong|don vi) nao)\b"
)
#: To whom something is sent, where that is none of the bodies known by name.
_SENT_TO = re.compile(
    r"\b(?:bao cao|nop|gui|trinh)\b(?: \S+){0,8}? (?:len|cho|ve|toi|den|sang) (?:thuong truc )?"
    r"(?P<whom>hoi dong nhan dan|hoi dong phoi hop|thu tuong|chinh phu|bo truong|chu tich tinh"
    r"|trung uong)\b"
)
_SHARE_OF = re.compile(r"\b(?:bao nhieu|may) phan tram (?P<of>(?:\S+ ?){1,5})")
_WHAT_FOR = re.compile(r"\bde (?:lam )?(?:\S+ )?(?:gi|j|chi)\b|\bde tham dinh\b|\bgop y\b")
_SENDS_TO = re.compile(
    r"\b(?:gui|nop|bao cao|trinh)(?: (?!ngay|truoc|khi)\S+){0,4}?"
    r" (?:(?:len|cho|ve|toi|den|sang) )?(?=\S)"
)
_PERSON_IN = re.compile(r"\b(?:ai|(?:cong chuc|vien chuc|can bo|nguoi) nao) (?:o|trong|tai|thuoc) ")
_CASE = re.compile(r"\b(?:khong|chua|ngoai|truong hop|neu|vuong|kho khan|dot xuat|phat sinh)\b")
_NUMBER_ASKED = re.compile(
    r"\b(?:van ban|giay|cong van|ke hoach|de an)(?: (?!hoat|muc|phan|viec)\S+){0,8}?"
    r" so (?:may|bao nhieu)\b"
)
_EACH = re.compile(r"\b(?:hang|moi|tung) (thang|tuan|quy)\b(?! (?:dinh|pham|che|trinh|hoach))")
#: A level that is asked about → how papers print it.
_LEVEL = re.compile(r"\b(?:o|tai|duoi|con) cap (?P<level>xa|huyen|tinh)\b")
_LEVELS = {
    "xa": re.compile(r"\bxa\b(?! hoi)|\bphuong, thi tran\b|\bco so\b"),
    "huyen": re.compile(r"\bhuyen\b"),
    "tinh": re.compile(r"\btinh\b|\bthanh pho\b|\bso tu phap\b"),
}


def lacking_surely(view: View, asked: Asked) -> str:
    """What a clause lacks however surely it answers by its meaning; "" when nothing."""
    return (
        _titled(view, asked)
        or _whom_to_tell(view, asked)
        or _sent_to(view, asked)
        or _often(view, asked)
        or _level(view, asked)
    )


def lacking(view: View, asked: Asked) -> str:
    """What a clause lacks that does not surely answer; "" when nothing."""
    return (
        _within(asked)
        or _unless(view, asked)
        or _numbered(view, asked)
        or _share_of(view, asked)
        or _noted(view, asked)
        or _dated_for(view, asked)
    )


def _titled(view: View, asked: Asked) -> str:
    """Who holds a post: papers name nobody but who signed them."""
    named = fixed_part(view.clause) in ("signature", "head")
    if named or not says("titled_person", fold(asked.understood.text)):
        return ""
    return say("silent.fact", name=say("facets.person"))


def _within(asked: Asked) -> str:
    """ "Ai ở Văn phòng Sở …": papers name the unit, and nobody in it."""
    within = _PERSON_IN.search(asked.understood.folded)
    after = asked.understood.folded[within.end() :] if within else ""
    units = (" ".join(tokens_of(body)) for body in asked.understood.bodies)
    in_unit = within and any(after.startswith(unit) for unit in units)
    return say("silent.fact", name=say("facets.person")) if in_unit else ""


def _unless(view: View, asked: Asked) -> str:
    """What holds if something is not so: only a clause that speaks of such a case tells."""
    case = says("unless", asked.understood.folded)
    return say("silent.unmet") if case and not _CASE.search(view.text) else ""


def _numbered(view: View, asked: Asked) -> str:
    """By which number a paper goes: a clause without any number does not say."""
    which = _NUMBER_ASKED.search(asked.understood.folded)
    lacks = which and "basis" not in asked.understood.facets and not find_numbers(view.clause.text)
    return say("silent.facet", name=say("facets.cited")) if lacks else ""


def _share_of(view: View, asked: Asked) -> str:
    """Which share of what: a clause with shares of other things does not say."""
    found = None if asked.understood.leans else _SHARE_OF.search(asked.understood.folded)
    lexicon = asked.lexicon
    of = [w for w in found["of"].split() if w not in lexicon.particles] if found else []
    pairs = [" ".join(pair) for pair in pairwise(of[:3])] or of
    told = not pairs or any(f" {pair} " in f" {view.text} " for pair in pairs)
    return "" if told else say("silent.facet", name=say("facets.percent"))


def _noted(view: View, asked: Asked) -> str:
    """What an addressee gets the paper for: only a note behind its name tells."""
    if view.clause.address != "recipients" or not _WHAT_FOR.search(asked.understood.folded):
        return ""
    names = [" ".join(tokens_of(body)) for body in asked.understood.bodies]
    noted = any(re.search(rf"\b{name}\b[^;()]*\(", view.plain) for name in names)
    return "" if noted or not names else say("silent.unmet")


def _dated_for(view: View, asked: Asked) -> str:
    """A day for one recipient is none for another: "gửi UBND thành phố ngày nào?"."""
    if asked.understood.facets[:1] != ("when",):
        return ""
    dated = [d.recipient for d in view.duties if d.when.kind != "none" and d.recipient]
    sent = _SENDS_TO.search(asked.understood.folded)
    if not dated or not sent:
        return ""
    after = asked.understood.folded[sent.end() :]
    named = [" ".join(tokens_of(body)) for body in asked.understood.bodies]
    to = next((n for n in named if after.startswith(n)), "")
    met = not to or any(to in fold(r) for r in dated)
    return "" if met else say("silent.facet", name=say("facets.when"))


def _whom_to_tell(view: View, asked: Asked) -> str:
    """Whom to tell of a difficulty: only a clause that speaks of one says so."""
    told = _DIFFICULTY.search(asked.understood.folded)
    turns = told and _WHOM.search(asked.understood.folded)
    return say("silent.unmet") if turns and not _DIFFICULTY.search(view.text) else ""


def _sent_to(view: View, asked: Asked) -> str:
    """A report to somebody who is not among those that the clause names."""
    found = _SENT_TO.search(asked.understood.folded)
    return say("silent.unmet") if found and found["whom"] not in view.text else ""


def _often(view: View, asked: Asked) -> str:
    """Something every month or quarter, whatever it is."""
    found = _EACH.search(asked.understood.folded)
    if not found or re.search(
        rf"\b(?:hang|moi|dinh ky|theo) {found[1]}\b|\b{found[1]}\b.*\blan\b", view.text
    ):
        return ""
    return say("silent.period", period=found.group())


def _level(view: View, asked: Asked) -> str:
    """ "Ở cấp xã thì ai …": a clause for another level does not say."""
    found = _LEVEL.search(asked.understood.folded)
    said = f"{fold(view.document.identity.issuer or '')} {view.plain}"
    return say("silent.unmet") if found and not _LEVELS[found["level"]].search(said) else ""
