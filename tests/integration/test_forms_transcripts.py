"""Every scenario of every form, answered in this process as each channel's people are answered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from service.delivery import judging
from service.delivery.looking import look
from service.storage.engine import open_engine
from tests.delivering import fast_settings
from tests.integration.all_channels import START
from tests.integration.inside import Inside
from tests.integration.talkers import play
from tests.transcripts import Scenario, scenarios

PLAYED = [(one, channel) for one in scenarios() for channel in one.channels]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Inside]:
    """One for all, as people share one."""
    folder = tmp_path_factory.mktemp("transcripts")
    settings = fast_settings(folder, speed=1, person_rate_limit=1000)
    shutil.copy(migrated, str(open_engine(settings.storage_url).url.database))
    inside = Inside(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "look", cache(look))  # the same few files come again and again
        yield inside
    inside.stop()


@pytest.mark.parametrize(
    ("scenario", "channel"), PLAYED, ids=[f"{s.form}-{s.name}-{c}" for s, c in PLAYED]
)
def test_the_scenario_is_played(product: Inside, scenario: Scenario, channel: str) -> None:
    house, talker = product.house(channel), product.person(channel)
    try:
        play((START, *scenario.turns), talker, house, patience=0)
    finally:
        house.tidy()
