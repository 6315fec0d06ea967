"""The transport: a socket, over TCP or TLS, whose operations all have a time limit and a size limit."""

import math
import selectors
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

from http_contract.client.orphans import RESET_ON_CLOSE, Orphans
from http_contract.http.params import NO_PARAMS, Params
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript

LIMIT = 512 * 1024  # octets received on one connection: a judge has many connections at a time
LARGE_LIMIT = 16 * 1024 * 1024  # octets received on a connection with very many responses
SEND_SIZE = 16 * 1024  # octets of one TLS record: after a larger write it is unknown how much was sent
RECEIVE_SIZE = 256 * 1024  # octets
LAST_READ = 0.25  # seconds to read what the server sent before it stopped reading
# With TCP_QUICKACK the system acknowledges at once. Without it, a server that writes head and body separately waits
# 40 ms for each delayed acknowledgement. Other systems lack it: there, TCP_NODELAY, which is set anyway, is set again.
ACKNOWLEDGE = getattr(socket, "TCP_QUICKACK", socket.TCP_NODELAY)

Options: TypeAlias = Sequence[tuple[int, int, int]]  # arguments of setsockopt, before connecting
NO_OPTIONS: Options = ()
SMALL_WINDOW: Options = (
    (socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024),
    (socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448),
)
"""For a client that receives little ahead of its reading: systems buffer few small packets."""

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE
WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class ConnectionFailed(Exception):
    """There is no connection, or no response on one: a code, its parameters, and the transcript where there is one."""

    def __init__(
        self,
        code: str,
        params: Params = NO_PARAMS,
        transcript: Transcript | None = None,
        offset: int | None = None,
    ) -> None:
        super().__init__(code, params)
        self.code, self.params, self.transcript, self.offset = code, params, transcript, offset


def no_response(transcript: Transcript) -> ConnectionFailed:
    """Return the error that not a byte of a response came; how the connection ended is its parameter."""
    return ConnectionFailed("no-response", Params(ended=transcript.ended), transcript, len(transcript.received))


class TimeIsUp(Exception):
    """The time limit for judging has passed."""


class Address(NamedTuple):
    """The host and port of a server, and the TLS context for https; None for http."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    orphans: Orphans | None = None  # of a server on this machine that can use no other port

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class Transport:
    """A connection, over TCP or TLS: the bytes received, and how the connection ended.

    A TLS connection counts as closed when its TCP connection is, with a closure alert or without one.
    """

    def __init__(
        self,
        address: Address,
        timeout: float,
        options: Options = NO_OPTIONS,
        limit: int = LIMIT,
        ends: float = math.inf,
    ) -> None:
        """Connect within `timeout` seconds, to receive at most `limit` octets. ConnectionFailed if that fails.

        No step waits longer than until `ends`, in time.monotonic(): TimeIsUp then.
        """
        self._ends = ends
        self._check_time()
        self.received = bytearray()
        self.first_byte_at: float | None = None  # by the monotonic clock
        self.ended: CloseReason = "open"
        self._limit = limit
        self._can_half_close = address.tls is None
        self._orphans = address.orphans
        self._socket = connect(address, timeout, options)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, READ)

    def write(self, data: bytes, deadline: float) -> None:
        """Send all data, or as much as possible before the connection ends or the deadline, in time.monotonic().

        It receives meanwhile, so that client and server never wait for each other.
        """
        view = memoryview(data)
        while view and self.ended == "open":
            if self._wait(READ | WRITE, deadline) & WRITE:
                view = view[self._send(view) :]

    def push(self, data: bytes, stall: float) -> int:
        """Send without receiving, until the server accepts nothing for `stall` seconds; return the octets sent."""
        self._selector.modify(self._socket, WRITE)
        view = memoryview(data)
        while view and self.ended == "open" and self._selector.select(stall):
            view = view[self._send(view) :]
        return len(data) - len(view)

    def wait(self, deadline: float) -> None:
        """Receive the next bytes. At the deadline, in time.monotonic(), the connection ends by timeout."""
        if self.ended == "open" and not self._wait(READ, deadline):
            self._end("timeout")

    def drain(self, seconds: float) -> None:
        """Receive until the connection ends, at most for this time; the connection then stays open."""
        deadline = time.monotonic() + seconds
        while self.ended == "open" and self._wait(READ, deadline):
            pass

    def is_late(self, seconds: float) -> bool:
        """Close the sending direction of a connection that got no byte in time; return whether one comes then."""
        self.half_close()
        self._selector.modify(self._socket, READ)
        with suppress(OSError):
            return bool(self._selector.select(seconds)) and self._socket.recv(1, socket.MSG_PEEK) != b""
        return False

    def take(self, octets: int) -> None:
        """Receive at most this many octets of those that have arrived."""
        self._receive(octets)

    def cut_off(self) -> None:
        """Receive no more of a response that has no end."""
        self._end("overflow")

    def half_close(self) -> None:
        """Close the sending direction. Over TLS this does nothing: a closure alert may end both directions.

        Where the server has closed the connection, and its port must be free soon, `close` does it.
        """
        if self._can_half_close and not (self._orphans and self._is_closed()):
            with suppress(OSError):  # it has ended already; the next read shows how
                self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End the connection by RST, as the system does for a client that crashed."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._end("aborted")
        self.close()

    def close(self) -> None:
        if self._orphans and self._is_closed():
            with suppress(OSError):
                self._orphans.reset(self._socket)
        self._selector.close()
        self._socket.close()

    def _wait(self, events: int, deadline: float) -> int:
        """Return the events that have happened, after receiving what can be read; none after the deadline."""
        seconds = min(deadline, self._ends) - time.monotonic()
        self._selector.modify(self._socket, events)
        happened = sum(event for _, event in self._selector.select(seconds)) if seconds > 0 else 0
        self._check_time()
        if happened & READ:
            self._receive()
        elif not happened and events & WRITE:
            self._end("timeout")
        return happened

    def _check_time(self) -> None:
        if time.monotonic() >= self._ends:
            raise TimeIsUp

    def _send(self, view: memoryview) -> int:
        try:
            return self._socket.send(view[:SEND_SIZE])
        except WOULD_BLOCK:
            return 0
        except OSError:
            self.drain(LAST_READ)
            self._end("reset")
            return 0

    def _receive(self, octets: int = RECEIVE_SIZE) -> None:
        with suppress(OSError):  # it has ended already; the next read shows how
            self._socket.setsockopt(socket.IPPROTO_TCP, ACKNOWLEDGE, 1)
        try:
            data = self._socket.recv(octets)
        except WOULD_BLOCK:
            return
        except OSError:
            self._end("reset")
            return
        self.received += data
        if data and self.first_byte_at is None:
            self.first_byte_at = time.monotonic()
        if not data:
            self._end("closed")
        elif len(self.received) > self._limit:
            self._end("overflow")

    def _is_closed(self) -> bool:
        """Return whether the server has closed the connection, whether or not that was read."""
        with suppress(OSError, ValueError):
            return self.ended == "closed" or (self.ended == "open" and self._socket.recv(1, socket.MSG_PEEK) == b"")
        return False

    def _end(self, how: CloseReason) -> None:
        if self.ended == "open":
            self.ended = how


def connect(address: Address, timeout: float, options: Options) -> socket.socket:
    """Return a connected, non-blocking socket.

    ConnectionFailed if the server accepts none within `timeout` seconds.
    """
    try:
        connected = connect_to_first(address, timeout, options)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if address.tls:
            connected = address.tls.wrap_socket(connected, server_hostname=address.host)
    except OSError as error:
        code = "connection-refused" if isinstance(error, ConnectionRefusedError) else "no-connection"
        reason = error.strerror or str(error)  # the message of the system or of the TLS library
        raise ConnectionFailed(code, Params(host=address.host, port=address.port, reason=reason)) from error
    connected.setblocking(False)
    return connected


def connect_to_first(address: Address, timeout: float, options: Options) -> socket.socket:
    """Connect to the first place that accepts, as socket.create_connection does, which has no such options."""
    *others, last = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    for family, *_, place in others:
        with suppress(OSError):
            return connect_to(family, place, timeout, options)
    return connect_to(last[0], last[-1], timeout, options)


def connect_to(family: int, place: Any, timeout: float, options: Options) -> socket.socket:
    connected = socket.socket(family)
    try:
        for option in options:
            connected.setsockopt(*option)
        connected.settimeout(timeout)
        connected.connect(place)
    except OSError:
        connected.close()
        raise
    return connected
