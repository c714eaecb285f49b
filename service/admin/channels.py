"""*Kênh*: how each channel fares, sending again, a test message, the two switches."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.channel_views import channel_views
from service.admin.drawing import back, draw
from service.admin.send_test import send_test
from service.admin.switches import change
from service.routes.desk import desk_of
from service.storage.admins import own_accounts
from service.storage.alerts import settle_alert
from service.storage.audit import record
from service.storage.channel_board import clear_stop
from service.storage.codes import keep_code, short_code
from service.storage.engine import transaction
from service.storage.switches import SwitchName

Name = Literal["web", "telegram", "zalo_oa", "zalo_bot", "email"]
_CODE_VALID = timedelta(minutes=15)
_HERE = "/admin/channels"

router = APIRouter()


@router.get("/admin/channels")
def channels_page(request: Request) -> Response:
    """Every channel, configured or not."""
    return _page(request)


@router.post("/admin/channels/test-code")
def test_code(request: Request) -> Response:
    """A code that the person sends to a channel: so we learn which account is theirs.

    Nobody chooses from the accounts of citizens, and whoever does not hold the code gets nothing.
    """
    desk, visitor, code = desk_of(request), visitor_of(request), short_code()
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        keep_code(session, "test", code, at + _CODE_VALID, admin_id=visitor.admin_id)
        record(session, visitor.actor, "test_code_made", visitor.actor, at)
    return _page(request, code)


@router.post("/admin/channels/{channel}/test")
def test_channel(request: Request, channel: Name) -> Response:
    """A test message to the person's own account."""
    desk, visitor = desk_of(request), visitor_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        account = own_accounts(session, visitor.admin_id, at).get(channel)
        if account is None:
            return back(_HERE, "no_account")
        send_test(session, channel, account.chat, at)
        record(session, visitor.actor, "test_sent", f"channel:{channel}", at)
    return back(_HERE, "test_sent")


@router.post("/admin/channels/{channel}/retry")
def retry(request: Request, channel: Name) -> Response:
    """Whatever stopped the channel has been put right: send again."""
    desk = desk_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        changed = clear_stop(session, channel)
        if changed:
            who = visitor_of(request).actor
            record(session, who, "channel_retried", f"channel:{channel}", at)
            settle_alert(session, "channel_stopped", channel, at)  # another opens if it fails again
    return back(_HERE, "retried" if changed else "already")


@router.post("/admin/switches/{name}")
def turn_switch(request: Request, name: SwitchName, on: bool = Form(False)) -> Response:
    """Turn one of the two switches."""
    desk = desk_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        changed = change(session, name, on, visitor_of(request).actor, at)
    return back(_HERE, "turned" if changed else "already")


def _page(request: Request, code: str = "") -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        channels = channel_views(session, desk.settings, visitor.admin_id, at)
    return draw(request, "admin_channels.html", "channels", channels=channels, code=code)
