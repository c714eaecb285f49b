"""`troly knowledge`: what is in the library, what a file says, papers in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.errors import KnowledgeError
from service.commands.doors import doors_of
from service.commands.screen import (
    SOME_FAILED,
    WRONG_INPUT,
    Steps,
    complain,
    counting,
    out,
    working,
)
from service.errors import PaperRefused
from service.settings import Settings

if TYPE_CHECKING:
    from service.library.publishing import Shelf

app = typer.Typer(
    no_args_is_help=True, help="Kho văn bản: xem, kiểm tra tệp, thêm và gỡ văn bản của đơn vị."
)

Json = Annotated[bool, typer.Option("--json", help="In ra JSON.")]


@app.command("list")
def list_papers(context: typer.Context, as_json: Json = False) -> None:
    """Liệt kê các văn bản đang dùng để trả lời."""
    from service.commands.showing import paper_rows, papers_table
    from service.library.papers import library_of

    settings = doors_of(context).settings()
    rows = paper_rows(library_of(settings), settings)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1).encode())
    else:
        out().print(papers_table(rows))


@app.command()
def inspect(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="PDF có lớp chữ, DOCX, TXT, MD.")],
    as_json: Json = False,
) -> None:
    """Xem trợ lý hiểu một tệp thế nào: thông tin, điều khoản, nhiệm vụ. Không lưu gì cả."""
    from knowledge.reading.inspect import to_json
    from service.commands.showing import show_inspection
    from service.papers import read_paper

    settings = doors_of(context).settings()
    try:
        read = read_paper(settings, file)
    except KnowledgeError as refusal:
        complain(f"{file.name}: {refusal}")
        raise typer.Exit(WRONG_INPUT) from None
    found = to_json(read.inspection)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8"))
    else:
        show_inspection(read.inspection)


@app.command()
def add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="Một hoặc nhiều tệp.")],
    id_: Annotated[
        str | None, typer.Option("--id", help="Mã văn bản, khi muốn tự đặt (chỉ với một tệp).")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Tên gọi ngắn của văn bản (chỉ với một tệp).")
    ] = None,
) -> None:
    """Thêm văn bản chính thức; trùng số với bản tóm lược thì thay bản tóm lược.

    Mỗi tệp được nhận trọn vẹn hoặc không để lại gì. Mã thoát: 0 mọi tệp đều được nhận, 1 một số
    tệp bị từ chối, 2 không tệp nào được nhận.
    """
    from service.describing import is_id

    if len(files) > 1 and (id_ or title):
        complain("--id và --title chỉ dùng khi thêm một tệp.")
        raise typer.Exit(WRONG_INPUT)
    if id_ is not None and not is_id(id_):
        complain("--id chỉ gồm chữ thường không dấu, chữ số và gạch nối, ví dụ 407-qd-ttg.")
        raise typer.Exit(WRONG_INPUT)
    settings = doors_of(context).settings()
    refused = _add_all(settings, files, id_, title)
    if refused:
        raise typer.Exit(WRONG_INPUT if refused == len(files) else SOME_FAILED)


@app.command()
def remove(
    context: typer.Context,
    document_id: Annotated[str, typer.Argument(metavar="MÃ", help="Mã trong `knowledge list`.")],
) -> None:
    """Gỡ một văn bản đã thêm; bản đi kèm mà nó thay thế được dùng lại."""
    from service.papers import remove_paper

    settings = doors_of(context).settings()
    try:
        with working("Gỡ văn bản") as step:
            remove_paper(_shelf(settings, step), document_id)
    except PaperRefused as refusal:
        complain(str(refusal))
        raise typer.Exit(WRONG_INPUT) from None
    out().print(f"Đã gỡ văn bản {document_id}.", markup=False)


def _add_all(settings: Settings, files: list[Path], id_: str | None, title: str | None) -> int:
    """Read all, take those that can be taken; how many were refused."""
    from service.commands.showing import show_added
    from service.library.papers import library_of
    from service.papers import Read, add_papers, read_paper

    reads: list[Read] = []
    with counting("Đọc tệp", len(files)) as step:
        for file in files:
            step(file.name)
            try:
                reads.append(read_paper(settings, file))
            except (KnowledgeError, PaperRefused) as refusal:
                complain(f"{file.name}: {refusal}")
    refused = len(files) - len(reads)
    if not reads:
        return refused
    with working("Đưa vào kho") as step:
        became = add_papers(_shelf(settings, step), library_of(settings), reads, id_, title)
    for read, added in zip(reads, became, strict=True):
        if isinstance(added, PaperRefused):
            complain(f"{read.file.name}: {added}")
            refused += 1
        else:
            show_added(read.file.name, added)
    return refused


def _shelf(settings: Settings, step: Steps) -> Shelf:
    from service.library.publishing import Shelf
    from service.wiring import open_storage, prepare

    return Shelf(settings, open_storage(settings), lambda library: prepare(settings, library, step))
