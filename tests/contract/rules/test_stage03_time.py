"""Stage 3, the time page, and the Date field: how the judge reads times."""

import pytest

from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules import stage03_time
from http_contract.rules.common import time_shown
from http_contract.rules.model import RuleFailed
from http_contract.rules.stage02_respond import is_between
from http_contract.rules.stage03_time import TimeRight, is_now, time_moves
from tests.contract.scripted import says, scripted

NOON = 1767268800.0  # 2026-01-01 12:00:00 UTC
HEARD = Transcript(began=NOON, finished=NOON + 0.5)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<h1>12:00:00 01.01.2026</h1>", NOON),
        (b"<h1>12:00:01 01.01.2026</h1> 13:00:00 01.01.2026", NOON + 1),
        (b"", None),
        (b"12:00 01.01.2026", None),
        (b"25:00:00 01.01.2026", None),
        (b"12:00:00 13.31.2026", None),
        (b"112:00:00 01.01.2026", None),
        (b"12:00:00 01.01.20260", None),
    ],
)
def test_time_shown(body: bytes, told: float | None) -> None:
    assert time_shown(Response(body=body)) == told


@pytest.mark.parametrize(
    ("shown", "right"),
    [
        (b"12:00:00 01.01.2026", True),
        (b"12:00:02 01.01.2026", True),
        (b"11:59:58 01.01.2026", True),
        (b"13:00:00 01.01.2026", True),
        (b"17:45:00 01.01.2026", True),
        (b"02:00:00 02.01.2026", True),
        (b"00:00:00 01.01.2026", True),
        (b"12:00:05 01.01.2026", False),
        (b"12:05:00 01.01.2026", False),
        (b"12:00:00 02.01.2026", False),
        (b"03:00:00 02.01.2026", False),
        (b"12:00:00 01.01.2025", False),
        (b"never", False),
    ],
    ids=str,
)
def test_time_right_anywhere_in_the_world(shown: bytes, right: bool) -> None:
    transcript = Transcript(responses=(Response(body=shown),), began=HEARD.began, finished=HEARD.finished)
    assert (list(TimeRight().failures(transcript)) == []) is right


@pytest.mark.parametrize(
    ("value", "now"),
    [
        ("2026-01-01T12:00:00+00:00", True),
        ("2026-01-01T13:00:00+01:00", True),
        ("2026-01-01T12:00:00Z", True),
        ("2026-01-01 12:00:01.5+00:00", True),
        ("2026-01-01T12:00:00", False),
        ("2026-01-01T12:00:00+01:00", False),
        ("noon", False),
    ],
)
def test_told_now(value: str, now: bool) -> None:
    assert is_now(value, HEARD) is now


@pytest.mark.parametrize(
    ("date", "right"),
    [
        ("Thu, 01 Jan 2026 12:00:00 GMT", True),
        ("Thu, 01 Jan 2026 11:59:58 GMT", True),
        ("Thu, 01 Jan 2026 11:59:57 GMT", False),
        ("Thu, 01 Jan 2026 12:00:02 GMT", True),
        ("Thu, 01 Jan 2026 12:00:03 GMT", False),
        ("Fri, 01 Jan 2026 12:00:00 GMT", False),
        ("Thu, 32 Jan 2026 12:00:00 GMT", False),
        ("", False),
    ],
)
def test_date(date: str, right: bool) -> None:
    assert is_between(date, HEARD.began, HEARD.finished) is right


def test_a_time_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage03_time, "PATIENCE", 0.0)
    noon = b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n12:00:00 01.01.2026"
    with scripted(says(noon)) as server, pytest.raises(RuleFailed, match="time-stands-still"):
        time_moves(server)
