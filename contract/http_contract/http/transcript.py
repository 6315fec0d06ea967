"""What was said on one connection, byte for byte, and a complaint about it."""

from dataclasses import dataclass, replace

from http_contract.http.response import CloseReason, Response

KEPT = 8 * 1024  # octets kept of what one connection received, once its rule is judged, and of each answer's content
AROUND = 1024  # octets kept before and after the place that a complaint is about, where that comes later
ANSWERS = 100  # kept of one connection
LEFT_OUT = b"\r\n[... %d bytes left out ...]\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One connection: the pieces sent, the bytes received, the final answers read from them."""

    sent: tuple[bytes, ...] = ()
    received: bytes = b""
    responses: tuple[Response, ...] = ()
    ended: CloseReason = "open"
    left: CloseReason = "open"  # how it stood when the client had read all it waited for, before it half-closed
    began: float = 0.0  # seconds since the epoch, when connecting
    finished: float = 0.0
    omitted: int = 0  # octets received that are no longer kept; a line in their place says so
    url: str = ""  # of the server, as "http://127.0.0.1:8001"

    @property
    def rest(self) -> bytes:
        """Bytes after the last answer that was waited for."""
        return self.received[self.responses[-1].end :] if self.responses else self.received

    def shortened(self, place: int = 0) -> "tuple[Transcript, int]":
        """Return as much of it as is worth keeping, what is around a place included; and where that place is then."""
        if len(self.received) <= KEPT:
            return self, place
        start, end = max(KEPT, place - AROUND), max(KEPT, place + AROUND)
        before = self.received[:KEPT] + left_out(start - KEPT)
        part = self.received[start:end]
        short = replace(
            self,
            received=before + part + left_out(len(self.received) - end),
            responses=tuple(response.shortened(KEPT) for response in self.responses[:ANSWERS]),
            omitted=len(self.received) - KEPT - len(part),
        )
        return short, place if place < start else place - start + len(before)


def left_out(count: int) -> bytes:
    return LEFT_OUT % count if count > 0 else b""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong, in plain words; `offset` is the place in `heard.received`, where there is one."""

    text: str
    offset: int | None = None
    transcript: Transcript | None = None


class Broken(Exception):
    """A rule does not hold: what a check raises."""

    def __init__(self, *failures: Failure) -> None:
        super().__init__("; ".join(failure.text for failure in failures))
        self.failures = failures


SILENCE: dict[CloseReason, str] = {
    "open": "the server said nothing in time",
    "timeout": "the server said nothing in time",
    "closed": "the server closed the connection",
    "reset": "the server reset the connection",
    "flood": "the server said too much",
    "dropped": "the judge broke off",
}


def silence(transcript: Transcript) -> Broken:
    """Return the complaint that not a byte of an answer came."""
    return broken(f"no answer came: {SILENCE[transcript.ended]}", transcript, len(transcript.received))


def broken(text: str, transcript: Transcript | None = None, offset: int | None = None) -> Broken:
    """Return the exception that a check raises: what is wrong, and where in the transcript."""
    return Broken(about(transcript, Failure(text, offset)) if transcript else Failure(text, offset))


def about(transcript: Transcript, failure: Failure) -> Failure:
    """Return the complaint with the conversation that it is about, shortened where that is long."""
    short, place = transcript.shortened(failure.offset or 0)
    return replace(failure, transcript=short, offset=None if failure.offset is None else place)
