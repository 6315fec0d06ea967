"""The transcript of one connection: all bytes that were sent and received."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from http_contract.http.response import CloseReason, Response

STORED = 8 * 1024  # octets stored of the received bytes after the rule is judged, and of each body
CONTEXT = 1024  # octets stored before and after a later place that a failure is about
STORED_RESPONSES = 100  # of one connection
LEFT_OUT = b"\r\n[... %d bytes left out ...]\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One connection: the pieces sent, the bytes received, and the final responses in these bytes."""

    sent: tuple[bytes, ...] = ()
    received: bytes = b""
    responses: tuple[Response, ...] = ()
    ended: CloseReason = "open"
    state_before_half_close: CloseReason = "open"  # after the client had read the expected responses
    began: float = 0.0  # seconds since the epoch, when connecting
    finished: float = 0.0
    omitted: int = 0  # received octets that are no longer stored; a line stands in their place
    sent_octets: int | None = None  # the number sent, if `sent` does not contain all
    received_octets: int | None = None  # the number received, if `received` does not contain all
    is_early: bool = False  # a response began before the head of the first request had been sent
    is_late: bool = False  # no byte came in time, but some after the client had closed its sending direction
    url: str = ""  # of the server, as "http://127.0.0.1:8001"

    @property
    def rest(self) -> bytes:
        """The bytes after the last expected response."""
        return self.received[self.responses[-1].end :] if self.responses else self.received

    @property
    def sent_size(self) -> int:
        """The number of octets that were sent."""
        return sum(map(len, self.sent)) if self.sent_octets is None else self.sent_octets

    @property
    def received_size(self) -> int:
        """The number of octets that were received."""
        return len(self.received) if self.received_octets is None else self.received_octets

    def shortened(self, place: int = 0, size: int = STORED, context: int = CONTEXT) -> "tuple[Transcript, int]":
        """Return a transcript with the first `size` received octets and those around a place, and the new place."""
        if len(self.received) <= size:
            return self, place
        start, end = max(size, place - context), max(size, place + context)
        before = self.received[:size] + left_out(start - size)
        part = self.received[start:end]
        short = replace(
            self,
            received=before + part + left_out(len(self.received) - end),
            responses=tuple(response.shortened(size) for response in self.responses[:STORED_RESPONSES]),
            omitted=self.omitted + len(self.received) - size - len(part),
            received_octets=self.received_size,
        )
        return short, place if place < start else place - start + len(before)

    def first_sent(self, size: int) -> "Transcript":
        """Return the same transcript with the first `size` of the sent octets."""
        return replace(self, sent=tuple(_first(self.sent, size)), sent_octets=self.sent_size)


def left_out(count: int) -> bytes:
    return LEFT_OUT % count if count > 0 else b""


def _first(pieces: Sequence[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        if size > 0:
            yield piece[:size]
        size -= len(piece)


def unanswered_at_end(transcripts: Sequence[Transcript]) -> list[Transcript]:
    """Return the connections without a response after the last one with a response, in the order of their ends."""
    return [*takewhile(lambda each: not each.received, in_order_of_end(transcripts)[::-1])][::-1]


def last_unanswered(transcripts: Sequence[Transcript]) -> Transcript | None:
    """Return the connection after which a server ended or stopped responding, as far as the transcripts show it.

    This is the first one that was not answered at the end, or else the last one without a response, or the last one.
    """
    backwards = in_order_of_end(transcripts)[::-1]
    unanswered = [each for each in backwards if not each.received]
    return next(iter([*unanswered_at_end(transcripts), *unanswered, *backwards]), None)


def in_order_of_end(transcripts: Sequence[Transcript]) -> list[Transcript]:
    return sorted(transcripts, key=lambda each: each.finished)
