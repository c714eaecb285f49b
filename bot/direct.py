"""The line said first: the date, the body, the recipient, the percentage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answers import shorten
from bot.bonuses import spans_years
from bot.status import first_upper, is_over
from bot.terms import Term, coverage, coverage_by
from bot.texts import say
from bot.understanding import Understood
from bot.views import View
from knowledge.documents import Document, Duty, Piece
from knowledge.organisations import tokens_of
from knowledge.vietnamese import fold

_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s?%")
_DATE = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b")
_TIME = re.compile(
    r"(?:trước|chậm nhất|đến|từ|vào)?\s*(?:ngày\s+)?\d{1,2}/\d{1,2}/\d{4}|"
    r"[Tt]ừ năm \d{4} đến năm \d{4}|(?:[Nn]gay )?từ khi [^.;]{10,160}|"
    r"giai đoạn \d{4}\s*[-–]\s*\d{4}|\d{1,2} tháng(?:,| và) năm|[Hh]ằng năm|"
    r"[Đđ]ịnh kỳ[^.;,]{0,40}|[Tt]hường xuyên|(?:[Tt]ừ )?năm \d{4}|khi có yêu cầu"
)
_CITED_DATE = re.compile(
    r"(?:\d+/[\w/&-]*[A-ZĐ][\w/&-]*|Luật [^;,]{0,60}) ngày \d{1,2}/\d{1,2}/\d{4}"
)
_LAW = re.compile(r"\bluat [a-z]+ [a-z]+.*\bngay\b")
_OBJECT = re.compile(r"\b(?:nop|gui|han)(?: (?:nop|gui|cuoi|chot|ban))? (ke hoach|bao cao)\b")
_LONGEST_WHAT = 60
_SAME_LAW = 0.6  #: coverage from which a cited law is the one asked about
_MEANT = 0.6  #: a date that no duty states answers only in the clause that is surely meant
#: How a clause on a time is headed.
_ON_TIME = re.compile(r"^thoi (?:diem|gian|han)\b")
_EVENT = re.compile(r"(?:Ngày|Tháng) \d")
_NEAR_EQUAL = 0.12  #: a duty this far behind the best is not what was asked about
_MOST_TIMES = 3
#: Facets with a first line of their own; _TOGETHER: those added when another comes first.
_LINED = ("start", "when", "lead", "coordinate", "recipient", "percent")
_TOGETHER = ("lead", "coordinate", "when", "recipient")
_LED = re.compile(r"\bchu tri\b|\bdau moi\b|\bgiao\b(?! duc)|\bphu trach\b")
#: How a digest tells whose a task is.
_BY = re.compile(r"\b(?:do|giao|trach nhiem|thuoc)\b|\bbo \w+ \w+\b.*\b(?:co|ban hanh|theo doi)\b")
_WITH = re.compile(r"\bphoi hop (?:chat che |thuc hien )?voi\b")


@dataclass(frozen=True, slots=True)
class Direct:
    """The first line and the kinds of fact it states; `missing` names a fact the clause lacks."""

    line: str = ""
    missing: str = ""
    states: tuple[str, ...] = ()  #: "lead", "coordinate", "when" … in the order of the lines


def direct_line(
    view: View, asked: Understood, terms: Sequence[Term], today: date, *, fits: float = 0.0
) -> Direct:
    """What the clause says to the facets asked; `missing` when it lacks the first of them.

    `fits`: how surely the clause is the one that is meant, 0–1, however it is known.
    """
    facets = asked.facets
    if not facets or facets[0] not in _LINED:
        return Direct()
    first = _line(facets[0], view, asked, terms, today, fits)
    also = [f for f in facets[1:] if f in _TOGETHER and not (first.missing and f == "lead")]
    parts = [first, *(_line(f, view, asked, terms, today, fits) for f in also)]
    if not any(part.line for part in parts):
        return first
    lines = [line for part in parts for line in part.line.split("\n") if line]
    states = dict.fromkeys(state for part in parts if part.line for state in part.states)
    return Direct("\n".join(dict.fromkeys(lines)), states=tuple(states))


def _line(
    facet: str, view: View, asked: Understood, terms: Sequence[Term], today: date, fits: float
) -> Direct:
    if facet in ("start", "when"):
        return replace(_when(view, asked, terms, today, fits), states=("when",))
    if facet == "lead":
        return _lead(view, terms)
    if facet == "coordinate":
        return _coordinate(view, asked, terms)
    if facet == "recipient":
        return _recipient(view, terms)
    return _percent(view)


def _ranked(view: View, terms: Sequence[Term]) -> list[Duty]:
    """The clause's duties, those that meet the question best first; only near equals are kept."""
    if len(view.duties) < 2:
        return list(view.duties)
    values = [(coverage_by(f"{d.duty} {d.quote}", terms), i) for i, d in enumerate(view.duties)]
    top = max(v for v, _ in values)
    return [
        view.duties[i]
        for v, i in sorted(values, key=lambda p: (-p[0], p[1]))
        if v > top - _NEAR_EQUAL
    ]


def _when(view: View, asked: Understood, terms: Sequence[Term], today: date, fits: float) -> Direct:
    if "clock" in asked.facts:
        return Direct()  # the clause itself shows one, or it would not be here
    law = _law_date(view, asked, terms)
    if law:
        return Direct(law)
    timed = [d for d in _ranked(view, terms) if d.when.kind != "none" and d.when.text]
    if timed:
        sent = _of_object(timed, asked)
        if not sent:
            return Direct(missing=say("silent.facet", name=say("facets.when")))
        return _duty_times(sent, view.document, today, day=asked.exact)
    # By meaning alone a clause is trusted to state a time only where its heading promises one, or
    # it tells of an event and begins with its day.
    of_event = asked.papers or asked.bodies or asked.places
    promised = _ON_TIME.search(view.opening) or (of_event and _EVENT.match(view.clause.text))
    known = fits if promised else 0.0
    met = max(coverage(terms, view.own, view.path), known)
    if met < _MEANT and not spans_years(view, asked):
        return Direct(missing=say("silent.facet", name=say("facets.when")))
    return _printed_time(view, terms, today, day=asked.exact)


def _duty_times(timed: Sequence[Duty], document: Document, today: date, *, day: bool) -> Direct:
    """Times of duties, exact ones before periods; `day`: no period will do."""
    exact = [d for d in timed if d.when.kind in ("day", "before", "by")]
    if day and not exact:
        return Direct(missing=say("silent.day_only_period", when=timed[0].when.text))
    chosen = (exact or timed)[:_MOST_TIMES]
    times = [_stated_time(duty, document, today) for duty in chosen]
    if len(set(times)) > 1:
        # Two bare dates would not say which is for what.
        what = [shorten(d.duty.removeprefix("- "), _LONGEST_WHAT) for d in chosen]
        times = [say("lines.when_of", when=t, what=w) for t, w in zip(times, what, strict=True)]
    return Direct("\n".join(dict.fromkeys(times)))


def _stated_time(duty: Duty, document: Document, today: date) -> str:
    """The time with its year; one that the clause does not print says whose it is."""
    time = _with_year(duty.when.text or "", document, today, duty.when.end)
    return say("lines.by_hand", when=time) if duty.when.by_hand else time


def _of_object(timed: Sequence[Duty], asked: Understood) -> list[Duty]:
    """Of duties to send something, those that send what is asked about: a plan is no report."""
    found = _OBJECT.search(asked.folded)
    if not found or "ket qua" in asked.folded:
        return list(timed)
    return [d for d in timed if found.group(1) in fold(d.duty)]


def _printed_time(view: View, terms: Sequence[Term], today: date, *, day: bool) -> Direct:
    """The first time printed in the piece that fits best."""
    # The date of a paper that is only cited is no deadline.
    pieces = [_CITED_DATE.sub("", p) for p in _best_pieces(view, terms)]
    found = [m.group().strip() for p in pieces for m in _TIME.finditer(p)]
    if not found:
        return Direct(missing=say("silent.facet", name=say("facets.when")))
    if day and not any(_DATE.search(f) for f in found):
        return Direct(missing=say("silent.day_only_period", when=found[0]))
    return Direct(first_upper(_with_year(found[0], view.document, today)))


def _law_date(view: View, asked: Understood, terms: Sequence[Term]) -> str:
    """ "Luật Báo chí ngày 05/4/2015": the date of a law that is only cited, if that is asked."""
    if not _LAW.search(asked.folded):
        return ""
    for found in _CITED_DATE.finditer(view.clause.text):
        name = " ".join(tokens_of(found.group().split(" ngày ")[0]))
        if name in asked.folded or coverage_by(found.group(), terms) > _SAME_LAW:
            return found.group()
    return ""


def _best_pieces(view: View, terms: Sequence[Term]) -> list[str]:
    pieces: Sequence[Piece] = view.clause.pieces
    texts = [p.text for p in pieces] or [view.clause.text or view.clause.heading]
    values = [coverage_by(t, terms) for t in texts]
    order = sorted(range(len(texts)), key=lambda i: -values[i])
    return [texts[i] for i in order]


def _with_year(text: str, document: Document, today: date, end: date | None = None) -> str:
    """ "trước ngày 20/9/2023" → "Năm 2023 (đã hết hạn): trước ngày 20/9/2023"."""
    years = document.years
    dates = [
        date(int(y), int(m), int(d))
        for d, m, y in re.findall(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
        if (int(m) <= 12 and int(d) <= 28) or (int(d) <= 30 and int(m) != 2)
    ]
    last = end or (max(dates) if dates else None)
    over = (last is not None and last < today) or (last is None and is_over(document, today))
    if years is None or (years[0] != years[1] and not (last and over)):
        return first_upper(say("lines.when", when=text))
    year = last.year if last else years[1]
    key = "lines.expired_year" if over else "lines.year"
    return say(key, year=year, when=text)


def _lead(view: View, terms: Sequence[Term]) -> Direct:
    led = [d for d in _ranked(view, terms) if d.leads]
    if not led and (_LED.search(view.text) or (view.document.digest and _BY.search(view.text))):
        return Direct()
    if not led:
        return Direct(missing=say("silent.facet", name=say("facets.lead")))
    stated = "chu tri" in view.text
    key = "lines.leads" if stated else "lines.tasked"
    line = say(key, leads=_joined(led[0].leads))
    if not led[0].coordinates:
        return Direct(line, states=("lead",))
    helped = say("lines.coordinates", coordinates=_joined(led[0].coordinates))
    return Direct(f"{line}\n{helped}", states=("lead", "coordinate"))


def _coordinate(view: View, asked: Understood, terms: Sequence[Term]) -> Direct:
    helped = [d for d in _ranked(view, terms) if d.coordinates]
    if helped and helped[0].leads and view.partners & set(asked.bodies):
        return _lead(view, terms)  # "Ai phối hợp với Phòng A?": whoever leads what A helps with
    if helped:
        line = say("lines.coordinates", coordinates=_joined(helped[0].coordinates))
        return Direct(line, states=("coordinate",))
    if _WITH.search(view.text) or view.document.digest:
        return Direct()
    return Direct(missing=say("silent.facet", name=say("facets.coordinate")))


def _recipient(view: View, terms: Sequence[Term]) -> Direct:
    sent = [d for d in _ranked(view, terms) if d.recipient]
    if not sent:
        return Direct()
    duty = sent[0]
    if duty.via:
        return Direct(say("lines.recipient_via", recipient=duty.recipient, via=duty.via))
    return Direct(say("lines.recipient", recipient=duty.recipient))


def _percent(view: View) -> Direct:
    found = _PERCENT.findall(view.plain)
    if not found:
        return Direct(missing=say("silent.facet", name=say("facets.percent")))
    line = say("lines.percent", percent=", ".join(dict.fromkeys(found)))
    return Direct(line, states=("percent",))


def _joined(names: Sequence[str]) -> str:
    return "; ".join(names)
