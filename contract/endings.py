"""What is expected of a connection's end, and of whatever comes after the answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contract.conversation import Complaint, Conversation


@dataclass(frozen=True)
class NoBody:
    """Not a byte follows the header fields: no content, nor anything that a client would take for the next answer."""

    def __str__(self) -> str:
        return "no content"

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        for answer in heard.answers[:1]:
            if answer.body:
                yield Complaint(f"{len(answer.body)} bytes of content, where none belongs", answer.body_start)
        yield from NothingAfter().complaints(heard)


@dataclass(frozen=True)
class NothingAfter:
    """Not a byte comes after the last answer that was asked for."""

    def __str__(self) -> str:
        return "nothing after the end of the answer"

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        if heard.answers and heard.rest:
            bytes_ = "a byte" if len(heard.rest) == 1 else f"{len(heard.rest)} bytes"
            yield Complaint(f"{bytes_} after the end of the answer", heard.answers[-1].end)


@dataclass(frozen=True)
class NothingServed:
    """After the last answer that was asked for come errors at the most: what followed was taken for no request.

    Some servers answer a request before they have read its body, and once more where they can't read it.
    """

    def __str__(self) -> str:
        return "nothing but errors after the end of the answer"

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        further = re.split(rb"(?=HTTP/\d\.\d \d)", heard.rest) if heard.answers else []
        if not all(re.match(rb"\Z|HTTP/\d\.\d [45]", each) for each in further):
            yield Complaint("what follows the request is answered as if it were one, too", heard.answers[-1].end)


@dataclass(frozen=True)
class Closes:
    """The server closes the connection by itself; for exchanges that await it."""

    def __str__(self) -> str:
        return "the server closes the connection"

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        if heard.left not in ("closed", "reset"):
            yield Complaint("the server does not close the connection", len(heard.received))


@dataclass(frozen=True)
class NoReset:
    """The connection does not end in a reset, which may destroy what was sent before it (RFC 9112 §9.6)."""

    def __str__(self) -> str:
        return "no reset"

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        if heard.ended == "reset":
            yield Complaint("the server reset the connection instead of closing it in order", len(heard.received))


@dataclass(frozen=True)
class Silent:
    """No answer at all; the server just closes."""

    def __str__(self) -> str:
        return "no answer"

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        if heard.received:
            yield Complaint("there is an answer", 0)
