"""Listeners: the addresses of a host, on one port."""

import errno
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from raw_router import listeners
from raw_router.__main__ import main
from raw_router.drivers import TIMEOUTS
from raw_router.listeners import (
    REQUIRED_HOP_LIMIT,
    accept,
    listen,
    open_listener,
    port_of,
    require_hop_limit,
    server_address,
    turn_away,
    url_of,
)
from raw_router.messages import Response
from raw_router.responder import Responder
from tests.serving import DRIVERS, HOST, Serve, driving_on

GET = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
create_server = socket.create_server


@contextmanager
def listening(host: str, port: int = 0) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(listener) for listener in listen(host, port)]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (HOST, ["127.0.0.1"]),
        ("::1", ["::1"]),
        ("localhost", ["127.0.0.1", "::1"]),
        ("::", ["0.0.0.0", "::"]),
        ("", ["0.0.0.0", "::"]),
        ("0.0.0.0", ["0.0.0.0"]),
    ],
    ids=lambda value: value or "empty" if isinstance(value, str) else "",
)
def test_the_addresses_of_a_host_have_one_port(host: str, expected: list[str]) -> None:
    with listening(host) as sockets:
        assert [each.getsockname()[0] for each in sockets] == expected
        assert len(set(map(port_of, sockets))) == 1


@pytest.mark.parametrize("host", [HOST, "::1", "localhost", "::", "", "0.0.0.0"])
def test_an_application_is_told_a_name_that_it_can_be_reached_by(host: str) -> None:
    with listening(host) as sockets:
        name = socket.gethostname() if host in ("::", "", "0.0.0.0") else host
        assert server_address(host, sockets) == (name, port_of(sockets[-1]))


@pytest.mark.parametrize("serve", DRIVERS.values(), ids=DRIVERS)
def test_both_addresses_of_localhost_are_served(serve: Serve) -> None:
    def connect(client: str) -> Responder:
        return Responder(lambda request: Response(200, (("Content-Length", "0"), ("Client", client))), client)

    with listening("localhost") as sockets, driving_on(sockets, connect, serve):
        for address in ("127.0.0.1", "::1"):
            with socket.create_connection((address, port_of(sockets[0])), timeout=10) as client:
                client.sendall(GET)
                assert f"Client: {address}\r\n".encode() in client.recv(65536)


def without_ipv6(number: int) -> Callable[..., socket.socket]:
    """Return what creates a server's socket on a machine without IPv6, or without an address for it."""

    def create(address: Any, family: int, **options: Any) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(number, "no IPv6")
        return create_server(address, family=family, **options)

    return create


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
@pytest.mark.parametrize("host", ["localhost", "::"])
def test_a_machine_without_ipv6_listens_on_ipv4(monkeypatch: pytest.MonkeyPatch, host: str, number: int) -> None:
    monkeypatch.setattr(socket, "create_server", without_ipv6(number))
    with listening(host) as sockets:
        assert [each.family for each in sockets] == [socket.AF_INET]
    with pytest.raises(OSError, match="no IPv6"):
        listen("::1", 0)


def test_a_port_in_use_at_one_address_is_an_error_and_leaves_no_listener() -> None:
    with open_listener(("::1", 0)) as taken:
        with pytest.raises(OSError, match="in use"):
            listen("localhost", port_of(taken))
        open_listener((HOST, port_of(taken))).close()


@pytest.mark.parametrize("failures", [1, listeners.TRIES])
def test_a_free_port_is_free_at_all_addresses(monkeypatch: pytest.MonkeyPatch, failures: int) -> None:
    tried: list[int] = []

    def create(address: Any, family: int, **options: Any) -> socket.socket:
        if family == socket.AF_INET6:
            tried.append(address[1])
            if len(tried) <= failures:
                raise OSError(errno.EADDRINUSE, "in use")
        return create_server(address, family=family, **options)

    monkeypatch.setattr(socket, "create_server", create)
    if failures == listeners.TRIES:
        with pytest.raises(OSError, match="in use"):
            listen("localhost", 0)
    else:
        with listening("localhost") as sockets:
            assert list(map(port_of, sockets)) == [tried[-1]] * 2
    assert len(tried) == min(failures + 1, listeners.TRIES)


@pytest.mark.parametrize(("address", "url"), [(HOST, "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_url(address: str, url: str) -> None:
    with open_listener((address, 0)) as listener:
        assert url_of(listener) == f"{url}{port_of(listener)}"


def test_an_unknown_host_is_an_error_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "nobody.invalid"]) == 1
    assert "raw_router: cannot listen on nobody.invalid, port 8001: " in capsys.readouterr().err


@pytest.mark.parametrize("driver", ["serial", "threads", "events", "pool"])
def test_a_limit_of_clients_is_one_limit_for_all_listeners(driver: str) -> None:
    def connect(client: str) -> Responder:
        return Responder(lambda request: Response(200, (("Content-Length", "4"),), b"here"), client)

    with listening("localhost") as sockets, ExitStack() as stack:
        port = port_of(sockets[0])
        clients = [stack.enter_context(socket.create_connection((each, port), 10)) for each in ("127.0.0.1", "::1")]
        with driving_on(sockets, connect, DRIVERS[driver], replace(TIMEOUTS, connections=1)):
            for client in clients:
                client.sendall(GET)
                assert client.recv(65536).endswith(b"here")
                client.close()


@pytest.mark.parametrize("host", [HOST, "::1"])
def test_clients_in_the_queue_are_served_while_new_ones_are_turned_away(host: str) -> None:
    with ExitStack() as stack:
        [listener] = stack.enter_context(listening(host))
        queued = stack.enter_context(socket.create_connection(listener.getsockname()[:2]))
        turn_away([listener])
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.getsockname()[:2], timeout=0.1)
        queued.sendall(b"here")
        client = stack.enter_context(accept(listener)[0])
        assert client.recv(4) == b"here"


@pytest.mark.parametrize("host", [HOST, "::1"])
def test_a_client_that_connects_while_others_are_turned_away_can_be_served(host: str) -> None:
    with ExitStack() as stack:
        [listener] = stack.enter_context(listening(host))
        require_hop_limit(listener, 1)  # it lets the handshake pass, and the client inherits it
        stack.enter_context(socket.create_connection(listener.getsockname()[:2]))
        client = stack.enter_context(accept(listener)[0])
        assert client.getsockopt(*REQUIRED_HOP_LIMIT[client.family]) == 0


def test_systems_other_than_linux_cannot_turn_clients_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with listening(HOST) as [listener]:
        turn_away([listener])
        with socket.create_connection(listener.getsockname()) as client, accept(listener)[0] as accepted:
            client.sendall(b"here")
            assert accepted.recv(4) == b"here"
