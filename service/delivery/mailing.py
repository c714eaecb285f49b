"""Where a person has letters sent: asked for, proved by a code, agreed to, taken back."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlmodel import Session

from bot.registry import NOTICE
from bot.texts import say
from service.delivery.writer import Writer
from service.errors import Overtaken
from service.storage.codes import addresses_asked, find_code, renew_code, short_code, use_code
from service.storage.consents import agree, withdraw_consents
from service.storage.mailboxes import (
    code_key,
    codes_sent,
    drop_mailbox,
    mailbox_of,
    set_mailbox,
)
from service.storage.outbox import enqueue
from service.storage.people_tables import MAIL

PURPOSE = "mail"  #: what a person agrees to who gives the code back
_LIFE = timedelta(minutes=60)  #: letters may take a while
_MOST, _WITHIN = 5, timedelta(days=1)  #: codes to one person, and to one address


def may_ask(session: Session, writer: Writer, address: str) -> bool:
    """Whether a code may go there: nobody is to have others flooded with letters."""
    since = writer.at - _WITHIN
    return codes_sent(session, writer.person_id, address, since) < _MOST


def ask(session: Session, writer: Writer, address: str) -> None:
    """A code goes there; those before it count no more."""
    code = short_code()
    terms = {"address": address}
    renew_code(session, "mail", code, writer.at + _LIFE, writer.person_id, terms)
    key = code_key(writer.person_id, secrets.token_hex(8))
    enqueue(session, MAIL, address, say("mail.code_letter", code=code), writer.at, key=key)


def address_of(session: Session, writer: Writer, code: str) -> str | None:
    """Where this code was sent for this person, while it counts."""
    found = find_code(session, "mail", code, writer.at)
    mine = found is not None and found.person_id == writer.person_id
    return str(found.terms["address"]) if found and mine else None


def confirm(session: Session, writer: Writer, code: str, address: str) -> None:
    """Letters go there; whoever gives the code back agrees to it."""
    if use_code(session, "mail", code, writer.at) is None:
        raise Overtaken
    set_mailbox(session, writer.person_id, address, writer.at)
    agree(session, writer.person_id, PURPOSE, NOTICE, writer.at)


def is_known(session: Session, writer: Writer) -> bool:
    """Whether there is an address, or one that waits for its code."""
    waiting = addresses_asked(session, writer.person_id)
    return bool(waiting or mailbox_of(session, writer.person_id))


def stop(session: Session, writer: Writer) -> None:
    """The address goes, and that the person agrees to letters."""
    drop_mailbox(session, writer.person_id)
    withdraw_consents(session, writer.person_id, writer.at, PURPOSE)
