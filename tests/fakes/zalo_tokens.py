"""Codes, and the two tokens that replace each other."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from tests.fakes.zalo_clock import DAY, HOUR, Clock

ACCESS_LIFE, REFRESH_LIFE, CODE_LIFE = 25 * HOUR, 90 * DAY, 600.0
#: Only the first two numbers are documented; for the others the sources know the family only.
BAD_APP, BAD_REDIRECT, BAD_CODE, BAD_REFRESH, BAD_GRANT = -14002, -14003, -14012, -14024, -14001


class NoTokens(Exception):
    """Why the token endpoint gives none."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass
class Tokens:
    """At most one living pair; what was living before is remembered as dead."""

    clock: Clock
    access: dict[str, float] = field(default_factory=dict)  #: token → when it ends
    refresh: dict[str, float] = field(default_factory=dict)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)  #: code → challenge, end
    dead: set[str] = field(default_factory=set)

    def mint(self) -> dict[str, str]:
        """A new pair; every earlier access token dies at this moment."""
        self.revoke()
        access, refresh = secrets.token_urlsafe(300), secrets.token_urlsafe(300)
        self.access = {access: self.clock() + ACCESS_LIFE}
        self.refresh = {refresh: self.clock() + REFRESH_LIFE}
        lasts = str(int(ACCESS_LIFE))  # a string, as the platform writes it
        return {"access_token": access, "refresh_token": refresh, "expires_in": lasts}

    def revoke(self) -> None:
        """As if the OA had taken the app's rights away."""
        self.dead |= self.access.keys() | self.refresh.keys()
        self.access, self.refresh = {}, {}

    def adopt(self, access: str, refresh: str) -> None:
        """Take a pair given from outside as the living one."""
        self.access = {access: self.clock() + ACCESS_LIFE}
        self.refresh = {refresh: self.clock() + REFRESH_LIFE}

    def verdict(self, access: str) -> str:
        """`good`, `expired` (or replaced), or `unknown`."""
        if access in self.access:
            return "good" if self.clock() < self.access[access] else "expired"
        return "expired" if access in self.dead else "unknown"

    def consent(self, challenge: str) -> str:
        """A code, as if an administrator of the OA had agreed."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = (challenge, self.clock() + CODE_LIFE)
        return code

    def exchange(self, code: str, verifier: str) -> dict[str, str]:
        """A pair for a code, once, for whoever knows the verifier."""
        challenge, until = self.codes.pop(code, ("", 0.0))
        if self.clock() >= until:
            raise NoTokens(BAD_CODE, "code is unknown, used or older than ten minutes")
        if not verifier or challenge_of(verifier) != challenge:
            raise NoTokens(BAD_CODE, "code_verifier does not match code_challenge")
        return self.mint()

    def renew(self, refresh: str) -> dict[str, str]:
        """A new pair for the living refresh token."""
        if self.clock() >= self.refresh.get(refresh, 0.0):
            raise NoTokens(BAD_REFRESH, "refresh_token is unknown, used or expired")
        return self.mint()


def challenge_of(verifier: str) -> str:
    """What PKCE makes of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
