"""Units from a table and to a table: good rows are taken, bad ones named, the rest untouched.

An empty cell leaves what is known as it is; so does a column that is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from knowledge.vietnamese import syllables
from service.spreadsheets import FORMULA
from service.storage import units
from service.storage.unit_tables import Unit
from service.storage.units import name_key, tidy_name
from service.units_checks import Known, Row, Wrong, sound_rows
from service.units_reading import Cells, NoTable, read_table

_HEADER_ROWS = 20  #: among the first so many is the one with the names of the columns

#: What a column may be called, folded, one word behind the other.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "name": ("ten don vi", "don vi", "ten", "ten co quan", "co quan", "name", "unit"),
    "kind": ("loai", "loai don vi", "loai hinh", "kind"),
    "parent": (
        "don vi cap tren", "cap tren", "co quan cap tren", "don vi chu quan", "co quan chu quan",
        "truc thuoc", "parent",
    ),
    "plan": ("ke hoach", "ma ke hoach", "ke hoach ap dung", "plan"),
    "contact": ("lien he", "dau moi lien he", "thong tin lien he", "contact"),
    "head": (
        "thu truong", "thu truong don vi", "nguoi dung dau", "thu truong nguoi dung dau",
        "nguoi dung dau don vi", "head",
    ),
}  # fmt: skip
COLUMNS = tuple(_CALLED)
_COLUMN_OF = {name: column for column, names in _CALLED.items() for name in names}


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says of units, and the columns that were not understood."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """What became of the rows."""

    added: int = 0
    changed: int = 0
    same: int = 0
    wrong: list[Wrong] = field(default_factory=list)


def read_units(content: bytes, file_name: str) -> Table:
    """The units of a CSV or XLSX; raises NoTable."""
    lines = read_table(content, file_name, lambda cells: "name" in map(_column, cells))
    for at, cells in enumerate(lines[:_HEADER_ROWS]):
        places = _places(cells)
        if "name" in places:
            numbered = enumerate(lines[at + 1 :], at + 2)
            rows = (_row(number, line, places) for number, line in numbered if any(line))
            ignored = (cell for cell in cells if cell and not _column(cell))
            return Table(tuple(rows), tuple(ignored))
    raise NoTable("no_names")


def import_units(
    session: Session, rows: Sequence[Row], plans: Collection[str], today: date, at: datetime
) -> Report:
    """Add and change units as the good rows say; `plans`: ids of papers that a unit may follow."""
    every = {unit.id or 0: unit for unit in units.all_units(session)}
    names = units.known_names(session)
    report = Report()
    known = Known(names, every, plans, today)
    good, report.wrong = sound_rows(rows, known)
    new = [Unit(name=row.name, created_at=at) for key, row in good.items() if key not in names.now]
    units.add_units(session, new)
    by_name = {key: every[id_] for key, id_ in {**names.before, **names.now}.items()}
    by_name |= {name_key(unit.name): unit for unit in new}
    for key, row in good.items():
        differs = _fill(by_name[key], row, by_name)
        if key not in names.now:
            report.added += 1
        else:
            report.changed += differs
            report.same += not differs
    session.flush()
    report.wrong.sort(key=lambda wrong: wrong.number)
    return report


def export_units(every: Sequence[Unit], titles: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """All units as rows; `titles`: of COLUMNS, then of "closed_on" and "merged_into"."""
    names = {unit.id: unit.name for unit in every}
    yield tuple(titles[column] for column in (*COLUMNS, "closed_on", "merged_into"))
    for unit in every:
        parent = names.get(unit.parent_id, "")
        successor = names.get(unit.merged_into_id, "")
        closed = unit.closed_on.isoformat() if unit.closed_on else ""
        yield (
            unit.name, unit.kind, parent, unit.plan, unit.contact, unit.head, closed, successor,
        )  # fmt: skip


def _plain(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _column(cell: str) -> str | None:
    return _COLUMN_OF.get(" ".join(syllables(cell)))


def _places(cells: Cells) -> dict[str, int]:
    """Where each column stands; of two of the same name the first counts."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if column := _column(cell):
            places.setdefault(column, place)
    return places


def _row(number: int, cells: Cells, places: Mapping[str, int]) -> Row:
    found = {c: tidy_name(_plain(cells[p])) for c, p in places.items() if p < len(cells)}
    return Row(number, found.pop("name", ""), **found)


def _fill(unit: Unit, row: Row, by_name: Mapping[str, Unit]) -> bool:
    """Write what the row says; whether anything differs."""
    said: dict[str, str | int | None] = {
        name: value for name in ("kind", "plan", "contact", "head") if (value := getattr(row, name))
    }
    if row.parent:
        said["parent_id"] = by_name[name_key(row.parent)].id
    differing = {name: value for name, value in said.items() if getattr(unit, name) != value}
    for name, value in differing.items():
        setattr(unit, name, value)
    return bool(differing)
