"""A small run of the fuzzer, and the memory of connections to clients that ask for much."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle

import pytest

from raw_router.drivers import RECEIVE_SIZE
from raw_router.responder import Responder
from tests.fuzz import running
from tests.fuzz.conversing import Transcript, handle
from tests.fuzz.memory import held_by
from tests.fuzz.running import run
from tests.fuzz.streams import LARGE, Case, make_case

SHARE = 1_250
SEED = 1


@pytest.mark.parametrize("first", range(0, 4 * SHARE, SHARE))
def test_nothing_raises_and_all_that_is_said_is_answers(first: int) -> None:
    report = run(SEED, range(first, first + SHARE))
    assert report.failure == ""
    assert report.count == SHARE
    assert set(report.statuses) >= {200, 204, 304, 400, 408, 417, 431, 500, 501, 505}


def test_a_failure_says_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(case: Case) -> Transcript:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(running, "judge", fail)
    report = run(7, [3])
    assert report.failure.startswith("ZeroDivisionError: by zero\nCase(pieces=(b")
    assert report.failure.endswith("make fuzz ARGS='--seed 7 --first 3 --count 1'")
    assert eval(report.failure.splitlines()[1], {"Case": Case}) == make_case(7, 3)


def test_the_command_tells_its_seed_and_what_it_saw() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seed", "2", "--count", "300"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert re.fullmatch(r"seed 2, 300 cases\n300 cases in .* a second\n200: .*\nno failure\n", done.stdout)


REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = REQUEST + b"Transfer-Encoding: chunked\r\n\r\n"
GREED = {
    "method": (b"", b"A"),
    "target": (b"GET /", b"a"),
    "fields": (REQUEST, b"A: b\r\n"),
    "value": (REQUEST + b"A: ", b"b"),
    "requests": (b"", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "large answers": (b"", LARGE),
    "bodies": (b"", REQUEST + b"Content-Length: 1048576\r\n\r\n" + b"a" * 1_048_576),
    "body too large": (REQUEST + b"Content-Length: 1048577\r\n\r\n", b"a"),
    "chunks": (CHUNKED, b"FFFF\r\n" + b"a" * 0xFFFF + b"\r\n"),
    "small chunks": (CHUNKED, b"1\r\na\r\n"),
    "extensions": (CHUNKED, b"1;" + b"a" * 1000 + b"\r\na\r\n"),
    "extension": (CHUNKED + b"1;", b"a"),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n"),
    "trailer": (CHUNKED + b"0\r\nA:", b"b"),
}
ENOUGH = 2 << 20  # octets sent
MOST_HELD = 3 << 20  # octets: a body, once as it came and once unchunked, and what is being read


def pieces(start: bytes, more: bytes) -> Iterator[bytes]:
    """Yield so much of a start and of ever the same after it, as a driver would receive it."""
    stream = bytearray(start)
    for part in cycle([more * (RECEIVE_SIZE // len(more) + 1)]):
        stream += part
        while len(stream) >= RECEIVE_SIZE:
            yield bytes(stream[:RECEIVE_SIZE])
            del stream[:RECEIVE_SIZE]


@pytest.mark.parametrize(("start", "more"), GREED.values(), ids=GREED)
def test_a_connection_holds_little_whatever_is_sent(start: bytes, more: bytes) -> None:
    connection = Responder(handle)
    for piece, _ in zip(pieces(start, more), range(ENOUGH // RECEIVE_SIZE), strict=False):
        connection.receive(piece)
        assert held_by(connection) < MOST_HELD
        while connection.waits_for == "write":
            connection.receive(b"")
        if connection.waits_for == "closed":
            break
