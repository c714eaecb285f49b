"""The proof of the forms: access first, then what is killed, what a crowd does, what is erased."""

from __future__ import annotations

from benchmarks.forms_access import attempts_of_others
from benchmarks.forms_crash import killed_over_web, killed_over_zalo
from benchmarks.forms_erasure import erased_at_request
from benchmarks.forms_load import crowd_over_zalo

CHECKS = (
    attempts_of_others,
    erased_at_request,
    killed_over_zalo,
    killed_over_web,
    crowd_over_zalo,
)
