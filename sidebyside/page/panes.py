"""A comparison as the page shows it: rows with what differs in them, and each body as text, rendered, and as bytes."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from http_contract.http.response import Response
from sidebyside.compare.bodies import HTML, JSON, dump, exact, indented, text_of
from sidebyside.compare.comparing import Comparison, Row
from sidebyside.compare.layout import cut
from sidebyside.compare.sending import Place
from sidebyside.page.octets import counted, in_digits

ANSWERS = 20  # of each server that are shown
LINES = 600  # of a body that are shown
RENDERED = 1024 * 1024  # octets of a body that are rendered
MOST = 4096  # octets that are shown as bytes
PICTURE = re.compile(r"(?i)(image/(?:png|jpeg|gif|webp|svg\+xml))[ \t]*(;.*)?")


def source(answer: Response, place: int) -> list[str]:
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
    body: bytes
    media_type: str

    @property
    def size(self) -> str:
        return counted(len(self.body))

    @property
    def octets(self) -> str:
        return in_digits(self.body, MOST)

    @property
    def document(self) -> str | None:
        """The body as a document for a frame, if it is one."""
        return self.body.decode(errors="replace") if self._is_small and HTML.fullmatch(self.media_type) else None

    @property
    def picture(self) -> str | None:
        """The body as a data URL, if it is a picture that browsers show."""
        found = PICTURE.fullmatch(self.media_type) if self._is_small else None
        return f"data:{found[1]};base64,{b64encode(self.body).decode()}" if found else None

    @property
    def _is_small(self) -> bool:
        return len(self.body) <= RENDERED


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer of each server."""

    rows: tuple[Row, ...]  # status, header fields, and what else there is to tell, but the body
    panes: tuple[Pane, ...]

    @property
    def bodies_are_alike(self) -> bool:
        return len({pane.body for pane in self.panes}) == 1


def shown(comparison: Comparison) -> list[Shown]:
    """Return the first answer of each server, the second of each, ... though not of very many."""
    places = [heard.place for heard in comparison.transcript]
    answers = [heard.responses for heard in comparison.transcript]
    return [
        _shown(rows, places, [each[number] if number < len(each) else None for each in answers])
        for number, rows in enumerate(comparison.responses[:ANSWERS])
    ]


def _shown(rows: Sequence[Row], places: Sequence[Place], answers: Sequence[Response | None]) -> Shown:
    rows = [replace(row, cells=cut(row.cells)) for row in rows]
    body = [row for row in rows if row.is_body]
    panes = [_pane(place, body, index, answers[index]) for index, place in enumerate(places)]
    return Shown(tuple(row for row in rows if not row.is_body), tuple(panes))


def _pane(place: Place, rows: Sequence[Row], index: int, answer: Response | None) -> Pane:
    lines = tuple(_lines(rows, index))
    return Pane(place, lines, answer.body, answer.get("Content-Type") or "") if answer else Pane(place, lines, b"", "")


def _lines(rows: Sequence[Row], index: int) -> Iterator[Line]:
    """Yield the lines of one server's body; one that others have and it has not is empty."""
    for row in rows[:LINES]:
        yield Line(row.cells[index] or "", row.finding.verdict if row.odd[index] else "same")
    if len(rows) > LINES:
        yield Line(f"... {len(rows) - LINES} lines more", "same")
