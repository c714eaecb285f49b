"""`troly chat`: the assistant in the terminal, a channel like any other; choices are numbers."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import typer

from bot.channels.base import Limits
from bot.messages import Incoming
from service.commands.doors import doors_of, open_desk
from service.commands.screen import out, working
from service.errors import ServiceError

if TYPE_CHECKING:
    from service.delivery.files import Received
    from service.delivery.handling import Post

NAME = "console"
LIMITS = Limits(
    text_length=20_000,
    buttons=0,
    download_bytes=500 << 20,
    per_second=0,
    floods=False,
    fetches=True,
)
_HELLO = (
    "Trợ lý 407 – trợ lý tự động. Anh/chị nhập câu hỏi rồi nhấn Enter.\n"
    "Gõ số để chọn, /moi để bắt đầu lại, /tep ĐƯỜNG-DẪN để gửi tệp, /thoat để kết thúc."
)
_END, _FILE = "/thoat", "/tep "


def chat(context: typer.Context) -> None:
    """Trò chuyện với trợ lý ngay trong cửa sổ lệnh."""
    from service.delivery.handling import Post

    doors = doors_of(context)
    with working("Mở kho văn bản") as step:
        desk = open_desk(doors, doors.settings(), step)
    post = Post(desk, {NAME: LIMITS})
    console = out()
    console.print(_HELLO, markup=False)
    while (line := _read_line()) is not None and line != _END:
        shown = answer(post, line)
        console.print(f"\n{shown}\n" if shown else "", markup=False)


def answer(post: Post, line: str) -> str:
    """What is shown after one line of the person."""
    from service.delivery.answering import answer_now
    from service.shapes import clean, read_question

    if not line:
        return ""
    try:
        if line.startswith(_FILE):
            messages = answer_now(post, _said(file=True), [_file(line.removeprefix(_FILE))])
        else:
            read_question(clean(line))  # refuses what is too long
            messages = answer_now(post, _said(line))
    except ServiceError as error:
        return str(error)
    texts = [message.text or str(message.enclosure.get("name", "")) for message in messages]
    return "\n\n".join(texts)


def _said(text: str = "", *, file: bool = False) -> Incoming:
    event_id = uuid4().hex
    return Incoming(NAME, event_id, "file" if file else "text", NAME, NAME, text)


def _file(path: str) -> Received:
    from service.delivery.files import Received

    named = Path(path.strip()).expanduser()
    kind = mimetypes.guess_type(named.name)[0] or ""
    try:
        return Received(named.name, kind, named.read_bytes())
    except OSError as error:
        return Received(named.name, kind, None, f"{error.strerror}.")


def _read_line() -> str | None:
    """The next line; None at the end of the input."""
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return None
