"""The client of the judge: raw bytes out, answers in, each byte recorded."""

import time
from dataclasses import replace
from typing import Literal, Self

from http_contract.client.transport import MOST, WIDE, Address, Options, Transport, no_response
from http_contract.http.parser import read_response
from http_contract.http.response import CloseReason, Response
from http_contract.http.rewrite import UNCHANGED, Names, renamed
from http_contract.http.transcript import Transcript

GRACE = 0.25  # seconds to wait for an end, or for bytes too many, after the last answer
PAUSE = 0.1  # seconds between pieces that are to arrive as packets of their own, also where the server is slow to wake
PAUSES = 0.3  # seconds for all the pauses of one message together
STALL = 0.25  # seconds without room for a byte, after which a server is taken to wait for its answers to be read

After = Literal["half-close", "await-close"]
"""What the client does after the last answer: say that it is done, or wait for the server to close by itself."""


class Connection:
    """One connection to the server under judgement."""

    def __init__(
        self,
        address: Address,
        authority: str,
        timeout: float,
        options: Options = WIDE,
        most: int = MOST,
        names: Names = UNCHANGED,
    ) -> None:
        self.authority = authority.encode("latin-1")  # what `{authority}` becomes
        self.origin = f"{address.scheme}://{authority}".encode("latin-1")  # what `{origin}` becomes
        self.names = names
        self.url = address.url
        self.timeout = timeout  # seconds for each step: to connect, to send, to get one answer
        self.began = time.time()
        self.finished = 0.0
        self.sent: list[bytes] = []
        self.responses: list[Response] = []
        self.state_before_half_close: CloseReason = "open"
        self.position = 0  # of the next answer
        self.transport = Transport(address, timeout, options, most)
        self._kept: Transcript | None = None  # once it is closed

    def send(self, *pieces: bytes) -> None:
        """Send each piece as a packet of its own, reading meanwhile; stop where the server has ended it."""
        for index, piece in enumerate(renamed([self._addressed(piece) for piece in pieces], self.names)):
            if index:
                self.transport.drain(min(PAUSE, PAUSES / len(pieces)))
            self._send(piece)

    def push(self, data: bytes) -> bytes:
        """Send without reading any answer, for as long as the server takes more; return what it has not taken."""
        [data] = renamed([self._addressed(data)], self.names)
        taken = self.transport.push(data, STALL)
        self.sent.append(data[:taken])
        return data[taken:]

    def response(self, method: str = "GET") -> Response:
        """Return the next final answer, with the interim ones before it, which have no time of their own.

        ConnectionFailed where none comes.
        """
        deadline = time.monotonic() + self.timeout
        interim: list[Response] = []
        while (response := self._next(method, deadline)).is_interim:
            interim.append(response)
        response = replace(response, interim=tuple(interim))
        self.responses.append(response)
        return response

    def next_answer(self, method: str = "GET") -> Response:
        """Return the next answer, interim or final, or what comes of it in time.

        ConnectionFailed where not a byte comes.
        """
        return self._next(method, time.monotonic() + self.timeout)

    def _next(self, method: str, deadline: float) -> Response:
        response = self._read(method)
        while not response.complete and self.transport.ended == "open":
            self.transport.wait(deadline)
            response = self._read(method)
            if response.is_endless:
                self.transport.cut_off()
        if len(self.transport.received) == self.position:
            raise no_response(self.transcript)
        self.position = response.end
        return response

    def pause(self, seconds: float) -> bytes:
        """Return what comes within so many seconds, unread as an answer: to see that nothing is said too early."""
        self.transport.drain(seconds)
        return bytes(self.transport.received[self.position :])

    def is_over(self) -> bool:
        """Tell whether the server closes the connection where the next answer would begin, once that can be told."""
        deadline = time.monotonic() + self.timeout
        while len(self.transport.received) == self.position and self.transport.ended == "open":
            self.transport.wait(deadline)
        return len(self.transport.received) == self.position and self.transport.ended == "closed"

    def half_close(self) -> None:
        """Say that no more will be sent."""
        self.transport.half_close()

    def finish(self, after: After = "half-close") -> Transcript:
        """Read to the end of the connection, though not for long, and close it."""
        if after == "await-close":
            self.transport.drain(self.timeout)
        self.state_before_half_close = self.transport.ended
        self.transport.half_close()
        self.transport.drain(GRACE)
        transcript = self.transcript
        self.close()
        return transcript

    def reset(self) -> None:
        """Break off."""
        self.transport.reset()

    def close(self) -> None:
        """End it, and keep no more of it than is worth keeping: a judge has many connections."""
        if self._kept is None:
            self.finished = time.time()
            self._kept, _ = self.transcript.shortened()
            self.responses, self.transport.received = [], bytearray()
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def transcript(self) -> Transcript:
        """All that was said so far; once it is closed, as much of it as is kept."""
        return self._kept or Transcript(
            sent=tuple(self.sent),
            received=bytes(self.transport.received),
            responses=tuple(self.responses),
            ended=self.transport.ended,
            state_before_half_close=self.state_before_half_close,
            began=self.began,
            finished=self.finished or time.time(),
            url=self.url,
        )

    def _addressed(self, piece: bytes) -> bytes:
        return piece.replace(b"{authority}", self.authority).replace(b"{origin}", self.origin)

    def _read(self, method: str) -> Response:
        return read_response(self.transport.received, self.position, method, self.transport.ended)

    def _send(self, piece: bytes) -> None:
        self.sent.append(piece)
        self.transport.write(piece, time.monotonic() + self.timeout)
