"""How far the duties that were read are those that a careful person labelled.

A label is a JSON object {"address", "leads": [], "coordinates": [], "duty_contains", "when":
{"kind", "from", "to", "before", "recurrence"}, "recipient", "via"}; a file NAME.duties.json holds
the labels of NAME.txt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.documents import Clause, Duty
from knowledge.reading.inspect import Inspection, duty_json
from knowledge.vietnamese import collapse, fold

Label = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One labelled duty and what is wrong with what was read of it; nothing is right."""

    label: Label
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One paper: a verdict for each label, and the duties that no label asks for."""

    verdicts: tuple[Verdict, ...]
    invented: tuple[Duty, ...]

    @property
    def right(self) -> int:
        """How many labelled duties were read completely and rightly."""
        return sum(not verdict.wrong for verdict in self.verdicts)


def labels_of(paper: Path) -> list[Label]:
    """The labels beside a paper's text."""
    labels: list[Label] = json.loads(paper.with_suffix(".duties.json").read_text("utf-8"))
    return labels


def score(labels: Sequence[Label], found: Inspection) -> Score:
    """Match each label with the duty that holds its words; whatever is left was invented."""
    left = list(found.duties)
    verdicts: list[Verdict] = []
    rows = {clause.address: clause for clause in found.clauses if _is_row(clause)}
    for label in labels:
        duty = _match(label, left, rows)
        if duty is None:
            verdicts.append(Verdict(label, ("missing",)))
            continue
        left.remove(duty)
        verdicts.append(Verdict(label, tuple(_differences(label, duty, rows))))
    return Score(tuple(verdicts), tuple(left))


def _match(label: Label, duties: Sequence[Duty], rows: Mapping[str, Clause]) -> Duty | None:
    """The duty at the label's address first, then the one whose own words hold the label's."""
    words = _plain(label["duty_contains"])
    holding = [d for d in duties if words in _plain(d.duty) or words in _plain(d.quote)]
    return min(
        holding,
        key=lambda d: (not _is_at(label, d, rows), words not in _plain(d.duty), len(d.quote)),
        default=None,
    )


def _differences(label: Label, duty: Duty, rows: Mapping[str, Clause]) -> list[str]:
    read = duty_json(duty)
    wrong = []
    if not _is_at(label, duty, rows):
        wrong.append(f"address: {duty.address}, not {label['address']}")
    for who in ("leads", "coordinates"):
        got, wanted = read[who], label[who]
        assert isinstance(got, list)
        if sorted(map(_plain, got)) != sorted(map(_plain, wanted)):
            wrong.append(f"{who}: {got}, not {wanted}")
    when, wanted_when = read["when"], label["when"]
    assert isinstance(when, dict)
    for part in ("kind", "from", "to", "before"):
        if when[part] != _day_of(wanted_when[part]):
            wrong.append(f"when.{part}: {when[part]}, not {wanted_when[part]}")
    # A label without a rule leaves open how what comes back is written as one.
    rule = wanted_when["recurrence"]
    if rule and when["recurrence"] != rule:
        wrong.append(f"when.recurrence: {when['recurrence']}, not {rule}")
    for part in ("recipient", "via"):
        if _plain(read[part]) != _plain(label[part]):
            wrong.append(f"{part}: {read[part]}, not {label[part]}")
    return wrong


def _day_of(value: str | None) -> str | None:
    """A label may add the hour to a day."""
    return value.split("T")[0] if value else None


def _is_at(label: Label, duty: Duty, rows: Mapping[str, Clause]) -> bool:
    """At the label's address; a label may also name the table that holds the row."""
    inside = duty.address in rows and duty.address.startswith(f"{label['address']}.")
    return inside or duty.address == label["address"]


def _is_row(clause: Clause) -> bool:
    """The label of a row is a cell, without punctuation."""
    return not clause.heading and clause.label != "" and clause.label[-1].isalnum()


def _plain(text: object) -> str:
    return collapse(fold(str(text or ""))).strip(" .;,:")
