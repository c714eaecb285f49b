"""The events of an Official Account as bytes, and their signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The plain SHA-256 over the bytes as they are sent; not an HMAC."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def as_bytes(event: Mapping[str, Any]) -> bytes:
    """Compact JSON in raw UTF-8: Vietnamese letters are not escaped."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def by_app(user: str) -> str:
    """The id that the app knows the same person by."""
    return str(10**18 + int(hashlib.sha256(user.encode()).hexdigest()[:14], 16))


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Puts what happened between a person and the OA into the shapes of the platform."""

    app_id: str
    oa_id: str

    def from_user(self, user: str, name: str, at: str, message: Json, **more: Any) -> Json:
        """A person wrote to the OA."""
        return self._between(user, self.oa_id, user, name, at, message, **more)

    def from_oa(self, user: str, name: str, at: str, message: Json, admin: str = "") -> Json:
        """The OA wrote, or its message arrived; `admin` is the person who typed it by hand."""
        event = self._between(self.oa_id, user, user, name, at, message)
        if admin:
            event["sender"]["admin_id"] = admin
        return event

    def about_template(self, recipient: str, at: str, message: Json) -> Json:
        """A template message arrived at a phone or a person."""
        return {
            "app_id": self.app_id,
            "event_name": "user_received_message",
            "sender": {"id": self.oa_id},
            "recipient": {"id": recipient},
            "message": message,
            "timestamp": at,
        }

    def following(self, user: str, name: str, at: str) -> Json:
        """Follow and unfollow are flat, without sender and recipient."""
        return {
            "app_id": self.app_id,
            "oa_id": self.oa_id,
            "user_id_by_app": by_app(user),
            "event_name": name,
            "source": "oa_profile",
            "follower": {"id": user},
            "timestamp": at,
        }

    def flat(self, user: str, name: str, at: str, **more: Any) -> Json:
        """Events that name the person and nothing else."""
        return {
            "app_id": self.app_id,
            "oa_id": self.oa_id,
            "user_id": user,
            "event_name": name,
            "timestamp": at,
            **more,
        }

    def anonymous(self, visitor: str, at: str, text: str) -> Json:
        """Somebody wrote in the chat box of a website, without an account."""
        return {
            "app_id": self.app_id,
            "event_name": "anonymous_send_text",
            "sender": {"id": visitor},
            "recipient": {"id": self.oa_id},
            "message": {"msg_id": f"anonymous-{at}", "text": text, "conversation_id": visitor},
            "timestamp": at,
        }

    def _between(
        self, sender: str, recipient: str, user: str, name: str, at: str, message: Json, **more: Any
    ) -> Json:
        return {
            "app_id": self.app_id,
            "user_id_by_app": by_app(user),
            "event_name": name,
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "message": message,
            "timestamp": at,
            **more,
        }
