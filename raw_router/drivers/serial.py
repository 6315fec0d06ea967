"""One connection at a time, the tutorial's way: while one client is served, or says nothing, all others wait."""

import socket

from raw_router.drivers import TIMEOUTS, Connect, Timeouts
from raw_router.drivers.blocking import accepted, converse


def serve(listener: socket.socket, connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS) -> None:
    """Serve one client after the other until stop can be read."""
    for client, address in accepted(listener, stop):
        converse(client, connect(address), stop, timeouts)
