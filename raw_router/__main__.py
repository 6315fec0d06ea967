"""python -m raw_router: serves the URLS application, or any WSGI or ASGI application."""

import logging
import resource
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from raw_router.access_log import write_access_line
from raw_router.asgi import AsgiApplication
from raw_router.cli import parse_arguments
from raw_router.drivers import Connect, Timeouts, coroutines, events, pool, serial, threads
from raw_router.forks import closed_in_children
from raw_router.lifespan import StartupFailed
from raw_router.listeners import listen, server_address, url_of
from raw_router.responder import Responder
from raw_router.signals import stop_on_signals
from raw_router.workers import NOT_STARTED, supervise

Serve: TypeAlias = Callable[[Sequence[socket.socket], Connect, socket.socket, Timeouts], None]

RESERVED = 64  # descriptors that are not for clients, but for the files that views open, for example

DRIVERS: dict[str, Serve] = {
    "serial": serial.serve,
    "threads": threads.serve,
    "events": events.serve,
    "pool": pool.serve,
    "coroutines": coroutines.serve,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; return the exit status, 1 if the server cannot listen.

    If an ASGI application does not start, the process ends with NOT_STARTED.
    """
    options = parse_arguments(arguments, list(DRIVERS))
    logging.basicConfig(format="%(levelname)s %(message)s")
    timeouts = replace(options.timeouts, connections=min(options.timeouts.connections, room_for_clients()))
    try:
        listeners = listen(options.host, options.port)
    except OSError as error:
        print(f"raw_router: {why_not(error, options.host, options.port)}", file=sys.stderr)
        return 1
    log = write_access_line if options.access_log else None

    def serve(stop: socket.socket) -> None:
        if options.asgi is None:
            handler = options.handler_at(server_address(options.host, listeners))
            connect = partial(Responder, handler, log=log, limits=options.limits)
            DRIVERS[options.driver](listeners, connect, stop, timeouts)
        else:
            serve_asgi(AsgiApplication(options.asgi, log, options.limits), listeners, stop, timeouts)

    with ExitStack() as stack:
        for listener in listeners:
            stack.enter_context(listener)
        stop = stack.enter_context(stop_on_signals(timeouts.grace))
        stack.enter_context(closed_in_children(lambda: (stop,)))
        announce(listeners, options.driver, options.workers)
        if options.workers == 1:
            serve(stop)
            return 0
        return supervise(serve, options.workers, stop, timeouts.grace, listeners)


def serve_asgi(
    application: AsgiApplication, listeners: Sequence[socket.socket], stop: socket.socket, timeouts: Timeouts
) -> None:
    """Serve an ASGI application. If its startup fails, print its message and end the process."""
    try:
        coroutines.serve_application(listeners, application, stop, timeouts)
    except StartupFailed as error:
        print(f"raw_router: the application's startup failed: {error}", file=sys.stderr)
        sys.exit(NOT_STARTED)


def room_for_clients() -> int:
    """Raise the limit of file descriptors as far as allowed, and return how many clients there is room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = soft if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(1, limit - RESERVED)


def announce(listeners: Sequence[socket.socket], driver: str, workers: int) -> None:
    urls = " and ".join(map(url_of, listeners))
    how = driver if workers == 1 else f"{driver}, {workers} workers"
    print(f"raw_router listens on {urls} ({how}); Ctrl-C ends it", file=sys.stderr, flush=True)


def why_not(error: OSError, host: str, port: int) -> str:
    """Return why the server cannot listen on an address, and what to do."""
    reason = str(error.strerror).partition(" (while")[0]  # socket.create_server repeats the address
    return f"cannot listen on {host}, port {port}: {reason}; choose another with --port or --host"


if __name__ == "__main__":
    sys.exit(main())
