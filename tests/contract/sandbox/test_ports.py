"""Ports: which are free, and which a server listens on, without a connection."""

import socket
from pathlib import Path

import pytest

from http_contract import Server
from http_contract.sandbox import ports
from http_contract.sandbox.ports import TABLES, free_port, is_free, is_taken, listens

NO_TABLES = (Path("/no/such/table"),)


@pytest.mark.parametrize("tables", [TABLES, NO_TABLES], ids=["tables", "request"])
@pytest.mark.parametrize(
    ("family", "host", "transcript"),
    [
        (socket.AF_INET, "127.0.0.1", True),
        (socket.AF_INET, "0.0.0.0", True),
        (socket.AF_INET, "127.0.0.2", False),
        (socket.AF_INET6, "::1", False),
        (socket.AF_INET6, "::", True),
        (socket.AF_INET6, "::ffff:127.0.0.1", True),
    ],
    ids=["loopback", "any", "another", "loopback-6", "any-6", "mapped"],
)
def test_listens(
    family: int, host: str, transcript: bool, tables: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "TABLES", tables)
    with socket.socket(family) as listener:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, 0))
        server = Server("127.0.0.1", listener.getsockname()[1], timeout=0.2)
        assert not listens(server)
        listener.listen()
        assert listens(server) is transcript


def test_a_port_is_free_or_taken_or_closed_just_now() -> None:
    port = free_port()
    assert (is_free(port), is_taken(port)) == (True, False)
    with socket.create_server(("127.0.0.1", port)) as listener, socket.create_connection(("127.0.0.1", port)) as client:
        assert (is_free(port), is_taken(port)) == (False, True)
        listener.accept()[0].close()  # who closes first keeps the port for a while
        assert client.recv(1) == b""
    assert (is_free(port), is_taken(port)) == (False, False)
