"""Who reads no more of what is printed changes no exit status."""

import os
import subprocess
import sys
from http import HTTPStatus

import pytest

from raw_router.messages import plain_text
from tests.serving import HANDLERS, HOST, serving


def status_unread(*arguments: str) -> tuple[int, str]:
    """Return how a command ends whose output nobody reads, and what it complains of."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "contract", *arguments]
    try:
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    finally:
        os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", ["rules", "rules --markdown", "explain route-test"])
def test_lists(arguments: str) -> None:
    assert status_unread(*arguments.split()) == (0, "")


@pytest.mark.parametrize(("name", "status"), [("raw", 0), ("mine", 1)])
def test_a_verdict(name: str, status: int) -> None:
    handlers = {**HANDLERS, "mine": lambda request: plain_text(HTTPStatus.OK, "all is well")}
    with serving(handlers[name]) as port:
        assert status_unread("check", f"http://{HOST}:{port}", "--rule", "route-unknown") == (status, "")
