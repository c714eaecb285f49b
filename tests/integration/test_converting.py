"""Old Word files become DOCX by a program beside ours, which may be missing, fail or hang."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import docx
import pytest

from bot.texts import say
from knowledge.errors import UnreadableDocument
from service.library import reading
from tests.builders import some_settings

LINE = "1. Phòng A rà soát trước ngày 20/9/2026."
#: A program that starts another one and waits for it, as LibreOffice does.
HANGING = "#!/bin/sh\nsleep 60 &\necho $! > {pid}\nwait\n"
MAKING = '#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\ncp {made} "$2/paper.docx"\n'


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a converter where it is looked for."""
    program = folder / "soffice"
    program.write_text(script, "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def read(folder: Path, name: str = "kế hoạch.doc") -> str:
    """The words of an old Word file."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    return reading.words_of(name, data, some_settings(folder), lambda *_: None).text


@pytest.mark.parametrize("name", ["kế hoạch.doc", "../../a b.doc"])
def test_its_words_are_those_of_the_docx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    written, paper = io.BytesIO(), docx.Document()
    paper.add_paragraph(LINE)
    paper.save(written)
    (tmp_path / "made.docx").write_bytes(written.getvalue())
    install(tmp_path, monkeypatch, MAKING.format(made=tmp_path / "made.docx"))
    assert read(tmp_path, name).strip() == LINE


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nexit 0\n"])
def test_one_that_makes_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    install(tmp_path, monkeypatch, script)
    with pytest.raises(UnreadableDocument, match=say("papers.not_converted")[:30]):
        read(tmp_path)


def test_one_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableDocument, match=say("papers.no_converter")[:30]):
        read(tmp_path)


def test_one_that_hangs_is_stopped_with_all_that_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_CONVERTING", 0.5)
    install(tmp_path, monkeypatch, HANGING.format(pid=tmp_path / "pid"))
    with pytest.raises(UnreadableDocument, match=say("papers.converting_late")[:30]):
        read(tmp_path)
    started = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 10
    while _runs(started):
        assert time.monotonic() < until
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    """Whether it does anything yet: one that was stopped may wait to be reaped."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
