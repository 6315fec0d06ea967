"""python -m raw_router with workers, and its signals: what is replaced, what ends, and how."""

import os
import re
import resource
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from raw_router.__main__ import main
from raw_router.workers import how_it_ended
from tests.raw_router.processes import is_gone, started
from tests.serving import HOST, becomes_true, exchange

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
PATIENT = ("--min-rate", "0", "--grace", "60")

DEADLY = """
import os

def application(environ, start_response):
    if environ["PATH_INFO"] == "/die":
        os._exit(3)
    start_response("200 OK", [])
    return []
"""


def test_a_killed_worker_is_replaced_and_costs_no_other_request() -> None:
    with started("--workers", "2") as server:
        assert becomes_true(lambda: len(server.workers) == 2)
        before = server.workers
        os.kill(before[0], signal.SIGKILL)
        assert re.match(
            rf"ERROR worker {before[0]} ended after [\d.]+ s, by SIGKILL; another ", server.errors.readline()
        )
        assert exchange(server.port, GET).startswith(b"HTTP/1.1 200 ")
        assert becomes_true(lambda: len(server.workers) == 2)
        assert before[1] in server.workers


def test_a_worker_that_is_killed_while_it_is_busy_costs_only_its_own_requests() -> None:
    with started("--workers", "2") as server, server.begin() as client:
        assert becomes_true(lambda: len(server.workers) == 2)
        for worker in server.workers:
            os.kill(worker, signal.SIGKILL)
        with suppress(ConnectionResetError):
            assert client.recv(65536) == b""
        assert exchange(server.port, GET).startswith(b"HTTP/1.1 200 ")
        assert becomes_true(lambda: len(server.workers) == 2)
        server.process.terminate()
        assert server.process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_workers_finish_what_is_in_flight(number: int) -> None:
    with started("--workers", "2") as server, server.begin() as client:
        assert becomes_true(lambda: len(server.workers) == 2)
        workers = server.workers
        server.process.send_signal(number)
        client.sendall(b"x")
        assert client.recv(65536).startswith(b"HTTP/1.1 405 ")
        assert server.process.wait(20) == 0
        assert all(map(is_gone, workers))


def test_a_second_signal_ends_workers_at_once() -> None:
    with started("--workers", "2", *PATIENT) as server, server.begin():
        assert becomes_true(lambda: len(server.workers) == 2)
        workers = server.workers
        server.process.send_signal(signal.SIGTERM)
        assert becomes_true(lambda: len(server.workers) == 1)  # the idle one has ended
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 1
        assert all(map(is_gone, workers))


def test_a_second_signal_ends_a_single_process_at_once() -> None:
    with started(*PATIENT) as server, server.begin(), socket.create_connection((HOST, server.port), timeout=10) as idle:
        idle.sendall(GET)
        assert idle.recv(65536)
        server.process.send_signal(signal.SIGINT)
        assert idle.recv(1) == b""  # the first one has come
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == -signal.SIGINT


def test_workers_end_with_their_supervisor() -> None:
    with started("--workers", "2") as server:
        assert becomes_true(lambda: len(server.workers) == 2)
        workers = server.workers
        server.process.kill()
        server.process.wait()
        assert becomes_true(lambda: all(map(is_gone, workers)))


def test_a_worker_that_cannot_be_started_is_started_later() -> None:
    """The supervisor has no room for another descriptor; another process that cannot be forked is the same error."""
    with started("--workers", "2") as server:
        assert becomes_true(lambda: len(server.workers) == 2)
        before = server.workers
        used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        limits = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (used - 3, limits[1]))
        os.kill(before[0], signal.SIGKILL)
        assert " ended after " in server.errors.readline()
        for delay in ("0.2", "0.4"):
            expected = f"ERROR cannot start a worker: Too many open files; trying again in {delay} s\n"
            assert server.errors.readline() == expected
        assert exchange(server.port, GET).startswith(b"HTTP/1.1 200 ")
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, limits)
        assert becomes_true(lambda: len(server.workers) == 2)
        assert before[1] in server.workers
        server.process.terminate()
        assert server.process.wait(20) == 0


def test_a_crash_loop_backs_off(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    with started("--workers", "2", "--wsgi", "deadly:application", PYTHONPATH=str(tmp_path)) as server:
        for delay in ("0.1", "0.2", "0.4"):
            assert exchange(server.port, GET.replace(b"/", b"/die", 1)) == b""
            assert server.errors.readline().endswith(f", with status 3; another takes its place in {delay} s\n")
        assert exchange(server.port, GET).startswith(b"HTTP/1.1 200 ")


def test_a_taken_port_is_an_error_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((HOST, 0)) as taken:
        assert main(["--workers", "2", "--port", str(taken.getsockname()[1])]) == 1
    assert "Address already in use" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "words"), [(-9, "by SIGKILL"), (3, "with status 3"), (0, "with status 0")])
def test_ends_are_told(code: int, words: str) -> None:
    assert how_it_ended(code) == words
