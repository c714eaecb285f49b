"""`troly duties assign`, `due` and `late`: what units owe, from the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service import clock
from service.commands.doors import doors_of
from service.commands.screen import WRONG_INPUT, complain, out
from service.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from knowledge.organisations import Organisations
    from service.duty_reviews import ListedDuty
    from service.storage.assignments import Owed
    from service.storage.unit_tables import Unit

_SHOWN = 12  #: units that are named one by one


def assign(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="MÃ", help="Mã văn bản.")],
    number: Annotated[
        int, typer.Argument(metavar="SỐ", help="Số thứ tự trong `duties list --document MÃ`.")
    ],
    unit: Annotated[
        list[str] | None, typer.Option(metavar="TÊN", help="Đơn vị này; dùng được nhiều lần.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="LOẠI", help="Mọi đơn vị thuộc loại này.")
    ] = None,
    parent: Annotated[
        str | None, typer.Option(metavar="TÊN", help="Mọi đơn vị trực thuộc đơn vị này.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--everyone", help="Mọi đơn vị.")] = False,
    due: Annotated[
        str | None, typer.Option(metavar="NGÀY", help="Ngày cuối do cơ quan đặt, ví dụ 30/11/2026.")
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="RRULE", help="Lặp lại, ví dụ FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30."),
    ] = None,
    recipient: Annotated[
        str | None, typer.Option(metavar="NƠI", help="Gửi về đâu; không ghi thì theo văn bản.")
    ] = None,
    confirmer: Annotated[
        str | None, typer.Option(metavar="NƠI", help="Nơi xác nhận; không ghi thì theo văn bản.")
    ] = None,
    announce: Annotated[
        bool, typer.Option("--announce", help="Báo ngay cho đơn vị, không đợi tới ngày nhắc.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem, không ghi gì.")] = False,
) -> None:
    """Giao một nhiệm vụ đã rà soát cho các đơn vị; không chọn đơn vị thì theo tên trong văn bản."""
    from service.duties.assigning import assign as assign_it
    from service.duties.assigning import days_of
    from service.errors import AssignmentRefused
    from service.organisations import organisations_of
    from service.storage.engine import transaction
    from service.wiring import open_storage

    settings = doors_of(context).settings()
    at, today = clock.now(settings), clock.today(settings)
    listed = _listed(settings, document, number)
    try:
        days = days_of(listed, today, due=_day(due) if due else None, rule=every)
        with transaction(open_storage(settings)) as session:
            names = organisations_of(settings)
            chosen = _chosen(
                session, listed, today, unit or (), kind or (), parent, everyone, names
            )
            if not chosen:
                raise AssignmentRefused("nobody")
            _show(chosen, days.last_days)
            if dry_run:
                return
            ids = [one.id for one in chosen if one.id is not None]
            policy = {"announce": True} if announce else {}
            receivers = {"recipient": recipient, "confirmer": confirmer}
            done = assign_it(
                session, listed, days, ids, "command", at, since=today, policy=policy, **receivers
            )
    except AssignmentRefused as refused:
        complain(str(refused))
        raise typer.Exit(WRONG_INPUT) from None
    old = len(days.last_days) * done.units - done.new
    told = f"Đã giao {done.new} việc" + (f"; {old} việc đã giao từ trước." if old else ".")
    out().print(told, markup=False)


def due_list(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=0, max=400, help="Trong bao nhiêu ngày tới.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi việc một dòng JSON.")] = False,
) -> None:
    """Những việc các đơn vị còn phải làm trong thời gian tới, hạn gần trước."""
    settings = doors_of(context).settings()
    today = clock.today(settings)
    _list(settings, today, today + timedelta(days=days), today, as_json=as_json)


def late_list(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi việc một dòng JSON.")] = False,
) -> None:
    """Những việc đã qua hạn mà hệ thống chưa ghi nhận báo cáo."""
    settings = doors_of(context).settings()
    today = clock.today(settings)
    _list(settings, date.min, today - timedelta(days=1), today, as_json=as_json)


def _listed(settings: Settings, document: str, number: int) -> ListedDuty:
    from service.duty_reviews import listed_duties
    from service.library.papers import library_of
    from service.storage.engine import transaction
    from service.wiring import open_storage

    library = library_of(settings)
    with transaction(open_storage(settings)) as session:
        found = listed_duties(session, library, {document})
    if not found:
        complain(f"Không có văn bản {document} trong kho; xem mã bằng troly knowledge list.")
        raise typer.Exit(WRONG_INPUT)
    if not 1 <= number <= len(found):
        complain(f"Không có nhiệm vụ số {number}; văn bản có {len(found)} nhiệm vụ.")
        raise typer.Exit(WRONG_INPUT)
    return found[number - 1]


def _chosen(
    session: Session,
    listed: ListedDuty,
    today: date,
    names: Sequence[str],
    kinds: Sequence[str],
    parent: str | None,
    everyone: bool,
    organisations: Organisations,
) -> list[Unit]:
    from knowledge.vietnamese import fold
    from service.duties.assigning import meant_units
    from service.storage.units import find_unit, open_units

    units = open_units(session, today)
    if everyone:
        return units
    if not names and not kinds and parent is None:
        return meant_units(listed.duty.leads, units, organisations)
    wanted = {fold(kind).strip() for kind in kinds}
    ids = {one.id for one in units if wanted and fold(one.kind).strip() in wanted}
    for name in (*names, *((parent,) if parent else ())):
        found = find_unit(session, name)
        if found is None:
            complain(f"Không có đơn vị tên “{name}”.")
            raise typer.Exit(WRONG_INPUT)
        if name == parent:
            ids |= {one.id for one in units if one.parent_id == found.id}
        else:
            ids.add(found.id)
    return [one for one in units if one.id in ids]


def _day(typed: str) -> date:
    from service.shapes import read_day

    if found := read_day(typed):
        return found
    complain(f"Không hiểu ngày “{typed}”; Anh/chị vui lòng ghi như 30/11/2026.")
    raise typer.Exit(WRONG_INPUT)


def _show(chosen: Sequence[Unit], days: Sequence[date]) -> None:
    names = "; ".join(one.name for one in chosen[:_SHOWN])
    more = f" và {len(chosen) - _SHOWN} đơn vị khác" if len(chosen) > _SHOWN else ""
    out().print(f"{len(chosen)} đơn vị: {names}{more}", markup=False)
    out().print("Ngày cuối: " + ", ".join(f"{day:%d/%m/%Y}" for day in days), markup=False)


def _list(settings: Settings, first: date, last: date, today: date, *, as_json: bool) -> None:
    from service.storage.assignments import due_between
    from service.storage.engine import transaction
    from service.wiring import open_storage

    with transaction(open_storage(settings)) as session:
        for owed in due_between(session, first, last, today):
            if as_json:
                typer.echo(json.dumps(_row(owed, today), ensure_ascii=False).encode("utf-8"))
            else:
                out().print(_line(owed), markup=False)


def _row(owed: Owed, today: date) -> dict[str, object]:
    one, of = owed.assignment, owed.obligation
    return {
        "id": one.id,
        "unit": owed.unit.name,
        "duty": of.title,
        "document": of.document or None,
        "address": of.address or None,
        "source": of.source or None,
        "recipient": of.recipient or None,
        "confirmer": of.confirmer or None,
        "last_day": one.last_day.isoformat(),
        "days_left": (one.last_day - today).days,
        "own_date": owed.own_date,
    }


def _line(owed: Owed) -> str:
    from bot.answers import shorten

    one = owed.assignment
    title = shorten(owed.obligation.title, 120)
    return f"V{one.id}  {one.last_day:%d/%m/%Y}  {owed.unit.name}: {title}"
