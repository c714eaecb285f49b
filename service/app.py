"""The web application: routes, guards and one shape of error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine

from service import refusals
from service.admin import broadcasts, papers, question_set, set_file, units
from service.admin import desk as admin_desk
from service.admin.guard import GuardDesk
from service.asking import Desk
from service.delivery import web
from service.delivery.handling import Post
from service.delivery.receiving import Entrance, Letterbox
from service.delivery.streams import Look, News, Streams
from service.errors import FileTooLarge
from service.guards import UPLOAD_OVERHEAD, WEBHOOKS, LimitBody, LimitRate, Protect
from service.housekeeping import tidied
from service.library.working import jobs_wait
from service.live import LiveAssistant, following
from service.routes import (
    ask,
    bearer,
    chat,
    curated,
    docs,
    documents,
    events,
    files,
    health,
    pages,
    verifying,
    webhooks,
    widget,
)
from service.routes.desk import THREADS
from service.routes.webhooks import identified
from service.settings import Settings
from service.units_reading import LARGEST
from service.uploads import LimitUploads

_ABOUT = """Hỏi đáp về truyền thông chính sách, có dẫn điều khoản.

Mọi lỗi có cùng một dạng: `{"error": {"code", "message"}}`, `message` bằng tiếng Việt."""


_PARTS = (
    ask,
    documents,
    curated,
    chat,
    events,
    health,
    docs,
    pages,
    widget,
    files,
    verifying,
    webhooks,
    admin_desk,
)
#: For all applications of a process: to work so many routes out takes ten times as long as a
#: request, and every test has an application of its own.
_ROUTES = APIRouter()
for _part in _PARTS:
    _ROUTES.include_router(_part.router)


def idle() -> None:
    """Jobs wait for somebody to do them."""


def create_app(
    settings: Settings,
    assistant: LiveAssistant,
    engine: Engine,
    entrances: Mapping[str, Entrance] | None = None,
    start_jobs: Callable[[], None] = idle,
    stop_jobs: Callable[[], None] = idle,
) -> FastAPI:
    """The application over an open assistant and database; it closes the database at the end.

    `entrances`: of the channels whose platforms call us; `start_jobs`: has the jobs done that were
    put down, `stop_jobs`: ends whoever does them.
    """

    opened = dict(entrances or {})

    def look() -> None:
        assistant.current()
        if jobs_wait(engine):  # put down by a chat, or left by a process that was killed
            start_jobs()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        looked = tidied(engine, settings, lambda: assistant.library)
        async with identified(opened.values()), looked, following(look):
            yield
        app.state.streams.close()
        stop_jobs()
        engine.dispose()

    app = FastAPI(
        title="Trợ lý 407",
        description=_ABOUT,
        version="0.1.0",
        routes=_ROUTES.routes,
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from another host: ours is routes/docs.py
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.assistant = assistant
    app.state.desk = Desk(assistant, engine, settings)
    app.state.post = Post(app.state.desk, {web.NAME: web.LIMITS})
    app.state.streams = Streams(_looking(engine))
    app.state.letterbox = Letterbox(engine)
    app.state.doors = webhooks.Doors({name: entrance.door for name, entrance in opened.items()})
    app.state.start_jobs = start_jobs
    app.state.limiter = anyio.CapacityLimiter(THREADS)
    admin_desk.install(app)
    bearer.install(app)
    refusals.install(app)
    # The last one added is passed first.
    limit = settings.upload_limit_mb
    app.add_middleware(
        LimitBody,
        of_paths={
            WEBHOOKS: webhooks.LARGEST_EVENT,
            chat.FILES: (limit << 20) + UPLOAD_OVERHEAD,
            # A little too large is refused on the page, in words.
            broadcasts.PATH: 2 * (limit << 20),
            units.IMPORT: 2 * LARGEST,
            papers.PATH: papers.most_megabytes(limit) << 20,
            documents.PATH: (limit << 20) + UPLOAD_OVERHEAD,
            question_set.IMPORT: 2 * set_file.LARGEST,
        },
        errors={
            chat.FILES: FileTooLarge(f"Tệp lớn quá {limit} MB; Anh/chị vui lòng gửi bản nhỏ hơn."),
            broadcasts.PATH: FileTooLarge(),
            units.IMPORT: FileTooLarge(),
            papers.PATH: FileTooLarge(
                f"Các tệp cộng lại lớn quá {papers.most_megabytes(limit)} MB; "
                "Anh/chị vui lòng chia làm nhiều lần gửi."
            ),
            documents.PATH: FileTooLarge(),
            question_set.IMPORT: FileTooLarge(),
        },
        refused=app.state.doors.refuse_size,
    )
    app.add_middleware(LimitUploads, path=chat.FILES)
    app.add_middleware(LimitUploads, path=broadcasts.PATH)
    app.add_middleware(LimitUploads, path=papers.PATH)
    app.add_middleware(LimitUploads, path=documents.PATH)
    app.add_middleware(LimitRate, per_minute=settings.rate_limit)
    app.add_middleware(GuardDesk)
    app.add_middleware(Protect)
    return app


def _looking(engine: Engine) -> Look:
    """Looks for messages to the pages, in a thread of its own: answers must not delay them."""
    news, limiter = News(engine, web.NAME), anyio.CapacityLimiter(1)
    return lambda: anyio.to_thread.run_sync(news, limiter=limiter)
