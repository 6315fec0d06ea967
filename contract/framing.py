"""Where the content of an answer ends, by RFC 9112 §6 and §7."""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from contract.answer import Ended, FieldLine, Framing
from contract.fields import TOKEN, read_fields
from contract.scanning import Scanner, Starved

LONGEST = 10**18  # octets; a longer length is as good as endless
QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
EXTENSION = rf"[ \t]*;[ \t]*{TOKEN}(?:[ \t]*=[ \t]*(?:{TOKEN}|{QUOTED}))?"
CHUNK_LINE = re.compile(rf"([0-9A-Fa-f]+)(?:{EXTENSION})*".encode("latin-1"))


@dataclass(slots=True)
class Content:
    """The content of one answer in the making: as much of it as there is, however the reading ends."""

    scanner: Scanner
    ended: Ended
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
            self._take(length, f"Content-Length promises {length} bytes, but not so many came: ")

    def read_to_close(self) -> None:
        """Take all up to the end of the connection, the last resort of framing."""
        self.framing = "close"
        self.body += self.scanner.take_rest()
        if self.ended != "closed":
            raise Starved("never-ends", "neither length nor chunks, so only closing would end the answer: ")

    def _note_contradictions(self, status: int, coded: list[FieldLine], sized: list[FieldLine]) -> None:
        if coded and sized:
            self.scanner.note("length-and-coding", "Content-Length next to Transfer-Encoding", sized[0].offset)
        if status < 200 or status == 204:
            for line in coded + sized:
                self.scanner.note("length-forbidden", f"{line.name} in a {status} answer", line.offset)

    def _length(self, lines: list[FieldLine]) -> int | None:
        """Return the length that all the lines agree on, or None."""
        values = [value.strip() for line in lines for value in line.value.split(",")]
        for value in values:
            if not re.fullmatch("[0-9]+", value):
                self.scanner.note("length-invalid", f"Content-Length is {value!r}, no number", lines[0].offset)
                return None
        if len(values) > 1:
            self.scanner.note("length-repeated", f"{len(values)} times Content-Length", lines[-1].offset)
        return parse_length(values[0]) if len(set(values)) == 1 else None

    def _read_chunks(self) -> None:
        self.framing = "chunked"
        while size := self._chunk_size():
            self._take(size, "a chunk is shorter than its size says: ")
            at = self.scanner.position
            if self.scanner.take(2, "body-short", "no CRLF follows a chunk: ") != b"\r\n":
                self._lose("chunk-end", "no CRLF follows a chunk", at)
        read_fields(self.scanner, self.trailers)

    def _chunk_size(self) -> int:
        line, at = self.scanner.line("body-short", "the last chunk, that of size 0, is missing: ")
        match = CHUNK_LINE.fullmatch(line)
        if not match:
            self._lose("chunk-size", f"{line[:60]!r} is no size of a chunk", at)
        return int(match[1], 16)

    def _lose(self, cause: str, text: str, at: int) -> NoReturn:
        """Note that the chunks can't be told apart from here on."""
        self.scanner.note(cause, text, at)
        self.scanner.take_rest()
        raise Starved("body-short", "the chunks can't be read to their end: ")

    def _take(self, size: int, short: str) -> None:
        self.body += self.scanner.available(size)
        self.scanner.take(size, "body-short", short)


def forbids_content(method: str, status: int) -> bool:
    """Tell whether an answer ends with its head, whatever its fields say."""
    return method == "HEAD" or status < 200 or status in (204, 304) or (method == "CONNECT" and status < 300)


def parse_length(digits: str) -> int:
    return int(digits) if len(digits) < 19 else LONGEST
