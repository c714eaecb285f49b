"""Letters (e-mail) in the conversation: an address is given, proved by a code, and taken back."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.assistance import Assistance
from bot.commands import command_of, move_code_of
from bot.mail_addresses import apart, is_address, masked
from bot.standing import Conversation, Turned, notice, offering
from knowledge.vietnamese import fold

_LONGEST = 200  #: characters of a message that gives an address or a code
#: "mã thư K7QM-2XRD"; without these words the code is that of a letter, or any other's.
_NAMED = re.compile(r"\s*(?:ma\s+)?(?:thu|email)[\s:]+(?P<code>.+)")


def asked_about(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that gives an address, or the code of a letter; None for any other."""
    if len(text) > _LONGEST:
        return None
    if names_address(text):
        return _given(state, apart(text)[1], assistance)
    named = _NAMED.fullmatch(fold(text))
    code = move_code_of(f"/start {named['code']}") if named else move_code_of(text)
    address = assistance.registry.confirm_mail(code) if code else None
    if address is None:
        return (_free(state), (notice("mail.wrong_code"),)) if code and named else None
    return _free(state), (notice("mail.confirmed", address=masked(address)),)


def names_address(text: str) -> bool:
    """ "Nhận thư: ten@donvi.gov.vn", with or without accents."""
    words, address = apart(text) if len(text) <= _LONGEST else ("", "")
    return bool(address) and command_of(words) == "mail"


def asked(state: Conversation, assistance: Assistance) -> Turned:
    """How letters are had, and where they go now."""
    if refused := _refused(state, assistance):
        return refused
    address = assistance.registry.mailbox()
    if not address:
        return _free(state), (notice("mail.how"),)
    return offering(state, notice("mail.goes_to", ("mail_stop",), address=masked(address)))


def stopped(state: Conversation, assistance: Assistance) -> Turned:
    """No letters any more; the address is forgotten."""
    was = assistance.registry.stop_mail()
    return offering(state, notice("mail.stopped" if was else "mail.none", ("mail",)))


def _given(state: Conversation, address: str, assistance: Assistance) -> Turned:
    if refused := _refused(state, assistance):
        return refused
    if not is_address(address):
        return _free(state), (notice("mail.wrong_address"),)
    if not assistance.registry.ask_mail(address):
        return _free(state), (notice("mail.too_often"),)
    return _free(state), (notice("mail.code_sent", address=masked(address)),)


def _refused(state: Conversation, assistance: Assistance) -> Turned | None:
    """Where the office sends no letters, or not to this person."""
    if assistance.registry.mailbox() is None:
        return _free(state), (notice("mail.not_sent"),)
    if not any(unit.confirmed for unit in assistance.registry.acting()):
        return offering(state, notice("mail.no_unit", ("register",)))
    return None


def _free(state: Conversation) -> Conversation:
    """A number that is typed next chooses nothing that was offered before."""
    return replace(state, choosing=False)
