"""The policy of one duty: what was set for it, over what the settings say for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from pydantic import JsonValue, TypeAdapter

from service.duties.schedule import Policy
from service.settings import Settings

_READ = TypeAdapter(Policy)
_NAMES = frozenset(field.name for field in fields(Policy))


def default_policy(settings: Settings) -> Policy:
    """The office's own."""
    before, late = (
        tuple(map(int, days.split(","))) if days else ()
        for days in (settings.remind_before, settings.remind_late)
    )
    return Policy(before, late)


def policy_of(told: Mapping[str, object], default: Policy) -> Policy:
    """The default with what was set; raises pydantic.ValidationError for what is no policy."""
    known = {name: value for name, value in told.items() if name in _NAMES}
    if not known:
        return default
    return _READ.validate_python({**asdict(default), **known})


def tells_heads(policy: Policy, settings: Settings) -> bool:
    """Whether heads are told without anybody asked first."""
    return settings.remind_heads if policy.heads is None else policy.heads


def as_json(policy: Policy) -> dict[str, JsonValue]:
    """All of a policy, as an obligation keeps it."""
    return {**asdict(policy), "before": list(policy.before), "late": list(policy.late)}
