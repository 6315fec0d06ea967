"""What was said on one connection, byte for byte, and a complaint about it."""

from dataclasses import dataclass

from contract.answer import Answer, Ended


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

    @property
    def rest(self) -> bytes:
        """Bytes after the last answer that was waited for."""
        return self.received[self.answers[-1].end :] if self.answers else self.received


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
}


def silence(heard: Conversation) -> Broken:
    """Return the complaint that not a byte of an answer came."""
    return broken(f"no answer came: {SILENCE[heard.ended]}", heard, len(heard.received))


def broken(text: str, heard: Conversation | None = None, offset: int | None = None) -> Broken:
    return Broken(Complaint(text, offset, heard))
