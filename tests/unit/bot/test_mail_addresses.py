"""Addresses for letters among other words."""

from __future__ import annotations

import pytest

from bot.mail_addresses import apart, is_address, masked


@pytest.mark.parametrize(
    "address", ["ten@donvi.gov.vn", "a.b+c@x-y.example.vn", "T_1@Example.COM", "a@b.vn"]
)
def test_what_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "text",
    ["", "ten", "ten@donvi", "@a.vn", "a@.vn", "a b@c.vn", "tên@đơnvị.vn", "a..b@c.vn", ".a@b.vn",
     "a@b.vn\nBcc: c@d.vn", "a@b.vn,c@d.vn", "a@-b.vn", "a" * 90 + "@example.vn", "a@b.v1"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "words", "address"),
    [
        ("nhận thư: ten@donvi.gov.vn", "nhận thư:", "ten@donvi.gov.vn"),
        ("nhận thư <ten@donvi.gov.vn>.", "nhận thư", "ten@donvi.gov.vn"),
        ("nhận thư: mailto:ten@donvi.gov.vn nhé", "nhận thư: nhé", "ten@donvi.gov.vn"),
        ("nhận thư: ten@donvi", "nhận thư:", "ten@donvi"),
        ("nhận thư a@b.vn c@d.vn", "nhận thư a@b.vn c@d.vn", ""),
        ("nhận thư", "nhận thư", ""),
    ],
)
def test_an_address_is_told_from_the_words(text: str, words: str, address: str) -> None:
    found, typed = apart(text)
    assert (" ".join(found.split()), typed) == (words, address)


def test_of_an_address_that_is_shown_only_its_owner_knows_the_rest() -> None:
    assert masked("lan.nguyen@truong.example.vn") == "l•••@truong.example.vn"
