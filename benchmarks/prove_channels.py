"""The proof of the channels, in the order in which it should be looked at."""

from __future__ import annotations

from benchmarks.channels_accept import accepted_while_answering, accepted_while_paused
from benchmarks.channels_crash import killed_three_times
from benchmarks.channels_dead_telegram import unreachable_telegram
from benchmarks.channels_pushes import pushes, pushes_two_workers, zalo_pushes
from benchmarks.channels_rate import questions_per_second
from benchmarks.channels_refusals import malformed_updates, refused_as_agreed
from benchmarks.channels_tokens import one_refresh, refused_refresh
from benchmarks.channels_transcript import another_server, one_transcript

CHECKS = (
    one_transcript,
    another_server,
    killed_three_times,
    pushes,
    pushes_two_workers,
    zalo_pushes,
    accepted_while_paused,
    accepted_while_answering,
    questions_per_second,
    one_refresh,
    refused_refresh,
    refused_as_agreed,
    malformed_updates,
    unreachable_telegram,
)
