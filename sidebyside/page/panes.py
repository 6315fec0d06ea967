"""A comparison as the page shows it: rows with what differs in them, and each body as text, rendered, and as bytes."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contract.answer import Answer
from sidebyside.compare.bodies import HTML, JSON, dump, exact, indented, text_of
from sidebyside.compare.comparing import Comparison, Row
from sidebyside.compare.sending import Place

LINES = 600  # of a body that are shown
OCTETS = 8  # in a line of bytes
MOST = 4096  # octets that are shown as bytes
PICTURE = re.compile(r"(?i)(image/(?:png|jpeg|gif|webp|svg\+xml))[ \t]*(;.*)?")


def source(answer: Answer, place: int) -> list[str]:
    """Return a body as it is written, but for JSON, which is indented."""
    text = text_of(answer.body)
    if text is None:
        return dump(answer.body, place)
    return indented(text) if JSON.fullmatch(answer.get("Content-Type") or "") else text.splitlines()


VIEWS = (source, exact)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body, and whether it is to be marked."""

    text: str
    mark: str  # "same", "may" or "differs"


@dataclass(frozen=True, slots=True)
class Pane:
    """One server's body."""

    place: Place
    lines: tuple[Line, ...]
    answer: Answer | None

    @property
    def size(self) -> str:
        count = len(self.answer.body) if self.answer else 0
        return f"{count:,} byte{'' if count == 1 else 's'}" if count else "no body"

    @property
    def octets(self) -> str:
        """The bytes as hexadecimal digits and characters, from their offset."""
        body = self.answer.body if self.answer else b""
        lines = [_dumped(at, body[at : at + OCTETS]) for at in range(0, min(len(body), MOST), OCTETS)]
        return "\n".join([*lines, *([f"... {len(body) - MOST:,} bytes more"] if len(body) > MOST else [])])

    @property
    def document(self) -> str | None:
        """The body as a document for a frame, if it is one."""
        is_html = self.answer and HTML.fullmatch(self.answer.get("Content-Type") or "")
        return self.answer.body.decode(errors="replace") if self.answer and is_html else None

    @property
    def picture(self) -> str | None:
        """The body as a data URL, if it is a picture that browsers show."""
        media_type = self.answer and PICTURE.fullmatch(self.answer.get("Content-Type") or "")
        return (
            f"data:{media_type[1]};base64,{b64encode(self.answer.body).decode()}"
            if self.answer and media_type
            else None
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer of each server."""

    rows: tuple[Row, ...]  # status, header fields, and what else there is to tell, but the body
    panes: tuple[Pane, ...]


def shown(comparison: Comparison) -> list[Shown]:
    """Return the first answer of each server, the second of each, ..."""
    places = [heard.place for heard in comparison.heard]
    answers = [heard.answers for heard in comparison.heard]
    return [
        _shown(rows, places, [each[number] if number < len(each) else None for each in answers])
        for number, rows in enumerate(comparison.answers)
    ]


def _shown(rows: Sequence[Row], places: Sequence[Place], answers: Sequence[Answer | None]) -> Shown:
    body = [row for row in rows if _is_body(row)]
    panes = [Pane(place, tuple(_lines(body, index)), answers[index]) for index, place in enumerate(places)]
    return Shown(tuple(row for row in rows if not _is_body(row)), tuple(panes))


def _is_body(row: Row) -> bool:
    return row.label in ("body", "")


def _lines(rows: Sequence[Row], index: int) -> Iterator[Line]:
    """Yield the lines of one server's body; one that others have and it has not is empty."""
    for row in rows[:LINES]:
        yield Line(row.cells[index] or "", row.finding.verdict if row.odd[index] else "same")
    if len(rows) > LINES:
        yield Line(f"... {len(rows) - LINES} lines more", "same")


def _dumped(at: int, octets: bytes) -> str:
    characters = "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in octets)
    return f"{at:04x}  {octets.hex(' '):<{3 * OCTETS - 1}}  {characters}"
