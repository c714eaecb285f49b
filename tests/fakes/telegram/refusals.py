"""How the Bot API says no: a code, a sentence and sometimes what to do about it."""

from __future__ import annotations


class Refused(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(why: str) -> Refused:
    """A call that must not be repeated as it is."""
    return Refused(400, f"Bad Request: {why}")


def too_many(retry_after: int) -> Refused:
    """A call that came too soon."""
    return Refused(
        429, f"Too Many Requests: retry after {retry_after}", retry_after=max(1, retry_after)
    )
