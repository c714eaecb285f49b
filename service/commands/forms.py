"""`troly forms`: the forms of the chat as the office words them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import clock
from service.commands.doors import doors_of
from service.commands.screen import WRONG_INPUT, complain, out

if TYPE_CHECKING:
    from service.forms import FormRefused
    from service.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Biểu mẫu trong khung trò chuyện: xem, thay, trả lại.")

_ORIGINS = {
    "shipped": "bản đi kèm",
    "own": "bản của cơ quan",
    "unusable": "bản đi kèm, vì tệp của cơ quan chưa dùng được (troly forms check)",
}

FormId = Annotated[str, typer.Argument(metavar="ID", help="Mã biểu mẫu, ví dụ: gop-y.")]
FormFile = Annotated[Path, typer.Argument(metavar="FILE", help="Tệp YAML của cả biểu mẫu.")]


@app.command("list")
def list_(context: typer.Context) -> None:
    """In các biểu mẫu, phiên bản và bản nào đang dùng."""
    from bot.forms.definition import known_forms
    from service.forms import used

    settings = doors_of(context).settings()
    for id_ in sorted(known_forms()):
        now = used(settings, id_)
        title = f"{id_}: {now.form.title}, phiên bản {now.form.version}"
        out().print(f"{title}, {_ORIGINS[now.origin]}", markup=False)


@app.command()
def show(context: typer.Context, form: FormId) -> None:
    """In tệp YAML đang dùng; chép ra, sửa, tăng “version” rồi dùng lệnh set."""
    from service.forms import used

    typer.echo(used(doors_of(context).settings(), _known(form)).file.read_text("utf-8"), nl=False)


@app.command()
def check(context: typer.Context, file: FormFile) -> None:
    """Kiểm tra một tệp, không thay đổi gì; chỉ ra từng dòng cần sửa."""
    from service.form_faults import faults_of
    from service.forms import FormRefused

    text = _text(file)
    if faults := faults_of(text):
        _refuse(FormRefused(faults))
    out().print("Tệp dùng được.", markup=False)


@app.command("set")
def set_(context: typer.Context, file: FormFile) -> None:
    """Dùng tệp này từ bây giờ, không cần khởi động lại; bản trước được giữ lại."""
    from service.forms import FormRefused, set_form

    settings = doors_of(context).settings()
    try:
        form = set_form(settings, _text(file))
    except FormRefused as refused:
        _refuse(refused)
    _note(settings, "form_changed", form.id, form.version)
    out().print(f"Từ nay dùng {form.id}, phiên bản {form.version}.", markup=False)


@app.command()
def reset(context: typer.Context, form: FormId) -> None:
    """Trở lại bản đi kèm; bản của cơ quan được giữ lại."""
    from service.forms import form_of, reset_form

    settings = doors_of(context).settings()
    if not reset_form(settings, _known(form)):
        out().print(f"{form} đang là bản đi kèm; không có gì thay đổi.", markup=False)
        return
    _note(settings, "form_reset", form, form_of(settings, form).version)
    out().print(f"Từ nay dùng bản đi kèm của {form}.", markup=False)


def _known(form: str) -> str:
    from bot.forms.definition import known_forms

    if form not in known_forms():
        complain(f"Không có biểu mẫu “{form}”; các biểu mẫu: {', '.join(sorted(known_forms()))}.")
        raise typer.Exit(WRONG_INPUT)
    return form


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        complain(f"Không đọc được {file}; tệp phải là chữ UTF-8.")
        raise typer.Exit(WRONG_INPUT) from None


def _refuse(refused: FormRefused) -> None:
    for fault in sorted(refused.faults, key=lambda one: one.line):
        complain(f"Dòng {fault.line}: {fault.says}")
    raise typer.Exit(WRONG_INPUT)


def _note(settings: Settings, action: str, form: str, version: int) -> None:
    """Write it down."""
    from service.storage.audit import record
    from service.storage.engine import transaction
    from service.wiring import open_storage

    engine = open_storage(settings)
    with transaction(engine) as session:
        at = clock.now(settings)
        record(session, "command", action, f"form:{form}", at, {"version": version})
    engine.dispose()
