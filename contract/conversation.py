"""What was said on one connection, byte for byte, and a complaint about it."""

from dataclasses import dataclass, replace

from contract.answer import Answer, Ended

KEPT = 8 * 1024  # octets kept of what one connection received, once its rule is judged, and of each answer's content
AROUND = 1024  # octets kept before and after the place that a complaint is about, where that comes later
ANSWERS = 100  # kept of one connection
LEFT_OUT = b"\r\n[... %d bytes left out ...]\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One connection: the pieces sent, the bytes received, the final answers read from them."""

    sent: tuple[bytes, ...] = ()
    received: bytes = b""
    answers: tuple[Answer, ...] = ()
    ended: Ended = "open"
    left: Ended = "open"  # how it stood when the client had read all it waited for, before it half-closed
    began: float = 0.0  # seconds since the epoch, when connecting
    finished: float = 0.0
    omitted: int = 0  # octets received that are no longer kept; a line in their place says so
    url: str = ""  # of the server, as "http://127.0.0.1:8001"

    @property
    def rest(self) -> bytes:
        """Bytes after the last answer that was waited for."""
        return self.received[self.answers[-1].end :] if self.answers else self.received

    def shortened(self, place: int = 0) -> "tuple[Conversation, int]":
        """Return as much of it as is worth keeping, what is around a place included; and where that place is then."""
        if len(self.received) <= KEPT:
            return self, place
        start, end = max(KEPT, place - AROUND), max(KEPT, place + AROUND)
        before = self.received[:KEPT] + left_out(start - KEPT)
        part = self.received[start:end]
        short = replace(
            self,
            received=before + part + left_out(len(self.received) - end),
            answers=tuple(answer.shortened(KEPT) for answer in self.answers[:ANSWERS]),
            omitted=len(self.received) - KEPT - len(part),
        )
        return short, place if place < start else place - start + len(before)


def left_out(count: int) -> bytes:
    return LEFT_OUT % count if count > 0 else b""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, in plain words; `offset` is the place in `heard.received`, where there is one."""

    text: str
    offset: int | None = None
    heard: Conversation | None = None


class Broken(Exception):
    """A rule does not hold: what a check raises."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__("; ".join(complaint.text for complaint in complaints))
        self.complaints = complaints


SILENCE: dict[Ended, str] = {
    "open": "the server said nothing in time",
    "timeout": "the server said nothing in time",
    "closed": "the server closed the connection",
    "reset": "the server reset the connection",
    "flood": "the server said too much",
    "dropped": "the judge broke off",
}


def silence(heard: Conversation) -> Broken:
    """Return the complaint that not a byte of an answer came."""
    return broken(f"no answer came: {SILENCE[heard.ended]}", heard, len(heard.received))


def broken(text: str, heard: Conversation | None = None, offset: int | None = None) -> Broken:
    return Broken(about(heard, Complaint(text, offset)) if heard else Complaint(text, offset))


def about(heard: Conversation, complaint: Complaint) -> Complaint:
    """Return the complaint with the conversation that it is about, shortened where that is long."""
    short, place = heard.shortened(complaint.offset or 0)
    return replace(complaint, heard=short, offset=None if complaint.offset is None else place)
