"""A strict parser of responses: it reads what the bytes allow, and notes each defect by its code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from http_contract.http.params import NO_PARAMS, Params, excerpt
from http_contract.http.response import ENDLESS, CloseReason, Defect, FieldLine, Framing, Response


class Incomplete(Exception):
    """More bytes are needed; should none come, the code names what is missing."""

    def __init__(self, code: str, params: Params = NO_PARAMS) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(slots=True)
class Scanner:
    """A cursor over bytes that takes lines and counted octets, and notes what is wrong with them."""

    data: bytes | bytearray
    position: int
    defects: list[Defect] = field(default_factory=list)

    def note(self, code: str, offset: int, **params: Any) -> None:
        self.defects.append(Defect(code, Params(**params), offset))

    def begins(self, prefix: bytes) -> bool:
        """Tell whether prefix comes next, or may still come: too few bytes are no contradiction."""
        return prefix.startswith(self.available(len(prefix)))

    def line(self, missing: str) -> tuple[bytes, int]:
        """Take the next line: its content and its offset. A bare LF ends a line too, but is noted.

        Raises Incomplete with the code `missing`.
        """
        start = self.position
        end = self.data.find(b"\n", start)
        if end < 0:
            raise Incomplete(missing)
        self.position = end + 1
        line = bytes(self.data[start:end])
        if line.endswith(b"\r"):
            line = line[:-1]
        else:
            self.note("bare-lf", end)
        if b"\r" in line:
            self.note("bare-cr", start + line.index(b"\r"))
        return line, start

    def available(self, size: int) -> bytes:
        """Look at as many of the next `size` octets as there are, and leave them there."""
        return bytes(self.data[self.position : self.position + size])

    def take(self, size: int, missing: str, **params: Any) -> bytes:
        """Take the next `size` octets, all of them. Raises Incomplete with the code `missing`."""
        taken = self.available(size)
        if len(taken) < size:
            raise Incomplete(missing, Params(**params))
        self.position += size
        return taken

    def take_rest(self) -> bytes:
        rest = self.available(len(self.data))
        self.position = len(self.data)
        return rest


TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
CONTROL = re.compile(r"[^\t\r -~\x80-\xff]")  # CR aside, which every line is searched for
MAX_HEAD = 64 * 1024  # octets; what is longer has no end


def read_fields(scanner: Scanner, fields: list[FieldLine]) -> None:
    """Take fields up to the empty line that ends them, and with it; or up to markup, before which it is missing."""
    start = scanner.position
    while scanner.available(1) != b"<":
        if scanner.position - start > MAX_HEAD:
            raise Incomplete(ENDLESS)
        line, at = scanner.line("no-empty-line")
        if not line:
            return
        read_field(scanner, line.decode("latin-1"), at, fields)
    scanner.note("content-in-head", scanner.position)


def read_field(scanner: Scanner, line: str, at: int, fields: list[FieldLine]) -> None:
    """Take one field, noting what is odd about it; without a colon it is none."""
    name, colon, value = line.partition(":")
    for code, params in oddities(line, name, colon, value):
        scanner.note(code, at, **params)
    if colon:
        fields.append(FieldLine(name.strip(), value.strip(" \t"), at))


def oddities(line: str, name: str, colon: str, value: str) -> Iterator[tuple[str, Params]]:
    """Yield code and parameters of everything that is wrong with a line of the head."""
    if line[0] in " \t":
        yield "obs-fold", NO_PARAMS
    elif not colon:
        yield "no-colon", Params(line=excerpt(line))
    elif not re.fullmatch(TOKEN, name):
        yield "field-name", Params(name=excerpt(name))
    if CONTROL.search(value):
        yield "field-value", Params(name=excerpt(name))


LONGEST = 10**18  # octets; a longer length is as good as endless
QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
EXTENSION = rf"[ \t]*;[ \t]*{TOKEN}(?:[ \t]*=[ \t]*(?:{TOKEN}|{QUOTED}))?"
CHUNK_LINE = re.compile(rf"([0-9A-Fa-f]+)(?:{EXTENSION})*".encode("latin-1"))


@dataclass(slots=True)
class Content:
    """The content of one answer in the making: as much of it as there is, however the reading ends."""

    scanner: Scanner
    ended: CloseReason
    framing: Framing = "none"
    body: bytearray = field(default_factory=bytearray)
    trailers: list[FieldLine] = field(default_factory=list)

    def read(self, method: str, status: int, fields: list[FieldLine]) -> None:
        """Take the content that an answer to this method, of this status, with these fields has (§6.3)."""
        coded = [line for line in fields if line.name.lower() == "transfer-encoding"]
        sized = [line for line in fields if line.name.lower() == "content-length"]
        self._note_contradictions(status, coded, sized)
        if not forbids_content(method, status):
            self._read(coded, sized)

    def _read(self, coded: list[FieldLine], sized: list[FieldLine]) -> None:
        length = self._length(sized)
        if coded and coded[-1].value.rpartition(",")[2].strip().lower() == "chunked":
            self._read_chunks()
        elif coded or length is None:
            self.read_to_close()
        else:
            self.framing = "length"
            self._take(length, "body-short")

    def read_to_close(self) -> None:
        """Take all up to the end of the connection, the last resort of framing."""
        self.framing = "close"
        self.body += self.scanner.take_rest()
        if self.ended != "closed":
            raise Incomplete("never-ends")

    def _note_contradictions(self, status: int, coded: list[FieldLine], sized: list[FieldLine]) -> None:
        if coded and sized:
            self.scanner.note("length-and-coding", sized[0].offset)
        if status < 200 or status == 204:
            for line in coded + sized:
                self.scanner.note("length-forbidden", line.offset, name=line.name, status=status)

    def _length(self, lines: list[FieldLine]) -> int | None:
        """Return the length that all the lines agree on, or None."""
        values = [value.strip() for line in lines for value in line.value.split(",")]
        for value in values:
            if not re.fullmatch("[0-9]+", value):
                self.scanner.note("length-invalid", lines[0].offset, value=excerpt(value))
                return None
        if len(values) > 1:
            self.scanner.note("length-repeated", lines[-1].offset, count=len(values))
        return parse_length(values[0]) if len(set(values)) == 1 else None

    def _read_chunks(self) -> None:
        self.framing = "chunked"
        while size := self._chunk_size():
            self._take(size, "chunk-short")
            at = self.scanner.position
            if self.scanner.take(2, "chunk-unended") != b"\r\n":
                self._lose("chunk-end", at)
        read_fields(self.scanner, self.trailers)

    def _chunk_size(self) -> int:
        line, at = self.scanner.line("no-last-chunk")
        match = CHUNK_LINE.fullmatch(line)
        if not match:
            self._lose("chunk-size", at, line=excerpt(line))
        return int(match[1], 16)

    def _lose(self, code: str, at: int, **params: Any) -> NoReturn:
        """Note that the chunks can't be separated from here on."""
        self.scanner.note(code, at, **params)
        self.scanner.take_rest()
        raise Incomplete("chunks-unreadable")

    def _take(self, size: int, short: str) -> None:
        received = self.scanner.available(size)
        self.body += received
        self.scanner.take(size, short, length=size, received=len(received))


def forbids_content(method: str, status: int) -> bool:
    """Tell whether an answer ends with its head, whatever its fields say."""
    return method == "HEAD" or status < 200 or status in (204, 304) or (method == "CONNECT" and status < 300)


def parse_length(digits: str) -> int:
    return int(digits) if len(digits) < 19 else LONGEST


STATUS_LINE = re.compile(rb"HTTP/(\d\.\d) ([1-5]\d\d) ([\t -~\x80-\xff]*)")
LIKE_STATUS_LINE = re.compile(rb"HTTP/(\S*)[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.DOTALL)
OVER: frozenset[CloseReason] = frozenset({"closed", "reset", "timeout", "overflow"})  # no more can come
HEAD_SHORT = ("head-short", "no-empty-line")  # what is missing, they show at the place where it should begin


def read_response(data: bytes | bytearray, start: int, method: str, ended: CloseReason) -> Response:
    """Return the answer to a `method` request that begins at start, incomplete where bytes are missing."""
    scanner = Scanner(data, start)
    return _Reading(scanner, Content(scanner, ended), method).response()


class _Reading:
    """An answer in the making: its parts in their order, as far as the bytes go."""

    def __init__(self, scanner: Scanner, content: Content, method: str) -> None:
        self.scanner = scanner
        self.content = content
        self.method = method
        self.status_line = ("", 0, "")
        self.fields: list[FieldLine] = []
        self.body_start = scanner.position

    def response(self) -> Response:
        start, complete = self.scanner.position, self._is_whole()
        version, status, reason = self.status_line
        return Response(
            version=version,
            status=status,
            reason=reason,
            fields=tuple(self.fields),
            trailers=tuple(self.content.trailers),
            body=bytes(self.content.body),
            framing=self.content.framing,
            defects=tuple(self.scanner.defects),
            complete=complete,
            start=start,
            body_start=self.body_start,
            end=self.scanner.position,
        )

    def _is_whole(self) -> bool:
        try:
            self._read()
        except Incomplete as incomplete:
            self._note_end(incomplete)
            return False
        return True

    def _read(self) -> None:
        if not self.scanner.begins(b"HTTP/"):
            self.scanner.note("no-status-line", self.scanner.position)
            return self.content.read_to_close()
        self._read_status_line()
        read_fields(self.scanner, self.fields)
        self.body_start = self.scanner.position
        return self.content.read(self.method, self.status_line[1], self.fields)

    def _read_status_line(self) -> None:
        line, at = self.scanner.line("head-short")
        match = STATUS_LINE.fullmatch(line)
        if not match:
            self.scanner.note("status-line", at, line=excerpt(line))
            match = LIKE_STATUS_LINE.fullmatch(line)
        if match:
            version, status, reason = (part.decode("latin-1") for part in match.groups())
            self.status_line = (version, int(status), reason)

    def _note_end(self, incomplete: Incomplete) -> None:
        """Note what was missing, if nothing more can come; all bytes then belong to this answer."""
        rest = len(self.scanner.take_rest())
        ended: CloseReason = "overflow" if incomplete.code == ENDLESS else self.content.ended
        if ended in OVER:
            at = self.scanner.position - (rest if incomplete.code in HEAD_SHORT else 0)
            self.scanner.note(incomplete.code, at, **incomplete.params, ended=ended)
