"""Keep the search index that of the library: build when they differ, go back when asked."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from index.build import Generation, Progress, Status, build, current, fingerprint, open_search
from index.build import rollback as roll_back
from index.build import status as read_status
from index.encoder import Encoder, fetch_model, find_encoder
from index.errors import EncoderMissing, NothingToRollBack, SearchError
from index.search import Entry, Search, entries_of
from knowledge.library import Library
from service.errors import ServiceError
from service.settings import Settings

log = logging.getLogger(__name__)

#: Written when a person goes back to an earlier index: it stays until the library changes.
_CHOICE = "choice.json"


@dataclass(frozen=True, slots=True)
class State:
    """What lies in the index folder, and whether it is that of the library."""

    status: Status
    matches: bool  #: the index in use was built from the library and model of now
    chosen: bool  #: a person went back to it


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


def ensure_search(
    settings: Settings, library: Library, progress: Progress = nothing, *, again: bool = False
) -> Search:
    """The index of `library`, built first where there is none or it is another's.

    An index that a person went back to is kept until the library changes, or `again`.
    """
    encoder = open_encoder(settings)
    entries = entries_of(library.documents)
    wanted = fingerprint(entries, encoder)
    if again or not _chosen(settings.index_dir, wanted):
        (settings.index_dir / _CHOICE).unlink(missing_ok=True)
        build(entries, settings.index_dir, encoder, progress)
    return open_search(settings.index_dir, encoder)


def build_index(settings: Settings, library: Library, progress: Progress) -> Generation:
    """Bring the index up to date with the library, whatever was gone back to."""
    ensure_search(settings, library, progress, again=True)
    built = current(settings.index_dir)
    assert built is not None
    return built


def go_back(settings: Settings, library: Library) -> Generation:
    """Use the index before this one; raises NothingToRollBack when it does not fit the library."""
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
    """What is in use now and whether it is that of the library."""
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
    """Changes whenever another index is taken into use; costs one look at a file's date."""
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
