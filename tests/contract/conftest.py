"""Fixtures of several packages' tests."""

import pytest

from http_contract.grading import pool
from tests.contract.grading.classes import JUDGE
from tests.contract.isolation import bubblewrap as bubblewrap
from tests.contract.isolation import control_group as control_group


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade with a judge that takes no time."""
    monkeypatch.setattr(pool, "JUDGE", JUDGE)
