"""A strict parser of responses: it reads as much as the bytes allow, and notes each defect by its code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from http_contract.http.params import NO_PARAMS, Params, excerpt
from http_contract.http.response import ENDLESS, CloseReason, Defect, FieldLine, Framing, Response


class Incomplete(Exception):
    """More bytes are needed; the code names the missing part, in case no more come."""

    def __init__(self, code: str, params: Params = NO_PARAMS) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(slots=True)
class Scanner:
    """A cursor over bytes: it takes lines and counted octets, and notes their defects."""

    data: bytes | bytearray
    position: int
    defects: list[Defect] = field(default_factory=list)

    def note(self, code: str, offset: int, **params: Any) -> None:
        self.defects.append(Defect(code, Params(**params), offset))

    def begins(self, prefix: bytes) -> bool:
        """Return whether the next bytes are the prefix, or a part of it if no more bytes are there."""
        return prefix.startswith(self.available(len(prefix)))

    def line(self, missing: str) -> tuple[bytes, int]:
        """Take the next line, and return its content and its offset. A bare LF also ends a line, but is noted.

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
        """Return the next `size` octets, or as many as are there, without taking them."""
        return bytes(self.data[self.position : self.position + size])

    def take(self, size: int, missing: str, **params: Any) -> bytes:
        """Take exactly the next `size` octets. Raises Incomplete with the code `missing` if there are fewer."""
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
CONTROL = re.compile(r"[^\t\r -~\x80-\xff]")  # except CR, which `line` searches for
MAX_HEAD = 64 * 1024  # octets; a longer head counts as endless


def read_fields(scanner: Scanner, fields: list[FieldLine]) -> None:
    """Take the fields and the empty line that ends them; or stop at markup, if the empty line is missing before it."""
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
    """Take one field line, and note its defects; a line without a colon is not a field."""
    name, colon, value = line.partition(":")
    for code, params in line_defects(line, name, colon, value):
        scanner.note(code, at, **params)
    if colon:
        fields.append(FieldLine(name.strip(), value.strip(" \t"), at))


def line_defects(line: str, name: str, colon: str, value: str) -> Iterator[tuple[str, Params]]:
    """Yield the code and the parameters of each defect in a line of the head."""
    if line[0] in " \t":
        yield "obs-fold", NO_PARAMS
    elif not colon:
        yield "no-colon", Params(line=excerpt(line))
    elif not re.fullmatch(TOKEN, name):
        yield "field-name", Params(name=excerpt(name))
    if CONTROL.search(value):
        yield "field-value", Params(name=excerpt(name))


MAX_LENGTH = 10**18  # octets; a longer length counts as this one
QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
EXTENSION = rf"[ \t]*;[ \t]*{TOKEN}(?:[ \t]*=[ \t]*(?:{TOKEN}|{QUOTED}))?"
CHUNK_LINE = re.compile(rf"([0-9A-Fa-f]+)(?:{EXTENSION})*".encode("latin-1"))


@dataclass(slots=True)
class Content:
    """The content of one response while it is read: as much as has come, even if the reading fails."""

    scanner: Scanner
    ended: CloseReason
    framing: Framing = "none"
    body: bytearray = field(default_factory=bytearray)
    trailers: list[FieldLine] = field(default_factory=list)

    def read(self, method: str, status: int, fields: list[FieldLine]) -> None:
        """Take the content of a response with this status and these fields, to this method (RFC 9112 §6.3)."""
        coding_lines = [line for line in fields if line.name.lower() == "transfer-encoding"]
        length_lines = [line for line in fields if line.name.lower() == "content-length"]
        self._note_contradictions(status, coding_lines, length_lines)
        if not forbids_content(method, status):
            self._read(coding_lines, length_lines)

    def _read(self, coding_lines: list[FieldLine], length_lines: list[FieldLine]) -> None:
        length = self._length(length_lines)
        if coding_lines and coding_lines[-1].value.rpartition(",")[2].strip().lower() == "chunked":
            self._read_chunks()
        elif coding_lines or length is None:
            self.read_to_close()
        else:
            self.framing = "length"
            self._take(length, "body-short")

    def read_to_close(self) -> None:
        """Take all bytes up to the end of the connection: the response has no other framing."""
        self.framing = "close"
        self.body += self.scanner.take_rest()
        if self.ended != "closed":
            raise Incomplete("never-ends")

    def _note_contradictions(self, status: int, coding_lines: list[FieldLine], length_lines: list[FieldLine]) -> None:
        if coding_lines and length_lines:
            self.scanner.note("length-and-coding", length_lines[0].offset)
        if status < 200 or status == 204:
            for line in coding_lines + length_lines:
                self.scanner.note("length-forbidden", line.offset, name=line.name, status=status)

    def _length(self, lines: list[FieldLine]) -> int | None:
        """Return the length that is the same in all lines, or None."""
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
                self._give_up("chunk-end", at)
        read_fields(self.scanner, self.trailers)

    def _chunk_size(self) -> int:
        line, at = self.scanner.line("no-last-chunk")
        match = CHUNK_LINE.fullmatch(line)
        if not match:
            self._give_up("chunk-size", at, line=excerpt(line))
        return int(match[1], 16)

    def _give_up(self, code: str, at: int, **params: Any) -> NoReturn:
        """Note a defect after which the chunks cannot be separated."""
        self.scanner.note(code, at, **params)
        self.scanner.take_rest()
        raise Incomplete("chunks-unreadable")

    def _take(self, size: int, missing: str) -> None:
        received = self.scanner.available(size)
        self.body += received
        self.scanner.take(size, missing, length=size, received=len(received))


def forbids_content(method: str, status: int) -> bool:
    """Return whether a response ends with its head, whatever its fields contain."""
    return method == "HEAD" or status < 200 or status in (204, 304) or (method == "CONNECT" and status < 300)


def parse_length(digits: str) -> int:
    return int(digits) if len(digits) < 19 else MAX_LENGTH


STATUS_LINE = re.compile(rb"HTTP/(\d\.\d) ([1-5]\d\d) ([\t -~\x80-\xff]*)")
LIKE_STATUS_LINE = re.compile(rb"HTTP/(\S*)[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.DOTALL)
END_REASONS: frozenset[CloseReason] = frozenset({"closed", "reset", "timeout", "overflow"})  # no more bytes can come
HEAD_DEFECTS = ("head-short", "no-empty-line")  # defects whose offset is where the missing part should begin


def read_response(data: bytes | bytearray, start: int, method: str, ended: CloseReason) -> Response:
    """Return the response to a `method` request that begins at `start`; it is incomplete if bytes are missing."""
    scanner = Scanner(data, start)
    return _Reading(scanner, Content(scanner, ended), method).response()


class _Reading:
    """A response while it is read: its parts in their order, as far as the bytes go."""

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
        """Note the missing part, if no more bytes can come; all bytes then belong to this response."""
        rest = len(self.scanner.take_rest())
        ended: CloseReason = "overflow" if incomplete.code == ENDLESS else self.content.ended
        if ended in END_REASONS:
            at = self.scanner.position - (rest if incomplete.code in HEAD_DEFECTS else 0)
            self.scanner.note(incomplete.code, at, **incomplete.params, ended=ended)
