"""What a reader is warned of."""

from __future__ import annotations

from knowledge.library import SHIPPED
from knowledge.reading.inspect import inspect_text


def test_a_text_that_lost_its_letters_is_doubted() -> None:
    text = (SHIPPED / "lang-son-khdt-2023" / "text.txt").read_text("utf-8")
    lost = "".join(c for c in text if c.isascii())  # a PDF font without Vietnamese letters
    assert any("mất chữ" in w for w in inspect_text(lost).warnings)
    assert not any("mất chữ" in w for w in inspect_text(text).warnings)
