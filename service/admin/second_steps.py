"""The second step of signing in: a code of an app on the phone, or one of the spare codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Literal

import pyotp
from pyotp.utils import strings_equal
from sqlmodel import Session

from service.admin.words import words
from service.settings import Settings, secret_key
from service.storage.audit import record
from service.storage.codes import (
    count_codes,
    find_code,
    keep_code,
    read_spare_code,
    spare_code,
    use_code,
    withdraw_codes,
)
from service.storage.people_tables import AdminUser, SecondStep
from service.storage.second_steps import begin_step, confirm_step, drop_step, find_step, take_step

SPARE_CODES = 10
STEP = 30  #: seconds that a code of the app is for
_SKEW = 1  #: steps by which the clocks of phone and server may differ
#: What was begun and not finished is begun anew: nobody finds an old QR on the page.
_BEGUN = timedelta(minutes=30)
_LASTING = timedelta(days=3650)
_FIGURES = re.compile(r"[0-9]{6}")

How = Literal["app", "spare"]


def begin(session: Session, admin_id: int, by: str, at: datetime) -> bool:
    """Show an app the secret; False when the second step is on already."""
    begun = begin_step(session, admin_id, secrets.token_hex(32), at)
    if begun:
        record(session, by, "second_step_begun", f"admin:{admin_id}", at)
    return begun


def begun(session: Session, admin_id: int, at: datetime) -> SecondStep | None:
    """What waits for its first code."""
    row = find_step(session, admin_id)
    if row is None or row.confirmed_at is not None or row.begun_at <= at - _BEGUN:
        return None
    return row


def confirm(
    session: Session, settings: Settings, admin: AdminUser, typed: str, at: datetime
) -> list[str] | None:
    """Turn it on by the first code of the app; the spare codes, or None for a wrong code."""
    assert admin.id is not None
    row = begun(session, admin.id, at)
    if row is None or not _take(session, settings, row, typed, at):
        return None
    confirm_step(session, admin.id, at)
    record(session, f"admin:{admin.id}", "second_step_on", f"admin:{admin.id}", at)
    return _spare_codes(session, admin.id, at)


def new_spare_codes(session: Session, admin_id: int, at: datetime) -> list[str]:
    """Others instead of those before; they are shown once, and only their hashes kept."""
    record(session, f"admin:{admin_id}", "spare_codes_made", f"admin:{admin_id}", at)
    return _spare_codes(session, admin_id, at)


def count_spare_codes(session: Session, admin_id: int, at: datetime) -> int:
    """How many may still be used."""
    return count_codes(session, admin_id, "spare", at)


def turn_off(session: Session, admin_id: int, by: str, at: datetime) -> bool:
    """The password alone is asked for again; False when it was so."""
    withdraw_codes(session, admin_id, "spare")
    was_on = drop_step(session, admin_id)
    if was_on:
        record(session, by, "second_step_off", f"admin:{admin_id}", at)
    return was_on


def take_code(
    session: Session, settings: Settings, admin_id: int, typed: str, at: datetime
) -> How | None:
    """Use up a code of the app or a spare one; None when it is wrong or was used before."""
    row = find_step(session, admin_id)
    if row is None or row.confirmed_at is None:
        return None
    if _take(session, settings, row, typed, at):
        return "app"
    code = read_spare_code(typed)
    spare = find_code(session, "spare", code, at) if code else None
    if spare is None or spare.admin_id != admin_id:
        return None
    return "spare" if use_code(session, "spare", code, at) else None


def secret_of(settings: Settings, row: SecondStep) -> str:
    """What the app keeps, in base 32; a copy of the database alone does not tell it."""
    key = secret_key(settings).encode()
    digest = hmac.new(key, b"second step:" + row.seed.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def address_of(name: str, secret: str) -> str:
    """What the QR says to the app: `otpauth://totp/…`."""
    issuer = str(words()["second_step"]["issuer"])
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=issuer)


def _take(session: Session, settings: Settings, row: SecondStep, typed: str, at: datetime) -> bool:
    figures = re.sub(r"\s", "", typed)
    if not _FIGURES.fullmatch(figures):
        return False
    codes, now = pyotp.HOTP(secret_of(settings, row)), int(at.timestamp()) // STEP
    steps = range(now - _SKEW, now + _SKEW + 1)
    meant = [step for step in steps if strings_equal(codes.at(step), figures)]
    return bool(meant) and take_step(session, row.admin_id, meant[-1])


def _spare_codes(session: Session, admin_id: int, at: datetime) -> list[str]:
    withdraw_codes(session, admin_id, "spare")
    codes = [spare_code() for _ in range(SPARE_CODES)]
    for code in codes:
        keep_code(session, "spare", code, at + _LASTING, admin_id=admin_id)
    return codes
