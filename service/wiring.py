"""The one file that joins things: settings → library, index, assistant, database, application."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bot.dialogue import Assistant
from index.build import Progress, open_search
from index.growing import search_after
from index.search import Search, entries_of, search_over
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by
from service.answering import Answering, Shelf
from service.errors import NotReady
from service.indexing import Indexed, Indexes, ensure_index, index_stamp, nothing, open_encoder
from service.library.editions import current_edition, edition_stamp
from service.library.papers import library_of
from service.live import Answers, LiveAssistant
from service.organisations import organisations_of, organisations_stamp
from service.settings import Settings

if TYPE_CHECKING:
    # Asking once in the terminal needs neither the web nor the database: they are loaded late.
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from service.delivery.worker import Work
    from service.library.working import Kinds


def open_answering(
    settings: Settings, progress: Progress = nothing, before: Answering | None = None
) -> Answering:
    """The newest library, with indexes, which are built first where they are missing or another's.

    `progress` hears of those that are opened at once; what `before` has ready is taken over.
    """
    encoder = open_encoder(settings)

    def opens(library: Library, readers: Readers, before: Shelf | None) -> Shelf:
        step = progress if readers in (PUBLIC, OFFICERS) else nothing
        earlier = before.indexed if before else None
        indexed = ensure_index(settings, library, readers, encoder, step, before=earlier)
        older = before.assistant if before else None
        return Shelf(_assistant(settings, library, indexed.search, older), indexed)

    edition = current_edition(settings)
    return Answering(library_of(settings, edition), opens, edition.number, before)


def open_over_index(settings: Settings, name: str) -> Assistant:
    """Everybody's assistant over an earlier index, to see which answers differ."""
    library = seen_by(library_of(settings), PUBLIC)
    search = open_search(settings.index_dir, open_encoder(settings), name)
    return _assistant(settings, library, search)


def _assistant(
    settings: Settings, library: Library, search: Search, before: Assistant | None = None
) -> Assistant:
    return Assistant(
        library,
        search,
        organisations=organisations_of(settings),
        contact=settings.contact,
        public_url=settings.public_url,
        before=before,
    )


#: Seconds that a question may wait for knowledge that is being swapped.
_PATIENCE = 0.3


def open_live(
    settings: Settings, progress: Progress = nothing, patience: float = 60.0
) -> LiveAssistant:
    """An assistant that follows what is published, and what `troly index` changes on disk."""
    newest: list[Answering] = []

    def load() -> Answering:
        answering = open_answering(settings, progress, newest[-1] if newest else None)
        newest[:] = [answering]
        return answering

    def stamp() -> tuple[int, ...]:
        return edition_stamp(settings), index_stamp(settings), organisations_stamp(settings)

    return LiveAssistant(load, stamp, patience)


def open_kinds(settings: Settings) -> tuple[Kinds, Callable[[], None]]:
    """The jobs of the library, over its index, and of tables; what makes the next quick."""
    from service.admin import exporting, importing
    from service.library import comparing, tasks

    indexes = Indexes(settings)
    known = tasks.kinds(lambda task: lambda library: indexes.ensure(library, task.progress))
    compare = comparing.kind(partial(open_beside, settings))
    tables = {"export": exporting.KIND, "import": importing.KIND}
    return {**known, "compare": compare, **tables}, lambda: indexes.ensure(library_of(settings))


def prepare(settings: Settings, library: Library, progress: Progress = nothing) -> None:
    """Whatever is needed to answer from `library`, before it is taken into use."""
    Indexes(settings).ensure(library, progress)


def open_beside(settings: Settings, library: Library, before: Answers | None = None) -> Answering:
    """An assistant over other papers than those in use, with an index in memory.

    What was prepared for `before`, which this gave earlier, is not prepared again.
    """
    encoder = open_encoder(settings)

    def opens(papers: Library, _readers: Readers, earlier: Shelf | None) -> Shelf:
        entries = entries_of(papers.documents)
        if earlier is None:
            search, older = search_over(entries, encoder), None
        else:
            search = search_after(earlier.indexed.search, entries, encoder)
            older = earlier.assistant
        return Shelf(_assistant(settings, papers, search, older), Indexed(search, "", ""))

    return Answering(library, opens, 0, before if isinstance(before, Answering) else None)


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
    starter = Starter(settings)
    return create_app(settings, live, engine, open_entrances(settings), starter, starter.stop)
