"""What the OA may read: a person's profile, its own, and whom it may still write to."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request

from tests.fakes.zalo_clock import VIETNAM
from tests.fakes.zalo_content import require
from tests.fakes.zalo_endpoints import data_of, json_of
from tests.fakes.zalo_events import Json, by_app
from tests.fakes.zalo_messages import quota_of
from tests.fakes.zalo_state import Refused, User, ZaloState

GOVERNMENT = 4
NAME = "Trợ lý 407 (giả lập)"


async def user_detail(zalo: ZaloState, request: Request) -> Json:
    """GET /v3.0/oa/user/detail?data={"user_id"}"""
    user = _known(zalo, data_of(request))
    if not user.follower:
        raise Refused(-213)
    picture = f"https://avatar.example.zdn.vn/{user.id}"
    return {
        "user_id": user.id,
        "user_id_by_app": by_app(user.id),
        "display_name": user.name,
        "user_alias": user.name,
        "user_is_follower": True,
        "is_sensitive": False,
        "user_last_interaction_date": _day(user.last_interaction),
        "avatar": picture,
        "avatars": {"120": f"{picture}/120", "240": f"{picture}/240"},
        "tags_and_notes_info": {"tag_names": [], "notes": []},
        "shared_info": dict(user.shared),
    }


async def get_oa(zalo: ZaloState, request: Request) -> Json:
    """GET /v2.0/oa/getoa"""
    return {
        "oaid": zalo.oa_id,
        "name": NAME,
        "is_verified": True,
        "oa_type": GOVERNMENT,
        "package_name": "Nâng cao",
        "package_valid_through_date": "31/12/2027",
        "num_follower": sum(user.follower for user in zalo.users.values()),
        "linked_zca": "",
    }


async def quota(zalo: ZaloState, request: Request) -> Json:
    """POST /v3.0/oa/quota/message; the names within the blocks are not documented."""
    user = _known(zalo, await json_of(request))
    paid_by = quota_of(zalo, user)
    return {
        "user_id": user.id,
        "last_interaction_time": str(int((user.last_interaction or 0) * 1000)),
        "consultation": {"allowed": paid_by is not None, "quota_type": paid_by},
        "promotion": {"allowed": False, "quota_type": None},
    }


def _known(zalo: ZaloState, asked: Json) -> User:
    id_ = asked.get("user_id")
    require(isinstance(id_, str) and id_ in zalo.users, "user_id")
    return zalo.users[str(id_)]


def _day(at: float | None) -> str:
    return datetime.fromtimestamp(at, VIETNAM).strftime("%d/%m/%Y") if at is not None else ""
