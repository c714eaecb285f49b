"""The papers in the house: a folder each, document.toml beside text.txt."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast, get_args

from knowledge import structure
from knowledge.documents import Clause, DigestEntry, Document, Duty, Identity, Validity
from knowledge.duties import read_duties
from knowledge.errors import CitationNotFound, InvalidDocument
from knowledge.reading.clean import clean
from knowledge.reading.outline import read_clauses
from knowledge.structure import Structure

SHIPPED = Path(__file__).parent / "library"  #: the papers that come with the product

_TOP = (
    "id short_title digest years implements audience source version"
    " identity validity notes sources entries supersedes scanned sample"
)
_IDENTITY = "kind number issuer place date signatory signatory_title title"
_VALIDITY = "status reason until basis recorded"
_ENTRY = "address sources confidence numbered"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_AUDIENCE = re.compile(r"public|officers|units:[\w-]+")

Table = Mapping[str, object]
Status = Literal["in_force", "expired", "period", "unknown"]
Confidence = Literal["read", "plan", "inferred"]


@dataclass(frozen=True, slots=True)
class Library:
    """Every paper that may be cited, in the order in which they were given."""

    documents: tuple[Document, ...]
    _by_id: dict[str, Document] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Thousands of papers are looked up by id all the time."""
        object.__setattr__(self, "_by_id", {paper.id: paper for paper in self.documents[::-1]})

    def find(self, document: str) -> Document | None:
        """The paper with this id, the first of several; None when it is not here."""
        return self._by_id.get(document)

    def get(self, document: str) -> Document:
        """The paper with this id; raises CitationNotFound."""
        if found := self.find(document):
            return found
        raise CitationNotFound(f"Không có văn bản “{document}” trong kho.")

    def __contains__(self, document: object) -> bool:
        return isinstance(document, str) and self.find(document) is not None


def load_library(*folders: Path) -> Library:
    """All papers under `folders`; the same id in a later folder supersedes the earlier one."""
    found: dict[str, Document] = {}
    for folder in folders:
        for file in sorted(folder.glob("*/document.toml")):
            document = load_document(file.parent)
            if folder.resolve() == SHIPPED.resolve():
                document = replace(document, duties=tuple(map(_reviewed, document.duties)))
            found[document.id] = document
    return Library(tuple(found.values()))


def _reviewed(duty: Duty) -> Duty:
    return replace(duty, reviewed=True)


def load_document(folder: Path, id_: str | None = None) -> Document:
    """The paper in `folder`, which is called as the paper unless `id_` says how the paper is.

    Where a structure.json lies beside the text, it says what the clauses and duties are. Raises
    InvalidDocument, which names what is wrong and where.
    """
    where = id_ or folder.name
    table, text = _files(folder, where)
    _known(table, _TOP, where)
    digest = _flag(table, "digest", where)
    identity = _identity(_table(table, "identity", where), where)
    clauses, duties = _structure(folder, text, where) or _read(text, identity, digest=digest)
    document = Document(
        id=_match(_text(table, "id", where), _ID, "id", where),
        identity=identity,
        text=text,
        clauses=clauses,
        duties=duties,
        validity=_validity(_table(table, "validity", where), where),
        short_title=_text(table, "short_title", where),
        years=_years(table, where),
        implements=_texts(table, "implements", where),
        audience=_texts(table, "audience", where) or ("public",),
        digest=digest,
        entries=_entries(table, clauses, where),
        sources=_sources(table, where),
        source=_optional(table, "source", where),
        version=_whole(table, "version", 1, where),
        notes=_notes(table, text, where),
        supersedes=_texts(table, "supersedes", where),
        scanned=_scanned(table, text, where),
        sample=_flag(table, "sample", where),
    )
    _check(document, where)
    return document


def _read(text: str, identity: Identity, *, digest: bool) -> Structure:
    clauses = read_clauses(text)
    return clauses, () if digest else read_duties(text, clauses, year=_year(identity))


def _structure(folder: Path, text: str, where: str) -> Structure | None:
    """What was reviewed; None for a paper that is read from its text."""
    try:
        stored = (folder / structure.FILE).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return structure.loads(stored, text)
    except InvalidDocument as error:
        raise InvalidDocument(f"{where}: {error}") from error


def _files(folder: Path, where: str) -> tuple[Table, str]:
    for name in ("document.toml", "text.txt"):
        if not (folder / name).is_file():
            raise InvalidDocument(f"{where}: thiếu tệp {name}.")
    try:
        table = tomllib.loads((folder / "document.toml").read_text("utf-8"))
        text = (folder / "text.txt").read_bytes().decode("utf-8")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidDocument(f"{where}: tệp không đọc được ({error}).") from error
    return table, text


def _check(document: Document, where: str) -> None:
    if document.id != where:
        raise InvalidDocument(f"{where}: id “{document.id}” phải trùng tên thư mục.")
    for name in document.audience:
        _match(name, _AUDIENCE, "audience", where)
    if document.digest and not document.entries:
        raise InvalidDocument(f"{where}: bản tóm lược phải có [[entries]] ghi nguồn từng mục.")
    if document.entries and not document.digest:
        raise InvalidDocument(f"{where}: chỉ bản tóm lược (digest = true) mới có [[entries]].")
    keys = {key for key, _ in document.sources}
    for entry in document.entries:
        missing = [source for source in entry.sources if source not in keys]
        if missing or not entry.sources:
            raise InvalidDocument(f"{where}: mục {entry.address} thiếu nguồn {', '.join(missing)}.")


def _identity(table: Table, where: str) -> Identity:
    _known(table, _IDENTITY, where)
    values = {key: _optional(table, key, where) for key in _IDENTITY.split()}
    day = values["date"]
    if day is not None:
        _match(day, _DATE, "identity.date", where)
        try:
            date.fromisoformat((day + "-01-01")[:10])
        except ValueError as error:
            raise InvalidDocument(f"{where}: identity.date = “{day}” không có thật.") from error
    return Identity(**values)


def _validity(table: Table, where: str) -> Validity:
    _known(table, _VALIDITY, where)
    status = _text(table, "status", where)
    if status not in get_args(Status):
        raise InvalidDocument(f"{where}: validity.status = “{status}” không hợp lệ.")
    return Validity(
        status=cast(Status, status),
        reason=_text(table, "reason", where),
        until=_day(table, "until", where),
        basis=_optional(table, "basis", where),
        recorded=_day(table, "recorded", where),
    )


def _entries(table: Table, clauses: tuple[Clause, ...], where: str) -> tuple[DigestEntry, ...]:
    known = {clause.address for clause in clauses}
    found: list[DigestEntry] = []
    for entry in _tables(table, "entries", where):
        _known(entry, _ENTRY, where)
        address, confidence = _text(entry, "address", where), _text(entry, "confidence", where)
        if address not in known:
            raise InvalidDocument(
                f"{where}: [[entries]] nêu mục {address} không có trong text.txt."
            )
        if confidence not in get_args(Confidence):
            raise InvalidDocument(f"{where}: confidence = “{confidence}” không hợp lệ.")
        numbered = _flag(entry, "numbered", where, default=True)
        sources = _texts(entry, "sources", where)
        found.append(DigestEntry(address, sources, cast(Confidence, confidence), numbered))
    return tuple(found)


def _notes(table: Table, text: str, where: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for note in _tables(table, "notes", where):
        _known(note, "slip note", where)
        slip = _text(note, "slip", where)
        if slip not in text and slip not in clean(text):
            raise InvalidDocument(f"{where}: [[notes]] nêu “{slip}” không có trong text.txt.")
        found.append((slip, _text(note, "note", where)))
    return tuple(found)


def _sources(table: Table, where: str) -> tuple[tuple[str, str], ...]:
    if "sources" not in table:
        return ()
    sources = _table(table, "sources", where)
    return tuple((key, _text(sources, key, where)) for key in sources)


def _scanned(table: Table, text: str, where: str) -> tuple[tuple[int, int], ...]:
    """Stretches of the text, one after the other."""
    found: list[tuple[int, int]] = []
    last, spans = 0, table.get("scanned", [])
    for span in spans if isinstance(spans, list) else [spans]:
        match span:
            case [int(start), int(end)] if last <= start <= end <= len(text):
                found.append((start, end))
                last = end
            case _:
                raise InvalidDocument(
                    f"{where}: scanned phải là các đoạn [đầu, cuối] của text.txt."
                )
    return tuple(found)


def _years(table: Table, where: str) -> tuple[int, int] | None:
    value = table.get("years")
    if value is None:
        return None
    match value:
        case [int(first), int(last)] if 1945 <= first <= last <= 2200:
            return first, last
    raise InvalidDocument(f"{where}: years phải là [năm đầu, năm cuối].")


def _year(identity: Identity) -> int | None:
    return int(identity.date[:4]) if identity.date else None


def _known(table: Table, names: str, where: str) -> None:
    unknown = [key for key in table if key not in names.split()]
    if unknown:
        raise InvalidDocument(f"{where}: không hiểu khóa {', '.join(unknown)}.")


def _match(value: str, pattern: re.Pattern[str], key: str, where: str) -> str:
    if not pattern.fullmatch(value):
        raise InvalidDocument(f"{where}: {key} = “{value}” không đúng mẫu.")
    return value


def _text(table: Table, key: str, where: str) -> str:
    value = _optional(table, key, where)
    if value is None:
        raise InvalidDocument(f"{where}: thiếu {key}.")
    return value


def _optional(table: Table, key: str, where: str) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InvalidDocument(f"{where}: {key} phải là chữ và không để trống.")
    return value


def _texts(table: Table, key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidDocument(f"{where}: {key} phải là danh sách chữ.")
    return tuple(value)


def _table(table: Table, key: str, where: str) -> Table:
    value = table.get(key)
    if not isinstance(value, dict):
        raise InvalidDocument(f"{where}: thiếu phần [{key}].")
    return value


def _tables(table: Table, key: str, where: str) -> list[Table]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidDocument(f"{where}: {key} phải là các phần [[{key}]].")
    return value


def _flag(table: Table, key: str, where: str, *, default: bool = False) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise InvalidDocument(f"{where}: {key} phải là true hoặc false.")
    return value


def _whole(table: Table, key: str, default: int, where: str) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidDocument(f"{where}: {key} phải là số nguyên dương.")
    return value


def _day(table: Table, key: str, where: str) -> date | None:
    value = table.get(key)
    if value is None:
        return None
    if type(value) is not date:
        raise InvalidDocument(f"{where}: {key} phải là ngày, như 2023-12-31.")
    return value
