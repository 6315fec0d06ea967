"""An answer as it was read: its parts, where each of them stood, and what was wrong."""

from dataclasses import dataclass, replace
from typing import Literal

from http_contract.http.params import Params


@dataclass(frozen=True, slots=True)
class Defect:
    """One breach of the grammar: its code, what it is about, and the place of the byte."""

    code: str
    params: Params
    offset: int


CloseReason = Literal["open", "closed", "reset", "timeout", "overflow", "aborted"]
"""How a connection stands: still open; closed in order; reset; given up waiting; cut off because too much came; or
reset by the judge itself."""

Framing = Literal["none", "length", "chunked", "close"]
"""What tells the end of an answer's content."""

ENDLESS = "endless-head"  # the code of a defect that nothing can follow
MANY = 20  # trailers, defects and interim answers, of which a short answer has no more
UPGRADE = 101  # the one interim status after which HTTP ends


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One header or trailer field as it came; offset is where its line starts."""

    name: str
    value: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer; offsets count from the first byte of the connection. Status 0 means that no status line came."""

    version: str = ""
    status: int = 0
    reason: str = ""
    fields: tuple[FieldLine, ...] = ()
    trailers: tuple[FieldLine, ...] = ()
    body: bytes = b""
    framing: Framing = "none"
    defects: tuple[Defect, ...] = ()
    interim: tuple["Response", ...] = ()
    complete: bool = False
    start: int = 0
    body_start: int = 0
    end: int = 0

    @property
    def is_endless(self) -> bool:
        """Tell whether no more of it is worth reading."""
        return bool(self.defects) and self.defects[-1].code == ENDLESS

    def shortened(self, size: int) -> "Response":
        """Return what of it lies within so many octets of its start, or of its body's."""
        return replace(
            self,
            fields=tuple(line for line in self.fields if line.offset < self.start + size),
            trailers=self.trailers[:MANY],
            defects=self.defects[:MANY],
            body=self.body[:size],
            interim=tuple(response.shortened(size) for response in self.interim[:MANY]),
        )

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(line.value for line in self.fields if line.name.lower() == name.lower())

    def get(self, name: str) -> str | None:
        """Return the field's value, repeats joined by commas (RFC 9110 §5.3), or None."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def items(self, name: str) -> tuple[str, ...]:
        """Return the members of a list field of tokens, such as Allow or Connection."""
        return tuple(item.strip() for value in self.all(name) for item in value.split(",") if item.strip())

    def offset_of(self, name: str) -> int | None:
        return next((line.offset for line in self.fields if line.name.lower() == name.lower()), None)

    @property
    def is_interim(self) -> bool:
        """Tell whether another answer to the same request follows (RFC 9110 §15.2)."""
        return 100 <= self.status < 200 and self.status != UPGRADE
