"""Addresses for letters (e-mail): told from other words, shown without their name."""

from __future__ import annotations

import re

_LONGEST = 100  #: characters
_LOCAL = r"[A-Za-z0-9_](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}")
#: What somebody meant to be one.
_MEANT = re.compile(r"\S*@\S*")
_AROUND = "<>()[]\"'“”.,;:!?"


def is_address(text: str) -> bool:
    """Whether a server would take it; no accents, no blanks."""
    return len(text) <= _LONGEST and ".." not in text and bool(_ADDRESS.fullmatch(text))


def apart(text: str) -> tuple[str, str]:
    """The words without the one address among them, and the address as it was typed; or ""."""
    found = _MEANT.findall(text)
    if len(found) != 1:
        return text, ""
    return text.replace(found[0], " "), found[0].removeprefix("mailto:").strip(_AROUND)


def masked(address: str) -> str:
    """ "lan@truong.example.vn" → "l•••@truong.example.vn"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
