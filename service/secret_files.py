"""Secrets kept in files: `TROLY_X_FILE` names the file that holds `TROLY_X`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from service.errors import InvalidSettings


def read_secret_files(
    secrets: tuple[str, ...], variables: Mapping[str, str | None]
) -> dict[str, str]:
    """What the files hold, by field; `variables` with lower-case names. An empty file says nothing.

    Raises InvalidSettings when a file cannot be read, or the secret is given twice.
    """
    found = {}
    for field in secrets:
        name = variables.get(f"troly_{field}_file")
        if name and (secret := _read(field, Path(name))):
            if variables.get(f"troly_{field}"):
                raise _wrong(field, f"chỉ đặt một trong hai: TROLY_{field.upper()} hoặc tệp này")
            found[field] = secret
    return found


def _read(field: str, file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise _wrong(field, f"không đọc được tệp {file} ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _wrong(field, f"tệp {file} không phải là văn bản UTF-8") from None


def _wrong(field: str, why: str) -> InvalidSettings:
    return InvalidSettings(f"Cấu hình chưa đúng:\n  TROLY_{field.upper()}_FILE: {why}")
