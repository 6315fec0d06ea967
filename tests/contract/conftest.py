"""A judge that takes no time."""

import pytest

from http_contract.grading import pool
from tests.contract.grading.classes import JUDGE


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "JUDGE", JUDGE)
