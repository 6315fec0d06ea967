"""Where a message ends: heads, lengths and chunks, read from bytes that arrive in pieces (RFC 9112 §6, §7).

Each reader is a generator that yields when it needs more bytes and returns what it read, so that it is written top
to bottom, as if all bytes were there, and holds no socket.
"""

import re
from collections.abc import Generator
from typing import TypeAlias, TypeVar

from raw_router.messages import BadRequest, ContentTooLarge, HeaderFieldsTooLarge
from raw_router.parser import (
    MAX_BODY,
    MAX_FIELDS,
    MAX_HEAD,
    MAX_REQUEST_LINE,
    QUOTED_STRING,
    TOKEN,
    Head,
    check_length,
    parse_field,
    parse_head,
)

T = TypeVar("T")
Reader: TypeAlias = Generator[None, None, T]  # yields for more bytes, returns what it read

MAX_CHUNK_LINE = 1024  # octets of a chunk's size and its extensions
CRLF = b"\r\n"
EMPTY_LINE = b"\r\n\r\n"

CHUNK_EXTENSION = rf"[ \t]*;[ \t]*{TOKEN}(?:[ \t]*=[ \t]*(?:{TOKEN}|{QUOTED_STRING}))?"  # RFC 9112 §7.1.1
CHUNK_LINE = re.compile(rf"([0-9A-Fa-f]{{1,16}})(?:{CHUNK_EXTENSION})*")  # §7.1
LINE_ENDS_BADLY = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")
REQUEST_LINE_BEGINS = re.compile(rf"{TOKEN}(?:\Z|[ \r])|\Z".encode())
FRAMING_FIELDS = frozenset({"content-length", "transfer-encoding", "host", "connection", "trailer", "expect"})


class Stream:
    """The bytes that have come and are not read yet; ended once no more will come."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.ended = False

    def take(self, count: int) -> bytes:
        """Remove and return the first octets."""
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def more(self) -> Reader[None]:
        """Wait for more bytes. Raises BadRequest where none will come."""
        if self.ended:
            raise BadRequest("the request ends before it is complete")
        yield

    def read_exactly(self, count: int) -> Reader[bytes]:
        while len(self.buffer) < count:
            yield from self.more()
        return self.take(count)


def read_head(stream: Stream) -> Reader[Head | None]:
    """Read a request's head; None where the client ended between two requests. Raises HTTPError."""
    yield from skip_empty_line(stream)
    searched = 0
    while (end := stream.buffer.find(EMPTY_LINE, searched)) < 0:
        if stream.ended and not stream.buffer:
            return None
        check_unfinished_head(stream.buffer, searched)
        searched = max(0, len(stream.buffer) - len(EMPTY_LINE) + 1)
        yield from stream.more()
    check_request_line(stream.buffer)
    check_head_size(end)
    head = parse_head(bytes(stream.buffer[:end]))
    stream.take(end + len(EMPTY_LINE))
    return head


def skip_empty_line(stream: Stream) -> Reader[None]:
    """Pass over one empty line before a request (RFC 9112 §2.2); clients send it after a body."""
    while CRLF.startswith(stream.buffer) and len(stream.buffer) < len(CRLF) and not stream.ended:
        yield
    if stream.buffer.startswith(CRLF):
        stream.take(len(CRLF))


def check_unfinished_head(buffer: bytearray, searched: int) -> None:
    """Refuse at once what can no longer become a head; the octets before `searched` were checked before."""
    if searched == 0 and not REQUEST_LINE_BEGINS.match(buffer):
        raise BadRequest("this is no HTTP request")
    if LINE_ENDS_BADLY.search(buffer, searched):
        raise BadRequest("a line ends in a bare CR or LF instead of CR LF")
    check_request_line(buffer)
    check_head_size(len(buffer) - len(EMPTY_LINE))


def check_request_line(buffer: bytearray) -> None:
    """Refuse a request line that is too long, as soon as that is certain."""
    longest = MAX_REQUEST_LINE + len(CRLF)
    if len(buffer) >= longest and buffer.find(CRLF, 0, longest) < 0:
        check_length(bytes(buffer[:longest]))


def check_head_size(size: int) -> None:
    """Refuse a head that is longer than it may be; size leaves out the empty line."""
    if size > MAX_HEAD:
        raise HeaderFieldsTooLarge(f"the head is longer than {MAX_HEAD} octets")


def read_body(stream: Stream, head: Head) -> Reader[bytes]:
    """Read the body that follows a head. Raises HTTPError."""
    return (yield from read_chunks(stream) if head.chunked else stream.read_exactly(head.content_length))


def read_chunks(stream: Stream) -> Reader[bytes]:
    """Read a chunked body and its trailers, which are checked and dropped (RFC 9112 §7.1)."""
    body = bytearray()
    while size := parse_chunk_size((yield from read_line(stream))):
        if len(body) + size > MAX_BODY:
            raise ContentTooLarge(f"a body has at most {MAX_BODY} octets")
        body += yield from stream.read_exactly(size)
        if (yield from stream.read_exactly(len(CRLF))) != CRLF:
            raise BadRequest("a chunk is not followed by CR LF")
    yield from read_trailers(stream)
    return bytes(body)


def parse_chunk_size(line: bytes) -> int:
    """Return the size that a chunk's first line tells, its extensions passed over (§7.1.1)."""
    match = CHUNK_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest("a chunk's size is not hexadecimal digits, with extensions if any")
    return int(match[1], 16)


def read_trailers(stream: Stream) -> Reader[None]:
    """Read the fields after the last chunk (§7.1.2); none of them may be about framing or routing."""
    fields = 0
    while line := (yield from read_line(stream)):
        fields += 1
        name, _ = parse_field(line)
        if fields > MAX_FIELDS:
            raise HeaderFieldsTooLarge(f"there are more than {MAX_FIELDS} trailer fields")
        if name.lower() in FRAMING_FIELDS:
            raise BadRequest("a trailer field is one that only a head may have")


def read_line(stream: Stream) -> Reader[bytes]:
    """Read a line of a chunked body, and return it without its CR LF."""
    while (end := stream.buffer.find(b"\n", 0, MAX_CHUNK_LINE)) < 0:
        if len(stream.buffer) >= MAX_CHUNK_LINE:
            raise BadRequest(f"a line of the chunked body is longer than {MAX_CHUNK_LINE} octets")
        yield from stream.more()
    line = stream.take(end + 1)
    if not line.endswith(CRLF):
        raise BadRequest("a line of the chunked body ends in a bare LF")
    return line[: -len(CRLF)]
