"""`troly index`: build the search index, see it, go back, fetch another model."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.doors import doors_of
from service.commands.screen import out, working

app = typer.Typer(no_args_is_help=True, help="Chỉ mục tra cứu: lập, xem, quay lại bản trước.")


@app.command()
def build(context: typer.Context) -> None:
    """Lập chỉ mục mới bên cạnh chỉ mục đang dùng, kiểm tra rồi thay trọn."""
    from service.indexing import build_index
    from service.library.papers import library_of

    settings = doors_of(context).settings()
    with working("Đọc kho văn bản") as step:
        built = build_index(settings, library_of(settings), step)
    out().print(f"Đang dùng chỉ mục {built.name}: {built.entries} điều khoản.", markup=False)


@app.command()
def status(context: typer.Context) -> None:
    """Cho biết chỉ mục đang dùng, bản có thể quay lại, và có khớp với kho văn bản không."""
    from service.indexing import index_state
    from service.library.papers import library_of

    settings = doors_of(context).settings()
    state = index_state(settings, library_of(settings))
    now, before = state.status.current, state.status.previous
    lines = [
        f"Đang dùng: {f'{now.name}, {now.entries} điều khoản' if now else 'chưa có'}",
        f"Có thể quay lại: {f'{before.name}, {before.entries} điều khoản' if before else 'không'}",
    ]
    if now and not state.matches:
        chosen = "do người quản trị chọn quay lại" if state.chosen else "sẽ tự lập lại khi dùng"
        lines.append(f"Chỉ mục khác với kho văn bản hiện nay ({chosen}).")
    out().print("\n".join(lines), markup=False)


@app.command()
def rollback(context: typer.Context) -> None:
    """Dùng lại chỉ mục trước, cho đến khi kho văn bản thay đổi hoặc lập chỉ mục mới."""
    from service.indexing import go_back
    from service.library.papers import library_of

    settings = doors_of(context).settings()
    earlier = go_back(settings, library_of(settings))
    out().print(f"Đã quay lại chỉ mục {earlier.name}.", markup=False)


@app.command("fetch-model")
def fetch_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TÊN", help="Tên mô hình trên Hugging Face.")],
) -> None:
    """Tải một mô hình về thư mục dữ liệu; đây là lệnh duy nhất dùng đến mạng."""
    from service.indexing import fetch

    settings = doors_of(context).settings()
    with working(f"Tải {name}"):
        folder = fetch(settings, name)
    out().print(
        f"Đã tải về {folder}. Để dùng: đặt TROLY_ENCODER={name} rồi chạy troly index build.",
        markup=False,
    )
