"""TCP ports of this machine: which are free, and which a server listens on.

Where the system has tables of its connections, they are read: a connection, even an empty one, can end a weak server or
take a request's place in its queue.
"""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import choice

from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.request import get

HOST = "127.0.0.1"
CANDIDATES = range(12000, 32000)  # below the ports that systems assign to outgoing connections and to port 0
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))  # of Linux
LISTEN = "0A"  # a state in the tables
ANY = "0" * 8
LOOPBACK = f"{int.from_bytes(socket.inet_aton(HOST), 'little'):08X}"
MAPPED = "0000000000000000FFFF0000"  # the prefix of an IPv4 address in IPv6
ADDRESSES = {ANY, LOOPBACK, 4 * ANY, MAPPED + LOOPBACK}
"""The local addresses, as the tables write them, that receive connections to HOST."""


def free_port() -> int:
    """Return a random free port that the system assigns to no other program."""
    return next(port for port in iter(lambda: choice(CANDIDATES), None) if is_free(port))


def is_free(port: int) -> bool:
    """Return whether a server can listen on a port at once, even if it does not set SO_REUSEADDR."""
    with socket.socket() as probe, suppress(OSError):
        probe.bind((HOST, port))
        return True
    return False


def is_taken(port: int) -> bool:
    """Return whether a program listens on a port. Connections that were closed just now do not count."""
    return listens(Server(HOST, port))


def listens(server: Server) -> bool:
    """Return whether a server on this machine accepts connections to HOST.

    Where the system has no tables, the server gets a request; its record stays as it was.
    """
    if TABLES[0].exists():
        return f"{server.port:04X}" in set(_listening_ports())
    return _accepts_request(server)


def _listening_ports() -> Iterator[str]:
    """Yield the ports, as the tables write them, on which a program listens for connections to HOST."""
    for table in TABLES:
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                address, port = local.split(":")
                if state == LISTEN and address in ADDRESSES:
                    yield port


def _accepts_request(server: Server) -> bool:
    try:
        server.with_own_record().ask(get("/"))
    except ConnectionFailed:
        return False
    return True
