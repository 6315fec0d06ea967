"""How long a server may take to listen, where the judge itself may have stood still for a while."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from http_contract.client.server import Server
from http_contract.sandbox import launcher
from http_contract.sandbox.launcher import IDLE, LONGEST, WORK_LOOK, Start
from http_contract.sandbox.ports import HOST

SERVER = Server(HOST, 5000)
STEP = WORK_LOOK + 0.01  # seconds between two looks


def start(**given: Any) -> Start:
    group: Any = SimpleNamespace(end=None, cpu=0.0, ports=[SERVER.port])
    return Start(group, SERVER, began=0.0, **given)


def late(begun: Start) -> float:
    """Return the seconds after which a server is late that is not at work."""
    moments: Iterator[float] = (STEP * count for count in range(1000))
    return next(now for now in moments if begun._is_late(now))


def test_a_server_that_listens_since_it_was_asked_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([False, True, True])
    monkeypatch.setattr(launcher, "listens", lambda server: next(asked))
    assert start(within=0.001).failure() is None


def test_where_the_judge_stood_the_server_may_have_stood_too() -> None:
    begun = start()
    assert not begun._is_late(LONGEST - 1)
    assert late(start()) == pytest.approx(IDLE, abs=3 * STEP)
