"""The secret that a platform and we have agreed on, in a header of its webhooks."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from bot.channels.base import JsonValue, Refused


def with_secret(
    headers: Mapping[str, str], secret: str | None, body: JsonValue, header: str
) -> JsonValue:
    """The body of a webhook that bears the secret that was agreed with the platform.

    Raises Refused; without a secret nothing is let in.
    """
    shown = headers.get(header, "")
    if not secret or not hmac.compare_digest(shown.encode(), secret.encode()):
        raise Refused(403, "wrong secret")
    if not isinstance(body, dict):
        raise Refused(400, "not an object")
    return body
