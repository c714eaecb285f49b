"""The proof of the forms: who may do what, what is left of people, kills, a crowd, stories."""

from __future__ import annotations

from importlib.util import find_spec

from benchmarks.forms_access import attempts_of_others
from benchmarks.forms_crash import killed_over_web, killed_over_zalo
from benchmarks.forms_engine import engine_at_random
from benchmarks.forms_erasure import erased_at_request
from benchmarks.forms_load import crowd_over_zalo
from benchmarks.prove import Check

CHECKS: tuple[Check, ...] = (
    attempts_of_others,
    erased_at_request,
    engine_at_random,
    killed_over_zalo,
    killed_over_web,
    crowd_over_zalo,
)
if find_spec("benchmarks.forms_transcripts"):
    from benchmarks.forms_stories import transcripts_of_forms

    CHECKS = (*CHECKS, transcripts_of_forms)
