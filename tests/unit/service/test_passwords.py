"""Passwords of the desk: which are taken, how they are kept and compared."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher

from service.admin import passwords
from service.admin.words import words


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("lan", "mưa rào tháng bảy", None),
        ("lan", "k9#Vx2!pQz", None),
        ("lan", "lan đi chợ sớm mai", None),  # the name is only one word of it
        ("2026", "chín chữ số 2026", None),
        ("lan", "", "short"),
        ("lan", "ngắn quá.", "short"),
        ("lan", "a" * 201, "long"),
        ("nguyen.lan", "Nguyen.Lan", "like_name"),
        ("nguyenlan", "nguyễn lan 2026", "like_name"),
        ("nguyenlan", "nalneyugn!", "like_name"),
        ("lannn", "lannnlannn", "like_name"),
        ("lan", "Matkhau@2026", "obvious"),
        ("lan", "mật khẩu 123", "obvious"),
        ("lan", "1234567890", "obvious"),
        ("lan", "9876543210", "obvious"),
        ("lan", "qwertyuiop", "obvious"),
        ("lan", "0912345678", "obvious"),  # a telephone number
        ("lan", "aaaaaaaaaaaa", "obvious"),
        ("lan", "1212121212121212", "obvious"),
        ("lan", "Troly407!!", "obvious"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(
    name: str, password: str, why: str | None
) -> None:
    assert passwords.fault(name, password) == why
    if why:
        assert why in words()["refused"]


def test_a_password_is_kept_as_argon2_with_the_usual_parameters() -> None:
    kept = passwords.hash_password("mưa rào tháng bảy")
    assert kept.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(kept)
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated(kept.replace("m=65536", "m=1024"))
    assert passwords.matches(kept, unicodedata.normalize("NFD", "mưa rào tháng bảy"))
    assert not passwords.matches(kept, "mưa rào tháng bay")


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_nothing_matches_where_there_is_no_password(kept: str | None) -> None:
    assert not passwords.matches(kept, "nobody has this password")
