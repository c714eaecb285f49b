"""`troly invite`: a code that lets people use the assistant while it is on trial."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from service import clock
from service.commands.doors import doors_of
from service.commands.screen import out


def invite(
    context: typer.Context,
    uses: Annotated[
        int, typer.Option(min=1, max=10_000, help="Dùng được cho bao nhiêu người.")
    ] = 1,
    days: Annotated[int, typer.Option(min=1, max=365, help="Dùng được trong bao nhiêu ngày.")] = 7,
) -> None:
    """In một mã mời để dùng trợ lý khi đang chạy thử."""
    from service.admin.words import moment
    from service.storage.audit import record
    from service.storage.codes import keep_code, short_code
    from service.storage.engine import transaction
    from service.wiring import open_storage

    settings = doors_of(context).settings()
    at, code = clock.now(settings), short_code()
    ends = at + timedelta(days=days)
    engine = open_storage(settings)
    with transaction(engine) as session:
        keep_code(session, "invite", code, ends, uses=uses)
        record(session, "command", "invitation_made", "invite", at, {"uses": uses, "days": days})
    engine.dispose()
    lines = [
        f"Mã mời: {code}",
        f"Dùng được cho {uses} người, đến {moment(ends)}. Người được mời gửi mã này cho trợ lý.",
    ]
    out().print("\n".join(lines), markup=False)
