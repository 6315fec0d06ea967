"""Stage 8: servers that respond to a client only a limited number of times."""

import socket
from collections.abc import Iterator

import pytest

from http_contract import BY_ID, run
from tests.contract.scripted import OK
from tests.mutants.serving import Mutant, running
from tests.mutants.stage08_concurrency import Carry, threaded

ENOUGH = 5  # answers


def limited(last: bytes) -> Carry:
    """Answer so many requests of a connection, then for the last time."""

    def carry(client: socket.socket) -> None:
        for number, _ in enumerate(requests_of(client)):
            client.sendall(OK if number < ENOUGH else last)
            if number == ENOUGH:
                return

    return carry


def requests_of(client: socket.socket) -> Iterator[bytes]:
    rest = b""
    while data := client.recv(65536):
        *whole, rest = (rest + data).split(b"\r\n\r\n")
        yield from whole


@pytest.mark.parametrize(
    ("last", "verdict"),
    [(OK, "passed"), (OK[:-1], "failed"), (OK.replace(b"200", b"500"), "failed")],
    ids=["closes-after-an-answer", "closes-within-an-answer", "answers-otherwise"],
)
def test_the_answers_to_a_slow_reader(last: bytes, verdict: str) -> None:
    with running(Mutant(id="limited", breaks=(), serve=threaded(lambda: limited(last)))) as server:
        assert run(BY_ID["concurrency-slow-reader"], server).verdict == verdict
