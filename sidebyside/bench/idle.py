"""Connections that are answered once, and then held open and idle."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sidebyside.bench.answers import PATIENCE, Unusable, converse

SOURCE_CONNECTIONS = 5_000  # from one address; systems give it about 28,000 ports
CLOSE_AT_ONCE = struct.pack("ii", 1, 0)  # by a reset, so that no port is kept from the next round


@contextmanager
def held(port: int, count: int, request: str) -> Iterator[list[socket.socket]]:
    """Hold connections open until the block ends. Raises Unusable where so many cannot be had."""
    with ExitStack() as stack:
        clients: list[socket.socket] = []
        try:
            while len(clients) < count:
                client = stack.enter_context(connect(port, len(clients)))
                list(converse(client, request))
                clients.append(client)
        except (OSError, Unusable) as error:
            raise Unusable(f"holds {len(clients):,} idle connections, not {count:,}: {error}") from error
        yield clients


def connect(port: int, number: int) -> socket.socket:
    """Open a connection; every so many of them come from another loopback address."""
    source = f"127.0.0.{2 + number // SOURCE_CONNECTIONS}"
    client = socket.create_connection(("127.0.0.1", port), PATIENCE, source_address=(source, 0))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
    return client


def check_held(clients: list[socket.socket]) -> None:
    """Raise Unusable where the server has closed some meanwhile."""
    closed = sum(map(is_closed, clients))
    if closed:
        raise Unusable(f"has closed {closed:,} of {len(clients):,} idle connections")


def is_closed(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return not client.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
