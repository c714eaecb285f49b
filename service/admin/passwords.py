"""Passwords: what is accepted, how it is kept, how it is compared."""

from __future__ import annotations

import re
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from knowledge.vietnamese import compose, fold

SHORTEST, LONGEST = 10, 200  #: characters
_FIGURES = 16  #: a password of figures alone has at least so many
_FEWEST_SIGNS = 4  #: "aaaaaaaaaa", "1212121212"
_ROWS = ("01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz")
#: With or without figures and signs around them.
_OBVIOUS = {
    "password", "passw", "matkhau", "matkhaumoi", "admin", "administrator", "quantri", "troly",
    "trolyao", "vietnam", "letmein", "welcome", "iloveyou", "anhyeuem", "xinchao", "qwerty",
    "abc", "abcd", "user", "test", "demo", "root",
}  # fmt: skip

_hasher = PasswordHasher()
#: One comparison takes 64 MB and a core for a while: a flood of them must not take the machine.
_turns = BoundedSemaphore(2)


def fault(name: str, password: str) -> str | None:
    """Why the password is not accepted for `name`: a key of `refused:`; None when it is."""
    password = compose(password)
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    bare, named = _letters(password), _letters(name)
    if fold(name) == fold(password) or bare in {named, named[::-1], named * 2} - {""}:
        return "like_name"
    return "obvious" if bare in _OBVIOUS or _is_a_pattern(password) else None


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", fold(text))


def _is_a_pattern(password: str) -> bool:
    """Keys in a row, one sign again and again, a telephone number or a date."""
    plain = re.sub(r"\s+", "", fold(password))
    in_a_row = any(plain in row or plain[::-1] in row for row in _ROWS)
    only_figures = plain.isdecimal() and len(plain) < _FIGURES
    return in_a_row or only_figures or len(set(plain)) < _FEWEST_SIGNS


def hash_password(password: str) -> str:
    """What is stored; composed, so that every keyboard gives the same letters."""
    with _turns:
        return _hasher.hash(compose(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is none to compare with."""
    with _turns:
        nobodys = _nobodys()  # made at the first comparison, whichever that is
        try:
            right = _hasher.verify(password_hash or nobodys, compose(password))
        except (Argon2Error, InvalidHashError):
            return False
    return right and bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
