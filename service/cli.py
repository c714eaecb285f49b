"""The `troly` command: what an administrator types."""

from __future__ import annotations

import errno

import typer
from typer.core import TyperGroup

from index.errors import SearchError
from knowledge.errors import KnowledgeError
from service.commands import (
    admin,
    ask,
    chat,
    dev,
    doctor,
    duties,
    evaluate,
    forms,
    index,
    invite,
    knowledge,
    serve,
    switches,
    work_off,
    worker,
    zalo,
)
from service.commands.screen import SOME_FAILED, WRONG_INPUT, complain
from service.errors import InvalidSettings, ServiceError

_HELP = """Trợ lý 407: hỏi đáp có dẫn điều khoản về truyền thông chính sách.

Bắt đầu: troly serve, rồi mở trình duyệt tại địa chỉ được in ra.

Mã thoát: 0 xong; 1 một phần việc không xong; 2 đầu vào hoặc cấu hình sai. Cấu hình bằng các biến
TROLY_… (xem .env.example và docs/operations.md)."""


#: A folder that may not be written, is not one, or is full: the office's to mend, not ours.
_DISK = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR}


class Commands(TyperGroup):
    """All commands; what goes wrong in one is a sentence and an exit code, not a traceback."""

    # Typer keeps the name of the context's base class to itself.
    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except InvalidSettings as error:
            complain(str(error))
            raise typer.Exit(WRONG_INPUT) from None
        except (ServiceError, KnowledgeError, SearchError) as error:
            complain(str(error))
            raise typer.Exit(SOME_FAILED) from None
        except OSError as error:
            if error.errno not in _DISK:
                raise
            complain(
                f"Không đọc, ghi được {error.filename or 'thư mục dữ liệu'} ({error.strerror}); "
                "Anh/chị vui lòng kiểm tra quyền, dung lượng đĩa và TROLY_DATA_DIR."
            )
            raise typer.Exit(SOME_FAILED) from None


app = typer.Typer(
    name="troly",
    cls=Commands,
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve.serve)
app.command()(worker.worker)
app.command(hidden=True)(work_off.work_off)
app.command()(chat.chat)
app.command()(ask.ask)
app.command()(evaluate.evaluate)
app.command()(doctor.doctor)
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(duties.app, name="duties")
app.add_typer(index.app, name="index")
app.add_typer(dev.app, name="dev")
app.add_typer(zalo.app, name="zalo")
app.add_typer(admin.app, name="admin")
app.add_typer(forms.app, name="forms")
app.command()(switches.pause)
app.command()(switches.trial)
app.command()(invite.invite)


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
