"""Signals to raw_router: which ones stop it, how soon it ends, and what they are to applications."""

import os
import signal
from pathlib import Path

import pytest

from raw_router.signals import SIGNALS
from tests.raw_router.processes import Started, is_gone, started
from tests.serving import DRIVERS, becomes_true, dial, exchange

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
WORKERS = pytest.mark.parametrize("workers", ["1", "2"])

APPLICATION = """
import signal
import threading
import time

def work():
    while True:
        time.sleep(0.1)

def application(environ, start_response):
    match environ["PATH_INFO"]:
        case "/thread":
            threading.Thread(target=work, daemon=False).start()
        case "/sleep":
            time.sleep(100)
    start_response("200 OK", [])
    return [str(handled).encode()]

handled = []
signal.signal(signal.SIGUSR1, lambda number, frame: handled.append(number))
"""


@pytest.fixture
def application(tmp_path: Path) -> dict[str, str]:
    """The environment of a server that can import APPLICATION."""
    (tmp_path / "signalled.py").write_text(APPLICATION)
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


SIGNALLED = ("--wsgi", "signalled:application")


def ask(server: Started, path: str) -> bytes:
    return exchange(server.port, GET.replace(b"/", path.encode(), 1)).partition(b"\r\n\r\n")[2]


@WORKERS
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_stops_the_server_with_grace(number: int, workers: str) -> None:
    with started("--workers", workers) as server, server.begin() as client, dial(server.port) as idle:
        server.process.send_signal(number)
        assert idle.recv(1) == b""  # so the signal has come
        client.sendall(b"x")
        assert client.recv(65536).startswith(b"HTTP/1.1 405 ")
        client.close()
        assert server.process.wait(20) == 0


@WORKERS
def test_a_terminal_that_is_closed_may_send_two_signals(workers: str) -> None:
    with started("--workers", workers) as server, server.begin() as client, dial(server.port) as idle:
        server.process.send_signal(signal.SIGHUP)
        assert idle.recv(1) == b""
        server.process.send_signal(signal.SIGHUP)
        client.sendall(b"x")
        assert client.recv(65536).startswith(b"HTTP/1.1 405 ")
        client.close()
        assert server.process.wait(20) == 0


@WORKERS
def test_ctrl_c_in_a_terminal_reaches_all_processes(workers: str) -> None:
    with started("--workers", workers) as server, server.begin() as client, dial(server.port) as idle:
        os.killpg(server.process.pid, signal.SIGINT)
        assert idle.recv(1) == b""
        client.sendall(b"x")
        assert client.recv(65536).startswith(b"HTTP/1.1 405 ")
        client.close()
        assert server.process.wait(20) == 0
        assert server.errors.read() == ""


def test_nohup() -> None:
    with started(prefix=["nohup"]) as server:
        server.process.send_signal(signal.SIGHUP)
        assert exchange(server.port, GET).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("driver", DRIVERS)
def test_signals_of_an_application_do_not_stop_the_server(application: dict[str, str], driver: str) -> None:
    with started(*SIGNALLED, "--driver", driver, environment=application) as server:
        server.process.send_signal(signal.SIGUSR1)
        assert becomes_true(lambda: ask(server, "/") == b"[10]")


@WORKERS
def test_the_grace_bounds_threads_of_an_application(application: dict[str, str], workers: str) -> None:
    with started(*SIGNALLED, "--grace", "0", "--workers", workers, environment=application) as server:
        ask(server, "/thread")
        server.process.terminate()
        assert server.process.wait(20) == 1
        assert ("signalled.py" in server.errors.read()) == (workers == "1")


@pytest.mark.parametrize(
    "driver", [pytest.param(each, marks=[] if each == "events" else pytest.mark.full) for each in DRIVERS]
)
def test_the_grace_bounds_a_view_that_blocks(application: dict[str, str], driver: str) -> None:
    with (
        started(*SIGNALLED, "--grace", "0", "--driver", driver, environment=application) as server,
        dial(server.port) as client,
    ):
        client.sendall(GET.replace(b"/", b"/sleep", 1))
        server.process.terminate()
        assert server.process.wait(20) in (0, 1)


def test_kill_9_of_everything_leaves_the_port_usable() -> None:
    with started("--workers", "2") as server, server.begin():
        assert becomes_true(lambda: len(server.workers) == 2)
        processes = [server.process.pid, *server.workers]
        for each in processes:
            os.kill(each, signal.SIGKILL)
        server.process.wait()
        assert becomes_true(lambda: all(map(is_gone, processes)))
        with started("--port", str(server.port)) as again:
            assert again.port == server.port
            assert exchange(again.port, GET).startswith(b"HTTP/1.1 200 ")
