"""Keep the search index that of the library: build when they differ, go back when asked."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from index.build import (
    Generation,
    Progress,
    Status,
    build_search,
    current,
    fingerprint,
    open_search,
)
from index.build import rollback as roll_back
from index.build import status as read_status
from index.encoder import Encoder, fetch_model, find_encoder
from index.errors import EncoderMissing, NothingToRollBack, SearchError
from index.search import Entry, Search, entries_of
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by
from service.errors import ServiceError
from service.settings import Settings

log = logging.getLogger(__name__)

#: Written when a person goes back to an earlier index: it stays until the library changes.
_CHOICE = "choice.json"
#: Folders of indexes beside that of what everybody reads.
_OFFICERS, _UNITS = "officers", "units-"
_KEPT = 32  #: indexes for single units


@dataclass(frozen=True, slots=True)
class State:
    """What lies in the index folder, and whether it is that of the library."""

    status: Status
    matches: bool  #: the index in use was built from the library and model of now
    chosen: bool  #: a person went back to it


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index, open."""

    search: Search
    version: str
    name: str  #: of its generation


def nothing(_step: str) -> None:
    """Progress that nobody watches."""


def models_dir(settings: Settings) -> Path:
    """Where `index fetch-model` puts models."""
    return settings.data_dir / "models"


def open_encoder(settings: Settings) -> Encoder | None:
    """The model of the settings; without the one that ships, search goes by words alone."""
    try:
        return find_encoder(settings.encoder, models_dir(settings))
    except EncoderMissing:
        if settings.encoder is not None:
            raise
        log.warning("no model ships with this copy: search goes by words alone")
        return None


def ensure_index(
    settings: Settings,
    library: Library,
    readers: Readers,
    encoder: Encoder | None,
    progress: Progress = nothing,
    *,
    again: bool = False,
    before: Indexed | None = None,
) -> Indexed:
    """The index of `library`, all that `readers` may read, built first where it is another's.

    An index that a person went back to is kept until these papers change, or `again`. What an open
    one `before` it has of the same clauses is taken over.
    """
    folder = index_of(settings, readers)
    entries = entries_of(library.documents)
    wanted = fingerprint(entries, encoder)
    used = current(folder)
    if used is None or again or not _chosen(folder, wanted):
        (folder / _CHOICE).unlink(missing_ok=True)
        earlier = (before.name, before.search) if before else None
        used, search = build_search(entries, folder, encoder, progress, before=earlier)
    else:
        # By its name: another process may have taken that of another library into use by now.
        search = open_search(folder, encoder, used.name)
    _tidy(folder)
    version = used.name if readers == PUBLIC else f"{folder.name}/{used.name}"
    return Indexed(search, version, used.name)


def index_of(settings: Settings, readers: Readers) -> Path:
    """The folder of the index for what these may read; that of what everybody reads has no other.

    Clauses that somebody may not read stand in no index that their questions go to.
    """
    if readers == PUBLIC:
        return settings.index_dir
    if readers == OFFICERS:
        return settings.index_dir / _OFFICERS
    named = "\n".join(sorted(readers))
    return settings.index_dir / f"{_UNITS}{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def _tidy(folder: Path) -> None:
    """Of the indexes for single units those asked for last are kept."""
    if not folder.name.startswith(_UNITS):
        return
    os.utime(folder)
    others = sorted(folder.parent.glob(f"{_UNITS}*"), key=_asked_for)[:-_KEPT]
    for other in others:
        shutil.rmtree(other, ignore_errors=True)


def _asked_for(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process has just put it away
        return 0.0


class Indexes:
    """The indexes of what everybody reads and of what all officers do, held open for the next."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[Readers, Indexed] = {}

    def ensure(
        self, library: Library, progress: Progress = nothing, *, again: bool = False
    ) -> None:
        """Those of `library`; those for single units are built when they are asked for."""
        encoder, public = open_encoder(self._settings), seen_by(library, PUBLIC)
        wanted = {PUBLIC: public}
        of_officers = seen_by(library, OFFICERS)
        if of_officers != public:
            wanted[OFFICERS] = of_officers
        for readers, papers in wanted.items():
            before = self._open.get(readers)
            self._open[readers] = ensure_index(
                self._settings, papers, readers, encoder, progress, again=again, before=before
            )


def build_index(settings: Settings, library: Library, progress: Progress) -> Generation:
    """Bring the indexes up to date with the library, whatever was gone back to; the public one."""
    Indexes(settings).ensure(library, progress, again=True)
    built = current(settings.index_dir)
    assert built is not None
    return built


def go_back(settings: Settings, library: Library) -> Generation:
    """Use the index before this one for what everybody reads of the whole library.

    Raises NothingToRollBack when it does not fit.
    """
    library = seen_by(library, PUBLIC)
    encoder = open_encoder(settings)
    earlier = roll_back(settings.index_dir)
    try:
        fits = _fits(open_search(settings.index_dir, encoder).entries, library)
    except SearchError:
        fits = False
    if not fits:
        roll_back(settings.index_dir)
        raise NothingToRollBack(
            "Chỉ mục trước không còn khớp với kho văn bản hiện nay nên không dùng lại được."
        )
    wanted = fingerprint(entries_of(library.documents), encoder)
    choice = {"generation": earlier.name, "library": wanted}
    (settings.index_dir / _CHOICE).write_text(json.dumps(choice), "utf-8")
    return earlier


def index_state(settings: Settings, library: Library) -> State:
    """What is in use for everybody, and whether it is that of what they read of the library."""
    library = seen_by(library, PUBLIC)
    status = read_status(settings.index_dir)
    wanted = fingerprint(entries_of(library.documents), open_encoder(settings))
    matches = status.current is not None and status.current.fingerprint == wanted
    return State(status, matches, not matches and _chosen(settings.index_dir, wanted))


def fetch(settings: Settings, name: str) -> Path:
    """Download a model into the data folder: the one thing here that uses the network."""
    try:
        return fetch_model(name, models_dir(settings))
    except Exception as error:  # whatever a network and a foreign server can do
        raise ServiceError(
            f"Không tải được mô hình {name} ({type(error).__name__}); "
            "Anh/chị vui lòng kiểm tra tên mô hình và kết nối mạng."
        ) from error


def index_stamp(settings: Settings) -> int:
    """Changes whenever another index is taken into use; costs a look at the date of a file."""
    try:
        return (settings.index_dir / "current.json").stat().st_mtime_ns
    except OSError:
        return 0


def _chosen(folder: Path, wanted: str) -> bool:
    try:
        choice = json.loads((folder / _CHOICE).read_text("utf-8"))
        named, library = choice["generation"], choice["library"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    used = current(folder)
    return used is not None and used.name == named and library == wanted


def _fits(entries: tuple[Entry, ...], library: Library) -> bool:
    """Whether every clause of the index is still in the library: an answer must find it there."""
    present = {(d.id, clause.address) for d in library.documents for clause in d.clauses}
    return all((entry.document, entry.address) in present for entry in entries)
