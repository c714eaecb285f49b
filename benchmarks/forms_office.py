"""What a proof of the forms needs of an office: units, who acts for them, drafts, large files."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Sequence
from datetime import UTC, datetime

from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from rich.console import Console
from sqlmodel import Session, col, select

from benchmarks.channels_product import Product
from service import offices
from service.storage import bindings, units
from service.storage.engine import transaction
from service.storage.form_tables import Submission, SubmissionFile
from service.storage.people import find_account
from service.storage.people_tables import StoredFile
from service.storage.policy_drafts import Drafted, add_draft

TEN_MB = 10_000_000


def progress(text: str) -> None:
    """One line for whoever waits."""
    Console().print(f"    {datetime.now(UTC):%H:%M:%S} {text}", highlight=False, markup=False)


def person_behind(session: Session, channel: str, address: str) -> int:
    """Who has written there; raises LookupError before the first message."""
    account = find_account(session, channel, address)
    if account is None:
        raise LookupError(f"nobody has written on {channel}")
    return account.person_id


def unit_called(session: Session, name: str, plan: str = "") -> int:
    """The unit, made where there is none."""
    unit = units.find_unit(session, name) or units.add_unit(session, name, datetime.now(UTC))
    unit.plan = plan or unit.plan
    session.add(unit)
    session.flush()
    assert unit.id is not None
    return unit.id


def act_for(
    product: Product, channel: str, address: str, unit: str, name: str, *, plan: str = ""
) -> int:
    """Let whoever wrote there act for the unit; the person's id."""
    at = datetime.now(UTC)
    with product.database() as engine, transaction(engine) as session:
        person_id = person_behind(session, channel, address)
        asked = bindings.ask(
            session, person_id, unit_called(session, unit, plan), name, "Chuyên viên", at
        )
        assert asked.id is not None
        offices.confirm(session, asked.id, "command", at)
    return person_id


def open_draft(product: Product, title: str) -> int:
    """A draft that people may comment on; its number."""
    drafted = Drafted(title, "Quy định mức thu.", "Sở Tài chính")
    with product.database() as engine, transaction(engine) as session:
        draft = add_draft(session, drafted, datetime.now(UTC))
        assert draft.id is not None
        return draft.id


def sent_by(product: Product, person_id: int) -> Sequence[tuple[Submission, Sequence[str]]]:
    """What a person has sent, each with the hashes of its files."""
    with product.database() as engine, transaction(engine) as session:
        mine = select(Submission).where(col(Submission.person_id) == person_id)
        return [(row, _hashes(session, row.id)) for row in session.exec(mine).all()]


def _hashes(session: Session, submission_id: int | None) -> Sequence[str]:
    of = select(SubmissionFile.sha256).where(col(SubmissionFile.submission_id) == submission_id)
    return session.exec(of).all()


def rows_of_files(product: Product, person_id: int) -> Sequence[str]:
    """The hash of each file that is noted as a person's."""
    with product.database() as engine, transaction(engine) as session:
        of = select(StoredFile.sha256).where(col(StoredFile.person_id) == person_id)
        return session.exec(of).all()


def bytes_kept(product: Product, content: bytes) -> int:
    """How often these bytes lie whole in the data folder."""
    sha256 = hashlib.sha256(content).hexdigest()
    kept = product.data / "received" / sha256
    return int(kept.is_file() and kept.read_bytes() == content)


def pdf_of(size: int, seed: int, line: str = "Trang 1") -> bytes:
    """A valid PDF of so many bytes: its rest is a stream that nothing shows."""
    page = io.BytesIO()
    canvas = Canvas(page, pageCompression=0)
    canvas.drawString(72, 720, line)
    canvas.save()
    content = page.getvalue()
    padding = random.Random(seed).randbytes(max(0, size - len(content) - 100))
    stream = b"%d 0 obj\n<< /Length %d >>\nstream\n" % (99, len(padding)) + padding
    body = content.rindex(b"xref")
    # Before the table of objects, which is found by searching when its place is wrong.
    return content[:body] + stream + b"\nendstream\nendobj\n" + content[body:]


def jpeg_of(size: int, seed: int) -> bytes:
    """A photo of so many bytes; the rest follows its end, where readers stop."""
    picture = io.BytesIO()
    noise = random.Random(seed).randbytes(600 * 400 * 3)
    Image.frombytes("RGB", (600, 400), noise).save(picture, "JPEG", quality=85)
    content = picture.getvalue()
    return content + random.Random(seed + 1).randbytes(max(0, size - len(content)))
