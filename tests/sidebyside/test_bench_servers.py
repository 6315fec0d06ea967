"""The servers of sidebyside bench: each starts and sends the same response; those that do not are excluded."""

import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from http_contract.sandbox.ports import free_port
from raw_router.wsgi import handler_for
from sidebyside.bench import load, machine
from sidebyside.bench.clients import Unusable, ask, check_open, idle_connections, repeating
from sidebyside.bench.measure import (
    Place,
    attempt,
    expected_response,
    idle_memory,
    measure,
    real_response,
    started,
    warm_up,
)
from sidebyside.bench.peers import PEERS, Peer
from sidebyside.bench.servers import constant
from sidebyside.bench.workloads import CONNECT, GUESTS, SAME, WORKLOADS, Workload
from sidebyside.launch.process import ServerProcess
from tests.serving import HANDLERS, HOST, serving

SAME_REQUEST = Workload("same", "", SAME).request(1)
CLOSING_REQUEST = Workload("connect", "", CONNECT).request(1)
TIMEOUT_MS = 5000
RESET = struct.pack("ii", 1, 0)
[FORM] = [workload for workload in WORKLOADS if workload.name == "form"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return a place whose file has the real response to the form."""
    found = Place(tmp_path, *machine.cores(), seconds=1)
    found.response.write_bytes(real_response(FORM, found))
    monkeypatch.setenv("SIDEBYSIDE_RESPONSE", str(found.response))
    return found


@pytest.mark.full  # twenty servers start; the benchmark checks each response again before it measures
@pytest.mark.parametrize(
    "peer", [peer for peer in PEERS if peer.suite not in ("asgi", GUESTS)], ids=lambda peer: peer.name
)
def test_every_peer_sends_the_response_of_the_real_service(peer: Peer, place: Place) -> None:
    if peer.version is None:
        pytest.skip(f"{peer.name} is not installed. Install it: {peer.install}")
    with started(peer, FORM, place) as process:
        warm_up(process.spec.port, FORM, place.response.read_bytes())


WITHOUT_LENGTH = "guest webpy"  # web.py yields its pages in pieces


@pytest.mark.full  # each guest starts
@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.suite == GUESTS], ids=lambda peer: peer.name)
@pytest.mark.parametrize("workload", [each for each in WORKLOADS if GUESTS in each.suites], ids=lambda each: each.name)
def test_every_guest_sends_the_page_of_the_real_service(peer: Peer, workload: Workload, place: Place) -> None:
    place.response.write_bytes(real_response(workload, place))
    excluded = pytest.raises(Unusable, match=r"^answers without Content-Length$")
    with started(peer, workload, place) as process, excluded if peer.name == WITHOUT_LENGTH else nullcontext():
        warm_up(process.spec.port, workload, place.response.read_bytes())


@pytest.mark.parametrize(
    "peer", [peer for peer in PEERS if peer.name in ("waitress", "uvicorn")], ids=lambda peer: peer.name
)
def test_a_request_without_a_body_gets_the_same_response(peer: Peer, place: Place) -> None:
    with started(peer, FORM, place) as process:
        warm_up(process.spec.port, Workload("same", "", SAME), place.response.read_bytes())


def test_a_server_that_ends_is_excluded_with_its_last_line(place: Place) -> None:
    found = attempt(1, FORM, Peer("broken", "servers", "json.tool /no/such/file"), place)
    assert found.rate is None
    assert found.fault
    assert found.fault.startswith("ended (exit status 2): ")
    assert "/no/such/file" in found.fault


def test_a_server_that_ends_meanwhile_is_excluded_for_that(place: Place) -> None:
    with pytest.raises(Unusable, match=r"^ended \(SIGKILL\)"), started(PEERS[0], FORM, place) as process:
        measure_killed(process, place)


def measure_killed(process: ServerProcess, place: Place) -> None:
    os.killpg(process.group, signal.SIGKILL)
    process.wait(float("inf"))
    measure(1, FORM, process, place)


def test_a_server_with_another_response_is_excluded(place: Place) -> None:
    place.response.write_bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nelse")
    assert attempt(1, FORM, PEERS[0], place).fault == "serves another body"


# -- the applications of the workloads whose responses are made up


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Workload], Place]]:
    """Return a function that makes a place whose file has the response of a workload."""

    def make(workload: Workload) -> Place:
        place = Place(tmp_path, *machine.cores(), seconds=1)
        place.response.write_bytes(expected_response(workload, place))
        return place

    monkeypatch.setenv("SIDEBYSIDE_RESPONSE", str(tmp_path / "response"))
    constant.response.cache_clear()
    constant.asgi_start.cache_clear()
    yield make
    constant.response.cache_clear()
    constant.asgi_start.cache_clear()


MADE = [workload for workload in WORKLOADS if "wsgi" in workload.suites and workload.response]


@pytest.mark.parametrize("workload", MADE, ids=lambda workload: workload.name)
def test_the_wsgi_application_sends_the_response_of_each_workload(
    workload: Workload, made: Callable[[Workload], Place]
) -> None:
    place = made(workload)
    with serving(handler_for(constant.wsgi)) as port:
        warm_up(port, replace(workload, response=10 * 1024 * 1024), place.response.read_bytes())


def test_the_wsgi_application_sleeps(made: Callable[[Workload], Place], monkeypatch: pytest.MonkeyPatch) -> None:
    [blocking] = [workload for workload in WORKLOADS if workload.sleepers]
    made(blocking)
    naps: list[float] = []
    monkeypatch.setattr(constant, "sleep", naps.append)
    with serving(handler_for(constant.wsgi)) as port, repeating(port, 1, blocking.sleep_request(port)):
        assert ask(port, blocking.sleep_request(port))
    assert set(naps) == {constant.SLEEP}


def test_a_body_that_is_not_complete_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^a body of 2 octets has a Content-Length of 3$"):
        constant.check_body(b"ab", 3)


def test_sleepers_without_an_answer_exclude_the_server() -> None:
    with pytest.raises(Unusable, match="refused"), repeating(free_port(), 2, SAME_REQUEST):
        pass


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.suite == "asgi"], ids=lambda peer: peer.name)
@pytest.mark.full
def test_starlette_sends_the_response(peer: Peer, made: Callable[[Workload], Place]) -> None:
    [workload] = [workload for workload in WORKLOADS if workload.name == "asgi"]
    place = made(workload)
    with started(peer, workload, place) as process:
        warm_up(process.spec.port, workload, place.response.read_bytes())


@pytest.mark.full
def test_streaming_has_a_figure_for_memory(made: Callable[[Workload], Place]) -> None:
    [workload] = [workload for workload in WORKLOADS if workload.is_streamed]
    place = made(workload)
    [peer] = [peer for peer in PEERS if peer.name == "wsgi on raw_router pool"]
    found = attempt(1, workload, peer, place)
    assert found.fault is None
    assert found.peak_memory is not None
    assert 0 <= found.peak_memory < 64 * 1024 * 1024


# -- idle connections


def test_idle_connections_stay_open_until_the_end() -> None:
    with serving(HANDLERS["raw"]) as port, idle_connections(port, 3, SAME_REQUEST) as clients:
        assert len(clients) == 3
        check_open(clients)


def test_a_server_that_closes_idle_connections_is_excluded() -> None:
    with serving(HANDLERS["raw"]) as port, idle_connections(port, 3, CLOSING_REQUEST) as clients:
        for client in clients:
            client.recv(1, socket.MSG_PEEK)  # until it is closed
        with pytest.raises(Unusable, match=r"^has closed 3 of 3 idle connections$"):
            check_open(clients)


def test_a_server_that_accepts_too_few_connections_is_excluded() -> None:
    error = r"^accepts 0 idle connections, not 3: .*refused"
    with pytest.raises(Unusable, match=error), idle_connections(free_port(), 3, SAME_REQUEST):
        pytest.fail("there is no server")


def test_an_idle_connection_costs_memory(place: Place) -> None:
    idle = Workload("idle", "", SAME, idle=50)
    with started(PEERS[0], idle, place) as process, idle_memory(process, idle) as memory:
        assert memory is not None
        assert 0 <= memory < 1024 * 1024
    with started(PEERS[0], FORM, place) as process, idle_memory(process, FORM) as memory:
        assert memory is None


# -- responses that do not come


@contextmanager
def sending(data: bytes, linger: bytes = b"") -> Iterator[int]:
    """Send these bytes to one client, and close the connection; yields the port."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(65536)
                client.sendall(data)
                if linger:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbod"], ids=["nothing", "a part"])
def test_a_response_that_breaks_off_is_not_measured(data: bytes) -> None:
    with sending(data) as port, pytest.raises(Unusable, match=r"^closes the connection after 0 of 1 responses$"):
        ask(port, SAME_REQUEST)


def test_a_server_that_does_not_listen_is_not_measured() -> None:
    with pytest.raises(Unusable, match=r"^does not answer 1 requests: .*refused"):
        ask(free_port(), SAME_REQUEST)


def test_a_connection_that_was_reset_is_closed() -> None:
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    with sending(response, RESET) as port, socket.create_connection((HOST, port)) as client:
        client.sendall(SAME_REQUEST.encode())
        assert client.recv(65536) == response
        poll = select.poll()
        poll.register(client, 0)  # errors only
        assert poll.poll(TIMEOUT_MS)
        with pytest.raises(Unusable, match=r"^has closed 1 of 1 idle connections$"):
            check_open([client])


def test_wrk_that_does_not_end_is_stopped() -> None:
    with pytest.raises(Unusable, match=r"^wrk did not end within 0.1 seconds$"):
        load.run_wrk([sys.executable, "-c", "import signal; signal.pause()"], 0.1)


# -- the machine


def test_the_memory_of_a_process_group() -> None:
    assert machine.resident_memory(os.getpgid(0)) > 1024 * 1024
    assert machine.resident_memory(-1) == 0


def test_the_cpu_time_of_a_process_group() -> None:
    used = time.process_time()
    assert machine.cpu_seconds(os.getpgid(0)) >= used - 1 / machine.TICKS
    assert machine.cpu_seconds(-1) == 0


def test_a_process_that_has_ended_has_neither_group_nor_memory() -> None:
    gone = Path("/proc/0")
    assert (machine.group_of(gone), machine.proportional_size(gone), machine.cpu_ticks(gone)) == (None, 0, 0)


def test_the_processor_has_a_name() -> None:
    assert machine.processor()


def test_the_response_of_the_real_service_is_a_page(place: Place) -> None:
    assert place.response.read_bytes().startswith(b"HTTP/1.1 200 OK\r\n")
