"""A tesseract of the tests: a script on the path that says what it is told and notes how."""

from __future__ import annotations

from pathlib import Path

_SCRIPT = """#!/bin/sh
case "$*" in *--list-langs*) printf 'List of languages:\\n{languages}\\n'; exit 0;; esac
cat > /dev/null
echo "$* OMP_THREAD_LIMIT=$OMP_THREAD_LIMIT secret=$TROLY_SECRET_KEY" >> {folder}/asked
{does}
cat {folder}/words
"""


def install(folder: Path, words: str = "", *, languages: str = "eng\\nvie", does: str = "") -> Path:
    """Put it into `folder`; the file in which it notes how it was called."""
    (folder / "words").write_text(words, "utf-8")
    program = folder / "tesseract"
    program.write_text(_SCRIPT.format(folder=folder, languages=languages, does=does), "utf-8")
    program.chmod(0o755)
    return folder / "asked"
