"""The note that the check of the four criteria ends with: what was told, and what it comes to.

A value; `bot.forms.note_words` says it in a chat and on paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.answers import shorten
from bot.forms.definition import Clause, Field, Form, Where
from bot.forms.engine import fields_of, shown
from bot.forms.passages import Papers, Passage, passage
from bot.status import is_over
from bot.texts import say
from knowledge.documents import Document
from knowledge.vietnamese import collapse

FORM = "tieu-chi-407"
DECISION = "407-qd-ttg"
_HAI_PHONG, _IA_HDRAI = "hai-phong-gddt-2023", "ia-hdrai-2022-2027"
_YES, _NO = "co", "khong"
#: Fields that are no criteria.
_ABOUT = ("draft", "plan")
#: What a person may choose to go by → its paper.
_PAPERS = {"qd407": DECISION, "hai-phong": _HAI_PHONG, "ia-hdrai": _IA_HDRAI}
_LONGEST_BY = 150  #: characters of whoever told the answers

#: What a clause must be about, in folded words, to be told under a name.
_SUBJECTS = {
    "criteria": "tieu chi",
    "outside": "ngoai",
    "content": "noi dung",
    "when": "lay y kien",
    "lead": "chu tri",
    "forms": "hinh thuc",
    "law": "tieu chi thu nhat",
}
#: Where the Decision says it.
_GENERAL = {
    "criteria": ("III.2",),
    "outside": ("III.7",),
    "content": ("III.3",),
    "when": ("III.4",),
    "lead": ("III.1", "V.2"),
    "forms": ("IV.5",),
    "law": ("VII.1",),
}
#: Where a plan says it in words of its own, which then come first.
_OWN = {
    _HAI_PHONG: {"criteria": "II.2", "lead": "III#2.2", "forms": "III.2"},
    _IA_HDRAI: {
        "criteria": "II.1",
        "outside": "II.1",
        "content": "II.2",
        "when": "II.3",
        "lead": "III.3",
        "forms": "III.4.2",
    },
}
#: Of a clause about more than that, only the paragraphs that speak of it are told.
_NARROW = frozenset(("outside",))
#: That plan only says who leads a part of it: who leads the rest stands in the Decision.
_PARTLY = frozenset(((_HAI_PHONG, "lead"),))


@dataclass(frozen=True, slots=True)
class Told:
    """One criterion and what was answered."""

    name: str
    answer: str
    place: str  #: where the criterion stands; "" when nowhere any more


@dataclass(frozen=True, slots=True)
class Section:
    """What the papers say to one thing: "criteria", "outside", "content", "when" …"""

    name: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class CriteriaNote:
    """The note of reference; it decides nothing."""

    draft: str  #: the name of the draft; "" when it was left out
    plan: str  #: what the draft was held against, in words
    over: bool  #: whether that paper no longer counts
    answers: tuple[Told, ...]
    verdict: str  #: "met", "not_met" or "unknown"
    sections: tuple[Section, ...]  #: in the order in which they are told
    status: tuple[str, ...]  #: how the papers stand, a sentence each
    by: str  #: unit and name of whoever told the answers; "" when not known
    now: datetime  #: in Việt Nam

    def section(self, name: str) -> Section | None:
        """The section of this name, when the papers say something to it."""
        return next((one for one in self.sections if one.name == name), None)


def verdict(form: Form, answers: Mapping[str, str]) -> str:
    """ "met", "not_met" or "unknown": what was told, never whether the duty is there."""
    told = [answers.get(one.id) for one in _criteria(form, answers)]
    if all(value == _YES for value in told):
        return "met"
    return "not_met" if _NO in told else "unknown"


def note(
    form: Form,
    answers: Mapping[str, str],
    now: datetime,
    where: Where,
    papers: Papers,
    by: str = "",
) -> CriteriaNote:
    """The note of a form that is filled in; `now` in Việt Nam, `by`: unit and name, if known."""
    plan = form.field("plan")
    assert plan is not None, "the form that ships has it"
    document = _PAPERS.get(answers["plan"], DECISION)
    paper = papers(document)
    found = verdict(form, answers)
    return CriteriaNote(
        draft=answers.get("draft", ""),
        plan=shown(plan, answers["plan"]),
        over=paper is not None and is_over(paper, now.date()),
        answers=tuple(
            Told(one.name, shown(one, answers[one.id]), where(one.clause) if one.clause else "")
            for one in _criteria(form, answers)
        ),
        verdict=found,
        sections=tuple(_sections(document, found, papers, where)),
        status=tuple(_status(one, now.date()) for one in _counted(document, papers)),
        by=shorten(collapse(by), _LONGEST_BY),
        now=now,
    )


def passages_for(name: str, document: str, papers: Papers, where: Where) -> tuple[Passage, ...]:
    """What is said to a subject by `document`, in words of its own; else by the Decision.

    Where a plan only says a part of it, the Decision comes before. () when no paper says it.
    """
    about, narrow = _SUBJECTS[name], name in _NARROW
    taken = [
        found
        for clause in _clauses(name, document)
        if (found := passage(clause, about, papers, where, narrow=narrow))
    ]
    own = [one for one in taken if one.clause.document != DECISION]
    general = [one for one in taken if one.clause.document == DECISION]
    if own and (document, name) not in _PARTLY:
        return tuple(own)
    return (*general[:1], *own) if own else tuple(general)


def _clauses(name: str, document: str) -> tuple[Clause, ...]:
    general = tuple(Clause(DECISION, address) for address in _GENERAL[name])
    own = _OWN.get(document, {}).get(name)
    return (Clause(document, own), *general) if own else general


def _criteria(form: Form, answers: Mapping[str, str]) -> list[Field]:
    return [one for one in fields_of(form, answers) if one.id not in _ABOUT]


def _sections(document: str, found: str, papers: Papers, where: Where) -> Iterator[Section]:
    for name in _SUBJECTS:
        if name == "outside" and found != "not_met":
            continue
        passages = passages_for(name, document, papers, where)
        if passages:
            yield Section(name, passages)


def _counted(document: str, papers: Papers) -> list[Document]:
    """The papers whose status is told: the Decision, and the plan."""
    ids = dict.fromkeys((DECISION, document))
    return [paper for id_ in ids if (paper := papers(id_))]


def _status(paper: Document, today: date) -> str:
    """How the paper stands, its legal ground and the day on which that was recorded."""
    validity = paper.validity
    reason = validity.reason
    if is_over(paper, today) and validity.until:
        since = f"{validity.until + timedelta(days=1):%d/%m/%Y}"
        over = reason if reason.startswith("hết") else say("criteria.over")
        reason = say("status.expired", reason=over, day=since)
    grounds = [validity.basis] if validity.basis else []
    if validity.recorded:
        grounds.append(say("criteria.recorded", day=f"{validity.recorded:%d/%m/%Y}"))
    said = f"{reason} ({'; '.join(grounds)})" if grounds else reason
    return say("criteria.status", document=paper.short_title, status=said)
