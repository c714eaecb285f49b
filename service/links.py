"""Signed addresses of files that go out: whoever has one may fetch the file, for a week."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer

from service.settings import Settings, secret_key

LIFE = 7 * 24 * 3600  #: seconds


@dataclass(frozen=True, slots=True)
class Linked:
    """A file that an address stands for."""

    sha256: str
    name: str
    media_type: str


def path_to(settings: Settings, file: Linked) -> str:
    """The path under which this server hands out the file."""
    token = _signer(settings).dumps([file.sha256, file.name, file.media_type])
    return f"/files/{token}/{quote(file.name, safe='')}"


def read_token(settings: Settings, token: str) -> Linked | None:
    """The file of a path; None when it was not made here or is too old."""
    try:
        sha256, name, media_type = _signer(settings).loads(token, max_age=LIFE)
    except (BadData, ValueError, TypeError):
        return None
    return Linked(str(sha256), str(name), str(media_type))


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(settings), salt="file")
