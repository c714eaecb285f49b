"""Ids of the audit trail and of alerts as people say them; what is unknown is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from service.admin.words import words

#: "admin:3" → the name to sign in with.
Names = Mapping[str, str]


def thing(subject: str, names: Names) -> str:
    """ "channel:zalo_oa" or "zalo_oa" → "Zalo OA"; "alert:7" → "cảnh báo số 7"."""
    said, (kind, _, which) = words(), subject.partition(":")
    if subject in names:
        return names[subject]
    if kind == "switch" and which in said["switches"]:
        return str(said["switches"][which]["name"])
    if kind in said["subjects"]:
        return f"{said['subjects'][kind]} {which}".strip()
    channel = which if kind == "channel" else subject
    return str(said["channel_names"].get(channel, subject))


def actor(who: str, names: Names) -> str:
    """Who did it."""
    return str(words()["actors"].get(who) or thing(who, names))


def details(detail: Mapping[str, JsonValue]) -> str:
    """What else was written down: "vai trò: Chỉ xem"."""
    known = words()["details"]
    return ", ".join(f"{known.get(key, key)}: {_value(value)}" for key, value in detail.items())


def _value(value: JsonValue) -> str:
    said = words()
    if isinstance(value, bool):
        return str(said["details"]["yes" if value else "no"])
    if not isinstance(value, str):
        return str(value)
    return str(said["roles"].get(value) or said["details"].get(value, value))
