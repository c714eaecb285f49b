"""What the numbers of Zalo mean for a message: one table for messages and templates."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Literal

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    NotNow,
    Rejected,
    Silent,
    TryLater,
    Unreachable,
)

Meaning = Literal[
    "busy",  # over the limit of a minute
    "again",  # failed for no told reason: once more, no oftener
    "token",  # another access token may do
    "upload",  # what we uploaded is gone: upload it again
    "morning",  # not at night
    "tomorrow",  # the day's quota is used up
    "silent",  # has not written for 7 days
    "unreachable",
    "rejected",
    "down",
]

#: A quota or a fee that one message lacks rejects that message and no more: an answer to somebody
#: who has just written is free, and must not wait for a payment.
_MEANINGS: Mapping[Meaning, tuple[int, ...]] = {
    "busy": (-32,),
    "again": (-200,),
    "token": (-216, -220, -124),
    "upload": (-100,),
    "morning": (-234, -133),
    "tomorrow": (-144, -147, -1471, -1472),
    "silent": (-230, -232),
    "unreachable": (
        -213,  # does not follow
        -217,  # has blocked invitations
        -218,  # has received as many as may be
        -227,  # banned, or away for 45 days
        -244,  # does not want this kind of message
        -114,  # the account cannot receive
        -119,
        -118,  # no account for this phone
        -139,  # has refused this kind of template
        -140,
        -141,
    ),
    "rejected": (
        -201,  # a wrong parameter
        -210,  # a parameter too long
        -211,  # a quota of the package
        -214,
        -224,  # needs a dearer package
        -233,  # a kind of message that may not be sent
        -235,  # -235, -237, -403: groups
        -237,
        -403,
        -240,  # a closed endpoint
        -248,  # against the platform's policy
        -249,  # this template goes by phone only
        -320,  # no account to be charged, or nothing on it
        -321,
        -1340,  # limits of templates by person
        -1341,
        -108,  # not a phone number
        -109,  # no such template
        -1121,  # -1121, -1122, -1124: a value missing, of a wrong type, too long
        -1122,
        -1124,
        -117,  # this template is not ours to use
        -126,  # -126, -127: development mode
        -127,
        -115,  # the account for templates is empty, missing, or fails
        -136,
        -137,
        -120,  # no right to templates
        -135,
        -138,
        -131,  # not approved
        -146,  # disabled for low quality
    ),
    "down": (
        -204,  # the OA is disabled, or none
        -205,
        -209,  # the app is not active, or without this product
        -212,
        -219,  # the app was removed: consent again
        -221,  # the OA is not verified
        -223,  # the right was not granted: consent again
        -242,  # appsecret_proof
        -1241,
    ),
}
_MEANING_OF = {code: meaning for meaning, codes in _MEANINGS.items() for code in codes}

#: Việt Nam has kept UTC+7 without summer time since 1975.
_VIETNAM = timezone(timedelta(hours=7))
_MORNING = 6  #: o'clock
_BACK_OFF = 60.0  #: seconds: Zalo counts by the minute and tells nothing


def meaning_of(code: int) -> Meaning:
    """What a number other than 0 means; one that nobody has told us about is a refusal."""
    return _MEANING_OF.get(code, "rejected")


def delivery_error(code: int, now: datetime) -> DeliveryError:
    """The number as the error of delivery that it finally is."""
    told = str(code)
    match meaning_of(code):
        case "busy" | "token":
            # Many wait at the same time: they must not all come back at the same time.
            return TryLater(told, after=_BACK_OFF * random.uniform(1, 1.5))
        case "morning":
            return NotNow(told, _until_morning(now, same_day=True))
        case "tomorrow":
            return NotNow(told, _until_morning(now, same_day=False))
        case "silent":
            return Silent(told)
        case "unreachable":
            return Unreachable(told)
        case "down":
            return ChannelDown(told)
        case _:
            return Rejected(told)


def _until_morning(now: datetime, *, same_day: bool) -> float:
    local = now.astimezone(_VIETNAM)
    morning = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    if not same_day or morning <= local:
        morning += timedelta(days=1)
    return (morning - local).total_seconds()
