"""A strict Zalo in one server: OAuth, OpenAPI, business host, webhook sender, attachments."""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes import zalo_files, zalo_messages, zalo_oauth, zalo_profiles, zalo_templates
from tests.fakes.zalo_control import announce, control_routes
from tests.fakes.zalo_endpoints import BUSINESS, OPENAPI, OPENAPI_ZBS, endpoint, nowhere
from tests.fakes.zalo_office import APP, OA, OA_SECRET, SECRET, FakeZalo
from tests.fakes.zalo_serving import bound, server_of, serving, with_faults

ROUTES = [
    ("POST", "/v3.0/oa/message/cs", OPENAPI, zalo_messages.send_cs),
    ("POST", "/v3.0/oa/message/template", OPENAPI_ZBS, zalo_templates.send_by_uid),
    ("POST", "/v2.0/oa/message", OPENAPI, zalo_messages.send_v2),
    ("POST", "/v2.0/oa/upload/image", OPENAPI, zalo_files.upload_to("image")),
    ("POST", "/v2.0/oa/upload/gif", OPENAPI, zalo_files.upload_to("gif")),
    ("POST", "/v2.0/oa/upload/file", OPENAPI, zalo_files.upload_to("file")),
    ("GET", "/v3.0/oa/user/detail", OPENAPI, zalo_profiles.user_detail),
    ("GET", "/v2.0/oa/getoa", OPENAPI, zalo_profiles.get_oa),
    ("POST", "/v3.0/oa/quota/message", OPENAPI, zalo_profiles.quota),
    ("POST", "/message/template", BUSINESS, zalo_templates.send_by_phone),
    ("POST", "/message/template/hashphone", BUSINESS, zalo_templates.send_by_hash),
    ("GET", "/message/quota", BUSINESS, zalo_templates.quota),
    ("GET", "/message/status", BUSINESS, zalo_templates.status),
    ("GET", "/template/info/v2", BUSINESS, zalo_templates.info),
    ("GET", "/template/all", BUSINESS, zalo_templates.every),
]


def app_of(control: FakeZalo) -> Starlette:
    """The server; the three hosts and the attachments share one address."""
    zalo = control.zalo

    async def token(request: Request) -> Response:
        answer = partial(zalo_oauth.access_token, zalo, request)
        return await with_faults(control.faults, request, answer, zalo_oauth.faulty)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        control.loop = asyncio.get_running_loop()
        async with control.postman:
            clockwork = asyncio.create_task(control.timeline.run())
            yield
            clockwork.cancel()
        control.loop = None

    routes = [
        *control_routes(control),
        Route("/v4/oa/permission", partial(zalo_oauth.permission, zalo), methods=["GET"]),
        Route("/v4/oa/access_token", token, methods=["POST"]),
        *(
            Route(path, endpoint(control, zalo, host, work), methods=[method])
            for method, path, host, work in ROUTES
        ),
        Route("/attachments/{id}/{name}", partial(zalo_files.attachment, zalo), methods=["GET"]),
        Route("/{rest:path}", endpoint(control, zalo, OPENAPI, nowhere), methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


@contextmanager
def served(control: FakeZalo, port: int = 0) -> Iterator[FakeZalo]:
    """Serve it in the background; leaving and entering again is a restart that forgets nothing."""
    with serving(app_of(control), port=port) as url:
        control.url = url
        yield control


def main(arguments: list[str] | None = None) -> None:
    """Serve until stopped; the first line of the output is JSON with what a client needs."""
    options = _options().parse_args(arguments)
    control = FakeZalo(
        app_id=options.app_id,
        secret=options.secret,
        oa_secret=options.oa_secret,
        oa_id=options.oa_id,
        speed=options.speed,
    )
    if options.access_token:
        control.adopt(options.access_token, options.refresh_token)
    else:
        control.mint()
    with bound(options.host, options.port) as listening:
        control.url = f"http://{options.host}:{listening.getsockname()[1]}"
        announce(app_id=options.app_id, oa_id=options.oa_id, **control.about(), **control.pair())
        if options.webhook:
            keep_registered(control, options.webhook)
        server_of(app_of(control)).run([listening])


def keep_registered(control: FakeZalo, url: str) -> None:
    """Register in the background, again until whoever listens there has started."""

    def register() -> None:
        while not (control.loop and control.register_webhook(url)):
            time.sleep(0.3)

    threading.Thread(target=register, daemon=True).start()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.fakes.zalo")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8407)
    parser.add_argument("--app-id", default=APP)
    parser.add_argument("--oa-id", default=OA)
    parser.add_argument("--secret", default=SECRET)
    parser.add_argument("--oa-secret", default=OA_SECRET)
    parser.add_argument("--webhook", default="", help="where events are posted")
    parser.add_argument("--access-token", default="")
    parser.add_argument("--refresh-token", default="")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast its clock runs")
    return parser


if __name__ == "__main__":
    main()
