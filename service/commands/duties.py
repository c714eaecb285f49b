"""`troly duties`: what the papers ask of whom, and what a person says of what was read."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.vietnamese import fold
from service import clock
from service.commands.assigning import assign, due_list, late_list
from service.commands.doors import doors_of
from service.commands.screen import WRONG_INPUT, complain, out
from service.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from service.duty_reviews import Change, ListedDuty, State

app = typer.Typer(
    no_args_is_help=True, help="Nhiệm vụ trong các văn bản: xem, rà soát những gì trợ lý đã đọc."
)

app.command("assign")(assign)
app.command("due")(due_list)
app.command("late")(late_list)

_QUESTION = "   d = đúng, l = loại, s = để sau, q = nghỉ: "


@app.command("list")
def list_duties(
    context: typer.Context,
    document: Annotated[
        str | None, typer.Option(metavar="MÃ", help="Chỉ văn bản này (mã trong `knowledge list`).")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Chỉ những nhiệm vụ chờ rà soát.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="In mỗi nhiệm vụ thành một dòng JSON.")
    ] = False,
) -> None:
    """Liệt kê nhiệm vụ: ai chủ trì, ai phối hợp, việc gì, khi nào, gửi về đâu, đã rà soát chưa."""
    settings = doors_of(context).settings()
    _engine, found = _open(settings, document)
    shown = [listed for listed in found if not waiting or listed.state == "waiting"]
    if as_json:
        for listed in shown:
            typer.echo(json.dumps(_row(listed), ensure_ascii=False).encode("utf-8"))
        return
    from service.commands.duty_cards import show_duties

    show_duties(shown)
    _print_totals(found)


@app.command()
def review(
    context: typer.Context,
    document: Annotated[
        str, typer.Argument(metavar="MÃ", help="Mã văn bản trong `knowledge list`.")
    ],
    accept: Annotated[
        str | None, typer.Option(metavar="SỐ", help="Những nhiệm vụ đọc đúng, ví dụ 1,3-5.")
    ] = None,
    reject: Annotated[
        str | None, typer.Option(metavar="SỐ", help="Những nhiệm vụ đọc sai, không dùng.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Mọi nhiệm vụ còn chờ (trừ --reject, --undo) đều đúng.")
    ] = False,
    undo: Annotated[
        str | None, typer.Option(metavar="SỐ", help="Bỏ kết quả đã ghi, để chờ rà soát lại.")
    ] = None,
) -> None:
    """Rà soát nhiệm vụ của một văn bản đơn vị đã thêm; chỉ nhiệm vụ đúng mới dùng để nhắc việc.

    Không kèm tùy chọn: hỏi từng nhiệm vụ còn chờ, ghi ngay sau mỗi câu trả lời. Sai số thứ tự thì
    không ghi gì cả và mã thoát là 2. Văn bản đi kèm phần mềm đã được rà soát sẵn.
    """
    settings = doors_of(context).settings()
    engine, found = _open(settings, document)
    asked: dict[State, str | None] = {"reviewed": accept, "rejected": reject, "waiting": undo}
    if all_ or any(text is not None for text in asked.values()):
        _review_named(settings, engine, found, asked, all_)
    elif not any(listed.state == "waiting" for listed in found):
        out().print(f"Văn bản {document} không có nhiệm vụ nào chờ rà soát.", markup=False)
        return
    elif sys.stdin.isatty():
        _review_each(settings, engine, found)
    else:
        complain("Anh/chị chạy lệnh này trong cửa sổ lệnh, hoặc dùng --accept, --reject, --all.")
        raise typer.Exit(WRONG_INPUT)
    _print_totals(_open(settings, document)[1])


def _open(settings: Settings, document: str | None) -> tuple[Engine, tuple[ListedDuty, ...]]:
    """The database, and the duties of the library or of one paper; an unknown paper ends it."""
    from service.duty_reviews import listed_duties
    from service.library.papers import library_of
    from service.storage.engine import transaction
    from service.wiring import open_storage

    library = library_of(settings)
    if document is not None and document not in library:
        complain(f"Không có văn bản {document} trong kho; xem mã bằng troly knowledge list.")
        raise typer.Exit(WRONG_INPUT)
    engine = open_storage(settings)
    papers = None if document is None else {document}
    with transaction(engine) as session:
        return engine, listed_duties(session, library, papers)


def _review_named(
    settings: Settings,
    engine: Engine,
    found: Sequence[ListedDuty],
    asked: dict[State, str | None],
    accept_rest: bool,
) -> None:
    from service.commands.duty_cards import STATES, brief
    from service.duty_reviews import ReviewRefused, plan_changes

    try:
        changes = plan_changes(found, asked, accept_rest=accept_rest)
    except ReviewRefused as refusal:
        complain(str(refusal))
        raise typer.Exit(WRONG_INPUT) from None
    _keep(settings, engine, changes)
    for change in changes:
        states = f"{STATES[change.listed.state]} → {STATES[change.state]}"
        out().print(f"{brief(change.listed)}: {states}", markup=False)
    if not changes:
        out().print("Không có gì thay đổi.", markup=False)


def _review_each(settings: Settings, engine: Engine, found: Sequence[ListedDuty]) -> None:
    from service.commands.duty_cards import show_duty
    from service.duty_reviews import Change

    verdicts: dict[str, State] = {"d": "reviewed", "l": "rejected"}
    for listed in found:
        if listed.state != "waiting":
            continue
        show_duty(listed, quote=True)
        key = _read_key()
        if key == "q":
            return
        if key in verdicts:
            # Kept at once: whoever stops half way loses nothing.
            _keep(settings, engine, [Change(listed, verdicts[key])])


def _read_key() -> str:
    """One of d, l, s, q; the end of the input is q."""
    while True:
        try:
            key = fold(input(_QUESTION).strip())  # "đ" counts as "d"
        except (EOFError, KeyboardInterrupt):
            return "q"
        if key in ("d", "l", "s", "q"):
            return key


def _keep(settings: Settings, engine: Engine, changes: Sequence[Change]) -> None:
    from service.duty_reviews import apply_changes
    from service.storage.engine import transaction

    with transaction(engine) as session:
        apply_changes(session, changes, clock.now(settings))


def _print_totals(found: Sequence[ListedDuty]) -> None:
    from service.commands.duty_cards import STATES

    counts = {state: sum(each.state == state for each in found) for state in STATES}
    said = ", ".join(f"{count} {STATES[state]}" for state, count in counts.items())
    out().print(f"\n{len(found)} nhiệm vụ: {said}.", markup=False)
    waiting = dict.fromkeys(each.document.id for each in found if each.state == "waiting")
    for document in waiting:
        out().print(f"Để rà soát: troly duties review {document}", markup=False)


def _row(listed: ListedDuty) -> dict[str, object]:
    """The contract's Duty, and which one it is and where it stands."""
    from knowledge.reading.inspect import duty_json

    return {
        "document": listed.document.id,
        "number": listed.number,
        **duty_json(listed.duty),
        "state": listed.state,
        "reviewed": listed.state == "reviewed",
    }
