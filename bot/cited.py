"""Papers that the library only cites: what the clauses that cite them say, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answers import Finding, Silent
from bot.composing import as_source
from bot.facts import identity_facet
from bot.lexicon import says
from bot.matching import Match
from bot.outcomes import Asked, silent
from bot.papers import Paper
from bot.scope import Scope, paper_words
from bot.terms import Term
from bot.texts import say
from bot.understanding import Understood
from knowledge.citations import PaperNumber, find_numbers
from knowledge.documents import Clause, Document
from knowledge.vietnamese import fold

PAPER_WEIGHT = 0.8  #: of a paper's number as a term
_FEW_WORDS = 5  #: turns of speech in a question that names a paper and nothing else
_MOST = 5  #: papers that name another one
_SUBJECT = 1.5  #: weight of a subject beside the paper; without one the paper is the subject
_SURELY_THERE = 0.75  #: coverage above which that subject is what the clause is about
#: Facts about a cited paper that the words naming it must print.
_PRINTED = {
    "paper_date": re.compile(r"ngày\s+(\d{1,2}/\d{1,2}/\d{4}|\d{1,2} tháng \d{1,2} năm \d{4})"),
    "signer": re.compile(r"\bký\b"),
    "validity": re.compile(r"\bhiệu lực\b|\btừ ngày \d"),
}


def with_papers(asked: Asked, scope: Scope) -> Asked:
    """Papers named beside a place are a subject: the clause must name them too."""
    if not (asked.understood.places and scope.named and asked.understood.papers):
        return asked
    # Papers print a number of one digit with a nought before it.
    numbers = (p.number.split("/")[0].rjust(2, "0") for p in asked.understood.papers)
    terms = tuple(Term(n, (), PAPER_WEIGHT) for n in numbers)
    return replace(asked, terms=(*asked.terms, *terms))


def cited_paper(asked: Understood, scope: Scope) -> Finding | None:
    """Number, date and signer of a paper that is only cited, from the clause that cites it."""
    if not scope.cited:
        return None
    if not (_asks_what_it_is(asked) or _is_twin(asked, scope)):
        return None
    asked_for = _PRINTED.get(identity_facet(asked) or "")
    for paper, document in scope.cited:
        found = _citing(document, paper)
        if found and (not asked_for or asked_for.search(found[1])):
            clause, sentence = found
            source = as_source(document, clause, sentence)
            return Finding(document, (source,), _heading(clause))
    return None


def mentioning(scope: Scope) -> list[Finding]:
    """Of each paper meant the words with which it names the paper asked about."""
    if scope.mentioned is None:
        return []
    found = ((p.document, _citing(p.document, scope.mentioned)) for p in scope.profiles)
    return [
        Finding(document, (as_source(document, cited[0], cited[1]),), _heading(cited[0]))
        for document, cited in found
        if cited
    ][:_MOST]


def citing_matches(matches: Sequence[Match], asked: Asked, scope: Scope) -> list[Match] | Silent:
    """The matches that name a cited paper; silence when what it says itself is asked for."""
    numbers = {p.number.split("/")[0] for p, _ in scope.cited}
    citing = [m for m in matches if _names_one(m, numbers)]
    if citing and _mentions_only(asked, citing[0]):
        return citing
    paper, document = scope.cited[0]
    name = paper_words(paper, asked.understood.text)
    reason = say("silent.cited", name=name, document=document.short_title)
    return silent(reason, citing[:1], asked)


def _heading(clause: Clause) -> str:
    return f"{clause.heading}:" if clause.heading else ""


def _asks_what_it_is(asked: Understood) -> bool:
    """The question is for a cited paper's date, issuer or title, or only names the paper."""
    if identity_facet(asked) in {"issuer", "title", "number", "paper_date"}:
        return True
    if identity_facet(asked) in _PRINTED and not says("which_paper", asked.folded):
        return True
    if says("content_of", asked.folded):
        return False
    if {"basis", "where"} & set(asked.facets) and not asked.places:
        return True
    turns = sum(w.role == "stop" for w in asked.words)
    return not asked.facets and not asked.content and turns <= _FEW_WORDS


def _is_twin(asked: Understood, scope: Scope) -> bool:
    """Two papers of one number are named: which is which is what is asked."""
    numbers = [p.number for p in asked.papers]
    return any(numbers.count(paper.number) > 1 for paper, _ in scope.cited)


def _citing(document: Document, paper: Paper) -> tuple[Clause, str] | None:
    """The first clause that names `paper`, and the words that name it, with its date."""
    for clause in document.clauses:
        numbers = find_numbers(clause.text)
        if not any(_same(n, paper) for n in numbers) and _signs(clause, paper):
            return clause, clause.text
        for number in numbers:
            if _same(number, paper):
                return clause, _phrase_around(clause.text, number.start, number.end)
    return None


def _signs(clause: Clause, paper: Paper) -> bool:
    """Whether the clause has the whole sign of `paper`, however it is written: "07-CT/TW"."""
    if not paper.symbols:
        return False
    sign = r"\W+".join([re.escape(paper.number), *paper.symbols])
    return bool(re.search(rf"\b0*{sign}\b", fold(f"{clause.heading} {clause.text}")))


def _same(number: PaperNumber, paper: Paper) -> bool:
    symbols = fold(number.text)
    signed = all(symbol in symbols for symbol in paper.symbols)
    return number.number.lstrip("0") == paper.number.split("/")[0] and signed


def _phrase_around(text: str, start: int, end: int) -> str:
    """The words between the marks before `start` and after `end`."""
    first = max(text.rfind(mark, 0, start) for mark in ("; ", ". ", ": "))
    ends = [e for mark in ("; ", ". ") if (e := text.find(mark, end)) >= 0]
    return text[first + 2 if first >= 0 else 0 : min(ends, default=len(text))].strip()


def _names_one(match: Match, numbers: set[str]) -> bool:
    named = find_numbers(f"{match.view.clause.heading} {match.view.clause.text}")
    return any(n.number.lstrip("0") in numbers for n in named)


def _mentions_only(asked: Asked, match: Match) -> bool:
    """The question is where a cited paper is named, not what that paper itself says."""
    understood = asked.understood
    first = [w.role for w in understood.words if w.role not in ("stop", "intro")][:1]
    subject = first == ["paper"] or not understood.places
    if says("content_of", understood.folded) and subject:
        return False
    if {"basis", "number", "money"} & set(understood.facets):
        return True
    weighty = [t for t in asked.terms if t.token not in asked.lexicon.trade]
    return sum(t.weight for t in weighty) > _SUBJECT and match.words > _SURELY_THERE
