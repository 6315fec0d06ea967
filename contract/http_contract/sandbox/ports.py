"""Whether a port of this machine is free, and whether somebody listens on it, without a word to who does.

An empty connection kills some servers, and any other takes a request's place in their queue.
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
PORTS = range(12000, 32000)  # below those that systems give to outgoing connections, and for port 0
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))  # of Linux
LISTEN = "0A"
ANY = "0" * 8
LOCAL = f"{int.from_bytes(socket.inet_aton(HOST), 'little'):08X}"
MAPPED = "0000000000000000FFFF0000"  # before an IPv4 address in IPv6
HEARS = {ANY, LOCAL, 4 * ANY, MAPPED + LOCAL}
"""Local addresses, as the tables have them, of who hears what is sent to HOST."""


def free_port() -> int:
    """Return a port that is free, and that the system gives to nobody who asks for any."""
    return next(port for port in iter(lambda: choice(PORTS), None) if is_free(port))


def is_free(port: int) -> bool:
    """Tell whether a server may take that port that does not set SO_REUSEADDR, too."""
    with socket.socket() as probe, suppress(OSError):
        probe.bind((HOST, port))
        return True
    return False


def is_taken(port: int) -> bool:
    """Tell whether somebody listens there."""
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return False
    return True


def listens(server: Server) -> bool:
    """Tell whether a server takes connections: by the system's tables, and by a request where there are none."""
    if TABLES[0].exists():
        return f"{server.port:04X}" in set(_listening())
    return responses(server)


def _listening() -> Iterator[str]:
    """Yield the ports, as the tables have them, that are listened on at HOST."""
    for table in TABLES:
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                address, port = local.split(":")
                if state == LISTEN and address in HEARS:
                    yield port


def responses(server: Server) -> bool:
    """Tell whether a server takes a request, whatever becomes of it."""
    try:
        server.apart().ask(get("/"))
    except ConnectionFailed:
        return False
    return True
