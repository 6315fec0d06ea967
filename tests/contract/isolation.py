"""Support for tests of isolated servers, which need bubblewrap."""

import os
import sys
from typing import NoReturn

import pytest

from http_contract.errors import CannotJudge
from http_contract.sandbox.bubblewrap import require

PYTHON = os.path.realpath(sys.executable)  # the one below a virtual environment, which may stand in /tmp


def missing(why: str) -> NoReturn:
    """Skip; fail in an automatic run, where nothing may be skipped."""
    if "CI" in os.environ:
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Skip the test where bubblewrap does not work; in an automatic run, fail."""
    try:
        require()
    except CannotJudge as why:
        missing(str(why))
