"""What a paper says of itself: who signed, its number and date, whether it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.answers import Outcome, Silent
from bot.composing import Finding, as_source
from bot.lexicon import says
from bot.papers import Paper
from bot.scope import Scope
from bot.texts import say
from bot.understanding import Understood
from knowledge.citations import find_numbers
from knowledge.documents import Clause, Document

IDENTITY_FACETS = ("signer", "number", "paper_date", "issuer", "validity", "title")
_FEW_WORDS = 5
_PRINTED_DATE = re.compile(r"ngày\s+(\d{1,2}/\d{1,2}/\d{4}|\d{1,2} tháng \d{1,2} năm \d{4})")


def identity_facet(asked: Understood) -> str | None:
    """The fact about a paper itself that is asked for, if any."""
    dated = "paper_date" in asked.facets and not says("person", asked.folded)
    order = ("paper_date", "signer") if dated else ("signer", "paper_date")
    for facet in (order[0], "validity", "number", order[1]):
        if facet in asked.facets:
            return facet
    if says("issuer", asked.folded):
        return "issuer"
    return "title" if says("title", asked.folded) else None


def _part(document: Document, address: str) -> Clause | None:
    return next((c for c in document.clauses if c.address == address), None)


def _quote(clause: Clause, wanted: str) -> str:
    """The piece of a fixed part that shows `wanted`, or the whole part."""
    for piece in clause.pieces:
        if wanted and wanted in piece.text:
            return piece.text
    return clause.text


def paper_fact(
    document: Document, facet: str, today: date, *, day: bool = False
) -> Finding | Silent:
    """One fact about `document`, or silence saying what it leaves blank; `day`: an exact one."""
    identity = document.identity
    missing = ""
    line, address, wanted = "", "head", ""
    if facet == "signer":
        address, wanted = "signature", identity.signatory or ""
        if not identity.signatory:
            missing = say("silent.signer_none", document=document.short_title)
        elif identity.signatory_title:
            line = say("lines.signer", name=identity.signatory, title=identity.signatory_title)
        else:
            line = say("lines.signer_plain", name=identity.signatory)
    elif facet == "number":
        wanted = identity.number or ""
        if not identity.number:
            missing = say("silent.number_none", document=document.short_title)
        elif not re.match(r"\d", identity.number):
            missing = say(
                "silent.number_blank", document=document.short_title, number=identity.number
            )
        else:
            line = say("lines.number", number=identity.number)
            if identity.date and len(identity.date) == 10:
                line += "\n" + say("lines.date", date=_day(identity.date))
    elif facet == "paper_date":
        line, missing = _date_line(document, day=day)
    elif facet == "issuer":
        line = say("lines.issuer", issuer=identity.issuer) if identity.issuer else ""
        missing = "" if line else say("silent.fact", name=say("facets.issuer"))
    elif facet == "title":
        line = say("lines.title", title=identity.title) if identity.title else ""
        missing = "" if line else say("silent.fact", name=say("facets.title"))
    elif facet == "validity":
        line = _validity_line(document, today)
    clause = _part(document, address) or _part(document, "head") or document.clauses[0]
    source = as_source(document, clause, _quote(clause, wanted))
    if missing:
        return Silent(missing, "", (source,))
    return Finding(document, (source,), line)


def _day(iso: str) -> str:
    return f"{int(iso[8:10])}/{int(iso[5:7])}/{iso[:4]}"


def _date_line(document: Document, *, day: bool) -> tuple[str, str]:
    printed = document.identity.date
    if printed and len(printed) == 10:
        return say("lines.date", date=_day(printed)), ""
    if printed and len(printed) == 7:
        line = say("lines.date_month", month=int(printed[5:]), year=printed[:4])
        return ("", f"{line}.") if day else (line, "")
    if printed:
        return "", say("silent.date_blank", document=document.short_title, year=printed)
    return "", say("silent.date_none", document=document.short_title)


def _validity_line(document: Document, today: date) -> str:
    validity = document.validity
    status = validity.status
    if status == "period" and validity.until and today > validity.until:
        status = "expired"
    return say(f"lines.valid_{status}", reason=validity.reason)


def cited_paper(asked: Understood, scope: Scope) -> Finding | None:
    """Number and date of a paper that is only cited, from the clause that cites it."""
    facet = identity_facet(asked)
    said = [w for w in asked.words if w.role == "stop"]
    bare = not asked.facets and not asked.content and len(said) <= _FEW_WORDS
    bare = bare and not says("content_of", asked.folded)
    mentioned = bare or ({"basis", "where"} & set(asked.facets) and not asked.places)
    wanted = facet in {"paper_date", "issuer", "title", "number"}
    if not scope.cited or not (wanted or mentioned):
        return None
    for paper, document in scope.cited:
        found = citing(document, paper)
        if found:
            clause, sentence = found
            if facet in ("paper_date",) and not _PRINTED_DATE.search(sentence):
                continue
            line = say("lines.cited", document=document.short_title, paper=sentence)
            return Finding(document, (as_source(document, clause, sentence),), line)
    return None


def citing(document: Document, paper: Paper) -> tuple[Clause, str] | None:
    """The first clause that names `paper`, and the words that name it, with its date."""
    for clause in document.clauses:
        for number in find_numbers(clause.text):
            digits = re.match(r"\d+(?:/\d{4}(?=/))?", number.text)
            if not digits or digits.group().lstrip("0").split("/")[0] != paper.number.split("/")[0]:
                continue
            start = max(clause.text.rfind(mark, 0, number.start) for mark in ("; ", ". ", ": "))
            start = start + 2 if start >= 0 else 0
            ends = [e for m in ("; ", ". ") if (e := clause.text.find(m, number.end)) >= 0]
            end = min(ends) if ends else len(clause.text)
            return clause, clause.text[start:end].strip()
    return None


def outcome_facts(findings: Sequence[Finding | Silent]) -> list[Finding]:
    """Those that are findings."""
    return [f for f in findings if isinstance(f, Finding)]


__all__ = [
    "IDENTITY_FACETS",
    "Outcome",
    "cited_paper",
    "citing",
    "identity_facet",
    "outcome_facts",
    "paper_fact",
]
