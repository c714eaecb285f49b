"""`troly serve`: the web chat and the API on one address."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from service import clock
from service.commands.doors import doors_of
from service.commands.minding import workers
from service.commands.screen import out, working
from service.errors import PortTaken
from service.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_PATIENCE = 10  #: seconds for requests to end when the server stops


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Cổng (TROLY_PORT).")] = None,
    host: Annotated[
        str, typer.Option(help="Địa chỉ lắng nghe; 0.0.0.0 để máy khác trong mạng truy cập được.")
    ] = "127.0.0.1",
    with_worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Tự chạy tiến trình phục vụ Zalo, Telegram."),
    ] = True,
) -> None:
    """Chạy trang trò chuyện và API; lần đầu sẽ lập chỉ mục kho văn bản."""
    settings = doors_of(context).settings()
    from service.live import set_apart
    from service.wiring import build_app

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    chosen = port or settings.port
    with listen(host, chosen) as listening:
        with working("Chuẩn bị kho văn bản và cơ sở dữ liệu") as step:
            app = build_app(settings, step)
        set_apart()
        with workers(settings.workers if with_worker and settings.channels else 0):
            _run(
                app,
                listening,
                lambda: where_to_click(settings, host, chosen, way_to_the_desk(app, settings)),
            )


def _run(app: FastAPI, listening: socket.socket, greeting: Callable[[], str]) -> None:
    """Serve until asked to stop; `greeting` is printed once the server answers."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            out().print(greeting(), markup=False)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Before waiting for requests to end: the streams of open pages never would.
            app.state.streams.close()
            await super().shutdown(sockets)

    # No access log: it would name the address of whoever asks, and the question.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the port; raises PortTaken, so that nothing is prepared in vain."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves its delay on: 40 ms before the body of every answer.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortTaken(
            f"Không mở được cổng {port} tại {host} ({error.strerror}); "
            "Anh/chị vui lòng chọn cổng khác, ví dụ: troly serve --port 8010."
        ) from error
    return bound


def way_to_the_desk(app: FastAPI, settings: Settings) -> str:
    """The path of the desk; at the first start, of the link where its owner sets a password."""
    from service.admin.accounts import first_link, link_path
    from service.storage.engine import transaction

    with transaction(app.state.desk.engine) as session:
        code = first_link(session, clock.now(settings))
    return link_path(code) if code else "/admin"


def address_of(host: str, port: int) -> str:
    """What a browser on this machine opens."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def where_to_click(settings: Settings, host: str, port: int, desk: str = "/admin") -> str:
    """What to open in a browser, once the server answers; `desk`: the path of the desk."""
    here = address_of(host, port)
    lines = [
        f"Trợ lý 407 đang chạy. Mở trình duyệt tại: {settings.public_url or here}",
        f"  Kho văn bản: {here}/documents    API: {here}/docs",
    ]
    if desk == "/admin":
        lines.append(f"  Bàn làm việc của cán bộ: {here}{desk}")
    else:
        # The desk may stay inside: its address is never the public one.
        lines.append(
            "Lần đầu: Anh/chị mở liên kết sau để đặt mật khẩu quản trị; liên kết dùng được"
        )
        lines.append("một lần, trong 24 giờ, không gửi cho người khác:")
        lines.append(f"  {here}{desk}")
    lines.append("Nhấn Ctrl+C để dừng.")
    return "\n".join(lines)
