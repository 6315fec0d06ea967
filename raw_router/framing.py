"""Framing: heads, lengths and chunks, read from bytes that arrive in pieces (RFC 9112 §6, §7).

Each reader is a generator that yields when it needs more bytes and returns its result. So it is written from top to
bottom, as if all bytes had arrived, and needs no socket.
"""

import re
from collections.abc import Generator
from io import BytesIO
from typing import TypeAlias, TypeVar

from raw_router.limits import Limits
from raw_router.memo import HeadCache
from raw_router.messages import BadRequest, ContentTooLarge, HeaderFieldsTooLarge, HTTPError
from raw_router.parser import (
    CRLF,
    EMPTY_LINE,
    QUOTED_STRING,
    TOKEN,
    Framing,
    Head,
    check_head_size,
    parse_field,
    why_too_long,
)

T = TypeVar("T")
Reader: TypeAlias = Generator[None, None, T]  # yields when it needs more bytes, returns its result

MAX_CHUNK_LINE = 1024  # octets of a line with a chunk's size and its extensions

CHUNK_EXTENSION = rf"[ \t]*;[ \t]*{TOKEN}(?:[ \t]*=[ \t]*(?:{TOKEN}|{QUOTED_STRING}))?"  # RFC 9112 §7.1.1
CHUNK_LINE = re.compile(rf"([0-9A-Fa-f]+)(?:{CHUNK_EXTENSION})*")  # §7.1
LINE_ENDS_BADLY = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")
REQUEST_LINE_BEGINS = re.compile(rf"{TOKEN}(?:\Z|[ \r])|\r?\Z".encode())
HEAD_FIELDS = frozenset({"content-length", "transfer-encoding", "host"})  # dangerous where servers merge trailers


class Stream:
    """The bytes that have arrived; those before position are read, and ended means that no more will arrive."""

    __slots__ = ("data", "ended", "position", "searched")

    def __init__(self) -> None:
        self.data = b""
        self.position = 0
        self.searched = 0  # before this position no head ends
        self.ended = False

    @property
    def rest(self) -> bytes:
        return self.data[self.position :]

    @property
    def has_begun(self) -> bool:
        """Whether part of a request has arrived; an empty line before it does not count."""
        return self.position < len(self.data) and self.rest != CRLF

    def feed(self, data: bytes) -> None:
        """Add bytes, and drop those that were read."""
        if self.data:
            data = self.rest + data
            self.searched = max(0, self.searched - self.position)
            self.position = 0
        self.data = data

    def skip_to(self, position: int) -> None:
        """Mark bytes as read. When all are, none is kept."""
        if position < len(self.data):
            self.position = position
        else:
            self.data = b""
            self.position = self.searched = 0

    def take(self, count: int) -> bytes:
        """Read count octets, or all if there are fewer."""
        taken = self.data[self.position : self.position + count]
        self.skip_to(self.position + count)
        return taken

    def more(self) -> Reader[None]:
        """Wait for more of a body. Raises BadRequest if the input has ended."""
        self.check_going_on()
        yield

    def check_going_on(self) -> None:
        if self.ended:
            raise BadRequest("the request ends before it is complete")

    def read_exactly(self, count: int) -> Reader[bytes]:
        data = self.take(count)
        if len(data) == count:
            return data
        body = BytesIO()
        missing = count - body.write(data)
        while missing:
            yield from self.more()
            missing -= body.write(self.take(missing))
        return body.getvalue()


def take_head(stream: Stream, cache: HeadCache, client: str) -> Head | None:
    """Read a complete head, or return None. Raises HTTPError as soon as the bytes cannot become a valid head."""
    data, start = stream.data, stream.position
    if not data:
        return None
    if data.startswith(CRLF, start):  # one empty line is skipped: some clients send it after a body (§2.2)
        start += len(CRLF)
    end = data.find(EMPTY_LINE, stream.searched if stream.searched > start else start)
    if end < 0:
        check_unfinished_head(data[start:], stream.searched - start, cache.limits)
        stream.searched = max(start, len(data) - len(EMPTY_LINE) + 1)
        if stream.has_begun:
            stream.check_going_on()
        return None
    end += len(EMPTY_LINE)
    try:
        head = cache.head(data[start:end], client)
    except HTTPError:  # an invalid head gets the same error as if it had arrived octet by octet
        check_unfinished_head(data[start : end - 1], 0, cache.limits)
        raise
    stream.skip_to(end)
    return head


def check_unfinished_head(data: bytes, searched: int, limits: Limits) -> None:
    """Raise HTTPError, for the first fault, if the bytes cannot become a valid head.

    The line ends before `searched` were checked before.
    """
    longest = limits.request_line + len(CRLF)
    too_long = len(data) >= longest and data.find(CRLF, 0, longest) < 0
    if not REQUEST_LINE_BEGINS.match(data, 0, longest):
        raise BadRequest("this is not an HTTP request")
    if LINE_ENDS_BADLY.search(data, max(0, searched), longest if too_long else limits.head + len(EMPTY_LINE) + 1):
        raise BadRequest("a line ends in a bare CR or LF instead of CR LF")
    if too_long:
        raise why_too_long(data[:longest], limits)
    check_head_size(len(data), limits)


def read_body(stream: Stream, framing: Framing, limits: Limits) -> Reader[bytes]:
    """Read the body that follows a head. Raises HTTPError."""
    return (yield from read_chunks(stream, limits) if framing.length is None else stream.read_exactly(framing.length))


def read_chunks(stream: Stream, limits: Limits) -> Reader[bytes]:
    """Read a chunked body; its trailers are checked and dropped (RFC 9112 §7.1)."""
    body = bytearray()
    while size := parse_chunk_size((yield from read_line(stream))):
        if len(body) + size > limits.body:
            raise ContentTooLarge(f"a body has at most {limits.body} octets")
        body += yield from stream.read_exactly(size)
        if (yield from stream.read_exactly(len(CRLF))) != CRLF:
            raise BadRequest("a chunk is not followed by CR LF")
    yield from read_trailers(stream, limits)
    return bytes(body)


def parse_chunk_size(line: bytes) -> int:
    """Return the size in a chunk's first line; extensions are ignored (§7.1.1)."""
    match = CHUNK_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest("a chunk's first line is not a hexadecimal size with optional extensions")
    return int(match[1], 16)


def read_trailers(stream: Stream, limits: Limits) -> Reader[None]:
    """Read and drop the fields after the last chunk (§7.1.2). Raises HTTPError if one would change the request."""
    fields = 0
    while line := (yield from read_line(stream)):
        fields += 1
        name, _ = parse_field(line)
        if fields > limits.fields:
            raise HeaderFieldsTooLarge(f"there are more than {limits.fields} trailer fields")
        if name in HEAD_FIELDS:
            raise BadRequest("a trailer field is one that is allowed only in a head")


def read_line(stream: Stream) -> Reader[bytes]:
    """Return a line of a chunked body without its CR LF."""
    while (end := stream.data.find(b"\n", stream.position, stream.position + MAX_CHUNK_LINE)) < 0:
        if len(stream.data) - stream.position >= MAX_CHUNK_LINE:
            raise BadRequest(f"a line of the chunked body is longer than {MAX_CHUNK_LINE} octets")
        yield from stream.more()
    line = stream.take(end + 1 - stream.position)
    if not line.endswith(CRLF):
        raise BadRequest("a line of the chunked body ends in a bare LF")
    return line[: -len(CRLF)]
