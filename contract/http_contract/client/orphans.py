"""Orphans: connections that a server's program has closed, so that only its system still has them.

The side that closes a connection first occupies its port for a minute, unless the other side resets the connection. The
judge resets such connections of a server with a fixed port: without SO_REUSEADDR, it could not be started again. No
program notices that, because the system answers for it already.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))  # of Linux
FIN_WAIT_2 = "05"  # a state in the tables
NO_PROGRAM = "0"  # the inode of a socket that no program has
ORPHAN_WAIT = 0.25  # seconds for a program that has closed its sending side to close the rest
POLL_INTERVAL = 0.002  # seconds between two looks
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for 0 seconds


def reset_orphan(client: socket.socket) -> None:
    """Make `close` reset the connection if the server's program has closed it."""
    deadline = time.monotonic() + ORPHAN_WAIT
    while not (orphan := is_orphan(client)) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    if orphan:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


def is_orphan(client: socket.socket) -> bool:
    """Return whether no program has the other side of a connection within this machine any more."""
    ours, theirs = client.getsockname()[1], client.getpeername()[1]
    return (f"{theirs:04X}", f"{ours:04X}", FIN_WAIT_2, NO_PROGRAM) in set(_connections())


def _connections() -> Iterator[tuple[str, str, str, str]]:
    """Yield local port, remote port, state and inode of each connection, as the tables write them."""
    for table in TABLES:
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                yield fields[1].partition(":")[2], fields[2].partition(":")[2], fields[3], fields[9]
