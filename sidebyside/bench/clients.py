"""The benchmark's own clients: one that compares responses, and many that keep idle connections open."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

from http_contract.http.parser import read_response
from http_contract.http.response import Response

TIMEOUT = 5.0  # seconds for a response, on a busy machine
RECEIVE_SIZE = 1024 * 1024  # octets
SOURCE_CONNECTIONS = 5_000  # from one address; systems give it about 28,000 ports
CLOSE_AT_ONCE = struct.pack("ii", 1, 0)  # by a reset, so that the next round can use the port


class Unusable(Exception):
    """A server or a response cannot be measured. The message says why."""


def ask(port: int, request: str, times: int = 1) -> bytes:
    """Send a request n times in one write, on a new connection, and return the responses. Raises Unusable."""
    try:
        with socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
            return converse(client, request, times)
    except OSError as error:
        raise Unusable(f"does not answer {times} requests: {error}") from error


def converse(client: socket.socket, request: str, times: int = 1) -> bytes:
    """Send a request n times in one write, and return the responses. Raises Unusable and OSError."""
    client.sendall(request.encode("ascii") * times)
    data = b""
    while len(complete := responses(data)) < times:
        received = client.recv(RECEIVE_SIZE)
        if not received:
            raise Unusable(f"closes the connection after {len(complete)} of {times} responses")
        data += received
    return data


def responses(data: bytes) -> list[Response]:
    """Return the complete responses at the beginning of some bytes."""
    found: list[Response] = []
    while (at := found[-1].end if found else 0) < len(data):
        response = read_response(data, at, "GET", "open")
        if not response.complete:
            break
        found.append(response)
    return found


def check(response: Response, expected: Response) -> None:
    """Raise Unusable if a response is not 200, has no Content-Length, or has another body than the expected one."""
    if response.status != 200:
        raise Unusable(f"answers {response.status} {response.reason}".rstrip())
    if response.framing != "length":
        raise Unusable("answers without Content-Length")
    if response.body != expected.body:
        raise Unusable("serves another body")


@contextmanager
def idle_connections(port: int, count: int, request: str) -> Iterator[list[socket.socket]]:
    """Keep connections open until the block ends, after one response on each. Raises Unusable if some are missing."""
    with ExitStack() as stack:
        clients: list[socket.socket] = []
        try:
            while len(clients) < count:
                client = stack.enter_context(connect(port, len(clients)))
                converse(client, request)
                clients.append(client)
        except (OSError, Unusable) as error:
            raise Unusable(f"accepts {len(clients):,} idle connections, not {count:,}: {error}") from error
        yield clients


@contextmanager
def repeating(port: int, count: int, request: str) -> Iterator[None]:
    """Let some clients send a request again and again until the block ends. Raises Unusable if one fails."""
    ended = Event()
    faults: list[Unusable] = []
    threads = [Thread(target=repeat, args=(port, request, ended, faults)) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]


def repeat(port: int, request: str, ended: Event, faults: list[Unusable]) -> None:
    try:
        while not ended.is_set():
            ask(port, request)
    except Unusable as unusable:
        faults.append(unusable)


def connect(port: int, number: int) -> socket.socket:
    """Open a connection. The source address changes after each SOURCE_CONNECTIONS connections."""
    source = f"127.0.0.{2 + number // SOURCE_CONNECTIONS}"
    client = socket.create_connection(("127.0.0.1", port), TIMEOUT, source_address=(source, 0))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
    return client


def check_open(clients: list[socket.socket]) -> None:
    """Raise Unusable if the server has closed some of the connections."""
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
