"""The one file that joins things: settings → library, index, assistant, database, application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

from bot.answers import as_row, kind_of
from bot.dialogue import Assistant, to_reply
from index.build import Progress, current, open_search
from index.search import Search, entries_of, search_over
from knowledge.library import Library
from service.errors import NotReady
from service.indexing import ensure_search, index_stamp, nothing, open_encoder
from service.library.editions import current_edition, edition_stamp
from service.library.papers import library_of
from service.live import LiveAssistant, Told
from service.organisations import organisations_of, organisations_stamp
from service.settings import Settings
from service.shapes import Question

if TYPE_CHECKING:
    # Asking once in the terminal needs neither the web nor the database: they are loaded late.
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from service.delivery.worker import Work
    from service.library.working import Kinds


@dataclass(frozen=True, slots=True)
class Answering:
    """The assistant over one library and its index."""

    assistant: Assistant
    library: Library
    version: str

    def tell(self, question: Question, today: date) -> Told:
        """Ask the assistant and put its outcome into both shapes."""
        outcome = self.assistant.ask(
            question.text,
            today=question.today or today,
            history=question.history,
            unit=question.unit,
            home=question.home,
        )
        reply = to_reply(outcome)
        return Told(kind_of(outcome), cast(dict[str, JsonValue], as_row(outcome)), reply)


def open_library(settings: Settings) -> Library:
    """The papers that ship and those that the office has added; the same id supersedes."""
    return library_of(settings)


def open_answering(settings: Settings, progress: Progress = nothing) -> Answering:
    """The newest library with its index, which is built first where it is missing or another's."""
    edition = current_edition(settings)
    library = library_of(settings, edition)
    search = ensure_search(settings, library, progress)
    generation = current(settings.index_dir)
    version = f"{edition.number}-{generation.name}" if generation else ""
    return Answering(_assistant(settings, library, search), library, version)


def open_over_index(settings: Settings, name: str) -> Assistant:
    """The assistant over an earlier index, to see which answers differ."""
    library = open_library(settings)
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
    ensure_search(settings, library, progress)


def open_beside(settings: Settings, library: Library) -> Answering:
    """An assistant over other papers than those in use, with an index in memory."""
    search = search_over(entries_of(library.documents), open_encoder(settings))
    return Answering(_assistant(settings, library, search), library, "")


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
