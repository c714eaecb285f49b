"""The control of the fake Zalo: people, rules, tokens, the webhook, counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.zalo_clock import Clock
from tests.fakes.zalo_events import Json, as_bytes, signature
from tests.fakes.zalo_people import People
from tests.fakes.zalo_postman import Letter
from tests.fakes.zalo_state import Family, Param, Template, User, ZaloState
from tests.fakes.zalo_tokens import Tokens
from tests.fakes.zalo_webhook import Webhook

APP, OA = "1000000000000000001", "4000000000000000004"
SECRET, OA_SECRET = "app-secret", "oa-secret"


class FakeZalo(People):
    """One OA and its app; serve it with `served` and drive it with its methods."""

    name = "Zalo OA giả lập"

    def __init__(
        self,
        *,
        app_id: str = APP,
        secret: str = SECRET,
        oa_secret: str = OA_SECRET,
        oa_id: str = OA,
        now: Callable[[], float] = time.time,
        speed: float = 1.0,
        **rules: Any,
    ) -> None:
        clock = Clock(now, speed)
        self.zalo = ZaloState(
            clock=clock,
            tokens=Tokens(clock),
            app_id=app_id,
            secret=secret,
            oa_secret=oa_secret,
            oa_id=oa_id,
        )
        super().__init__(self.zalo, self.zalo.rules)
        self.zalo.emit, self.zalo.later = self._emit, self.timeline.at
        self.hook = Webhook(self, self.postman, self.zalo.rules)
        self.rules(**rules)

    def rules(self, **changes: Any) -> dict[str, Any]:
        """Change what the sources leave open; see `zalo_state.Rules`."""
        rules = super().rules(**changes)
        self.postman.deadline = self.zalo.rules.deadline
        return rules

    def user(self, id: str, **changes: Any) -> User:
        """A person; `follower`, `phone`, `last_interaction` … can be set."""
        user = self.zalo.user(id)
        for name, value in changes.items():
            if not hasattr(user, name):
                raise LookupError(f"no field {name}")
            setattr(user, name, value)
        return user

    def users(self) -> list[User]:
        """Everybody."""
        return list(self.zalo.users.values())

    def flag(self, user: str, code: int = 0, family: Family = "cs") -> None:
        """Refuse messages of this family to this person with this code; 0 takes it back."""
        flags = self.zalo.user(user).flags
        if code:
            flags[family] = code
        else:
            flags.pop(family, None)

    def template(self, id: str, name: str, params: Any = (), **more: Any) -> Template:
        """Have a template, approved unless `status` says otherwise."""
        blanks = tuple(p if isinstance(p, Param) else Param(**p) for p in params)
        self.zalo.templates[id] = Template(id, name, blanks, **more)
        return self.zalo.templates[id]

    def mint(self) -> dict[str, str]:
        """A pair of tokens, as the console's API Explorer gives one."""
        return self.zalo.tokens.mint()

    def pair(self) -> dict[str, str]:
        """The living pair; empty words after `revoke`."""
        tokens = self.zalo.tokens
        return {
            "access_token": next(iter(tokens.access), ""),
            "refresh_token": next(iter(tokens.refresh), ""),
        }

    def adopt(self, access_token: str, refresh_token: str) -> None:
        """Let these two be the living pair."""
        self.zalo.tokens.adopt(access_token, refresh_token)

    def consent(self, challenge: str) -> str:
        """A code, as if an administrator of the OA had agreed to this code_challenge."""
        return self.zalo.tokens.consent(challenge)

    def revoke(self) -> None:
        """Take the app's rights away: both tokens die."""
        self.zalo.tokens.revoke()

    def register_webhook(self, url: str) -> bool:
        """Save the address in the console; False if its probe was not answered with 200."""
        return self.in_loop(self.hook.register(url))

    def webhook(self) -> dict[str, Any]:
        """How the webhook is doing."""
        return {
            "url": self.postman.url,
            "enabled": self.hook.enabled,
            "lost": self.hook.lost,
            "pending": self.postman.pending,
            "retries_waiting": len(self.timeline),
        }

    def counters(self) -> dict[str, int]:
        """How much was accepted, refused, refreshed, and how fast."""
        names = ("refreshes", "exchanges", "tokens refused", "uploads")
        most = self.zalo.requests.most
        return {
            **dict.fromkeys(names, 0),
            **super().counters(),
            "most requests in a minute": most,
        }

    def _emit(self, key: str, event: Json, headers: Mapping[str, str]) -> None:
        body = as_bytes(event)
        zalo = self.zalo
        mac = signature(zalo.app_id, body, str(event["timestamp"]), zalo.oa_secret)
        signed = f"mac={mac}" if zalo.rules.mac_prefix else mac
        self.hook.send(
            Letter(key, event["event_name"], body, {"X-ZEvent-Signature": signed, **headers})
        )
