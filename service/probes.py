"""One call to each platform that is configured: does it know us, and what time is it there?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from bot.channels.base import DeliveryError
from bot.channels.mail import Server, greet
from service.channels import mail_server
from service.doctor import Probe
from service.settings import Settings

_TIMEOUT = 10.0  #: seconds
_TELEGRAM = "https://api.telegram.org/bot"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `fields` is {} unless it was a JSON object."""

    status: int
    fields: Mapping[str, object]
    date: datetime | None = None


#: GET an address with these headers; raises Unanswered.
Ask = Callable[[str, Mapping[str, str]], Answer]


#: Sign in to a mail server; raises DeliveryError.
Greet = Callable[[Server], str]


class Unanswered(Exception):
    """Nobody answered; says what happened without the address, which may hold a token."""


def ask(url: str, headers: Mapping[str, str]) -> Answer:
    """Over the network; redirects are not followed."""
    try:
        response = httpx.get(url, headers=dict(headers), timeout=_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unanswered(type(error).__name__) from None
    try:
        told = response.json()
    except ValueError:
        told = None
    fields = told if isinstance(told, dict) else {}
    return Answer(response.status_code, fields, _date(response.headers.get("date")))


def probe_all(
    settings: Settings, access_token: str | None, ask: Ask, greet: Greet = greet
) -> dict[str, Probe]:
    """Call whatever is configured."""
    probes = dict(_probes(settings, access_token, ask))
    if settings.smtp_url:
        probes["email"] = _letters(mail_server(settings), greet)
    return probes


def _letters(server: Server, greet: Greet) -> Probe:
    """The mail server, signed in to and left again without a letter."""
    try:
        return Probe(True, f"máy chủ thư đã nhận: {greet(server)}")
    except DeliveryError as error:
        return Probe(False, f"máy chủ thư không nhận ({error.code})")


def _probes(settings: Settings, access_token: str | None, ask: Ask) -> Iterator[tuple[str, Probe]]:
    if settings.public_url:
        yield "address", _address(settings.public_url, ask)
    if settings.zalo_app_id and access_token:
        yield "zalo_oa", _official_account(settings, access_token, ask)
    if settings.zalo_bot_token:
        url = f"{settings.zalo_bot_base_url}/bot{settings.zalo_bot_token}/getMe"
        yield "zalo_bot", _bot(url, "account_name", ask)
    if settings.telegram_token:
        url = f"{settings.telegram_base_url or _TELEGRAM}{settings.telegram_token}/getMe"
        yield "telegram", _bot(url, "username", ask)


def _bot(url: str, name: str, ask: Ask) -> Probe:
    try:
        answer = ask(url, {})
    except Unanswered as error:
        return Probe(False, f"không gọi được máy chủ ({error})")
    me = answer.fields.get("result")
    if answer.fields.get("ok") is True and isinstance(me, dict):
        return Probe(True, f"đã gọi được: {me.get(name, '')}", answer.date)
    code = answer.fields.get("error_code", answer.status)
    return Probe(False, f"máy chủ từ chối token (mã {code})", answer.date)


def _official_account(settings: Settings, access_token: str, ask: Ask) -> Probe:
    try:
        url = f"{settings.zalo_openapi_url}/v2.0/oa/getoa"
        answer = ask(url, {"access_token": access_token})
    except Unanswered as error:
        return Probe(False, f"không gọi được Zalo ({error})")
    account = answer.fields.get("data")
    if answer.fields.get("error") == 0 and isinstance(account, dict):
        return Probe(True, f"đã gọi được: {account.get('name', '')}", answer.date)
    code = answer.fields.get("error", answer.status)
    return Probe(False, f"Zalo từ chối (mã {code})", answer.date)


def _address(url: str, ask: Ask) -> Probe:
    """Our own address, from outside in: it must lead here, and not to the desk."""
    try:
        front, desk = ask(f"{url}/", {}), ask(f"{url}/admin", {})
    except Unanswered as error:
        return Probe(False, f"TROLY_PUBLIC_URL không trả lời khi gọi từ máy này ({error})")
    if front.status != 200:
        return Probe(False, f"TROLY_PUBLIC_URL trả lời mã {front.status}", front.date)
    if desk.status != 404:
        return Probe(False, "bên ngoài mở được /admin: chỉ công khai những gì cần", front.date)
    return Probe(True, "", front.date)


def _date(header: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at else None  # HTTP knows no other time zone
