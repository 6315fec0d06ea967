"""A cursor over bytes that takes lines and counted octets, and notes what is wrong with them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Defect:
    """One breach of the grammar: a cause to look up, words for a learner, the place of the byte."""

    cause: str
    text: str
    offset: int


class Starved(Exception):
    """More bytes are needed; cause and text tell what is missing should none come."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(cause, text)
        self.cause, self.text = cause, text


@dataclass(slots=True)
class Scanner:
    data: bytes | bytearray
    position: int
    defects: list[Defect] = field(default_factory=list)

    def note(self, cause: str, text: str, offset: int) -> None:
        self.defects.append(Defect(cause, text, offset))

    def begins(self, prefix: bytes) -> bool:
        """Tell whether prefix comes next, or may still come: too few bytes are no contradiction."""
        return prefix.startswith(self.available(len(prefix)))

    def line(self, cause: str, missing: str) -> tuple[bytes, int]:
        """Take the next line: what it holds and its offset. A bare LF ends a line too, but is noted."""
        start = self.position
        end = self.data.find(b"\n", start)
        if end < 0:
            raise Starved(cause, missing)
        self.position = end + 1
        line = bytes(self.data[start:end])
        if line.endswith(b"\r"):
            line = line[:-1]
        else:
            self.note("bare-lf", "a line ends with a bare LF (`\\n`) where CRLF (`\\r\\n`) belongs", end)
        if b"\r" in line:
            self.note("bare-cr", "a CR stands without its LF", start + line.index(b"\r"))
        return line, start

    def available(self, size: int) -> bytes:
        """Look at as many of the next `size` octets as there are, and leave them there."""
        return bytes(self.data[self.position : self.position + size])

    def take(self, size: int, cause: str, missing: str) -> bytes:
        """Take the next `size` octets, all of them."""
        taken = self.available(size)
        if len(taken) < size:
            raise Starved(cause, missing)
        self.position += size
        return taken

    def take_rest(self) -> bytes:
        rest = self.available(len(self.data))
        self.position = len(self.data)
        return rest
