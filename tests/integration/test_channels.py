"""One transcript over every channel of the running product, in front of fakes of the platforms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.all_channels import (
    CHANNELS,
    FORMS,
    OTHER_TURNS,
    START,
    TURNS,
    everybody,
    house_of,
    in_front_of_another_server,
    somebody_new,
)
from tests.integration.talkers import Talker, play

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of the products lie."""
    return tmp_path_factory.mktemp("channels")


@pytest.fixture(scope="module")
def people(home: Path) -> Iterator[dict[str, Talker]]:
    """One product with all channels, Telegram called back; and a second one that polls it."""
    with everybody(home) as talkers:
        yield talkers


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_transcript_passes(people: dict[str, Talker], channel: str) -> None:
    play(TURNS, people[channel])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_form_is_filled_in(
    people: dict[str, Talker], home: Path, channel: str, form: str
) -> None:
    talker = somebody_new(people[channel])
    with house_of(home, channel) as house:
        play((START, *FORMS[form]), talker, house)


def test_another_bot_api_server_will_do(tmp_path: Path) -> None:
    with in_front_of_another_server(tmp_path) as talker:
        play(OTHER_TURNS, talker)
        assert talker.server.tapped == ["q1"]
