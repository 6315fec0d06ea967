"""A socket that cannot hang: a deadline on every wait, a limit on what is kept, a name for how it ended."""

import selectors
import socket
import ssl
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

from http_contract.http.params import NO_PARAMS, Params
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript

MOST = 512 * 1024  # octets taken from one connection, of which there are many at a time
MANY = 16 * 1024 * 1024  # octets taken from one with very many answers
SEND = 16 * 1024  # octets given to the socket at a time: of more than one TLS record, it does not tell how much went
RECEIVE = 256 * 1024  # octets asked of the socket at a time
LAST_WORDS = 0.25  # seconds for what the server said before it stopped reading
# Acknowledge at once, where the system can (TCP_NODELAY, set anyway, does no harm): a server that writes head and
# body apart otherwise waits 40 ms for each acknowledgement that ours delays.
ACKNOWLEDGE = getattr(socket, "TCP_QUICKACK", socket.TCP_NODELAY)

Options: TypeAlias = Sequence[tuple[int, int, int]]  # for setsockopt, before connecting
WIDE: Options = ()
NARROW: Options = (
    (socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024),
    (socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448),
)
"""For a client that is not to be sent much ahead of its reading: of small packets, systems keep few."""

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE
NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)  # TLS has only part of a record
NEVER_MIND = struct.pack("ii", 1, 0)  # SO_LINGER on, for 0 seconds: close by reset


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


class Address(NamedTuple):
    """Where a server is, and how it is spoken to: over TLS where there is a context for it."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class Transport:
    """One connection, over TCP or over TLS on top of it, and all that came over it.

    A TLS connection counts as closed when the TCP connection below it is, with a closure alert or without.
    """

    def __init__(self, address: Address, timeout: float, options: Options = WIDE, most: int = MOST) -> None:
        self.received = bytearray()
        self._most = most
        self.ended: CloseReason = "open"
        self._can_half_close = address.tls is None
        self._socket = dial(address, timeout, options)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, READ)

    def write(self, data: bytes, deadline: float) -> None:
        """Send it all, reading meanwhile, so that neither side waits for the other; or as much as can be sent."""
        view = memoryview(data)
        while view and self.ended == "open":
            if self._wait(READ | WRITE, deadline) & WRITE:
                view = view[self._send(view) :]

    def push(self, data: bytes, patience: float) -> int:
        """Send and do not read, until all is sent or nothing more is taken for so long; return how much was."""
        self._selector.modify(self._socket, WRITE)
        view = memoryview(data)
        while view and self.ended == "open" and self._selector.select(patience):
            view = view[self._send(view) :]
        return len(data) - len(view)

    def wait(self, deadline: float) -> None:
        """Take what comes next; give up at the deadline, in time.monotonic()."""
        if self.ended == "open" and not self._wait(READ, deadline):
            self._end("timeout")

    def drain(self, seconds: float) -> None:
        """Take what comes, up to the end or for so long; that time runs out is no end."""
        deadline = time.monotonic() + seconds
        while self.ended == "open" and self._wait(READ, deadline):
            pass

    def cut_off(self) -> None:
        """Take no more, since there is no end to it."""
        self._end("overflow")

    def half_close(self) -> None:
        """Say that no more will be sent; over TLS, whose closure alerts may end both directions, say nothing."""
        if self._can_half_close:
            with suppress(OSError):  # it has ended already, and reading tells how
                self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End as a crashed client does: by RST."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NEVER_MIND)
        self._end("aborted")
        self.close()

    def close(self) -> None:
        self._selector.close()
        self._socket.close()

    def _wait(self, events: int, deadline: float) -> int:
        """Return the events that there are, having taken what could be read; none past the deadline."""
        seconds = deadline - time.monotonic()
        self._selector.modify(self._socket, events)
        happened = sum(event for _, event in self._selector.select(seconds)) if seconds > 0 else 0
        if happened & READ:
            self._receive()
        elif not happened and events & WRITE:
            self._end("timeout")
        return happened

    def _send(self, view: memoryview) -> int:
        try:
            return self._socket.send(view[:SEND])
        except NOT_YET:
            return 0
        except OSError:
            self.drain(LAST_WORDS)
            self._end("reset")
            return 0

    def _receive(self) -> None:
        with suppress(OSError):  # it has ended already, and reading tells how
            self._socket.setsockopt(socket.IPPROTO_TCP, ACKNOWLEDGE, 1)
        try:
            data = self._socket.recv(RECEIVE)
        except NOT_YET:
            return
        except OSError:
            self._end("reset")
            return
        self.received += data
        if not data:
            self._end("closed")
        elif len(self.received) > self._most:
            self._end("overflow")

    def _end(self, how: CloseReason) -> None:
        if self.ended == "open":
            self.ended = how


def dial(address: Address, timeout: float, options: Options) -> socket.socket:
    """Return a connected socket that never blocks. ConnectionFailed where the server accepts no connection."""
    try:
        dialled = first_connected(address, timeout, options)
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if address.tls:
            dialled = address.tls.wrap_socket(dialled, server_hostname=address.host)
    except OSError as error:
        code = "connection-refused" if isinstance(error, ConnectionRefusedError) else "no-connection"
        reason = error.strerror or str(error)  # as the system or the TLS library words it
        raise ConnectionFailed(code, Params(host=address.host, port=address.port, reason=reason)) from error
    dialled.setblocking(False)
    return dialled


def first_connected(address: Address, timeout: float, options: Options) -> socket.socket:
    """Return a socket connected to the first place that takes it, as socket.create_connection does without options."""
    *others, last = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    for family, *_, place in others:
        with suppress(OSError):
            return connected(family, place, timeout, options)
    return connected(last[0], last[-1], timeout, options)


def connected(family: int, place: Any, timeout: float, options: Options) -> socket.socket:
    dialled = socket.socket(family)
    try:
        for option in options:
            dialled.setsockopt(*option)
        dialled.settimeout(timeout)
        dialled.connect(place)
    except OSError:
        dialled.close()
        raise
    return dialled
