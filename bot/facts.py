"""What a paper says of itself: who signed, its number and date, whether it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.answers import Finding, Silent
from bot.composing import as_source
from bot.lexicon import says
from bot.texts import say
from bot.understanding import Understood
from knowledge.documents import Clause, Document

_DAY = len("2026-01-31")  #: an identity's date may also be a month or a year alone
_MONTH = len("2026-01")


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact in words, or what to say where the paper leaves it blank."""

    line: str = ""
    missing: str = ""
    address: str = "head"  #: the fixed part that prints it
    printed: str = ""  #: as it stands there


def identity_facet(asked: Understood) -> str | None:
    """The fact about a paper itself that is asked for, if any."""
    dated = "paper_date" in asked.facets and not says("person", asked.folded)
    order = ("paper_date", "signer") if dated else ("signer", "paper_date")
    for facet in (order[0], "validity", "number", order[1]):
        if facet == "number" and "basis" in asked.facets:
            continue  # of a paper that this one is based on
        if facet in asked.facets:
            return facet
    if says("issuer", asked.folded):
        return "issuer"
    titled = says("title", asked.folded) and "person_name" not in asked.facts
    return "title" if titled else None


def paper_fact(
    document: Document, facet: str, today: date, *, day: bool = False
) -> Finding | Silent:
    """One fact about `document`, or silence saying what it leaves blank; `day`: an exact one."""
    fact = _fact(document, facet, today, day=day)
    clause = _part(document, fact.address) or _part(document, "head") or document.clauses[0]
    source = as_source(document, clause, _quote(clause, fact.printed))
    if fact.missing:
        return Silent(fact.missing, "", (source,))
    return Finding(document, (source,), fact.line)


def _fact(document: Document, facet: str, today: date, *, day: bool) -> _Fact:
    identity = document.identity
    if facet == "signer":
        return _signer(document)
    if facet == "number":
        return _number(document)
    if facet == "paper_date":
        return _date(document, day=day)
    if facet == "validity":
        return _Fact(_validity_line(document, today))
    if facet == "issuer" and identity.issuer:
        return _Fact(say("lines.issuer", issuer=identity.issuer))
    if facet == "title" and identity.title:
        return _Fact(say("lines.title", title=identity.title))
    return _Fact(missing=say("silent.fact", name=say(f"facets.{facet}")))


def _signer(document: Document) -> _Fact:
    name, title = document.identity.signatory, document.identity.signatory_title
    if not name:
        missing = say("silent.signer_none", document=document.short_title)
        return _Fact(missing=missing, address="signature")
    line = say("lines.signer", name=name, title=title) if title else ""
    return _Fact(line or say("lines.signer_plain", name=name), "", "signature")


def _number(document: Document) -> _Fact:
    number, dated = document.identity.number, document.identity.date
    if not number:
        return _Fact(missing=say("silent.number_none", document=document.short_title))
    if not re.match(r"\d", number):
        missing = say("silent.number_blank", document=document.short_title, number=number)
        return _Fact(missing=missing, printed=number)
    lines = [say("lines.number", number=number)]
    if dated and len(dated) == _DAY:
        lines.append(say("lines.date", date=_day(dated)))
    return _Fact("\n".join(lines), printed=number)


def _date(document: Document, *, day: bool) -> _Fact:
    printed = document.identity.date
    if not printed:
        return _Fact(missing=say("silent.date_none", document=document.short_title))
    if len(printed) == _DAY:
        return _Fact(say("lines.date", date=_day(printed)))
    if len(printed) == _MONTH:
        line = say("lines.date_month", month=int(printed[5:]), year=printed[:4])
        return _Fact(missing=f"{line}.") if day else _Fact(line)
    return _Fact(missing=say("silent.date_blank", document=document.short_title, year=printed))


def _day(iso: str) -> str:
    return f"{int(iso[8:10])}/{int(iso[5:7])}/{iso[:4]}"


def _validity_line(document: Document, today: date) -> str:
    validity = document.validity
    status = validity.status
    if status == "period" and validity.until and today > validity.until:
        status = "expired"
    return say(f"lines.valid_{status}", reason=validity.reason)


def _part(document: Document, address: str) -> Clause | None:
    return next((c for c in document.clauses if c.address == address), None)


def _quote(clause: Clause, printed: str) -> str:
    """The piece of a fixed part that shows `printed`, or the whole part."""
    return next((p.text for p in clause.pieces if printed and printed in p.text), clause.text)
