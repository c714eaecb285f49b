"""`troly dev`: try a channel without an account, against the stand-ins that the tests use."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from service.commands.doors import doors_of
from service.commands.screen import SOME_FAILED, WRONG_INPUT, complain, out
from service.commands.serve import listen

app = typer.Typer(
    no_args_is_help=True, help="Dùng thử một kênh không cần tài khoản (chỉ trên máy này)."
)

_HERE = "127.0.0.1"
Port = Annotated[int, typer.Option(min=1, max=65535, help="Cổng của máy chủ giả lập.")]


@app.command("fake-telegram")
def fake_telegram(context: typer.Context, port: Port = 8406) -> None:
    """Chạy Telegram giả lập, in cấu hình để troly serve dùng nó."""
    token = f"407:{secrets.token_hex(8)}"
    url = f"http://{_HERE}:{port}"
    variables = {
        "TROLY_TELEGRAM_TOKEN": token,
        "TROLY_TELEGRAM_BASE_URL": f"{url}/bot",
        "TROLY_TELEGRAM_FILE_URL": f"{url}/file/bot",
    }
    _serve(context, "telegram", port, ["--token", token], variables)


@app.command("fake-zalo")
def fake_zalo(context: typer.Context, port: Port = 8407) -> None:
    """Chạy Zalo OA giả lập, in cấu hình để troly serve dùng nó."""
    ours = f"http://{_HERE}:{doors_of(context).settings().port}"
    url = f"http://{_HERE}:{port}"
    # A new app each time: the tokens of the last one are not mistaken for its own.
    given = {
        "app-id": f"407{secrets.randbelow(10**16):016}",
        "secret": secrets.token_hex(8),
        "oa-secret": secrets.token_hex(8),
        "refresh-token": secrets.token_hex(16),
    }
    variables = {
        "TROLY_PUBLIC_URL": ours,
        "TROLY_ZALO_APP_ID": given["app-id"],
        "TROLY_ZALO_APP_SECRET": given["secret"],
        "TROLY_ZALO_OA_SECRET_KEY": given["oa-secret"],
        "TROLY_ZALO_REFRESH_TOKEN": given["refresh-token"],
        "TROLY_ZALO_OAUTH_URL": url,
        "TROLY_ZALO_OPENAPI_URL": url,
        "TROLY_ZALO_BUSINESS_URL": url,
        "TROLY_ZALO_ATTACHMENT_HOSTS": _HERE,
    }
    given |= {"access-token": secrets.token_hex(16), "webhook": f"{ours}/webhooks/zalo"}
    arguments = [part for name, value in given.items() for part in (f"--{name}", value)]
    _serve(context, "zalo", port, arguments, variables)


@app.command("fake-zalo-bot")
def fake_zalo_bot(context: typer.Context, port: Port = 8408) -> None:
    """Chạy Zalo Bot giả lập, in cấu hình để troly serve dùng nó."""
    token = f"407:{secrets.token_hex(8)}"
    variables = {
        "TROLY_ZALO_BOT_TOKEN": token,
        "TROLY_ZALO_BOT_BASE_URL": f"http://{_HERE}:{port}",
    }
    _serve(context, "zalo_bot", port, ["--token", token], variables)


def _serve(
    context: typer.Context,
    name: str,
    port: int,
    arguments: Sequence[str],
    variables: Mapping[str, str],
) -> None:
    sources = doors_of(context).sources
    module = sources / "tests" / "fakes" / name
    if not module.is_dir() and not module.with_suffix(".py").is_file():
        complain(
            "Lệnh này cần mã nguồn của trợ lý (thư mục tests/fakes), bản cài đặt này không kèm; "
            "Anh/chị vui lòng chạy lệnh từ bản sao mã nguồn."
        )
        raise typer.Exit(WRONG_INPUT)
    listen(_HERE, port).close()  # a port that is taken is said in a sentence
    out().print(_how_to_use(port, variables), markup=False)
    command = [sys.executable, "-m", f"tests.fakes.{name}", "--port", str(port), *arguments]
    if _run(command, sources) > 0:
        complain("Máy chủ giả lập dừng vì lỗi, xem dòng phía trên.")
        raise typer.Exit(SOME_FAILED)


def _how_to_use(port: int, variables: Mapping[str, str]) -> str:
    lines = [
        "Ở một cửa sổ lệnh khác, Anh/chị dán các dòng sau rồi chạy troly serve:",
        "",
        *(f"export {name}={value}" for name, value in variables.items()),
        "",
        f"Trò chuyện như người dùng tại: http://{_HERE}:{port}/",
        "Chỉ để dùng thử; không có gì ra khỏi máy này. Nhấn Ctrl+C để dừng.",
    ]
    return "\n".join(lines)


def _run(command: Sequence[str], folder: Path) -> int:
    """Its exit code; negative when it was told to stop."""
    # What it prints for other programs has been said in words. A session of its own: Ctrl+C
    # reaches us alone, and we end it without the traceback of an interrupt.
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
    with child, _ending(child):
        return child.wait()


@contextmanager
def _ending(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whoever ends us ends the child."""
    told = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: child.terminate()) for number in told]
    try:
        yield
    finally:
        for number, handler in zip(told, before, strict=True):
            signal.signal(number, handler)
