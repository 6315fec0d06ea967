"""Fixtures of several packages' tests."""

import pytest

from http_contract.errors import CannotJudge
from http_contract.grading import pool
from http_contract.sandbox.bubblewrap import require
from tests.contract.grading.classes import JUDGE
from tests.contract.isolation import missing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade with a judge that takes no time."""
    monkeypatch.setattr(pool, "JUDGE", JUDGE)


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Skip the test where bubblewrap does not work; in an automatic run, fail."""
    try:
        require()
    except CannotJudge as why:
        missing(str(why))
