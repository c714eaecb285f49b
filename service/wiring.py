"""The one file that joins things: settings → library, index, assistant, database, application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue import Assistant
from index.build import Progress, open_search
from index.search import Search, entries_of, search_over
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by
from service.answering import Answering, Shelf
from service.errors import NotReady
from service.indexing import ensure_index, ensure_indexes, index_stamp, nothing, open_encoder
from service.library.editions import current_edition, edition_stamp
from service.library.papers import library_of
from service.live import LiveAssistant
from service.organisations import organisations_of, organisations_stamp
from service.settings import Settings

if TYPE_CHECKING:
    # Asking once in the terminal needs neither the web nor the database: they are loaded late.
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from service.delivery.worker import Work
    from service.library.working import Kinds


def open_library(settings: Settings) -> Library:
    """The papers that ship and those that the office has added; the same id supersedes."""
    return library_of(settings)


def open_answering(settings: Settings, progress: Progress = nothing) -> Answering:
    """The newest library, with indexes, which are built first where they are missing or another's.

    `progress` hears of those that are opened at once.
    """
    encoder = open_encoder(settings)

    def opens(library: Library, readers: Readers) -> Shelf:
        step = progress if readers in (PUBLIC, OFFICERS) else nothing
        indexed = ensure_index(settings, library, readers, encoder, step)
        return Shelf(_assistant(settings, library, indexed.search), indexed.version)

    edition = current_edition(settings)
    return Answering(library_of(settings, edition), opens, edition.number)


def open_over_index(settings: Settings, name: str) -> Assistant:
    """Everybody's assistant over an earlier index, to see which answers differ."""
    library = seen_by(open_library(settings), PUBLIC)
    search = open_search(settings.index_dir, open_encoder(settings), name)
    return _assistant(settings, library, search)


def _assistant(settings: Settings, library: Library, search: Search) -> Assistant:
    return Assistant(
        library,
        search,
        organisations=organisations_of(settings),
        contact=settings.contact,
        public_url=settings.public_url,
    )


#: Seconds that a question may wait for knowledge that is being swapped.
_PATIENCE = 0.3


def open_live(
    settings: Settings, progress: Progress = nothing, patience: float = 60.0
) -> LiveAssistant:
    """An assistant that follows what is published, and what `troly index` changes on disk."""
    return LiveAssistant(
        load=lambda: open_answering(settings, progress),
        stamp=lambda: (
            edition_stamp(settings),
            index_stamp(settings),
            organisations_stamp(settings),
        ),
        patience=patience,
    )


def open_kinds(settings: Settings) -> Kinds:
    """The jobs of the library, over its index."""
    from service.library import comparing, tasks

    known = tasks.kinds(lambda task: lambda library: prepare(settings, library, task.progress))
    return {**known, "compare": comparing.kind(lambda library: open_beside(settings, library))}


def prepare(settings: Settings, library: Library, progress: Progress = nothing) -> None:
    """Whatever is needed to answer from `library`, before it is taken into use."""
    ensure_indexes(settings, library, progress)


def open_beside(settings: Settings, library: Library) -> Answering:
    """Assistants over other papers than those in use, with indexes in memory."""
    encoder = open_encoder(settings)

    def opens(library: Library, _readers: Readers) -> Shelf:
        search = search_over(entries_of(library.documents), encoder)
        return Shelf(_assistant(settings, library, search), "")

    return Answering(library, opens)


def open_storage(settings: Settings) -> Engine:
    """The database with its tables up to date; raises NotReady when it cannot be opened."""
    from sqlalchemy.exc import SQLAlchemyError

    from service.storage.engine import migrate, open_engine

    try:
        engine = open_engine(settings.storage_url)
        migrate(engine)
    except (SQLAlchemyError, OSError) as error:
        raise NotReady(
            f"Không mở được cơ sở dữ liệu ({type(error).__name__}); Anh/chị vui lòng kiểm tra "
            "TROLY_DATABASE_URL và TROLY_DATA_DIR."
        ) from error
    return engine


def open_work(settings: Settings, progress: Progress = nothing) -> Work:
    """All that a worker needs: the assistant, the database, and the channels in use."""
    from service.asking import Desk
    from service.channels import open_lines
    from service.delivery import web
    from service.delivery.handling import Post
    from service.delivery.worker import Work
    from service.privacy import forget_again

    desk = Desk(open_live(settings, progress, _PATIENCE), open_storage(settings), settings)
    forget_again(desk.engine, settings)
    lines = open_lines(settings, desk.engine)
    # What a web server that has died was answering is answered too: its page will look.
    limits = {web.NAME: web.LIMITS, **{line.channel.name: line.channel.limits for line in lines}}
    return Work(Post(desk, limits), lines)


def build_app(settings: Settings, progress: Progress = nothing) -> FastAPI:
    """The whole server, ready to be run."""
    from service.app import create_app
    from service.channels import open_entrances
    from service.library.working import Starter
    from service.privacy import forget_again

    engine = open_storage(settings)
    forget_again(engine, settings)
    live = open_live(settings, progress, _PATIENCE)
    starter = Starter()
    return create_app(settings, live, engine, open_entrances(settings), starter, starter.stop)
