"""One connection at a time, as in the tutorial: while one client is connected, all others wait."""

import socket
from collections.abc import Sequence

from raw_router.drivers import TIMEOUTS, Connect, Timeouts
from raw_router.drivers.blocking import Closing, accepted, converse
from raw_router.forks import closed_in_children


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve one client after another until stop is readable."""
    closing = Closing(listeners, stop, timeouts)
    with closed_in_children(closing.sockets):
        for client, address in accepted(closing):
            converse(client, connect(address), closing)
