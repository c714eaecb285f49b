"""A change of the library, whole: a new edition, its index, then one rename; and back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from knowledge.documents import Document
from knowledge.library import Library
from service.errors import NothingToCite, PaperRefused
from service.library.editions import (
    Edition,
    What,
    alone,
    current_edition,
    get_edition,
    shelve,
    take_into_use,
    versions_of,
    workspace,
    write_edition,
)
from service.library.papers import library_of, shipped, write_paper
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.papers import settle_papers

_NAMED = 20  #: papers that an edition names as what has changed

#: Builds whatever is needed to answer from a library, before it is taken into use.
Prepare = Callable[[Library], None]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where papers are put: the data folder, the database, and the index that follows."""

    settings: Settings
    engine: Engine
    prepare: Prepare


@dataclass(frozen=True, slots=True)
class By:
    """Who changes the library, and when."""

    actor: str  #: as the audit trail names people
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A paper to be published, with its file as it was handed in."""

    paper: Document
    file_name: str
    sha256: str


def publish(
    shelf: Shelf,
    parts: Sequence[Part],
    by: By,
    *,
    versions: Mapping[str, int] | None = None,
    kept: Callable[[Mapping[str, int]], None] | None = None,
) -> Edition:
    """These papers answer from now on, all of them or none, in place of the versions before them.

    `kept` is told under which versions, before anything is done with them; a publishing that was
    interrupted gives them back as `versions` and goes on. On an error the edition in use stays.
    """
    for part in parts:
        if not part.paper.clauses:
            raise NothingToCite
    settings = shelf.settings
    with alone(settings):
        before = current_edition(settings)
        if versions is None:
            versions = {
                part.paper.id: 1 + max(versions_of(settings, part.paper.id), default=0)
                for part in parts
            }
            if kept:
                kept(versions)
        for part in parts:
            _shelve(settings, part.paper, versions[part.paper.id])
        edition = before  # where the process was killed after the rename
        if any(before.papers.get(id_) != version for id_, version in versions.items()):
            wanted = replace(
                before,
                papers={**before.papers, **versions},
                left_out=tuple(id_ for id_ in before.left_out if id_ not in versions),
                what="published",
                subject=" ".join(sorted(versions)) if len(versions) < _NAMED else "",
            )
            edition = _change(shelf, wanted, by)
        files = {
            (part.paper.id, versions[part.paper.id]): (part.file_name, part.sha256)
            for part in parts
        }
        _settle(shelf, edition, by.at, files)
    return edition


def _shelve(settings: Settings, paper: Document, version: int) -> None:
    """Nothing is done where an interrupted publishing has done it."""
    if version in versions_of(settings, paper.id):
        return
    with workspace(settings) as space:
        filled = space / "filled"
        filled.mkdir()
        write_paper(filled, replace(paper, version=version))
        shelve(settings, paper.id, version, filled)


def remove(shelf: Shelf, document_id: str, by: By) -> Edition:
    """Take a paper of the office out; a shipped one that it took the place of counts again.

    Raises PaperRefused for a paper that is not the office's.
    """
    with alone(shelf.settings):
        before = current_edition(shelf.settings)
        if document_id not in before.papers:
            raise PaperRefused(
                f"Văn bản {document_id} đi kèm phần mềm nên không gỡ được."
                if document_id in shipped()
                else f"Không có văn bản {document_id} trong số văn bản đơn vị đã thêm."
            )
        left = {id_: n for id_, n in before.papers.items() if id_ != document_id}
        edition = _change(
            shelf, replace(before, papers=left, what="removed", subject=document_id), by
        )
        _settle(shelf, edition, by.at)
    return edition


def leave_out(shelf: Shelf, document_ids: tuple[str, ...], by: By) -> Edition:
    """These papers that ship, and no others, are not used any more; () takes all of them in."""
    with alone(shelf.settings):
        before = current_edition(shelf.settings)
        out = tuple(sorted({id_ for id_ in document_ids if id_ in shipped()}))
        if out == tuple(sorted(before.left_out)):
            return before
        what: What = "left_out" if len(out) > len(before.left_out) else "taken_in"
        return _change(shelf, replace(before, left_out=out, what=what, subject=""), by)


def restore(shelf: Shelf, number: int, by: By) -> Edition:
    """The papers are again those of edition `number`: a new edition that answers as it did."""
    settings = shelf.settings
    with alone(settings):
        before, wanted = current_edition(settings), get_edition(settings, number)
        if before.same_papers == wanted.same_papers:
            edition = before
        else:
            edition = _change(
                shelf,
                replace(
                    before,
                    papers=dict(wanted.papers),
                    left_out=wanted.left_out,
                    what="restored",
                    subject=f"{number}",
                ),
                by,
            )
        _settle(shelf, edition, by.at)
    return edition


def _change(shelf: Shelf, wanted: Edition, by: By) -> Edition:
    """`wanted` differs from the edition in use, whose number it still has."""
    settings = shelf.settings
    edition = write_edition(settings, replace(wanted, before=wanted.number, by=by.actor, at=by.at))
    shelf.prepare(library_of(settings, edition))
    take_into_use(settings, edition)
    return edition


def _settle(
    shelf: Shelf,
    edition: Edition,
    at: datetime,
    files: Mapping[tuple[str, int], tuple[str, str]] | None = None,
) -> None:
    with transaction(shelf.engine) as session:
        settle_papers(session, edition.papers, files or {}, at)
