"""The first request in some bytes, read by raw_router's own functions: what they make of it, or where they refuse."""

from dataclasses import dataclass

from raw_router.framing import Stream, read_body, take_head
from raw_router.limits import LIMITS
from raw_router.messages import HTTPError, Request
from raw_router.parser import Framing, Head, complete

CLIENT = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Read:
    """How far reading came: a head, a whole request, or a refusal; none of them where more bytes are waited for."""

    head: Head | None = None
    request: Request | None = None
    refusal: HTTPError | None = None

    @property
    def framing(self) -> Framing | None:
        return self.head[1] if self.head else None


def read(data: bytes) -> Read:
    """Read as a connection does, with all the bytes at once."""
    stream = Stream()
    stream.feed(data)
    try:
        head = take_head(stream, CLIENT, LIMITS)
    except HTTPError as refusal:
        return Read(refusal=refusal)
    return Read() if head is None else _with_body(head, stream)


def _with_body(head: Head, stream: Stream) -> Read:
    try:
        next(read_body(stream, head[1], LIMITS))
    except StopIteration as done:
        return Read(head, complete(head, done.value))
    except HTTPError as refusal:
        return Read(head, refusal=refusal)
    return Read(head)
