"""The signed numbers of questions by which the page votes: nobody can make up another's."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeSerializer

from service.settings import Settings, secret_key


def vote_token(settings: Settings, question_id: int) -> str:
    """What the page of whoever asked carries beside the answer."""
    return _signer(settings).dumps(question_id)


def read_vote_token(settings: Settings, token: str) -> int | None:
    """The number of the question; None when the token was not made here."""
    try:
        number = _signer(settings).loads(token)
    except BadData:
        return None
    return number if isinstance(number, int) else None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(settings), salt="vote")
