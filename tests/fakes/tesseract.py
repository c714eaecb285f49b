"""A tesseract of the tests: a script on the path that says what it is told and notes how."""

from __future__ import annotations

from pathlib import Path

_SCRIPT = """#!/bin/sh
case "$*" in *--list-langs*) printf 'List of languages:\\n{languages}\\n'; exit 0;; esac
cat > /dev/null
echo "$* OMP_THREAD_LIMIT=$OMP_THREAD_LIMIT secret=$TROLY_SECRET_KEY" >> {folder}/asked
{does}
case "$*" in *tsv*) cat {folder}/table;; *) cat {folder}/words;; esac
"""

_HEAD = "level page_num block_num par_num line_num word_num left top width height conf text"


def install(
    folder: Path,
    words: str = "",
    *,
    languages: str = "eng\\nvie",
    does: str = "",
    unsure: tuple[str, ...] = (),
) -> Path:
    """Put it into `folder`, `unsure` of some words; the file in which it notes its calls."""
    (folder / "table").write_text(_table(words, unsure), "utf-8")
    (folder / "words").write_text(words, "utf-8")
    program = folder / "tesseract"
    program.write_text(_SCRIPT.format(folder=folder, languages=languages, does=does), "utf-8")
    program.chmod(0o755)
    return folder / "asked"


def _table(text: str, unsure: tuple[str, ...]) -> str:
    """Its words one by one, as the real one tells them with "tsv"; paragraphs by blank lines."""
    rows = ["\t".join(_HEAD.split())]
    for paragraph, lines in enumerate(text.split("\n\n"), 1):
        for line, words in enumerate(lines.split("\n"), 1):
            rows.append(f"4\t1\t1\t{paragraph}\t{line}\t0\t0\t0\t90\t9\t-1\t")
            for number, word in enumerate(words.split(), 1):
                sure = 31.5 if word in unsure else 96
                rows.append(f"5\t1\t1\t{paragraph}\t{line}\t{number}\t0\t0\t9\t9\t{sure}\t{word}")
    return "\n".join(rows) + "\n"
