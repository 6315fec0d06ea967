"""Connections that a server's program has closed, or only half, and those that its system does not know."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest

from http_contract.client.orphans import ENOUGH, INTERVALS, RESET_ON_CLOSE, Orphans, is_orphan
from http_contract.http.request import get
from http_contract.sandbox.ports import is_free
from tests.contract.scripted import OK, says, scripted
from tests.serving import becomes_true

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="this system does not tell about one connection")


@contextmanager
def connected(family: int = socket.AF_INET, host: str = "127.0.0.1") -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield a client, and its connection at a server of this family."""
    address = ("::" if family == socket.AF_INET6 else "127.0.0.1", 0)
    with socket.create_server(address, family=family, dualstack_ipv6=family == socket.AF_INET6) as listener:
        client = socket.create_connection((host, listener.getsockname()[1]))
        with client, listener.accept()[0] as accepted:
            yield client, accepted


def close(accepted: socket.socket) -> None:
    accepted.close()


def close_sending_side(accepted: socket.socket) -> None:
    accepted.shutdown(socket.SHUT_WR)


def nothing(accepted: socket.socket) -> None:
    pass


def lingers(client: socket.socket) -> bytes:
    return client.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)


@needs_linux
@pytest.mark.parametrize(
    ("family", "host"),
    [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET6, "127.0.0.1")],
    ids=["4", "6", "4-in-6"],
)
@pytest.mark.parametrize(
    ("ending", "expected"),
    [(close, True), (close_sending_side, False), (nothing, False)],
    ids=["closed", "half-closed", "open"],
)
def test_orphans(family: int, host: str, ending: Callable[[socket.socket], None], expected: bool) -> None:
    with connected(family, host) as (client, accepted):
        ending(accepted)
        found = becomes_true(partial(is_orphan, client), 5 if expected else 0)  # the system may be about to know it
        assert found == expected


@needs_linux
def test_a_connection_that_the_system_does_not_have_is_no_orphan() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", 9))
        assert not is_orphan(client)


def test_a_program_that_still_reads_is_waited_for_a_few_times_and_its_connections_are_not_reset() -> None:
    found = Orphans()
    with connected() as (client, accepted), suppress(OSError):
        close_sending_side(accepted)
        for _ in range(ENOUGH):
            found.reset(client)
        began = time.monotonic()
        found.reset(client)
        assert time.monotonic() - began < sum(INTERVALS)
        assert lingers(client) == bytes(8)


@needs_linux
def test_a_connection_that_its_program_closes_a_moment_later_is_reset() -> None:
    with connected() as (client, accepted):
        close_sending_side(accepted)
        threading.Timer(INTERVALS[3], accepted.close).start()
        Orphans().reset(client)
        assert lingers(client) == RESET_ON_CLOSE


def test_an_open_connection_to_a_fixed_port_is_closed_in_order() -> None:
    done = threading.Event()

    def reads(client: socket.socket) -> None:
        if client.recv(1) == b"":
            done.set()

    with scripted(reads) as server:
        with replace(server, is_fixed=True).connect():
            pass
        assert done.wait(5)


@needs_linux
def test_the_port_of_a_server_that_closes_each_connection_is_free_at_once() -> None:
    """The client has often not read the end of the connection when it closes its own side."""
    with scripted(says(OK)) as server:
        for _ in range(20):
            replace(server, is_fixed=True).ask(get("/"))
    assert becomes_true(partial(is_free, server.port), 5)
