"""Photographed pages that were sent one by one become one paper, in their order."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from bot.forms.engine import SentFile
from bot.texts import say
from service.delivery.files import store
from service.delivery.pictures import BadPicture, TooManyPages, pages_to_pdf

log = logging.getLogger(__name__)


def as_pages(folder: Path, files: Sequence[SentFile]) -> tuple[SentFile, ...]:
    """One PDF for pictures alone, kept in `folder`; what fails stays as it was sent."""
    if not files or not all(one.picture for one in files):
        return tuple(files)
    try:
        content = pages_to_pdf([(folder / one.sha256).read_bytes() for one in files])
    except (OSError, BadPicture, TooManyPages) as error:  # the pages are worth more than their form
        log.warning("%s pages stay single: %s", len(files), type(error).__name__)
        return tuple(files)
    name = say("form.pages_name", count=len(files))
    sha256 = store(folder, content)
    return (SentFile(sha256, name, len(content), "application/pdf"),)
