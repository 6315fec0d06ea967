"""A response as it was read: its parts, their offsets, and its defects."""

from dataclasses import dataclass, replace
from typing import Literal

from http_contract.http.params import Params


@dataclass(frozen=True, slots=True)
class Defect:
    """One violation of the grammar: its code, its parameters, and the offset of the byte."""

    code: str
    params: Params
    offset: int


CloseReason = Literal["open", "closed", "reset", "timeout", "overflow", "aborted"]
"""The state of a connection: open; closed or reset by the server; ended by the judge at a timeout, because too many
bytes came (overflow), or by its own reset (aborted)."""

Framing = Literal["none", "length", "chunked", "close"]
"""How the end of the content is marked."""

ENDLESS = "endless-head"  # the code of a defect after which nothing more is read
MAX_ITEMS = 20  # trailers, defects and interim responses in a shortened response
UPGRADE = 101  # the one interim status after which HTTP ends


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One header or trailer field as it was received; its line starts at `offset`."""

    name: str
    value: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response. Offsets count from the first byte of the connection. Status 0 means: there is no status line."""

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
        """Return whether its head has no end, so that the judge stops reading."""
        return bool(self.defects) and self.defects[-1].code == ENDLESS

    def shortened(self, size: int) -> "Response":
        """Return the response with the fields in its first `size` octets, and the first `size` octets of its body."""
        return replace(
            self,
            fields=tuple(line for line in self.fields if line.offset < self.start + size),
            trailers=self.trailers[:MAX_ITEMS],
            defects=self.defects[:MAX_ITEMS],
            body=self.body[:size],
            interim=tuple(response.shortened(size) for response in self.interim[:MAX_ITEMS]),
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
        """Return whether another response to the same request follows (RFC 9110 §15.2)."""
        return 100 <= self.status < 200 and self.status != UPGRADE
