"""python -m raw_router: the URLS router, or any WSGI application, behind the socket server."""

import argparse
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from raw_router.access import write_access_line
from raw_router.connection import Connection
from raw_router.drivers import Connect, coroutines, events, listen, serial, threads
from raw_router.messages import Handler
from raw_router.wsgi import handler_for

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Serve: TypeAlias = Callable[[socket.socket, Connect, socket.socket], None]

DRIVERS: dict[str, Serve] = {
    "serial": serial.serve,
    "threads": threads.serve,
    "events": events.serve,
    "coroutines": coroutines.serve,
}

EXAMPLES = """\
examples:
  python -m raw_router                                 the URLS router on port 8001
  python -m raw_router --port 9000 --driver threads    on another port, a thread for each connection
  python -m raw_router --wsgi flask_app:app            any WSGI application
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status, 1 where the address cannot be had."""
    options = parse_arguments(arguments)
    logging.basicConfig(format="%(levelname)s %(message)s")
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        print(f"raw_router: {why_not(error, options.host, options.port)}", file=sys.stderr)
        return 1
    log = write_access_line if options.access_log else None
    with listener, stop_on_signals() as stop:
        announce(listener, options.driver)
        DRIVERS[options.driver](listener, partial(Connection, options.handler, log=log), stop)
    return 0


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m raw_router",
        description="An HTTP/1.1 server and a router, by hand.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=8001, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--driver", choices=DRIVERS, help="how bytes are moved (default: events, and threads under --wsgi)"
    )
    parser.add_argument("--wsgi", metavar="MODULE:CALLABLE", help="serve this application, not the URLS router")
    parser.add_argument("--access-log", action="store_true", help="write a line for each answer to standard output")
    options = parser.parse_args(arguments)
    options.driver = options.driver or ("threads" if options.wsgi else "events")
    try:
        options.handler = load_handler(options.wsgi)
    except (ImportError, AttributeError, ValueError) as error:
        parser.error(f"argument --wsgi: {error}")
    return options


def port(text: str) -> int:
    """Return a port number. Raises ValueError, as argparse wants it."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


def load_handler(wsgi: str | None) -> Handler:
    """Return the URLS router's handler, or that of the application named MODULE:CALLABLE."""
    if wsgi is None:
        # Imported here, so that --wsgi needs the standard library alone.
        from raw_router.handler import generate_response

        return generate_response
    return handler_for(load_application(wsgi))


def load_application(name: str) -> "WSGIApplication":
    """Return what MODULE:CALLABLE names. Raises ImportError, AttributeError or ValueError."""
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise ValueError(f"{name!r} is not MODULE:CALLABLE")
    application: WSGIApplication = getattr(import_module(module), attribute)
    if not callable(application):
        raise ValueError(f"{name} cannot be called")
    return application


@contextmanager
def stop_on_signals() -> Iterator[socket.socket]:
    """Yield a socket that can be read once SIGINT or SIGTERM has come."""
    stop, wake = socket.socketpair()
    wake.setblocking(False)
    with stop, wake:
        signal.set_wakeup_fd(wake.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # the byte in the socket is all it takes
        yield stop
        signal.set_wakeup_fd(-1)


def announce(listener: socket.socket, driver: str) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"raw_router listens on http://{shown}:{port} ({driver}); Ctrl-C ends it", file=sys.stderr, flush=True)


def why_not(error: OSError, host: str, port: int) -> str:
    """Say why an address cannot be had, and what to do."""
    reason = str(error.strerror).partition(" (while")[0]  # socket.create_server repeats the address
    return f"cannot listen on {host}, port {port}: {reason}; choose another with --port or --host"


if __name__ == "__main__":
    sys.exit(main())
