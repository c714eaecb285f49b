"""The report of an evaluation: one HTML page for administrators, complete in itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.answers import shorten
from bot.evaluation import Judged, changes, parts_lacking, spelled, tally
from service.report_figures import (
    RESULTS,
    Result,
    figures,
    kind_in_words,
    per_hundred,
    percent,
    sentence,
    tables,
    texts,
    thousands,
    times,
)
from service.routes.page_views import day_in_words, environment

_LISTED = 300  #: failures or changes listed at most
_SHOWN = 500  #: characters of an answer that is listed


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered: the outcome, the text with its choices, what was cited, if it is right."""

    outcome: str
    text: str
    citations: tuple[tuple[str, tuple[str, ...]], ...]  #: titles with their addresses
    right: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One question with an answer that several spellings may share."""

    question: str
    id: str
    kind: str
    spellings: tuple[str, ...]
    typed: str  #: as it was typed, where that is not as written
    before: tuple[str, ...]  #: what the person had asked before
    expected: str
    document: str | None
    address: str | None
    must_contain: tuple[str, ...]
    reason: str  #: "" when right
    told: Told
    then: Told | None = None  #: over the other index


def evaluation_page(
    judged: Sequence[Judged],
    day: date,
    before: Sequence[Judged] | None = None,
    letterhead: Sequence[str] = (),
) -> str:
    """The page: no script, nothing from outside, every value escaped.

    `judged` as from `ask_all`, `day` when it was asked; `before`: the same questions in the same
    order over another index; `letterhead`: lines of the office that stand on top.
    """
    whole = tally(judged)
    return (
        environment()
        .get_template("evaluation.html")
        .render(
            t=texts(),
            letterhead=letterhead,
            day=day_in_words(day),
            questions=thousands(len({(j.question.id, j.question.text) for j in judged})),
            spellings=len({j.spelling for j in judged}),
            whole=figures("", whole),
            per_hundred=per_hundred(whole),
            quotes=thousands(sum(not j.verbatim for j in judged)),
            times=times(judged),
            tables=tables(judged),
            failures=_failures(judged),
            changes=_changes(before, judged) if before is not None else None,
        )
    )


def _failures(judged: Sequence[Judged]) -> list[tuple[Result, list[Case], str]]:
    """The answers that are wrong by result, worst first: cases, and what is not listed."""
    titles = _titles(judged)
    found: list[tuple[Result, list[Case], str]] = []
    for result in RESULTS[1:]:
        cases = list(_cases([(j, None) for j in judged if result_of(j) == result], titles))
        if cases:
            found.append((result, cases[:_LISTED], _not_listed(cases)))
    return found


def _changes(before: Sequence[Judged], after: Sequence[Judged]) -> dict[str, Any]:
    """The counts in words, and the answers that differ: changed verdicts first."""
    found = changes(before, after)
    better = sum(bool(old.wrong) and not new.wrong for old, new in found)
    worse = sum(bool(new.wrong) and not old.wrong for old, new in found)
    share = percent(tally(before).share)
    # Worse, then better, then those whose verdict is the same.
    found.sort(key=lambda pair: (bool(pair[1].wrong) - bool(pair[0].wrong)) or -2, reverse=True)
    cases = list(_cases([(new, old) for old, new in found], _titles([*before, *after])))
    values = {"changed": len(found), "better": better, "worse": worse, "share": share}
    return {
        "counts": sentence("changes_counts", **values) if found else texts()["no_changes"],
        "cases": cases[:_LISTED],
        "more": _not_listed(cases),
    }


def _not_listed(cases: Sequence[Case]) -> str:
    return sentence("more", count=len(cases) - _LISTED) if len(cases) > _LISTED else ""


def _titles(judged: Iterable[Judged]) -> dict[str, str]:
    """How the papers that were cited are called, by id."""
    return {c["document"]: c["title"] for j in judged for c in j.row["citations"]}


def _cases(
    pairs: Sequence[tuple[Judged, Judged | None]], titles: Mapping[str, str]
) -> Iterator[Case]:
    """One case for all spellings of a question that were answered alike."""
    alike: dict[tuple[object, ...], list[tuple[Judged, Judged | None]]] = {}
    for new, old in pairs:
        said = tuple((_told(each) if each else None) for each in (new, old))
        alike.setdefault((new.question.id, new.question.text, *said), []).append((new, old))
    for same in alike.values():
        new, old = same[0]
        yield _case(new, old, [each.spelling for each, _ in same], titles)


def _case(
    judged: Judged, old: Judged | None, spellings: Sequence[str], titles: Mapping[str, str]
) -> Case:
    words, question = texts(), judged.question
    return Case(
        question=question.text,
        id=question.id,
        kind=kind_in_words(question.kind),
        spellings=tuple(words["spellings"][each] for each in spellings),
        typed="" if "written" in spellings else spelled(question.text, judged.spelling),
        before=tuple(turn.content for turn in question.history if turn.role == "user"),
        expected=words["outcomes"][question.expected],
        document=titles.get(question.document or "", question.document),
        address=question.address,
        must_contain=question.must_contain,
        reason=reason_of(judged),
        told=_told(judged),
        then=_told(old) if old else None,
    )


def _told(judged: Judged) -> Told:
    row = judged.row
    offered = [f"{i}. {choice['label']}" for i, choice in enumerate(row["choices"], start=1)]
    cited: dict[str, list[str]] = {}
    for citation in row["citations"]:
        cited.setdefault(citation["title"], []).append(citation["address"])
    return Told(
        outcome=texts()["outcomes"][row["kind"]],
        text=shorten("\n".join([str(row["text"]), *offered]), _SHOWN),
        citations=tuple((title, tuple(dict.fromkeys(each))) for title, each in cited.items()),
        right=not judged.wrong,
    )


def result_of(judged: Judged) -> Result:
    """What became of one question."""
    if not judged.wrong:
        return "right"
    if judged.confident:
        return "confident"
    return "refused" if judged.refused else "other"


def reason_of(judged: Judged) -> str:
    """Why it is wrong, for people; `Judged.wrong` is for developers."""
    if not judged.wrong:
        return ""
    question, row = judged.question, judged.row
    reasons, outcomes = texts()["reasons"], texts()["outcomes"]
    if row["kind"] != question.expected:
        names = {"expected": outcomes[question.expected], "given": outcomes[row["kind"]]}
        return str(reasons["kind"].format(**names))
    lacking = [f"“{part}”" for part in parts_lacking(question, row)]
    if lacking:
        return str(reasons["lacks"].format(parts=", ".join(lacking)))
    cited = {citation["document"] for citation in row["citations"]}
    key = "address" if question.document in cited or not question.document else "document"
    return str(reasons[key])
