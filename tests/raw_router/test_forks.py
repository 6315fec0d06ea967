"""Applications that fork: their children neither end the server nor serve its clients."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import NoReturn

import pytest

from raw_router import forks
from raw_router.forks import closed_in_children, reset_child, server_sockets
from raw_router.listeners import open_listener, port_of
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from raw_router.signals import SIGNALS, delay, stop_on_signals
from tests.raw_router.forking import EXPECTED
from tests.raw_router.processes import UNMEASURED, Started, started
from tests.serving import DRIVERS, HOST, dial, driving_on, exchange

FORKING = ("--wsgi", "tests.raw_router.forking:application")
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def ask(server: Started, path: str) -> str:
    answer = exchange(server.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert answer.count(b"HTTP/1.1 ") == answer.count(b"HTTP/1.1 200 ") == 1, answer
    return answer.partition(b"\r\n\r\n")[2].decode()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_children_of_an_application_do_not_end_the_server(driver: str, workers: str) -> None:
    with started(*FORKING, "--driver", driver, "--workers", workers, environment=UNMEASURED) as server:
        for path, expected in EXPECTED.items():
            assert expected in ask(server, path), path
        assert "[2, 4]" in ask(server, "/pool")
        server.process.terminate()
        errors = server.errors.read()
        assert server.process.wait(20) == 0
        assert "GET /raise: a process that the application forked raised an error; it ends\nTraceback" in errors
        assert "GET /return: a process that the application forked returned; it ends\n" in errors
        assert "ended after" not in errors


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_child_that_lives_on_has_no_socket_of_the_server(driver: str) -> None:
    with started(*FORKING, "--driver", driver, environment=UNMEASURED) as server:
        with dial(server.port) as client:
            client.sendall(b"GET /torn HTTP/1.0\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                b"".join(iter(partial(client.recv, 65536), b""))
        server.process.kill()
        server.process.wait()
        with pytest.raises(ConnectionRefusedError):
            dial(server.port)
        open_listener((HOST, server.port)).close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_lists_its_sockets(driver: str) -> None:
    connect = partial(Responder, lambda request: Response(200, (("Content-Length", "0"),)))
    with open_listener((HOST, 0)) as listener:
        with driving_on([listener], connect, DRIVERS[driver]), dial(port := port_of(listener)) as client:
            client.sendall(GET)
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
            sockets = server_sockets()
            assert listener in sockets
            clients = [each for each in sockets if each.getsockname() == (HOST, port) and each != listener]
            assert [each.getpeername() for each in clients] == [client.getsockname()]
        assert server_sockets() == []


@pytest.fixture
def handlers() -> Iterator[None]:
    """Restore the handlers of signals."""
    before = [(number, signal.getsignal(number)) for number in SIGNALS]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_a_child_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "count", 0)
    before = signal.getsignal(signal.SIGTERM)
    ours, theirs = socket.socketpair()
    with ours, theirs, stop_on_signals(60), closed_in_children(lambda: (ours,)):
        assert signal.getsignal(signal.SIGTERM) != before
        own = signal.signal(signal.SIGHUP, lambda *_: None) and signal.getsignal(signal.SIGHUP)
        delay()
        assert set(SIGNALS) <= signal.pthread_sigmask(signal.SIG_BLOCK, ())
        reset_child()
        assert not set(SIGNALS) & signal.pthread_sigmask(signal.SIG_BLOCK, ())
        assert signal.getsignal(signal.SIGTERM) == before
        assert signal.getsignal(signal.SIGHUP) == own  # the application's
        assert signal.set_wakeup_fd(-1) == -1
        assert theirs.recv(1) == b""
    delay()
    reset_child()
    assert forks.count == 2


class EndedError(BaseException):
    """What os._exit raises here."""


@pytest.fixture
def statuses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The statuses with which this process would have ended; forks.count is restored afterwards."""
    statuses: list[int] = []

    def end(status: int) -> NoReturn:
        statuses.append(status)
        raise EndedError

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(forks, "count", forks.count)
    return statuses


def comes_back(error: BaseException | None = None) -> None:
    """Do what a child does that comes back."""
    forks.count += 1
    if error:
        raise error


class Closes(list[bytes]):
    def close(self) -> None:
        comes_back()


def in_pieces() -> Iterator[bytes]:
    comes_back()
    yield b""


@pytest.mark.parametrize(
    ("handler", "status", "logged"),
    [
        (lambda request: comes_back(), 0, "GET /: a process that the application forked returned"),
        (lambda request: comes_back(ValueError("mine")), 1, "forked raised an error; it ends\nTraceback"),
        (lambda request: comes_back(SystemExit()), 0, ""),
        (lambda request: comes_back(SystemExit(3)), 3, ""),
        (lambda request: comes_back(SystemExit("text")), 1, ""),
        (lambda request: Response(200, (), in_pieces()), 0, "forked returned"),
        (lambda request: Response(200, (), Closes()), 0, "forked returned"),
    ],
    ids=["returns", "raises", "exits", "exits with a status", "exits with a text", "piece", "close"],
)
def test_a_child_that_comes_back_ends(
    caplog: pytest.LogCaptureFixture,
    statuses: list[int],
    handler: Callable[[Request], Response],
    status: int,
    logged: str,
) -> None:
    responder = Responder(handler)
    with suppress(EndedError):
        responder.receive(GET)
        while responder.waits_for == "write":
            responder.receive(b"")
    assert statuses[:1] == [status]
    assert logged in caplog.text
