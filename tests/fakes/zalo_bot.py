"""A strict Zalo Bot Platform: polling or webhook, text and photos, no buttons and no files."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.zalo_bot_methods import METHODS, BotError, BotState, Json, params_of
from tests.fakes.zalo_chatting import Chatting
from tests.fakes.zalo_clock import Clock
from tests.fakes.zalo_control import announce, control_routes
from tests.fakes.zalo_events import as_bytes
from tests.fakes.zalo_postman import Letter
from tests.fakes.zalo_serving import Fault, bound, server_of, serving, with_faults
from tests.fakes.zalo_talk import Line

TOKEN = "12345689:abc-xyz"
SECRET_HEADER = "X-Bot-Api-Secret-Token"


class FakeZaloBot(Chatting):
    """One bot; serve it with `served` and drive it with its methods."""

    name = "Zalo Bot giả lập"

    def __init__(
        self,
        token: str = TOKEN,
        *,
        now: Callable[[], float] = time.time,
        speed: float = 1.0,
        **rules: Any,
    ) -> None:
        self.bot = BotState(clock=Clock(now, speed), token=token)
        super().__init__(self.bot, self.bot.rules)
        self.bot.probe = lambda: self._post("", b"{}")
        self.rules(**rules)

    def says(self, user: str, text: str, *, group: str = "") -> str:
        """Text, in private or in a group; returns its message_id."""
        return self._wrote(user, group, "text", {"text": text}, text)

    def taps(self, user: str, label: str, *, group: str = "") -> str:
        """Type a choice that the last message offers in words: there are no buttons here."""
        shown = self.sent(group or user)
        if not shown or label not in shown[-1].text:
            raise LookupError(f"the last message does not offer {label!r}")
        return self.says(user, label, group=group)

    def sends_photo(self, user: str, url: str = "", caption: str = "", *, group: str = "") -> str:
        """A picture, by the address that the platform gives it."""
        url = url or "https://photo.example.zdn.vn/1.jpg"
        told = {self.bot.rules.photo_field: url, "caption": caption}
        return self._wrote(user, group, "image", told, caption, url)

    def sends_sticker(self, user: str, *, group: str = "") -> str:
        """A sticker."""
        told = {"sticker": "0abc", "url": "https://stickers.example.zdn.vn/0abc"}
        return self._wrote(user, group, "sticker", told)

    def sends_voice(self, user: str, *, group: str = "") -> str:
        """A voice message."""
        told = {"voice_url": "https://voice.example.zdn.vn/1.aac"}
        return self._wrote(user, group, "voice", told)

    def sends_file(
        self, user: str, name: str = "", content: bytes = b"", *, group: str = ""
    ) -> str:
        """A file: the platform passes on only that there was something."""
        return self._wrote(user, group, "unsupported", {}, file=name)

    def users(self) -> list[dict[str, str]]:
        """Everybody who wrote, and every group."""
        return [{"id": chat, "name": _name(chat)} for chat in list(self.bot.lines)]

    def actions(self) -> list[tuple[str, str]]:
        """The chat actions, each with its chat."""
        return list(self.bot.actions)

    def webhook(self) -> dict[str, Any]:
        """How the webhook is doing."""
        return {
            "url": self.bot.webhook,
            "pending": self.postman.pending,
            "waiting": len(self.bot.updates),
        }

    def _wrote(
        self, user: str, group: str, kind: str, told: Json, text: str = "", file: str = ""
    ) -> str:
        chat, id_ = group or user, self.bot.new_id()
        self.bot.say(Line(id_, chat, "user", kind, self.clock(), text, file=file))
        message = {
            "message_id": id_,
            "date": int(self.clock() * 1000),
            "from": {"id": user, "display_name": _name(user), "is_bot": False},
            "chat": {"id": chat, "chat_type": "GROUP" if group else "PRIVATE"},
            **told,
        }
        self._tell(chat, {"event_name": f"message.{kind}.received", "message": message})
        return id_

    def _tell(self, chat: str, event: Json) -> None:
        if self.bot.webhook:
            self._post(chat, as_bytes({"ok": True, "result": event}))
            return
        self.bot.updates.append(event)
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.bot.arrived.set)

    def _post(self, chat: str, body: bytes) -> None:
        self.postman.url = self.bot.webhook
        self.postman.carry(Letter(chat, "", body, {SECRET_HEADER: self.bot.secret}))


def app_of(control: FakeZaloBot) -> Starlette:
    """The server."""
    bot = control.bot

    async def method(request: Request) -> Response:
        async def answer() -> Response:
            try:
                return JSONResponse({"ok": True, "result": await _done(bot, request)})
            except BotError as error:
                if error.code != 408:  # nothing to poll is no refusal
                    bot.count_refused(error.code)
                return _envelope(bot, error)

        return await with_faults(control.faults, request, answer, faulty)

    def faulty(fault: Fault) -> Response:
        bot.count_refused(fault.code or 429)
        return _envelope(bot, BotError(fault.code or 429))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        control.loop, bot.arrived = asyncio.get_running_loop(), asyncio.Event()
        async with control.postman:
            yield
        control.loop = None

    route = Route("/bot{token}/{method}", method, methods=["GET", "POST"])
    return Starlette(routes=[*control_routes(control), route], lifespan=lifespan)


async def _done(bot: BotState, request: Request) -> Json:
    if request.path_params["token"] != bot.token:
        raise BotError(401)
    work = METHODS.get(request.path_params["method"])
    if work is None:
        raise BotError(404)
    doing = asyncio.create_task(work(bot, await params_of(request)))
    gone = asyncio.create_task(_disconnected(request))
    await asyncio.wait({doing, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not doing.done():  # a poll that nobody waits for must not swallow an event
        doing.cancel()
        raise BotError(408)
    return doing.result()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _envelope(bot: BotState, error: BotError) -> Response:
    body = {"ok": False, "error_code": error.code, "description": str(error)}
    return JSONResponse(body, error.code if bot.rules.errors_as_status else 200)


def _name(id_: str) -> str:
    return f"Người dùng {id_[-4:]}"


@contextmanager
def served(control: FakeZaloBot, port: int = 0) -> Iterator[FakeZaloBot]:
    """Serve it in the background; leaving and entering again is a restart that forgets nothing."""
    with serving(app_of(control), port=port) as url:
        control.url = url
        yield control


def main(arguments: list[str] | None = None) -> None:
    """Serve until stopped; the first line of the output is JSON with what a client needs."""
    parser = argparse.ArgumentParser("python -m tests.fakes.zalo_bot")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8408)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--speed", type=float, default=1.0, help="how fast its clock runs")
    options = parser.parse_args(arguments)
    control = FakeZaloBot(options.token, speed=options.speed)
    with bound(options.host, options.port) as listening:
        control.url = f"http://{options.host}:{listening.getsockname()[1]}"
        announce(**control.about())
        server_of(app_of(control)).run([listening])


if __name__ == "__main__":
    main()
