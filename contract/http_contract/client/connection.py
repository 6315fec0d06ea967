"""The client's connection: it sends raw bytes, reads responses, and records every byte."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, Self

from http_contract.client.findings import Findings
from http_contract.client.transport import LIMIT, NO_OPTIONS, Address, Options, Transport, no_response
from http_contract.http.parser import read_response
from http_contract.http.response import CloseReason, Response
from http_contract.http.rewrite import UNCHANGED, Names, renamed
from http_contract.http.transcript import Transcript

HEAD_END = re.compile(rb"\n[\r\n]")  # as lenient servers find it: some take the CR of the empty line for its end
GRACE = 0.25  # seconds after the last response, for the server to close or to send bytes that belong to no response
SHORT_GRACE = 0.03  # seconds, for a server that never closes, or never responds late, or whose responses have no end
PAUSE = 0.1  # seconds between two pieces, so that a slow server, too, receives each as a packet of its own
PAUSES = 0.3  # seconds for all pauses of one message
NO_ADDRESS: Mapping[bytes, bytes] = {}
STALL = 0.25  # seconds without progress after which a server waits for its responses to be read

After = Literal["half-close", "await-close"]
"""What the client does after the last response: close its sending direction, or wait for the server to close."""


class Connection:
    """One connection to a server.

    It replaces `{authority}`, `{origin}` and `{page}` in what it sends, and the contract's routes by the server's names
    for them.
    """

    def __init__(
        self,
        address: Address,
        authority: str,
        timeout: float,  # seconds for each step: to connect, to send, to read one response
        options: Options = NO_OPTIONS,
        limit: int = LIMIT,  # octets to receive
        names: Names = UNCHANGED,
        findings: Findings | None = None,
    ) -> None:
        self.authority = authority.encode("latin-1")
        self.origin = f"{address.scheme}://{authority}".encode("latin-1")
        self.names = names
        self.findings = findings or Findings()
        self.url = address.url
        self.timeout = timeout
        self.began = time.time()
        self.finished = 0.0
        self.sent: list[bytes] = []
        self.responses: list[Response] = []
        self.state_before_half_close: CloseReason = "open"
        self.is_early = False  # whether a response began before the empty line of the first request was sent
        self.is_late = False  # whether a response came only after the client had closed its sending direction
        self.position = 0  # in the received bytes: where the next response begins
        self.transport = Transport(address, timeout, options, limit, self.findings.ends)
        self._final_transcript: Transcript | None = None  # once the connection is closed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, *pieces: bytes, pauses: Sequence[float] = ()) -> None:
        """Send each piece as a packet of its own, and receive meanwhile; stop if the server ends the connection.

        The pauses are the seconds after each piece but the last one; without them, all pauses are short.
        """
        pauses = pauses or [min(PAUSE, PAUSES / len(pieces))] * (len(pieces) - 1)
        for index, piece in enumerate(self._addressed(pieces)):
            if index:
                self.transport.drain(pauses[index - 1])
            self._send(piece)

    def push(self, data: bytes) -> bytes:
        """Send without reading responses, as long as the server accepts more; return the rest of the data."""
        [data] = self._addressed([data])
        sent = self.transport.push(data, STALL)
        self.sent.append(data[:sent])
        return data[sent:]

    def response(self, method: str = "GET") -> Response:
        """Return the next final response, with the interim responses before it; the time limit is for all of them.

        The method is that of the request. ConnectionFailed if no byte of a response comes. WaitsAgain if the server is
        known to send none, or none that ends.
        """
        waits = self.findings.waits
        waits.check_request(self.sent)
        deadline = time.monotonic() + self.timeout * waits.patience(self.sent)
        interim: list[Response] = []
        while (response := self._next(method, deadline)).is_interim:
            interim.append(response)
        response = replace(response, interim=tuple(interim))
        self.responses.append(response)
        return response

    def next_response(self, method: str = "GET") -> Response:
        """Return the next response, interim or final, or the part of it that comes in time.

        The method is that of the request. ConnectionFailed if no byte of a response comes.
        """
        return self._next(method, time.monotonic() + self.timeout)

    def _next(self, method: str, deadline: float) -> Response:
        response = self._read(method)
        while not response.complete and self.transport.ended == "open":
            self._await_more(response, deadline)
            response = self._read(method)
            if response.is_endless:
                self.transport.cut_off()
        self._note(response)
        if len(self.transport.received) == self.position:
            raise no_response(self.transcript)
        self.position = response.end
        return response

    def _await_more(self, response: Response, deadline: float) -> None:
        """Wait for more of a response, but only for a moment if it should end with the connection and never does."""
        if response.framing != "close" or not self.findings.waits.is_endless:
            self.transport.wait(deadline)
            return
        received = len(self.transport.received)
        self.transport.drain(SHORT_GRACE)
        if self.transport.ended == "open" and len(self.transport.received) == received:
            self.findings.waits.check_end()
            self.transport.wait(time.monotonic())

    def _note(self, response: Response) -> None:
        """Note whether a response came, at least its status line or a page without one, and whether it ended."""
        waits = self.findings.waits
        if self.responses or response.status or response.framing == "close":
            waits.note_response(self.sent)
        elif self.transport.ended == "timeout":
            waits.note_silence(self.sent)
            if not self.transport.received:
                self.is_late = self.transport.is_late(SHORT_GRACE if waits.never_late else GRACE)
                waits.note_end_of_silence(self.is_late)
        if self.transport.ended == "timeout" and response.framing == "close":
            waits.note_endless()

    def receive_for(self, seconds: float) -> bytes:
        """Receive for this time, and return all bytes after the last response: some servers send too early."""
        self.transport.drain(seconds)
        return bytes(self.transport.received[self.position :])

    def is_closed(self) -> bool:
        """Wait for the next byte, and return whether the server closed the connection instead."""
        deadline = time.monotonic() + self.timeout
        while len(self.transport.received) == self.position and self.transport.ended == "open":
            self.transport.wait(deadline)
        return len(self.transport.received) == self.position and self.transport.ended == "closed"

    def half_close(self) -> None:
        """Close the sending direction."""
        self.transport.half_close()

    def finish(self, after: After = "half-close") -> Transcript:
        """Receive until the server closes or GRACE seconds have passed, close, and return the transcript."""
        if after == "await-close":
            self.transport.drain(self.timeout)
        self.state_before_half_close = self.transport.ended
        self.transport.half_close()
        self.await_close()
        transcript = self.transcript
        self.close()
        return transcript

    def await_close(self) -> None:
        """Receive until the server closes, or for a moment."""
        waits = self.findings.waits
        self.transport.drain(SHORT_GRACE if waits.never_closes else GRACE)
        if self.transport.ended == "open":
            waits.unclosed += 1

    def reset(self) -> None:
        """End the connection by RST."""
        self.transport.reset()

    def close(self) -> None:
        """Close the connection, and shorten its transcript: a judge has many connections."""
        if self._final_transcript is None:
            self.finished = time.time()
            self._final_transcript, _ = self.transcript.shortened()
            self.responses, self.transport.received = [], bytearray()
        self.transport.close()

    @property
    def transcript(self) -> Transcript:
        """The transcript so far; of a closed connection, the shortened one."""
        return self._final_transcript or Transcript(
            sent=tuple(self.sent),
            received=bytes(self.transport.received),
            responses=tuple(self.responses),
            ended=self.transport.ended,
            state_before_half_close=self.state_before_half_close,
            began=self.began,
            finished=self.finished or time.time(),
            url=self.url,
            is_early=self.is_early,
            is_late=self.is_late,
        )

    def _addressed(self, pieces: Sequence[bytes]) -> Sequence[bytes]:
        """Return the pieces with the address, the page and the names of this server."""
        address = {b"{authority}": self.authority, b"{origin}": self.origin}
        return addressed(pieces, self.findings, self.names, address)

    def _read(self, method: str) -> Response:
        return read_response(self.transport.received, self.position, method, self.transport.ended)

    def _send(self, piece: bytes) -> None:
        if self.transport.received and not self.responses and not HEAD_END.search(b"".join(self.sent)):
            self.is_early = True
        self.sent.append(piece)
        self.transport.write(piece, time.monotonic() + self.timeout)


def addressed(
    pieces: Sequence[bytes], findings: Findings, names: Names, address: Mapping[bytes, bytes] = NO_ADDRESS
) -> Sequence[bytes]:
    """Return the pieces of a message with the page that a server has, its names, and its address where it matters."""
    for name, value in {b"{page}": findings.page.encode(), **address}.items():
        pieces = [piece.replace(name, value) for piece in pieces]
    return renamed(pieces, names)
