"""Pages photographed one by one and sent by form: one paper in their order, upright."""

from __future__ import annotations

import io
from datetime import timedelta

import pillow_heif
import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from sqlalchemy import Engine
from sqlmodel import select

from bot.messages import Attachment
from service.delivery.files import Received
from service.housekeeping import tidy
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.form_tables import PolicyDraft, SubmissionFile
from service.storage.people_tables import StoredFile
from tests.builders import NOON
from tests.desk import Clock
from tests.integration.talks import Talks
from tests.pictures import a_page, encoded

_TURNED = 6  #: as a phone that was held upright writes it


def photo(number: int) -> tuple[str, bytes]:
    """A page with more lines than the one before: as it lies, turned by its EXIF, or HEIC."""
    page = a_page((600, 800), lines=4 + 8 * number)
    match number % 3:
        case 0:
            return f"{number}.jpg", encoded(page)
        case 1:
            exif = Image.Exif()
            exif[0x0112] = _TURNED
            turned = page.rotate(90, expand=True)
            return f"{number}.jpg", encoded(turned, exif=exif.tobytes())
        case _:
            written = io.BytesIO()
            pillow_heif.from_pillow(page).save(written, quality=80)
            return f"{number}.heic", written.getvalue()


def ink(document: PdfDocument) -> list[int]:
    """How far down each page is written on, in hundredths of its height."""
    reach = []
    for page in document:
        drawn = page.render(scale=0.5).to_pil().convert("L").point(lambda v: 255 * (v < 150))
        assert drawn.height > drawn.width  # upright
        box = drawn.getbbox()
        assert box is not None
        assert box[1] < drawn.height // 5  # it begins at the top
        reach.append(100 * box[3] // drawn.height)
    return reach


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    """Somebody who comments on a draft and is asked for files."""
    with transaction(sqlite) as session:
        session.add(PolicyDraft(title="T", summary="S", lead="L", opened_at=NOON))
    talks = Talks(sqlite, settings)
    for text in ("GOPY 1", "đồng ý", "Mức thu nên thấp hơn"):
        talks.say(text)
    return talks


def test_pages_become_one_paper_and_then_go(
    talks: Talks, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    for number in range(4):
        name, content = photo(number)
        event = talks.keep(event="file", attachments=(Attachment(name, name, len(content), ""),))
        talks.answer(event, (Received(name, "", content),))
    for text in ("xong", "bỏ qua", "gửi"):
        talks.say(text)
    with transaction(sqlite) as session:
        [paper] = session.exec(select(SubmissionFile))
        single = list(session.exec(select(StoredFile.sha256)))
    assert paper.media_type == "application/pdf"
    document = PdfDocument((settings.received_dir / paper.sha256).read_bytes())
    assert len(document) == len(single) == 4
    assert ink(document) == sorted(ink(document))
    assert len(set(ink(document))) == 4
    document.close()
    clock.forward(timedelta(days=settings.keep_files_days, seconds=1))
    tidy(sqlite, settings)
    with transaction(sqlite) as session:
        assert session.exec(select(StoredFile)).all() == []
        [kept] = session.exec(select(SubmissionFile))
        assert (settings.received_dir / kept.sha256).is_file()
