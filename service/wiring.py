"""The one file that joins things: settings → library, index, assistant, database, application."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.dialogue import Assistant
from index.build import Progress, open_search
from index.search import Search
from knowledge.library import SHIPPED, Library, load_library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by
from service.answering import Answering, Shelf
from service.errors import NotReady
from service.indexing import ensure_index, index_stamp, nothing, open_encoder
from service.live import LiveAssistant
from service.settings import Settings

if TYPE_CHECKING:
    # Asking once in the terminal needs neither the web nor the database: they are loaded late.
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from service.delivery.worker import Work


def open_library(settings: Settings) -> Library:
    """The papers that ship and those that the office has added; the same id supersedes."""
    found = {document.id: document for document in _shipped().documents}
    found |= {document.id: document for document in load_library(settings.library_dir).documents}
    return Library(tuple(found.values()))


@cache
def _shipped() -> Library:
    """Read once: these files change only with the program, and reading them takes a second."""
    return load_library(SHIPPED)


def open_answering(settings: Settings, progress: Progress = nothing) -> Answering:
    """The newest library, with indexes, which are built first where they are missing or another's.

    `progress` hears of those that are opened at once.
    """
    encoder = open_encoder(settings)

    def opens(library: Library, readers: Readers) -> Shelf:
        step = progress if readers in (PUBLIC, OFFICERS) else nothing
        indexed = ensure_index(settings, library, readers, encoder, step)
        return Shelf(_assistant(settings, library, indexed.search), indexed.version)

    return Answering(open_library(settings), opens)


def open_over_index(settings: Settings, name: str) -> Assistant:
    """Everybody's assistant over an earlier index, to see which answers differ."""
    library = seen_by(open_library(settings), PUBLIC)
    search = open_search(settings.index_dir, open_encoder(settings), name)
    return _assistant(settings, library, search)


def _assistant(settings: Settings, library: Library, search: Search) -> Assistant:
    return Assistant(library, search, contact=settings.contact, public_url=settings.public_url)


def open_live(settings: Settings, progress: Progress = nothing) -> LiveAssistant:
    """An assistant that follows what `troly knowledge` and `troly index` change on disk."""
    return LiveAssistant(
        load=lambda: open_answering(settings, progress), stamp=lambda: index_stamp(settings)
    )


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

    desk = Desk(open_live(settings, progress), open_storage(settings), settings)
    forget_again(desk.engine, settings)
    lines = open_lines(settings, desk.engine)
    # What a web server that has died was answering is answered too: its page will look.
    limits = {web.NAME: web.LIMITS, **{line.channel.name: line.channel.limits for line in lines}}
    return Work(Post(desk, limits), lines)


def build_app(settings: Settings, progress: Progress = nothing) -> FastAPI:
    """The whole server, ready to be run."""
    from service.app import create_app
    from service.channels import open_entrances
    from service.privacy import forget_again

    engine = open_storage(settings)
    forget_again(engine, settings)
    return create_app(settings, open_live(settings, progress), engine, open_entrances(settings))
