"""The transcripts of forms are read as they are written, and there is one of each form at least."""

from __future__ import annotations

from bot.forms.definition import known_forms
from tests.transcripts import CHANNELS, STRAIGHT, scenarios, straight


def test_every_form_has_its_straight_transcript() -> None:
    assert set(straight()) == {*known_forms(), "gap-can-bo"}


def test_every_scenario_says_what_is_done_and_what_comes_of_it() -> None:
    for scenario in scenarios():
        assert set(scenario.channels) <= set(CHANNELS)
        assert any(turn.get("hears") for turn in scenario.turns)
        for turn in scenario.turns:
            assert set(turn) <= {"does", "says", "taps", "numbers", "sends", "hears", "keeps"}


def test_what_befalls_every_form_befalls_each() -> None:
    played = {(s.form, s.name) for s in scenarios()}
    for form in known_forms():
        for name in (STRAIGHT, "cancel", "question", "restart", "three-days", "edited"):
            assert (form, name) in played
