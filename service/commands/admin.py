"""`troly admin`: who may work at the desk, without the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from service import clock
from service.commands.doors import doors_of
from service.commands.screen import WRONG_INPUT, complain, out
from service.errors import AccountRefused
from service.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

app = typer.Typer(
    no_args_is_help=True, help="Tài khoản của bàn làm việc /admin: tạo, xem, đặt lại, tắt."
)

Name = Annotated[str, typer.Argument(metavar="TÊN", help="Tên đăng nhập.")]


@app.command("create-owner")
def create_owner(
    context: typer.Context,
    name: Annotated[str, typer.Option(metavar="TÊN", help="Tên đăng nhập.")] = "admin",
) -> None:
    """Tạo một người quản trị chính và in liên kết đặt mật khẩu, dùng một lần trong 24 giờ."""
    from service.admin.accounts import add_account

    settings = doors_of(context).settings()
    with _changing(settings) as (session, at):
        code = add_account(session, name, "owner", "command", at)
    _print_link(settings, code)


@app.command()
def link(context: typer.Context, name: Name) -> None:
    """In liên kết đặt mật khẩu mới: khi quên, bị tạm khóa, hoặc để mở lại tài khoản đã tắt."""
    from service.admin.accounts import named, new_link

    settings = doors_of(context).settings()
    with _changing(settings) as (session, at):
        code = new_link(session, named(session, name), "command", at)
    _print_link(settings, code)


@app.command("list")
def list_accounts(context: typer.Context) -> None:
    """Liệt kê các tài khoản, vai trò và tình trạng."""
    from rich.table import Table

    from service.admin.staff import account
    from service.admin.words import words
    from service.storage.admins import all_admins
    from service.storage.second_steps import who_has_step

    table = Table("Tên", "Vai trò", "Tình trạng", box=None)
    with _changing(doors_of(context).settings()) as (session, at):
        coded = who_has_step(session)
        for each in (account(admin, at, admin.id in coded) for admin in all_admins(session)):
            table.add_row(each.name, words()["roles"][each.role], each.state)
    out().print(table)


@app.command()
def disable(context: typer.Context, name: Name) -> None:
    """Tắt một tài khoản và đăng xuất tài khoản đó ở mọi nơi."""
    from service.admin import accounts

    with _changing(doors_of(context).settings()) as (session, at):
        admin = accounts.named(session, name)
        changed = accounts.disable(session, admin, "command", at)
    said = "Đã tắt tài khoản" if changed else "Đã tắt từ trước: tài khoản"
    out().print(f"{said} {admin.name}.", markup=False)


@app.command("second-step-off")
def second_step_off(context: typer.Context, name: Name) -> None:
    """Bỏ xác thực hai bước của một tài khoản: khi mất điện thoại và hết mã dự phòng."""
    from service.admin import accounts, second_steps

    with _changing(doors_of(context).settings()) as (session, at):
        admin = accounts.named(session, name)
        assert admin.id is not None
        changed = second_steps.turn_off(session, admin.id, "command", at)
    said = "Đã bỏ xác thực hai bước" if changed else "Không có xác thực hai bước"
    out().print(f"{said}: tài khoản {admin.name}.", markup=False)


@contextmanager
def _changing(settings: Settings) -> Iterator[tuple[Session, datetime]]:
    """One transaction; what is refused is a sentence and exit code 2."""
    from service.storage.engine import transaction
    from service.wiring import open_storage

    engine = open_storage(settings)
    try:
        with transaction(engine) as session:
            yield session, clock.now(settings)
    except AccountRefused as refusal:
        complain(str(refusal))
        raise typer.Exit(WRONG_INPUT) from None
    finally:
        engine.dispose()


def _print_link(settings: Settings, code: str) -> None:
    from service.admin.accounts import link_path
    from service.commands.serve import address_of

    lines = [
        "Mở liên kết sau để đặt mật khẩu (dùng một lần, trong 24 giờ):",
        f"  {address_of('127.0.0.1', settings.port)}{link_path(code)}",
        "Từ máy khác trong mạng: thay 127.0.0.1 bằng địa chỉ của máy chủ.",
    ]
    out().print("\n".join(lines), markup=False)
