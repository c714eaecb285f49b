"""`troly zalo`: let the app into the Official Account."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from service.commands.doors import doors_of
from service.commands.screen import out
from service.errors import InvalidSettings

app = typer.Typer(no_args_is_help=True, help="Zalo OA: cấp quyền cho ứng dụng.")


@app.callback()
def zalo() -> None:
    """Zalo OA: cấp quyền cho ứng dụng."""


@app.command()
def authorize(
    context: typer.Context,
    callback: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Callback URL đã khai trong ứng dụng Zalo."),
    ] = None,
) -> None:
    """In liên kết cấp quyền, nhận mã mà quản trị viên OA dán vào, rồi lưu token."""
    from service.channels import open_zalo_keeper
    from service.wiring import open_storage
    from service.zalo_oauth import challenge_of, make_verifier

    settings = doors_of(context).settings()
    redirect = callback or settings.public_url
    if redirect is None:
        raise InvalidSettings("Anh/chị vui lòng đặt TROLY_PUBLIC_URL hoặc thêm --callback URL.")
    verifier = settings.zalo_code_verifier or make_verifier()
    engine = open_storage(settings)
    keeper = open_zalo_keeper(settings, engine)
    try:
        link = keeper.consent_link(redirect, verifier)
        out().print(_STEPS.format(link=link, challenge=challenge_of(verifier)), markup=False)
        keeper.adopt(code_in(typer.prompt("Mã (code) hoặc cả địa chỉ")), verifier)
    finally:
        keeper.close()
        engine.dispose()
    out().print("Đã lưu token. Kênh Zalo OA gửi tin được rồi.", markup=False)


_STEPS = """1. Quản trị viên của OA mở liên kết sau và bấm đồng ý:
   {link}
   (Nếu bảng điều khiển Zalo đòi nhập sẵn code challenge: {challenge})
2. Trình duyệt chuyển sang trang callback; địa chỉ của trang đó có phần code=…
3. Trong 10 phút, Anh/chị chép mã ấy, hoặc cả địa chỉ, dán vào đây."""


def code_in(pasted: str) -> str:
    """The code, which may have been pasted with the whole address around it."""
    pasted = pasted.strip()
    return parse_qs(urlsplit(pasted).query).get("code", [pasted])[0]
