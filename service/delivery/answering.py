"""Answer at once, for channels that wait for the reply: the web page and the terminal."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

from bot.messages import Incoming
from service import clock
from service.delivery.files import Received
from service.delivery.handling import Post, handle
from service.delivery.receiving import shielded
from service.errors import Overtaken
from service.storage.channel_states import note_event
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import HOLD, accept, find_event, keep_holding, retry_event, take_over
from service.storage.outbox import messages_of

log = logging.getLogger(__name__)

_TRIES = 3
_RENEWED = HOLD.total_seconds() / 3  #: seconds between two renewals


def answer_now(
    post: Post, incoming: Incoming, files: Sequence[Received] = ()
) -> list[OutboundMessage]:
    """Keep one message, answer it, and give the replies; the same message again gets the same.

    Raises Overtaken while another request is answering it.
    """
    worker, kept = f"{incoming.channel}:{secrets.token_hex(8)}", shielded(incoming)
    event_id, done = _take(post, kept, worker)
    if not done and files:
        # A file whose name bears a secrecy mark is dropped as a message would be.
        with _held(post, event_id, worker):
            _answer(post, kept, event_id, worker, files if kept.event == "file" else ())
    elif not done:
        _answer(post, kept, event_id, worker, ())
    with transaction(post.desk.engine) as session:
        return messages_of(session, event_id)


@contextmanager
def _held(post: Post, event_id: int, worker: str) -> Iterator[None]:
    """Renewed as long as the block runs: a file may be looked at and scanned for minutes.

    A longer hold would keep whoever sends the file again waiting, once its holder has died.
    """
    over = Event()

    def renew() -> None:
        while not over.wait(_RENEWED):
            try:
                with transaction(post.desk.engine) as session:
                    keep_holding(session, worker, [event_id], datetime.now(UTC))
            except Exception as error:  # the database is away: the next time it may be there
                log.warning("event %s is not held on: %s", event_id, type(error).__name__)

    renewing = Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _take(post: Post, incoming: Incoming, worker: str) -> tuple[int, bool]:
    """The event's id, held by `worker`, or that it is done."""
    at, real = clock.now(post.desk.settings), datetime.now(UTC)
    with transaction(post.desk.engine) as session:
        event_id = accept(session, incoming, at, worker=worker, held_until=real + HOLD)
        note_event(session, incoming.channel, at)
        if event_id is not None:
            return event_id, False
        event = find_event(session, incoming.channel, incoming.event_id)
        if event is None or event.id is None:
            raise Overtaken
        if event.state == "waiting" and not take_over(session, event.id, worker, real):
            raise Overtaken
        return event.id, event.state != "waiting"


def _answer(
    post: Post, incoming: Incoming, event_id: int, worker: str, files: Sequence[Received]
) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            handle(post, incoming, event_id, worker, files)
            return
        except Overtaken:
            if attempt == _TRIES:
                raise
        except Exception as error:
            # Nobody holds it any more: it may be sent again at once.
            with transaction(post.desk.engine) as session:
                at = clock.now(post.desk.settings)
                retry_event(session, event_id, worker, at, type(error).__name__)
            raise
