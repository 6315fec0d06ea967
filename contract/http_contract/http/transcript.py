"""A transcript: everything that was sent and received on one connection, byte for byte."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from http_contract.http.response import CloseReason, Response

KEPT = 8 * 1024  # octets kept of what one connection received, once its rule is judged, and of each answer's content
AROUND = 1024  # octets kept before and after the place that a failure is about, where that comes later
ANSWERS = 100  # kept of one connection
LEFT_OUT = b"\r\n[... %d bytes left out ...]\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One connection: the pieces sent, the bytes received, the final answers read from them."""

    sent: tuple[bytes, ...] = ()
    received: bytes = b""
    responses: tuple[Response, ...] = ()
    ended: CloseReason = "open"
    state_before_half_close: CloseReason = "open"  # when the client had read all it waited for
    began: float = 0.0  # seconds since the epoch, when connecting
    finished: float = 0.0
    omitted: int = 0  # octets received that are no longer kept; a line stands in their place
    sent_octets: int | None = None  # how many were sent, where `sent` no longer has them all
    received_octets: int | None = None  # the same of `received`
    url: str = ""  # of the server, as "http://127.0.0.1:8001"

    @property
    def rest(self) -> bytes:
        """Bytes after the last answer that was waited for."""
        return self.received[self.responses[-1].end :] if self.responses else self.received

    @property
    def sent_size(self) -> int:
        """The number of octets that were sent."""
        return sum(map(len, self.sent)) if self.sent_octets is None else self.sent_octets

    @property
    def received_size(self) -> int:
        """The number of octets that were received."""
        return len(self.received) if self.received_octets is None else self.received_octets

    def shortened(self, place: int = 0, kept: int = KEPT, around: int = AROUND) -> "tuple[Transcript, int]":
        """Return the first `kept` octets received and those around a place; and where that place is then."""
        if len(self.received) <= kept:
            return self, place
        start, end = max(kept, place - around), max(kept, place + around)
        before = self.received[:kept] + left_out(start - kept)
        part = self.received[start:end]
        short = replace(
            self,
            received=before + part + left_out(len(self.received) - end),
            responses=tuple(response.shortened(kept) for response in self.responses[:ANSWERS]),
            omitted=self.omitted + len(self.received) - kept - len(part),
            received_octets=self.received_size,
        )
        return short, place if place < start else place - start + len(before)

    def first_sent(self, size: int) -> "Transcript":
        """Return the same transcript with so many of the octets that were sent."""
        return replace(self, sent=tuple(_first(self.sent, size)), sent_octets=self.sent_size)


def left_out(count: int) -> bytes:
    return LEFT_OUT % count if count > 0 else b""


def _first(pieces: Sequence[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        if size > 0:
            yield piece[:size]
        size -= len(piece)
