"""Support for tests of isolated servers, which need bubblewrap."""

import os
import sys
from collections.abc import Iterator
from typing import NoReturn

import pytest

from http_contract.errors import CannotJudge
from http_contract.sandbox.bubblewrap import MiB, require
from http_contract.sandbox.control_group import ControlGroup, create

PYTHON = os.path.realpath(sys.executable)  # the one below a virtual environment, which may stand in /tmp
GROUP_MEMORY = 64 * MiB


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


@pytest.fixture
def control_group() -> Iterator[ControlGroup]:
    """A control group of GROUP_MEMORY. Few machines let a user create one, so the test is skipped in CI, too."""
    group = create(GROUP_MEMORY)
    if group is None:
        pytest.skip("this user may not create control groups")
    yield group
    group.remove()
