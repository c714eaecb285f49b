"""What a paper that waits would change for units: duties, and what was put on them by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import JsonValue
from sqlmodel import Session

from bot.answers import shorten
from knowledge.citations import in_words
from knowledge.documents import Document, Duty
from knowledge.library import Library
from service.duties.assigning import recipient_of
from service.duties.changes import changes
from service.duties.matching import compare_duties, told_time
from service.storage.obligations import unsent_reminders

_TITLE = 300  #: characters of a duty
_LISTED = 200  #: of each sort at most


def duty_changes(
    session: Session, paper: Document, before: Library, now: Library, today: date
) -> dict[str, JsonValue]:
    """Duties added, removed and changed by the paper, and the obligations that are touched.

    {"added", "removed": [{"title", "source"}], "changed": [{"title", "source", "parts": [[part,
    before, now]]}], "counts": {…}, "touched": [{"id", "title", "kind", "owed", "coming",
    "waiting"}]}; of each at most _LISTED.
    """
    replaced = [d for d in before.documents if d.id in (paper.id, *paper.supersedes)]
    of = {duty.address + duty.duty: document for document in replaced for duty in document.duties}
    found = compare_duties([d for document in replaced for d in document.duties], paper.duties)
    touched = _touched(session, before, now, today)
    return {
        "counts": {
            "added": len(found.added),
            "removed": len(found.removed),
            "changed": len(found.changed),
            "touched": len(touched),
        },
        "added": [_told(paper, duty) for duty in found.added[:_LISTED]],
        "removed": [
            _told(of.get(duty.address + duty.duty, paper), duty) for duty in found.removed[:_LISTED]
        ],
        "changed": [
            {**_told(paper, new), "parts": _parts(old, new)} for old, new in found.changed[:_LISTED]
        ],
        "touched": list(touched[:_LISTED]),
    }


def _touched(session: Session, before: Library, now: Library, today: date) -> Sequence[JsonValue]:
    """What would be proposed for what was put on units, and is not proposed already."""
    known = {(one.obligation.id, one.fingerprint) for one in changes(session, before, today)}
    found: list[JsonValue] = []
    for change in changes(session, now, today):
        id_ = change.obligation.id
        if id_ is None or (id_, change.fingerprint) in known:
            continue
        coming, waiting = unsent_reminders(session, id_)
        found.append(
            {
                "id": id_,
                "title": shorten(change.obligation.title, _TITLE),
                "kind": change.kind,
                "owed": change.standing.open + change.standing.late,
                "coming": coming,
                "waiting": waiting,
            }
        )
    return found


def _told(document: Document, duty: Duty) -> dict[str, JsonValue]:
    return {
        "title": shorten(duty.duty, _TITLE),
        "source": f"{in_words(document, duty.address)}, {document.short_title}",
        "when": told_time(duty),
        "leads": "; ".join(duty.leads),
    }


def _parts(old: Duty, new: Duty) -> list[JsonValue]:
    """What differs, by the parts that people name: [part, before, now]."""
    told = (
        ("day", told_time(old), told_time(new)),
        ("title", shorten(old.duty, _TITLE), shorten(new.duty, _TITLE)),
        ("leads", "; ".join(old.leads), "; ".join(new.leads)),
        ("coordinates", "; ".join(old.coordinates), "; ".join(new.coordinates)),
        ("recipient", recipient_of(old), recipient_of(new)),
        ("source", old.address, new.address),
    )
    return [[part, before, now] for part, before, now in told if before != now]
