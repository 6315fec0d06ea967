"""Bytes to answers, strictly by the grammar of RFC 9112, every defect named with its place.

A defect is noted and reading goes on as a lenient client would, so that one mistake never hides another.
"""

import re

from contract.answer import ENDLESS, Answer, Ended, FieldLine
from contract.fields import read_fields
from contract.framing import Content
from contract.scanning import Scanner, Starved

STATUS_LINE = re.compile(rb"HTTP/(\d\.\d) ([1-5]\d\d) ([\t -~\x80-\xff]*)")
LIKE_STATUS_LINE = re.compile(rb"HTTP/(\S*)[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.DOTALL)
EXAMPLE = "`HTTP/1.1 200 OK`"
WHY_OVER: dict[Ended, str] = {
    "closed": "the server closed the connection",
    "reset": "the server reset the connection",
    "timeout": "no more came in time",
    "flood": "more came than the judge reads",
}


def read_answer(data: bytes | bytearray, start: int, method: str, ended: Ended) -> Answer:
    """Return the answer to a `method` request that begins at start, incomplete where bytes are missing."""
    scanner = Scanner(data, start)
    return _Reading(scanner, Content(scanner, ended), method).answer()


class _Reading:
    """An answer in the making: its parts in their order, as far as the bytes go."""

    def __init__(self, scanner: Scanner, content: Content, method: str) -> None:
        self.scanner = scanner
        self.content = content
        self.method = method
        self.status_line = ("", 0, "")
        self.fields: list[FieldLine] = []
        self.body_start = scanner.position

    def answer(self) -> Answer:
        start, complete = self.scanner.position, self._is_whole()
        version, status, reason = self.status_line
        return Answer(
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
        except Starved as starved:
            self._note_end(starved)
            return False
        return True

    def _read(self) -> None:
        if not self.scanner.begins(b"HTTP/"):
            self.scanner.note("no-status-line", f"the answer does not begin with {EXAMPLE}", self.scanner.position)
            return self.content.read_to_close()
        self._read_status_line()
        read_fields(self.scanner, self.fields)
        self.body_start = self.scanner.position
        return self.content.read(self.method, self.status_line[1], self.fields)

    def _read_status_line(self) -> None:
        line, at = self.scanner.line("no-empty-line", "the head ends within its first line: ")
        match = STATUS_LINE.fullmatch(line)
        if not match:
            self.scanner.note("status-line", f"{line[:60]!r} is no status line like {EXAMPLE}", at)
            match = LIKE_STATUS_LINE.fullmatch(line)
        if match:
            version, status, reason = (part.decode("latin-1") for part in match.groups())
            self.status_line = (version, int(status), reason)

    def _note_end(self, starved: Starved) -> None:
        """Note what was missing, if nothing more can come; all bytes then belong to this answer."""
        rest = len(self.scanner.take_rest())
        ended: Ended = "flood" if starved.cause == ENDLESS else self.content.ended
        if ended in WHY_OVER:
            at = self.scanner.position - rest if starved.cause == "no-empty-line" else self.scanner.position
            self.scanner.note(starved.cause, f"{starved.text}{WHY_OVER[ended]}", at)
