"""The token contract: one process renews, what it got is kept first, a refusal stops sending."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot.channels.base import ChannelDown, TryLater
from bot.texts import say
from service.errors import ConsentRefused
from service.storage.alerts import open_alerts, raise_alert
from service.storage.channel_tokens import (
    Pair,
    claim,
    keep_pair,
    read_pair,
    release,
    stop_channel,
    stopped_by,
)
from service.storage.delivery_tables import ChannelToken, Leader
from service.storage.engine import open_engine, transaction
from service.zalo_oauth import ZaloApp, challenge_of
from service.zalo_tokens import TokenKeeper, ZaloTokens
from tests.builders import NOON
from tests.fakes.oauth import FakeOAuth, no, served

APP = ZaloApp("1000", "app-secret", "http://oauth.test")
ACCOUNT = "zalo_oa:1000"
DAY = timedelta(days=1)


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def oauth() -> FakeOAuth:
    """Zalo's token endpoint."""
    return FakeOAuth()


@pytest.fixture
def time() -> Time:
    """What time it is."""
    return Time()


@pytest.fixture
def make(engine: Engine, oauth: FakeOAuth, time: Time) -> Iterator[Callable[..., TokenKeeper]]:
    """Makes keepers as several processes have them."""
    made = []

    def make(**changes: Any) -> TokenKeeper:
        given = {"now": time, "first": "refresh-0", "client": oauth.client(), **changes}
        made.append(TokenKeeper(engine, APP, **given))
        return made[-1]

    yield make
    for keeper in made:
        keeper.close()


@pytest.fixture
def keeper(make: Callable[..., TokenKeeper]) -> TokenKeeper:
    """The keeper of the only process."""
    return make()


def pair_of(engine: Engine) -> Pair | None:
    with transaction(engine) as session:
        return read_pair(session, ACCOUNT)


def stopped(engine: Engine) -> str | None:
    with transaction(engine) as session:
        return stopped_by(session, "zalo_oa")


def told(code: str) -> str:
    return say("alerts.consent", error=code)


def alerts(engine: Engine) -> list[tuple[str, str, str, int]]:
    with transaction(engine) as session:
        return [(a.kind, a.source, a.detail, a.count) for a in open_alerts(session)]


# --- renewing -----------------------------------------------------------------------------------


def test_the_first_pair_comes_from_the_settings(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    assert keeper.token() == "access-1"
    assert oauth.asked == [
        {
            "app_id": "1000",
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0",
            "secret_key": "app-secret",
        }
    ]
    kept = pair_of(engine)
    assert kept is not None
    assert (kept.access, kept.refresh) == ("access-1", "refresh-1")
    assert (kept.refreshed_at, kept.expires_at) == (NOON, NOON + timedelta(hours=25))


def test_a_pair_is_renewed_shortly_before_its_end_and_the_one_before_is_kept(
    engine: Engine, keeper: TokenKeeper, time: Time
) -> None:
    assert keeper.token() == "access-1"
    time.now += timedelta(hours=24, minutes=54)
    assert keeper.token() == "access-1"
    time.now += timedelta(minutes=2)
    assert keeper.token() == "access-2"
    with transaction(engine) as session:
        row = session.get(ChannelToken, ACCOUNT)
        assert row is not None
        assert row.previous == {
            "access_token": "access-1",
            "refresh_token": "refresh-1",
            "refreshed_at": NOON.isoformat(),
        }


def test_it_is_kept_alive_daily_without_any_message(
    keeper: TokenKeeper, oauth: FakeOAuth, time: Time
) -> None:
    keeper.keep_alive()
    assert oauth.granted == 1
    time.now += timedelta(hours=19)
    keeper.keep_alive()
    assert oauth.granted == 1
    time.now += timedelta(hours=2)
    keeper.keep_alive()
    assert oauth.granted == 2


def test_a_refused_token_is_renewed_once_and_only_if_it_is_still_the_one(
    make: Callable[..., TokenKeeper], oauth: FakeOAuth, time: Time
) -> None:
    one, other = make(), make()
    old = one.token()
    time.now += timedelta(minutes=1)
    assert one.instead_of(old) == "access-2"
    assert other.instead_of(old) == "access-2"
    assert oauth.granted == 2


def test_a_brand_new_token_that_is_refused_is_not_renewed_again_and_again(
    keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    new = keeper.token()
    with pytest.raises(TryLater):
        keeper.instead_of(new)
    assert oauth.granted == 1


# --- several at once ----------------------------------------------------------------------------


def test_of_two_at_once_one_renews_and_the_other_reads_what_it_kept(
    make: Callable[..., TokenKeeper], oauth: FakeOAuth, time: Time
) -> None:
    make().token()
    time.now += 2 * DAY
    waits = threading.Event()

    def pause(seconds: float) -> None:
        waits.set()
        threading.Event().wait(0.01)

    # Zalo answers only when the other is seen waiting for its turn.
    oauth.before = lambda: None if waits.wait(20) else pytest.fail("nobody waited")
    keepers = [make(pause=pause), make(pause=pause)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(TokenKeeper.token, keepers)) == ["access-2", "access-2"]
    assert oauth.granted == 2
    assert len(oauth.asked) == 2


PROCESS = """
import sys
from datetime import UTC, datetime
from service.storage.engine import open_engine
from service.zalo_oauth import ZaloApp
from service.zalo_tokens import TokenKeeper

storage, oauth = sys.argv[1:]
keeper = TokenKeeper(open_engine(storage), ZaloApp("1000", "app-secret", oauth),
                     now=lambda: datetime.now(UTC), first="refresh-0")
print("ready", flush=True)
sys.stdin.readline()
print(keeper.token(), flush=True)
"""


def test_of_processes_at_once_one_renews(
    engine: Engine, storage_url: str, oauth: FakeOAuth
) -> None:
    def begin(url: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROCESS, storage_url, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    with served(oauth) as url:
        processes = [begin(url) for _ in range(3)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("now\n")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[0] for process in processes]
    assert told == ["access-1\n"] * 3
    assert len(oauth.asked) == 1


def test_a_turn_is_one_workers_until_it_ends_or_is_given_back(engine: Engine) -> None:
    later = NOON + timedelta(seconds=60)

    def take(worker: str, now: datetime) -> bool:
        with transaction(engine) as session:
            return claim(session, "x", worker, now, now + timedelta(seconds=60))

    assert take("a", NOON)
    assert not take("b", NOON)
    assert not take("a", NOON)
    assert take("b", later)
    with transaction(engine) as session:
        release(session, "x", "a")  # it had ended: this is b's now
    assert not take("c", later)
    with transaction(engine) as session:
        release(session, "x", "b")
    assert take("c", later)


def test_whoever_died_in_its_turn_holds_nobody_up_for_ever(
    engine: Engine, make: Callable[..., TokenKeeper]
) -> None:
    def leave(until: datetime) -> None:
        with transaction(engine) as session:
            session.merge(Leader(name=ACCOUNT, worker="dead", until=until))

    leave(datetime.now(UTC) + timedelta(seconds=50))
    keeper = make(pause=lambda seconds: leave(datetime.now(UTC)))
    assert keeper.token() == "access-1"


def test_a_refusal_after_the_end_of_our_turn_may_be_anothers_success(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth, time: Time
) -> None:
    keeper.token()
    time.now += 2 * DAY
    newer = Pair("access-9", "refresh-9", time.now + DAY, time.now)

    def overtaken() -> None:
        with transaction(engine) as session:
            keep_pair(session, ACCOUNT, newer)

    oauth.before, oauth.failing = overtaken, [no(-14012)]
    assert keeper.token() == "access-9"
    assert alerts(engine) == []
    assert stopped(engine) is None


# --- what goes wrong on the way -----------------------------------------------------------------


def test_what_passes_stops_nothing(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth, time: Time
) -> None:
    assert keeper.token() == "access-1"
    time.now += timedelta(hours=24, minutes=58)
    oauth.failing = [httpx.ReadTimeout("late")]
    assert keeper.token() == "access-1"  # still good for two minutes
    assert keeper.token() == "access-1"
    assert len(oauth.asked) == 2  # not asked again at every message
    time.now += timedelta(minutes=3)
    assert keeper.token() == "access-2"
    assert (alerts(engine), stopped(engine)) == ([], None)


def test_without_a_good_token_a_failure_on_the_way_means_later(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    oauth.failing = [no(-32)]
    with pytest.raises(TryLater) as failed:
        keeper.token()
    assert failed.value.after == 60
    assert (alerts(engine), stopped(engine)) == ([], None)


def test_a_refusal_stops_sending_and_tells_a_person(
    engine: Engine, make: Callable[..., TokenKeeper], oauth: FakeOAuth, time: Time
) -> None:
    keeper = make()
    keeper.token()
    time.now += 2 * DAY
    oauth.failing = [no(-14012)]
    with pytest.raises(ChannelDown, match="zalo_consent"):
        keeper.token()
    assert alerts(engine) == [("zalo_consent", "zalo_oa", told("-14012"), 1)]
    assert stopped(engine) == "zalo_consent"
    # Nobody asks again in vain until a person has acted.
    for waiting in (keeper, make()):
        with pytest.raises(ChannelDown):
            waiting.token()
    assert len(oauth.asked) == 2
    assert pair_of(engine) is not None


def test_with_new_tokens_nothing_is_left_to_look_at(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth, time: Time
) -> None:
    keeper.token()
    time.now += 2 * DAY
    oauth.failing = [no(-14012)]
    with pytest.raises(ChannelDown):
        keeper.token()
    with transaction(engine) as session:  # as whoever sends does when told that nothing may be sent
        raise_alert(session, "channel_stopped", "zalo_oa", "zalo_consent", time.now)
    keeper.keep_alive()
    assert alerts(engine) == []


def test_the_daily_renewal_tries_once_more_and_mends_what_was_zalos_mistake(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth, time: Time
) -> None:
    keeper.token()
    time.now += 2 * DAY
    oauth.failing = [no(-14012), no(-14012)]
    for attempt in (keeper.token, keeper.keep_alive):
        with pytest.raises(ChannelDown):
            attempt()
    assert alerts(engine) == [("zalo_consent", "zalo_oa", told("-14012"), 2)]
    keeper.keep_alive()
    assert (alerts(engine), stopped(engine)) == ([], None)
    assert keeper.token() == "access-2"


def test_without_any_token_a_person_must_act(
    engine: Engine, make: Callable[..., TokenKeeper], oauth: FakeOAuth
) -> None:
    with pytest.raises(ChannelDown):
        make(first=None).token()
    assert alerts(engine) == [("zalo_consent", "zalo_oa", told("none"), 1)]
    assert oauth.asked == []


def failing_to_keep(engine: Engine, times: int) -> None:
    """Let the database fail at the moment when a pair is written."""
    left = [times]

    def fail(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT INTO channel_token", "UPDATE channel_token")) and left[0]:
            left[0] -= 1
            raise OperationalError(statement, {}, Exception("disk is full"))

    event.listen(engine, "before_cursor_execute", fail)


def test_a_pair_is_not_given_up_because_the_database_stumbles(
    engine: Engine, make: Callable[..., TokenKeeper]
) -> None:
    pauses: list[float] = []
    keeper = make(pause=pauses.append)
    failing_to_keep(engine, 2)
    assert keeper.token() == "access-1"
    assert pauses == [1, 1]
    kept = pair_of(engine)
    assert kept is not None
    assert kept.access == "access-1"


def test_a_token_that_could_not_be_kept_is_not_used_and_its_loss_is_told(
    engine: Engine, make: Callable[..., TokenKeeper], oauth: FakeOAuth, time: Time
) -> None:
    make().token()
    time.now += 2 * DAY
    failing_to_keep(engine, 5)
    with pytest.raises(OperationalError):
        make(pause=lambda seconds: None).token()
    # As after a crash between Zalo's answer and the database: the token that we hold is used up.
    assert oauth.living == "refresh-2"
    with pytest.raises(ChannelDown):
        make().token()
    assert stopped(engine) == "zalo_consent"
    kept = pair_of(engine)
    assert kept is not None
    assert kept.refresh == "refresh-1"


# --- a new beginning ----------------------------------------------------------------------------


def test_another_token_in_the_settings_is_tried_anew(
    engine: Engine, make: Callable[..., TokenKeeper], oauth: FakeOAuth, time: Time
) -> None:
    make().token()
    time.now += 2 * DAY
    oauth.failing = [no(-14012)]
    with pytest.raises(ChannelDown):
        make().token()
    oauth.living = "refresh-of-the-office"
    make(first="refresh-of-the-office").keep_alive()
    assert (alerts(engine), stopped(engine)) == ([], None)
    assert make(first="refresh-of-the-office").token() == "access-2"
    assert len(oauth.asked) == 3


def test_a_used_up_token_in_the_settings_does_no_harm_to_a_good_pair(
    engine: Engine, make: Callable[..., TokenKeeper], oauth: FakeOAuth
) -> None:
    make().token()
    old = make(first="out-of-an-old-file")
    assert old.token() == "access-1"
    assert old.token() == "access-1"
    assert len(oauth.asked) == 2  # tried once
    assert (alerts(engine), stopped(engine)) == ([], None)


def test_a_code_of_the_consent_page_begins_anew(
    engine: Engine, make: Callable[..., TokenKeeper], oauth: FakeOAuth
) -> None:
    with transaction(engine) as session:
        stop_channel(session, "zalo_oa", "-219", NOON)
    oauth.codes = {"c0de": challenge_of("v" * 43)}
    keeper = make()
    keeper.adopt("c0de", "v" * 43)
    assert keeper.token() == "access-1"
    assert len(oauth.asked) == 1  # the token of the settings is as old as the pair
    assert stopped(engine) is None


def test_a_code_that_is_refused_changes_nothing(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    with pytest.raises(ConsentRefused, match="-14012"):
        keeper.adopt("c0de", "v" * 43)
    assert pair_of(engine) is None
    assert alerts(engine) == []
    assert keeper.token() == "access-1"


def test_sending_that_stopped_for_another_reason_stays_stopped(
    engine: Engine, keeper: TokenKeeper
) -> None:
    with transaction(engine) as session:
        stop_channel(session, "zalo_oa", "-204", NOON)
    keeper.token()
    assert stopped(engine) == "-204"


# --- for the channel ----------------------------------------------------------------------------


def test_no_token_is_written_where_it_can_be_read(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keeper.token()
    oauth.failing = [no(-14012)]
    with pytest.raises(ChannelDown):
        TokenKeeper(engine, APP, now=lambda: NOON + 2 * DAY, client=keeper._client).token()
    shown = f"{caplog.text} {pair_of(engine)!r} {APP!r} {alerts(engine)}"
    assert "refresh-" not in shown
    assert "access-" not in shown
    assert "app-secret" not in shown


async def _many(tokens: ZaloTokens) -> list[str]:
    told = await asyncio.gather(*(tokens.current() for _ in range(16)))
    await tokens.close()
    return told


def test_many_senders_of_one_process_cause_one_renewal(
    keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    assert asyncio.run(_many(ZaloTokens(keeper))) == ["access-1"] * 16
    assert len(oauth.asked) == 1


def test_a_sender_that_is_broken_off_does_not_lose_the_pair(
    engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow() -> None:
        asked.set()
        answer.wait(20)

    async def broken_off() -> None:
        tokens = ZaloTokens(keeper)
        sender = asyncio.create_task(tokens.current())
        await asyncio.to_thread(asked.wait, 20)
        sender.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sender
        answer.set()
        await tokens.close()

    oauth.before = slow
    asyncio.run(broken_off())
    kept = pair_of(engine)
    assert kept is not None
    assert kept.access == "access-1"


def test_others_can_write_while_zalo_is_asked(
    storage_url: str, engine: Engine, keeper: TokenKeeper, oauth: FakeOAuth
) -> None:
    other = open_engine(storage_url)

    def write() -> None:
        with transaction(other) as session:
            stop_channel(session, "telegram", "401", NOON)

    oauth.before = write  # in the database's own time-out it would fail
    assert keeper.token() == "access-1"
    with transaction(other) as session:
        assert stopped_by(session, "telegram") == "401"
    other.dispose()
