"""`troly doctor`: what can work from here, and what is missing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.doors import doors_of
from service.commands.screen import SOME_FAILED, out

if TYPE_CHECKING:
    from service.doctor import Finding

_NAMES = {
    "web": "Trang web",
    "widget": "Khung trò chuyện trên cổng",
    "zalo_oa": "Zalo OA",
    "zalo_bot": "Zalo Bot",
    "telegram": "Telegram",
    "email": "Thư điện tử",
    "worker": "Worker",
    "desk": "Bàn làm việc",
    "database": "Cơ sở dữ liệu",
    "index": "Chỉ mục",
    "data": "Thư mục dữ liệu",
    "disk": "Đĩa",
    "clock": "Đồng hồ",
    "secret_key": "Khóa bí mật",
    "clamd": "Quét vi-rút (clamd)",
    "tesseract": "Đọc chữ trên ảnh (tesseract)",
}
_SIGNS = {"ok": "✓", "off": "–", "warning": "!", "broken": "✗"}


def doctor(
    context: typer.Context,
    online: Annotated[
        bool, typer.Option("--online", help="Gọi thử từng nền tảng đã cấu hình (dùng mạng).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In một đối tượng JSON.")] = False,
) -> None:
    """Cho biết kênh nào dùng được từ máy này, còn thiếu gì; không thay đổi gì.

    ✓ tốt; ! cần xem; ✗ đã cấu hình mà không dùng được (mã thoát 1); – chưa bật.
    """
    from service.channel_checks import examine_channels
    from service.checkup import look_up
    from service.doctor import examine_machine

    doors = doors_of(context)
    settings = doors.settings()
    facts = look_up(settings, doors.online if online else None)
    findings = (*examine_channels(settings, facts), *examine_machine(settings, facts))
    works = all(finding.state != "broken" for finding in findings)
    if as_json:
        told = {"works": works, "checks": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(told, ensure_ascii=False).encode("utf-8"))
    else:
        out().print(
            "\n".join(line for finding in findings for line in _lines(finding)), markup=False
        )
    if not works:
        raise typer.Exit(SOME_FAILED)


def _lines(finding: Finding) -> list[str]:
    name = f"{_SIGNS[finding.state]} {_NAMES[finding.subject]}"
    says = "; ".join(finding.says)
    return [f"{name}: {says}" if says else name, *(f"    → {todo}" for todo in finding.todo)]
