"""Forks: a child that an application forks must not use the sockets and the signals of the server.

multiprocessing, for example, forks. In the child all this is reset at once. If the child comes back out of the
application, it ends: it would respond to its parent's clients.
"""

import logging
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from raw_router import signals

count = 0  # how often this process and its parents were forked

_sockets: list[Callable[[], Iterable[socket.socket]]] = []  # of the server

logger = logging.getLogger("raw_router")


@contextmanager
def closed_in_children(sockets: Callable[[], Iterable[socket.socket]]) -> Iterator[None]:
    """Close sockets in every child that is forked meanwhile. Otherwise a client would stay connected to the child."""
    _sockets.append(sockets)
    try:
        yield
    finally:
        _sockets.remove(sockets)


def server_sockets() -> list[socket.socket]:
    return [each for sockets in _sockets for each in sockets()]


def reset_child() -> None:
    """Reset in a forked child what the server uses itself."""
    global count
    count += 1
    signals.reset()
    signals.deliver()
    for each in server_sockets():
        each.close()


# Signals are delayed, because one for the child that came before the reset would reach the server.
os.register_at_fork(before=signals.delay, after_in_parent=signals.deliver, after_in_child=reset_child)


def end_child(request: str) -> NoReturn:
    """End a child that came back out of an application, with the status that it exits with, or 1 after an error."""
    error = sys.exc_info()[1]
    for each in (error, error and error.__cause__):  # the gateway raises another error from SystemExit
        if isinstance(each, SystemExit):
            os._exit(each.code if isinstance(each.code, int) else 1 if each.code else 0)
    what = "raised an error" if error else "returned"
    logger.error("%s: a process that the application forked %s; it ends", request, what, exc_info=error)
    os._exit(1 if error else 0)
