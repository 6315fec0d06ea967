"""The command line of python -m raw_router: options, their defaults and their checks."""

import argparse
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from raw_router.drivers import TIMEOUTS, Timeouts
from raw_router.limits import LIMITS, Limits
from raw_router.loader import LoadError, load_application
from raw_router.messages import Handler
from raw_router.wsgi import handler_for

# The name or address, and the port, that the server listens on, become a handler.
HandlerAt: TypeAlias = Callable[[tuple[str, int]], Handler]

EXAMPLES = """\
examples:
  python -m raw_router                                 the URLS application on port 8001
  python -m raw_router --port 9000 --driver threads    on another port, a thread for each connection
  python -m raw_router --wsgi flask_app:app            any WSGI application
  python -m raw_router --wsgi 'shop:create_app("x")'   an application that a function makes
  python -m raw_router --asgi shop:app                 any ASGI application
  python -m raw_router --workers 4 --access-log        four processes that share the port
"""

# option, name in Limits, the size that it limits
LIMIT_OPTIONS = (
    ("--max-request-line", "request_line", "maximum octets of a request line"),
    ("--max-head", "head", "maximum octets of a request's head"),
    ("--max-fields", "fields", "maximum number of a request's header fields"),
    ("--max-body", "body", "maximum octets of a request's body"),
    ("--max-unread", "unread", "maximum octets of unread responses; beyond it, the client's next request waits"),
)
SHORTEST = "GET / HTTP/1.0"  # request line, and head


def parse_arguments(arguments: Sequence[str] | None, drivers: Sequence[str]) -> argparse.Namespace:
    """Return the options with limits, timeouts and handler_at; an invalid option ends the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m raw_router",
        description="Serve the URLS application, or any WSGI or ASGI application, over HTTP/1.1 on plain sockets.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser, drivers)
    add_limits(parser.add_argument_group("limits"))
    options = parser.parse_args(arguments)
    if options.asgi and options.driver not in (None, "coroutines"):
        parser.error(f"an ASGI application requires --driver coroutines, not {options.driver}")
    options.driver = options.driver or default_driver(options)
    options.limits = Limits(**{name: getattr(options, name) for _, name, _ in LIMIT_OPTIONS})
    if min(options.limits.request_line, options.limits.head) < len(SHORTEST):
        parser.error(f"--max-request-line and --max-head must be at least {len(SHORTEST)}, for {SHORTEST}")
    options.timeouts = Timeouts(**{name: getattr(options, f"driver_{name}") for _, name, _, _ in DRIVER_OPTIONS})
    try:
        os.environ["MAX_BODY"] = str(options.limits.body)  # for applications with a limit of their own
        options.asgi = options.asgi and load_application(options.asgi)
        options.handler_at = None if options.asgi else load_handler(options.wsgi, options.driver, options.workers)
    except LoadError as error:
        parser.error(f"argument --{'asgi' if options.asgi else 'wsgi'}: {error}")
    return options


def default_driver(options: argparse.Namespace) -> str:
    if options.asgi:
        return "coroutines"
    return "pool" if options.wsgi else "events"


def add_arguments(parser: argparse.ArgumentParser, drivers: Sequence[str]) -> None:
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address or name to listen on; localhost and :: are IPv4 and IPv6 (default: %(default)s)",
    )
    parser.add_argument(
        "--port", type=port, default=8001, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--driver",
        choices=drivers,
        help="how the server serves connections (default: events, pool with --wsgi, coroutines with --asgi)",
    )
    application = parser.add_mutually_exclusive_group()
    application.add_argument(
        "--wsgi",
        metavar="MODULE:APP",
        help="serve this application instead of the URLS application; APP is a name, or a call such as create_app()",
    )
    application.add_argument(
        "--asgi", metavar="MODULE:APP", help="serve this ASGI application, on the driver coroutines, without WebSocket"
    )
    parser.add_argument(
        "--workers",
        type=count,
        default=1,
        help="number of processes; the application is imported once, before they are forked, so threads that it starts "
        "then do not exist in them (default: %(default)s)",
    )
    parser.add_argument("--access-log", action="store_true", help="print a line for each response to standard output")


def add_limits(group: argparse._ArgumentGroup) -> None:
    def add(option: str, name: str, kind: Callable[[str], float], default: float, limited: str) -> None:
        help = f"{limited} (default: %(default)s)"
        group.add_argument(option, dest=name, type=kind, default=default, metavar="N", help=help)

    for option, name, limited in LIMIT_OPTIONS:
        add(option, name, count, getattr(LIMITS, name), limited)
    for option, name, kind, limited in DRIVER_OPTIONS:
        add(option, f"driver_{name}", kind, getattr(TIMEOUTS, name), limited)


def port(text: str) -> int:
    """Return a port number. Raises ValueError, as argparse requires."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


def natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e6:  # false for NaN, too
        raise ValueError
    return number


# option, name in Timeouts, kind of its value, what it limits
DRIVER_OPTIONS: tuple[tuple[str, str, Callable[[str], float], str], ...] = (
    ("--max-connections", "connections", count, "maximum number of clients at the same time, for each worker"),
    (
        "--threads",
        "threads",
        count,
        "maximum number of views that the driver pool runs at the same time, for each worker; a stream that waits for"
        " its next piece is one of them, and beyond N other requests wait",
    ),
    (
        "--max-memory",
        "memory",
        count,
        "maximum octets of requests that arrive and of responses that clients have not read, for each worker;"
        " beyond it, bodies wait or get 503",
    ),
    ("--idle-timeout", "idle", seconds, "maximum seconds between two requests"),
    ("--head-timeout", "head", seconds, "maximum seconds until a request's head is complete"),
    (
        "--min-rate",
        "min_rate",
        natural,
        "minimum octets a second of a client that sends a body or reads a response,"
        f" over {TIMEOUTS.progress:g} seconds; 0 for any rate",
    ),
    ("--grace", "grace", seconds, "maximum seconds for requests and threads when the server stops"),
)


def load_handler(wsgi: str | None, driver: str, workers: int) -> HandlerAt:
    """Return what makes a handler: of the URLS application, or of the application that MODULE:APP names."""
    if wsgi is None:
        # Imported here, so that --wsgi needs only the standard library.
        from raw_router.application import generate_response

        return lambda server: generate_response
    application = load_application(wsgi)
    multithread = driver in ("threads", "pool")
    return partial(handler_for, application, multithread=multithread, multiprocess=workers > 1)
