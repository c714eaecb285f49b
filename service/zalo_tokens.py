"""The access token of a Zalo OA: renewed by one process at a time, kept before it is used.

A refresh token works once, and with the answer the pair before it is dead. So whoever renews must
be alone. A lock held in the database while Zalo is asked would do on PostgreSQL, but on SQLite it
would keep every writer waiting for a foreign server: the turn is therefore a row with an end, on
both engines, taken and given back in transactions of a millisecond. A process that dies in its turn
holds the others up for a minute at most. If it dies after Zalo has answered and before the pair is
kept, the pair is lost, and a person must consent again; nothing on our side can prevent that.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from uuid import uuid4

import httpx
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot.channels.base import ChannelDown, TryLater
from bot.texts import say
from service.errors import ConsentRefused
from service.storage import channel_tokens as stored
from service.storage.alerts import raise_alert, settle_alert
from service.storage.channel_tokens import Pair
from service.storage.engine import transaction
from service.zalo_oauth import BUSY, Granted, NotGranted, ZaloApp, consent_link, exchange, renew

CHANNEL = "zalo_oa"
#: Why nothing is sent, and the kind of the alert: a person must let the app in again.
CONSENT: Final = "zalo_consent"
#: What sending may have stopped for that a new consent mends.
_MENDED = (CONSENT, "-219", "-223")

_AHEAD = timedelta(minutes=5)  #: renewed so long before its end
_KEPT_FOR = timedelta(hours=20)  #: renewed daily, messages or not: unused, it dies in 3 months
_YOUNG = timedelta(seconds=5)  #: a token so new is not the cause of a refusal
_TURN = timedelta(seconds=60)
_PATIENCE = 30.0  #: seconds of waiting for another's turn
_LOOK_AGAIN = 0.1  #: seconds
#: Sending must not stop at every message for a server that does not answer.
_REST, _LONG_REST = timedelta(seconds=10), timedelta(seconds=60)
_TIMEOUT = httpx.Timeout(10)
_TRIES_TO_KEEP = 5

_log = logging.getLogger(__name__)
T = TypeVar("T")


class TokenKeeper:
    """The pair of one app; blocks while it asks Zalo or waits for whoever does."""

    def __init__(
        self,
        engine: Engine,
        app: ZaloApp,
        *,
        now: Callable[[], datetime],
        first: str | None = None,
        client: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`first`: the refresh token of the settings, for the first pair or a new beginning."""
        self._engine, self._app, self._now, self._pause = engine, app, now, pause
        self._account = f"{CHANNEL}:{app.id}"
        self._first = first
        self._seed = hashlib.sha256(first.encode()).hexdigest() if first else None
        self._client = client or httpx.Client(timeout=_TIMEOUT)
        self._rests_until = datetime.min.replace(tzinfo=UTC)

    def token(self) -> str:
        """An access token that is good for some minutes; raises TryLater or ChannelDown."""
        pair = self._read()
        if pair and not self._is_news(pair) and pair.expires_at - self._now() > _AHEAD:
            return pair.access
        try:
            return self._renewed(pair).access
        except TryLater:
            if pair and pair.expires_at > self._now():
                return pair.access  # renewing ahead can wait
            raise

    def instead_of(self, refused: str) -> str:
        """Another token than the one that Zalo has refused; raises TryLater or ChannelDown."""
        pair = self._read()
        if pair and pair.access != refused:
            return self.token()
        if pair and self._now() - pair.refreshed_at < _YOUNG:
            raise TryLater("token", after=_YOUNG.total_seconds())
        return self._renewed(pair).access

    def keep_alive(self) -> None:
        """Renew a pair of yesterday, and try a new token of the settings, also after a refusal.

        Raises TryLater or ChannelDown.
        """
        pair = self._read()
        old = pair is None or self._now() - pair.refreshed_at >= _KEPT_FOR
        if old or self._is_news(pair) or self._is_stopped():
            self._renewed(pair, even_if_stopped=True)

    def consent_link(self, redirect: str, verifier: str) -> str:
        """The page where the OA's administrator lets the app in; its code goes to `adopt`."""
        return consent_link(self._app, redirect, verifier)

    def adopt(self, code: str, verifier: str) -> None:
        """Begin anew with a code of the consent page; raises ConsentRefused or TryLater."""
        with self._turn():
            try:
                granted = exchange(self._client, self._app, code, verifier)
            except NotGranted as error:
                raise ConsentRefused(error.code) from error
            self._keep(granted, _MENDED)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _read(self) -> Pair | None:
        with transaction(self._engine) as session:
            return stored.read_pair(session, self._account)

    def _is_news(self, pair: Pair | None) -> bool:
        """Whether the settings hold a refresh token that has not been tried."""
        return self._seed is not None and (pair is None or pair.seed != self._seed)

    def _is_stopped(self) -> bool:
        with transaction(self._engine) as session:
            return stored.stopped_by(session, CHANNEL) == CONSENT

    def _renewed(self, seen: Pair | None, *, even_if_stopped: bool = False) -> Pair:
        """The pair after `seen`, whoever has fetched it."""
        with self._turn():
            pair = self._read()
            if pair and (seen is None or pair.access != seen.access):
                return pair
            if not even_if_stopped and not self._is_news(pair) and self._is_stopped():
                raise ChannelDown(CONSENT)
            if self._now() < self._rests_until:
                raise TryLater("resting", after=(self._rests_until - self._now()).total_seconds())
            return self._begun_anew(pair) if self._is_news(pair) else self._continued(pair)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        worker, patience = uuid4().hex, time.monotonic() + _PATIENCE
        while not self._claimed(worker):
            if time.monotonic() > patience:
                raise TryLater("token_turn", after=_PATIENCE)
            self._pause(_LOOK_AGAIN)
        try:
            yield
        finally:
            with transaction(self._engine) as session:
                stored.release(session, self._account, worker)

    def _claimed(self, worker: str) -> bool:
        # Not the clock of the settings, which may run fast: a foreign server's pace stays the same.
        now = datetime.now(UTC)
        with transaction(self._engine) as session:
            return stored.claim(session, self._account, worker, now, now + _TURN)

    def _begun_anew(self, pair: Pair | None) -> Pair:
        """With the token of the settings; if that is no good, with the pair that there is."""
        try:
            return self._keep(renew(self._client, self._app, self._first or ""))
        except NotGranted as error:
            if not error.final:
                raise self._later(error.code) from error
            if pair is None:
                raise self._stopped(error.code) from error
            _log.warning(
                "TROLY_ZALO_REFRESH_TOKEN was refused (%s); the stored one stays", error.code
            )
        with transaction(self._engine) as session:
            stored.keep_seed(session, self._account, self._seed or "")
        return pair if pair.expires_at - self._now() > _AHEAD else self._continued(pair)

    def _continued(self, pair: Pair | None) -> Pair:
        if pair is None:
            raise self._stopped("none")
        try:
            return self._keep(renew(self._client, self._app, pair.refresh))
        except NotGranted as error:
            if not error.final:
                raise self._later(error.code) from error
            newer = self._read()
            if newer and newer.refresh != pair.refresh:
                return newer  # our turn had ended, and another was faster
            raise self._stopped(error.code) from error

    def _keep(self, granted: Granted, mended: tuple[str, ...] = (CONSENT,)) -> Pair:
        now = self._now()
        pair = Pair(granted.access, granted.refresh, now + granted.lasts, now, self._seed)
        for left in reversed(range(_TRIES_TO_KEEP)):
            try:
                with transaction(self._engine) as session:
                    stored.keep_pair(session, self._account, pair)
                    if stored.start_channel(session, CHANNEL, mended):
                        settle_alert(session, "channel_stopped", CHANNEL, now)
                    settle_alert(session, CONSENT, CHANNEL, now)
                break
            except OperationalError:
                if not left:
                    raise
                self._pause(1)
        stored.to_disk(self._engine)
        return pair

    def _later(self, code: str) -> TryLater:
        rest = _LONG_REST if code == BUSY else _REST
        self._rests_until = self._now() + rest
        return TryLater(code, after=rest.total_seconds())

    def _stopped(self, code: str) -> ChannelDown:
        """Write down that a person must act; what waits to be sent goes on waiting."""
        now = self._now()
        with transaction(self._engine) as session:
            raise_alert(session, CONSENT, CHANNEL, say("alerts.consent", error=code), now)
            stored.stop_channel(session, CHANNEL, CONSENT, now)
        _log.error("Zalo gives no more tokens (%s): the OA must let the app in again", code)
        return ChannelDown(CONSENT)


class ZaloTokens:
    """The keeper for the channel: it blocks a thread of its own, so nobody else waits for Zalo."""

    def __init__(self, keeper: TokenKeeper) -> None:
        self._keeper = keeper
        # One thread: within a process, too, one asks and the others read what it has kept.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="zalo-tokens")

    async def current(self) -> str:
        """An access token that should be good; raises DeliveryError."""
        return await self._aside(self._keeper.token)

    async def instead_of(self, refused: str) -> str:
        """Another one; raises DeliveryError."""
        return await self._aside(lambda: self._keeper.instead_of(refused))

    async def keep_alive(self) -> None:
        """At the start of a process and daily; raises DeliveryError."""
        await self._aside(self._keeper.keep_alive)

    async def close(self) -> None:
        """Wait for a pair that is on its way: broken off, it would be lost."""
        await asyncio.to_thread(self._thread.shutdown)
        self._keeper.close()

    async def _aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
