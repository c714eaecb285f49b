"""The proof of the desk's knowledge: a newcomer's path, kill -9, large libraries, quick pages."""

from __future__ import annotations

from benchmarks.knowledge_crash import killed_in_every_step
from benchmarks.knowledge_pages import pages_on_postgresql, pages_on_sqlite
from benchmarks.knowledge_path import newcomer_path
from benchmarks.knowledge_scale import published_into_2000
from benchmarks.knowledge_tests import guarded
from benchmarks.prove import Check

CHECKS: tuple[Check, ...] = (
    newcomer_path,
    killed_in_every_step,
    guarded,
    pages_on_sqlite,
    pages_on_postgresql,
    published_into_2000,
)
