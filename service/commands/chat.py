"""`troly chat`: the conversation in the terminal, choices as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import typer

from bot.messages import Reply, Turn
from service.commands.doors import doors_of, open_desk
from service.commands.screen import out, working
from service.errors import ServiceError

_HELLO = (
    "Trợ lý 407 – trợ lý tự động. Anh/chị nhập câu hỏi rồi nhấn Enter.\n"
    "Gõ số để chọn, /moi để bắt đầu lại, /thoat để kết thúc."
)
_MORE = "Xem thêm"
_TURNS = 10


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a conversation stands: what was said, and what the numbers on screen stand for."""

    history: tuple[Turn, ...] = ()
    choices: tuple[str, ...] = ()  #: what each number sends; "" unfolds `more`
    more: str = ""


#: Answers one message after the turns before it.
Ask = Callable[[str, tuple[Turn, ...]], Reply]


def chat(context: typer.Context) -> None:
    """Trò chuyện với trợ lý ngay trong cửa sổ lệnh."""
    from service.asking import Timed, keep, tell
    from service.shapes import clean, read_question

    doors = doors_of(context)
    with working("Mở kho văn bản") as step:
        desk = open_desk(doors, doors.settings(), step)

    def answer(text: str, history: tuple[Turn, ...]) -> Reply:
        question = read_question(clean(text), history=history)
        timed: Timed = tell(desk, question)
        keep(desk, question, "console", timed)
        return timed.told.reply

    console = out()
    console.print(_HELLO, markup=False)
    talk = Talk()
    while (line := _read_line()) is not None and line != "/thoat":
        talk, shown = step_on(talk, line, answer)
        console.print(f"\n{shown}\n" if shown else "", markup=False)


def step_on(talk: Talk, line: str, answer: Ask) -> tuple[Talk, str]:
    """One line of the person: the conversation after it and what is shown."""
    if not line:
        return talk, ""
    if line == "/moi":
        return Talk(), "Đã bắt đầu lại. Anh/chị muốn hỏi gì?"
    text = line
    if line.isdecimal() and talk.choices:
        if not 1 <= int(line) <= len(talk.choices):
            return talk, f"Anh/chị chọn một số từ 1 đến {len(talk.choices)}, hoặc gõ câu hỏi."
        text = talk.choices[int(line) - 1]
        if not text:
            return talk, talk.more
    try:
        reply = answer(text, talk.history)
    except ServiceError as error:
        return talk, str(error)
    turns = (*talk.history, Turn("user", text), Turn("assistant", reply.text))[-_TURNS:]
    sends = tuple(button.send for button in reply.buttons) + (("",) if reply.more else ())
    return Talk(turns, sends, reply.more), _drawn(reply)


def _drawn(reply: Reply) -> str:
    """The reply as lines: lead, status, where it stands if not said yet, numbered choices."""
    lines = [reply.lead]
    lines += [reply.status] if reply.status and reply.status not in reply.lead else []
    places = [f"{source.place}, {source.title}" for source in reply.sources]
    lines += [f"  – {place}" for place in places if place not in reply.lead]
    labels = [button.label for button in reply.buttons] + ([_MORE] if reply.more else [])
    lines += [f"  {number}. {label}" for number, label in enumerate(labels, start=1)]
    return "\n".join(lines)


def _read_line() -> str | None:
    """The next line; None at the end of the input."""
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return None
