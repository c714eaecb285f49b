"""`pytest tests/golden --update-golden` writes the trees anew; look at the difference first."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden trees anew")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether to write instead of compare; plain `pytest` does not know the option."""
    return bool(request.config.getoption("--update-golden", default=False))
