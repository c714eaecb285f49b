"""What speaks for or against a clause besides its words: kind of fact, bodies, years, lists.

Bonuses are added to a score of about 0–1. Their sizes were set on the development questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.lexicon import says, stands_in
from bot.terms import Term, coverage_by
from bot.understanding import Understood
from bot.views import View, fixed_part
from knowledge.documents import FIXED_ADDRESSES

#: A time as papers state one: a day, a quarter, "hằng năm", "06 tháng", a year.
_OUTSIDE = re.compile(r"\b(?:khong|ngoai|chua|thieu|ba trong)\b")
_EXCEPTION = 0.15
_TIME = re.compile(
    r"\b\d{1,2}/\d{1,2}|\bquy (?:i|ii|iii|iv|\d)\b|\b(?:thuong xuyen|hang nam|dinh ky|khi co)\b|"
    r"\b0?\d thang\b|\bthang \d|\b(?:ngay tu khi|thoi gian|thoi diem|tu nam)\b|\b20\d\d\b"
)
_SPAN = re.compile(r"\btu nam \d{4} den nam \d{4}\b|\bgiai doan \d{4} \d{4}\b")
#: Facet → what a clause's heading path says when the clause is about it.
_HEADINGS = {
    "purpose": re.compile(r"\bmuc dich\b|\bmuc tieu\b"),
    "requirement": re.compile(r"\byeu cau\b|\bquan diem\b"),
    "money": re.compile(r"\bkinh phi\b"),
    "criteria": re.compile(r"\btieu chi\b"),
    "content": re.compile(r"\bnoi dung\b"),
    "form": re.compile(r"\bhinh thuc\b"),
    "scope": re.compile(r"\bpham vi\b|\bdoi tuong\b"),
    "task": re.compile(r"\bnhiem vu\b|\bto chuc thuc hien\b|\bphan cong\b|\bgiai phap\b"),
    "when": re.compile(r"\bthoi gian\b|\bthoi diem\b"),
    "start": re.compile(r"\bthoi diem\b|\bbat dau\b"),
    "recipient": re.compile(r"\bbao cao\b|\bnoi nhan\b|\bkinh gui\b"),
    "definition": re.compile(r"\bkhai niem\b|\bdinh nghia\b|\bgiai thich tu ngu\b"),
}
#: Facet → what the text of a clause says, folded with its punctuation, when it states it.
_TEXTS = {
    "percent": re.compile(r"\d ?%"),
    "money": re.compile(r"\bkinh phi\b|\bngan sach\b"),
    "criteria": re.compile(r"\btieu chi\b"),
    "form": re.compile(r"\bhinh thuc\b|\bphuong tien\b|\bdang tai\b"),
    "content": re.compile(r"\bnoi dung\b"),
    "recipient": re.compile(
        r"\bgui (?:(?:bao cao )?ve|so|phong|uy ban)\b|\bbao cao (?:uy ban|ubnd|so)\b|\bphan anh\b"
    ),
    "lead": re.compile(r"\bchu tri\b|\bgiao\b(?! duc)|\bdau moi\b"),
    "coordinate": re.compile(r"\bphoi hop\b"),
    "definition": re.compile(r"\bla (?:viec|hoat dong|nhiem vu)\b"),
    "basis": re.compile(r"\d+/(?:\d{4}/)?[a-z]+"),
    "guide": re.compile(r"\btheo (?:chi dao,? )?(?:su )?huong dan cua\b"),
    "number": re.compile(r"\bso \d+/(?:\d{4}/)?[a-z]+"),
}
#: Facets that a duty may state.
_OF_DUTIES = ("lead", "coordinate", "when", "recipient", "task")
_SAID_OF_DUTIES = frozenset(("lead", "coordinate", "when", "recipient"))
#: Fixed part → facets that it may well answer.
_FIXED_FACETS = {
    "preamble": {"basis", "number", "paper_date"},
    "recipients": {"recipient"},
    "closing": {"recipient"},
    "head": {"number", "paper_date"},
    "signature": {"signer"},
}

# --- kind of fact ---------------------------------------------------------------------------------
_FACET_SHARES = (1.0, 0.7, 0.5, 0.4)  #: what the first, second … facet asked for counts
_IN_OPENING = 0.22  #: the clause's own heading names the kind of fact
_IN_PATH = 0.10  #: a heading above does
_IN_TEXT = 0.10  #: the text shows one
_RARE = 0.30  #: the same for what few clauses show
_RARE_FACETS = ("percent", "guide")
_STATED = 0.18  #: a duty of the clause states one
_MENTIONED = 0.05  #: a time that no duty states
_MOST_FOR_FACETS = 0.45
_DUTY_FIT = 0.12  #: times the share of the question that the best duty meets

# --- bodies asked about ---------------------------------------------------------------------------
_HEADED = (0.42, 0.18)  #: the heading is the body; when the question is about it, and otherwise
_UNDER = 0.8  #: of that, for what stands under such a heading
_PARTNER = 0.30
_LEADS = (0.20, 0.12)  #: the body leads a duty; when the question is about it, and otherwise
_NAMED = 0.10
_NOT_NAMED = -0.20
_OF_ASKER = 0.12  #: a body that the person is of
_MOST_FOR_BODIES = 0.54

# --- single signs ---------------------------------------------------------------------------------
_YEAR = 0.12
_SAME_MONTH = 0.35  #: "hướng dẫn tháng 6/2022": the clause with a day of that month
_MONTH = re.compile(r"\b(\d{1,2})[/.](20\d\d)\b")
_SINCE = re.compile(r"\btu (?:nam )?(20\d\d)(?: tro di| ve sau)\b")
_REPORT = 0.20
_YEARS_SPANNED = 0.12
_LIST = 0.12
_LIST_ITEMS = 3  #: bullets that make a list
_OF_LISTS = frozenset(("form", "content", "criteria"))  #: facets that a list answers

# --- fixed parts (head, preamble …), which are seldom meant ---------------------------------------
_FIXED = 0.30
_FIXED_WANTED = 0.05  #: the part answers the kind of fact asked for, or the paper is a digest
_BASED = -0.45  #: "căn cứ vào đâu?" asks for the preamble
_ADDRESSED = -0.60  #: "gửi cho ai?" asks for the recipients
_DIFFICULTY = -0.45  #: the closing words say whom to turn to


def sign_bonuses(view: View, asked: Understood) -> float:
    """For a year, a list, a report or a span of years that is asked for and stands there."""
    return (
        _year_bonus(view, asked)
        + _list_bonus(view, asked)
        + _report_bonus(view, asked)
        + _span_bonus(view, asked)
        - _exception(view, asked)
    )


def duty_fit(view: View, asked: Understood, terms: Sequence[Term]) -> float:
    """A task is asked about: the clause with the duty that says it best comes first."""
    if not view.duties or _SAID_OF_DUTIES.isdisjoint(asked.facets):
        return 0.0
    return _DUTY_FIT * max(coverage_by(f"{d.duty} {d.quote}", terms) for d in view.duties)


def facet_bonus(view: View, asked: Understood) -> float:
    """For headings, texts and duties about the kind of fact asked for."""
    bonus = 0.0
    for share, facet in zip(_FACET_SHARES, asked.facets, strict=False):
        if facet in _HEADINGS and stands_in(_HEADINGS[facet], view.opening):
            bonus += (_RARE if facet == "start" else _IN_OPENING) * share
        elif facet in _HEADINGS and stands_in(_HEADINGS[facet], view.heading):
            bonus += _IN_PATH * share
        if facet in _TEXTS and stands_in(_TEXTS[facet], view.plain):
            bonus += (_RARE if facet in _RARE_FACETS else _IN_TEXT) * share
        if facet in _OF_DUTIES:
            bonus += _duty_bonus(view, facet) * share
    return min(bonus, _MOST_FOR_FACETS)


def body_bonus(view: View, asked: Understood) -> float:
    """For the bodies asked about, by the part they have in the clause; against it without them."""
    plain = not asked.facets and not asks_addressees(asked)
    about = plain or bool(set(asked.facets) & {"task", "lead", "content", "definition"})
    bonus = 0.0
    # "Phòng mình phải làm gì?": the asker's own body is the one asked about.
    asked_about = asked.bodies or (asked.askers if "task" in asked.facets else ())
    for body in asked_about:
        if body in view.heads:
            bonus += _HEADED[0] if about else _HEADED[1]
        elif body in view.above:
            bonus += _UNDER * (_HEADED[0] if about else _HEADED[1])
        elif body in view.partners and "coordinate" in asked.facets:
            bonus += _PARTNER
        elif body in view.leads:
            bonus += _LEADS[0] if about else _LEADS[1]
        else:
            bonus += _NAMED if body in view.bodies else _NOT_NAMED
    bonus += _OF_ASKER * bool(set(asked.askers) & (view.heads | view.leads | view.bodies))
    return max(_NOT_NAMED, min(bonus, _MOST_FOR_BODIES))


def fixed_penalty(view: View, asked: Understood) -> float:
    """Against a head, preamble, closing …, which are seldom meant; negative when they are."""
    part = fixed_part(view.clause)
    if part not in FIXED_ADDRESSES:
        return 0.0
    if part == "preamble" and asks_basis(asked):
        return _BASED
    if part == "recipients" and asks_addressees(asked):
        return _ADDRESSED
    if view.document.digest:
        return _FIXED_WANTED
    if part == "closing" and says("difficulty", asked.folded):
        return _DIFFICULTY if says("difficulty", view.text) else 0.0
    return _FIXED_WANTED if _FIXED_FACETS[part] & set(asked.facets) else _FIXED


def asks_addressees(asked: Understood) -> bool:
    """Whether it is asked to whom a paper was sent, and not to whom a question goes."""
    return says("addressees", asked.folded) and not says("difficulty", asked.folded)


def own_basis(view: View, asked: Understood) -> bool:
    """A body's basis is asked for, and this clause is headed by the body and names a paper."""
    if "basis" not in asked.facets or not stands_in(_TEXTS["basis"], view.plain):
        return False
    return bool({*asked.bodies, *asked.askers} & view.heads)


def asks_basis(asked: Understood) -> bool:
    """Whether first of all the papers are asked for that another one is based on."""
    return asked.facets[:1] == ("basis",) and says("based", asked.folded)


def _duty_bonus(view: View, facet: str) -> float:
    stated = {
        "lead": any(d.leads for d in view.duties),
        "coordinate": any(d.coordinates for d in view.duties),
        "when": any(d.when.kind != "none" for d in view.duties),
        "recipient": any(d.recipient for d in view.duties),
        "task": bool(view.duties),
    }[facet]
    if stated:
        return _STATED
    return _MENTIONED if facet == "when" and stands_in(_TIME, view.text) else 0.0


def _year_bonus(view: View, asked: Understood) -> float:
    month, since = _of_month(asked.text), _since(asked.folded)
    if (month and month.search(view.plain)) or (since and since.search(view.text)):
        return _SAME_MONTH
    return _YEAR if any(str(y) in view.own for y in asked.years) else 0.0


@lru_cache(16)
def _of_month(text: str) -> re.Pattern[str] | None:
    """How a paper writes a day of the month that is asked about."""
    month = _MONTH.search(text)
    return re.compile(rf"/0?{int(month[1])}/{month[2]}\b") if month else None


@lru_cache(16)
def _since(folded: str) -> re.Pattern[str] | None:
    """How a paper says "from that year on"."""
    since = _SINCE.search(folded)
    return re.compile(rf"\btu (?:nam )?{since[1]} tro di\b") if since else None


def _report_bonus(view: View, asked: Understood) -> float:
    """When or where to send something: the clause on reporting says it first."""
    sending = {"when", "recipient"} & set(asked.facets) and says("sending", asked.folded)
    return _REPORT if sending and "bao cao" in view.opening else 0.0


def _span_bonus(view: View, asked: Understood) -> float:
    """ "Đến năm nào?": the clause that gives the first and last year."""
    return _YEARS_SPANNED if spans_years(view, asked) else 0.0


def spans_years(view: View, asked: Understood) -> bool:
    """Whether the first and last year are asked for and the clause gives both."""
    return says("span", asked.folded) and stands_in(_SPAN, view.text)


def _exception(view: View, asked: Understood) -> float:
    """A clause on what falls outside a rule answers only who asks for that."""
    outside = stands_in(_OUTSIDE, view.opening) and not _OUTSIDE.search(asked.folded)
    return _EXCEPTION if outside else 0.0


def _list_bonus(view: View, asked: Understood) -> float:
    """A list is asked for and this clause is one."""
    asks = not _OF_LISTS.isdisjoint(asked.facets)
    return _LIST if asks and sum(p.bullet for p in view.clause.pieces) >= _LIST_ITEMS else 0.0
