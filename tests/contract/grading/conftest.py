"""A judge that takes no time."""

import pytest

from contract.grading import jobs
from tests.contract.grading.classes import JUDGE


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JUDGE", JUDGE)
