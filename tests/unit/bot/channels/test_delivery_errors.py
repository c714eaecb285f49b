"""What went wrong with a delivery, as it is kept and logged."""

from __future__ import annotations

import pytest

from bot.channels.base import Moved, Rejected, TryLater


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("-230", "-230"),
        ("Bad Request: không tìm thấy", "Bad Request: không tìm thấy"),
        ("a\0b", "a?b"),  # PostgreSQL keeps no zero
        ("a\r\nERROR forged", "a??ERROR forged"),  # one line of a log stays one line
        ("\ud800", "?"),  # half a letter
    ],
)
def test_what_a_foreign_server_says_can_be_kept(code: str, kept: str) -> None:
    error = Rejected(code)
    assert error.code == kept
    assert str(error) == kept


def test_an_error_tells_how_long_to_wait_and_where_to() -> None:
    assert TryLater("429", after=3).after == 3
    assert Moved("-100123").chat == "-100123"
