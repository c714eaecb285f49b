"""Papers as the terminal shows them: tables, the tree of clauses, what was understood."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from knowledge.documents import Duty, Identity
from knowledge.library import Library
from knowledge.reading.inspect import Inspection
from service.commands.screen import out
from service.library.editions import current_edition
from service.papers import Added
from service.settings import Settings

_IDENTITY = {
    "kind": "Loại",
    "number": "Số, ký hiệu",
    "issuer": "Cơ quan ban hành",
    "place": "Nơi ban hành",
    "date": "Ngày",
    "signatory": "Người ký",
    "signatory_title": "Chức vụ",
    "title": "Trích yếu",
}
_STATUS = {
    "in_force": "còn hiệu lực",
    "expired": "đã hết hạn",
    "period": "theo kỳ",
    "unknown": "chưa xác nhận",
}
_SHOWN = 90  #: characters of a clause on one line


def paper_rows(library: Library, settings: Settings) -> list[dict[str, str | bool | int | None]]:
    """One row per document of the library."""
    added = current_edition(settings).papers
    return [
        {
            "id": document.id,
            "title": document.short_title,
            "number": document.identity.number,
            "date": document.identity.date,
            "status": document.validity.status,
            "digest": document.digest,
            "clauses": len(document.clauses),
            "duties": len(document.duties),
            "added": document.id in added,
        }
        for document in library.documents
    ]


def papers_table(rows: list[dict[str, str | bool | int | None]]) -> Table:
    """The library for a person."""
    table = Table(box=None)
    table.add_column("Mã", no_wrap=True, overflow="fold")
    for name in ("Tên", "Số", "Ngày", "Hiệu lực", "Điều khoản", "Nguồn"):
        table.add_column(name, overflow="fold")
    for row in rows:
        source = "đơn vị thêm" if row["added"] else "đi kèm"
        table.add_row(
            str(row["id"]),
            escape(str(row["title"])),
            escape(str(row["number"] or "không ghi")),
            str(row["date"] or "không ghi"),
            _STATUS[str(row["status"])],
            str(row["clauses"]),
            f"{source}, bản tóm lược" if row["digest"] else source,
        )
    return table


def show_inspection(found: Inspection) -> None:
    """Identity, clauses, duties and warnings of a file."""
    console = out()
    console.print(identity_table(found.identity))
    tree = Tree(f"{len(found.clauses)} điều khoản")
    branches: dict[str | None, Tree] = {None: tree}
    for clause in found.clauses:
        words = " ".join(part for part in (clause.heading, clause.text) if part)
        line = f"[bold]{escape(clause.address)}[/] {escape(_short(words))}"
        branches[clause.address] = branches.get(clause.parent, tree).add(line)
    console.print(tree)
    for duty in found.duties:
        console.print(f"  • {_duty(duty)}", markup=False)
    for warning in found.warnings:
        console.print(f"Lưu ý: {warning}", markup=False)


def identity_table(identity: Identity) -> Table:
    """What a paper says of itself."""
    table = Table(box=None, show_header=False)
    for field, name in _IDENTITY.items():
        table.add_row(name, escape(getattr(identity, field) or "không ghi"))
    return table


def show_added(file: str, added: Added) -> None:
    """What became of a file that was taken."""
    console, document = out(), added.document
    if added.unchanged:
        console.print(f"{file}: đã có trong kho với mã {document.id}, không đổi.", markup=False)
        return
    console.print(f"{file}: đã thêm với mã {document.id} ({document.short_title}).", markup=False)
    console.print(identity_table(document.identity))
    console.print(
        f"  {len(document.clauses)} điều khoản, {len(document.duties)} nhiệm vụ "
        "(cần cán bộ rà soát trước khi dùng để nhắc việc).",
        markup=False,
    )
    if added.supersedes:
        console.print(f"  Thay cho: {added.supersedes}.", markup=False)
    for warning in added.warnings:
        console.print(f"  Lưu ý: {warning}", markup=False)


def _duty(duty: Duty) -> str:
    leads = ", ".join(duty.leads) or "không ghi chủ trì"
    when = f" – {duty.when.text}" if duty.when.text else ""
    return f"{duty.address}: {leads}: {_short(duty.duty)}{when}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + "…"
